"""What a chart shows of a run week by week, while it is lived: a few lines a policy, of one replicate."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from simulation.model.accounts import Party
from simulation.model.ledger import Measure
from simulation.model.simulation import Simulation
from simulation.runs.lived import groups_of
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import Outcome, Replicate

Floats = NDArray[np.float64]
Columns = dict[str, list[float]]


_SMOOTHED = 13  # weeks, as in the figures
_HALF_A_YEAR = 26  # weeks


@dataclass(frozen=True)
class Line:
    """What is shown, in words, and how a value of it is written."""

    name: str
    title: str
    shape: str  # as the charts' script writes a value
    text: str  # as a table has it


LINES = (
    Line("difference", "Value so far against the baseline", "$0,0", "{:,.0f}"),
    Line("card_use", "Card use, over the last 13 weeks", "0.0%", "{:.1%}"),
    Line("staying", "Opening patrons who have not left yet", "0.0%", "{:.1%}"),
    Line("trust", "Mean trust in the retailer", "0.000", "{:.3f}"),
)


class Weeks:
    """The lines of one model, read off its books in parts as it goes on."""

    def __init__(self, model: Simulation) -> None:
        self._model, self._read = model, 0
        self._value = np.zeros(len(model.policies))
        self._gone = np.zeros(len(model.policies))
        self._opening = np.ones(len(model.policies))
        self._sales = np.zeros((_SMOOTHED - 1, 2, len(model.policies)))

    def new(self) -> Columns:
        """Return what has not been read yet: a column a line and policy, a row a week."""
        first, last = self._read, self._model.week
        part = self._part(first, last)
        if not first:
            self._opening = np.maximum(1, part.opening_patrons()[0])
        value = self._value + np.cumsum(part.balance(Party.RETAILER)[0] / 100, axis=0)
        gone = self._gone + np.cumsum(part.weekly(Measure.FIRST_LEFT)[0], axis=0)
        self._read, self._value, self._gone = last, value[-1], gone[-1]
        lines = {
            "difference": value - value[:, :1],
            "card_use": self._card_use(part),
            "staying": 1 - gone / self._opening,
            "trust": MEASURES["trust"].by_week(part)[0],
        }
        return {"week": [float(week) for week in range(first + 1, last + 1)], **_columns(lines)}

    def _card_use(self, part: Outcome) -> Floats:
        """Return the carded share of the sales of the weeks up to each, so many of them or as many as there are."""
        new = np.stack([part.weekly(Measure.CARDED_SALES)[0], part.weekly(Measure.SALES)[0]], axis=1)
        known = np.concatenate([self._sales, new])
        self._sales = known[-(_SMOOTHED - 1) :]
        carded, all_sales = np.moveaxis(sliding_window_view(known, _SMOOTHED, axis=0).sum(axis=-1), 1, 0)
        return np.asarray(carded / np.maximum(1, all_sales))

    def _part(self, first: int, last: int) -> Outcome:
        model, some = self._model, slice(first, last)
        books = model.ledger.weekly[some], model.accounts.weekly[some]
        replicate = Replicate(model.replicate, *books, groups_of(model), {}, model.exposed_week)
        return Outcome(model.case, (replicate,), model.engine.crowd, "columns", 0.0, "")


def column(line: str, policy: int) -> str:
    """Return the name of the column that holds a line of a policy, by place."""
    return f"{line}_{policy}"


def _columns(lines: dict[str, Floats]) -> Columns:
    return {
        column(name, policy): [float(f"{value:.6g}") for value in values]
        for name, rows in lines.items()
        for policy, values in enumerate(rows.T)
    }


def tables(lines: Columns, policies: int) -> list[tuple[str, list[tuple[int, list[str]]]]]:
    """Return each line's title and its rows, one every half year: the week and what stands there, policy by policy."""
    weeks = [place for place, week in enumerate(lines["week"]) if week % _HALF_A_YEAR == 0]
    return [
        (
            line.title,
            [
                (
                    int(lines["week"][place]),
                    [line.text.format(lines[column(line.name, k)][place]) for k in range(policies)],
                )
                for place in weeks
            ],
        )
        for line in LINES
    ]


def joined(parts: list[Columns]) -> dict[str, Any]:
    """Return all parts as one."""
    return {name: [value for part in parts for value in part[name]] for name in (parts[0] if parts else {})}
