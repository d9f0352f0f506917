"""Break-even and frontier as words, tables and figures."""

import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from simulation.behaviour.parameters import parameters
from simulation.questions.answer import Answer
from simulation.questions.break_even.break_even import BreakEvenCurve, Frontier
from simulation.questions.break_even.words import frontier_in_words, in_words
from simulation.runs.formats import dollars, plain
from simulation.runs.outcome import DEFINITIONS, spread
from simulation.runs.variants import Axis
from simulation.show.drawing import COLOURS, DASHES, STYLE, Picture, blank_for_amounts, label_ends, write_caption
from simulation.show.tables import Column, Row, Table, frame_of

_MARKED = COLOURS[0]
_SHADES = 22


def of_break_even(found: BreakEvenCurve) -> Answer:
    """Return where a policy breaks even along one number: words, a row a value tried, a figure."""
    return Answer(
        question="break-even",
        asked={"policy": found.policy, "numbers": [_asked(found.axis)]},
        said=tuple(in_words(found)),
        found=found,
        tables=(_tried(found),),
        draw=lambda: [picture(found)],
        values={
            "breaks_even_at": _known(found.on_average),
            "interval": [_known(end) for end in found.interval],
            "replicates_break_even_at": [_known(each) for each in found.crossings],
        },
    )


def of_frontier(found: Frontier) -> Answer:
    """Return where a policy breaks even along one number, by a second: words, a row a pair tried, a figure."""
    breaks_even = [_known(each) for each in found.line(found.mean)]
    return Answer(
        question="break-even",
        asked={"policy": found.policy, "numbers": [_asked(axis) for axis in (found.axis, found.against)]},
        said=tuple(frontier_in_words(found)),
        found=found,
        tables=(_line(found), _pairs(found)),
        draw=lambda: [frontier_picture(found)],
        values={"against": found.against.values.tolist(), "breaks_even_at": breaks_even},
    )


def _asked(axis: Axis) -> dict[str, Any]:
    return {"number": axis.number, "meaning": axis.meaning, "own": axis.own}


def _known(value: float) -> float | None:
    return round(value, 6) if np.isfinite(value) else None


# --- tables -------------------------------------------------------------------------------------------------------

_AMOUNTS = {"difference (median)": "median_dollars", "10 %": "tenth_dollars", "90 %": "ninetieth_dollars",
            "mean": "mean_dollars"}  # fmt: skip
_DIGITS = {**dict.fromkeys(_AMOUNTS.values(), "%.2f"), "loses": "%.4g"}


def _tried(found: BreakEvenCurve) -> Table:
    """Return a row a value tried: median, 10 and 90 %, mean, share of replicates that lose."""
    number = found.axis.number
    rows = ((value, *_cells(amounts)) for value, amounts in zip(found.values, found.difference.T, strict=True))
    columns = (
        Column(number, lambda row: plain(row[number])),
        *(Column(head, _dollars_in(name)) for head, name in _AMOUNTS.items()),
        Column("loses", lambda row: f"{row['loses']:.0%}"),
    )
    header = (number, *_AMOUNTS.values(), "loses")
    return Table("break_even", lambda: frame_of(header, rows), columns, digits={number: "%.6g", **_DIGITS})


def _dollars_in(name: str) -> Callable[[Row], str]:
    return lambda row: dollars(row[name], True)


def _pairs(found: Frontier) -> Table:
    """Return a row a pair of values tried, for the file."""
    numbers = (found.axis.number, found.against.number)
    rows = (
        (value, against, *_cells(found.difference[:, here, there]))
        for here, value in enumerate(found.axis.values)
        for there, against in enumerate(found.against.values)
    )
    digits = {**dict.fromkeys(numbers, "%.6g"), **_DIGITS}
    return Table("frontier", lambda: frame_of((*numbers, *_AMOUNTS.values(), "loses"), rows), digits=digits)


def _cells(amounts: Any) -> Iterator[float]:
    yield from (*spread(amounts), float(amounts.mean()), float((amounts < 0).mean()))


def _line(found: Frontier) -> Table:
    """Return a row a value of the second number: where the policy breaks even along the first, for people."""
    names = (found.against.number, "breaks even at", "if 10 % lose", "if 90 % lose")
    lines = [found.line(surface) for surface in (found.mean, found.quantile(0.1), found.quantile(0.9))]
    columns = tuple(Column(name, _amount_in(name)) for name in names)
    return Table("", lambda: frame_of(names, zip(found.against.values, *lines, strict=True)), columns)


def _amount_in(name: str) -> Callable[[Row], str]:
    return lambda row: "-" if np.isnan(row[name]) else plain(row[name])


# --- one number ---------------------------------------------------------------------------------------------------


