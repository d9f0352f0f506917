"""A population fitted to card transactions, and how near the whole model comes to them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from simulation.behaviour.parameters import parameters
from simulation.evidence.calibration.calibrate import fit
from simulation.evidence.calibration.shopping_facts import (
    Counts,
    Floats,
    Shopping,
    of_households,
    of_those_who_came,
    shopping_facts,
)
from simulation.evidence.calibration.transaction_files import TransactionsError
from simulation.evidence.calibration.transactions import Transactions
from simulation.model.model import LoyaltyModel
from simulation.scenario.opening import week_shapes
from simulation.scenario.schema import scenario_type

TOLERANCE = 0.05
"""A fact is met within this share of what was observed, or within two standard errors where they are more."""

GOING_ON = "last quarter's trips over the first's"
"""About 1 in the model, whose patrons come and go; far below 1 where households drop out for good."""

_ENOUGH_WEEKS = 52  # from here on the second half is left for validation
_LEAST_BASKETS = 1.2  # of a household on average, as nothing varies within households that came once
_GROUPS = 20
_PARTS, _LEAST_OF_A_PART = 8, 100
_NORMAL = 1.4826  # standard deviation of a normal over its median distance from the median
_QUARTER = 13


class Fact(NamedTuple):
    """One fact of shopping, observed and simulated."""

    weeks: str
    name: str
    observed: float
    model: float
    tolerance: float

    @property
    def met(self) -> bool:
        """Whether the model comes within the tolerance of what was observed."""
        return abs(self.model - self.observed) <= self.tolerance


class Modelled(NamedTuple):
    """What the model's shoppers did, whichever their main store."""

    trips: Counts  # (households, weeks)
    spend: Floats  # (households, weeks), dollars
    basket: Floats  # (households,), mean dollars
    noise: Floats  # scale, skew and shift of one basket

    def shopping(self, first: int = 0, stop: int | None = None) -> Shopping:
        """Return the shopping in some weeks of those who came, with each trip's basket drawn on its own.

        The model draws what a week's trips come to at once; single baskets are drawn here from the same shoppers.
        """
        trips = self.trips[:, first:stop]
        household = np.repeat(np.arange(len(trips)), trips.sum(axis=1))
        normal = np.random.default_rng(1).standard_normal(household.size)
        scale, skew, shift = self.noise
        dollars = self.basket[household] * np.exp(scale * normal - skew * normal**2 + shift)
        return of_those_who_came(Shopping(trips, self.spend[:, first:stop], dollars, household))


@dataclass(frozen=True)
class Calibration:
    """A population fitted to transactions."""

    transactions: Transactions
    numbers: dict[str, float]  # as a scenario spells them, in its section `shopping`
    errors: dict[str, float]  # standard errors of the numbers; empty where too few households tell
    at_limits: tuple[str, ...]
    fitted_weeks: int
    facts: tuple[Fact, ...]
    observed: Shopping
    model: Shopping

    @property
    def discount_use(self) -> dict[str, float]:
        """What the file says of discounts, for which the model's shoppers have no numbers; empty without a column."""
        off, paid = self.transactions.discounts, self.transactions.dollars.sum()
        if "discount" not in self.transactions.columns:
            return {}
        return {
            "discount, share of gross": float(off.sum() / (off.sum() + paid)),
            "baskets with a discount": float((off > 0).mean()),
        }

    @property
    def missed(self) -> tuple[Fact, ...]:
        """Facts that the model does not meet."""
        return tuple(fact for fact in self.facts if not fact.met)


