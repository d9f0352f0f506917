"""What a churn study found, as tables, and whether its verdict survives another definition of churn."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.questions.churn.churn import ChurnStudy, Cohort, Effect
from simulation.questions.churn.definitions import CAUSES, DEFINITIONS, Definition
from simulation.questions.churn.net import PARTS, Part, net_of
from simulation.questions.churn.survival import Incidence, cumulative_incidence, kaplan_meier, log_rank, pooled
from simulation.runs.readings import YEAR

if TYPE_CHECKING:
    import pandas

COLUMNS = {
    "policy": "policy, as named in the scenario",
    "definition": "what counts as churn; definitions.csv says what each means",
    "grouping": "how shoppers are told apart; all for everybody",
    "stratum": "which of them; under the baseline, aware means that the same shoppers are aware under the policy",
    "week": "week of the run, from 1; 0, or that of the landmark, before anything has happened",
    "at_risk": "shoppers still there before the week's events and censorings, all replicates pooled",
    "events": "of them, those to whom it happened in that week",
    "censored": "of them, those who were not watched any longer after that week",
    "estimate": "share still there after the week (Kaplan-Meier), or gone by the cause (Aalen-Johansen)",
    "low": "lower end of the estimate's 95 % band, log-log: chance alone",
    "high": "upper end likewise",
    "cause": "by what members were first lost",
    "shoppers": "shoppers at risk at the start, all replicates pooled",
    "replicates": "replicates with any such shopper",
    "from_week": "the week from which on they were watched",
    "to_week": "the last week",
    "churned": "share that churned by the last week, mean of the replicates",
    "churned_error": "its standard error: chance alone",
    "churned_difference": "the same less that of the same shoppers under the baseline",
    "churned_difference_error": "the standard error of that difference, paired: chance alone",
    "churned_difference_low": "10 % of replicates lie below; with one replicate, what chance alone leaves open",
    "churned_difference_high": "90 % of replicates lie below; likewise",
    "weeks": "restricted mean: weeks until churn, of those from the first to the last week; mean of the replicates",
    "weeks_error": "its standard error: chance alone",
    "weeks_difference": "the same less that of the same shoppers under the baseline",
    "weeks_difference_error": "the standard error of that difference, paired: chance alone",
    "weeks_difference_low": "10 % of replicates lie below; with one replicate, what chance alone leaves open",
    "weeks_difference_high": "90 % of replicates lie below; likewise",
    "against_policy": "the policy of the group compared with",
    "against_stratum": "the stratum of the group compared with",
    "observed": "events in the first group",
    "expected": "events expected there if the groups were alike",
    "hazard_ratio": "observed over expected in the first group, over the same in the other",
    "chi_square": "log-rank statistic on one degree of freedom, the groups taken as independent; twins are not, and "
    "theirs is too small",
    "p_value": "how often groups that are alike would look as different; measures the number of shoppers asked for as "
    "much as any effect",
    "meaning": "what counts as churn",
    "at_risk_are": "who is looked at",
    "censored_by": "what ends the watching before churn",
    "churners": "shoppers to whom it happened before the last week",
    "back_within_a_year": "share of them with whom it was over within 52 weeks (Kaplan-Meier)",
    "back_by_the_end": "share of them with whom it was over by the last week",
    **{
        f"{part}{ending}": f"{said}{more}"
        for part, said in PARTS.items()
        for ending, more in (
            ("", "share of those at risk, all replicates pooled"),
            ("_difference", "the same less that of the same shoppers under the baseline"),
            ("_difference_error", "standard error of that difference, paired: chance alone"),
        )
    },
    "verdict": "more, less: the interval of the difference in the share churned lies above, below 0; open: it holds 0",
    "verdict_by_weeks": "the same by the restricted mean: more churn is fewer weeks",
    "holds": "whether the verdict is that of the chosen definition",
    "place": "place of the policy by its difference, from 1 for the least churn",
}
"""What each column of the tables means."""

# --- the verdict --------------------------------------------------------------------------------------------------

SIGNS = {1: "more", -1: "less", 0: "open"}
"""What a verdict says: a policy makes for more churn than the baseline, for less, or the interval holds both."""


@dataclass(frozen=True)
class Verdict:
    """What one definition says of one policy against the baseline."""

    cohort: Cohort
    by_share: str
    by_weeks: str
    holds: bool
    """Whether the chosen definition says the same."""
    place: int
    """The policy's place under this definition, 1 for the least churn."""


