"""What replicates come to, how sure it is, and which policies can be told apart."""

from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import t as student

from simulation.runs.estimates import Share, block_means, left_out, mean, quantiles, ratio, share
from simulation.runs.ranking import Ranking, ranked

Floats = NDArray[np.float64]


# --- means --------------------------------------------------------------------------------------------------------


def test_a_standard_error_is_that_of_the_block_means() -> None:
    # blocks of two: means 2, 4, 6, 12; their mean 6, deviations -4 -2 0 6, variance 56 / 3
    values = np.array([1.0, 3.0, 4.0, 4.0, 5.0, 7.0, 0.0, 24.0])
    found = mean(values, 2)
    error = sqrt(56 / 3) / 2
    assert (found.value, found.error) == (6.0, pytest.approx(error))
    # Student's t with three degrees of freedom has 2.5 % beyond 3.182
    assert found.low == pytest.approx(6 - 3.182446 * error) and found.high == pytest.approx(6 + 3.182446 * error)


def test_replicates_beyond_the_last_block_count_for_the_mean_alone() -> None:
    values = np.array([1.0, 3.0, 4.0, 4.0, 5.0, 7.0, 0.0, 24.0, 15.0])
    assert mean(values, 2).value == 7.0 and mean(values, 2).error == mean(values[:8], 2).error
    assert block_means(values, 2).tolist() == [2, 4, 6, 12]


def test_under_four_blocks_nothing_is_said_of_errors() -> None:
    found = mean(np.arange(7.0), 2)
    assert found.value == 3.0 and found.error is found.low is found.high is None
    assert ratio(np.arange(7.0), np.ones(7), 2).error is None


def blocked(seed: int, blocks: int, size: int) -> Floats:
    """Return replicates of mean 0 whose blocks hold the strata of a skewed number, and chance beside it."""
    luck = np.random.default_rng(seed)
    strata = np.stack([luck.permutation(size) for _ in range(blocks)]).ravel()
    world = -np.log1p(-(strata + luck.random(blocks * size)) / size)  # exponential: mean 1
    return np.asarray(world - 1.0 + luck.normal(0.0, 0.3, blocks * size))


def test_the_interval_covers_what_it_claims_to() -> None:
    """A plain standard error would cover nearly always: the strata of a block make its mean surer than its values."""
    found = [mean(blocked(seed, 8, 16), 16) for seed in range(400)]
    covered = np.mean([each.low < 0.0 < each.high for each in found if each.low is not None and each.high is not None])
    assert 0.92 <= covered <= 0.98
    told = float(np.mean([each.error**2 for each in found if each.error]))
    assert 0.8 < np.var([each.value for each in found]) / told < 1.25
    plain = [values.std(ddof=1) / sqrt(128) for values in (blocked(seed, 8, 16) for seed in range(20))]
    assert np.mean(plain) > 1.7 * sqrt(told)


# --- ratios -------------------------------------------------------------------------------------------------------


def test_a_ratio_is_that_of_the_sums_and_its_error_the_jackknifes() -> None:
    above, below = np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, 1.0, 2.0, 2.0])
    found = ratio(above, below, 1)
    assert found.value == 2.0
    # left out one at a time: 11/5, 10/5, 9/4, 6/4; mean 1.9875, squares about it add up to .351 875
    without = [11 / 5, 10 / 5, 9 / 4, 6 / 4]
    squares = sum((each - 1.9875) ** 2 for each in without)
    assert squares == pytest.approx(0.351875) and found.error == pytest.approx(sqrt(3 / 4 * squares))


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(3).normal(size=96)
    found = left_out((values,), 16, lambda means: float(means[0]))
    assert found.error == pytest.approx(mean(values, 16).error) and found.value == pytest.approx(values.mean())


# --- quantiles and shares -----------------------------------------------------------------------------------------


def test_a_quantile_is_a_value_and_never_lies_in_a_gap() -> None:
    values, ones = np.array([-100.0, -90.0, *range(1, 9)]), np.ones(10)
    assert quantiles(values, ones, (0.1, 0.15, 0.2, 0.21, 0.5, 0.9, 1.0)) == (-100, -90, -90, 1, 3, 7, 8)
    assert set(quantiles(values, ones, tuple(np.linspace(0.01, 1, 60)))) <= set(values.tolist())


def test_quantiles_weigh() -> None:
    values, weights = np.array([[5.0, -7.0], [6.0, -8.0]]), np.array([[0.9, 0.1], [0.7, 0.3]])
    # lightest first: -8 to .3 of 2, -7 to .4, 5 to 1.3, 6 to 2
    assert quantiles(values, weights, (0.1, 0.15, 0.16, 0.2, 0.21, 0.65, 0.66)) == (-8, -8, -7, -7, 5, 5, 6)
    assert quantiles(np.array([1.0, -9.0]), np.array([1.0, 0.0]), (0.1,)) == (1.0,), "what cannot be counts for nothing"


