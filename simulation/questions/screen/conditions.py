"""What a principle demands: conditions on a policy's text, on the laws around it, and on its simulated outcome."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from simulation.questions.screen.measures import EVERYBODY, STANDARDS
from simulation.runs.outcome import Outcome
from simulation.scenario.events import Law
from simulation.scenario.flows import ShareData
from simulation.scenario.policies import AnyAction, kinds
from simulation.scenario.practices import Mode
from simulation.scenario.problems import Path, Problem
from simulation.scenario.timeline import Action

Taken = Literal["median", "worst_tenth"]
_Bound = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Condition(BaseModel):
    """One thing that a principle demands."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def problems(self, path: Path) -> Iterator[Problem]:
        """Yield what does not hang together in it; `path` leads to it."""
        yield from ()

    def broken_by(self, outcome: Outcome, policy: int) -> Iterator[str]:
        """Yield the evidence that a policy breaks it, nothing if it keeps it."""
        raise TypeError(f"{type(self).__name__} must say what breaks it")

    def kept_by(self, outcome: Outcome, policy: int) -> str:
        """Return what was found of a policy that keeps it."""
        raise TypeError(f"{type(self).__name__} must say what keeps it")


class TermCondition(Condition):
    """Every action of a kind must have a term among some values, or within bounds."""

    check: Literal["term"]
    action: str = Field(description="The kind of action, such as share_data.")
    term: str = Field(description="The term of it, such as consent.")
    among: tuple[Any, ...] | None = Field(None, min_length=1, description="The values that are right.")
    not_among: tuple[Any, ...] | None = Field(None, min_length=1, description="The values that are wrong.")
    at_most: _Bound | None = Field(None, description="The highest that is right.")
    at_least: _Bound | None = Field(None, description="The lowest that is right.")
    unless: dict[str, Any] = Field({}, description="Other terms of the action that excuse it, with their values.")

    def problems(self, path: Path) -> Iterator[Problem]:
        """Yield an unknown action, terms that it has not, values that it cannot have, a bound too few."""
        kind = kinds().get(self.action)
        if kind is None:
            yield _unknown_action(path, self.action)
            return
        if all(each is None for each in (self.among, self.not_among, self.at_most, self.at_least)):
            yield Problem(path, "this condition demands nothing", "add among, not_among, at_most or at_least")
        terms = _fields(kind)
        for name, at in ((self.term, (*path, "term")), *((name, (*path, "unless", name)) for name in self.unless)):
            if name not in terms:
                message = f"{self.action} has no term '{name}'"
                yield Problem(at, message, among=tuple(sorted(terms)), wrong=name, at_key="unless" in at)
        for key in ("at_most", "at_least"):
            if getattr(self, key) is not None and not _is_amount(kind, self.term):
                yield Problem((*path, key), f"{self.term} is no amount", "write among or not_among")
        for key in ("among", "not_among"):
            for place, value in enumerate(getattr(self, key) or ()):
                yield from _impossible((*path, key, place), kind, self.term, value)
        for name, value in self.unless.items():
            yield from _impossible((*path, "unless", name), kind, name, value)

    def broken_by(self, outcome: Outcome, policy: int) -> Iterator[str]:
        """Yield every action whose term is not as demanded."""
        for action in _actions(outcome, policy):
            if action.do == self.action and not self._excused(action):
                value = _value(action, self.term)
                if wrong := self._wrong(value):
                    yield f"{_called(action)}: {self.term} is {_said(value)}, {wrong}"

    def kept_by(self, outcome: Outcome, policy: int) -> str:
        """Return how many actions were looked at."""
        count = sum(action.do == self.action for action in _actions(outcome, policy))
        return f"{self.term} is as it must be" if count else f"no {self.action}"

    def _excused(self, action: AnyAction) -> bool:
        return bool(self.unless) and all(_value(action, name) == value for name, value in self.unless.items())

    def _wrong(self, value: Any) -> str:
        """Return what would be right, "" if the value is."""
        if self.among is not None and value not in self.among:
            return f"not {' or '.join(map(_said, self.among))}"
        if self.not_among is not None and value in self.not_among:
            return "which is ruled out"
        if self.at_most is not None and value is not None and value > self.at_most:
            return f"more than {self.at_most:g}"
        return f"less than {self.at_least:g}" if self.at_least is not None and (value or 0.0) < self.at_least else ""


class Absence(Condition):
    """The policy must hold no action of a kind."""

    check: Literal["absent"]
    action: str = Field(description="The kind of action, such as onward_sale.")

    def problems(self, path: Path) -> Iterator[Problem]:
        """Yield an unknown action."""
        if self.action not in kinds():
            yield _unknown_action(path, self.action)

    def broken_by(self, outcome: Outcome, policy: int) -> Iterator[str]:
        """Yield every action of the kind."""
        found = (action for action in _actions(outcome, policy) if action.do == self.action)
        yield from (f"{_called(action)} in week {action.week}" for action in found)

    def kept_by(self, outcome: Outcome, policy: int) -> str:
        """Return that there is none."""
        return f"no {self.action}"


class Lawfulness(Condition):
    """No data may flow with less consent than a law requires there and then, unless the retailer obeys and stops."""

    check: Literal["law"]

    def broken_by(self, outcome: Outcome, policy: int) -> Iterator[str]:
        """Yield every flow that goes on where a law forbids it."""
        actions = _actions(outcome, policy)
        for law in (each for each in (*outcome.scenario.events, *actions) if isinstance(each, Law) and not each.obeyed):
            for flow in (each for each in actions if isinstance(each, ShareData)):
                if Mode[flow.consent.upper()] < Mode[law.consent_for(flow).upper()] and _meet(flow, law):
                    yield f"{_called(flow)}: consent is {flow.consent} where {law.consent_for(flow)} is required"

    def kept_by(self, outcome: Outcome, policy: int) -> str:
        """Return that nothing was found."""
        return "no flow that a law forbids"


