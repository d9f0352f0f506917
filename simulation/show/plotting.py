"""Any line of a run's results, by policy, market, segment, tier or group, as a figure that an analyst can restyle.

from simulation.show.plotting import plot
figure = plot("results/shopsense_ifa", what="churn", by="segment")
"""

import difflib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from simulation.show.drawing import COLOURS, DASHES, STYLE, mark_years, percent, write_caption
from simulation.study.results import FORMAT, MARK

if TYPE_CHECKING:
    import pandas

Floats = NDArray[np.float64]
Sums = Mapping[str, Floats]

WEEKLY_BY = ("policy", "market", "segment")
SHOPPERS_BY = ("tier", "segment", "market", "older", "low_income", "vulnerable", "heard_by")
"""What shoppers can be told apart by; their table holds the first replicate only."""


@dataclass(frozen=True)
class What:
    """Something to plot: its title and definition, the columns it is read from, how, and how its axis is labelled."""

    title: str
    means: str
    columns: tuple[str, ...]
    read: Callable[[Sums], Floats]
    label: Callable[[float, object], str]


def _dollars(value: float, _: object = None) -> str:
    return f"${value:,.0f}"


def _plain(value: float, _: object = None) -> str:
    return f"{value:.2f}"


def _staying(sums: Sums) -> Floats:
    """Return the share of opening patrons who have not left; weeks are the last dimension."""
    opening = sums["patrons"][..., :1] + sums["left"][..., :1] - sums["joined"][..., :1]
    return 1.0 - np.cumsum(sums["first_left"], axis=-1) / np.maximum(1, opening)


def _share(above: str, below: str) -> Callable[[Sums], Floats]:
    return lambda sums: sums[above] / np.maximum(1, sums[below])


WHAT: Mapping[str, What] = {
    "card_use": What(
        "Card use",
        "share of the week's sales that were made on the card",
        ("carded_sales_cents", "sales_cents"),
        _share("carded_sales_cents", "sales_cents"),
        percent,
    ),
    "churn": What(
        "Churn: opening patrons who have not changed their main store",
        "a change of main store by an opening patron, not a silence (Kaplan-Meier)",
        ("patrons", "left", "joined", "first_left"),
        _staying,
        percent,
    ),
    "revenue": What(
        "Revenue",
        "weekly sales per simulated shopper, on the card and off it",
        ("sales_cents", "shoppers"),
        lambda sums: sums["sales_cents"] / 100 / np.maximum(1, sums["shoppers"]),
        _dollars,
    ),
    "contribution": What(
        "Contribution",
        "weekly margin less rewards and offer costs, plus data income and fees, per simulated shopper",
        ("contribution_cents", "shoppers"),
        lambda sums: sums["contribution_cents"] / 100 / np.maximum(1, sums["shoppers"]),
        lambda value, _: f"${value:,.2f}",
    ),
    "trust": What(
        "Trust in the retailer",
        "mean trust of all shoppers, from 0 to 1",
        ("trust", "shoppers"),
        lambda sums: sums["trust"] / 10_000 / np.maximum(1, sums["shoppers"]),
        _plain,
    ),
    "awareness": What(
        "Who knows",
        "share of shoppers who know of any practice",
        ("aware", "shoppers"),
        _share("aware", "shoppers"),
        percent,
    ),
    "consent_debt": What(
        "Consent debt",
        "share of shoppers whose data flows unknown to them, and who would not have agreed",
        ("consent_debt", "shoppers"),
        _share("consent_debt", "shoppers"),
        percent,
    ),
    "complaints": What(
        "Complaints",
        "complaints to an authority so far, per 1,000 shoppers",
        ("complained", "shoppers"),
        lambda sums: 1000 * np.cumsum(sums["complained"], axis=-1) / np.maximum(1, sums["shoppers"][..., :1]),
        _plain,
    ),
}
"""All that can be plotted, by name."""


def plot(results: str | Path, what: str = "churn", by: str = "policy", policies: Sequence[str] | None = None) -> Figure:
    """Return a figure of a run's results, a line a policy, or a panel a policy with a line a group of `by`.

    Lines are medians of the replicates with bands from 10 to 90 %; churn by traits of shoppers is that of the first
    replicate. Raises ValueError, in plain words, for what the results do not hold.
    """
    folder = Path(results)
    record = _record(folder)
    chosen = _named("--what", what, WHAT)
    if by in WEEKLY_BY:
        lines, bands = _from_weeks(folder, WHAT[chosen], by), True
    elif what == "churn" and by in SHOPPERS_BY:
        lines, bands = _from_shoppers(folder, by), False
    else:
        known = (*WEEKLY_BY, *SHOPPERS_BY) if what == "churn" else WEEKLY_BY
        raise ValueError(f"--by: {what} can be told apart by {', '.join(dict.fromkeys(known))}, not by '{by}'")
    wanted = [_named("--policies", name, lines) for name in policies] if policies else list(lines)
    with mpl.rc_context(STYLE):
        return _drawn(WHAT[chosen], by, {name: lines[name] for name in wanted}, bands, record)


def _record(folder: Path) -> dict[str, object]:
    try:
        record: dict[str, object] = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{folder}: holds no results of a run; name a folder that `aislefour run` made") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{folder / MARK}: cannot be read: {error}") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        found = record.get("format") if isinstance(record, dict) else None
        raise ValueError(f"{folder}: results of format {found}; this version reads {FORMAT}: run the scenario again")
    return record


