"""Survival analysis in whole weeks: who is still there, for how long, and by which cause the others went.

Times are weeks of an event or of censoring, from 1; an event comes before a censoring in the same week.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

CONFIDENCE = 0.95
"""How often a band of a curve would hold the truth, week by week, if only chance were at work."""


@dataclass(frozen=True)
class Spans:
    """How long each shopper was watched, in weeks, and whether an event ended it; arrays of shape (shoppers,)."""

    week: Counts
    ended: NDArray[np.bool_]

    def until(self, horizon: int) -> "Spans":
        """Return what had been seen by a week."""
        return Spans(np.minimum(self.week, horizon), self.ended & (self.week <= horizon))

    def among(self, members: NDArray[np.bool_]) -> "Spans":
        """Return some of the shoppers."""
        return Spans(self.week[members], self.ended[members])

    def after(self, start: int) -> "Spans":
        """Return the weeks since a start that all of these shoppers have outlasted."""
        return Spans(self.week - start, self.ended)


def pooled(parts: Sequence[Spans]) -> Spans:
    """Return the spans of several groups as one."""
    return Spans(np.concatenate([part.week for part in parts]), np.concatenate([part.ended for part in parts]))


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier table, one row a week from 0 on; arrays of shape (weeks + 1,).

    `at_risk` is before the week's events and censorings, `estimate` the share still there after them. `low` and
    `high` bound it by the log-log transformation of Greenwood's error; they are nan where nobody is left.
    """

    at_risk: Counts
    events: Counts
    censored: Counts
    estimate: Floats
    low: Floats
    high: Floats

    @property
    def mean(self) -> float:
        """The restricted mean: weeks that a shopper stays on average, of those up to the last."""
        return float(self.estimate[:-1].sum())

    @property
    def gone(self) -> float:
        """The share that had gone by the last week."""
        return 1.0 - float(self.estimate[-1])


def kaplan_meier(spans: Spans, horizon: int, confidence: float = CONFIDENCE) -> Curve:
    """Return the Kaplan-Meier table from week 0 to the horizon (Kaplan and Meier 1958). Needs one shopper at least."""
    from scipy.stats import ecdf

    seen, weeks = spans.until(horizon), np.arange(horizon + 1)
    found = ecdf(_censored_data(seen)).sf
    estimate = found.evaluate(weeks)
    with warnings.catch_warnings():  # undefined where all or nobody is left, which is dealt with below
        warnings.filterwarnings("ignore", message="The confidence interval is undefined")
        band = found.confidence_interval(confidence, method="log-log")
    low, high = (np.where(estimate == 1.0, 1.0, end.evaluate(weeks)) for end in band)
    events, censored = _each_week(seen, horizon)
    return Curve(_at_risk(events + censored), events, censored, estimate, low, high)


def _censored_data(spans: Spans) -> "object":
    from scipy.stats import CensoredData

    return CensoredData(uncensored=spans.week[spans.ended], right=spans.week[~spans.ended])


def _each_week(spans: Spans, horizon: int) -> tuple[Counts, Counts]:
    events = np.bincount(spans.week[spans.ended], minlength=horizon + 1)
    return events, np.bincount(spans.week[~spans.ended], minlength=horizon + 1)


def _at_risk(gone: Counts) -> Counts:
    """Return how many are there before each week, given how many go in it."""
    return np.asarray(gone[::-1].cumsum()[::-1])


# --- errors, and differences between twins ------------------------------------------------------------------------


def influence_on_mean(spans: Spans, curve: Curve) -> Floats:
    """Return how much each shopper moves the restricted mean; the squares add up to its variance (Greenwood's).

    Twins are the same shoppers, so that the squares of the differences of their influences add up to the variance of
    the difference of their means. Shape (shoppers,).
    """
    beyond = np.append(curve.estimate[:-1][::-1].cumsum()[::-1], 0.0)  # weeks still to come from each week on
    return _influence(spans, curve, beyond)


def influence_on_gone(spans: Spans, curve: Curve) -> Floats:
    """Return how much each shopper moves the share that had gone by the last week. Shape (shoppers,)."""
    return -_influence(spans, curve, np.full_like(curve.estimate, curve.estimate[-1]))


def _influence(spans: Spans, curve: Curve, weight: Floats) -> Floats:
    """Return the influence on an integral of the curve, of which `weight` lies beyond each week."""
    seen = spans.until(len(weight) - 1)
    staying = curve.at_risk - curve.events
    each = np.divide(weight, staying, out=np.zeros_like(weight), where=staying > 0)
    expected = np.cumsum(each * curve.events / np.maximum(1, curve.at_risk))
    return expected[seen.week] - each[seen.week] * seen.ended


