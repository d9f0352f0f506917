"""The scenario as frozen, validated models: world, population, and the policies to compare."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints, create_model, model_validator

from simulation.behaviour.draws import MOST_PRACTICES
from simulation.behaviour.parameters import Parameter, numbers, parameters, sections
from simulation.scenario.policies import AnyAction
from simulation.scenario.problems import Path, Problem

MOST_SHOPPERS, MOST_WEEKS, MOST_REPLICATES, MOST_MARKETS, MOST_POLICIES = 100_000_000, 2_600, 100_000, 256, 64
MOST_LETTERS = 80
_STRICT = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
_TOLERANCE = 1e-6

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_LETTERS, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$")
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Whole = StrictInt
Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Population(BaseModel):
    """Who is simulated."""

    model_config = _STRICT

    shoppers: Whole = Field(ge=10, le=MOST_SHOPPERS, description="How many households to simulate.")


def _section_model(section: str, names: Mapping[str, Parameter]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: (
            float | None,
            Field(
                None,
                strict=True,
                ge=parameter.limits[0],
                le=parameter.limits[1],
                allow_inf_nan=False,
                description=f"{parameter.meaning} Unit: {parameter.unit}. Usually {parameter.value:g} "
                f"({parameter.grade}: {parameter.source}).",
            ),
        )
        for name, parameter in names.items()
    }
    return create_model(section.capitalize(), __config__=_STRICT, **fields)


class _Settings(BaseModel):
    """What every scenario says; the numbers that it may override are added below."""

    model_config = _STRICT

    title: Text = Field(description="What the scenario is called.")
    question: Text = Field(description="The question that a run answers.")
    source: str = Field("", description="Where the question comes from.")
    notes: str = Field("", description="What to look at.")
    seed: Whole = Field(1, ge=0, le=2**63 - 1, description="Decides all draws.")
    weeks: Whole = Field(ge=1, le=MOST_WEEKS, description="How long to simulate; a year has 52 weeks.")
    replicates: Whole = Field(1, ge=1, le=MOST_REPLICATES, description="How many times to simulate with other luck.")
    markets: dict[Name, Annotated[float, Field(gt=0, le=1, strict=True)]] = Field(
        {"everywhere": 1.0},
        min_length=1,
        max_length=MOST_MARKETS,
        description="Groups of stores and their shares of shoppers.",
    )
    population: Population
    policies: dict[Name, tuple[AnyAction, ...]] = Field(
        min_length=1, max_length=MOST_POLICIES, description="Policies to compare; the first is the baseline."
    )
    uncertain: dict[str, tuple[Finite, Finite]] = Field(
        {},
        description="Numbers by section and name, such as behaviour.trust_loss_ratio, drawn anew for each replicate "
        "between low and high; a range goes before a number that the scenario sets.",
    )


class Scenario(_Settings):
    """A question about a loyalty programme, and the policies that may answer it.

    To build one in Python, call `scenario_type()`: that model also knows the numbers that a scenario may set.
    """

    @model_validator(mode="after")
    def _hangs_together(self) -> "Scenario":
        found = list(problems_of(self))
        if found:
            raise ValueError("; ".join(f"{'.'.join(map(str, each.path))}: {each.message}" for each in found))
        return self

    @property
    def overrides(self) -> dict[str, float]:
        """The numbers that the scenario sets itself, by address."""
        chosen = ((section, getattr(self, section, None)) for section in sections())
        return {
            f"{section}.{name}": value
            for section, values in chosen
            if values is not None
            for name, value in values.model_dump(exclude_none=True).items()
        }

    @property
    def numbers(self) -> NDArray[np.void]:
        """All numbers with the scenario's own in place of the usual ones, as one record."""
        return numbers(self.overrides)

    @property
    def practice_names(self) -> tuple[str, ...]:
        """The practices that any policy starts, in order of appearance."""
        return _practice_names(self)

    def with_changes(
        self, policies: Iterable[str] | None = None, shoppers: int | None = None, **changes: Any
    ) -> "Scenario":
        """Return the scenario with settings replaced.

        `policies` keeps those named, and always the baseline; actions after a new, earlier end fall away.
        Raises ValueError for an unknown policy or setting.
        """
        data = as_data(self)
        data.update({name: value for name, value in changes.items() if value is not None})
        if shoppers is not None:
            data["population"] = {"shoppers": shoppers}
        if policies is not None:
            wanted = {next(iter(self.policies)), *policies}
            if unknown := wanted - set(self.policies):
                raise ValueError(f"there is no policy called {', '.join(sorted(unknown))}")
            data["policies"] = {name: actions for name, actions in data["policies"].items() if name in wanted}
        last = data["weeks"]
        data["policies"] = {
            name: [action for action in actions if action["week"] <= last] for name, actions in data["policies"].items()
        }
        return scenario_type().model_validate(data)


