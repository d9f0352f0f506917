"""A churn study as words, tables and figures."""

from collections.abc import Callable, Iterator
from itertools import starmap
from math import isnan
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from simulation.questions.answer import Answer
from simulation.questions.churn.churn import ChurnStudy, Cohort
from simulation.questions.churn.definitions import CAUSES, DEFINITIONS
from simulation.questions.churn.figures import pictures
from simulation.questions.churn.net import net_of
from simulation.questions.churn.survival import log_rank
from simulation.questions.churn.tables import COLUMNS, SIGNS, incidence, returns, tables, verdicts
from simulation.questions.churn.words import in_words, notes, of_what, points, signed
from simulation.runs.formats import percent
from simulation.show.tables import Column, Table, frame_of

if TYPE_CHECKING:
    import pandas

Text = Callable[[Cohort], str]


def of_study(study: ChurnStudy) -> Answer:
    """Return who churns, when and by which cause, and whether that depends on what is called churn."""
    return Answer(
        question="churn",
        title=f"{study.scenario.title}: churn",
        asked={"definition": study.definition.name, "policy": study.policy, "by": list(study.groupings)},
        said=tuple(sentence.strip() for sentence in in_words(study)),
        found=study,
        tables=(*_for_people(study), *starmap(_for_file, tables(study).items())),
        draw=lambda: pictures(study),
        notes=tuple(notes(study)),
        values={"verdicts": _verdicts(study), "definitions": _definitions(), "columns": COLUMNS},
    )


def _for_file(name: str, frame: "pandas.DataFrame") -> Table:
    return Table(name, lambda: frame)


def _definitions() -> dict[str, str]:
    return {name: definition.meaning for name, definition in DEFINITIONS.items()}


def _verdicts(study: ChurnStudy) -> dict[str, Any]:
    found = verdicts(study)
    return {
        policy: {
            "verdict": SIGNS[study.cohort(policy).gone.sign],
            "holds_under": [
                each.cohort.definition.name for each in found if each.cohort.policy == policy and each.holds
            ],
        }
        for policy in study.policies[1:]
    }


# --- tables -------------------------------------------------------------------------------------------------------


def _for_people(study: ChurnStudy) -> Iterator[Table]:
    name, compared = study.definition.name, study.policy != study.policies[0]
    yield _by_policy(study, f"By policy ('{name}'; in brackets {of_what(study)})")
    if compared:
        yield _by_definition(study, f"By definition ('{study.policies[0]}' and '{study.policy}')")
    if study.strata:
        against = " against the same shoppers" if compared else ""
        yield _by_stratum(study, f"By stratum ('{name}', '{study.policy}'{against})")
    yield _by_cause(study, "By cause: members lost first to each, competing (Aalen-Johansen)")


def _cohorts(title: str, cohorts: list[Cohort], columns: dict[str, Text]) -> Table:
    """Return a row a cohort, the first column being words."""
    shown = tuple(Column(head, _of_cohort(text), left=not place) for place, (head, text) in enumerate(columns.items()))
    return Table("", lambda: frame_of(("cohort",), ((each,) for each in cohorts)), shown, title)


def _of_cohort(text: Text) -> Callable[[Any], str]:
    return lambda row: text(row["cohort"])


def _by_policy(study: ChurnStudy, title: str) -> Table:
    baseline = study.policies[0]
    columns: dict[str, Text] = {
        "policy": lambda each: each.policy,
        "churned": _churned,
        "back at the end": lambda each: percent(net_of(study, each.definition, each.policy).returned.share),
        "lost": lambda each: percent(net_of(study, each.definition, each.policy).lost.share),
        "restricted mean": lambda each: f"{each.weeks.value:.1f} ± {each.weeks.value_error:.1f}",
        **{head: _but_for(baseline, text) for head, text in _DIFFERENCES.items()},
    }
    return _cohorts(title, [study.cohort(policy) for policy in study.policies], columns)


def _churned(each: Cohort) -> str:
    return percent(each.gone.value)


def _but_for(baseline: str, text: Text) -> Text:
    return lambda each: "" if each.policy == baseline else text(each)


def _points(cohort: Cohort) -> str:
    low, high = map(points, cohort.gone.interval)
    return f"{points(cohort.gone.mean)} ({low} to {high})"


_DIFFERENCES: dict[str, Text] = {
    "points (10-90 %)": _points,
    "weeks": lambda each: signed(each.weeks.mean),
    "hazard ratio": lambda each: f"{log_rank(each.curve, each.twins.curve).hazard_ratio:.2f}",
    "p": lambda each: f"{log_rank(each.curve, each.twins.curve).p_value:.2g}",
}


def _by_definition(study: ChurnStudy, title: str) -> Table:
    baseline = study.policies[0]

    def over(each: Cohort) -> str:
        within = returns(study, each.definition, baseline).within_a_year
        return "-" if isnan(within) else f"{within:.0%}"

    columns: dict[str, Text] = {
        "definition": lambda each: each.definition.name,
        baseline: lambda each: _churned(study.cohort(baseline, each.definition.name)),
        study.policy: _churned,
        "points (10-90 %)": _points,
        "weeks": _DIFFERENCES["weeks"],
        "over in a year": over,
    }
    return _cohorts(title, [study.cohort(study.policy, name) for name in DEFINITIONS], columns)


def _by_stratum(study: ChurnStudy, title: str) -> Table:
    more = _DIFFERENCES if study.policy != study.policies[0] else {}
    columns: dict[str, Text] = {
        "stratum": lambda each: each.stratum,
        "shoppers": lambda each: f"{each.curve.at_risk[0]:,}",
        "churned": _churned,
        **more,
    }
    return _cohorts(title, [each for each in study.strata if each.policy == study.policy], columns)


def _by_cause(study: ChurnStudy, title: str) -> Table:
    shown = list(dict.fromkeys((study.policies[0], study.policy)))
    ends = [incidence(study, policy).estimate[:, -1] for policy in shown]
    rows = ((cause, *(float(end[place]) for end in ends)) for place, cause in enumerate(CAUSES))
    columns = [Column("cause", itemgetter("cause"), left=True)]
    columns += [Column(policy, _percent_of(policy)) for policy in shown]
    if len(shown) > 1:
        columns.append(Column("points", lambda row: points(row[shown[1]] - row[shown[0]])))
    return Table("", lambda: frame_of(("cause", *shown), rows), tuple(columns), title)


def _percent_of(name: str) -> Callable[[Any], str]:
    return lambda row: percent(row[name])
