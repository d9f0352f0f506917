"""The figures of a robust choice: policies across worlds, and the worlds in which a policy pays or loses."""

import re
import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

from simulation.behaviour.parameters import parameters
from simulation.questions.robust.discovery import Discovery, Limit, hit
from simulation.questions.robust.robustness import Robustness, Score, scores
from simulation.questions.robust.words import discovery_in_words
from simulation.runs.formats import dollars
from simulation.show.drawing import COLOURS, STYLE, Picture, write_caption
from simulation.show.parameter_words import name_of

Floats = NDArray[np.float64]

_HITS, _OTHERS = (COLOURS[1], "o"), (COLOURS[2], "x")
_GREY, _INSIDE = "#444444", "#0072B214"
_ROW, _ABOVE, _BELOW = 0.5, 0.55, 1.6  # inches
_LONGEST_NAME = 22


def policies_picture(found: Robustness) -> Picture:
    """Return each policy's value across worlds, its worst and its regret, side by side."""
    with mpl.rc_context(STYLE):
        rows = len(found.policies)
        height = _ABOVE + _ROW * rows + _BELOW
        figure = Figure(figsize=(8.4, height), dpi=160)
        places = ((0.2, 0.42), (0.69, 0.27))
        value, regret = (
            figure.add_axes((left, _BELOW / height, width, _ROW * rows / height)) for left, width in places
        )
        for row, score in enumerate(scores(found)):
            _draw_value(value, row, score)
            _draw_regret(regret, row, score)
        _finish_value(value, found)
        _finish_regret(regret, rows)
        caption = (
            "Value: what the retailer receives less what it pays, discounted, here less that under "
            f"{found.policies[0]}. Regret: by how much the best policy of a world earns more than this one. That the "
            "worlds count alike is a choice, not knowledge. An extrapolation, not a forecast."
        )
        write_caption(figure, caption)
        said = "; ".join(f"{each.policy}: mean {dollars(each.expected, True)}" for each in scores(found))
        return Picture("policies", figure, caption, said)


def _draw_value(axes: Axes, row: int, score: Score) -> None:
    colour = COLOURS[row % len(COLOURS)]
    axes.plot([score.low, score.high], [row, row], color=colour, linewidth=9, alpha=0.25, solid_capstyle="butt")
    for place, marker in ((score.expected, "x"), (score.worst_tenth, "<"), (score.worst, "|")):
        axes.plot([place], [row], marker, color=colour, markersize=8, markeredgewidth=2, linestyle="none")


def _draw_regret(axes: Axes, row: int, score: Score) -> None:
    for place, marker in ((score.regret_mean, "x"), (score.regret_max, "|")):
        axes.plot([place], [row], marker, color=COLOURS[row % len(COLOURS)], markersize=8, markeredgewidth=2)


def _finish_value(axes: Axes, found: Robustness) -> None:
    _rows(axes, [textwrap.fill(name, _LONGEST_NAME) for name in found.policies])
    axes.axvline(0, color=COLOURS[0], linewidth=1)
    axes.set_title(f"Value over {len(found.worlds)} worlds", fontsize=12)
    marks = (("x", "mean"), ("<", "mean of the worst tenth"), ("|", "worst world"))
    handles = [_mark(mark, name) for mark, name in marks]
    handles.append(Line2D([], [], color=_GREY, linewidth=7, alpha=0.3, label="10 to 90 % of worlds"))
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(-0.05, -0.12), ncols=2, frameon=False, fontsize=8.5)


def _finish_regret(axes: Axes, rows: int) -> None:
    _rows(axes, [""] * rows)
    axes.set_xlim(left=-0.04 * axes.get_xlim()[1])
    axes.set_title("Regret", fontsize=12)
    handles = [_mark("x", "mean"), _mark("|", "most")]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(-0.08, -0.12), ncols=2, frameon=False, fontsize=8.5)


def _mark(marker: str, name: str) -> Line2D:
    return Line2D([], [], color=_GREY, marker=marker, linestyle="none", label=name, markersize=7, markeredgewidth=1.8)


def _rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names, fontsize=10)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=9)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(lambda value, place: dollars(value))


# --- where a policy pays ------------------------------------------------------------------------------------------


