"""The facts on matrices worked out by hand, the noise of a week's baskets, the fit on known processes."""

import numpy as np
import pytest

from simulation.evidence.calibration.calibrate import fit_baskets, fit_trips
from simulation.evidence.calibration.shopping_facts import (
    Shopping,
    autocovariances,
    gini,
    long_silences,
    negative_binomial_shape,
    of_those_who_came,
    share_of_top,
    shopping_facts,
    trip_facts,
    within_variance,
)
from simulation.evidence.calibration.shopping_process import (
    Process,
    luck_of,
    poisson,
    simulated_shopping,
    simulated_trips,
)
from simulation.scenario.opening import noise_of_weeks


def test_trip_facts_of_two_households():
    facts = trip_facts(np.array([[2, 1, 0, 1, 0], [0, 0, 3, 0, 0]]))
    assert facts["trips mean"] == pytest.approx(0.7)
    assert facts["trips variance"] == pytest.approx(1.5 - 0.49)
    assert facts["active"] == pytest.approx(4 / 10)
    assert facts["active given active"] == pytest.approx(1 / 4)  # four, one of them followed
    assert facts["variance/mean, 1 week apart"] == pytest.approx((1 + 1 + 1 + 1 + 9 + 9) / 8 / 2 / 0.7)
    assert facts["variance/mean, 4 weeks apart"] == pytest.approx(4 / 2 / 2 / 0.7)


def test_autocovariance_of_one_household():
    assert autocovariances(np.array([[0, 2, 4]]), (1, 2)) == pytest.approx([0.0, -4.0])


def test_silences_start_with_a_trip_and_last_eight_weeks():
    weeks = np.zeros((4, 20), dtype=bool)
    weeks[0, [0, 9, 17]] = True  # eight empty weeks, then seven, then two: one silence, ended
    weeks[1, [3, 11]] = True  # seven empty weeks, then eight: one silence, open
    weeks[2, 19] = True  # nothing is known of the weeks before the first trip
    assert long_silences(weeks) == (2, 1)


def test_gini_and_top_share():
    assert gini(np.array([5.0, 5.0, 5.0])) == pytest.approx(0)
    assert gini(np.array([0.0, 0.0, 0.0, 8.0])) == pytest.approx(3 / 4)
    assert gini(np.array([3.0, 1.0])) == pytest.approx(1 / 4)
    assert share_of_top(np.array([1.0, 6.0, 2.0, 1.0, 0.0]), 0.2) == pytest.approx(0.6)


def test_within_variance_loses_one_degree_of_freedom_a_group():
    values, group = np.array([1.0, 3.0, 5.0, 9.0]), np.array([0, 0, 2, 2])
    assert within_variance(values, group) == pytest.approx((2 + 8) / 2)


def test_negative_binomial_shape_is_found():
    random = np.random.default_rng(1)
    totals = random.poisson(random.gamma(1.5, 40, 20_000))
    assert negative_binomial_shape(totals) == pytest.approx(1.5, rel=0.03)


def test_basket_facts_take_logarithms_of_what_cost_something():
    trips, dollars = np.array([[0, 0, 0, 0, 0], [2, 0, 0, 0, 1]]), np.array([0.0, 1.0, np.e**2])
    shopping = Shopping(trips, trips * 1.0, dollars, np.ones(3, np.int64))
    facts = shopping_facts(of_those_who_came(shopping))
    assert facts["basket median"] == 1.0
    assert (facts["basket log mean"], facts["basket log sd"]) == pytest.approx((1.0, 1.0))
    assert facts["trips mean"] == pytest.approx(3 / 5)


@pytest.mark.parametrize(("spread", "skew"), [(1.0, 0.15), (0.5, 0.0), (1.1, 0.3), (0.0, 0.45)])
def test_week_noise_keeps_mean_and_variance(spread, skew):
    scales, skews, shifts = noise_of_weeks(spread, skew)
    grid = np.linspace(-12, 12, 4001)
    weight = np.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi) * (grid[1] - grid[0])
    noise = np.exp(scales[1:, None] * grid - skews[1:, None] * grid**2 + shifts[1:, None])
    variance = noise**2 @ weight - 1
    assert noise @ weight == pytest.approx(1)
    assert variance == pytest.approx(variance[0] / np.arange(1, 21))
    assert (scales[0], skews[0], shifts[0]) == (0, 0, 0)
    assert (scales[1], skews[1]) == pytest.approx((spread, skew), abs=1e-7)


def test_week_noise_has_the_quantiles_of_true_means():
    scales, skews, shifts = noise_of_weeks(1.0, 0.15)
    normal = np.random.default_rng(1).standard_normal((200_000, 4))
    true = np.exp(normal - 0.15 * normal**2).mean(axis=1) / np.exp(1 / 2.6) * np.sqrt(1.3)
    drawn = np.exp(scales[4] * normal[:, 0] - skews[4] * normal[:, 0] ** 2 + shifts[4])
    at = [0.05, 0.25, 0.5, 0.75, 0.95]
    assert np.quantile(drawn, at) == pytest.approx(np.quantile(true, at), rel=0.04)


def test_poisson_counts_have_their_mean_and_variance():
    counts = poisson(np.full(200_000, 2.5), np.random.default_rng(1).random(200_000))
    assert (counts.mean(), counts.var()) == pytest.approx((2.5, 2.5), rel=0.02)
    assert poisson(np.zeros(3), np.array([0.0, 0.5, 0.999])).tolist() == [0, 0, 0]


KNOWN = Process(1.1, 1.6, 0.6, 0.97, 0.06, 2.7, 0.3, 0.5, 0.9, 0.1)


def test_fit_recovers_trips():
    observed = simulated_trips(KNOWN, luck_of(20_000, 26, seed=7))
    fitted = fit_trips(observed, luck_of(8_000, 26, seed=8), Process())
    assert fitted.trips_per_week == pytest.approx(KNOWN.trips_per_week, rel=0.08)
    assert fitted.trip_rate_shape == pytest.approx(KNOWN.trip_rate_shape, rel=0.35)
    assert fitted.trip_drift_spread == pytest.approx(KNOWN.trip_drift_spread, rel=0.35)
    assert fitted.trip_drift_persistence == pytest.approx(KNOWN.trip_drift_persistence, abs=0.02)


def test_fit_recovers_baskets():
    luck = luck_of(6_000, 26, seed=7)
    observed = simulated_shopping(KNOWN, luck, simulated_trips(KNOWN, luck), seed=3)
    fitted = fit_baskets(observed, luck_of(6_000, 26, seed=8), Process(*KNOWN[:5]))
    assert fitted[5:] == pytest.approx(KNOWN[5:], rel=0.15, abs=0.05)
