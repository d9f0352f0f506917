"""What shopping looks like in a few numbers: the same facts for the data and for simulated households."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

LONG_SILENCE = 8
"""A silence is long from this many empty weeks in a row."""

WEEKS_A_YEAR = 52


class Shopping(NamedTuple):
    """Weekly trips and spend of households, and each of their baskets."""

    trips: Counts  # (households, weeks)
    spend: Floats  # (households, weeks), dollars
    dollars: Floats  # (baskets,)
    household: Counts  # (baskets,), the row of each basket


def shopping_of(household: Any, week: Any, dollars: Any, weeks: int) -> Shopping:
    """Return the shopping that baskets make up; weeks count from 0, the households are those that came."""
    numbers, row = np.unique(household, return_inverse=True)
    trips, spend = np.zeros((numbers.size, weeks), np.int64), np.zeros((numbers.size, weeks))
    np.add.at(trips, (row, week), 1)
    np.add.at(spend, (row, week), dollars)
    return Shopping(trips, spend, np.asarray(dollars), row)


def of_households(shopping: Shopping, kept: NDArray[np.bool_]) -> Shopping:
    """Return the shopping of some households."""
    row, theirs = np.cumsum(kept) - 1, kept[shopping.household]
    household = row[shopping.household[theirs]]
    return Shopping(shopping.trips[kept], shopping.spend[kept], shopping.dollars[theirs], household)


def of_those_who_came(shopping: Shopping) -> Shopping:
    """Return the shopping without the households that made no trip at all."""
    return of_households(shopping, shopping.trips.sum(axis=1) > 0)


def shopping_facts(shopping: Shopping) -> dict[str, float]:
    """Return all facts by name; households without any trip count as long as their rows are there."""
    return trip_facts(shopping.trips) | basket_facts(shopping) | concentration(shopping.spend.sum(axis=1))


def trip_facts(trips: Counts) -> dict[str, float]:
    """Return the facts of weekly trips (households, weeks)."""
    active = trips > 0
    silences, returns = long_silences(active)
    return {
        "trips mean": float(trips.mean()),
        "trips variance": float(trips.var()),
        "variance/mean, 1 week apart": short_run_dispersion(trips, 1),
        "variance/mean, 4 weeks apart": short_run_dispersion(trips, 4),
        "NBD shape of totals": negative_binomial_shape(trips.sum(axis=1)),
        "active": float(active.mean()),
        "active given active": float(active[:, 1:][active[:, :-1]].mean()),
        "long silences a year": silences * WEEKS_A_YEAR / trips.size,
        "ended by a return": returns / max(1, silences),
    }


def short_run_dispersion(trips: Counts, apart: int) -> float:
    """Return half the mean squared change of trips over some weeks, over their mean: 1 if Poisson."""
    return float(((trips[:, apart:] - trips[:, :-apart]) ** 2).mean() / 2 / trips.mean())


def autocovariances(trips: Counts, lags: tuple[int, ...]) -> Floats:
    """Return the covariances of weekly trips with those some weeks later, about the mean of all."""
    centred = trips - trips.mean()
    return np.array([(centred[:, lag:] * centred[:, :-lag]).mean() for lag in lags])


def negative_binomial_shape(totals: Counts) -> float:
    """Return the Gamma shape of the negative binomial likeliest to give these totals, at their mean."""
    mean, (values, times) = totals.mean(), np.unique(totals, return_counts=True)

    def surprise(log_shape: float) -> float:
        shape = np.exp(log_shape)
        start = gammaln(values + shape) - gammaln(shape) + shape * np.log(shape / (shape + mean))
        return float(-times @ (start + values * np.log(mean / (shape + mean))))

    return float(np.exp(minimize_scalar(surprise, bounds=(-5, 5), method="bounded").x))


def long_silences(active: NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many long silences follow a trip, and how many of them end with another trip."""
    weeks = active.shape[1]
    latest = np.full(len(active), weeks)  # nobody's silence has begun
    returns = 0
    for week in range(weeks):
        returns += int((active[:, week] & (week - latest > LONG_SILENCE)).sum())
        latest[active[:, week]] = week
    return returns + int((weeks - latest > LONG_SILENCE).sum()), returns


def basket_facts(shopping: Shopping) -> dict[str, float]:
    """Return the facts of single baskets; logarithms are of those that cost something."""
    paid = shopping.dollars > 0
    logs, household = np.log(shopping.dollars[paid]), shopping.household[paid]
    return {
        "basket mean": float(shopping.dollars.mean()),
        "basket median": float(np.median(shopping.dollars)),
        "basket log mean": float(logs.mean()),
        "basket log sd": float(logs.std()),
        "share between households": 1 - within_variance(logs, household) / max(float(logs.var()), 1e-300),
    }


def within_variance(values: Floats, group: Counts) -> float:
    """Return the variance of values about the means of their groups, one degree of freedom lost per group."""
    count = np.bincount(group)
    means = np.bincount(group, values) / np.maximum(1, count)
    return float(((values - means[group]) ** 2).sum() / (values.size - np.count_nonzero(count)))


def concentration(totals: Floats) -> dict[str, float]:
    """Return how unequally the totals of households are spread."""
    return {
        "top 10 % of sales": share_of_top(totals, 0.1),
        "top 20 % of sales": share_of_top(totals, 0.2),
        "Gini": gini(totals),
    }


def share_of_top(totals: Floats, share: float) -> float:
    """Return what part of the whole falls to the given share of households that have most."""
    ordered = np.sort(totals)[::-1]
    return float(ordered[: round(share * ordered.size)].sum() / ordered.sum())


def gini(totals: Floats) -> float:
    """Return the Gini coefficient: 0 if all have the same, near 1 if one has all."""
    ranks = 2 * np.arange(1, totals.size + 1) - totals.size - 1
    return float(ranks @ np.sort(totals) / (totals.size * totals.sum()))
