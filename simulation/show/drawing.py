"""The parts that figures are made of: lines with bands, names at their ends, dates, captions."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray

from simulation.runs.formats import people
from simulation.runs.outcome import Outcome
from simulation.runs.readings import YEAR
from simulation.show.lettering import in_letters_at_hand, make_legible

COLOURS = ("#222222", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F7F7F")
DASHES = ("-", (0, (6, 2)), "-", (0, (2, 1.5)), (0, (8, 2, 2, 2)), (0, (4, 1)), (0, (1, 1)), (0, (10, 3)))
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titley": 1.0,  # above the axes, without looking for ticks in the way
    "svg.hashsalt": "aislefour",
    "svg.fonttype": "path",
    "text.parse_math": False,  # a policy may be called "2 $ instead of 1 $"
    "path.simplify": True,
    "path.simplify_threshold": 0.5,
}
_SIZE = (8.4, 4.9)
_APART = 0.055  # of the axis: the height of a line of a label
_WIDEST = 25  # letters in a line of a label
_ROW = 0.2  # inches, of the table under an axis
_UNDER = -0.2  # of the axis: where that table begins
_SMOOTH = 13  # weeks

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Picture:
    """A figure with what has to be said beside it."""

    name: str
    figure: Figure
    caption: str
    alt: str


def blank(title: str, at_risk: int = 0) -> tuple[Figure, Axes]:
    """Return an empty figure with a title, with room below for a table of `at_risk` lines."""
    table = 0.3 + _ROW * at_risk if at_risk else 0.0
    height = _SIZE[1] + table
    figure = Figure(figsize=(_SIZE[0], height), dpi=160)
    axes = figure.add_axes((0.11, (0.22 * _SIZE[1] + table) / height, 0.65, 0.68 * _SIZE[1] / height))
    axes.set_title(title)
    return figure, axes


def blank_for_amounts(title: str) -> tuple[Figure, Axes]:
    """Return an empty figure with a title, with room for amounts of money at the left and for names at the right."""
    figure, axes = blank(title)
    axes.set_position((0.12, 0.24, 0.64, 0.62))
    axes.set_title(title, pad=18)
    return figure, axes


def smoothed(series: Floats) -> Floats:
    """Return running means over 13 weeks, shorter at the start. Shape as given: (replicates, weeks, policies)."""
    total = np.cumsum(series, axis=1)
    before = np.zeros_like(total)
    before[:, _SMOOTH:] = total[:, :-_SMOOTH]
    counts = np.minimum(np.arange(1, series.shape[1] + 1), _SMOOTH)
    smoothed: Floats = (total - before) / counts[:, None]
    return smoothed


def draw_lines(axes: Axes, outcome: Outcome, middle: Floats, series: Floats, ends: Sequence[str]) -> None:
    """Draw a line and a band for each policy, to be named at its end with what is said there.

    `middle` has shape (weeks, policies), `series`, of which the band is drawn, (replicates, weeks, policies).
    """
    weeks = np.arange(1, series.shape[1] + 1)
    low, high = np.quantile(series, [0.1, 0.9], axis=0)
    for place in range(len(outcome.policies)):
        colour = COLOURS[place % len(COLOURS)]
        axes.fill_between(weeks, low[:, place], high[:, place], color=colour, alpha=0.13, linewidth=0)
        axes.plot(weeks, middle[:, place], color=colour, linestyle=DASHES[place % len(DASHES)], linewidth=2)
    axes.set_xlim(0, series.shape[1])
    mark_years(axes, series.shape[1])
    axes._aisle_labels = [  # type: ignore[attr-defined]
        (float(middle[-1, place]), f"{name} {ends[place]}", COLOURS[place % len(COLOURS)])
        for place, name in enumerate(outcome.policies)
    ]


def mark_years(axes: Axes, weeks: int) -> None:
    """Count the horizontal axis in years, or in weeks if there are few."""
    if weeks >= 2 * YEAR:
        axes.set_xticks(range(0, weeks + 1, YEAR), [str(week // YEAR) for week in range(0, weeks + 1, YEAR)])
        axes.set_xlabel("years")
    else:
        axes.set_xlabel("weeks")


def label_ends(axes: Axes, ends: list[tuple[float, str, str]], widest: int = _WIDEST) -> None:
    """Write names beside the ends of lines (height, name, colour), moved apart where they would overlap.

    `widest` is how many letters a line of a name has at most.
    """
    font = FontProperties(size=9.5, weight="bold")
    said = [(value, in_letters_at_hand(text, font), colour) for value, text, colour in sorted(ends)]
    labels = [(value, textwrap.fill(text, widest), colour) for value, text, colour in said]
    low, high = axes.get_ylim()
    wanted = [(value - low) / (high - low) for value, _, _ in labels]
    lines = [text.count("\n") + 1 for _, text, _ in labels]
    least = [_APART * (one + other) / 2 for one, other in zip(lines, lines[1:], strict=False)]
    for place, (_, text, colour) in zip(spread_apart(wanted, least), labels, strict=True):
        axes.annotate(text, (1.01, place), xycoords="axes fraction", color=colour, va="center", fontproperties=font)


def spread_apart(places: list[float], least: list[float]) -> list[float]:
    """Return rising places moved as little as needed to lie between 0 and 1, each `least` away from the next."""
    moved = list(places)
    for _ in range(100):
        for first in range(len(moved) - 1):
            overlap = least[first] - (moved[first + 1] - moved[first])
            if overlap > 0:
                moved[first] -= overlap / 2
                moved[first + 1] += overlap / 2
        if moved and moved[0] < 0:
            moved = [place - moved[0] for place in moved]
        if moved and moved[-1] > 1:
            moved = [place - (moved[-1] - 1) for place in moved]
    return moved


def whole_percent(value: float, _: object = None) -> str:
    """Return an axis label for a share."""
    return f"{value:.0%}"


def at_risk(axes: Axes, outcome: Outcome) -> None:
    """Write under the axis how many opening patrons had not yet left, by year."""
    staying = (outcome.expected.staying() * outcome.expected.opening_patrons()[:, None]).mean(axis=0)
    weeks = range(0, outcome.scenario.weeks + 1, YEAR)
    rows = [
        (name, COLOURS[place % len(COLOURS)], {week: float(staying[week, place]) for week in weeks})
        for place, name in enumerate(outcome.policies)
    ]
    write_table_under(axes, "Not yet left (mean):", rows)


def write_table_under(axes: Axes, heading: str, rows: list[tuple[str, str, dict[int, float]]]) -> None:
    """Write a table of counts under the axis: for each row its name, its colour and the counts by week."""
    axes.annotate(
        heading,
        (0, _UNDER),
        xycoords="axes fraction",
        fontsize=8.5,
        color="#444444",
        xytext=(-40, 0),
        textcoords="offset points",
    )
    for place, (name, colour, counts) in enumerate(rows):
        height = _UNDER - (place + 1) * _ROW / (0.68 * _SIZE[1])
        short = textwrap.shorten(name, _WIDEST, placeholder=" …")
        axes.annotate(short, (1.05, height), xycoords="axes fraction", color=colour, fontsize=8.5, va="center")
        for week, count in counts.items():
            axes.annotate(
                people(count),
                (week, height),
                xycoords=("data", "axes fraction"),
                color=colour,
                fontsize=8.5,
                ha="center",
                va="center",
            )


def mark_dates(axes: Axes, policies: Iterable[Iterable[Any]]) -> None:
    """Mark the first week of the policies and the weeks of planned stories."""
    actions = [action for policy in policies for action in policy]
    starts = sorted({action.week for action in actions if action.do != "press_story"})
    stories = sorted({action.week for action in actions if action.do == "press_story"})
    top = axes.get_ylim()[1]
    for week, text in [(week, "start") for week in starts[:1]] + [(week, "story") for week in stories[:2]]:
        axes.axvline(week, color="#999999", linewidth=0.9, linestyle=":")
        axes.annotate(text, (week, top), xytext=(3, -10), textcoords="offset points", fontsize=8.5, color="#666666")


def draw_spread(axes: Axes, place: int, values: Floats, exposed: NDArray[np.bool_], colour: str) -> None:
    """Draw one policy's replicates as dots, their spread as a bar, their median and mean."""
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    axes.plot([low, high], [place, place], color=colour, linewidth=9, alpha=0.25, solid_capstyle="butt")
    axes.plot([middle, middle], [place - 0.16, place + 0.16], color=colour, linewidth=2.5)
    axes.plot([values.mean()], [place], marker="x", color=colour, markersize=9, markeredgewidth=2)
    heights = place + 0.24 + 0.0 * values
    for shown, face in ((exposed, colour), (~exposed, "white")):
        axes.plot(
            values[shown], heights[shown], "o", color=colour, markerfacecolor=face, markersize=5, linestyle="none"
        )


