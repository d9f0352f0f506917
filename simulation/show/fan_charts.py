"""Fans: where a weekly line lies in a tenth, a quarter, half, three quarters and nine tenths of the runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from simulation.show.drawing import COLOURS, STYLE, Picture, mark_years, write_caption

Floats = NDArray[np.float64]
Shape = Callable[[float], str]

FAN = (0.1, 0.25, 0.5, 0.75, 0.9)
"""The shares of runs that lie below the lines of a fan."""

_ACROSS, _WIDTH = 3, 8.4
_TALL, _ABOVE, _BELOW = 2.0, 0.5, 0.95  # inches: a row of panels, title, caption
_LEFT, _GAP = 0.1, 0.035  # of the width: room for amounts at the left of a row, and of each panel


@dataclass(frozen=True)
class Fan:
    """A weekly line to draw, shape (runs, weeks, policies), and how to write its values.

    `alike` says whether all panels have the same vertical axis; `first` is the place of the first policy's colour.
    """

    name: str
    title: str
    caption: str
    line: Floats
    shape: Shape
    alike: bool = True
    first: int = 0


def fan_picture(fan: Fan, policies: Sequence[str]) -> Picture:
    """Return one panel a policy with the fan of a weekly line."""
    with mpl.rc_context(STYLE):
        figure, panels = _panels(fan, len(policies))
        quantiles = np.quantile(fan.line, FAN, axis=0)
        for place, (axes, policy) in enumerate(zip(panels, policies, strict=True)):
            colour = COLOURS[(place + fan.first) % len(COLOURS)]
            draw_fan(axes, quantiles[..., place], colour)
            end = fan.shape(float(quantiles[2, -1, place]))
            axes.set_title(f"{policy} {end}", fontsize=9.5, color=colour)
            axes.yaxis.set_major_formatter(lambda value, _: fan.shape(value))
        bands = (
            f"The line, with its last value above, is the median of {len(fan.line)} runs; the bands hold 50 and 80 %."
        )
        axis = "" if fan.alike else " The vertical axes differ."
        whole = f"{fan.caption} {bands}{axis}"
        write_caption(figure, whole)
        ends = zip(policies, quantiles[2, -1], strict=True)
        alt = f"{fan.title}. Medians at the end: " + ", ".join(f"{name} {fan.shape(float(end))}" for name, end in ends)
        return Picture(fan.name, figure, whole, alt)


def draw_fan(axes: Axes, fan: Floats, colour: str) -> None:
    """Draw a fan of shape (lines, weeks)."""
    weeks = np.arange(1, fan.shape[1] + 1)
    for below, above, alpha in ((0, 4, 0.16), (1, 3, 0.28)):
        axes.fill_between(weeks, fan[below], fan[above], color=colour, alpha=alpha, linewidth=0)
    axes.plot(weeks, fan[2], color=colour, linewidth=2)
    axes.set_xlim(0, len(weeks))
    mark_years(axes, len(weeks))
    axes.xaxis.label.set_fontsize(9)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.tick_params(labelsize=8.5)


def _panels(fan: Fan, count: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels."""
    across, rows = min(count, _ACROSS), -(-count // _ACROSS)
    height = _ABOVE + rows * _TALL + _BELOW
    figure = Figure(figsize=(_WIDTH, height), dpi=160)
    figure.text(0.02, 1 - 0.26 / height, fan.title, fontsize=13, fontweight="bold", va="center")
    room = _GAP if fan.alike else _LEFT
    width = (0.98 - _LEFT + room) / across
    panels: list[Axes] = []
    for place in range(count):
        bottom = (_BELOW + 0.45 + (rows - 1 - place // across) * _TALL) / height
        box = (_LEFT + place % across * width, bottom, width - room, (_TALL - 0.85) / height)
        panels.append(figure.add_axes(box, sharey=panels[0] if panels and fan.alike else None))
        panels[-1].tick_params(labelleft=not fan.alike or place % across == 0)
    return figure, panels
