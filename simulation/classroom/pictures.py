"""What a class sees of its world over time, and of all worlds side by side. Legible on a phone."""

import textwrap
from collections.abc import Mapping
from io import StringIO

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.classroom.consequences import Stage
from simulation.runs.formats import dollars
from simulation.show.drawing import COLOURS, DASHES, STYLE, Picture, draw_spread, mark_years
from simulation.show.lettering import make_legible

_WIDE = 5.2  # inches, for a phone
_WALL = (15.0, 6.6)  # inches, for the screen of a room
_LATE = 0.8  # of the weeks shown: from here on a mark's name stands before it
_PANELS = {
    "value": ("Value so far against the first choice", lambda value, _=None: dollars(value, signed=True)),
    "trust": ("Mean trust in the retailer", lambda value, _=None: f"{value:.3f}"),
    "left": ("Opening patrons lost beyond the first choice", lambda value, _=None: f"{value:.2%}"),
}
_ROW = 0.62  # inches for a course in the picture of all worlds


def over_time(
    name: str, stage: Stage, courses: Mapping[str, str], world: int, marks: Mapping[str, int], on_wall: bool = False
) -> Picture:
    """Draw what comes of some courses in one world, week by week; `courses` says what each policy is called.

    Panels stand one below another, as a phone shows them, or side by side for the screen of a room.
    """
    with mpl.rc_context({**STYLE, "font.size": 15} if on_wall else STYLE):
        size = _WALL if on_wall else (_WIDE, 7.6 + 0.22 * len(courses))
        figure = Figure(figsize=size, dpi=160, layout="constrained")
        shape = (1, len(_PANELS)) if on_wall else (len(_PANELS), 1)
        panels = figure.subplots(*shape, sharex=True)
        for axes, (line, (title, text)) in zip(panels, _PANELS.items(), strict=True):
            _draw_lines(axes, stage, line, courses, world)
            axes.set_title(title, fontsize=16 if on_wall else 11)
            axes.yaxis.set_major_formatter(text)
            _mark(axes, marks, stage.week)
        mark_years(panels[-1], stage.week)
        legend = {"ncols": 2, "fontsize": 16} if on_wall else {"fontsize": 9.5}
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", frameon=False, **legend)
    ends = "; ".join(
        f"{said}: {dollars(stage.fact(policy, 'value', world), signed=True)}" for policy, said in courses.items()
    )
    caption = f"The same shoppers with the same luck, in world {world + 1} of {stage.worlds}, to week {stage.week}."
    return Picture(name, figure, caption, f"Value, trust and leavers over time. Value in week {stage.week}: {ends}")


def all_worlds(name: str, stage: Stage, courses: Mapping[str, str], world: int, on_wall: bool = False) -> Picture:
    """Draw the value of some courses in every world, a dot each; the class's own world is ringed."""
    with mpl.rc_context(STYLE):
        size = (_WALL[0] * 0.6, _WALL[1]) if on_wall else (_WIDE, 1.2 + _ROW * len(courses))
        figure = Figure(figsize=size, dpi=160, layout="constrained")
        axes = figure.subplots()
        for place, (policy, said) in enumerate(courses.items()):
            values = np.array(stage.facts[policy]["value"])
            told, colour = np.array(stage.facts[policy]["story_week"]) > 0, COLOURS[place % len(COLOURS)]
            draw_spread(axes, place, values, told, colour)
            axes.plot([values[world]], [place + 0.24], "o", color="#000000", fillstyle="none", markersize=10)
            axes.annotate(said, (0, place - 0.2), xycoords=("axes fraction", "data"), fontsize=9.5, color=colour)
        axes.axvline(0, color="#222222", linewidth=1)
        axes.set_ylim(len(courses) - 0.4, -0.6)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.locator_params(axis="x", nbins=4)
        axes.xaxis.set_major_formatter(lambda value, _: dollars(value, signed=True))
    caption = (
        "Value at the end against the first choice. A dot is a world, hollow where no story ran, ringed where it is "
        "yours; the bar spans 10 to 90 %, the stroke is the median, the cross the mean."
    )
    middles = "; ".join(
        f"{said}: median {dollars(float(np.median(stage.facts[policy]['value'])), signed=True)}"
        for policy, said in courses.items()
    )
    return Picture(name, figure, caption, f"Value of each course in {stage.worlds} worlds. {middles}")


def _draw_lines(axes: Axes, stage: Stage, line: str, courses: Mapping[str, str], world: int) -> None:
    for place, (policy, said) in enumerate(courses.items()):
        axes.plot(
            stage.points,
            stage.lines[policy][line][world],
            color=COLOURS[place % len(COLOURS)],
            linestyle=DASHES[place % len(DASHES)],
            linewidth=1.8,
            label=textwrap.shorten(said, 60, placeholder=" …"),
        )


def _mark(axes: Axes, marks: Mapping[str, int], last: int) -> None:
    for place, (text, week) in enumerate(marks.items()):
        if week <= last:
            is_late = week > _LATE * last
            axes.axvline(week, color="#999999", linewidth=0.9, linestyle=":")
            axes.annotate(
                text,
                (week, 1),
                (-2 if is_late else 2, -9 - 10 * place),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha="right" if is_late else "left",
                fontsize=8,
                color="#555555",
            )


def svg_of(picture: Picture) -> str:
    """Return a figure as SVG, the same bytes every time."""
    stream = StringIO()
    with mpl.rc_context(STYLE):
        make_legible(picture.figure)
        picture.figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()
