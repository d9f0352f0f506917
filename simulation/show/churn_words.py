"""What a churn study found, in words and small tables."""

import textwrap
from collections.abc import Iterator, Sequence
from math import isnan
from pathlib import Path

from rich.table import Table

from simulation.show.screen import Screen
from simulation.study.churn import LANDMARK, ChurnStudy, Cohort
from simulation.study.churn_definitions import CAUSES, DEFINITIONS
from simulation.study.churn_tables import SIGNS, Verdict, incidence, order, returns, verdicts
from simulation.study.headline import CAVEAT
from simulation.study.outcome import YEAR
from simulation.study.survival import log_rank

ABOUT_P = (
    "p is that of the log-rank test. The number of shoppers is yours to choose, and p falls with it however small the "
    "effect: read the differences first. Twins are compared as if they were strangers, which makes p too large."
)
"""What to know before reading a p-value."""


_NOTHING = 1e-9  # what adding up leaves of nothing


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
        f"{defined(study)} {_ended(study)}".strip(),
        *(_other_definitions(study) if len(study.policies) > 1 else ()),
    ]


def _ended(study: ChurnStudy) -> str:
    """Return how much of the churn is not for good."""
    found, baseline = returns(study, study.definition, study.policies[0]), study.policies[0]
    if not found.churners:
        return ""
    if isnan(found.within_a_year):
        return f"Under '{baseline}' {found.by_the_end:.0%} of such churn is over again by the end of the run."
    return f"Under '{baseline}' {found.within_a_year:.0%} of such churn is over again within a year."


def _headline(study: ChurnStudy) -> str:
    cohort, baseline = study.cohort(study.policy), study.policies[0]
    said = f"Under '{study.policy}' {cohort.gone.value:.1%} of {study.definition.at_risk} {study.definition.phrase} in "
    if study.policy == baseline:
        return f"{said}{span_of(study)}; on average that takes {cohort.weeks.value:.0f} of {cohort.horizon} weeks."
    more = "more" if cohort.gone.mean >= 0 else "fewer"
    low, high = cohort.gone.interval
    fewer = "earlier" if cohort.weeks.mean <= 0 else "later"
    return (
        f"{said}{span_of(study)}, {points(cohort.gone.mean)[1:]} points {more} than under '{baseline}' "
        f"({of_what(study)} from {points(low)} to {points(high)}), and on average {abs(cohort.weeks.mean):.1f} weeks "
        f"{fewer}: after {cohort.weeks.value:.0f} of {cohort.horizon} weeks, who never churns counted in full."
    )


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
        f"  • '{chosen.policy}' {_VERDICTS[sign]} ({points(chosen.gone.mean)} points): so it is under "
        f"{sum(verdict.holds for verdict in each)} of {len(each)} definitions{f' (not {others})' if others else ''}, "
        f"and by weeks instead of shares under {by_weeks}."
    )


_VERDICTS = {
    "more": "makes for more churn",
    "less": "makes for less churn",
    "open": "cannot be told from the baseline",
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


def show_churn(study: ChurnStudy, paths: Sequence[Path]) -> None:
    """Print the answer in words, small tables, and where the rest is."""
    console = Screen(highlight=False)
    console.print(f"\n[bold]{study.scenario.title}: churn[/bold]\n", markup=True)
    for sentence in in_words(study):
        console.print(sentence.strip(), markup=False)
    for heading, table in _tables(study):
        console.print(f"\n{heading}", style="bold", markup=False)
        console.print(table)
    for note in _notes(study):
        console.print(f"\n{note}", style="dim", markup=False)
    console.print(f"\nTables, figures and record: {paths[0].parent}", markup=False, soft_wrap=True)


def _notes(study: ChurnStudy) -> Iterator[str]:
    if study.landmark is not None:
        yield at_landmark(study)
    if study.policy != study.policies[0]:
        yield f"The definitions: {legend()} Over in a year: of those who churned under '{study.policies[0]}'."
        yield ABOUT_P
    yield CAVEAT


def _tables(study: ChurnStudy) -> Iterator[tuple[str, Table]]:
    name = study.definition.name
    yield f"By policy ('{name}'; in brackets {of_what(study)})", _by_policy(study)
    if study.policy != study.policies[0]:
        yield f"By definition ('{study.policies[0]}' and '{study.policy}')", _by_definition(study)
    if study.strata:
        against = " against the same shoppers" if study.policy != study.policies[0] else ""
        yield f"By stratum ('{name}', '{study.policy}'{against})", _by_stratum(study)
    yield "By cause: members lost first to each, competing (Aalen-Johansen)", _by_cause(study)


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(columns[0], no_wrap=True)
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _narrow(name: str) -> str:
    return textwrap.fill(name, 14)


def _by_policy(study: ChurnStudy) -> Table:
    table = _table("policy", "churned", "restricted\nmean", *_DIFFERENCES)
    for policy in study.policies:
        cohort = study.cohort(policy)
        more = _differences(cohort) if policy != study.policies[0] else ("baseline",)
        mean = f"{cohort.weeks.value:.1f} ± {cohort.weeks.value_error:.1f}"
        table.add_row(policy, f"{cohort.gone.value:.1%}", mean, *more)
    return table


_DIFFERENCES = ("points (10-90 %)", "weeks", "hazard\nratio", "p")


def _differences(cohort: Cohort) -> tuple[str, ...]:
    """Return differences from the baseline as cells: points, weeks, hazard ratio, p."""
    rank = log_rank(cohort.curve, cohort.twins.curve)
    return _points(cohort), signed(cohort.weeks.mean), f"{rank.hazard_ratio:.2f}", f"{rank.p_value:.2g}"


def _points(cohort: Cohort) -> str:
    low, high = map(points, cohort.gone.interval)
    return f"{points(cohort.gone.mean)} ({low} to {high})"


def _by_definition(study: ChurnStudy) -> Table:
    table = _table(
        "definition", *map(_narrow, (study.policies[0], study.policy)), "points (10-90 %)", "weeks", "over in\na year"
    )
    for name, definition in DEFINITIONS.items():
        baseline, cohort = (study.cohort(policy, name) for policy in (study.policies[0], study.policy))
        within = returns(study, definition, study.policies[0]).within_a_year
        shares = (f"{each.gone.value:.1%}" for each in (baseline, cohort))
        table.add_row(
            name, *shares, _points(cohort), signed(cohort.weeks.mean), "-" if isnan(within) else f"{within:.0%}"
        )
    return table


def _by_stratum(study: ChurnStudy) -> Table:
    table = _table("stratum", "shoppers", "churned", *(_DIFFERENCES if study.policy != study.policies[0] else ()))
    for cohort in study.strata:
        if cohort.policy == study.policy:
            more = _differences(cohort) if study.policy != study.policies[0] else ()
            table.add_row(cohort.stratum, f"{cohort.curve.at_risk[0]:,}", f"{cohort.gone.value:.1%}", *more)
    return table


def _by_cause(study: ChurnStudy) -> Table:
    shown = list(dict.fromkeys((study.policies[0], study.policy)))
    ends = [incidence(study, policy).estimate[:, -1] for policy in shown]
    table = _table("cause", *map(_narrow, shown), *(("points",) if len(shown) > 1 else ()))
    for place, cause in enumerate(CAUSES):
        shares = [float(end[place]) for end in ends]
        table.add_row(cause, *map("{:.1%}".format, shares), *([points(shares[1] - shares[0])] if shares[1:] else []))
    return table