def verdicts(study: ChurnStudy) -> list[Verdict]:
    """Return what each definition says of each policy but the baseline."""
    return [verdict for definition in DEFINITIONS for verdict in _verdicts_under(study, definition)]


def _verdicts_under(study: ChurnStudy, definition: str) -> Iterator[Verdict]:
    places = order(study, definition)
    for policy in study.policies[1:]:
        cohort = study.cohort(policy, definition)
        holds = cohort.gone.sign == study.cohort(policy).gone.sign
        by_share, by_weeks = SIGNS[cohort.gone.sign], SIGNS[-cohort.weeks.sign]
        yield Verdict(cohort, by_share, by_weeks, holds, places.index(policy) + 1)


def order(study: ChurnStudy, definition: str | None = None) -> list[str]:
    """Return all policies by their churn under a definition, the chosen one if none is named; the least first."""
    return sorted(study.policies, key=lambda policy: study.cohort(policy, definition).gone.mean)


@dataclass(frozen=True)
class Returns:
    """How often what counts as churn was over again, of those to whom it happened before the last week."""

    churners: int
    within_a_year: float  # Kaplan-Meier; nan if the run is too short to tell
    by_the_end: float


def returns(study: ChurnStudy, definition: Definition, policy: str) -> Returns:
    """Return how often churn by a definition is not for good."""
    place = study.policies.index(policy)
    silences = pooled([each.silences(definition, place) for each in study.watched])
    if not silences.week.size:
        return Returns(0, float("nan"), float("nan"))
    too_short = silences.week.max() < YEAR and not silences.ended.all()
    within_a_year = float("nan") if too_short else kaplan_meier(silences, YEAR).gone
    return Returns(silences.week.size, within_a_year, float(silences.ended.mean()))


def incidence(study: ChurnStudy, policy: str) -> Incidence:
    """Return the cumulative incidence of the causes by which members are first lost, all replicates pooled."""
    place = study.policies.index(policy)
    week, cause = (np.concatenate(parts) for parts in zip(*(each.causes(place) for each in study.watched), strict=True))
    return cumulative_incidence(week, cause, len(CAUSES), study.scenario.weeks)


# --- tables -------------------------------------------------------------------------------------------------------


def tables(study: ChurnStudy) -> "dict[str, pandas.DataFrame]":
    """Return all tables by name."""
    import pandas as pd

    cohorts = (*study.everybody, *study.strata)
    return {
        "survival": pd.concat(map(_survival, cohorts), ignore_index=True),
        "incidence": pd.concat(map(partial(_incidence, study), study.policies), ignore_index=True),
        "restricted_means": pd.DataFrame([_keys(cohort) | _effects(cohort) for cohort in cohorts]),
        "logrank": pd.DataFrame(_log_ranks(study)),
        "definitions": pd.DataFrame(_definitions(study)),
        "net": pd.DataFrame(_net_rows(study)),
        "verdicts": pd.DataFrame(map(_verdict_row, verdicts(study))),
    }


def _keys(cohort: Cohort) -> dict[str, Any]:
    return {
        "definition": cohort.definition.name,
        "policy": cohort.policy,
        "grouping": cohort.grouping,
        "stratum": cohort.stratum,
    }


def _survival(cohort: Cohort) -> "pandas.DataFrame":
    import pandas as pd

    weeks = np.arange(cohort.start, cohort.horizon + 1)
    return pd.DataFrame({**_keys(cohort), "week": weeks, **vars(cohort.curve)})


