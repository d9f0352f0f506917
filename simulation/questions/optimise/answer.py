"""A Pareto front as words, a table and a figure."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from simulation.questions.answer import Answer
from simulation.questions.optimise.levers import own_value
from simulation.questions.optimise.search import AIMS, Front, Option, ends, leans_on, middle, standing
from simulation.questions.optimise.words import (
    WARNING,
    front_in_words,
    how_searched,
    leaning_in_words,
    reading,
    spelled,
    superlative,
)
from simulation.runs.caveats import CAVEAT
from simulation.runs.estimates import standard_error
from simulation.runs.formats import dollars
from simulation.scenario.schema import Scenario
from simulation.show.drawing import COLOURS, STYLE, Picture, spread_apart, write_caption
from simulation.show.parameter_words import meaning_of
from simulation.show.tables import Column, Row, Table, frame_of

_SMALLEST, _LARGEST = 30.0, 420.0  # areas of dots
_OWN = COLOURS[2]
_LINE = 0.1  # of the axis: the height of a label of two lines


def of_front(scenario: Scenario, front: Front) -> Answer:
    """Return what a policy could be: the Pareto front of its terms, and what it hangs on."""
    leaning = (meaning_of(scenario, address) for address in leans_on(front, middle(front)))
    return Answer(
        question="optimise",
        title=f"What {front.policy} could be",
        asked={"policy": front.policy, "aims": list(front.aims), "levers": [vars(lever) for lever in front.levers]},
        said=(*front_in_words(front), leaning_in_words(front)),
        found=front,
        tables=(_options(scenario, front),),
        draw=lambda: [picture(front)],
        notes=(*leaning, WARNING, *how_searched(scenario, front), CAVEAT),
    )


def _options(scenario: Scenario, front: Front) -> Table:
    """Return a row an option: what its terms are, and how it does by each aim."""
    aims = (Column(aim, _reading_of(aim)) for aim in front.aims)
    terms = (Column(lever.name, _term(lever.name)) for lever in front.levers)
    columns = (Column("option", itemgetter("option"), left=True), *aims, *terms)
    return Table("front", lambda: frame_of(_header(front), _rows(scenario, front)), columns, digits="%.10g")


def _reading_of(aim: str) -> Callable[[Row], str]:
    return lambda row: reading(aim, row[f"{aim}_fresh"])


def _term(name: str) -> Callable[[Row], str]:
    return lambda row: "" if row[name] is None or row[name] != row[name] else spelled(row[name])  # noqa: PLR0124 # nan


def _header(front: Front) -> tuple[str, ...]:
    figures = (f"{aim}_{which}" for aim in front.aims for which in ("fresh", "fresh_error", "searched"))
    return ("option", *(lever.name for lever in front.levers), *figures)


def _rows(scenario: Scenario, front: Front) -> Iterator[tuple[object, ...]]:
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
        yield (option.name, *values, *figures)


# --- the figure ---------------------------------------------------------------------------------------------------


def picture(front: Front) -> Picture:
    """Return the first aim against the second; the size of a dot tells the third, if there is one."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.4, 6.0), dpi=160)
        axes = figure.add_axes((0.13, 0.24, 0.6, 0.68))
        _draw_options(axes, front)
        _label(axes.yaxis, axes.set_ylabel, front.aims[0])
        _label(axes.xaxis, axes.set_xlabel, front.aims[1])
        axes.xaxis.set_major_locator(MaxNLocator(6))
        _name_ends(axes, front)
        axes.set_title(f"What {front.policy} could be: the front")
        caption = _caption(front)
        write_caption(figure, caption)
        return Picture("front", figure, caption, " ".join(front_in_words(front)[1:-1]))


def _draw_options(axes: Axes, front: Front) -> None:
    shown = (*front.options, front.own, front.nothing)
    kept = {option.name for option in standing(front)}
    marks = {front.own.name: ("s", _OWN), front.nothing.name: ("D", COLOURS[0])}
    for option, area in zip(shown, _sizes(front, shown), strict=True):
        marker, colour = marks.get(option.name, ("o", COLOURS[1]))
        face = to_rgba(colour, 0.55 if option.name in kept | set(marks) else 0.0)
        across, upward = option.mean[[1, 0]].tolist()
        axes.scatter([across], [upward], s=area, marker=marker, facecolors=[face], edgecolors=colour, linewidths=1.2)


def _sizes(front: Front, shown: Sequence[Option]) -> list[float]:
    """Return the dots' areas: in proportion to the third aim, or alike."""
    if len(front.aims) == 2:  # noqa: PLR2004
        return [90.0] * len(shown)
    third = np.array([option.mean[2] for option in shown])
    most = float(third.max())
    return [_SMALLEST + (_LARGEST - _SMALLEST) * max(0.0, float(each)) / most if most > 0 else 90.0 for each in third]


def _name_ends(axes: Axes, front: Front) -> None:
    """Write what the named options are beside the figure, each with a line to its place."""
    axes.margins(0.08)
    low, high = axes.get_ylim()
    named = sorted(_named(front), key=lambda each: float(each[0].mean[0]))
    wanted = [(float(option.mean[0]) - low) / (high - low) for option, _ in named]
    places = spread_apart(wanted, [_LINE] * (len(named) - 1))
    for (option, words), place in zip(named, places, strict=True):
        axes.annotate(
            textwrap.fill(words, 24), option.mean[[1, 0]].tolist(), xytext=(1.05, place), textcoords="axes fraction",
            va="center", fontsize=9.5, fontweight="bold", color="#333333",
            arrowprops={"arrowstyle": "-", "color": "#999999", "linewidth": 0.8},
        )  # fmt: skip


def _named(front: Front) -> list[tuple[Option, str]]:
    """Return the baseline, the policy itself, the front's ends and its middle, each once with all that it is."""
    found = [(front.nothing, front.baseline), (front.own, f"{front.policy} as it is")]
    told: dict[str, list[str]] = {}
    for words, option in (
        *((superlative(aim), each) for aim, each in ends(front).items()),
        ("a middle", middle(front)),
    ):
        told.setdefault(option.name, []).append(words)
    by_name = {option.name: option for option in front.options}
    return [*found, *((by_name[name], f"{name}: {', '.join(words)}") for name, words in told.items())]


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
    fresh = len(front.fresh_worlds)
    return (
        f"Round: options that none of {front.trials} trials beats in every aim in the {front.worlds} worlds searched; "
        f"hollow where {front.baseline} does as well or better in every aim. Square: the policy as it is. Diamond: "
        f"{front.baseline}. Positions are means over {fresh} held-out worlds.{third} An optimiser finds what the model "
        "rewards, including its guesses."
    )
