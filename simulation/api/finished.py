"""A finished run: tables, measures, figures and a report, from memory or from a folder of results."""

import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.api.frames import Frames, frames_in, frames_of
from simulation.behaviour.spelling import unknown
from simulation.runs import estimates, results
from simulation.runs.columns import column_of_summary, column_of_total
from simulation.runs.detail import Recorder
from simulation.runs.first_story import CHANCE, IF_EXPOSED, IF_SECRET, WEEK, Lives, Split, lived_once
from simulation.runs.folders import write_whole
from simulation.runs.formats import dollars, percent
from simulation.runs.measures import MEASURES, STUDIED, TOTALS
from simulation.runs.outcome import Outcome

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

_SUMMED_UP = ("policy", *map(column_of_summary, ("card_use", "churn", "value", "difference_mean", "loses")))


class Run:
    """What a scenario has come to, policy by policy and replicate by replicate.

    Made by `run` and `load`. Policies and replicates are known by name and number, never by place.

    Examples
    --------
    >>> import aislefour as a4
    >>> run = a4.run(a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=20, replicates=2))
    >>> run.policies[:2]
    ('status quo', 'quiet sale')
    >>> print(run.difference("value").loc[0, "status quo"])
    0.0
    """

    def __init__(
        self, record: Mapping[str, Any], frames: Frames, kept: "Outcome | Path", recorder: Recorder | None = None
    ) -> None:
        self.record, self._frames, self._kept, self._recorder = record, frames, kept, recorder
        self._made: dict[str, pandas.DataFrame] = {}

    @property
    def summary(self) -> "pandas.DataFrame":
        """One row a policy: medians over replicates, and the difference from the baseline; dollars."""
        return self._table("summary")

    @property
    def weekly(self) -> "pandas.DataFrame":
        """One row a policy, replicate, week, market and segment; money in whole cents."""
        return self._table("weekly")

    @property
    def replicates(self) -> "pandas.DataFrame":
        """One row a policy and replicate: every measure, the week of the first story, and the numbers drawn."""
        return self._table("replicates")

    @property
    def shoppers(self) -> "pandas.DataFrame":
        """One row a policy, replicate and shopper: traits, weeks of events, final state.

        Of the first replicate; of every one, with trips, sales and more weeks, if the run was asked for this detail.
        """
        return self._table("shoppers")

    @property
    def events(self) -> "pandas.DataFrame":
        """One row an event of a shopper's life: when, what, about which practice, by what source, from whom.

        Raises ValueError if the run was not asked for this detail.
        """
        return self._table("events")

    @property
    def payments(self) -> "pandas.DataFrame":
        """One row a policy, replicate and week: every payment in whole cents, and what a dollar counts by then."""
        return self._table("payments")

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies' names; the first is the baseline."""
        return tuple(self.summary["policy"])

    def measure(self, name: str) -> "pandas.DataFrame":
        """Return a measure, one row a replicate and one column a policy; raises ValueError with the nearest name.

        Where first stories were split off, a replicate's two lives are weighted by their chances.

        >>> import aislefour as a4
        >>> case = a4.read("member_prices").with_changes(shoppers=300, weeks=20, replicates=2)
        >>> a4.run(case).measure("trust").shape[0]
        2
        """
        if name not in TOTALS:
            raise ValueError(unknown("measure", name, TOTALS))
        table = self.replicates.pivot(index="replicate", columns="policy", values=column_of_total(name))
        table = table.set_axis(table.columns.astype(str), axis=1)[list(self.policies)]
        if self.record["headline"]["split"] and name in STUDIED:
            table[:] = self._split(name).lives(name).by_replicate()
        return table

    def difference(self, name: str = "value") -> "pandas.DataFrame":
        """Return a measure less the baseline's, twin by twin: one row a replicate, one column a policy."""
        values = self.measure(name)
        return values.sub(values[self.policies[0]], axis=0)

    def compare(self, one: str, other: str) -> "pandas.DataFrame":
        """Return by how much every measure is higher under the other of two policies, twin by twin.

        One row a measure: its unit, mean and standard error (from blocks of replicates, missing under four blocks),
        10 %, median and 90 %. Where first stories were split off, both lives are weighted by their chances.
        """
        import pandas as pd

        for policy in (one, other):
            self._refuse_unknown(policy)
        rows = {name: self._compared(name, one, other) for name in STUDIED}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("measure")

    def _compared(self, name: str, one: str, other: str) -> dict[str, Any]:
        found, place = self._differences(name, one), self.policies.index(other)
        mean = estimates.mean(found.by_replicate()[:, place], self.record["headline"]["block_size"])
        low, middle, high = estimates.quantiles(*found.of(place), (0.1, 0.5, 0.9))
        row = {
            "unit": MEASURES[name].unit,
            "mean": mean.value,
            "standard_error": float("nan") if mean.error is None else mean.error,
        }
        return row | {"tenth": low, "median": middle, "ninetieth": high}

    def terms(self) -> "pandas.DataFrame":
        """Return how far each policy's mean moves with each of its own terms, halved and doubled: a row a term.

        Moves are lived anew in a small run, with their standard errors, and stand about the means of this one.
        """
        from simulation.runs.own_terms import move_terms
        from simulation.scenario.reading import read_scenario
        from simulation.show.term_swings import table

        scenario = read_scenario(self._kept / "scenario.yaml") if isinstance(self._kept, Path) else self._kept.scenario
        means = dict(zip(self.policies, self.summary[column_of_summary("difference_mean")].tolist(), strict=True))
        return table(move_terms(scenario).anchored(means, scenario.chain.households)).frame

    def _differences(self, name: str, one: str) -> Lives:
        """Return a measure of every policy less that of one, in every life."""
        place = self.policies.index(one)
        if self.record["headline"]["split"]:
            return self._split(name).differences(name, place)
        values = self._by_policy(column_of_total(name))
        return lived_once(values - values[:, place : place + 1])

    def _split(self, name: str) -> Split:
        """Return a measure in both lives of every replicate."""
        secret, exposed = ({name: self._by_policy(column_of_total(name, life))} for life in (IF_SECRET, IF_EXPOSED))
        return Split(self._by_policy(CHANCE), self._by_policy(WEEK), secret, exposed)

    def _by_policy(self, column: str) -> "NDArray[Any]":
        """Return a column of the table of replicates. Shape (replicates, policies)."""
        table = self.replicates.pivot(index="replicate", columns="policy", values=column)
        return table[list(self.policies)].to_numpy(np.float64, na_value=0.0)

    def plot(self, what: str = "churn", by: str = "policy", policies: Sequence[str] | None = None) -> "Figure":
        """Return a figure of a weekly measure, a line a policy, or a panel a policy with a line a group of `by`."""
        from simulation.report.plotting import plot_tables

        return plot_tables(self._columns, self.record, what, by, policies)

    def report(self, path: str | Path) -> Path:
        """Write the run's report, one page that opens offline; return its path."""
        from simulation.report.report import REPORT, report_page

        path = Path(path)
        if isinstance(self._kept, Path):
            shutil.copyfile(self._kept / REPORT, path)
        else:
            path.write_text(report_page(self._kept), encoding="utf-8")
        return path

    def slides(self, path: str | Path) -> Path:
        """Write the report's first two pages as a deck, an HTML file that prints 16:9; return its path."""
        from simulation.report.report import REPORT, report_page
        from simulation.report.slides import slides_of, write_slides

        path = Path(path)
        if isinstance(self._kept, Path):
            write_slides(self._kept / REPORT, path)
        else:
            path.write_text(slides_of(report_page(self._kept)), encoding="utf-8")
        return path

    def save(self, folder: str | Path) -> Path:
        """Write tables, figures, report and record to a folder, replacing earlier results there whole; return it."""
        from simulation.report.report import add_report

        folder, kept = Path(folder), self._kept
        if isinstance(kept, Path):
            write_whole(folder, results.MARK, partial(_copy, kept))
        else:
            results.write_results(kept, folder, add_report, recorder=self._recorder)
        return folder

    def _table(self, name: str) -> "pandas.DataFrame":
        if name not in self._made:
            self._made[name] = self._frames(name)
        return self._made[name]

    def _columns(self, name: str, columns: Sequence[str]) -> "pandas.DataFrame":
        return self._table(name)[list(columns)]

    def _refuse_unknown(self, policy: str) -> None:
        if policy not in self.policies:
            raise ValueError(unknown("policy", policy, self.policies))

    def __repr__(self) -> str:
        rows = self.summary
        told = ", ".join(f"{policy}: {dollars(difference, True)}" for policy, difference in _differences(rows))
        return f"<Run of {self.record.get('title')}: {told or 'one policy'}>"

    def _repr_html_(self) -> str:
        shown = self.summary[list(_SUMMED_UP)]
        formats: Any = {
            "card_use": percent,
            "churn": percent,
            "value": dollars,
            "difference_mean": lambda value: dollars(value, True),
            "loses": "{:.0%}".format,
        }
        table = shown.to_html(
            index=False, formatters={column_of_summary(name): text for name, text in formats.items()}, border=0
        )
        return f"<p><b>{escape(str(self.record.get('title')))}</b></p>{table}"


def _differences(rows: "pandas.DataFrame") -> list[tuple[str, float]]:
    others = rows.iloc[1:]
    return list(zip(others["policy"], others[column_of_summary("difference_mean")], strict=True))


def _copy(kept: Path, fresh: Path) -> None:
    shutil.copytree(kept, fresh, dirs_exist_ok=True)


def of_outcome(outcome: Outcome, recorder: Recorder | None = None) -> Run:
    """Return an outcome as a run; `recorder` has kept what was asked of single shoppers."""
    return Run(results.run_record(outcome), frames_of(outcome, recorder), outcome, recorder)


def of_folder(folder: Path) -> Run:
    """Return a folder of results as a run; raises ValueError, in plain words, where it holds none."""
    from simulation.report.plot_lines import record_of

    record = record_of(folder)
    return Run(record, frames_in(folder, record), folder)
