"""What an answer hangs on, as figures: tornado, shares of the variance, screening."""

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, PercentFormatter

from simulation.questions.sensitivity.indices import CHANCE, Share
from simulation.questions.sensitivity.sensitivity import Influence
from simulation.questions.sensitivity.words import (
    amount,
    grade_of,
    name_in_words,
    numbers_in_words,
    shares_in_words,
)
from simulation.show.drawing import COLOURS, STYLE, Picture, spread_apart, write_caption

_GRADES: dict[str, tuple[str, str, str]] = {  # colour, hatch, marker
    "assumption": (COLOURS[2], "///", "o"),
    "fitted": (COLOURS[1], "oo", "P"),
    "abstract": (COLOURS[6], "\\\\\\", "s"),
    "recalled": (COLOURS[4], "...", "D"),
    "quoted": (COLOURS[5], "|||", "^"),
    "measured": (COLOURS[3], "---", "v"),
    CHANCE: (COLOURS[7], "xxx", "*"),
}
_OTHER = ("#BBBBBB", "", "o")
_ROW = 0.36  # inches
_LEFT = 0.31  # of the width: room for the names of numbers


def pictures(found: Influence) -> list[Picture]:
    """Return the figures: tornado, shares of the variance, screening."""
    with mpl.rc_context(STYLE):
        return [_tornado(found), _shares(found), _screening(found)]


def _empty(title: str, rows: int, below: float = 1.75) -> tuple[Figure, Axes]:
    """Return a figure with so many rows, and room at the left for their names."""
    tall = _ROW * rows
    height = 0.65 + tall + below
    figure = Figure(figsize=(8.4, height), dpi=160)
    figure.text(0.02, 1 - 0.3 / height, title, fontsize=13, fontweight="bold", va="center")
    axes = figure.add_axes((_LEFT, below / height, 0.94 - _LEFT, tall / height))
    axes.set_ylim(rows - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    return figure, axes


def size_of(found: Influence) -> str:
    """Return how much was simulated, as a sentence."""
    return f"Simulated: {found.scenario.simulated}, {found.scenario.weeks} weeks."


def _tornado(found: Influence) -> Picture:
    """Draw what each number changes on its own, from the low to the high end of its range."""
    order = sorted(found.swings, key=lambda swing: -abs(swing.high - swing.low))
    title = f"{found.policy}: what single numbers change"
    figure, axes = _empty(title, max(1, len(order)))
    write, usual = amount(found.unit), found.usual.value
    for row, swing in enumerate(order):
        for value, end, colour, hatch in (
            (swing.low, swing.ends[0], COLOURS[1], ""), (swing.high, swing.ends[1], COLOURS[6], "///"),
        ):  # fmt: skip
            axes.barh(row, value - usual, left=usual, height=0.62, color=colour, hatch=hatch,
                      edgecolor="white", linewidth=0)  # fmt: skip
            right = value > usual if value != usual else end == swing.ends[1]
            axes.annotate(f"{end:g}", (value, row), xytext=(3 if right else -3, 0), textcoords="offset points",
                          ha="left" if right else "right", va="center", fontsize=8.5)  # fmt: skip
    axes.axvline(usual, color=COLOURS[0], linewidth=1)
    axes.margins(x=0.12)
    axes.set_yticks(range(len(order)), [f"{name_in_words(each.name)}" for each in order])
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(lambda value, _: write(value))
    axes.set_xlabel(f"{found.measure.replace('_', ' ')} less the baseline's; the line: everything as in a run")
    handles = [Patch(facecolor=COLOURS[1], label="low end of the range"),
               Patch(facecolor=COLOURS[6], hatch="///", edgecolor="white", label="high end")]  # fmt: skip
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(_LEFT - 0.01, 0.62 / figure.get_figheight()),
                  ncols=2, frameon=False, fontsize=9)  # fmt: skip
    caption = (
        f"One number at a time at the low and the high end of its range, written at the ends of the bars, the others "
        f"as in a run; means over the same {found.effort.replicates} replicates. Screening named these first "
        f"of {len(found.question.names)} numbers. {size_of(found)} An extrapolation, not a forecast."
    )
    write_caption(figure, caption)
    alt = "; ".join(f"{name_in_words(each.name)}: {write(each.low)} to {write(each.high)}" for each in order)
    return Picture("tornado", figure, caption, alt)


def _shares(found: Influence) -> Picture:
    """Draw the shares of the variance by grade and by number, alone and with others."""
    numbers = sorted((each for each in found.shares.by_number if each.name != CHANCE), key=lambda each: -each.total)
    grades = sorted(found.shares.by_grade, key=lambda each: -each.total)
    rows: list[Share | None] = [*grades, None, *numbers]
    figure, axes = _empty(f"{found.policy}: where the variance comes from", len(rows))
    for row, share in enumerate(rows):
        if share is not None:
            _draw_share(axes, row, share)
    named = [(row, name_in_words(share.name)) for row, share in enumerate(rows) if share is not None]
    axes.set_yticks([row for row, _ in named], [name for _, name in named])
    axes.axhline(len(grades), color="#CCCCCC", linewidth=0.8)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("share of the variance")
    _grade_legend(figure, [grade_of(share.name) for share in rows if share is not None])
    caption = (
        f"Bar and square: with all that it shares with others (total Sobol index); dot: alone (first order). Lines: "
        f"95 % intervals from {found.effort.samples} samples; estimates below 0 are drawn at 0. Above: all numbers of "
        f"a grade, and chance. Below: single numbers. {size_of(found)}"
    )
    write_caption(figure, caption)
    return Picture("shares", figure, caption, " ".join((*shares_in_words(found), *numbers_in_words(found))))