@cache
def scenario_type() -> type[Scenario]:
    """Return the scenario's model, with one optional section for each section of the numbers."""
    about = (Scenario.__doc__ or "").splitlines()[0]
    return create_model("Scenario", __base__=Scenario, __doc__=about, **_section_fields())


@cache
def fields_type() -> type[BaseModel]:
    """Return the same model without the checks of what hangs together, to find what is wrong with single fields."""
    return create_model("Fields", __base__=_Settings, **_section_fields())


def _section_fields() -> dict[str, Any]:
    return {
        section: (_section_model(section, names) | None, Field(None, description=f"Numbers to set: {section}."))
        for section, names in sections().items()
    }


def _practice_names(scenario: _Settings) -> tuple[str, ...]:
    started = (action.practice() for actions in scenario.policies.values() for action in actions if action)
    return tuple(dict.fromkeys(name for name in started if name is not None))


def as_data(scenario: _Settings) -> dict[str, Any]:
    """Return the scenario as plain data, as it would stand in a file."""
    return scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def scenario_hash(scenario: _Settings) -> str:
    """Return a hash that two scenarios share only if they say the same, in the same order.

    Order counts: the first policy is the baseline, and the order of the uncertain numbers decides what is drawn.
    """
    return hashlib.sha256(json.dumps(as_data(scenario)).encode()).hexdigest()


# --- what one field alone cannot tell -----------------------------------------------------------------------------


def problems_of(scenario: _Settings) -> Iterable[Problem]:
    """Yield everything that does not hang together: shares, dates, names that nothing stands for."""
    total = sum(scenario.markets.values())
    if scenario.markets and abs(total - 1) > _TOLERANCE:
        yield Problem(("markets",), f"the markets' shares add up to {total:g}, not to 1", "change a share")
    yield from _attitude_problems(scenario)
    yield from _uncertain_problems(scenario)
    names = _practice_names(scenario)
    if len(names) > MOST_PRACTICES:
        message = f"{len(names)} practices; a scenario can tell {MOST_PRACTICES} apart"
        yield Problem(("policies",), message, "give some one name")
    for policy, actions in scenario.policies.items():
        for place, action in enumerate(actions):
            if action is not None:
                yield from _action_problems(scenario, ("policies", policy, place), action)
        yield from _story_problems(("policies", policy), actions)
        yield from _clashes(("policies", policy), actions)


def _attitude_problems(scenario: _Settings) -> Iterable[Problem]:
    """Yield a problem if the two named segments can be more than everybody."""
    attitudes = getattr(scenario, "attitudes", None)
    most = {name: parameter.value for name, parameter in sections()["attitudes"].items()}
    most |= attitudes.model_dump(exclude_none=True) if attitudes is not None else {}
    drawn = {name: scenario.uncertain.get(f"attitudes.{name}") for name in ("fundamentalists", "pragmatists")}
    most |= {name: ends[1] for name, ends in drawn.items() if ends is not None}
    if most["fundamentalists"] + most["pragmatists"] > 1 + _TOLERANCE:
        message = "fundamentalists and pragmatists together can be more than all shoppers"
        path = ("uncertain",) if any(drawn.values()) else ("attitudes",)
        yield Problem(path, message, "lower one share; the rest are unconcerned")