def picture(found: BreakEvenCurve) -> Picture:
    """Return the difference along the number: median, band, mean, where the mean meets 0, the policy's own value."""
    with mpl.rc_context(STYLE):
        figure, axes = blank_for_amounts(f"{found.policy}: where it pays, by {found.axis.name}")
        _draw_differences(axes, found)
        _draw_crossing(axes, found)
        _scale(axes.xaxis, found.axis, axes.set_xscale)
        _mark_own(axes, found.axis)
        _mark_evidence(axes, found.axis)
        axes.yaxis.set_major_formatter(lambda value, place: dollars(value, signed=True))
        axes.set_xlabel(textwrap.fill(found.axis.label, 76))
        return _finished("break_even", figure, found, " ".join(in_words(found)))


def _draw_differences(axes: Axes, found: BreakEvenCurve) -> None:
    low, middle, high = np.quantile(found.difference, [0.1, 0.5, 0.9], axis=0)
    mean = found.difference.mean(axis=0)
    axes.axhline(0, color=_MARKED, linewidth=1)
    axes.fill_between(found.values, low, high, color=COLOURS[1], alpha=0.13, linewidth=0)
    axes.plot(found.values, middle, color=COLOURS[1], linewidth=2)
    axes.plot(found.values, mean, color=COLOURS[2], linestyle=DASHES[1], linewidth=2)
    axes.set_xlim(found.values[0], found.values[-1])
    label_ends(axes, [(float(middle[-1]), "median", COLOURS[1]), (float(mean[-1]), "mean", COLOURS[2])])


def _draw_crossing(axes: Axes, found: BreakEvenCurve) -> None:
    """Mark where the mean meets 0 and how far that may be off, cut off where the values tried end."""
    if np.isnan(found.on_average):
        return
    ends = np.clip(found.interval, found.values[0], found.values[-1])
    axes.plot(ends, [0, 0], color=COLOURS[2], linewidth=7, alpha=0.45, solid_capstyle="butt")
    axes.plot([found.on_average], [0], "o", color=COLOURS[2], markersize=9, zorder=5)
    ends_shown = np.log(found.values[[0, -1]]) if found.axis.logarithmic else found.values[[0, -1]]
    late = (np.log(found.on_average) if found.axis.logarithmic else found.on_average) > ends_shown.mean()
    rising = found.difference.mean(axis=0)[-1] > found.difference.mean(axis=0)[0]
    axes.annotate(  # on that side of the line on which there is room
        f"breaks even at {plain(found.on_average)}", (found.on_average, 0),
        xytext=(-8 if late else 8, 11 if late == rising else -20),
        textcoords="offset points", ha="right" if late else "left", fontsize=9.5, fontweight="bold",
        color=COLOURS[2], bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 1},
    )  # fmt: skip


def _mark_own(axes: Axes, axis: Axis) -> None:
    """Mark where the policy itself stands, or what its number is drawn from."""
    if axis.own is None or axis.own[1] < axis.values[0] or axis.own[0] > axis.values[-1]:
        return
    low, high = np.clip(axis.own, axis.values[0], axis.values[-1])
    axes.axvspan(low, high, color="#777777", alpha=0.1, linewidth=0)
    axes.axvline(low, color="#777777", linewidth=1, linestyle=":")
    axes.axvline(high, color="#777777", linewidth=1, linestyle=":")
    ends = " to ".join(dict.fromkeys(map(plain, axis.own)))
    drawn = f"80 % drawn from {ends}" if axis.from_set else f"drawn from {ends}"
    own = drawn if "." in axis.number and low < high else f"its own: {ends}"
    axes.annotate(
        own, (low, 1), xycoords=("data", "axes fraction"), xytext=(2, 4),
        textcoords="offset points", fontsize=9, color="#555555",
    )  # fmt: skip


def _mark_evidence(axes: Axes, axis: Axis, upright: bool = False) -> None:
    """Mark on its axis what has been observed of a number, or is plausible, as far as it was tried."""
    if axis.evidence is None or axis.evidence[1] <= axis.values[0] or axis.evidence[0] >= axis.values[-1]:
        return
    ends = np.clip(axis.evidence, axis.values[0], axis.values[-1])
    style: dict[str, Any] = {"color": COLOURS[4], "linewidth": 6, "alpha": 0.9, "solid_capstyle": "butt"}
    if upright:
        axes.plot([0.006, 0.006], ends, transform=axes.get_yaxis_transform(), **style)
        return
    axes.plot(ends, [0.01, 0.01], transform=axes.get_xaxis_transform(), **style)
    known = "plausible" if axis.number in parameters() else "observed"
    axes.annotate(
        known, (ends[0], 0), xycoords=("data", "axes fraction"), xytext=(2, 8), textcoords="offset points",
        fontsize=9, color="#9B4A78", fontweight="bold",
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6},
    )  # fmt: skip


def _scale(along: XAxis | YAxis, axis: Axis, set_scale: Callable[[str], None]) -> None:
    """Let a number that is known to an order of magnitude only be read in logarithms."""
    if axis.logarithmic:
        set_scale("log")
        along.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        along.set_major_formatter(lambda value, place: plain(value))
        along.set_minor_locator(NullLocator())


