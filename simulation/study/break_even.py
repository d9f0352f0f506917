"""What would have to be true: the fee, hazard or other number at which a policy stops paying."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.parameters import parameters
from simulation.scenario.schema import Scenario, as_data, scenario_type
from simulation.study.runs import run_scenario

Floats = NDArray[np.float64]

_TRIED = 9
_FEWEST_TRIED, _MOST_TRIED = 2, 40


@dataclass(frozen=True)
class BreakEven:
    """A policy's difference from the baseline at each value of one number; dollars, shape (replicates, values)."""

    policy: str
    number: str
    values: Floats
    difference: Floats

    @property
    def crossings(self) -> Floats:
        """Where each replicate's difference first changes sign, between the values tried; nan where it never does."""
        return np.array([crossing(self.values, each) for each in self.difference])

    @property
    def on_average(self) -> float:
        """Where the mean difference first changes sign; nan if it never does."""
        return crossing(self.values, self.difference.mean(axis=0))


def crossing(values: Floats, difference: Floats) -> float:
    """Return where a broken line through the points first meets 0; nan if it never does."""
    for place in range(len(values) - 1):
        here, there = difference[place], difference[place + 1]
        if here == 0.0:
            return float(values[place])
        if here * there < 0:
            return float(values[place] + (values[place + 1] - values[place]) * here / (here - there))
    return float(values[-1]) if difference[-1] == 0.0 else float("nan")


def break_even(
    scenario: Scenario, policy: str, number: str, between: tuple[float, float] | None = None, tried: int = _TRIED
) -> BreakEven:
    """Return a policy's difference along one number: a term of its actions, such as a fee, or one of the model's.

    All values are lived by the same shoppers with the same luck. Raises ValueError in plain words.
    """
    if policy not in scenario.policies or policy == next(iter(scenario.policies)):
        known = ", ".join(list(scenario.policies)[1:])
        raise ValueError(f"there is no policy called '{policy}' to compare with the baseline; known here: {known}")
    if not _FEWEST_TRIED <= tried <= _MOST_TRIED:
        raise ValueError(f"{tried} values cannot be tried; {_FEWEST_TRIED} to {_MOST_TRIED} can")
    if number in parameters():
        low, high = between or parameters()[number].range
        values = _spread(low, high, tried)
        return BreakEven(policy, number, values, _along_a_number(scenario, policy, number, values))
    low, high = between or _around(scenario, policy, number)
    values = _spread(low, high, tried)
    return BreakEven(policy, number, values, _along_a_term(scenario, policy, number, values))


def _spread(low: float, high: float, tried: int) -> Floats:
    if not low < high:
        raise ValueError(f"the low end, {low:g}, must lie below the high end, {high:g}")
    return np.linspace(low, high, tried)


def _around(scenario: Scenario, policy: str, term: str) -> tuple[float, float]:
    """Return a range around what the policy says itself: from nothing to four times as much."""
    actions = scenario.policies[policy]
    own = [float(getattr(action, term)) for action in actions if _sets(action, term)]
    if own:
        return 0.0, 4.0 * max(*own, 1e-9)
    terms = sorted({name for action in actions for name in type(action).model_fields if _sets(action, name)})
    raise ValueError(
        f"'{term}' is neither a number of the model (section.name) nor a term of '{policy}'; "
        f"its terms: {', '.join(terms) or 'none'}"
    )


def _sets(action: Any, term: str) -> bool:
    """Return whether an action has a term of this name that is an amount."""
    value = getattr(action, term, None) if term in type(action).model_fields else None
    return isinstance(value, int | float) and not isinstance(value, bool) and term not in ("week", "until")


def _along_a_number(scenario: Scenario, policy: str, address: str, values: Floats) -> Floats:
    """Return the difference at each value of one of the model's numbers. Shape (replicates, values)."""
    section, name = address.split(".")
    columns = []
    for value in values.tolist():
        data = as_data(scenario.with_changes(policies=[policy]))
        data[section] = {**data.get(section, {}), name: value}
        data["uncertain"] = {key: ends for key, ends in data.get("uncertain", {}).items() if key != address}
        columns.append(run_scenario(scenario_type().model_validate(data)).difference()[:, 1])
    return np.stack(columns, axis=1)


def _along_a_term(scenario: Scenario, policy: str, term: str, values: Floats) -> Floats:
    """Return the difference at each value of a term of the policy: all variants live side by side."""
    data = as_data(scenario)
    baseline = next(iter(scenario.policies))
    variants = {f"{term} {value:.12g}": _with_term(scenario, policy, term, value) for value in values.tolist()}
    data["policies"] = {baseline: data["policies"][baseline], **variants}
    return run_scenario(scenario_type().model_validate(data)).difference()[:, 1:]


def _with_term(scenario: Scenario, policy: str, term: str, value: float) -> Sequence[dict[str, Any]]:
    """Return the policy's actions as data, with a term set wherever it stands."""
    actions = as_data(scenario)["policies"][policy]
    return [
        {**action, term: round(value) if isinstance(getattr(own, term), int) else value} if _sets(own, term) else action
        for action, own in zip(actions, scenario.policies[policy], strict=True)
    ]
