"""A policy lived again with some of its numbers changed: its terms, the model's, or how long it is secret."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from simulation.behaviour.parameters import parameters
from simulation.runs.naive_return import fee_offered
from simulation.runs.tasks import Carrier, carry_out
from simulation.runs.weighted import Weighted
from simulation.scenario.drawn import drawn_together, spread_of
from simulation.scenario.flows import ShareData
from simulation.scenario.schema import Scenario, as_data, data_with_policies, scenario_type
from simulation.scenario.timeline import Action
from simulation.scenario.wording import problem_from

Floats = NDArray[np.float64]


CONCEALMENT = "concealment_weeks"
"""The name by which to ask for the weeks that a practice stays secret before the press tells of it."""

FEE = "fee_per_member_year"
"""The term that may be left to bidders."""

EVIDENCE = {FEE: "world.reservation_fee", "reach": "world.story_reach", "reward_rate": "money.reward_rate"}
"""Terms of which something has been observed, and the number of the model whose range says what."""

_FEWEST_TRIED, _MOST_TRIED = 2, 40
_SIDE_BY_SIDE = 60  # twins in one run


@dataclass(frozen=True)
class Axis:
    """A number that a question varies, and the values tried.

    `own` is where the policy itself stands: from and to, the same unless it is drawn or stands several times; None if
    it says nothing of it. Of a number drawn `from_set` it is where 80 % of the draws lie. `evidence` is the range of
    what has been observed, or of what is plausible where nothing has; None for a term of which nothing is known.
    """

    number: str
    meaning: str
    values: Floats
    own: tuple[float, float] | None
    logarithmic: bool = False
    from_set: bool = False
    evidence: tuple[float, float] | None = None

    @property
    def label(self) -> str:
        """The number with its unit, in words."""
        return f"{self.name} ({self.meaning})"

    @property
    def name(self) -> str:
        """The number in words."""
        return self.number.rpartition(".")[2].replace("_", " ")


def axis_of(
    scenario: Scenario, policy: str, number: str, between: tuple[float, float] | None = None, tried: int = 9
) -> Axis:
    """Return the values at which to try a number of a policy; raises ValueError in plain words."""
    refuse_unknown(scenario, policy)
    if not _FEWEST_TRIED <= tried <= _MOST_TRIED:
        raise ValueError(f"{tried} values cannot be tried; {_FEWEST_TRIED} to {_MOST_TRIED} can")
    if number in parameters():
        return _axis_of_the_model(scenario, number, between, tried)
    if number == CONCEALMENT:
        return _axis_of_secrecy(scenario, policy, between, tried)
    return _axis_of_a_term(scenario, policy, number, between, tried)


def refuse_unknown(scenario: Scenario, policy: str) -> None:
    """Raise ValueError if there is no such policy beside the baseline."""
    if policy not in scenario.policies or policy == next(iter(scenario.policies)):
        known = ", ".join(list(scenario.policies)[1:])
        raise ValueError(f"there is no policy called '{policy}' to compare with the baseline; known here: {known}")


def differences(scenario: Scenario, policy: str, axes: Sequence[Axis], carry: Carrier = carry_out) -> Floats:
    """Return a policy's value less the baseline's at every combination of values, dollars.

    All combinations are lived by the same shoppers with the same luck, with their first story untold and told, weighted
    by the chance of it; the other uncertain numbers keep what they draw in a run. Shape (replicates, values of the
    first axis, of the second, ...).
    """
    names, sizes = [axis.number for axis in axes], [len(axis.values) for axis in axes]
    points = [dict(zip(names, point, strict=True)) for point in product(*(axis.values.tolist() for axis in axes))]
    parts = _parts(points)
    cases = [_side_by_side(scenario, policy, [points[place] for place in places]) for _, places in parts]
    tasks = [
        Weighted(case, replicate, numbers)
        for (numbers, _), case in zip(parts, cases, strict=True)
        for replicate in range(scenario.replicates)
    ]
    findings = iter(carry(tasks))
    found = np.empty((scenario.replicates, len(points)))
    for _, places in parts:
        for replicate in range(scenario.replicates):
            found[replicate, places] = next(findings).difference("value")[1:]
    return found.reshape(scenario.replicates, *sizes)


def first_practice(scenario: Scenario, policy: str) -> Action:
    """Return the action that starts a policy's first practice; raises ValueError if none does."""
    started = [action for action in scenario.policies[policy] if action.practice()]
    if not started:
        raise ValueError(f"'{policy}' starts no practice that could be kept secret, or asked about")
    return min(started, key=lambda action: action.week)


# --- values to try ------------------------------------------------------------------------------------------------


def _axis_of_the_model(scenario: Scenario, address: str, between: tuple[float, float] | None, tried: int) -> Axis:
    parameter = parameters()[address]
    low, high = _ordered(between or parameter.range)
    if low < parameter.limits[0] or high > parameter.limits[1]:
        least, most = parameter.limits
        raise ValueError(f"{address} can only lie between {least:g} and {most:g}, not from {low:g} to {high:g}")
    values = np.array([parameter.drawn(point, (low, high)) for point in np.linspace(0, 1, tried).tolist()])
    own = spread_of(scenario, address)
    spread_evenly = parameter.distribution == "log-uniform" and low > 0
    drawn, plausible = address in drawn_together(scenario), (parameter.range[0], parameter.range[1])
    return Axis(address, parameter.unit, values, own, spread_evenly, drawn, plausible)


