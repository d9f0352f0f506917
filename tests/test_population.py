"""The opening columns hold the evidence's shares and correlations."""

import numpy as np
import pytest

from simulation.behaviour.parameters import numbers, parameters
from simulation.behaviour.states import Card
from simulation.scenario.opening import week_shapes
from simulation.scenario.population import BLOCK, blocks_of, market_bounds, opening_columns

SIZE = 60_000


@pytest.fixture(scope="module")
def people():
    return opening_columns(market_bounds(SIZE, [0.3, 0.7]), 2, numbers(), 5, 0)[0]


@pytest.fixture(scope="module")
def lives():
    return opening_columns(market_bounds(SIZE, [0.3, 0.7]), 2, numbers(), 5, 0)[1]


def test_markets_are_rounded_by_largest_remainder() -> None:
    assert market_bounds(10, [0.55, 0.25, 0.2]).tolist() == [0, 6, 8, 10]  # 5.5, 2.5, 2: the first of the halves wins
    assert market_bounds(7, [1.0]).tolist() == [0, 7]


def test_segments_ages_and_incomes_have_their_shares(people) -> None:
    assert np.bincount(people.cell // 6) / SIZE == pytest.approx([0.26, 0.64, 0.10], abs=0.01)
    assert people.older.mean() == pytest.approx(0.46, abs=0.01)
    assert people.low_income.mean() == pytest.approx(0.27, abs=0.01)


def test_sensitivity_has_two_modes_and_follows_age_and_income(people) -> None:
    high = people.sensitivity > 0.5
    # modes at .11 and .90 with a spread of .195: 2.3 % of the three quarters below and 98 % of the quarter above
    assert high.mean() == pytest.approx(0.75 * 0.023 + 0.25 * 0.98, abs=0.01)
    assert ((people.sensitivity > 0.4) & (people.sensitivity < 0.6)).mean() < 0.08
    # Pew 2016: not acceptable to 39 % at 50 and over against 27 % below; on low incomes acceptance is 13 points higher
    assert 0.08 < high[people.older == 1].mean() - high[people.older == 0].mean() < 0.18
    assert 0.08 < high[people.low_income == 0].mean() - high[people.low_income == 1].mean() < 0.18


def test_trip_rates_are_gamma(people) -> None:
    mean = parameters()["shopping.trips_per_week"].value
    shape = parameters()["shopping.trip_rate_shape"].value
    assert people.trip_rate.mean() == pytest.approx(mean, rel=0.02)
    assert people.trip_rate.var() == pytest.approx(mean**2 / shape, rel=0.06)
    # nearly independent, but those who come most often fill smaller baskets
    assert -0.5 < np.corrcoef(people.trip_rate, people.basket_cents)[0, 1] < 0


def test_ranks_are_even_and_tiers_follow_them(people) -> None:
    assert np.quantile(people.spend_rank, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.01)
    assert np.bincount(people.cell // 2 % 3) / SIZE == pytest.approx([0.5, 0.4, 0.1], abs=0.01)


def test_heavy_buyers_more_often_hold_the_card(people, lives) -> None:
    holds = lives.card[0] != Card.NEVER
    assert holds.mean() == pytest.approx(0.86, abs=0.01)
    assert holds[people.spend_rank > 0.9].mean() > holds[people.spend_rank < 0.1].mean() + 0.1


def test_blocks_cover_all_columns_in_order_of_cells(people) -> None:
    bounds = market_bounds(SIZE, [0.3, 0.7])
    covered = np.concatenate([np.arange(start, stop) for _, start, stop in blocks_of(bounds)])
    assert np.array_equal(covered, np.arange(SIZE))
    for _, start, stop in blocks_of(bounds):
        assert stop - start <= BLOCK
        assert (np.diff(people.cell[start:stop].astype(int)) >= 0).all()
        assert sorted(people.number[start:stop].tolist()) == list(range(start, stop))


def test_a_week_of_baskets_keeps_mean_and_variance() -> None:
    scale, skew, shift = week_shapes(numbers())
    z, weights = np.polynomial.hermite_e.hermegauss(120)
    weights = weights / weights.sum()
    one = np.exp(scale[1] * z - skew[1] * z**2 + shift[1])
    variance_of_one = weights @ one**2 - 1
    for n in (1, 2, 5, 20):
        noise = np.exp(scale[n] * z - skew[n] * z**2 + shift[n])
        assert weights @ noise == pytest.approx(1, rel=1e-6)
        assert weights @ noise**2 - 1 == pytest.approx(variance_of_one / n, rel=1e-5)


def test_the_most_unequal_trip_rates_a_scenario_may_set_can_be_drawn() -> None:
    least = parameters()["shopping.trip_rate_shape"].limits[0]
    bounds = market_bounds(2_000, [1.0])
    shoppers = opening_columns(bounds, 1, numbers({"shopping.trip_rate_shape": least}), 5, 0)[0]
    assert np.isfinite(shoppers.basket_cents).all() and (shoppers.trip_rate < 0.01).mean() > 0.4
