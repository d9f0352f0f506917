"""What a run has produced, in memory, and the measures that are read off it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.parameters import numbers, parameters
from simulation.model.accounts import Party, balances, place_of
from simulation.model.blocks import Crowd
from simulation.model.ledger import Measure
from simulation.model.shards import ScatteredCrowd
from simulation.runs.first_story import Lives, Split, lived_once, of_all
from simulation.runs.measures import DIFFERENCE, MEASURES, discount
from simulation.runs.readings import YEAR
from simulation.runs.spool import PutAway, Spool
from simulation.scenario.flows import ShareData
from simulation.scenario.schema import Scenario

Floats = NDArray[np.float64]
Known = TypeVar("Known")

DEFINITIONS = {
    **{name.replace("_", " "): MEASURES[name].meaning for name in ("card_use", "churn", "revenue", "value")},
    "difference": DIFFERENCE,
    "trust": MEASURES["trust"].meaning,
}
"""What each headline measure means."""


@dataclass(frozen=True)
class Groups:
    """What befell each cell of shoppers over the whole run; arrays of shape (policies, cells)."""

    premiums_cents: Floats  # premiums raised
    misjudged: Floats  # person-years with a raised premium and no high risk
    harms: Floats  # harmful events to be expected, by practice; shape (policies, cells, practices)
    returned: NDArray[Any]  # opening patrons who left and are patrons again at the end


@dataclass(frozen=True)
class Replicate:
    """One replicate: all policies, lived by the same shoppers with the same luck."""

    number: int
    books: NDArray[Any] | PutAway
    accounts: NDArray[Any]  # (weeks, policies, flows), cents
    groups: Groups
    overrides: Mapping[str, float]  # numbers drawn for this replicate, by address
    exposed_week: NDArray[np.int64]  # (policies,), 0 where no story ran
    split: Split | None = None  # both lives of every policy, if first stories were split off
    expected: "Replicate | None" = None  # then also their books, each life weighted by its chance
    cells: NDArray[Any] | None = None  # of books without cells: what `by_cell` gives

    @property
    def weekly(self) -> NDArray[Any]:
        """The books. Shape (weeks, policies, markets, cells, measures); expected books are added up over both."""
        return self.books.books() if isinstance(self.books, PutAway) else self.books

    @property
    def by_cell(self) -> NDArray[Any]:
        """The books added up over weeks and markets. Shape (policies, cells, measures)."""
        return self.weekly.sum(axis=(0, 2)) if self.cells is None else self.cells

    def added_up(self) -> "Replicate":
        """Return the same replicate with its books added up over markets and cells, and by cell beside them."""
        return replace(self, books=self.weekly.sum(axis=(2, 3), keepdims=True), cells=self.by_cell)

    def put_away(self, spool: Spool) -> "Replicate":
        """Return the same replicate with its books in a file."""
        return replace(self, books=spool.put(self.weekly))


@dataclass(frozen=True)
class Outcome:
    """All replicates of a scenario; `crowd` are the shoppers of replicate 0 at the end.

    What is read off it, dollars and people, is the chain's; the books of a replicate are those of the simulated.
    """

    scenario: Scenario
    replicates: tuple[Replicate, ...]
    crowd: Crowd | ScatteredCrowd
    engine: str
    seconds: float
    command: str
    own_rules: Mapping[str, str] = field(
        default_factory=dict
    )  # sources of rules that are not the shipped ones, by name
    _known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)  # of `once`

    def once(self, work: "Callable[[Outcome, int], Known]", policy: int) -> "Known":
        """Return what a function makes of a policy, worked out once, because several tables and figures read it."""
        if (work, policy) not in self._known:
            self._known[work, policy] = work(self, policy)
        found: Known = self._known[work, policy]
        return found

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies' names; the first is the baseline."""
        return tuple(self.scenario.policies)

    @property
    def per_shopper(self) -> float:
        """How many households of the chain a simulated shopper stands for."""
        return self.scenario.households_per_shopper

    @property
    def household_years(self) -> float:
        """The chain's households times the years simulated."""
        return self.scenario.chain.households * self.scenario.weeks / YEAR

    @cached_property
    def _totals(self) -> Floats:
        """All measures of the chain, each week's books read once. Shape (measures, replicates, weeks, policies)."""
        weeks, policies, *_, measures = self.replicates[0].weekly.shape
        totals = np.empty((measures, len(self.replicates), weeks, policies))
        for place, replicate in enumerate(self.replicates):
            totals[:, place] = np.moveaxis(replicate.weekly.sum(axis=(2, 3)), -1, 0)
        totals *= self.per_shopper
        totals.flags.writeable = False  # everybody reads these
        return totals

    def weekly(self, measure: Measure) -> Floats:
        """Return a measure over all markets and cells. Shape (replicates, weeks, policies)."""
        return self._totals[measure]

    def series(self, column: str) -> Floats:
        """Return the weekly totals of a column of weekly.csv, or the retailer's balance_cents.

        Shape (replicates, policies, weeks).
        """
        if column == "balance_cents":
            return np.moveaxis(self.balance(Party.RETAILER), 1, 2)
        name = column.removesuffix("_cents").upper()
        return np.moveaxis(self.weekly(Measure[name]), 1, 2)

    def opening_patrons(self) -> Floats:
        """Return the number of patrons before the first week. Shape (replicates, policies)."""
        first = [self.weekly(measure)[:, 0] for measure in (Measure.PATRONS, Measure.LEFT, Measure.JOINED)]
        return first[0] + first[1] - first[2]

    def staying(self) -> Floats:
        """Return the share of opening patrons who have not yet left, from week 0: the Kaplan-Meier estimate.

        Nobody is censored before the end, so the product of weekly shares is the share itself.
        Shape (replicates, weeks + 1, policies).
        """
        staying = MEASURES["churn"].by_week(self)
        return np.concatenate([np.ones_like(staying[:, :1]), staying], axis=1)

    def returned(self) -> Floats:
        """Return the share of opening patrons who left and are patrons again. Shape (replicates, policies)."""
        back = self.per_shopper * np.array([each.groups.returned.sum(axis=1) for each in self.replicates])
        return back / np.maximum(1, self.opening_patrons())

    def revenue(self) -> Floats:
        """Return the sales of the last 52 weeks, a year's worth, in dollars. Shape (replicates, policies)."""
        last = self.weekly(Measure.SALES)[:, -YEAR:]
        return last.mean(axis=1) * YEAR / 100

    def value(self) -> Floats:
        """Return the discounted contribution in dollars. Shape (replicates, policies).

        Each is summed by itself, so that its last bit does not hang on how many policies were lived.
        """
        by_policy = np.ascontiguousarray(np.moveaxis(self.balance(Party.RETAILER), 1, 2))
        return np.asarray((by_policy * self.discount()[:, None, :]).sum(axis=-1) / 100)

    @cached_property
    def numbers(self) -> list[NDArray[np.void]]:
        """All numbers of each replicate, as one record."""
        return [numbers({**self.scenario.overrides, **each.overrides}) for each in self.replicates]

    def discount(self) -> Floats:
        """Return what a dollar of each week counts. Shape (replicates, weeks)."""
        rates = [self.number("money.discount_rate_per_year", each) for each in self.replicates]
        return discount(rates, self.scenario.weeks)

    def balance(self, party: Party) -> Floats:
        """Return what a party receives less what it pays, weekly, in cents. Shape (replicates, weeks, policies)."""
        return self.per_shopper * np.array([balances(each.accounts, party) for each in self.replicates])

    def flow(self, flow: int | str) -> Floats:
        """Return a payment, a `Flow` or a plug-in's by name, weekly, in cents. Shape (replicates, weeks, policies)."""
        return self.per_shopper * np.array([each.accounts[..., place_of(flow)] for each in self.replicates])

    def difference(self) -> Floats:
        """Return each policy's value less the baseline's, twin by twin. Shape (replicates, policies)."""
        value = self.value()
        return value - value[:, :1]

    def exposed(self) -> NDArray[np.bool_]:
        """Return whether a story ran, by chance or by plan. Shape (replicates, policies)."""
        return np.array([replicate.exposed_week > 0 for replicate in self.replicates])

    @cached_property
    def split(self) -> Split | None:
        """Both lives of every replicate and policy; None where first stories were not split off."""
        splits = [each.split for each in self.replicates if each.split]
        return of_all(splits) if splits and len(splits) == len(self.replicates) else None

    @cached_property
    def expected(self) -> "Outcome":
        """The same with each replicate's lives weighted by their chances; itself where each was lived once."""
        found = tuple(each.expected for each in self.replicates if each.expected)
        return replace(self, replicates=found) if found and len(found) == len(self.replicates) else self

    def lives(self, measure: str) -> Lives:
        """Return a measure in every life of every replicate, and how much each counts."""
        return self.split.lives(measure) if self.split else lived_once(MEASURES[measure].of(self))

    def differences(self) -> Lives:
        """Return each policy's value less the baseline's in every life of every replicate, and how much each counts."""
        return self.split.differences("value") if self.split else lived_once(self.difference())

    def sharing(self, policy: int) -> list[ShareData]:
        """Return what a policy passes on to others."""
        actions = self.scenario.policies[self.policies[policy]]
        return [action for action in actions if isinstance(action, ShareData)]

    def number(self, address: str, replicate: Replicate) -> float:
        """Return a number as it was used in a replicate."""
        usual = parameters()[address].value
        return float(replicate.overrides.get(address, self.scenario.overrides.get(address, usual)))


def spread(values: Floats) -> tuple[float, float, float]:
    """Return median, 10 % and 90 % of values over replicates."""
    middle, low, high = np.quantile(values, [0.5, 0.1, 0.9])
    return float(middle), float(low), float(high)
