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


def acts(scenario: Scenario, address: str, policy: str | None = None) -> bool:
    """Return whether a number moves what a policy, or any, is worth at all, as few shoppers show it."""
    few = scenario.with_changes(None if policy is None else [policy], _SHOPPERS)
    data = json.dumps(as_data(few))
    return any(_moves(data, address, number) for number in range(_REPLICATES))


@lru_cache(maxsize=4096)
def _moves(data: str, address: str, replicate: int) -> bool:
    scenario = scenario_type().model_validate(json.loads(data))
    return bool((effects(Again(), scenario, address, replicate) != 0.0).any())
