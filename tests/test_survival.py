"""Survival analysis: published tables, hand-worked cases, and a second implementation in plain loops."""

import math
from fractions import Fraction

import numpy as np
import pytest

from simulation.questions.churn.survival import (
    Spans,
    cumulative_incidence,
    influence_on_gone,
    influence_on_mean,
    kaplan_meier,
    log_rank,
    pooled,
    standard_error,
)

# Remission of leukaemia in weeks under 6-mercaptopurine and placebo (Freireich et al. 1963); a plus is censored.
MERCAPTOPURINE = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def spans(text: str) -> Spans:
    words = text.split()
    return Spans(np.array([int(word.rstrip("+")) for word in words]), np.array([word[-1] != "+" for word in words]))


TREATED, CONTROL = spans(MERCAPTOPURINE), spans(PLACEBO)


def test_the_published_table_of_remissions() -> None:
    curve = kaplan_meier(TREATED, 35)
    table = {  # week: at risk, gone, share still there, as printed in many textbooks since
        6: (21, 3, 0.857),
        7: (17, 1, 0.807),
        10: (15, 1, 0.753),
        13: (12, 1, 0.690),
        16: (11, 1, 0.627),
        22: (7, 1, 0.538),
        23: (6, 1, 0.448),
    }
    assert np.flatnonzero(curve.events).tolist() == list(table)
    assert curve.censored.sum() == 12 and curve.censored[32] == 2
    greenwood, share = 0.0, 1.0
    for week, (at_risk, events, printed) in table.items():
        share *= 1 - events / at_risk
        greenwood += events / (at_risk * (at_risk - events))
        stretch = math.exp(1.959964 * math.sqrt(greenwood) / -math.log(share))
        assert (curve.at_risk[week], curve.events[week]) == (at_risk, events)
        assert curve.estimate[week] == pytest.approx(printed, abs=5e-4)
        assert (curve.low[week], curve.high[week]) == pytest.approx((share**stretch, share ** (1 / stretch)), rel=1e-5)


def test_before_the_first_event_everybody_is_there_and_after_the_last_the_band_is_unknown() -> None:
    curve = kaplan_meier(spans("3 4+ 5"), 6)
    assert curve.estimate.tolist() == pytest.approx([1, 1, 1, 2 / 3, 2 / 3, 0, 0])
    assert curve.low[:3].tolist() == curve.high[:3].tolist() == [1, 1, 1]
    assert np.isnan(curve.low[5:]).all() and not np.isnan(curve.low[:5]).any()
    assert curve.at_risk.tolist() == [3, 3, 3, 3, 2, 1, 0]


def test_the_share_that_has_gone_is_what_is_left_of_one() -> None:
    curve = kaplan_meier(spans("1 2 2 4+ 4+"), 4)
    assert curve.gone == pytest.approx(3 / 5) and curve.estimate[-2] == pytest.approx(2 / 5)
    assert kaplan_meier(spans("3+ 3+"), 3).gone == 0.0
    assert kaplan_meier(spans("1 2 2 4+ 5"), 5).gone == pytest.approx(1.0), "the last one left in the last week"


def test_where_everybody_has_gone_nobody_s_influence_is_without_end() -> None:
    given = spans("1 2 2")
    curve = kaplan_meier(given, 4)
    assert curve.gone == 1.0 and standard_error(influence_on_gone(given, curve)) == 0.0
    # the mean is 1 + 2/3 and its variance that of a plain mean: (1 2 2) about 5/3, of shoppers, not of a sample
    assert curve.mean == pytest.approx(5 / 3)
    assert standard_error(influence_on_mean(given, curve)) == pytest.approx(math.sqrt((2 / 3) / 9))


def test_the_published_log_rank_of_remissions() -> None:
    found = log_rank(kaplan_meier(TREATED, 35), kaplan_meier(CONTROL, 35))
    assert (found.observed, found.observed_other) == (9, 21)
    assert (found.expected, found.expected_other) == pytest.approx((19.25, 10.75), abs=5e-3)
    assert found.chi_square == pytest.approx(16.793, abs=5e-4)
    assert found.hazard_ratio == pytest.approx((9 / 19.25) / (21 / 10.75), abs=1e-3)
    assert found.p_value == pytest.approx(math.erfc(math.sqrt(16.793 / 2)), rel=1e-3)


def test_the_log_rank_is_that_of_scipy_and_survives_groups_in_which_scipy_s_whole_numbers_overflow() -> None:
    from scipy.stats import CensoredData, logrank

    def theirs(one: Spans, other: Spans) -> float:
        data = [CensoredData(uncensored=each.week[each.ended], right=each.week[~each.ended]) for each in (one, other)]
        return float(logrank(*data).statistic ** 2)

    assert log_rank(kaplan_meier(TREATED, 35), kaplan_meier(CONTROL, 35)).chi_square == pytest.approx(
        theirs(TREATED, CONTROL)
    )
    one, other = pooled([TREATED] * 20_000), pooled([CONTROL] * 20_000)
    many = log_rank(kaplan_meier(one, 35), kaplan_meier(other, 35))
    assert many.observed == 20_000 * 9
    variance = 0.0  # of one in twenty thousand, with n in place of n - 1, which is the same for so many
    for week in range(1, 36):
        here, there = (int((each.week >= week).sum()) for each in (TREATED, CONTROL))
        events = int((TREATED.ended & (TREATED.week == week)).sum() + (CONTROL.week == week).sum())
        variance += here * there * events * (here + there - events) / (here + there) ** 3
    assert many.variance / 20_000 == pytest.approx(variance, rel=1e-4)