def conditions_picture(found: Robustness, fresh: Robustness, discovery: Discovery, number: int) -> Picture:
    """Return the worlds by the two most telling numbers, or by one and the difference it makes, with the limits."""
    limits = discovery.box.limits if discovery.box else ()
    numbers = [limit.address for limit in limits[:2]]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.4, 6.2), dpi=160)
        axes = figure.add_axes((0.12, 0.26, 0.85, 0.66))
        for part, filled in ((found, True), (fresh, False)):
            hits = hit(part, discovery.policy, discovery.pays)
            _draw_worlds(axes, _points(part, discovery.policy, numbers), hits, filled)
        _scale(axes, found, discovery, numbers)
        _draw_limits(axes, limits[:2])
        verb = "pays" if discovery.pays else "loses"
        axes.set_title(f"Where {discovery.policy} {verb}")
        _legend(axes, verb)
        caption = " ".join(discovery_in_words(discovery)) + " A point is a world; " + _what_frame(limits)
        write_caption(figure, caption)
    name = re.sub(r"\W+", "_", discovery.policy).strip("_")
    return Picture(f"conditions_{number}_{name}", figure, caption, caption)


def _what_frame(limits: Sequence[Limit]) -> str:
    more = len(limits) - 2
    unseen = f" {more} further limit{'s are' if more > 1 else ' is'} not drawn." if more > 0 else ""
    return f"the frame holds those within the limits.{unseen}"


def _points(part: Robustness, policy: str, numbers: Sequence[str]) -> Floats:
    """Return where worlds stand; shape (2, worlds)."""
    columns = [np.array([world[address] for world in part.worlds]) for address in numbers]
    return np.array([*columns, part.difference[:, part.policies.index(policy)]][:2])


def _draw_worlds(axes: Axes, points: Floats, hits: NDArray[np.bool_], filled: bool) -> None:
    for shown, (colour, marker) in ((hits, _HITS), (~hits, _OTHERS)):
        hollow: dict[str, Any] = {"facecolors": colour if filled else "none", "edgecolors": colour}
        style = hollow if marker == "o" else {"color": colour}
        size, alpha = (26, 0.85) if filled else (18, 0.5)
        axes.scatter(points[0, shown], points[1, shown], s=size, marker=marker, linewidths=1.1, alpha=alpha, **style)


def _scale(axes: Axes, found: Robustness, discovery: Discovery, numbers: Sequence[str]) -> None:
    """Name the axes, and let numbers that are spread evenly in logarithms be seen so."""
    for address, axis, scale in zip(
        numbers, (axes.xaxis, axes.yaxis), (axes.set_xscale, axes.set_yscale), strict=False
    ):
        parameter = parameters()[address]
        axis.set_label_text(f"{name_of(address)} ({parameter.unit})")
        if parameter.distribution == "log-uniform" and min(world[address] for world in found.worlds) > 0:
            scale("log")
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(lambda value, place: f"{value:g}")
    if len(numbers) == 1:
        axes.set_ylabel(f"value less that of {found.policies[0]}")
        axes.yaxis.set_major_formatter(lambda value, place: dollars(value, signed=True))
        axes.axhline(0, color=COLOURS[0], linewidth=1)


def _draw_limits(axes: Axes, limits: Sequence[Limit]) -> None:
    axes.margins(0.02)
    seen = [axes.get_xlim(), axes.get_ylim()]
    asked = [(limit.low, limit.high) for limit in limits] + [(None, None)] * (2 - len(limits))
    (left, right), (bottom, top) = (
        (ends[0] if low is None else low, ends[1] if high is None else high)
        for ends, (low, high) in zip(seen, asked, strict=True)
    )
    axes.set_xlim(*seen[0])
    axes.set_ylim(*seen[1])
    frame = Rectangle((left, bottom), right - left, top - bottom, linewidth=2, facecolor=_INSIDE, edgecolor=COLOURS[0])
    axes.add_patch(frame)


def _legend(axes: Axes, verb: str) -> None:
    other = {"pays": "does not pay", "loses": "does not lose"}[verb]
    handles = []
    for fresh, size in (("", 6), (", fresh world", 5)):
        for (colour, marker), name in ((_HITS, verb), (_OTHERS, other)):
            face, alpha = ("none", 0.6) if fresh else (colour, 1.0)
            handles.append(
                Line2D([], [], color=colour, marker=marker, markersize=size, markerfacecolor=face, alpha=alpha)
            )
            handles[-1].set(linestyle="none", label=name + fresh)
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(-0.03, -0.12), ncols=4, frameon=False, fontsize=9)