def _finished(name: str, figure: Figure, found: BreakEvenCurve | Frontier, alt: str) -> Picture:
    replicates = len(found.difference)
    marks = {
        "break_even": f"Median and 10-90 % of {replicates} replicates, each weighted by its chance of exposure; the "
        "dot is where the mean meets 0, the bar on it holds 80 % of resamples. Dotted: where the policy itself stands.",
        "frontier": f"Colour: the mean of {replicates} replicates, each weighted by its chance of exposure. The lines "
        "are where the mean, and the value that 10 % or 90 % of replicates do not exceed, are 0. Green: where the "
        "policy itself stands, or is drawn from.",
    }
    axes = [found.axis] if isinstance(found, BreakEvenCurve) else [found.axis, found.against]
    known = " Pink on an axis: what has been observed of it, or is plausible." if any(a.evidence for a in axes) else ""
    caption = f"Difference: {DEFINITIONS['difference']}. {marks[name]}{known} An extrapolation, not a forecast."
    write_caption(figure, caption)
    return Picture(name, figure, caption, alt)


# --- two numbers --------------------------------------------------------------------------------------------------


def frontier_picture(found: Frontier) -> Picture:
    """Return the mean difference over both numbers, and where it and its tenths are 0; the policy's own place."""
    with mpl.rc_context(STYLE):
        figure, axes = blank_for_amounts(f"{found.policy}: where it pays")
        _draw_mean(figure, axes, found)
        _draw_zero_lines(axes, found)
        _scale(axes.xaxis, found.axis, axes.set_xscale)
        _scale(axes.yaxis, found.against, axes.set_yscale)
        if found.axis.own is not None and found.against.own is not None:
            _mark_place(axes, found.axis.own, found.against.own)
        else:
            _mark_line(axes, found)
        _mark_evidence(axes, found.axis)
        _mark_evidence(axes, found.against, upright=True)
        axes.set_xlabel(textwrap.fill(found.axis.label, 76))
        axes.set_ylabel(textwrap.fill(found.against.label, 42))
        return _finished("frontier", figure, found, " ".join(frontier_in_words(found)))


def _draw_mean(figure: Figure, axes: Axes, found: Frontier) -> None:
    """Colour the mean: orange where it loses, blue where it gains, white about nothing."""
    colours = LinearSegmentedColormap.from_list("lost and gained", [COLOURS[2], "#FFFFFF", COLOURS[1]])
    most = max(float(np.abs(found.mean).max()), 1.0)
    filled = axes.contourf(
        found.axis.values, found.against.values, found.mean.T, np.linspace(-most, most, _SHADES), cmap=colours
    )
    bar = figure.colorbar(filled, cax=figure.add_axes((0.8, 0.24, 0.022, 0.4)))
    bar.ax.yaxis.set_major_locator(MaxNLocator(6))
    bar.ax.yaxis.set_major_formatter(lambda value, place: dollars(value, signed=True))
    bar.ax.set_title("mean difference", fontsize=9, loc="left")


def _draw_zero_lines(axes: Axes, found: Frontier) -> None:
    """Draw where the mean and its neighbours are 0, if they are anywhere."""
    drawn = []
    for surface, name, dash, width in (
        (found.mean, "mean is 0", "-", 2.5),
        (found.quantile(0.1), "10 % of replicates lose", DASHES[1], 1.5),
        (found.quantile(0.9), "90 % of replicates lose", DASHES[3], 1.5),
    ):
        if surface.min() < 0 < surface.max():
            style: dict[str, Any] = {"colors": _MARKED, "linestyles": [dash], "linewidths": width}
            axes.contour(found.axis.values, found.against.values, surface.T, [0.0], **style)
            drawn.append(Line2D([], [], color=_MARKED, linestyle=dash, linewidth=width, label=name))  # type: ignore[arg-type]
    if drawn:
        axes.legend(handles=drawn, loc="upper left", bbox_to_anchor=(1.02, 1.02), fontsize=8.5, frameon=False)


def _mark_line(axes: Axes, found: Frontier) -> None:
    """Mark where the policy itself stands along one of the numbers, where it says nothing of the other."""
    for axis, draw in ((found.axis, axes.axvline), (found.against, axes.axhline)):
        for end in dict.fromkeys(axis.own or ()):
            if axis.values[0] <= end <= axis.values[-1]:
                draw(end, color=COLOURS[3], linewidth=2.5, linestyle=DASHES[3])


def _mark_place(axes: Axes, here: tuple[float, float], there: tuple[float, float]) -> None:
    """Mark where the policy itself stands: a star, or the box that its numbers are drawn from."""
    axes.plot(
        [here[0], here[1], here[1], here[0], here[0]], [there[0], there[0], there[1], there[1], there[0]],
        color=COLOURS[3], linewidth=3, solid_capstyle="butt",
    )  # fmt: skip
    if here[0] == here[1] and there[0] == there[1]:
        axes.plot([here[0]], [there[0]], marker="*", color=COLOURS[3], markersize=15, linestyle="none", clip_on=False)
    axes.annotate(
        "its own", (here[1], there[1]), xytext=(5, -13), textcoords="offset points", fontsize=9.5, fontweight="bold",
        color=COLOURS[3], annotation_clip=False,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 1},
    )  # fmt: skip
