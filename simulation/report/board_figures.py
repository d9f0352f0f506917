"""The two figures of the report's first page: every replicate beside nothing, and what the chance of exposure does.

Narrow, so that they are read on a phone as they are; in one colour for what is dark and hollow for what stays secret,
so that nothing is lost in grey.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from simulation.runs.formats import dollars, listed
from simulation.runs.headline import Headline, Row
from simulation.runs.outcome import Outcome
from simulation.runs.secrecy import Secrecy
from simulation.runs.statement import in_100, in_words, secrecy_of, span_in_words
from simulation.show.drawing import COLOURS, Picture, label_ends
from simulation.show.lettering import in_letters_at_hand
from simulation.show.ticks import in_dollars, percent, told_apart

_WIDE = 4.3  # inches: at the width of a phone letters are nearly as large as here
_TITLE, _NAME = 46, 17  # letters of a title, and of a line of a name
_INK = COLOURS[0]
_ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
_ROW, _HEAD = 0.19, 0.30  # inches of a row of dots, and of the name above a policy's rows


Dots = tuple[str, np.ndarray, bool]
"""A row of dots: what they are, the differences, whether they are filled."""


def strip(outcome: Outcome, headline: Headline) -> Picture:
    """Draw every replicate's difference from the baseline as a dot, in secret and exposed, with zero in view."""
    rows = [_rows_of(outcome, row, place) for place, row in enumerate(headline.rows) if place]
    height = 1.45 + sum(_HEAD + 0.08 + _ROW * len(each) for each in rows)
    figure = Figure(figsize=(_WIDE, height), dpi=160)
    axes = figure.add_axes((0.2, 0.55 / height, 0.75, 1 - 1.4 / height))
    top = 0.0
    for row, dots in zip(headline.rows[1:], rows, strict=True):
        top = _draw_policy(axes, row, dots, top)
    _finish_strip(figure, axes, outcome, rows, max(top, 0.1))
    caption = _strip_caption(outcome, headline)
    said = "; ".join(f"{row.policy}: mean {in_words(row.difference_mean)}" for row in headline.rows[1:])
    return Picture("difference", figure, caption, f"Dots by policy, against {outcome.policies[0]}. {said or 'none'}")


def _rows_of(outcome: Outcome, row: Row, place: int) -> list[Dots]:
    """Return a policy's rows of dots: in secret and exposed, or one row if it cannot come out or nobody knows."""
    split = outcome.split
    if split is None or secrecy_of(row, outcome.scenario) is None:
        return [("", outcome.differences().by_replicate()[:, place], True)]
    baseline = split.lives("value").by_replicate()[:, 0]
    secret, exposed = (values["value"][:, place] - baseline for values in (split.secret, split.exposed))
    return [("stays secret", secret, False), ("exposed", exposed, True)]


def _draw_policy(axes: Axes, row: Row, rows: Sequence[Dots], top: float) -> float:
    """Draw a policy's name and rows below `top`, in inches downwards; return where they end."""
    font = FontProperties(size=9.5, weight="bold")
    name = in_letters_at_hand(f"{row.policy}: mean {in_words(row.difference_mean)}", font)
    where = {"xycoords": ("axes fraction", "data"), "va": "center", "bbox": _ON_WHITE}
    axes.annotate(name, (0, top + _HEAD / 2), fontproperties=font, **where)  # type: ignore[arg-type] # a mapping
    for place, (label, values, filled) in enumerate(rows):
        height = top + _HEAD + (place + 0.5) * _ROW
        axes.annotate(label, (-0.02, height), xycoords=("axes fraction", "data"), va="center", ha="right", fontsize=8.5)
        look = {"markerfacecolor": COLOURS[1] if filled else "white", "alpha": 0.65}
        axes.plot(values, np.full(len(values), height), "o", color=COLOURS[1], markersize=4.5, **look)  # type: ignore[arg-type]
    bottom = top + _HEAD + _ROW * len(rows)
    axes.plot([row.difference_mean.value] * 2, [top + _HEAD, bottom], color=COLOURS[2], linewidth=2.5)
    return bottom + 0.08