def done(name: str, figure: Figure, axes: Axes, outcome: Outcome, caption: str) -> Picture:
    """Finish a figure of lines: dates, names at the ends, caption."""
    mark_dates(axes, outcome.scenario.policies.values())
    label_ends(axes, axes._aisle_labels)  # type: ignore[attr-defined]
    title = axes.get_title(loc="left")
    alt = f"{title}. At the end: " + ", ".join(text for _, text, _ in axes._aisle_labels)  # type: ignore[attr-defined]
    return finished(name, figure, axes, outcome, caption, alt)


def finished(
    name: str,
    figure: Figure,
    axes: Axes,
    outcome: Outcome,
    caption: str,
    alt: str,
    shown: str = "mean and 10-90 %",
) -> Picture:
    """Finish a figure: write its caption under it, which says what of the replicates is `shown`."""
    count = outcome.scenario.replicates
    number = "one replicate" if count == 1 else f"{shown} of {count} replicates"
    whole = f"{caption} Simulated: {outcome.scenario.simulated}, {number}."
    write_caption(figure, whole)
    return Picture(name, figure, whole, alt)


def write_caption(figure: Figure, text: str) -> None:
    """Write a caption under a figure, in lines."""
    lines = "\n".join(textwrap.wrap(text, 128))
    figure.text(0.02, 0.015, lines, fontsize=8, color="#444444", va="bottom")


_PNG = {"compress_level": 3}  # the usual 6 takes half as long again and saves 7 % of the file


def save(picture: Picture, folder: Path, png: bool = False) -> str:
    """Write a figure as SVG, without a date, and as PNG if that is asked for; return the SVG."""
    with mpl.rc_context(STYLE):
        make_legible(picture.figure)
        if png:
            how: dict[str, Any] = {"dpi": "figure", "metadata": {"Software": "aislefour"}, "pil_kwargs": _PNG}
            picture.figure.savefig(folder / f"{picture.name}.png", **how)
        picture.figure.savefig(folder / f"{picture.name}.svg", metadata={"Date": None})
    return (folder / f"{picture.name}.svg").read_text(encoding="utf-8")
