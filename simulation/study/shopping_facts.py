"""What shopping looks like, in a few facts: the same for observed and for simulated households."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

LONG_SILENCE = 8
"""A silence of at least so many weeks after a trip counts as long."""


@dataclass(frozen=True)
class ShoppingFacts:
    """The facts that the shopping process is fitted to."""

    trips_mean: float  # a household-week
    trips_variance: float
    short_run_dispersion: float  # variance of weekly trips about a slowly moving mean, over the mean
    active: float  # share of household-weeks with a trip
    active_if_active: float  # the same after a week with a trip
    basket_mean: float  # dollars
    basket_median: float
    top_tenth: float  # share of spend of the households that spend most
    top_fifth: float
    gini: float
    silences_per_year: float  # long ones, a household-year
    silences_ended: float  # share of them that end with a return within the window


def shopping_facts(trips: Counts, spend: Floats, baskets: Floats) -> ShoppingFacts:
    """Return the facts of weekly trips and spend (households, weeks) and of single baskets, in dollars."""
    active = trips > 0
    silences, ended = long_silences(active)
    totals = spend.sum(axis=1)
    years = trips.size / 52
    return ShoppingFacts(
        trips_mean=float(trips.mean()),
        trips_variance=float(trips.var()),
        short_run_dispersion=float(np.diff(trips, axis=1).var() / 2 / trips.mean()),
        active=float(active.mean()),
        active_if_active=float(active[:, 1:][active[:, :-1]].mean()),
        basket_mean=float(baskets.mean()),
        basket_median=float(np.median(baskets)),
        top_tenth=share_of_top(totals, 0.1),
        top_fifth=share_of_top(totals, 0.2),
        gini=gini(totals),
        silences_per_year=silences / years,
        silences_ended=ended / max(1, silences),
    )


def share_of_top(totals: Floats, share: float) -> float:
    """Return what share of the whole falls to the given share of households that have most."""
    ordered = np.sort(totals)[::-1]
    return float(ordered[: round(share * len(ordered))].sum() / ordered.sum())


def gini(totals: Floats) -> float:
    """Return the Gini coefficient: 0 if all have the same, near 1 if one has all."""
    ordered, count = np.sort(totals), len(totals)
    ranks = np.arange(1, count + 1)
    return float((2 * ranks - count - 1) @ ordered / (count * ordered.sum()))


def long_silences(active: NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many silences last `LONG_SILENCE` weeks or more, and how many of them end with a return."""
    found = ended = 0
    for row in active:
        visits = np.flatnonzero(row)
        if visits.size:
            gaps = np.diff(visits) - 1
            ended += int((gaps >= LONG_SILENCE).sum())
            found += int((gaps >= LONG_SILENCE).sum()) + int(row.size - 1 - visits[-1] >= LONG_SILENCE)
    return found, ended
