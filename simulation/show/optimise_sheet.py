"""A front as a figure, a table and a record of what was asked."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from simulation.scenario.schema import Scenario
from simulation.show.answer_files import MARK, write_record, write_table
from simulation.show.drawing import COLOURS, STYLE, Picture, write_caption
from simulation.show.figures import save
from simulation.show.optimise_words import WARNING, front_in_words, leaning_in_words, reading
from simulation.study.folders import write_whole
from simulation.study.headline import CAVEAT, dollars
from simulation.study.levers import own_value
from simulation.study.optimise import AIMS, Front, Option, ends, middle
from simulation.study.robustness import standard_error

_SMALLEST, _LARGEST = 30.0, 420.0  # areas of dots
_HATCHED = COLOURS[2]


def write_front(
    scenario: Scenario, front: Front, notes: Sequence[str], folder: Path, origin: dict[str, Any]
) -> list[Path]:
    """Write figure, table and record to a folder, replacing earlier answers there whole; return the paths."""

    def fill(fresh: Path) -> None:
        save(picture(front), fresh)
        write_table(fresh / "front.csv", _header(front), _rows(scenario, front))
        said = [*front_in_words(front), leaning_in_words(front)]
        asked = {"policy": front.policy, "aims": list(front.aims), "levers": [vars(lever) for lever in front.levers]}
        record = {"asked": asked, "said": said, "warning": WARNING, "notes": list(notes), "caveat": CAVEAT}
        write_record(fresh, record | origin)

    return write_whole(folder, MARK, fill)


def _header(front: Front) -> list[str]:
    figures = [f"{aim}_{which}" for aim in front.aims for which in ("fresh", "fresh_error", "searched")]
    return ["option", *(lever.name for lever in front.levers), *figures]


def _rows(scenario: Scenario, front: Front) -> Iterator[list[object]]:
    for option in (front.nothing, front.own, *front.options):
        values = [
            own_value(scenario, front.policy, lever.name) if option is front.own else option.point.get(lever.name)
            for lever in front.levers
        ]
        figures = [
            float(figure)
            for place in range(len(front.aims))
            for figure in (option.mean[place], standard_error(option.fresh[:, place]), option.searched[place])
        ]
        yield [option.name, *values, *figures]


# --- the figure ---------------------------------------------------------------------------------------------------


def picture(front: Front) -> Picture:
    """Return the first aim against the second; the size of a dot tells the third, if there is one."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.4, 6.0), dpi=160)
        axes = figure.add_axes((0.13, 0.24, 0.82, 0.68))
        _draw_options(axes, front)
        _name_ends(axes, front)
        _label(axes.yaxis, axes.set_ylabel, front.aims[0])
        _label(axes.xaxis, axes.set_xlabel, front.aims[1])
        axes.margins(0.12)
        axes.set_title(f"What {front.policy} could be: the front")
        caption = _caption(front)
        write_caption(figure, caption)
        return Picture("front", figure, caption, " ".join(front_in_words(front)[1:-1]))


def _draw_options(axes: Axes, front: Front) -> None:
    shown = (*front.options, front.own, front.nothing)
    sizes = dict(zip((option.name for option in shown), _sizes(front, shown), strict=True))
    for options, colour, marker in (
        (front.options, COLOURS[1], "o"), ((front.own,), _HATCHED, "s"), ((front.nothing,), COLOURS[0], "D")
    ):  # fmt: skip
        points = np.array([option.mean[[1, 0]] for option in options])
        areas = [sizes[option.name] for option in options]
        axes.scatter(*points.T, s=areas, marker=marker, color=colour, alpha=0.6, edgecolors=colour, linewidths=1.2)


def _sizes(front: Front, shown: Sequence[Option]) -> list[float]:
    """Return the dots' areas: in proportion to the third aim, or alike."""
    if len(front.aims) == 2:  # noqa: PLR2004
        return [90.0] * len(shown)
    third = np.array([option.mean[2] for option in shown])
    most = float(third.max())
    return [_SMALLEST + (_LARGEST - _SMALLEST) * max(0.0, float(each)) / most if most > 0 else 90.0 for each in third]


def _name_ends(axes: Axes, front: Front) -> None:
    """Write names beside the baseline, the policy itself, the front's ends and its middle; one place, one name."""
    labels: dict[str, list[str]] = {}
    points = {front.nothing.name: front.nothing, front.own.name: front.own}
    labels[front.nothing.name], labels[front.own.name] = [front.baseline], [f"{front.policy} as it is"]
    for aim, option in ends(front).items():
        word = "most" if AIMS[aim].wanted == "maximize" else "least"
        labels.setdefault(option.name, []).append(f"{word} {aim}")
        points[option.name] = option
    between = middle(front)
    labels.setdefault(between.name, []).append("a middle")
    points[between.name] = between
    for name, said in labels.items():
        across, upward = float(points[name].mean[1]), float(points[name].mean[0])
        axes.annotate(
            ", ".join(said), (across, upward), xytext=(0, 13), textcoords="offset points", ha="center", fontsize=9.5,
            fontweight="bold", color="#333333",
        )  # fmt: skip


def _label(axis: Axis, write: Any, aim: str) -> None:
    write(f"{aim}: {AIMS[aim].meaning}")
    if aim == "value":
        axis.set_major_formatter(lambda value, place: dollars(value, signed=True))


def _caption(front: Front) -> str:
    third = ""
    if len(front.aims) > 2:  # noqa: PLR2004
        aim = front.aims[2]
        most = max((*front.options, front.own, front.nothing), key=lambda option: float(option.mean[2]))
        third = f" The larger a dot, the more {aim}; the largest is {reading(aim, float(most.mean[2]))}."
    return (
        f"Round: options that none of {front.trials} trials beats in every aim, in the {front.worlds} worlds searched. "
        f"Square: the policy as it is. Diamond: {front.baseline}. Places are means over {len(front.fresh_worlds)} fresh "
        f"worlds, so that some may be beaten here.{third} An optimiser finds what the model rewards, its guesses included."
    )