def calibrated(transactions: Transactions, households: int = 60_000, shown: int = 20_000) -> Calibration:
    """Return the population fitted to transactions and what a run of the model with it shows.

    With a year or more the first half of the weeks is fitted and the second half compared as well. `households` are
    simulated for the fit, `shown` for the comparison. Raises TransactionsError if shopping does not vary.
    """
    weeks = transactions.weeks
    fitted = weeks // 2 if weeks >= _ENOUGH_WEEKS else weeks
    for first, stop in ((0, fitted), (weeks - fitted, weeks)):
        _refuse_uniform(transactions.shopping(first, stop))
    process = fit(transactions.shopping(0, fitted), households)
    numbers = {name: rounded(value) for name, value in process.numbers.items()}
    modelled = modelled_shopping(numbers, weeks, shown)
    periods = {"all": 0} | ({"not fitted": fitted} if fitted < weeks else {})
    pairs = {name: (transactions.shopping(first), modelled.shopping(first)) for name, first in periods.items()}
    facts = [fact for name, (observed, model) in pairs.items() for fact in compared(name, observed, model)]
    observed, model = pairs["all"]
    errors = errors_of_numbers(transactions.shopping(0, fitted), households // _PARTS)
    return Calibration(transactions, numbers, errors, at_limits(numbers), fitted, tuple(facts), observed, model)


def _refuse_uniform(shopping: Shopping) -> None:
    paid = shopping.dollars > 0
    if np.unique(shopping.dollars[paid]).size == 1 or paid.sum() < _LEAST_BASKETS * len(shopping.trips):
        raise TransactionsError("too few baskets that cost something, or all cost the same: there is nothing to fit")


def rounded(value: float) -> float:
    """Return a number as it is written: four digits, and no more than a scenario may set."""
    return float(f"{value:.4g}")


def errors_of_numbers(observed: Shopping, households: int) -> dict[str, float]:
    """Return how far each number may be off, by how fits to eighths of the households spread around their median.

    By the median of distances, as a fit to few households can run far off in numbers that the data hardly tell apart.
    """
    if len(observed.trips) < _PARTS * _LEAST_OF_A_PART:
        return {}
    part = np.arange(len(observed.trips)) % _PARTS
    fits = [fit(of_households(observed, part == place), households).numbers for place in range(_PARTS)]
    values = {name: np.array([each[name] for each in fits]) for name in fits[0]}
    spread = {name: np.median(np.abs(each - np.median(each))) for name, each in values.items()}
    return {name: float(_NORMAL * each / np.sqrt(_PARTS)) for name, each in spread.items()}


def at_limits(numbers: dict[str, float]) -> tuple[str, ...]:
    """Return the numbers that ended where a scenario may set them no further: a sign of another kind of shopping."""
    limits = {name: parameters()[f"shopping.{name}"].limits for name in numbers}
    return tuple(name for name, value in numbers.items() if np.isclose(value, limits[name], rtol=1e-3, atol=1e-6).any())


def modelled_shopping(numbers: dict[str, float], weeks: int, shoppers: int) -> Modelled:
    """Return what the model's shoppers do with these numbers when nothing happens.

    Transactions are on the card: everybody shops as with it, so that no lift is taken out or put back.
    """
    data = {
        "title": "calibration", "question": "How do they shop?", "weeks": weeks, "institutions": [],
        "uncertain": "chance",
        "population": {"shoppers": shoppers}, "shopping": numbers, "money": {"scheme_lift": 0.0},
        "policies": {"status quo": []},
    }  # fmt: skip
    scenario = scenario_type().model_validate(data)
    model = LoyaltyModel(scenario)
    trips, cents = np.zeros((weeks, shoppers), np.int64), np.zeros((weeks, shoppers), np.int64)
    for week in range(weeks):
        model.step()
        trips[week], cents[week] = model.lives.trips[0], model.lives.cents[0]
    basket = model.people.basket_cents.astype(np.float64) / 100
    noise = week_shapes(scenario.numbers)[:, 1]
    return Modelled(np.ascontiguousarray(trips.T), np.ascontiguousarray(cents.T) / 100, basket, noise)


def compared(weeks: str, observed: Shopping, model: Shopping) -> list[Fact]:
    """Return every fact of shopping, observed and simulated, with its tolerance."""
    seen, simulated, errors = facts_of(observed), facts_of(model), standard_errors(observed)
    tolerances = {name: max(TOLERANCE * abs(value), 2 * errors[name]) for name, value in seen.items()}
    return [Fact(weeks, name, value, simulated[name], tolerances[name]) for name, value in seen.items()]


def facts_of(shopping: Shopping) -> dict[str, float]:
    """Return the facts that count, by name, among them whether shopping goes on at all.

    The mean of logarithms is left out: how near it is depends on the currency, and mean and median say the same.
    """
    first, last = shopping.trips[:, :_QUARTER].sum(), shopping.trips[:, -_QUARTER:].sum()
    facts = shopping_facts(shopping) | {GOING_ON: float(last / max(1, first))}
    del facts["basket log mean"]
    return facts


def standard_errors(shopping: Shopping) -> dict[str, float]:
    """Return how far each fact may be off because other households could have been observed (jackknife)."""
    group = np.arange(len(shopping.trips)) % _GROUPS
    without = [facts_of(of_households(shopping, group != left_out)) for left_out in range(_GROUPS)]
    return {name: float(np.sqrt((_GROUPS - 1) * np.var([facts[name] for facts in without]))) for name in without[0]}


def followed_by_silence(trips: Counts, longest: int) -> Floats:
    """Return of all weeks with a trip the share followed by at least 0, 1, ... empty weeks. Shape (longest + 1,).

    Only weeks after which so many more were observed count, so that no silence is cut short.
    """
    active = trips > 0
    seen = active[:, : active.shape[1] - longest]
    silent, shares = seen.copy(), [1.0]
    for later in range(1, longest + 1):
        silent &= ~active[:, later : later + seen.shape[1]]
        shares.append(float(silent.sum() / max(1, seen.sum())))
    return np.array(shares)
