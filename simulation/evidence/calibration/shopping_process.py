"""The shopping process apart from the engines, for many households at once: what a fit tries numbers on."""

from typing import NamedTuple

import numpy as np
from scipy.special import gammaincinv

from simulation.behaviour.choices import MOST_TRIPS
from simulation.behaviour.parameters import parameters
from simulation.evidence.calibration.shopping_facts import WEEKS_A_YEAR, Counts, Floats, Shopping
from simulation.scenario.opening import noise_of_weeks

LEAVING = 1 - (1 - 1 / 6) ** (1 / 52)
"""The chance that a patron leaves in a week: one in six changes the main grocer in a year."""


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

    @property
    def numbers(self) -> dict[str, float]:
        """The same numbers as a scenario spells them, in its section `shopping`."""
        spelt = self._asdict()
        returning = spelt.pop("weekly_return")
        return spelt | {"returns_per_year": 1 - (1 - returning) ** WEEKS_A_YEAR}

    def within_limits(self) -> "Process":
        """Return the process with every number moved to where a scenario may set it."""
        most_returning = 1 - (1 - _limits("returns_per_year")[1]) ** (1 / WEEKS_A_YEAR)
        limits = [(0.0, most_returning) if name == "weekly_return" else _limits(name) for name in self._fields]
        return Process(*(float(np.clip(value, *ends)) for value, ends in zip(self, limits, strict=True)))


def _limits(name: str) -> tuple[float, float]:
    return parameters()[f"shopping.{name}"].limits


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