def _finish_strip(figure: Figure, axes: Axes, outcome: Outcome, rows: list[list[Dots]], bottom: float) -> None:
    """Set the limits so that zero is in view, and count along both edges: the chain's dollars, and a household's."""
    values = [0.0, *(value for each in rows for _, dots, _ in each for value in (dots.min(), dots.max()))]
    low, high = float(min(values)), float(max(values))
    room = 0.06 * (high - low) or 1.0
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(bottom, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=_INK, linewidth=1.2)
    in_dollars(axes.xaxis, 4)
    axes.set_xlabel(f"dollars in all, {span_in_words(outcome.scenario.weeks)}")
    each = axes.twiny()
    each.spines["left"].set_visible(False)
    each.spines["top"].set_visible(True)
    each.set_xlim(*(end / outcome.household_years for end in axes.get_xlim()))
    in_dollars(each.xaxis, 4)
    each.set_xlabel("dollars a household and year")
    for one in (axes, each):
        one.tick_params(labelsize=8.5)
        one.xaxis.label.set_fontsize(9)
    _title(figure, f"Worth against {outcome.policies[0]}")


def _title(figure: Figure, text: str) -> None:
    short = textwrap.shorten(text, _TITLE, placeholder=" …")
    figure.text(0.02, 1 - 0.1 / figure.get_figheight(), short, va="top", weight="bold", fontsize=10.5)


def _strip_caption(outcome: Outcome, headline: Headline) -> str:
    """Return what the dots are, as far as it holds of them."""
    count = headline.replicates
    said = "A dot is the one replicate" if count == 1 else f"A dot is one of {count} replicates"
    if any(secrecy_of(row, outcome.scenario) for row in headline.rows[1:]):
        said += "; hollow if it stays secret, filled if it is exposed"
    mean = "the strokes are means, weighted by the chances of both" if outcome.split else "the strokes are means"
    return f"{said}; {mean}. The line at zero is {outcome.policies[0]}. {_simulated(outcome)}"


def _simulated(outcome: Outcome) -> str:
    return f"Simulated: {outcome.scenario.simulated}."


def exposure(outcome: Outcome, headline: Headline) -> Picture | None:
    """Draw what each policy is expected to be worth by the chance that it comes out; None where nothing can."""
    lines = [
        Line(row, known, COLOURS[place % len(COLOURS)])
        for place, row in enumerate(headline.rows)
        if place and (known := secrecy_of(row, outcome.scenario))
    ]
    if not lines:
        return None
    figure = Figure(figsize=(_WIDE, 3.7), dpi=160)
    axes = figure.add_axes((0.19, 0.15, 0.44, 0.73))
    reach = _reach(lines)
    for line in lines:
        _draw_line(axes, line, reach)
    _set_limits(axes, lines, reach)
    inside, off = _levels(axes, lines, headline)
    ends = [(line.known.expected(reach), _end_of(line), line.colour) for line in lines]
    label_ends(axes, [(0.0, headline.rows[0].policy, _INK), *ends, *inside], _NAME)
    _name_axes(figure, axes, outcome)
    return Picture(
        "exposure", figure, f"{_exposure_caption(lines, bool(inside), off)} {_simulated(outcome)}", _exposure_alt(lines)
    )


@dataclass(frozen=True)
class Line:
    """A policy that can come out."""

    row: Row
    known: Secrecy
    colour: str


def _reach(lines: Sequence[Line]) -> float:
    """Return up to which chance lines are drawn: beyond the model's own and the one at which a policy breaks even."""
    marks = [line.known.chance.value for line in lines]
    marks += [line.known.break_even_chance.value for line in lines if line.known.break_even_chance]
    return float(min(1.0, max(0.1, np.ceil(20 * 1.25 * max(marks)) / 20)))


