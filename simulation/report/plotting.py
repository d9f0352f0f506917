"""Any line of a run's results, by policy, market, segment or trait of its shoppers, as a figure to be restyled.

from simulation.report.plotting import plot
figure = plot("results/shopsense_ifa", what="churn", by="segment")
"""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from simulation.report.plot_lines import (
    FEWEST,
    SHOPPERS_BY,
    WEEKLY_BY,
    Floats,
    Lines,
    Tables,
    from_shoppers,
    from_weeks,
    named,
    plottable,
    record_of,
    tables_in,
)
from simulation.runs.measuring import Measure
from simulation.show.drawing import COLOURS, DASHES, STYLE, mark_years, write_caption
from simulation.show.lettering import make_legible

_LEGEND = 2.4  # inches
_SAID = {
    "heard_by": "how they first heard of it",
    "older": "age",
    "low_income": "income",
    "vulnerable": "vulnerability",
}


def plot(results: str | Path, what: str = "churn", by: str = "policy", policies: Sequence[str] | None = None) -> Figure:
    """Return a figure of a run's results, a line a policy, or a panel a policy with a line a group of `by`.

    Lines are medians of the replicates as luck lived each, with bands from 10 to 90 %; churn by traits of shoppers is
    that of the first replicate. Raises ValueError, in plain words, for what the results do not hold.
    """
    folder = Path(results)
    return plot_tables(tables_in(folder), record_of(folder), what, by, policies)


def plot_tables(
    tables: Tables, record: Mapping[str, object], what: str, by: str, policies: Sequence[str] | None
) -> Figure:
    """Return the same of tables that are at hand, with the record of their run."""
    chosen = named("what", what, plottable())
    if by in WEEKLY_BY:
        lines, bands = from_weeks(tables, plottable()[chosen], by), True
    elif what == "churn" and by in SHOPPERS_BY:
        lines, bands = from_shoppers(tables, by), False
    else:
        known = (*WEEKLY_BY, *SHOPPERS_BY) if what == "churn" else WEEKLY_BY
        raise ValueError(f"by: {what} can be told apart by {', '.join(dict.fromkeys(known))}, not by '{by}'")
    wanted = [named("policies", name, lines) for name in policies] if policies else list(lines)
    with mpl.rc_context(STYLE):
        return _drawn(plottable()[chosen], by, {name: lines[name] for name in wanted}, bands, record)


def _drawn(what: Measure, by: str, lines: Lines, bands: bool, record: Mapping[str, object]) -> Figure:
    """Draw one panel for all policies, or one for each."""
    panels: Mapping[str, Mapping[str, Floats]] = lines
    if by == "policy":
        panels = {what.title: {name: groups[name] for name, groups in lines.items()}}
    figure, grid = _grid(len(panels))
    names = list(dict.fromkeys(name for groups in panels.values() for name in groups))
    for axes, (title, groups) in zip(grid.flat, panels.items(), strict=False):
        _draw_panel(axes, title, groups, names, bands)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: what.text(value)))
        axes.label_outer()
    drawn = {str(line.get_label()): line for axes in grid.flat for line in axes.get_lines()}
    said = [textwrap.fill(name, 22) for name in names]
    beside = (1 - (_LEGEND - 0.2) / figure.get_figwidth(), 0.5)
    figure.legend([drawn[name] for name in names], said, loc="center left", bbox_to_anchor=beside, frameon=False)
    write_caption(figure, _caption(what, by, bands, record))
    make_legible(figure)
    return figure


def _grid(count: int) -> tuple[Figure, "np.ndarray[Any, Any]"]:
    """Return a figure with so many panels, and room for a legend beside and a caption beneath them."""
    columns = min(2, count)
    rows = -(-count // columns)
    width, height = (8.4, 10.8)[columns - 1], 3.0 * rows + 1.5
    figure = Figure(figsize=(width, height), dpi=160)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    sides = {"left": 0.95 / width, "right": 1 - _LEGEND / width}
    figure.subplots_adjust(**sides, bottom=1.35 / height, top=1 - 0.5 / height)
    for axes in grid.flat[count:]:
        axes.set_visible(False)
    return figure, grid


_ALL = (
    "Median and 10-90 % of the replicates as luck lived each of them, which is not the mean, weighted by the chance of "
    "exposure, of a report"
)
_FIRST_ALONE = f"The first replicate alone; groups of fewer than {FEWEST} opening patrons are not drawn"


def _caption(what: Measure, by: str, bands: bool, record: Mapping[str, object]) -> str:
    title = what.title.split(": ")[0]
    title += "" if by == "policy" else f" by {_SAID.get(by, by)}"
    over = _ALL if bands else _FIRST_ALONE
    over += ". Who comes to hear differs from who does not in more than hearing" if by == "heard_by" else ""
    return f"{title}: {what.meaning}. {over}. The vertical axis need not start at 0. Simulated: {record.get('title')}."


def _draw_panel(axes: Axes, title: str, groups: Mapping[str, Floats], names: Sequence[str], bands: bool) -> None:
    """Draw groups, each in the colour and dashes that it has in every panel."""
    for name, values in groups.items():
        place = names.index(name)
        weeks, colour = np.arange(1, values.shape[1] + 1), COLOURS[place % len(COLOURS)]
        if bands and values.shape[0] > 1:
            low, high = np.quantile(values, [0.1, 0.9], axis=0)
            axes.fill_between(weeks, low, high, color=colour, alpha=0.13, linewidth=0)
        dashes = DASHES[(place + place // len(COLOURS)) % len(DASHES)]  # the ninth has not the first's
        middle = np.median(values, axis=0)
        axes.plot(weeks, middle, color=colour, linestyle=dashes, linewidth=1.8, label=name)
    axes.set_title(title, fontsize=11)
    axes.set_xlim(0, max(values.shape[1] for values in groups.values()))
    mark_years(axes, max(values.shape[1] for values in groups.values()))


def save_plot(figure: Figure, path: Path) -> None:
    """Write a figure in the format that the file's ending names, the same bytes every time.

    Raises ValueError for another ending than png, svg or pdf and for a folder that is not there, OSError if the file
    cannot be written.
    """
    metadata = {".png": {"Software": "aislefour"}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    if path.suffix not in metadata:
        raise ValueError(f"out {path}: a figure is written as .png, .svg or .pdf")
    if not path.parent.is_dir():
        raise ValueError(f"out {path}: there is no folder {path.parent}")
    fresh = path.with_name(f".{path.name}.part")
    with mpl.rc_context(STYLE):
        figure.savefig(fresh, format=path.suffix[1:], metadata=metadata[path.suffix])
    fresh.replace(path)
