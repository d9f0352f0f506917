"""Fans: where a weekly line lies in a tenth, a quarter, half, three quarters and nine tenths of the runs."""

from collections.abc import Callable, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from simulation.show.drawing import COLOURS, STYLE, Picture, write_caption
from simulation.study.outcome import YEAR

Floats = NDArray[np.float64]
Shape = Callable[[float], str]

FAN = (0.1, 0.25, 0.5, 0.75, 0.9)
"""The shares of runs that lie below the lines of a fan."""

_ACROSS, _WIDTH = 3, 8.4
_TALL, _ABOVE, _BELOW = 2.15, 0.62, 1.0  # inches: a row of panels, title, caption


def fan_picture(name: str, title: str, caption: str, policies: Sequence[str], line: Floats, shape: Shape) -> Picture:
    """Return one panel a policy with the fan of a weekly line; `line` has shape (runs, weeks, policies)."""
    with mpl.rc_context(STYLE):
        figure, panels = _panels(title, len(policies))
        fan = np.quantile(line, FAN, axis=0)
        for place, (axes, policy) in enumerate(zip(panels, policies, strict=True)):
            draw_fan(axes, fan[..., place], COLOURS[place % len(COLOURS)])
            axes.set_title(policy, fontsize=10, color=COLOURS[place % len(COLOURS)])
            _write_end(axes, float(fan[2, -1, place]), shape)
            axes.yaxis.set_major_formatter(lambda value, _: shape(value))
        whole = (
            f"{caption} The line is the median of {len(line)} runs, the bands hold 50 and 80 % of them, week by week."
        )
        write_caption(figure, whole)
        ends = zip(policies, fan[2, -1], strict=True)
        alt = f"{title}. Medians at the end: " + ", ".join(f"{policy} {shape(float(end))}" for policy, end in ends)
        return Picture(name, figure, whole, alt)


def draw_fan(axes: Axes, fan: Floats, colour: str) -> None:
    """Draw a fan of shape (lines, weeks)."""
    weeks = np.arange(1, fan.shape[1] + 1)
    for below, above, alpha in ((0, 4, 0.16), (1, 3, 0.28)):
        axes.fill_between(weeks, fan[below], fan[above], color=colour, alpha=alpha, linewidth=0)
    axes.plot(weeks, fan[2], color=colour, linewidth=2)
    axes.set_xlim(0, len(weeks))
    if len(weeks) >= 2 * YEAR:
        axes.set_xticks(range(0, len(weeks) + 1, YEAR), [str(week // YEAR) for week in range(0, len(weeks) + 1, YEAR)])
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.tick_params(labelsize=8.5)


def _panels(title: str, count: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels, all with the same vertical axis."""
    across, rows = min(count, _ACROSS), -(-count // _ACROSS)
    height = _ABOVE + rows * _TALL + _BELOW
    figure = Figure(figsize=(_WIDTH, height), dpi=160)
    figure.text(0.02, 1 - 0.3 / height, title, fontsize=13, fontweight="bold", va="center")
    panels: list[Axes] = []
    for place in range(count):
        left = 0.09 + (place % across) * 0.9 / across
        bottom = (_BELOW + 0.3 + (rows - 1 - place // across) * _TALL) / height
        box = (left, bottom, 0.9 / across - 0.08, (_TALL - 0.85) / height)
        panels.append(figure.add_axes(box, sharey=panels[0] if panels else None))
    figure.text(0.98, (_BELOW - 0.12) / height, _along(panels), fontsize=9, ha="right", va="center", color="#444444")
    return figure, panels


def _along(panels: Sequence[Axes]) -> str:
    return "across: years, or weeks in a short run" if panels else ""


def _write_end(axes: Axes, end: float, shape: Shape) -> None:
    axes.annotate(
        shape(end), (1, end), xycoords=("axes fraction", "data"), xytext=(3, 0), textcoords="offset points",
        fontsize=8.5, fontweight="bold", va="center", annotation_clip=False,
    )  # fmt: skip
