"""What a run takes of the machine's memory and disk: known before it starts, and refused where there is too little."""

from simulation.behaviour.network import MOST_FAR
from simulation.model.accounts import routes
from simulation.model.blocks import LIVES, PEOPLE
from simulation.model.ledger import Measure
from simulation.runs.room import available
from simulation.runs.spool import room_for_spools
from simulation.scenario.population import BLOCK, CELLS
from simulation.scenario.schema import Scenario

_PROGRAM = 400_000_000  # the program itself, its packages, and a part of a table while it is written
_SENT = 3  # times the first replicate's shoppers are held while they are sent from one process to another
_HISTORY = 450  # bytes that are written down at most of one shopper under one policy to tell when what happened
_READ = 2  # times a replicate's books are held while they are read: as they are, and in parts
_WORKED_OUT = 2  # times the sums of all replicates' books are held: as they are, and what is worked out from them
_WORD, _PLACE = 8, 4
_GIGA = 1e9


class TooLargeError(ValueError):
    """Why a run was not started."""


def state_bytes(scenario: Scenario) -> int:
    """Return what all shoppers' traits and lives take under all policies, the talk of two weeks, and who hears it."""
    shoppers, policies = scenario.population.shoppers, len(scenario.policies)
    blocks = -(-shoppers // BLOCK) + len(scenario.markets) - 1
    talk = (2 * policies + policies + _PLACE * (1 + MOST_FAR)) * shoppers  # two weeks', and who listens from afar
    return blocks * (PEOPLE.itemsize + policies * LIVES.itemsize) + talk


def needed(scenario: Scenario, at_once: int, in_processes: bool = False) -> int:
    """Return what a run takes at most, in bytes, if so many replicates are lived at once, perhaps in processes."""
    programs, held = 1, min(at_once + 1, scenario.replicates)  # the first replicate's stay until they are written
    if in_processes:
        programs, held = at_once + 1, at_once + _SENT
    books = (held + _READ) * books_bytes(scenario) + _WORKED_OUT * scenario.replicates * sums_bytes(scenario)
    return programs * _PROGRAM + held * state_bytes(scenario) + books


def books_bytes(scenario: Scenario) -> int:
    """Return what one replicate's books take, in memory while it is lived and on disk from then on."""
    cells = len(scenario.policies) * len(scenario.markets) * CELLS
    return scenario.weeks * cells * len(Measure) * _WORD


def sums_bytes(scenario: Scenario) -> int:
    """Return what stays in memory of one replicate's books: sums over markets and cells, and payments."""
    return scenario.weeks * len(scenario.policies) * (len(Measure) + len(routes())) * _WORD


def fitting(scenario: Scenario, at_once: int, in_processes: bool = False) -> int:
    """Return how many replicates, at most `at_once`, can be lived at once.

    Raises TooLargeError if not even one can, or if the disk cannot hold the books of all.
    """
    _refuse_books(scenario)
    free = available()
    if free is None:
        return at_once
    for count in range(at_once, 0, -1):
        if needed(scenario, count, in_processes) <= free:
            return count
    raise _too_large(scenario, scenario.replicates, needed(scenario, 1, in_processes), free)


def _refuse_books(scenario: Scenario) -> None:
    folder, free = room_for_spools()
    need = scenario.replicates * books_bytes(scenario)
    if need > free:
        raise _too_large(scenario, scenario.replicates, need, free, f"disk below {folder}")


def refuse_history(scenario: Scenario, replicates: int) -> None:
    """Raise TooLargeError if memory does not hold what befell each shopper, and when, in so many replicates."""
    history = _HISTORY * replicates * scenario.population.shoppers * len(scenario.policies)
    free = available()
    if free is not None and _PROGRAM + history > free:
        raise _too_large(scenario, replicates, _PROGRAM + history, free)


def _too_large(scenario: Scenario, replicates: int, need: int, free: int, what: str = "memory") -> TooLargeError:
    size = f"{scenario.population.shoppers:,} shoppers under {len(scenario.policies)} policies"
    lack = f"needs about {need / _GIGA:.1f} GB of {what}, and {free / _GIGA:.1f} GB are free"
    return TooLargeError(f"{size}, {replicates:,} {'replicate' if replicates == 1 else 'replicates'}: {lack}")
