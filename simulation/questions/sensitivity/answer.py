"""What an answer hangs on as words, tables and figures."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from simulation.questions.answer import Answer
from simulation.questions.sensitivity.figures import pictures, size_of
from simulation.questions.sensitivity.indices import CHANCE, Share, Swing
from simulation.questions.sensitivity.sensitivity import Influence
from simulation.questions.sensitivity.words import (
    MEANINGS,
    amount,
    grade_of,
    interval_in_words,
    name_in_words,
    numbers_in_words,
    shares_in_words,
    with_error,
)
from simulation.runs.caveats import CAVEAT
from simulation.runs.own_terms import TermSwings
from simulation.show import term_swings
from simulation.show.tables import Column, Table, frame_of

if TYPE_CHECKING:
    import pandas


def of_terms(policy: str, found: TermSwings) -> Answer:
    """Return what a policy owes to each of its own terms: words, a row a term, a figure."""
    return Answer(
        question="sensitivity",
        title=f"{policy} against {found.baseline}: its own terms",
        asked={
            "policy": policy,
            "measure": "value",
            "unit": "dollars",
            "numbers": [each.term.name for each in found.swings],
        },
        said=tuple(term_swings.in_words(found)),
        found=found,
        tables=(term_swings.table(found),),
        draw=lambda: [term_swings.picture(found)] if found.swings else [],
    )


def of_influence(found: Influence) -> Answer:
    """Return what a policy's difference hangs on, and how much of its variance is guesses."""
    baseline = next(iter(found.scenario.policies))
    return Answer(
        question="sensitivity",
        title=f"{found.policy} against {baseline}: {found.measure.replace('_', ' ')}",
        asked={
            "policy": found.policy,
            "measure": found.measure,
            "unit": found.unit,
            "effort": asdict(found.effort),
            "numbers": {name: list(ends) for name, ends in found.question.ends.items()},
        },
        said=(*shares_in_words(found), *numbers_in_words(found)),
        found=found,
        tables=(
            _numbers(found),
            _grades(found),
            Table("screening", lambda: screening(found)),
            Table("shares", lambda: shares(found)),
            Table("swings", lambda: swings(found)),
        ),
        draw=lambda: pictures(found),
        notes=(
            f"With everything as in a run the difference is {with_error(found.unit, found.usual)} on average over "
            f"{found.effort.replicates} replicates, each lived once. A run is more precise: it has more replicates "
            "and lives each with and without a story.",
            size_of(found),
            *(f"{name.capitalize()}: {meaning}." for name, meaning in MEANINGS.items()),
            CAVEAT,
        ),
        values={
            "as_in_a_run": found.usual.value,
            "as_in_a_run_error": found.usual.error,
            "standard_deviation": found.shares.deviation,
        },
    )


# --- tables -------------------------------------------------------------------------------------------------------


def _grades(found: Influence) -> Table:
    """Return a row a grade: how many numbers have it, and their share of the variance, for people."""
    grades = list(found.question.grades.values())
    columns = (
        Column("grade", lambda row: row["share"].name, left=True),
        Column("numbers", lambda row: str(grades.count(row["share"].name)) if row["share"].name != CHANCE else ""),
        Column("alone (95 %)", lambda row: interval_in_words(row["share"])),
        Column("with others (95 %)", lambda row: interval_in_words(row["share"], total=True)),
    )
    rows = ((share,) for share in found.shares.by_grade)
    return Table("", lambda: frame_of(("share",), rows), columns, "By grade")


def _numbers(found: Influence) -> Table:
    """Return a row a number looked at closely: its share of the variance, and the ends of its swing, for people."""
    swings = {swing.name: swing for swing in found.swings}
    ordered = sorted(found.shares.by_number, key=lambda share: -share.total)
    columns = (
        Column("number", lambda row: _named(row["share"], row["swing"]), left=True),
        Column("grade", lambda row: grade_of(row["share"].name) if row["swing"] else "", left=True),
        Column("with others (95 %)", lambda row: interval_in_words(row["share"], total=True)),
        Column("low end", lambda row: _end(found, row["swing"], 0)),
        Column("high end", lambda row: _end(found, row["swing"], 1)),
        Column("moves it by", lambda row: with_error(found.unit, row["swing"].moved) if row["swing"] else ""),
    )
    rows = ((share, swings.get(share.name)) for share in ordered)
    return Table("", lambda: frame_of(("share", "swing"), rows), columns, "By number")


def _named(share: Share, swing: Swing | None) -> str:
    return name_in_words(share.name) if swing else share.name


def _end(found: Influence, swing: Swing | None, end: int) -> str:
    if swing is None:
        return ""
    return f"{swing.ends[end]:g}: {amount(found.unit)((swing.low, swing.high)[end])}"


def screening(found: Influence) -> "pandas.DataFrame":
    """Return one row a number, the most influential first: what it changes over its range, in the measure's unit."""
    import pandas as pd

    table = pd.DataFrame(
        {
            "number": found.screened.names,
            "grade": [found.question.grades[name] for name in found.screened.names],
            "influence": found.screened.influence,
            "influence_error": found.screened.error,
            "unevenness": found.screened.spread,
        }
    )
    return table.sort_values("influence", ascending=False, kind="stable")


def shares(found: Influence) -> "pandas.DataFrame":
    """Return one row a grade and a number: shares of the variance, errors are half the width of 95 % intervals."""
    import pandas as pd

    parts = (("grade", found.shares.by_grade), ("number", found.shares.by_number))
    return pd.DataFrame(
        [{"of": kind, "grade": grade_of(each.name), **asdict(each)} for kind, of in parts for each in of]
    )


def swings(found: Influence) -> "pandas.DataFrame":
    """Return one row a number: the ends of its range, the difference there and as in a run, and how far it moves."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "number": swing.name,
                "grade": grade_of(swing.name),
                "low_end": swing.ends[0],
                "high_end": swing.ends[1],
                "difference_at_low_end": swing.low,
                "difference_as_in_a_run": found.usual.value,
                "difference_at_high_end": swing.high,
                "moved": swing.moved.value,
                "moved_error": swing.moved.error,
            }
            for swing in found.swings
        ]
    )
