"""Levers: terms of a policy's actions that may be set otherwise, and the policy as it would be then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError

from simulation.behaviour.spelling import nearest
from simulation.scenario.schema import Scenario, as_data, data_with_policies, scenario_type
from simulation.scenario.wording import problem_from

Value = float | int | str | bool
Point = Mapping[str, Value]
"""A value for each lever, by the lever's name."""

_FIXED = {"do", "name", "about", "markets", "week", "until"}  # what an action is, and when and where


@dataclass(frozen=True)
class Lever:
    """A term and what it may be: a number between two ends, whole if `whole`, or one of some choices."""

    name: str
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    choices: tuple[Value, ...] = ()

    @property
    def ends(self) -> tuple[Value, ...]:
        """What it may be at most and at least, or everything it may be."""
        numbers = (round(self.low), round(self.high)) if self.whole else (self.low, self.high)
        return self.choices or numbers


def levers_of(scenario: Scenario, policy: str, asked: Sequence[str]) -> list[Lever]:
    """Return levers from texts such as reward=0:0.02 or consent=notice,opt_in; raises ValueError in plain words."""
    if policy not in scenario.policies or policy == next(iter(scenario.policies)):
        known = ", ".join(list(scenario.policies)[1:])
        raise ValueError(f"there is no policy called '{policy}' to compare with the baseline; known here: {known}")
    levers = [_lever(scenario, policy, text) for text in asked]
    names = [lever.name for lever in levers]
    if not levers or len(set(names)) < len(names):
        raise ValueError(
            f"vary: name {'each term once' if levers else 'one term at least'}; {_known(scenario, policy)}"
        )
    for lever, text in zip(levers, asked, strict=True):
        for value in lever.ends:
            _refuse_impossible(scenario, policy, {lever.name: value}, text)
    return levers


def _lever(scenario: Scenario, policy: str, text: str) -> Lever:
    name, equals, spelled = text.partition("=")
    terms = _terms(scenario, policy)
    if name not in terms:
        near = next((term for term in terms if name and name in term), "") or nearest(name, terms)
        hint = f"did you mean '{near}'? " if near else ""
        raise ValueError(f"vary: '{policy}' has no term '{name}'; {hint}{_known(scenario, policy)}")
    if not equals or not spelled:
        raise ValueError(f"vary: write {name}=low:high, or {name}=one,another")
    kind = terms[name]
    low, colon, high = spelled.partition(":")
    if not colon:
        return Lever(name, choices=tuple(dict.fromkeys(_value(each, kind, text) for each in spelled.split(","))))
    if kind not in (float, int):
        raise ValueError(f"vary {text}: {name} is not a number; write {name}=one,another")
    ends = _number(low, text), _number(high, text)
    if not ends[0] < ends[1]:
        raise ValueError(f"vary {text}: the low end, {low}, must lie below the high end, {high}")
    return Lever(name, *ends, whole=kind is int)


def _terms(scenario: Scenario, policy: str) -> dict[str, Any]:
    """Return what can be varied in a policy, by the name that stands in a file: float, int, bool or str."""
    fields = [item for action in scenario.policies[policy] for item in type(action).model_fields.items()]
    return {field.alias or name: _kind(field.annotation) for name, field in fields if name not in _FIXED}


def _kind(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        return _kind(next(part for part in get_args(annotation) if part is not NoneType))
    return str if get_origin(annotation) is Literal else annotation


def _known(scenario: Scenario, policy: str) -> str:
    return f"terms of '{policy}': {', '.join(sorted(_terms(scenario, policy))) or 'none'}"


def _value(spelled: str, kind: Any, text: str) -> Value:
    if kind is bool:
        if spelled not in ("true", "false"):
            raise ValueError(f"vary {text}: write true or false, not '{spelled}'")
        return spelled == "true"
    if kind in (float, int):
        number = _number(spelled, text)
        return round(number) if kind is int and number == round(number) else number
    return spelled


def _number(spelled: str, text: str) -> float:
    try:
        return float(spelled)
    except ValueError:
        raise ValueError(f"vary {text}: '{spelled}' is not a number") from None


def _refuse_impossible(scenario: Scenario, policy: str, point: Point, text: str) -> None:
    try:
        side_by_side(scenario, policy, [point])
    except ValueError as error:
        raise ValueError(f"vary {text}: {error}") from None


def side_by_side(scenario: Scenario, policy: str, points: Sequence[Point]) -> Scenario:
    """Return the scenario with the baseline and, for each point, the policy with those terms wherever they stand.

    All are lived by the same shoppers with the same luck. Raises ValueError in plain words.
    """
    data, baseline = as_data(scenario), next(iter(scenario.policies))
    variants = {f"variant {place}": _variant(scenario, policy, point) for place, point in enumerate(points, 1)}
    data = data_with_policies(scenario, {baseline: data["policies"][baseline], **variants})
    try:
        return scenario_type().model_validate(data)
    except ValidationError as error:
        problem = problem_from(error.errors()[0], data)
        raise ValueError("; ".join(filter(None, (problem.message, problem.advice)))) from None


def _variant(scenario: Scenario, policy: str, point: Point) -> list[dict[str, Any]]:
    return [
        action | {name: value for name, value in point.items() if name in _names(own)}
        for action, own in zip(as_data(scenario)["policies"][policy], scenario.policies[policy], strict=True)
    ]


def _names(action: Any) -> set[str]:
    return {field.alias or name for name, field in type(action).model_fields.items() if name not in _FIXED}


def own_value(scenario: Scenario, policy: str, name: str) -> Value | None:
    """Return what the policy itself says of a term; None where it leaves it open, or says several things."""
    actions = [action.model_dump(by_alias=True) for action in scenario.policies[policy]]
    said = {action[name] for action in actions if name in action}
    return said.pop() if len(said) == 1 else None
