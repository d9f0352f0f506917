"""What has to be worked out before the shoppers can be drawn: tables, shares and odds that follow from the numbers."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.choices import MOST_TRIPS

_UNLIKELIEST = 40.0  # minus the logarithm of the rarest chance that a 53-bit draw can give is 36.7
_PLACES = 4096
_GRID = 256


class OpeningTables(NamedTuple):
    """Tables and shares that the opening columns are drawn from."""

    trip_rates: NDArray[np.float64]  # lasting rate by minus the logarithm of the share of households above it
    places_per_unit: float
    log_spend: NDArray[np.float64]  # quantiles of log(rate × basket level), for ranks
    mean_basket_cents: float  # of a household at the mean level
    high_sensitivity_odds: float  # log-odds of the upper mode, before age, income and segment
    holding_odds: float  # log-odds of holding the card at the middle spend rank, of who minds nothing
    dormant_share: float  # of cards, when nothing happens
    patron_share: float  # of shoppers, when nothing happens

    def rate_of(self, luck: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return lasting trip rates: the quantiles of their distribution at uniform luck."""
        return np.interp(-np.log1p(-luck) * self.places_per_unit, np.arange(self.trip_rates.size), self.trip_rates)

    def rank_of(self, rate: NDArray[np.float64], level: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where households stand by expected spend, from 0 to 1."""
        log_spend = np.log(np.maximum(rate, 1e-300)) + level
        return np.searchsorted(self.log_spend, log_spend) / self.log_spend.size


def opening_tables(numbers: NDArray[np.void]) -> OpeningTables:
    """Return the tables that follow from the numbers; the opening shares are those that then stay as they are."""
    rates = _trip_rates(numbers)
    leaving, returning = _weekly(numbers, "main_store_changes_per_year"), _weekly(numbers, "returns_per_year")
    dropping, resuming = _weekly(numbers, "card_drops_per_year"), _weekly(numbers, "card_resumptions_per_year")
    return OpeningTables(
        trip_rates=rates,
        places_per_unit=_PLACES / _UNLIKELIEST,
        log_spend=_log_spend_quantiles(rates, numbers),
        mean_basket_cents=_mean_basket_cents(numbers),
        high_sensitivity_odds=_high_sensitivity_odds(numbers),
        holding_odds=_holding_odds(numbers),
        dormant_share=dropping / (dropping + resuming) if dropping else 0.0,
        patron_share=returning / (leaving + returning) if leaving else 1.0,
    )


def yearly_spend(numbers: NDArray[np.void]) -> NDArray[np.float64]:
    """Return what households who show the card spend in a year, in dollars, from the lightest to the heaviest."""
    tables = opening_tables(numbers)
    on_card = tables.mean_basket_cents * (1.0 + float(numbers["scheme_lift"]))
    return np.asarray(np.exp(tables.log_spend) * on_card * 52.0 / 100.0)


def week_shapes(numbers: NDArray[np.void]) -> NDArray[np.float64]:
    """Return scale, skew and shift of the noise of a week of n baskets, by n from 0. Shape (3, MOST_TRIPS + 1)."""
    return noise_of_weeks(float(numbers["basket_log_spread_within"]), float(numbers["basket_log_skew"]))


def noise_of_weeks(scale_of_one: float, skew_of_one: float) -> NDArray[np.float64]:
    """Return scale, skew and shift of the noise of a week's mean basket, from those of one basket.

    log noise = scale z - skew z² + shift with z standard normal has mean 1 and, for every n, the variance of the
    mean of n independent baskets; for one basket it is the fitted distribution itself.
    """
    variance = np.exp(_log_moment(2, scale_of_one, skew_of_one) - 2 * _log_moment(1, scale_of_one, skew_of_one)) - 1
    count = np.arange(1, MOST_TRIPS + 1)
    skew = skew_of_one / count
    bend = 0.5 * np.log1p(4 * skew) - np.log1p(2 * skew)
    left = np.maximum(0.0, np.log1p(variance / count) + bend)  # rounding may leave a little less than nothing
    scale = np.sqrt((1 + 4 * skew) * (1 + 2 * skew) * left)
    shapes = np.zeros((3, MOST_TRIPS + 1))
    shapes[:, 1:] = scale, skew, -_log_moment(1, scale, skew)
    return _settled(shapes)


def _log_moment(
    order: int, scale: "float | NDArray[np.float64]", skew: "float | NDArray[np.float64]"
) -> NDArray[np.float64]:
    """Return log E exp(order (scale z - skew z²)) for standard normal z."""
    width = 1 + 2 * order * np.asarray(skew)
    return np.asarray(order**2 * np.asarray(scale) ** 2 / (2 * width) - 0.5 * np.log(width))


def _mean_basket_cents(numbers: NDArray[np.void]) -> float:
    """Return the mean of a basket without the card: the fitted ones are on the card, so the scheme's lift is out."""
    skew = float(numbers["basket_log_skew"])
    log_mean = float(numbers["basket_log_mean"]) + skew
    mean = 100 * np.exp(log_mean + _log_moment(1, float(numbers["basket_log_spread_within"]), skew))
    return float(mean / (1 + numbers["scheme_lift"]))


def _trip_rates(numbers: NDArray[np.void]) -> NDArray[np.float64]:
    from scipy.special import gammainccinv

    shape = float(numbers["trip_rate_shape"])
    above = np.exp(-np.linspace(0, _UNLIKELIEST, _PLACES + 1))
    return _settled(gammainccinv(shape, above) * float(numbers["trips_per_week"]) / shape)


def _log_spend_quantiles(rates: NDArray[np.float64], numbers: NDArray[np.void]) -> NDArray[np.float64]:
    from scipy.special import ndtri

    middles = (np.arange(_GRID) + 0.5) / _GRID
    rate = np.interp(-np.log(1 - middles) * _PLACES / _UNLIKELIEST, np.arange(_PLACES + 1), rates)
    levels = float(numbers["basket_log_spread_between"]) * ndtri(middles)
    log_rate = np.log(np.maximum(rate, 1e-300))
    sums = np.sort(np.add.outer(log_rate + basket_fall(rate, numbers), levels).ravel())
    return _settled(sums[_GRID // 2 :: _GRID])


def basket_fall(rate: NDArray[np.float64], numbers: NDArray[np.void]) -> NDArray[np.float64]:
    """Return how much smaller, in logarithms, the baskets are of those who come more often than the mean."""
    fall: NDArray[np.float64] = numbers["basket_fall_with_trips"] * (1 - rate / numbers["trips_per_week"])
    return fall


def _settled(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Drop the last bits, in which libraries and machines may differ."""
    return np.asarray(np.round(table, 10))


def _weekly(numbers: NDArray[np.void], name: str) -> float:
    per_year = float(numbers[name])
    return 1.0 - (1.0 - per_year) ** (1.0 / 52.0)


def _high_sensitivity_odds(numbers: NDArray[np.void]) -> float:
    """Return the log-odds at which the groups together hold the wanted share of highly sensitive shoppers."""
    old, poor = float(numbers["aged_50_or_over"]), float(numbers["low_income"])
    segments = np.array([numbers["fundamentalists"], numbers["pragmatists"], 0.0], dtype=float)
    segments[2] = 1 - segments.sum()
    weights = segments[:, None, None] * np.array([1 - old, old])[:, None] * np.array([1 - poor, poor])
    shifts = float(numbers["high_sensitivity_by_segment"]) * np.array([1, 0, -1])[:, None, None]
    shifts = shifts + float(numbers["high_sensitivity_at_50_or_over"]) * np.array([0, 1])[:, None]
    shifts = shifts + float(numbers["high_sensitivity_on_low_income"]) * np.array([0, 1])
    return _odds_for(
        float(numbers["high_sensitivity"]), lambda odds: float((weights / (1 + np.exp(-odds - shifts))).sum())
    )


def _holding_odds(numbers: NDArray[np.void]) -> float:
    """Return the log-odds at which shoppers of all ranks and of both modes of sensitivity hold the wanted cards."""
    rank = (np.arange(_GRID) + 0.5) / _GRID - 0.5
    modes = np.array([numbers["sensitivity_when_low"], numbers["sensitivity_when_high"]], dtype=float)
    tilt = float(numbers["card_holding_by_spend"]) * rank[:, None]
    tilt = tilt - float(numbers["card_opening_by_privacy"]) * modes
    high = float(numbers["high_sensitivity"])
    return _odds_for(
        float(numbers["card_holders"]),
        lambda odds: float((1 / (1 + np.exp(-odds - tilt))).mean(axis=0) @ np.array([1 - high, high])),
    )


def _odds_for(share: float, share_at: Callable[[float], float]) -> float:
    """Return the log-odds at which an increasing share reaches the one wanted, by bisection."""
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if share_at(middle) < share else (low, middle)
    return round(low, 10)
