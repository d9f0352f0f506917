"""What a run takes of the machine's memory: known before it starts, and refused where there is too little."""

from simulation.model.blocks import LIVES, PEOPLE
from simulation.model.ledger import COUNTED, Measure
from simulation.runs.room import available
from simulation.scenario.population import BLOCK, CELLS
from simulation.scenario.schema import Scenario

_PROGRAM = 400_000_000  # the program itself, its packages, and a part of a table while it is written
_SENT = 3  # times the first replicate's shoppers are held while they are sent from one process to another
_HISTORY = 450  # bytes that are written down at most of one shopper under one policy to tell when what happened
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


def needed(scenario: Scenario, at_once: int, in_processes: bool = False) -> int:
    """Return what a run takes at most, in bytes, if so many replicates are lived at once, perhaps in processes."""
    cells = len(scenario.policies) * len(scenario.markets) * CELLS
    books = scenario.weeks * cells * len(Measure) * _WORD + cells * (COUNTED + len(Measure)) * _WORD
    programs, held = 1, min(at_once + 1, scenario.replicates)  # the first replicate's stay until they are written
    if in_processes:
        programs, held = at_once + 1, at_once + _SENT
    return programs * _PROGRAM + held * state_bytes(scenario) + _BOOKS_TWICE * scenario.replicates * books


def fitting(scenario: Scenario, at_once: int, in_processes: bool = False) -> int:
    """Return how many replicates, at most `at_once`, can be lived at once; raises TooLargeError if not even one can."""
    free = available()
    if free is None:
        return at_once
    for count in range(at_once, 0, -1):
        if needed(scenario, count, in_processes) <= free:
            return count
    raise _too_large(scenario, scenario.replicates, needed(scenario, 1, in_processes), free)


def refuse_history(scenario: Scenario, replicates: int) -> None:
    """Raise TooLargeError if memory does not hold what befell each shopper, and when, in so many replicates."""
    history = _HISTORY * replicates * scenario.population.shoppers * len(scenario.policies)
    free = available()
    if free is not None and _PROGRAM + history > free:
        raise _too_large(scenario, replicates, _PROGRAM + history, free)


def _too_large(scenario: Scenario, replicates: int, need: int, free: int) -> TooLargeError:
    size = f"{scenario.population.shoppers:,} shoppers under {len(scenario.policies)} policies"
    lack = f"needs about {need / _GIGA:.1f} GB of memory, and {free / _GIGA:.1f} GB are free"
    return TooLargeError(f"{size}, {replicates:,} {'replicate' if replicates == 1 else 'replicates'}: {lack}")