def test_a_share_has_wilsons_interval() -> None:
    found = share(np.array([1.0] * 3 + [0.0] * 7))
    # newcombe's table, Statistics in Medicine 1998: 3 of 10 by the score method is .108 to .603
    assert found.value == pytest.approx(0.3)
    assert (round(found.low, 3), round(found.high, 3)) == (0.108, 0.603)
    nobody = share(np.zeros(10))
    assert (nobody.value, nobody.low, round(nobody.high, 3)) == (0.0, 0.0, 0.278)
    assert share(np.ones(1)) == Share(1.0, pytest.approx(0.2065, abs=1e-4), 1.0)


def test_parts_of_replicates_tell_more_than_whole_ones() -> None:
    whole, parts = share(np.array([1.0, 0.0] * 20)), share(np.array([0.6, 0.4] * 20))
    assert whole.value == parts.value == 0.5
    assert parts.high - parts.low < (whole.high - whole.low) / 4


# --- the ranking --------------------------------------------------------------------------------------------------


def ranking_of(values: Floats, size: int = 1) -> Ranking:
    found = ranked(tuple("abcdef"[: values.shape[1]]), values, size)
    assert found is not None
    return found


def test_policies_that_are_equal_are_tied_and_one_far_below_is_not() -> None:
    luck = np.random.default_rng(1).normal(size=(8, 2))
    found = ranking_of(np.column_stack([luck[:, 0], luck[:, 1], luck.mean(axis=1) - 50.0]))
    assert found.tied == (tuple(sorted("ab", key=found.order.index)),) and found.order[-1] == "c"
    assert [found.pair("a", "b").resolved, found.pair("c", "a").resolved] == [False, True]
    assert found.pair("c", "a").better == "a" and found.pair("c", "a").replicates_needed is None


def test_holm_holds_the_surest_pair_to_a_share_of_five_per_cent() -> None:
    """Four blocks: means 3 and 2 with errors of 1: t = 3 has 5.8 %, and a pair alone may have 5 %."""
    shape = np.array([-1.0, -1.0, 1.0, 1.0]) * sqrt(3)  # standard deviation 2, so that the error is 1
    for times_the_error, alone in ((3.0, False), (3.3, True), (3.1824, False), (3.1825, True)):
        pair = ranking_of(np.column_stack([shape + times_the_error, np.zeros(4)])).pair("a", "b")
        assert pair.resolved is alone and pair.chance == pytest.approx(2 * student.sf(times_the_error, 3))
    # of three pairs the surest must be below 5 / 3 %: 3.3 errors (4.6 %) are not enough, 5 (1.5 %) are
    third = np.array([1.0, -1.0, 1.0, -1.0]) * 40
    assert not ranking_of(np.column_stack([shape + 3.3, np.zeros(4), third])).pair("a", "b").resolved
    assert ranking_of(np.column_stack([shape + 5.0, np.zeros(4), third])).pair("a", "b").resolved


def test_a_pair_says_how_many_replicates_would_tell() -> None:
    shape = np.array([-1.0, -1.0, 1.0, 1.0]) * sqrt(3)
    values = np.repeat(np.column_stack([shape + 1.5, np.zeros(4)]), 16, axis=0)  # blocks of 16 alike
    # (3.18 x 1 / 1.5)^2 = 4.5 times the four blocks, rounded up to whole ones
    assert ranking_of(values, 16).pair("a", "b").replicates_needed == 19 * 16
    alike = ranking_of(np.zeros((4, 2))).pair("a", "b")
    assert not alike.resolved and alike.replicates_needed is None


def test_a_tie_need_not_pass_on() -> None:
    luck = np.random.default_rng(5)
    noise = luck.normal(size=(8, 3))
    found = ranking_of(noise * [1, 20, 1] + [30.0, 15.0, 0.0])
    assert found.tied == (("a", "b"), ("b", "c"))


def test_two_equal_policies_are_seldom_ordered() -> None:
    luck = np.random.default_rng(11)
    wrong = [ranking_of(luck.normal(size=(8, 3)) * [1.0, 2.0, 0.5]).tied != () for _ in range(300)]
    ordered = 300 - sum(len(ranking_of(luck.normal(size=(8, 3))).tied) == 1 for _ in range(300))
    assert sum(wrong) > 270 and ordered <= 0.05 * 300 + 3 * sqrt(300 * 0.05 * 0.95)


def test_too_few_blocks_rank_nothing() -> None:
    assert ranked(("a", "b"), np.zeros((63, 2)), 16) is None
    assert ranked(("a",), np.zeros((64, 1)), 16) is None
