"""Churn under every policy and every definition, against the same shoppers under the baseline."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulation.questions.churn.definitions import (
    DEFINITIONS,
    TRAITS,
    USUAL,
    Definition,
    Watched,
    Watching,
    refuse_unknown,
)
from simulation.questions.churn.survival import (
    Curve,
    Spans,
    influence_on_gone,
    influence_on_mean,
    kaplan_meier,
    pooled,
    standard_error,
)
from simulation.runs.memory import refuse_history
from simulation.runs.outcome import spread
from simulation.runs.tasks import Carrier, carry_out
from simulation.scenario.schema import Scenario

Floats = NDArray[np.float64]

ALL = "all"
"""The stratum of everybody."""

AWARENESS = "awareness"
GROUPINGS = (*TRAITS, AWARENESS)
"""The ways in which shoppers can be told apart."""

LANDMARK = 26
"""Weeks after a policy's first planned story, or else its first action, at which awareness is looked at."""

_TENTH = 1.2816  # standard errors from the middle of a normal distribution to its tenth


@dataclass(frozen=True)
class Effect:
    """What a policy does to one measure: its mean over replicates, and the difference from the twins' baseline."""

    value: float
    value_error: float
    """The standard error of the value with all replicates pooled: chance alone, not the guesses."""
    difference: Floats  # (replicates,)
    error: float
    """The standard error of the difference, likewise; smaller than that of the value, since twins share their luck."""

    @property
    def mean(self) -> float:
        """The mean difference."""
        return float(self.difference.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """Where 80 % lie: of replicates, or of what chance does to so many shoppers if there is one replicate."""
        if self.difference.size > 1:
            _, low, high = spread(self.difference)
            return low, high
        return self.mean - _TENTH * self.error, self.mean + _TENTH * self.error

    @property
    def sign(self) -> int:
        """1 if the interval lies above 0, -1 below, 0 if it holds 0."""
        low, high = self.interval
        return int(low > 0) - int(high < 0)


@dataclass(frozen=True)
class Cohort:
    """Some shoppers under one policy and one definition, and the same shoppers under the baseline; a part a replicate.

    Weeks count from `start`; the horizon is the last week.
    """

    definition: Definition
    policy: str
    baseline: str
    grouping: str
    stratum: str
    start: int
    horizon: int
    own: tuple[Spans, ...]
    twin: tuple[Spans, ...]

    @cached_property
    def curve(self) -> Curve:
        """The Kaplan-Meier table of all replicates pooled."""
        return kaplan_meier(pooled(self.own), self.horizon - self.start)

    @cached_property
    def gone(self) -> Effect:
        """The share that churned by the end."""
        return self._effect(lambda curve: curve.gone, influence_on_gone)

    @cached_property
    def weeks(self) -> Effect:
        """The restricted mean: weeks until churn, of those up to the end."""
        return self._effect(lambda curve: curve.mean, influence_on_mean)

    @cached_property
    def more(self) -> Floats:
        """The share of churn more than under the baseline, week by week. Shape (replicates, weeks + 1)."""
        return np.array([twin.estimate - own.estimate for own, twin in self._curves])

    @cached_property
    def _curves(self) -> list[tuple[Curve, Curve]]:
        length = self.horizon - self.start
        pairs = zip(self.own, self.twin, strict=True)
        return [(kaplan_meier(own, length), kaplan_meier(twin, length)) for own, twin in pairs]

    def _effect(self, measure: Callable[[Curve], float], influence: Callable[[Spans, Curve], Floats]) -> Effect:
        own, twin = ([influence(*each) for each in zip(spans, curves, strict=True)] for spans, curves in self._sides)
        error, own_error = (standard_error(np.concatenate(each)) / len(self.own) for each in (_less(own, twin), own))
        own_values, twin_values = np.array([[measure(curve) for curve in pair] for pair in self._curves]).T
        return Effect(float(own_values.mean()), own_error, own_values - twin_values, error)

    @property
    def _sides(self) -> tuple[tuple[Sequence[Spans], Sequence[Curve]], ...]:
        own, twin = zip(*self._curves, strict=True)
        return (self.own, own), (self.twin, twin)

    @property
    def twins(self) -> "Cohort":
        """The same shoppers under the baseline."""
        return replace(self, policy=self.baseline, own=self.twin)


def _less(own: Sequence[Floats], twin: Sequence[Floats]) -> list[Floats]:
    return [here - there for here, there in zip(own, twin, strict=True)]


@dataclass(frozen=True)
class ChurnStudy:
    """Churn of a scenario: everybody under every policy and definition, and strata under one of each."""

    scenario: Scenario
    definition: Definition
    policy: str
    watched: tuple[Watched, ...]
    everybody: tuple[Cohort, ...]  # every definition, under every policy
    strata: tuple[Cohort, ...]  # of the chosen definition, under baseline and chosen policy
    landmark: int | None

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies' names; the first is the baseline."""
        return tuple(self.scenario.policies)

    @property
    def groupings(self) -> tuple[str, ...]:
        """The ways in which shoppers were told apart."""
        return tuple(dict.fromkeys(cohort.grouping for cohort in self.strata))

    def cohort(self, policy: str, definition: str | None = None) -> Cohort:
        """Return everybody under a policy and a definition, the chosen one if none is named."""
        name = definition or self.definition.name
        return next(each for each in self.everybody if (each.policy, each.definition.name) == (policy, name))


def churn(
    scenario: Scenario,
    definition: str = USUAL,
    policy: str | None = None,
    by: Sequence[str] | None = None,
    carry: Carrier = carry_out,
) -> ChurnStudy:
    """Return how long shoppers last under each policy and definition, and in each stratum under one policy.

    `policy` is compared with the baseline stratum by stratum: by default the one whose churn differs most from it.
    `by` names groupings; by default segment, tier and, where a policy can be known of, awareness. `carry` simulates
    the replicates. Raises ValueError in plain words for an unknown definition, policy or grouping, or awareness of
    what comes too late to be known.
    """
    refuse_unknown("definition", "definition of churn", definition, DEFINITIONS)
    meaning = DEFINITIONS[definition]
    if policy is not None:
        refuse_unknown("policy", "policy", policy, scenario.policies)
    for name in by or ():
        refuse_unknown("by", "grouping", name, GROUPINGS)
    if policy is not None and AWARENESS in (by or ()):
        _landmark_or_refuse(scenario, policy)
    watched = _watch(scenario, carry)
    everybody = tuple(_everybody(watched, tuple(scenario.policies)))
    policy = policy or _farthest([cohort for cohort in everybody if cohort.definition is meaning])
    landmark = landmark_of(scenario, policy)
    if by is None:
        by = ("segment", "tier", *((AWARENESS,) if landmark else ()))
    elif AWARENESS in by:
        landmark = _landmark_or_refuse(scenario, policy)
    strata = tuple(_strata(watched, scenario, meaning, policy, by, landmark or 0))
    return ChurnStudy(scenario, meaning, policy, watched, everybody, strata, landmark if AWARENESS in by else None)


def _watch(scenario: Scenario, carry: Carrier) -> tuple[Watched, ...]:
    refuse_history(scenario, scenario.replicates)
    return tuple(carry([Watching(scenario, replicate) for replicate in range(scenario.replicates)]))


def _everybody(watched: Sequence[Watched], policies: Sequence[str]) -> Iterator[Cohort]:
    for definition in DEFINITIONS.values():
        whom = [each.at_risk(definition) for each in watched]
        if not any(some.any() for some in whom):
            raise ValueError(f"nobody can churn by '{definition.name}': there are no {definition.at_risk}")
        for policy in policies:
            yield _cohort(watched, definition, policies, policy, (ALL, ALL), whom)


def _cohort(
    watched: Sequence[Watched],
    definition: Definition,
    policies: Sequence[str],
    policy: str,
    stratum: tuple[str, str],
    whom: Sequence[NDArray[np.bool_]],
    start: int = 0,
) -> Cohort:
    def of(name: str) -> tuple[Spans, ...]:
        spans = (each.spans(definition, list(policies).index(name)) for each in watched)
        return tuple(each.among(some).after(start) for each, some in zip(spans, whom, strict=True) if some.any())

    return Cohort(definition, policy, policies[0], *stratum, start, watched[0].horizon, of(policy), of(policies[0]))


def _farthest(cohorts: Sequence[Cohort]) -> str:
    """Return the policy whose churn differs most from the baseline's, or the baseline if there is no other."""
    return max(cohorts[1:] or cohorts, key=lambda cohort: abs(cohort.gone.mean)).policy


# --- strata -------------------------------------------------------------------------------------------------------


def landmark_of(scenario: Scenario, policy: str) -> int | None:
    """Return the week at which awareness is looked at; None if nothing happens that one could know of by the end.

    To sort shoppers by whether they ever learn of a practice would count as aware only who stayed long enough to
    learn of it; they are sorted by what they knew in one week instead, and watched from then on.
    """
    actions = (*scenario.policies[policy], *scenario.events)
    stories = [action.week for action in actions if action.do == "press_story"]
    weeks = stories or [action.week for action in actions]
    week = min(weeks) + LANDMARK if weeks else scenario.weeks
    return week if week < scenario.weeks else None


def _landmark_or_refuse(scenario: Scenario, policy: str) -> int:
    week = landmark_of(scenario, policy)
    if week is None:
        raise ValueError(
            f"by: awareness is looked at {LANDMARK} weeks after the first action, and under '{policy}' there is none "
            "so long before the end; name a policy that acts, simulate longer, or leave awareness out"
        )
    return week


def _strata(
    watched: Sequence[Watched],
    scenario: Scenario,
    definition: Definition,
    policy: str,
    by: Sequence[str],
    landmark: int,
) -> Iterator[Cohort]:
    policies = tuple(scenario.policies)
    for grouping in dict.fromkeys(by):
        start = landmark if grouping == AWARENESS else 0
        sorted_out = [_members(each, definition, policies.index(policy), grouping, start) for each in watched]
        for stratum in sorted_out[0]:
            whom = [each[stratum] for each in sorted_out]
            if any(some.any() for some in whom):
                for name in dict.fromkeys((policies[0], policy)):
                    yield _cohort(watched, definition, policies, name, (grouping, stratum), whom, start)


def _members(
    watched: Watched, definition: Definition, policy: int, grouping: str, landmark: int
) -> dict[str, NDArray[np.bool_]]:
    """Return who belongs to each stratum of a grouping and is at risk. Values of shape (shoppers,)."""
    at_risk = watched.at_risk(definition)
    if grouping != AWARENESS:
        labels = TRAITS[grouping][0]
        return {label: at_risk & (watched.strata[grouping] == place) for place, label in enumerate(labels)}
    for life in (0, policy):  # twins are compared who have both lasted until then
        at_risk = at_risk & (watched.spans(definition, life).week > landmark)
    aware = watched.aware_week[policy]
    aware_by_then = (aware > 0) & (aware <= landmark)
    return {"aware": at_risk & aware_by_then, "unaware": at_risk & ~aware_by_then}