def _named(option: str, name: str, known: Mapping[str, object]) -> str:
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean '{near[0]}'? " if near else ""
    raise ValueError(f"{option}: there is no '{name}'; {hint}known: {', '.join(known)}")


def _table(path: Path, columns: Sequence[str]) -> "pandas.DataFrame":
    import pandas as pd

    try:
        return pd.read_csv(path, usecols=list(columns))
    except FileNotFoundError:
        raise ValueError(f"{path}: is missing; run the scenario again") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: cannot be read as results: {error}") from None


Lines = Mapping[str, Mapping[str, Floats]]
"""By policy and by group: values of shape (replicates, weeks)."""


def _from_weeks(folder: Path, what: What, by: str) -> Lines:
    keys = list(dict.fromkeys(("policy", by, "replicate", "week")))
    table = _table(folder / "weekly.csv", [*keys, *what.columns])
    sums = table.groupby(keys, observed=True)[list(what.columns)].sum()
    found: dict[str, dict[str, Floats]] = {}
    for policy in table["policy"].unique():  # in the order of the file
        for group in table[by].unique() if by != "policy" else [policy]:
            part = sums.loc[policy] if by == "policy" else sums.loc[policy, group]
            wide = {name: part[name].unstack("week").to_numpy(dtype=np.float64) for name in what.columns}
            found.setdefault(str(policy), {})[str(group)] = what.read(wide)
    return found


def _from_shoppers(folder: Path, by: str) -> Lines:
    table = _table(folder / "shoppers.csv", ["policy", by, "opening_patron", "left_week"])
    last = int(_table(folder / "weekly.csv", ["week"])["week"].max())
    patrons = table[table["opening_patron"] == 1]
    found: dict[str, dict[str, Floats]] = {}
    for (policy, group), part in patrons.groupby(["policy", by], sort=False, observed=True):
        left = np.bincount(part["left_week"].dropna().astype(int), minlength=last + 1)[1 : last + 1]
        found.setdefault(str(policy), {})[_said(by, group)] = 1.0 - np.cumsum(left)[None] / len(part)
    return found


def _said(by: str, group: object) -> str:
    if group in (0, 1) and by in ("older", "low_income", "vulnerable"):
        words = by.replace("_", " ")
        return words if group else f"not {words}"
    return str(group)


def _drawn(what: What, by: str, lines: Lines, bands: bool, record: Mapping[str, object]) -> Figure:
    """Draw one panel for all policies, or one for each."""
    panels: Mapping[str, Mapping[str, Floats]] = lines
    if by == "policy":
        panels = {what.title: {name: groups[name] for name, groups in lines.items()}}
    count = len(panels)
    columns = min(2, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(4.4 * columns + 1.6, 3.0 * rows + 1.5), dpi=160)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes, (title, groups) in zip(grid.flat, panels.items(), strict=False):
        _draw_panel(axes, title, groups, bands)
        axes.yaxis.set_major_formatter(FuncFormatter(what.label))
        axes.label_outer()
    for axes in grid.flat[count:]:
        axes.set_visible(False)
    height = figure.get_figheight()
    figure.subplots_adjust(left=0.1, right=0.8, bottom=1.35 / height, top=1 - 0.5 / height)
    handles, names = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="center right", frameon=False, fontsize=9)
    write_caption(figure, _caption(what, by, bands, record))
    return figure


def _caption(what: What, by: str, bands: bool, record: Mapping[str, object]) -> str:
    title = what.title if by == "policy" else f"{what.title}, by {by.replace('_', ' ')}"
    over = "Median and 10-90 % of the replicates" if bands else "The first replicate alone"
    defined = f"{what.title.split(':')[0]}: {what.means}. {over}. The vertical axis need not start at 0."
    return f"{title}. {defined} Simulated: {record.get('title')}."


def _draw_panel(axes: Axes, title: str, groups: Mapping[str, Floats], bands: bool) -> None:
    for place, (name, values) in enumerate(groups.items()):
        weeks, colour = np.arange(1, values.shape[1] + 1), COLOURS[place % len(COLOURS)]
        if bands and values.shape[0] > 1:
            low, high = np.quantile(values, [0.1, 0.9], axis=0)
            axes.fill_between(weeks, low, high, color=colour, alpha=0.13, linewidth=0)
        middle = np.median(values, axis=0)
        axes.plot(weeks, middle, color=colour, linestyle=DASHES[place % len(DASHES)], linewidth=1.8, label=name)
    axes.set_title(title, fontsize=11)
    axes.set_xlim(0, max(values.shape[1] for values in groups.values()))
    mark_years(axes, max(values.shape[1] for values in groups.values()))


def save_plot(figure: Figure, path: Path) -> None:
    """Write a figure in the format that the file's ending names, the same bytes every time.

    Raises ValueError for another ending than png, svg or pdf, OSError if the file cannot be written.
    """
    metadata = {".png": {"Software": "aislefour"}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    if path.suffix not in metadata:
        raise ValueError(f"--out {path}: a figure is written as .png, .svg or .pdf")
    fresh = path.with_name(f".{path.name}.part")
    with mpl.rc_context(STYLE):
        figure.savefig(fresh, format=path.suffix[1:], metadata=metadata[path.suffix])
    fresh.replace(path)
