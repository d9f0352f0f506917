"""The scenario as frozen, validated models: world, population, and the policies to compare."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, StrictInt, StringConstraints, create_model, field_validator, model_validator

from simulation.behaviour.parameters import numbers, sections
from simulation.behaviour.plugins import plugins, remembered
from simulation.behaviour.spelling import unknown
from simulation.scenario.amending import ended, terms_of, with_numbers
from simulation.scenario.checks import (
    MOST_LETTERS,
    packages_of,
    practice_names_of,
    problems_of,
    refuse_without_packages,
)
from simulation.scenario.policies import AnyAction, WorldEvent, kinds, kinds_of_event, one_of
from simulation.scenario.problems import Problem
from simulation.scenario.sections import section_fields
from simulation.scenario.shown import as_html, simulated_in_words, size_in_words
from simulation.scenario.sizes import STRICT, Chain, Population
from simulation.scenario.strictly import plainly, strictly
from simulation.scenario.timeline import Action
from simulation.scenario.uncertain import ABOUT, Uncertain

MOST_WEEKS, MOST_REPLICATES, MOST_MARKETS, MOST_POLICIES = 2_600, 100_000, 256, 64

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_LETTERS, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$")
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Whole = StrictInt
Institution = Literal["press", "regulator", "court", "rival", "data_buyer"]


class _Settings(BaseModel):
    """What every scenario says; the numbers that it may override are added below."""

    model_config = STRICT

    title: Text = Field(description="What the scenario is called.")
    question: Text = Field(description="The question that a run answers.")
    asks_about: Name | None = Field(
        None,
        description="The policy of which the question asks whether it is worth more to the retailer than the first; "
        "the answer then begins with yes, no, or that it cannot be said. Leave it out where the question asks "
        "something else.",
    )
    source: str = Field("", description="Where the question comes from.")
    notes: str = Field("", description="What to look at.")
    seed: Whole = Field(1, ge=0, le=2**63 - 1, description="Decides all draws.")
    weeks: Whole = Field(ge=1, le=MOST_WEEKS, description="How long to simulate; a year has 52 weeks.")
    replicates: Whole = Field(
        64,
        ge=1,
        le=MOST_REPLICATES,
        description="How many times to simulate with other luck. Standard errors and a ranking of policies take four "
        "whole blocks: of 16 replicates with up to 11 uncertain numbers, of 32 with up to 23, of 64 beyond.",
    )
    markets: dict[Name, Annotated[float, Field(gt=0, le=1, strict=True)]] = Field(
        {"everywhere": 1.0},
        min_length=1,
        max_length=MOST_MARKETS,
        description="Groups of stores and their shares of shoppers, which must add up to 1; `check` adds them.",
    )
    population: Population
    chain: Chain = Field(
        None,  # type: ignore[assignment] # as many as are simulated, which a scenario fills in
        description="The retailer's chain, for which the simulated shoppers stand: as many households as the file "
        "simulates if left out. To simulate fewer or more of them changes how finely it is seen, never what is asked.",
    )
    policies: dict[Name, tuple[AnyAction, ...]] = Field(
        min_length=1, max_length=MOST_POLICIES, description="Policies to compare; the first is the baseline."
    )
    events: tuple[WorldEvent, ...] = Field(
        (), description="What happens under every policy: leaks, laws, scandals elsewhere, boycotts, a rival's moves."
    )
    institutions: tuple[Institution, ...] = Field(
        ("press", "regulator", "court", "rival", "data_buyer"),
        description="Who acts of its own accord; the others do only what policies and events say.",
    )
    uncertain: Uncertain = Field(Uncertain(), description=ABOUT)
    rules: dict[str, Text] = Field(
        {},
        description="Rules of behaviour in whose place those of plug-ins stand: the shipped rule's name, and the "
        "package whose rule is wanted.",
    )
    plugins: tuple[Text, ...] = Field(
        (),
        description="Packages without which the file cannot be understood; those whose actions, institutions, numbers "
        "or rules it uses are added by themselves.",
    )
    _has_its_packages = field_validator("plugins")(refuse_without_packages)


class Scenario(_Settings):
    """A question about a loyalty programme, and the policies that may answer it.

    To build one in Python, call `scenario_type()`: that model also knows the numbers that a scenario may set.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(policies=["quiet sale"], shoppers=2_000, replicates=4)
    >>> case = case.with_changes(numbers={"world.story_reach": 0.5}).set("quiet sale", fee_per_member_year=1.25)
    >>> case.with_policy("to a broker", [a4.ShareData(week=9, recipient="broker", consent="notice")])
    <Scenario 'ShopSense sells card data to IFA': 3 policies, 2,000 shoppers, 260 weeks, 4 replicates>
    """

    __iter__ = None  # type: ignore[assignment] # one value, not a list of its fields, to whoever takes either

    @model_validator(mode="after")
    def _hangs_together(self) -> "Scenario":
        found = list(problems_of(self))
        if self.population.file is not None:
            found.append(Problem(("population", "from"), "only a scenario file can name a population file"))
        if found:
            raise ValueError("; ".join(map(str, found)))
        if self.chain is None:
            object.__setattr__(self, "chain", Chain(households=self.population.shoppers))
        object.__setattr__(self, "plugins", tuple(sorted({*self.plugins, *packages_of(self)})))
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _from_data, (as_data(self),)  # its type is made when it is first asked for, and no module holds it

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
    def households_per_shopper(self) -> float:
        """How many households of the chain a simulated shopper stands for."""
        return self.chain.households / self.population.shoppers

    @property
    def simulated(self) -> str:
        """How many shoppers are simulated, and for how many households, in words."""
        return simulated_in_words(self.population.shoppers, self.chain.households)

    @property
    def practice_names(self) -> tuple[str, ...]:
        """The practices that any policy starts, in order of appearance."""
        return practice_names_of(self)

    def with_changes(
        self,
        policies: Iterable[str] | None = None,
        shoppers: int | None = None,
        numbers: Mapping[str, float] | None = None,
        **changes: Any,
    ) -> "Scenario":
        """Return the scenario with settings replaced; raises ValueError, in plain words, for what is wrong.

        `policies` keeps those named, and always the baseline; actions after a new, earlier end fall away. `numbers`
        are set by address, such as world.story_reach, and are then drawn no longer. Other `shoppers` stand for the
        same chain.
        """
        for name in changes.keys() - type(self).model_fields.keys():
            raise ValueError(unknown("setting", name, [*type(self).model_fields, "shoppers", "numbers"]))
        changes = {name: value for name, value in changes.items() if value is not None}
        data = ended(as_data(self), changes.get("weeks")) | changes
        if shoppers is not None:
            data["population"] = {"shoppers": shoppers}
        if policies is not None:
            data = _about_what_is_left(data | {"policies": self._kept(data["policies"], policies)})
        return strictly(scenario_type(), with_numbers(data, numbers or {}))

    def _kept(self, lists: Mapping[str, Any], policies: Iterable[str]) -> dict[str, Any]:
        """Return the baseline and the policies named."""
        if isinstance(policies, str):
            raise ValueError(f"policies: write a list of names, such as ['{policies}']")
        wanted = {next(iter(self.policies)), *policies}
        for name in wanted - self.policies.keys():
            raise ValueError(f"policies: {unknown('policy', name, self.policies)}")
        return {name: actions for name, actions in lists.items() if name in wanted}

    def with_policy(self, name: str, actions: Sequence[Action]) -> "Scenario":
        """Return the scenario with one more policy, or another in its place; raises ValueError for what is wrong."""
        if not isinstance(actions, list | tuple) or not all(isinstance(action, Action) for action in actions):
            raise ValueError(f"policy '{name}' needs a list of actions, such as [ShareData(...)], or [] to do nothing")
        data = as_data(self)
        return strictly(scenario_type(), data | {"policies": {**data["policies"], name: actions}})

    def set(self, policy: str, **terms: Any) -> "Scenario":
        """Return the scenario with terms set otherwise in all actions of a policy that have them.

        Raises ValueError, in plain words, for an unknown policy, a term that none of its actions has, and a value that
        the term cannot have.
        """
        if policy not in self.policies:
            raise ValueError(unknown("policy", policy, self.policies))
        actions, data = self.policies[policy], as_data(self)
        rows = [plainly(action) for action in actions]
        for term, value in terms.items():
            names = [terms_of(action).get(term) for action in actions]
            if not any(names):
                known = sorted({name for action in actions for name in terms_of(action)})
                raise ValueError(unknown(f"term of '{policy}'", term, known))
            for row, name in zip(rows, names, strict=True):
                row.update({name: value} if name else {})
        return strictly(scenario_type(), data | {"policies": {**data["policies"], policy: rows}})

    def __repr__(self) -> str:
        return f"<Scenario '{self.title}': {self._size}>"

    __str__ = __repr__

    @property
    def _size(self) -> str:
        return size_in_words(len(self.policies), self.population.shoppers, self.weeks, self.replicates)

    def _repr_html_(self) -> str:
        return as_html(self.title, f"{self.question} {self._size}.", self.policies)


@remembered
def scenario_type() -> type[Scenario]:
    """Return the scenario's model, with one optional section for each section of the numbers."""
    about = (Scenario.__doc__ or "").partition("\n")[0]  # there is none under python -OO
    return create_model("Scenario", __base__=Scenario, __doc__=about, **_added_fields())