def _uncertain_problems(scenario: _Settings) -> Iterable[Problem]:
    for address, (low, high) in scenario.uncertain.items():
        path = ("uncertain", address)
        if address not in parameters():
            yield _unknown_number(path, address)
            continue
        least, most = parameters()[address].limits
        if not low < high:
            yield Problem(path, f"the low end of {address} must lie below the high end", "write [low, high]")
        if low < least or high > most:
            yield Problem(path, f"{address} can only lie between {least:g} and {most:g}", "narrow the range")


def _unknown_number(path: Path, address: str) -> Problem:
    """Return the problem, with those of the same name or section as what could be meant."""
    section, _, name = address.rpartition(".")
    same_name = [known for known in parameters() if known.endswith(f".{name}")]
    same_section = [known for known in parameters() if known.startswith(f"{section}.")]
    message = f"there is no number called '{address}'"
    if same_name:
        return Problem(path, message, f"write '{same_name[0]}'", at_key=True)
    return Problem(path, message, among=tuple(same_section or parameters()), at_key=True)


def _action_problems(scenario: _Settings, path: Path, action: Any) -> Iterable[Problem]:
    if action.week > scenario.weeks:
        message = f"week {action.week} lies after the end, week {scenario.weeks}"
        yield Problem((*path, "week"), message, "start earlier")
    if action.until is not None and action.until < action.week:
        yield Problem((*path, "until"), f"until {action.until} lies before week {action.week}", "end later")
    name = action.practice()
    if name is not None and not (0 < len(name) <= MOST_LETTERS and name.isprintable() and name.strip()):
        message = f"a practice's name must be one line of 1 to {MOST_LETTERS} letters"
        yield Problem((*path, "name"), message, "give it a short name")
    for place, market in enumerate(action.markets or ()):
        at = (*path, "markets", place)
        if scenario.markets and market not in scenario.markets:
            yield Problem(at, f"there is no market called '{market}'", among=tuple(scenario.markets))
        elif market in action.markets[:place]:
            yield Problem(at, f"{market} is named twice", "name it once")


def _story_problems(path: Path, actions: Sequence[Any]) -> Iterable[Problem]:
    """Yield stories about what has not begun; unless an action is wrong, which might have begun it."""
    if None in actions:
        return
    started = {action.practice(): action.week for action in sorted(actions, key=lambda action: -action.week)}
    known = tuple(name for name in started if name is not None)
    for place, story in enumerate(actions):
        if story.do != "press_story":
            continue
        if story.about not in known:
            message = f"this policy starts no practice called '{story.about}'"
            yield Problem((*path, place, "about"), message, "start the practice first", among=known)
        elif story.week < started[story.about]:
            begins = f"{story.about} starts in week {started[story.about]}"
            message = f"the story breaks in week {story.week}, before {begins}"
            yield Problem((*path, place, "week"), message, "let it break later")


def _clashes(path: Path, actions: Sequence[Any]) -> Iterable[Problem]:
    """Yield actions that start together and set the same thing, and practices of one name that are not one."""
    seen: dict[Any, list[Any]] = {}
    kinds: dict[str, Any] = {}
    for place, action in enumerate(actions):
        if action is None:
            continue
        name = action.practice()
        earlier = seen.setdefault((action.do, name or getattr(action, "about", None), action.week), [])
        if any(_overlap(action.markets, other) for other in earlier):
            message = f"{action.do} is set twice from week {action.week} on"
            yield Problem((*path, place), message, "keep one, or give another name or week")
        earlier.append(action.markets)
        kind = (action.do, getattr(action, "recipient", None))
        if name is not None and kinds.setdefault(name, kind) != kind:
            message = f"'{name}' is already the name of another practice of this policy"
            yield Problem((*path, place), message, "write 'name: ...', so that both can go on")


def _overlap(markets: Sequence[str] | None, others: Sequence[str] | None) -> bool:
    return markets is None or others is None or not set(markets).isdisjoint(others)
