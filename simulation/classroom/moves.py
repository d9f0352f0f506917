"""Moves of roles beside a table's decision: what each can do by levers of its own, and what that changes in the world.

The first option of every role is how things stand, and changes nothing; so the world in which all take it is that of
the scenario as it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from simulation.behaviour.parameters import parameters
from simulation.scenario.amending import terms_of, with_numbers
from simulation.scenario.events import Law
from simulation.scenario.problems import Path, Problem
from simulation.scenario.schema import Name, Scenario, Text, as_data, scenario_type
from simulation.scenario.strictly import plainly, strictly
from simulation.scenario.uncertain import Finite, Range

_STRICT = ConfigDict(frozen=True, extra="forbid")

MOVERS = ("insurer", "regulator", "consumer advocate")
"""The roles that have levers of their own; the retailer's people decide, and shoppers answer a survey."""

ANSWERS = {"yes": "Yes", "no": "No"}
"""What can be answered to a survey."""


class Option(BaseModel):
    """One move: what it says; the terms of actions and the numbers that it sets, by name; the laws that it brings."""

    model_config = _STRICT

    says: Text
    terms: dict[Text, dict[Text, bool | int | float | str]] = {}
    numbers: dict[Text, Finite | Range] = {}
    laws: tuple[Law, ...] = ()

    @property
    def parts(self) -> Iterator[tuple[Path, "Option"]]:
        """Every single thing that it changes: where that stands, and as an option of its own."""
        for action, terms in self.terms.items():
            for term, value in terms.items():
                yield ("terms", action, term), Option(says=self.says, terms={action: {term: value}})
        for address, number in self.numbers.items():
            yield ("numbers", address), Option(says=self.says, numbers={address: number})
        for place, law in enumerate(self.laws):
            yield ("laws", place), Option(says=self.says, laws=(law,))


class Lever(BaseModel):
    """What a role is asked, and the moves that it can make; the first is how things stand."""

    model_config = _STRICT

    asks: Text
    options: dict[Name, Option] = Field(min_length=2, max_length=3)


class Survey(BaseModel):
    """What shoppers are asked, yes or no, about a choice."""

    model_config = _STRICT

    asks: Text
    about: Name


Levers = Mapping[str, Lever]


def moved(scenario: Scenario, options: Iterable[Option]) -> Scenario:
    """Return a scenario in which some moves are made; the same one if they change nothing.

    Raises ValueError, in plain words, for a change that the scenario cannot have.
    """
    changing = [option for option in options if any(option.parts)]
    if not changing:
        return scenario
    data = as_data(scenario)
    for option in changing:
        data["policies"] = {name: _with_terms(rows, option) for name, rows in data["policies"].items()}
        data = with_numbers(data, {name: each for name, each in option.numbers.items() if isinstance(each, float)})
        ranges = {name: list(each) for name, each in option.numbers.items() if isinstance(each, tuple)}
        if ranges:
            data["uncertain"] |= ranges
        data["events"] = [*data.get("events", ()), *map(plainly, option.laws)]
    return strictly(scenario_type(), data)


def _with_terms(rows: Iterable[Mapping[str, Any]], option: Option) -> list[dict[str, Any]]:
    return [{**row, **option.terms.get(row["do"], {})} for row in rows]


# --- what does not hang together -----------------------------------------------------------------------------------


def problems_of_moves(levers: Levers, scenario: Scenario, path: Path) -> Iterator[Problem]:
    """Yield roles that have no lever, options that are no moves, and changes that the scenario cannot have."""
    for role, lever in levers.items():
        if role not in MOVERS:
            message = f"'{role}' has no move of its own"
            yield Problem((*path, role), message, among=MOVERS, wrong=role, at_key=True)
        for place, (name, option) in enumerate(lever.options.items()):
            at: Path = (*path, role, "options", name)
            if place == 0 and any(option.parts):
                message = f"'{name}' stands first and changes something; the first option is how things stand"
                yield Problem(at, message, "leave its terms, numbers and laws out", at_key=True)
            elif place and not any(option.parts):
                yield Problem(at, f"'{name}' changes nothing", "give it terms, numbers or laws", at_key=True)
            for where, part in option.parts:
                yield from _part_problems(part, scenario, (*at, *where))
    yield from _clashes(levers, path)


def _part_problems(part: Option, scenario: Scenario, at: Path) -> Iterator[Problem]:
    """Yield what is wrong with one change: a name that is not known, or a value that the scenario cannot have."""
    found = [*_term_problems(part, scenario, at), *_number_problems(part, scenario, at)]
    if found:
        yield from found
        return
    try:
        moved(scenario, [part])
    except ValueError as error:
        yield Problem(at, str(error), "write a value that the scenario could have")


def _term_problems(part: Option, scenario: Scenario, at: Path) -> Iterator[Problem]:
    actions = {action.do: action for policy in scenario.policies.values() for action in policy}
    for name, terms in part.terms.items():
        if name not in actions:
            message = f"no policy of the scenario has an action '{name}'"
            yield Problem(at[:-1], message, among=tuple(actions), wrong=name, at_key=True)
            continue
        known = tuple(dict.fromkeys(terms_of(actions[name]).values()))
        for term in terms:
            if term in ("week", "do") or term not in (*known, *terms_of(actions[name])):
                message = f"a move cannot set '{term}' of {name}"
                yield Problem(at, message, among=known, wrong=term, at_key=True)


def _number_problems(part: Option, scenario: Scenario, at: Path) -> Iterator[Problem]:
    """Yield unknown numbers; what the scenario draws from a range stays drawn, that each world keeps its luck."""
    for address, number in part.numbers.items():
        if address not in parameters():
            known = tuple(each for each in parameters() if each.startswith(f"{address.rpartition('.')[0]}."))
            message = f"there is no number called '{address}'"
            yield Problem(at, message, among=known or tuple(parameters()), wrong=address, at_key=True)
        elif address in scenario.uncertain.ranges and not isinstance(number, tuple):
            yield Problem(at, f"the scenario draws {address} from a range", "write another range, [low, high]")
        elif address not in scenario.uncertain.ranges and isinstance(number, tuple):
            yield Problem(at, f"the scenario draws {address} from no range of its own", "write one number")


def _clashes(levers: Levers, path: Path) -> Iterator[Problem]:
    """Yield what two roles would set: whose move counts then?"""
    sets = {
        role: {where: name for name, option in lever.options.items() for where, _ in option.parts if where[0] != "laws"}
        for role, lever in levers.items()
    }
    for one, other in combinations(sets, 2):
        for where in sets[one].keys() & sets[other].keys():
            message = f"{where[-1]} is moved by the {one} already"
            at = (*path, other, "options", sets[other][where], *where)
            yield Problem(at, message, "let each role move something of its own", at_key=True)