def _draw_line(axes: Axes, line: Line, reach: float) -> None:
    """Draw what a policy is worth by the chance; mark the model's own, and the one at which the policy breaks even."""
    known, own = line.known, line.known.chance.value
    axes.plot([0, 100 * reach], [known.expected(0.0), known.expected(reach)], color=line.colour, linewidth=2)
    axes.plot([100 * own], [known.expected(own)], "o", color=line.colour, markersize=7)
    if known.break_even_chance:
        point = 100 * known.break_even_chance.value
        axes.plot([point], [0], "o", markerfacecolor="white", color=line.colour, markersize=7, zorder=5)


def _end_of(line: Line) -> str:
    """Return what stands at a line's end: the policy, and the chances that are marked on it."""
    said = f"{line.row.policy}: {_percent(line.known.chance.value)}"
    point = line.known.break_even_chance
    return f"{said}, pays below {_percent(point.value)}" if point else said


def _percent(chance: float) -> str:
    return in_100(chance).replace(" in 100", "\N{NO-BREAK SPACE}%")


def _set_limits(axes: Axes, lines: Sequence[Line], reach: float) -> None:
    """Let lines and zero be in view."""
    ends = [0.0, *(line.known.expected(chance) for line in lines for chance in (0.0, reach))]
    room = 0.1 * (max(ends) - min(ends)) or 1.0
    axes.set_xlim(0, 100 * reach)
    axes.set_ylim(min(ends) - room, max(ends) + room)
    axes.axhline(0, color=_INK, linewidth=1.2)


def _levels(axes: Axes, lines: Sequence[Line], headline: Headline) -> tuple[list[tuple[float, str, str]], list[Row]]:
    """Draw the policies that cannot come out by themselves as level lines; return their names, and those out of view.

    They can lie far below what is of interest, and then are not drawn.
    """
    found, off, (low, high) = [], [], axes.get_ylim()
    level = [row for row in headline.rows[1:] if all(row is not line.row for line in lines)]
    for row in level:
        worth, place = row.difference_mean.value, headline.rows.index(row) % len(COLOURS)
        if low <= worth <= high:
            axes.axhline(worth, color=COLOURS[place], linestyle=(0, (6, 2)), linewidth=1.6)
            found.append((worth, row.policy, COLOURS[place]))
        else:
            off.append(row)
    return found, off


def _name_axes(figure: Figure, axes: Axes, outcome: Outcome) -> None:
    told_apart(axes.xaxis, percent, 5)
    in_dollars(axes.yaxis, 5)
    axes.tick_params(labelsize=8.5)
    axes.set_xlabel(f"chance of exposure within {span_in_words(outcome.scenario.weeks)}", fontsize=9)
    _title(figure, "Expected worth by the chance of exposure")


def _exposure_caption(lines: Sequence[Line], has_levels: bool, off: Sequence[Row]) -> str:
    """Return what the lines and marks are, and what lies beyond them."""
    said = ["Full dots, and the first percentage: the model's own chance of exposure."]
    if any(line.known.break_even_chance for line in lines):
        said.append("Hollow dots: the chance at which a policy stops paying.")
    if has_levels:
        said.append("Dashed: policies whose exposure is planned, unlikely or impossible.")
    if off:
        beyond = listed([f"{row.policy} at {dollars(row.difference_mean.value, True)}" for row in off])
        said.append(f"Beyond the figure: {beyond}.")
    return " ".join(said)


def _exposure_alt(lines: Sequence[Line]) -> str:
    said = "; ".join(
        f"{line.row.policy}: {dollars(line.known.if_secret.value, True)} if it stays secret, "
        f"{dollars(line.known.if_exposed.value, True)} if exposed, model's chance "
        f"{in_100(line.known.chance.value)}"
        for line in lines
    )
    return f"Expected value by the chance of exposure. {said}."