@remembered
def fields_type() -> type[BaseModel]:
    """Return the same model without the checks of what hangs together, to find what is wrong with single fields."""
    return create_model("Fields", __base__=_Settings, **_added_fields())


@remembered
def population_file_type() -> type[BaseModel]:
    """Return the model of a population file: the numbers of shopping, and nothing else."""
    shopping = section_fields()["shopping"][0].__args__[0]
    return create_model("PopulationFile", __config__=STRICT, shopping=(shopping, Field()))


def _added_fields() -> dict[str, Any]:
    """Return the sections of numbers as fields and, where there are plug-ins, the fields in which theirs can stand."""
    if taken := [section for section in sections() if section in _Settings.model_fields]:
        raise ValueError(f"a plug-in adds numbers to '{taken[0]}', which is a setting of scenarios; rename the section")
    return {**section_fields(), **(_fields_with_plugins() if plugins() else {})}


def _fields_with_plugins() -> dict[str, Any]:
    names = (*get_args(Institution), *(name for each in plugins().values() for name in each.institutions))
    kinds_of_field: dict[str, Any] = {
        "policies": dict[Name, tuple[one_of(kinds()), ...]],  # type: ignore[misc] # known only when run
        "events": tuple[one_of(kinds_of_event()), ...],  # type: ignore[misc]
        "institutions": tuple[Literal[names], ...],  # type: ignore[valid-type]
    }
    return {name: (kind, _Settings.model_fields[name]) for name, kind in kinds_of_field.items()}


def as_data(scenario: _Settings) -> dict[str, Any]:
    """Return the scenario as plain data, as it would stand in a file."""
    return scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def data_with_policies(scenario: _Settings, policies: Mapping[str, Any]) -> dict[str, Any]:
    """Return the scenario as plain data with other policies; a question about one that is not among them falls away."""
    return _about_what_is_left(as_data(scenario) | {"policies": dict(policies)})


def _about_what_is_left(data: dict[str, Any]) -> dict[str, Any]:
    if data.get("asks_about") not in data["policies"]:
        data.pop("asks_about", None)
    return data


def _from_data(data: dict[str, Any]) -> Scenario:
    return scenario_type().model_validate(data)


def scenario_hash(scenario: _Settings) -> str:
    """Return a hash that two scenarios share only if they say the same, in the same order.

    Order counts: the first policy is the baseline, and the order of the uncertain numbers decides what is drawn.
    """
    return hashlib.sha256(json.dumps(as_data(scenario)).encode()).hexdigest()
