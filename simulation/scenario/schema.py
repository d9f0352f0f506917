"""The scenario as frozen, validated models: world, population, and the policies to compare."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints, create_model, model_validator

from simulation.behaviour.draws import MOST_PRACTICES
from simulation.behaviour.parameters import Parameter, numbers, parameters, sections
from simulation.scenario.policies import AnyAction
from simulation.scenario.problems import Problem

MOST_SHOPPERS, MOST_WEEKS, MOST_REPLICATES, MOST_MARKETS, MOST_POLICIES = 100_000_000, 2_600, 100_000, 256, 64
_STRICT = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
_TOLERANCE = 1e-6

Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Whole = StrictInt


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

    title: str = Field(min_length=1, description="What the scenario is called.")
    question: str = Field(min_length=1, description="The question that a run answers.")
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
    uncertain: dict[str, tuple[float, float]] = Field(
        {}, description="Numbers by section and name, drawn anew for each replicate between low and high."
    )


class Scenario(_Settings):
    """A question about a loyalty programme, and the policies that may answer it."""

    @model_validator(mode="after")
    def _hangs_together(self) -> "Scenario":
        found = list(problems_of(self))
        if found:
            raise ValueError("; ".join(problem.message for problem in found))
        return self

    @property
    def overrides(self) -> dict[str, float]:
        """The numbers that the scenario sets itself, by address."""
        chosen = ((section, getattr(self, section)) for section in sections())
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
        """
        data = as_data(self)
        data.update({name: value for name, value in changes.items() if value is not None})
        if shoppers is not None:
            data["population"] = {"shoppers": shoppers}
        if policies is not None:
            wanted = {next(iter(self.policies)), *policies}
            data["policies"] = {name: actions for name, actions in data["policies"].items() if name in wanted}
        last = data["weeks"]
        data["policies"] = {
            name: [action for action in actions if action["week"] <= last] for name, actions in data["policies"].items()
        }
        return scenario_type().model_validate(data)


@cache
def scenario_type() -> type[Scenario]:
    """Return the scenario's model, with one optional section for each section of the numbers."""
    return create_model("Scenario", __base__=Scenario, __doc__=Scenario.__doc__, **_section_fields())


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
    """Return a hash that two scenarios share only if they say the same."""
    return hashlib.sha256(json.dumps(as_data(scenario), sort_keys=True).encode()).hexdigest()


# --- what one field alone cannot tell -----------------------------------------------------------------------------


def problems_of(scenario: _Settings) -> Iterable[Problem]:
    """Yield everything that does not hang together: shares, dates, names that nothing stands for."""
    total = sum(scenario.markets.values())
    if abs(total - 1) > _TOLERANCE:
        yield Problem(("markets",), f"the markets' shares add up to {total:g}, not to 1", "change a share")
    yield from _attitude_problems(scenario)
    yield from _uncertain_problems(scenario)
    names = _practice_names(scenario)
    if len(names) > MOST_PRACTICES:
        yield Problem(
            ("policies",), f"{len(names)} practices; a scenario can tell {MOST_PRACTICES} apart", "give some one name"
        )
    for policy, actions in scenario.policies.items():
        for place, action in enumerate(actions):
            if action is not None:
                yield from _action_problems(scenario, ("policies", policy, place), action, actions)


def _attitude_problems(scenario: _Settings) -> Iterable[Problem]:
    attitudes = getattr(scenario, "attitudes", None)
    usual = {name: parameter.value for name, parameter in sections()["attitudes"].items()}
    chosen = usual | (attitudes.model_dump(exclude_none=True) if attitudes is not None else {})
    if chosen["fundamentalists"] + chosen["pragmatists"] > 1:
        yield Problem(
            ("attitudes",), "fundamentalists and pragmatists together are more than all shoppers", "lower one share"
        )


def _uncertain_problems(scenario: _Settings) -> Iterable[Problem]:
    for address, (low, high) in scenario.uncertain.items():
        path = ("uncertain", address)
        if address not in parameters():
            yield Problem(path, f"there is no number called '{address}'", among=tuple(parameters()), at_key=True)
            continue
        least, most = parameters()[address].limits
        if not low < high:
            yield Problem(path, f"the low end of {address} must lie below the high end", "write [low, high]")
        if low < least or high > most:
            yield Problem(path, f"{address} can only lie between {least:g} and {most:g}", "narrow the range")


def _action_problems(
    scenario: _Settings, path: tuple[Any, ...], action: Any, actions: tuple[Any, ...]
) -> Iterable[Problem]:
    if action.week > scenario.weeks:
        yield Problem((*path, "week"), f"week {action.week} lies after the end, week {scenario.weeks}", "start earlier")
    if action.until is not None and action.until < action.week:
        yield Problem((*path, "until"), f"until {action.until} lies before week {action.week}", "end later")
    for place, market in enumerate(action.markets or ()):
        if market not in scenario.markets:
            at = (*path, "markets", place)
            yield Problem(at, f"there is no market called '{market}'", among=tuple(scenario.markets))
    if action.do == "press_story" and None not in actions:
        yield from _story_problems(path, action, actions)
    yield from _clashes(path, action, actions)


def _story_problems(path: tuple[Any, ...], story: Any, actions: tuple[Any, ...]) -> Iterable[Problem]:
    started = {other.practice(): other.week for other in reversed(actions) if other and other.practice() is not None}
    if story.about not in started:
        message = f"this policy starts no practice called '{story.about}'"
        yield Problem((*path, "about"), message, "start the practice first", among=tuple(started))
    elif story.week < started[story.about]:
        message = f"the story breaks in week {story.week}, before {story.about} starts in week {started[story.about]}"
        yield Problem((*path, "week"), message, "let it break later")


def _clashes(path: tuple[Any, ...], action: Any, actions: tuple[Any, ...]) -> Iterable[Problem]:
    def same(other: Any) -> bool:
        what = (action.do, action.practice(), action.week)
        apart = action.markets and other.markets and not set(action.markets) & set(other.markets)
        return (other.do, other.practice(), other.week) == what and not apart

    earlier = actions[: path[-1]]
    if action.do != "press_story" and any(other and same(other) for other in earlier):
        yield Problem(
            path, f"{action.do} is set twice from week {action.week} on", "keep one, or give another name or week"
        )
