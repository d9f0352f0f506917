"""The table under each figure of the report: the same numbers, to be read, copied and heard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.report.balance_figures import promise_and_outcome
from simulation.report.figures import MEASURE_OF
from simulation.report.world_swings import HEADS, rows, world_swings
from simulation.runs.formats import dollars
from simulation.runs.measures import MEASURES
from simulation.runs.measuring import Measure
from simulation.runs.outcome import Outcome
from simulation.runs.parties import harm_per_thousand
from simulation.runs.payers import accounts_against_the_first
from simulation.runs.readings import YEAR
from simulation.runs.statement import in_words
from simulation.scenario.population import GROUPS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sheet:
    """A table with what it is called, the heads of its columns and its rows."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]


def sheet_under(name: str, outcome: Outcome) -> Sheet:
    """Return the table under a figure."""
    return _WHOLE[name](outcome) if name in _WHOLE else _by_year(outcome, MEASURES[MEASURE_OF.get(name, name)])


def _by_year(outcome: Outcome, measure: Measure) -> Sheet:
    middle = measure.by_week(outcome.expected).mean(axis=0)
    last = outcome.scenario.weeks
    weeks = [*range(YEAR, last + 1, YEAR)] or [last]
    unit = "year" if last >= YEAR else "week"
    rows = [(str(week // YEAR if unit == "year" else week), *map(measure.text, middle[week - 1])) for week in weeks]
    return Sheet(f"mean at the end of each {unit}", (unit.capitalize(), *outcome.policies), rows)


def _gains_and_harms(outcome: Outcome) -> Sheet:
    found, harmful = accounts_against_the_first(outcome), harm_per_thousand(outcome)
    heads = ("Policy", *(party.value for party in found), *(f"harm per 1,000 {group}" for group in GROUPS))
    rows = [
        (
            policy,
            *(in_words(means[place]) for means in found.values()),
            *(f"{harmful[policy, group]:.1f}" for group in GROUPS),
        )
        for place, policy in enumerate(outcome.policies)
        if place
    ]
    return Sheet("means, and harm to be expected", heads, rows)


def _naive_and_simulated(outcome: Outcome) -> Sheet:
    rows = []
    for place, policy in enumerate(outcome.policies):
        if place:
            naive, simulated = promise_and_outcome(outcome, place)
            rows.append((policy, *(dollars(value, True) for value in (naive, simulated, simulated - naive))))
    return Sheet("means, undiscounted", ("Policy", "naive", "simulated", "difference"), rows)


_WHOLE: Mapping[str, Callable[[Outcome], Sheet]] = {
    "gains_and_harms": _gains_and_harms,
    "naive_and_simulated": _naive_and_simulated,
    "world_swings": lambda outcome: Sheet("means at both ends", HEADS, rows(world_swings(outcome))),
}
