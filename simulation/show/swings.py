"""How far policies move, as lines from one end to the other: a panel a policy, with errors and zero in view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.show.drawing import COLOURS, STYLE, write_caption
from simulation.show.ticks import in_dollars

_ROW, _HEAD, _TICKS = 0.34, 0.36, 0.42  # inches: of a line, of a policy's name, of the amounts under its panel
_LEFT, _RIGHT = 0.36, 0.94  # of the width
_UNTOLD = "#999999"  # of what cannot be told from zero


@dataclass(frozen=True)
class Swing:
    """One line: what a policy is worth with something at its low and its high end, and as it is; dollars."""

    name: str
    worths: tuple[float, float]
    errors: tuple[float, float]
    ends: tuple[str, str]  # in words
    as_it_is: float
    is_distinguishable: bool


def swings_figure(title: str, panels: Mapping[str, Sequence[Swing]], caption: str) -> Figure:
    """Return the figure of some lines by policy, each panel on its own scale; a policy without lines has none."""
    shown = [(place, policy, swings) for place, (policy, swings) in enumerate(panels.items()) if swings]
    heights = [_HEAD + _ROW * len(swings) + _TICKS for _, _, swings in shown]
    height = 0.6 + sum(heights) + 0.6
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.4, height), dpi=160)
        figure.text(0.02, 1 - 0.3 / height, title, fontsize=13, fontweight="bold")
        top = height - 0.5
        for (place, policy, swings), room in zip(shown, heights, strict=True):
            low = top - room + _TICKS
            axes = figure.add_axes((_LEFT, low / height, _RIGHT - _LEFT, _ROW * len(swings) / height))
            _draw_panel(axes, policy, swings, COLOURS[(place + 1) % len(COLOURS)])
            top -= room
        write_caption(figure, caption)
    return figure


def _draw_panel(axes: Axes, policy: str, swings: Sequence[Swing], colour: str) -> None:
    axes.set_title(policy, fontsize=10.5, color=colour)
    axes.axvline(0, color=COLOURS[0], linewidth=1)
    for row, swing in enumerate(swings):
        _draw_line(axes, row, swing, colour if swing.is_distinguishable else _UNTOLD)
    axes.set_ylim(len(swings) - 0.4, -0.6)
    axes.set_yticks(range(len(swings)), [each.name for each in swings], fontsize=9.5)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.22)
    in_dollars(axes.xaxis, 5)
    axes.tick_params(axis="x", labelsize=9)


def _draw_line(axes: Axes, row: int, swing: Swing, colour: str) -> None:
    reached = (*swing.worths, swing.as_it_is)
    axes.plot([min(reached), max(reached)], [row, row], color=colour, linewidth=2, alpha=0.45)
    axes.plot([swing.as_it_is] * 2, [row - 0.2, row + 0.2], color=colour, linewidth=2.5)
    others, faces = reversed(swing.worths), ("white", colour)
    for worth, other, error, end, face in zip(swing.worths, others, swing.errors, swing.ends, faces, strict=True):
        axes.plot([worth - error, worth + error], [row, row], color=COLOURS[0], linewidth=1, marker="|", markersize=7)
        axes.plot([worth], [row], "o", color=colour, markerfacecolor=face, markersize=6)
        right = worth > other or (worth == other and face == colour)
        axes.annotate(
            end, (worth + (error if right else -error), row), xytext=(6 if right else -6, 0),
            textcoords="offset points", ha="left" if right else "right", va="center", fontsize=8.5,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.6},
        )  # fmt: skip