def standard_error(influences: Floats) -> float:
    """Return the standard error of what the shoppers' influences move."""
    return float(np.sqrt((influences**2).sum()))


# --- log-rank -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LogRank:
    """Events of one group beside those expected if both groups were alike (Mantel 1966, Peto and Peto 1972)."""

    observed: int
    expected: float
    observed_other: int
    expected_other: float
    variance: float

    @property
    def hazard_ratio(self) -> float:
        """How much likelier than the other group the first is to go in a week, roughly; nan without events."""
        if not self.expected or not self.observed_other:
            return float("nan")
        return (self.observed / self.expected) / (self.observed_other / self.expected_other)

    @property
    def chi_square(self) -> float:
        """The test's statistic, on one degree of freedom; 0 if nothing could differ."""
        return (self.observed - self.expected) ** 2 / self.variance if self.variance else 0.0

    @property
    def p_value(self) -> float:
        """How often groups that do not differ would look at least as different."""
        from scipy.stats import chi2

        return float(chi2.sf(self.chi_square, 1))


def log_rank(one: Curve, other: Curve) -> LogRank:
    """Return the log-rank comparison of two independent groups.

    Reckoned in floating point: scipy.stats.logrank multiplies whole numbers at risk, which overflows unnoticed in
    groups of a hundred thousand.
    """
    here, there = (curve.at_risk.astype(np.float64) for curve in (one, other))
    events, everybody = (one.events + other.events).astype(np.float64), np.maximum(1.0, here + there)
    expected = here * events / everybody
    spread = here * there * events * (everybody - events) / (everybody**2 * np.maximum(1.0, everybody - 1))
    total, all_expected = int(one.events.sum()), float(expected.sum())
    return LogRank(
        total, all_expected, int(other.events.sum()), float(events.sum()) - all_expected, float(spread.sum())
    )


# --- competing risks ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Incidence:
    """How many have gone by each cause, where only the first cause counts; `events` and the rest (causes, weeks + 1).

    The estimates of all causes and the Kaplan-Meier share of those still there add up to 1.
    """

    at_risk: Counts
    events: Counts
    estimate: Floats
    low: Floats
    high: Floats


def cumulative_incidence(
    week: Counts, cause: Counts, causes: int, horizon: int, confidence: float = CONFIDENCE
) -> Incidence:
    """Return the cumulative incidence of each cause (Aalen and Johansen 1978).

    `cause` counts from 1, and 0 is censored; both have shape (shoppers,). The bands are log-log, with the error by
    the delta method (Marubini and Valsecchi 1995).
    """
    from scipy.special import ndtri

    cause, week = np.where(week <= horizon, cause, 0), np.minimum(week, horizon)
    counts = np.stack([np.bincount(week[cause == each], minlength=horizon + 1) for each in range(causes + 1)])
    at_risk, events = _at_risk(counts.sum(axis=0)), counts[1:]
    people = np.maximum(1, at_risk).astype(np.float64)
    staying = np.cumprod(1.0 - events.sum(axis=0) / people)
    before = np.append(1.0, staying[:-1])
    estimate = np.cumsum(before * events / people, axis=1)
    errors = np.sqrt(
        [_variance(of, by, events.sum(axis=0), people, before) for of, by in zip(estimate, events, strict=True)]
    )
    low, high = _log_log(estimate, float(ndtri(0.5 + confidence / 2)) * errors)
    return Incidence(at_risk, events, estimate, low, high)


def _variance(incidence: Floats, by_it: Counts, events: Counts, people: Floats, before: Floats) -> Floats:
    """Return the variance of one cause's incidence in each week. All of shape (weeks + 1,)."""
    remaining = people - events
    hazard = np.divide(events, people * remaining, out=np.zeros_like(people), where=remaining > 0)
    to_come = np.tril(incidence[:, None] - incidence)  # of the incidence by a week (row), what came after another
    past = np.tril(np.ones_like(to_come))
    own = before**2 * by_it * (people - by_it) / people**3
    variance: Floats = to_come**2 @ hazard + past @ own - 2 * to_come @ (before * by_it / people**2)
    return np.maximum(0.0, variance)


def _log_log(share: Floats, reach: Floats) -> tuple[Floats, Floats]:
    """Return the ends of bands around shares, kept between 0 and 1; where a share is 0 or 1 the band is that."""
    inside = (share > 0) & (share < 1)
    log = np.log(share, out=np.full_like(share, -1.0), where=inside)
    stretch = np.exp(np.divide(reach, share * log, out=np.zeros_like(share), where=inside))
    return np.where(inside, share ** (1 / stretch), share), np.where(inside, share**stretch, share)