def _draw_share(axes: Axes, row: int, share: Share) -> None:
    colour, hatch, _ = _GRADES.get(grade_of(share.name), _OTHER)
    total, alone = (min(max(each, 0.0), 1.0) for each in (share.total, share.alone))
    axes.barh(row, total, height=0.62, color=colour, alpha=0.55, hatch=hatch, edgecolor="white", linewidth=0)
    for middle, error, place, marker in ((total, share.total_error, -0.13, "s"), (alone, share.alone_error, 0.15, "o")):
        axes.plot(
            [max(0.0, middle - error), min(1.0, middle + error)], [row + place] * 2, color=COLOURS[0], linewidth=1
        )
        axes.plot([middle], [row + place], marker, color=COLOURS[0], markersize=4.5, clip_on=False)


def _grade_legend(figure: Figure, shown: list[str]) -> None:
    handles = [
        Patch(facecolor=colour, alpha=0.55, hatch=hatch, edgecolor="white", label=grade)
        for grade, (colour, hatch, _) in _GRADES.items()
        if grade in shown
    ]
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.01, 0.62 / figure.get_figheight()), ncols=6,
        frameon=False, fontsize=9,
    )  # fmt: skip


def _screening(found: Influence) -> Picture:
    """Draw every number by how much it changes and how unevenly, and name the most influential."""
    figure = Figure(figsize=(8.4, 5.6), dpi=160)
    axes = figure.add_axes((0.12, 0.25, 0.56, 0.65))
    axes.set_title(f"{found.policy}: {len(found.question.names)} numbers screened")
    screened, write = found.screened, amount(found.unit)
    named = set(screened.first(found.effort.few))
    for name, across, up in zip(screened.names, screened.influence, screened.spread, strict=True):
        colour, _, marker = _GRADES.get(found.question.grades[name], _OTHER)
        size, edge = (7, COLOURS[0]) if name in named else (4, colour)
        axes.plot([across], [up], marker, color=colour, markersize=size, markeredgecolor=edge, markeredgewidth=0.7,
                  clip_on=False)  # fmt: skip
    axes.set_xlim(0, 1.08 * max(float(screened.influence.max()), 1e-12))
    axes.set_ylim(0, 1.08 * max(float(screened.spread.max()), 1e-12))
    for along in (axes.xaxis, axes.yaxis):
        along.set_major_locator(MaxNLocator(5))
        along.set_major_formatter(lambda value, _: write(value).lstrip("+"))
    axes.set_xlabel("influence: mean size of what it changes (mu*)")
    axes.set_ylabel("unevenness (sigma)")
    _name_points(axes, found, named)
    handles = [
        axes.plot([], [], marker, color=colour, linestyle="none", label=grade)[0]
        for grade, (colour, _, marker) in _GRADES.items()
        if grade in found.question.grades.values()
    ]
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.1, 0.095), ncols=5, frameon=False, fontsize=9)
    caption = (
        "Morris's elementary effects: what a number changes over its whole range, the others being anywhere; the "
        f"higher, the more it depends on the others. {found.effort.trajectories} trajectories, each with a luck of its "
        f"own. {size_of(found)}"
    )
    write_caption(figure, caption)
    return Picture("screening", figure, caption, " ".join(numbers_in_words(found)))


def _name_points(axes: Axes, found: Influence, named: set[str]) -> None:
    """Write names in a column at the right, each tied to its point by a line, moved apart where they would overlap."""
    screened = found.screened
    points = sorted(
        (float(up), float(across), name)
        for name, across, up in zip(screened.names, screened.influence, screened.spread, strict=True)
        if name in named
    )
    top, right = axes.get_ylim()[1], axes.get_xlim()[1]
    heights = spread_apart([up / top for up, _, _ in points], [0.06] * (len(points) - 1))
    for height, (up, across, name) in zip(heights, points, strict=True):
        colour = _GRADES.get(found.question.grades[name], _OTHER)[0]
        axes.plot([across, right * 1.03], [up, height * top], color="#BBBBBB", linewidth=0.6, clip_on=False, zorder=0)
        axes.annotate(name_in_words(name), (1.04, height), xycoords="axes fraction", va="center", fontsize=9,
                      color=COLOURS[0], annotation_clip=False,
                      bbox={"facecolor": "white", "edgecolor": colour, "pad": 1.2, "linewidth": 0.8})  # fmt: skip
