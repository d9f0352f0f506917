"""What a churn study found, in words."""

from collections.abc import Iterator
from math import isnan

from simulation.questions.churn.churn import LANDMARK, ChurnStudy, Cohort
from simulation.questions.churn.definitions import DEFINITIONS
from simulation.questions.churn.net import net_of
from simulation.questions.churn.tables import SIGNS, Verdict, order, returns, verdicts
from simulation.runs.caveats import caveat
from simulation.runs.readings import YEAR

ABOUT_P = (
    "p is the p-value of the log-rank test. It falls as more shoppers are simulated, however small the effect is, so "
    "read the differences first. The test treats twins as independent, which makes p too large."
)
"""What to know before reading a p-value."""


_NOTHING = 1e-9  # what adding up leaves of nothing
_A_TENTH = 0.05  # what a tenth of a week is rounded from


def points(share: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    return signed(100 * share)


def signed(number: float) -> str:
    """Return a number with its sign, to a tenth or, if it is smaller than that, to two figures."""
    if abs(number) < _NOTHING:
        return "0"
    text = f"{number:+.1f}" if abs(number) >= 0.095 else f"{number:+.2g}"  # noqa: PLR2004
    return text.replace("-", "−")


def span_of(study: ChurnStudy) -> str:
    """Return how long the scenario lasts, in words."""
    years, rest = divmod(study.scenario.weeks, YEAR)
    return f"{study.scenario.weeks} weeks" if rest or years < 2 else f"{years} years"  # noqa: PLR2004


def defined(study: ChurnStudy) -> str:
    """Return what churn means here, who is at risk and what is censored, in a sentence."""
    used = study.definition
    return f"Churn ('{used.name}'): {used.meaning}. At risk: {used.at_risk}; censored {used.censored}."


def sized(study: ChurnStudy) -> str:
    """Return how many shoppers and replicates stand behind the numbers."""
    count, shoppers = study.scenario.replicates, study.scenario.population.shoppers
    return f"{shoppers:,} simulated shoppers" + (f" in each of {count} replicates, pooled" if count > 1 else "")


def legend() -> str:
    """Return what a shopper does who churns by each definition, in a sentence."""
    return f"{'; '.join(f'{name}: {each.phrase}' for name, each in DEFINITIONS.items())}."


def at_landmark(study: ChurnStudy) -> str:
    """Return how awareness is dealt with, in a sentence."""
    return (
        f"Awareness is what shoppers know in week {study.landmark} under '{study.policy}', {LANDMARK} weeks after its "
        "first planned story or, if none is planned, its first action; only those count who by then have churned in "
        "neither life, and only from then on. Sorted by whether they ever learn of it, the aware would seem to last "
        "longer, since one has to stay to learn."
    )


def in_words(study: ChurnStudy) -> list[str]:
    """Return the answer in sentences: the chosen policy, the definition, other definitions, the verdicts."""
    return [
        _headline(study),
        _on_balance(study),
        f"{defined(study)} {_ended(study)}".strip(),
        *(_other_definitions(study) if len(study.policies) > 1 else ()),
    ]


def _ended(study: ChurnStudy) -> str:
    """Return how much of the churn is not for good."""
    found, baseline = returns(study, study.definition, study.policies[0]), study.policies[0]
    if not found.churners:
        return ""
    if isnan(found.within_a_year):
        return f"Under '{baseline}' {found.by_the_end:.0%} of those who churn have come back by the end of the run."
    return f"Under '{baseline}' {found.within_a_year:.0%} of those who churn come back within a year."


def _on_balance(study: ChurnStudy) -> str:
    """Return how many of those who churned are back at the end, and how many are lost."""
    found = net_of(study, study.definition, study.policy)
    if not found.ever.share:
        return f"Nobody churns under '{study.policy}'."
    said = (
        f"At the end {found.returned.share / found.ever.share:.0%} of them are back, so that on balance "
        f"{found.lost.share:.1%} are lost"
    )
    if study.policy == study.policies[0]:
        return f"{said}."
    more, error = points(found.lost.difference), 100 * found.lost.error
    return f"{said}: {more} points against '{study.policies[0]}', with a standard error of {error:.2g}."


def _headline(study: ChurnStudy) -> str:
    cohort, baseline = study.cohort(study.policy), study.policies[0]
    said = f"Under '{study.policy}' {cohort.gone.value:.1%} of {study.definition.at_risk} {study.definition.phrase} in "
    if study.policy == baseline:
        return f"{said}{span_of(study)}; on average that takes {cohort.weeks.value:.0f} of {cohort.horizon} weeks."
    low, high = cohort.gone.interval
    return (
        f"{said}{span_of(study)}, {_than(cohort.gone.mean, baseline)} ({of_what(study)} from {points(low)} to "
        f"{points(high)}), and on average {_when(cohort.weeks.mean)}: after {cohort.weeks.value:.0f} of "
        f"{cohort.horizon} weeks, with the whole period counted for those who never churn."
    )


def _than(share: float, baseline: str) -> str:
    if abs(share) < _NOTHING:
        return f"as many as under '{baseline}'"
    return f"{points(share)[1:]} points {'more' if share > 0 else 'fewer'} than under '{baseline}'"


def _when(weeks: float) -> str:
    if abs(weeks) < _A_TENTH:
        return "at the same time"
    return f"{abs(weeks):.1f} weeks {'earlier' if weeks < 0 else 'later'}"


def of_what(study: ChurnStudy) -> str:
    """Return what an interval is one of."""
    return "80 % of replicates" if study.scenario.replicates > 1 else "80 % by chance alone, one replicate"


def _other_definitions(study: ChurnStudy) -> Iterator[str]:
    ranked = sorted(DEFINITIONS, key=lambda name: study.cohort(study.policies[0], name).gone.value)
    strict, lax = (study.cohort(study.policy, name) for name in (ranked[0], ranked[-1]))
    if study.policy != study.policies[0]:
        yield f"By the strictest definition, {_said(strict)}; by the laxest, {_said(lax)}."
    found = verdicts(study)
    for policy in study.policies[1:]:
        yield _verdict(study.cohort(policy), [each for each in found if each.cohort.policy == policy])
    yield _about_order(study)


def _verdict(chosen: Cohort, each: list[Verdict]) -> str:
    """Return what the chosen definition says of a policy, and how many definitions say the same."""
    sign = SIGNS[chosen.gone.sign]
    by_weeks = [verdict.by_weeks for verdict in each].count(sign)
    others = ", ".join(verdict.cohort.definition.name for verdict in each if not verdict.holds)
    return (
        f"  • '{chosen.policy}' {_VERDICTS[sign]} ({points(chosen.gone.mean)} points). "
        f"{sum(verdict.holds for verdict in each)} of {len(each)} definitions "
        f"agree{f' (not {others})' if others else ''}; {by_weeks} agree if weeks until churn are compared instead of "
        "shares."
    )


_VERDICTS = {
    "more": "raises churn",
    "less": "reduces churn",
    "open": "is not distinguishable from the baseline",
}


def _said(cohort: Cohort) -> str:
    return f"'{cohort.definition.name}', {cohort.gone.value:.1%} ({points(cohort.gone.mean)} points)"


def _about_order(study: ChurnStudy) -> str:
    chosen = order(study)
    others = [order(study, name) for name in DEFINITIONS]
    same, last = others.count(chosen), [each[-1] for each in others].count(chosen[-1])
    return (
        f"The order of the policies by churn is the same under {same} of {len(others)} definitions; '{chosen[-1]}' has "
        f"most churn under {last}."
    )


def notes(study: ChurnStudy) -> Iterator[str]:
    """Yield what has to be known to read a study."""
    if study.landmark is not None:
        yield at_landmark(study)
    if study.policy != study.policies[0]:
        yield f"The definitions: {legend()} Back within a year: of those who churned under '{study.policies[0]}'."
        yield ABOUT_P
    yield caveat(study.scenario)