class OutcomeCondition(Condition):
    """A measure of the simulated outcome must stay within bounds."""

    check: Literal["outcome"]
    measure: str = Field(description="What is measured.")
    whom: str | None = Field(None, alias="for", description="For whom; for everybody if left out.")
    at_most: _Bound | None = Field(None, description="The highest that is right.")
    at_least: _Bound | None = Field(None, description="The lowest that is right.")
    taken: Taken = Field("median", description="Over replicates: the median, or the mean of the worst tenth.")

    def problems(self, path: Path) -> Iterator[Problem]:
        """Yield an unknown measure, one that cannot be read for whom it is asked, a bound too few or too many."""
        if self.measure not in STANDARDS:
            message = f"there is no measure called '{self.measure}'"
            yield Problem((*path, "measure"), message, among=tuple(STANDARDS))
        elif self._whom not in STANDARDS[self.measure].whom:
            at = (*path, "for") if self.whom else path
            message = f"{self.measure} cannot be read for '{self.whom}'" if self.whom else f"{self.measure} needs 'for'"
            yield Problem(at, message, among=STANDARDS[self.measure].whom)
        if (self.at_most is None) == (self.at_least is None):
            yield Problem(path, "an outcome needs at_most or at_least, and not both", "keep one bound")

    @property
    def _whom(self) -> str:
        return self.whom or EVERYBODY

    def broken_by(self, outcome: Outcome, policy: int) -> Iterator[str]:
        """Yield the measure if it lies beyond its bound."""
        value = self._value(outcome, policy)
        if self.at_most is not None and value > self.at_most:
            yield f"{self._described(value)}, more than {self.at_most:g}"
        if self.at_least is not None and value < self.at_least:
            yield f"{self._described(value)}, less than {self.at_least:g}"

    def kept_by(self, outcome: Outcome, policy: int) -> str:
        """Return the measure."""
        return self._described(self._value(outcome, policy))

    def _value(self, outcome: Outcome, policy: int) -> float:
        values = STANDARDS[self.measure].read(outcome, policy, self._whom)
        if self.taken == "median":
            return float(np.median(values))
        return -worst_tenth(-values) if self.at_most is not None else worst_tenth(values)

    def _described(self, value: float) -> str:
        standard, whom = STANDARDS[self.measure], f" ({self.whom})" if self.whom else ""
        where = "at the median" if self.taken == "median" else "in the worst tenth"
        return " ".join(filter(None, (f"{standard.meaning}{whom}:", f"{value:.3g}", standard.unit, where)))


AnyCondition = Annotated[
    TermCondition | Absence | Lawfulness | OutcomeCondition,
    Field(discriminator="check"),
]
"""One entry of a principle's list, told apart by its `check`."""

CHECKS: Mapping[str, type[Condition]] = {
    "term": TermCondition,
    "absent": Absence,
    "law": Lawfulness,
    "outcome": OutcomeCondition,
}
"""The kinds of condition, by what stands after `check`."""


def worst_tenth(values: NDArray[np.float64]) -> float:
    """Return the mean of the lowest tenth of values, of the lowest one if they are fewer than twenty."""
    return float(np.sort(values)[: max(1, len(values) // 10)].mean())


def _actions(outcome: Outcome, policy: int) -> Sequence[AnyAction]:
    return outcome.scenario.policies[outcome.policies[policy]]


def _fields(kind: type[Action]) -> dict[str, Any]:
    """Return the terms of a kind of action, as a file calls them."""
    return {field.alias or name: field for name, field in kind.model_fields.items()}


def _value(action: AnyAction, term: str) -> Any:
    names = {field.alias or name: name for name, field in type(action).model_fields.items()}
    return getattr(action, names[term])


def _called(action: AnyAction) -> str:
    to = getattr(action, "recipient", None) or getattr(action, "about", None)
    name = action.practice() or action.do
    return f"{name} ({to})" if to else str(name)


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _unknown_action(path: Path, name: str) -> Problem:
    return Problem((*path, "action"), f"unknown action '{name}'", among=tuple(kinds()))


def _impossible(path: Path, kind: type[Action], term: str, value: Any) -> Iterator[Problem]:
    """Yield a problem if a term can never have a value."""
    field = _fields(kind).get(term)
    if field is None:
        return
    annotation: Any = Annotated[field.annotation, field]
    try:
        TypeAdapter(annotation).validate_json(json.dumps(value), strict=True)
    except ValidationError:
        words = tuple(each for each in get_args(field.annotation) if isinstance(each, str))
        yield Problem(path, f"{term} is never '{_said(value)}'", "write a value that it can have", among=words)


def _is_amount(kind: type[Action], term: str) -> bool:
    field = _fields(kind).get(term)
    return field is None or not {int, float}.isdisjoint((field.annotation, *get_args(field.annotation)))


def _meet(flow: ShareData, law: Law) -> bool:
    """Return whether a flow goes on somewhere after a law has come into force there."""
    there = law.where is None or flow.where is None or not set(law.where).isdisjoint(flow.where)
    return there and (flow.last_week is None or flow.last_week >= law.week)
