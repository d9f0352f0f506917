"""What a run takes of the machine's memory: known before it starts, and refused where there is too little."""

import sys
from pathlib import Path

from simulation.model.blocks import LIVES, PEOPLE
from simulation.model.ledger import COUNTED, Measure
from simulation.scenario.population import BLOCK, CELLS
from simulation.scenario.schema import Scenario

_PROGRAM = 400_000_000  # the program itself, its packages, and a part of a table while it is written
_BOOKS_TWICE = 2  # the books of each replicate, and their sums as the report reads them, at most
_WORD = 8
_GIGA = 1e9


class TooLargeError(ValueError):
    """Why a run was not started."""


def state_bytes(scenario: Scenario) -> int:
    """Return what all shoppers' traits and lives take under all policies, and the talk of two weeks."""
    shoppers, policies = scenario.population.shoppers, len(scenario.policies)
    blocks = -(-shoppers // BLOCK) + len(scenario.markets) - 1
    return blocks * (PEOPLE.itemsize + policies * LIVES.itemsize) + 2 * policies * shoppers


def needed(scenario: Scenario, at_once: int) -> int:
    """Return what a run takes at most, in bytes, if so many replicates are lived at once."""
    cells = len(scenario.policies) * len(scenario.markets) * CELLS
    books = scenario.weeks * cells * len(Measure) * _WORD + cells * (COUNTED + len(Measure)) * _WORD
    kept = state_bytes(scenario)  # the first replicate's, until its shoppers are written
    return _PROGRAM + kept + at_once * state_bytes(scenario) + _BOOKS_TWICE * scenario.replicates * books


def available() -> int | None:
    """Return how many bytes are free for another program, None where the machine does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    kilobytes = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), None)
    return int(kilobytes) * 1024 if kilobytes else None


def fitting(scenario: Scenario, at_once: int) -> int:
    """Return how many replicates, at most `at_once`, can be lived at once; raises TooLargeError if not even one can."""
    free = available()
    if free is None:
        return at_once
    fit = next((count for count in range(at_once, 0, -1) if needed(scenario, count) <= free), 0)
    if not fit:
        size = f"{scenario.population.shoppers:,} shoppers under {len(scenario.policies)} policies"
        need, free_said = f"about {needed(scenario, 1) / _GIGA:.1f} GB", f"{free / _GIGA:.1f} GB are free"
        raise TooLargeError(f"{size}, {scenario.replicates:,} replicates: needs {need} of memory, and {free_said}")
    return fit


def peak_bytes() -> int | None:
    """Return the most that this process has held so far, None where the machine does not tell."""
    try:
        import resource
    except ImportError:  # there is none on Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most) if sys.platform == "darwin" else int(most) * 1024