def plain_kaplan_meier(weeks: list[int], ended: list[bool], horizon: int) -> list[Fraction]:
    shares, share = [], Fraction(1)
    for week in range(horizon + 1):
        at_risk = sum(each >= week for each in weeks)
        events = sum(each == week and gone for each, gone in zip(weeks, ended, strict=True))
        share *= 1 - Fraction(events, at_risk) if at_risk else 1
        shares.append(share)
    return shares


def random_spans(seed: int, size: int = 120) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(1, 40, size), rng.integers(0, 4, size)


@pytest.mark.parametrize("seed", range(3))
def test_curve_mean_and_greenwood_s_error_agree_with_plain_loops(seed: int) -> None:
    week, cause = random_spans(seed)
    given, horizon = Spans(week, cause > 0), 30
    curve = kaplan_meier(given, horizon)
    shares = plain_kaplan_meier(week.tolist(), (cause > 0).tolist(), horizon)
    assert curve.estimate.tolist() == pytest.approx([float(share) for share in shares])
    assert curve.mean == pytest.approx(float(sum(shares[:-1])))
    of_mean = of_gone = 0.0
    for now in range(1, horizon + 1):
        at_risk, events = int((week >= now).sum()), int(((week == now) & (cause > 0)).sum())
        greenwood = events / (at_risk * (at_risk - events))
        of_mean += float(sum(shares[now:-1])) ** 2 * greenwood
        of_gone += float(shares[-1]) ** 2 * greenwood
    assert standard_error(influence_on_mean(given, curve)) == pytest.approx(math.sqrt(of_mean))
    assert standard_error(influence_on_gone(given, curve)) == pytest.approx(math.sqrt(of_gone))


def test_the_restricted_mean_of_five_shoppers_by_hand() -> None:
    # gone in weeks 2 and 4, hidden after week 3, still there in week 10 (two)
    given = spans("2 3+ 4 10+ 10+")
    curve = kaplan_meier(given, 10)
    # 1 for 2 weeks, 4/5 for 2 weeks, then 4/5 x 2/3 = 8/15 for 6 weeks
    assert curve.mean == pytest.approx(2 + 2 * 0.8 + 6 * 8 / 15)
    # Greenwood: beyond week 2 lie 4.8 weeks, beyond week 4 3.2: 4.8^2 / (5 x 4) + 3.2^2 / (3 x 2)
    assert standard_error(influence_on_mean(given, curve)) == pytest.approx(math.sqrt(4.8**2 / 20 + 3.2**2 / 6))


def test_twins_differ_by_less_than_strangers_and_identical_twins_not_at_all() -> None:
    own, twin = spans("2 5 7 9 10+ 10+"), spans("2 6 7 10+ 10+ 10+")
    influences = [influence_on_mean(each, kaplan_meier(each, 10)) for each in (own, twin)]
    # nobody is hidden before the end: the paired error is that of the mean of six differences, -1 and -1 and four 0
    differences = np.array([0, -1, 0, -1, 0, 0])
    assert standard_error(influences[0] - influences[1]) == pytest.approx(differences.std() / math.sqrt(6))
    assert standard_error(influences[0] - influences[1]) < standard_error(influences[0])
    assert standard_error(influences[0] - influences[0]) == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_causes_and_those_still_there_add_up_to_one(seed: int) -> None:
    week, cause = random_spans(seed)
    found = cumulative_incidence(week, cause, 3, 35)
    curve = kaplan_meier(Spans(week, cause > 0), 35)
    assert (found.estimate.sum(axis=0) + curve.estimate).tolist() == pytest.approx([1.0] * 36)
    assert found.events.sum(axis=0).tolist() == curve.events.tolist()
    assert found.at_risk.tolist() == curve.at_risk.tolist()


def test_incidence_agrees_with_plain_loops_and_is_less_than_if_other_causes_were_censored() -> None:
    week, cause = random_spans(7)
    found, staying, expected = cumulative_incidence(week, cause, 3, 39), Fraction(1), Fraction(0)
    for now in range(1, 40):
        at_risk = int((week >= now).sum())
        by_it, events = (int(((week == now) & which).sum()) for which in (cause == 2, cause > 0))
        if at_risk:
            expected += staying * Fraction(by_it, at_risk)
            staying *= 1 - Fraction(events, at_risk)
        assert found.estimate[1, now] == pytest.approx(float(expected))
    assert found.estimate[1, -1] < kaplan_meier(Spans(week, cause == 2), 39).gone


def test_where_nobody_is_hidden_incidence_is_a_share_with_the_error_of_a_share() -> None:
    week, cause = np.repeat([1, 2, 3, 9], 25), np.tile([1, 2, 2, 1, 0], 20)
    found = cumulative_incidence(np.where(cause == 0, 9, week), cause, 2, 9)
    share = float(((cause == 2) & (week <= 3)).mean())
    assert found.estimate[1, 3] == pytest.approx(share)
    stretch = math.exp(1.959964 * math.sqrt(share * (1 - share) / 100) / (share * math.log(share)))
    assert (found.high[1, 3], found.low[1, 3]) == pytest.approx((share**stretch, share ** (1 / stretch)), rel=1e-5)
    assert found.low[1, 3] < share < found.high[1, 3]
    assert found.low[:, 0].tolist() == found.high[:, 0].tolist() == [0, 0]
