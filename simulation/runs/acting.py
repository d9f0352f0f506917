"""Whether a number acts in a scenario at all: it is moved from one end of its range to the other by itself.

A number that acts nowhere changes nothing to the bit, because draws belong to purposes.
"""

import json
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulation.runs.again import Again
from simulation.scenario.drawn import range_of
from simulation.scenario.schema import Scenario, as_data, scenario_type

_SHOPPERS, _REPLICATES = 300, 8  # rare events, such as an inquiry, must have a chance to come


def effects(again: Again, scenario: Scenario, address: str, replicate: int = 0) -> NDArray[np.float64]:
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


def acts(scenario: Scenario, address: str, place: int | None = None) -> bool:
    """Return whether a number moves what the policy at a place, or any, is worth at all, as few shoppers show it."""
    data = json.dumps(as_data(scenario))
    moved = (_moved(data, address, number) for number in range(_REPLICATES))
    return any(any(each) if place is None else each[place] for each in moved)


@lru_cache(maxsize=4096)
def _moved(data: str, address: str, replicate: int) -> tuple[bool, ...]:
    scenario = scenario_type().model_validate(json.loads(data)).with_changes(shoppers=_SHOPPERS)
    return tuple((effects(Again(), scenario, address, replicate) != 0.0).tolist())