def _axis_of_a_term(
    scenario: Scenario, policy: str, term: str, between: tuple[float, float] | None, tried: int
) -> Axis:
    holding = [action for action in scenario.policies[policy] if _sets(action, term)]
    if not holding:
        raise ValueError(_unknown(scenario, policy, term))
    own = [_own(scenario, action, term) for action in holding]
    low, high = _ordered(between or (0.0, 4.0 * max(*own, 1e-9)))
    values = np.linspace(low, high, tried)
    if all(isinstance(value, int) for value in own):
        values = np.unique(np.round(values))
    meaning = re.split("[;.:]", type(holding[0]).model_fields[term].description or term)[0]
    stands, meaning = (float(min(own)), float(max(own))), meaning[0].lower() + meaning[1:]
    found = Axis(term, meaning, values, stands, evidence=observed(term) if term in EVIDENCE else None)
    _side_by_side(scenario, policy, [{term: float(end)} for end in (values[0], values[-1])])
    return found


def _axis_of_secrecy(scenario: Scenario, policy: str, between: tuple[float, float] | None, tried: int) -> Axis:
    secret = first_practice(scenario, policy)
    left = scenario.weeks - secret.week
    low, high = _ordered(between or (0.0, float(left)))
    if low < 0 or high > left:
        raise ValueError(f"the story can break 0 to {left} weeks after the start, not {low:g} to {high:g}")
    told = [
        action.week - secret.week
        for action in scenario.policies[policy]
        if action.do == "press_story" and action.refers_to() == secret.practice()
    ]
    meaning = f"weeks before the press tells of {secret.practice()}"
    own = (float(min(told)), float(min(told))) if told else None
    return Axis(CONCEALMENT, meaning, np.unique(np.round(np.linspace(low, high, tried))), own)


def _ordered(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    if not low < high:
        raise ValueError(f"the low end, {low:g}, must lie below the high end, {high:g}")
    return low, high


def observed(term: str) -> tuple[float, float]:
    """Return between which ends a term has been observed."""
    low, high = parameters()[EVIDENCE[term]].range
    return float(low), float(high)


def _own(scenario: Scenario, action: Action, term: str) -> float:
    """Return what an action says of a term, or what bidders offer, to whom a fee is left."""
    if isinstance(action, ShareData) and term == FEE:
        return fee_offered(action, scenario.numbers)
    own: float = getattr(action, term)
    return own


def _sets(action: Action, term: str) -> bool:
    """Return whether an action has a term of this name that is an amount, or a fee left to bidders."""
    if term == FEE and isinstance(action, ShareData):
        return True
    value = getattr(action, term, None) if term in type(action).model_fields else None
    return isinstance(value, int | float) and not isinstance(value, bool) and term not in ("week", "until")


def _unknown(scenario: Scenario, policy: str, term: str) -> str:
    actions = scenario.policies[policy]
    terms = sorted({name for action in actions for name in type(action).model_fields if _sets(action, name)})
    return (
        f"'{term}' is neither a number of the model (section.name) nor {CONCEALMENT} nor a term of '{policy}'; "
        f"its terms: {', '.join(terms) or 'none'}"
    )


# --- the variants -------------------------------------------------------------------------------------------------


def _parts(points: Sequence[Mapping[str, float]]) -> list[tuple[dict[str, float], list[int]]]:
    """Return which points can be lived side by side, at the same numbers of the model: these and the points' places."""
    alike: dict[tuple[tuple[str, float], ...], list[int]] = {}
    for place, point in enumerate(points):
        alike.setdefault(tuple((name, value) for name, value in point.items() if name in parameters()), []).append(
            place
        )
    return [
        (dict(numbers), places[start : start + _SIDE_BY_SIDE])
        for numbers, places in alike.items()
        for start in range(0, len(places), _SIDE_BY_SIDE)
    ]


def _side_by_side(scenario: Scenario, policy: str, points: Sequence[Mapping[str, float]]) -> Scenario:
    """Return the scenario with the baseline and, for each point, the policy with the point's terms and secrecy."""
    data, baseline = as_data(scenario), next(iter(scenario.policies))
    variants = {f"variant {place + 1}": _variant(scenario, policy, point) for place, point in enumerate(points)}
    data = data_with_policies(scenario, {baseline: data["policies"][baseline], **variants})
    if any(CONCEALMENT in point for point in points):
        data["institutions"] = [name for name in scenario.institutions if name != "press"]
    try:
        return scenario_type().model_validate(data)
    except ValidationError as error:
        raise ValueError(problem_from(error.errors()[0], data).message) from None


def _variant(scenario: Scenario, policy: str, point: Mapping[str, float]) -> list[dict[str, Any]]:
    actions = [
        action | {name: _like(getattr(own, name), value) for name, value in point.items() if _sets(own, name)}
        for action, own in zip(as_data(scenario)["policies"][policy], scenario.policies[policy], strict=True)
    ]
    if CONCEALMENT not in point:
        return actions
    secret = first_practice(scenario, policy)
    story = {"week": secret.week + round(point[CONCEALMENT]), "do": "press_story", "about": secret.practice()}
    quiet = [each for each in actions if each["do"] != "press_story" or each["about"] != secret.practice()]
    return [*quiet, story]


def _like(own: float, value: float) -> float:
    return round(value) if isinstance(own, int) else value