def _incidence(study: ChurnStudy, policy: str) -> "pandas.DataFrame":
    import pandas as pd

    found, weeks = incidence(study, policy), study.scenario.weeks + 1
    return pd.DataFrame(
        {
            "policy": policy,
            "cause": np.repeat(list(CAUSES), weeks),
            "week": np.tile(np.arange(weeks), len(CAUSES)),
            "at_risk": np.tile(found.at_risk, len(CAUSES)),
            **{name: getattr(found, name).ravel() for name in ("events", "estimate", "low", "high")},
        }
    )


def _effects(cohort: Cohort) -> dict[str, Any]:
    counts = {
        "replicates": len(cohort.own),
        "shoppers": int(cohort.curve.at_risk[0]),
        "from_week": cohort.start,
        "to_week": cohort.horizon,
    }
    return counts | _effect("churned", cohort.gone) | _effect("weeks", cohort.weeks)


def _effect(name: str, effect: Effect) -> dict[str, float]:
    low, high = effect.interval
    return {
        name: effect.value,
        f"{name}_error": effect.value_error,
        f"{name}_difference": effect.mean,
        f"{name}_difference_error": effect.error,
        f"{name}_difference_low": low,
        f"{name}_difference_high": high,
    }


def _log_ranks(study: ChurnStudy) -> Iterator[dict[str, Any]]:
    """Yield each policy against the baseline, and under each policy each stratum against the first."""
    baseline = study.policies[0]
    for cohort in (*study.everybody, *study.strata):
        if cohort.policy != baseline:
            yield _log_rank_row(cohort, cohort.twins)
    for grouping in study.groupings:
        for policy in dict.fromkeys((baseline, study.policy)):
            first, *others = (each for each in study.strata if (each.grouping, each.policy) == (grouping, policy))
            yield from (_log_rank_row(other, first) for other in others)


def _log_rank_row(one: Cohort, other: Cohort) -> dict[str, Any]:
    found = log_rank(one.curve, other.curve)
    return {
        **_keys(one),
        "against_policy": other.policy,
        "against_stratum": other.stratum,
        "churned_difference": one.curve.gone - other.curve.gone,
        "weeks_difference": one.curve.mean - other.curve.mean,
        "hazard_ratio": found.hazard_ratio,
        "observed": found.observed,
        "expected": found.expected,
        "chi_square": found.chi_square,
        "p_value": found.p_value,
    }


def _definitions(study: ChurnStudy) -> Iterator[dict[str, Any]]:
    for name, definition in DEFINITIONS.items():
        for policy in study.policies:
            found = returns(study, definition, policy)
            yield {
                "definition": name,
                "policy": policy,
                "meaning": definition.meaning,
                "at_risk_are": definition.at_risk,
                "censored_by": definition.censored,
                "churners": found.churners,
                "back_within_a_year": found.within_a_year,
                "back_by_the_end": found.by_the_end,
            }


def _net_rows(study: ChurnStudy) -> Iterator[dict[str, Any]]:
    for name, definition in DEFINITIONS.items():
        for policy in study.policies:
            found = net_of(study, definition, policy)
            row: dict[str, Any] = {"definition": name, "policy": policy, "shoppers": found.shoppers}
            for part in PARTS:
                each: Part = getattr(found, part)
                more = {"difference": each.difference, "difference_error": each.error}
                row |= {part: each.share, **{f"{part}_{key}": value for key, value in more.items()}}
            yield row


def _verdict_row(verdict: Verdict) -> dict[str, Any]:
    return {
        "definition": verdict.cohort.definition.name,
        "policy": verdict.cohort.policy,
        **_effect("churned", verdict.cohort.gone),
        **_effect("weeks", verdict.cohort.weeks),
        "verdict": verdict.by_share,
        "verdict_by_weeks": verdict.by_weeks,
        "holds": verdict.holds,
        "place": verdict.place,
    }
