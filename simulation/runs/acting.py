"""Whether a number acts in a scenario at all: it is moved from one end of its range to the other by itself.

A number that acts nowhere changes nothing to the bit, because draws belong to purposes.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulation.model.press import Press
from simulation.model.simulation import Simulation
from simulation.runs.again import Again
from simulation.runs.lived import outcome_of
from simulation.runs.splitting import Plan, first_stories
from simulation.scenario.drawn import range_of
from simulation.scenario.schema import Scenario, as_data, scenario_type

Floats = NDArray[np.float64]

_SHOPPERS, _REPLICATES = 300, 8  # rare events, such as an inquiry, must have a chance to come


def effects(again: Again, scenario: Scenario, address: str, replicate: int = 0) -> Floats:
    """Return by how much moving a number moves each policy's difference, in dollars a household of the chain and year.

    All else stays as the replicate draws it. 0 for an end that cannot be beside the scenario's other numbers.
    Shape (policies,).
    """
    split = "press" in scenario.institutions
    try:
        ends = [again(scenario, {address: end}, replicate, split) for end in range_of(scenario, address)]
    except ValueError:
        return np.zeros(len(scenario.policies))
    low, high = (outcome.differences().by_replicate()[0] / outcome.household_years for outcome in ends)
    return np.asarray(high - low)


def acting(scenario: Scenario, addresses: Sequence[str], wanted: int, policy: str | None = None) -> list[str]:
    """Return the first few of some numbers that move what a policy, or any, is worth at all, as few shoppers show it.

    Each policy that can come out does so in the week in which it would by the press's hazard, whatever the number is.
    """
    few = scenario.with_changes(None if policy is None else [policy], _SHOPPERS)
    data, found, size = json.dumps(as_data(few)), list[str](), wanted + 2  # as many as not to come back too often
    for first in range(0, len(addresses), size):
        if len(found) < wanted:
            found += _acting_of(data, addresses[first : first + size])
    return found[:wanted]


def _acting_of(data: str, addresses: Sequence[str]) -> list[str]:
    """Return which of some numbers move anything: one by one in the first replicate, together in all others."""
    moved = {each for each in addresses if _moves(data, (each,), 0)}
    for replicate in range(1, _REPLICATES):
        left = tuple(each for each in addresses if each not in moved)
        if left and _moves(data, left, replicate):
            moved |= {each for each in left if _moves(data, (each,), replicate)}
    return [each for each in addresses if each in moved]


@lru_cache(maxsize=4096)
def _moves(data: str, addresses: tuple[str, ...], replicate: int) -> bool:
    """Return whether numbers move anything at the farther ends of their ranges, or several cannot be there together."""
    scenario, (plan, lived, drawn) = _read(data), _usual(data, replicate)
    farther = {each: _ends(scenario, each, drawn) for each in addresses}
    for numbers in ({each: ends[place] for each, ends in farther.items()} for place in range(2)):
        try:
            return _came_to(_live(scenario, replicate, plan, numbers)) != lived
        except ValueError:
            continue  # they cannot be beside the scenario's other numbers
    return len(addresses) > 1


def _ends(scenario: Scenario, address: str, drawn: Mapping[str, float]) -> list[float]:
    """Return both ends of a number's range, first the one that is farther from what is drawn."""
    usual = drawn.get(address, scenario.overrides.get(address, np.nan))
    return sorted(range_of(scenario, address), key=lambda end: -abs(end - usual))


@lru_cache(maxsize=4 * _REPLICATES)
def _usual(data: str, replicate: int) -> tuple[Plan, tuple[bytes, ...], Mapping[str, float]]:
    """Return when each policy of a replicate comes out, what that life then comes to, and the replicate's numbers."""
    scenario = _read(data)
    plan = first_stories(_live(scenario, replicate, {})) if "press" in scenario.institutions else {}
    model = _live(scenario, replicate, plan)
    return plan, _came_to(model), model.overrides


def _live(scenario: Scenario, replicate: int, plan: Plan, numbers: Mapping[str, float] | None = None) -> Simulation:
    return Simulation(scenario, replicate=replicate, overrides=numbers, first_stories=plan).run()


def _came_to(model: Simulation) -> tuple[bytes, ...]:
    """Return what all policies are worth beyond the baseline and the chances that the press finds out, to the bit."""
    chances = (press.chances for press in model.institutions(Press))
    return outcome_of(model).difference().tobytes(), *(each.tobytes() for each in chances)


def _read(data: str) -> Scenario:
    return scenario_type().model_validate(json.loads(data))
