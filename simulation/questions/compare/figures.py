"""A comparison as figures: who left, by first cause and by group."""

import textwrap
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from simulation.questions.compare.attribution import Attribution
from simulation.questions.compare.causes import Cause
from simulation.questions.compare.comparison import Comparison
from simulation.runs.outcome import spread
from simulation.scenario.population import SEGMENTS, TIERS
from simulation.show.drawing import COLOURS, STYLE, Picture

_LABELS = {
    Cause.PRESS: "the press",
    Cause.NOTICE: "a notice",
    Cause.EXPERIENCE: "own experience",
    Cause.WORD_OF_MOUTH: "word of mouth",
    Cause.NEIGHBOUR: "others pay less",
    Cause.PRICE: "price",
    Cause.BENEFIT: "benefit lost or gained",
    Cause.REWARD: "reward for data",
    Cause.OFFERS: "offers",
    Cause.RIVAL: "rival",
    Cause.GOODWILL: "goodwill, terms",
    Cause.ADS: "advertising",
}
_FACES = [COLOURS[2], COLOURS[1], COLOURS[3], *COLOURS[4:], *COLOURS[1:6]]  # the last five hatched
_LOOKS = {cause: (_FACES[place], "" if place < 7 else "///") for place, cause in enumerate(_LABELS)}  # noqa: PLR2004
_WIDTH, _INCH_A_ROW, _ABOVE, _BELOW, _LEGEND = 8.4, 0.24, 0.6, 1.35, 0.5
_MOST_POLICIES = 12
_CELLS = [f"{segment}, {tier}" for segment in SEGMENTS for tier in TIERS]
_MEANING = (
    "Net: opening patrons who left at least once, less those of their twins who did, of 10,000 opening patrons{whose}. "
    "First cause: what first set a shopper's life apart from the twin's under the baseline; what came later may have "
    "weighed more (the table splits by what first moved feelings, too). Bars are means over {replicates}, which add "
    "up; whiskers span 10 to 90 % of replicates. Simulated: {simulated}. An extrapolation, not a "
    "forecast.{more}"
)
Parts = list[tuple[str, Attribution, int]]
Floats = NDArray[np.float64]


def pictures(comparison: Comparison) -> list[Picture]:
    """Return the figures: by first cause, and by segment and tier; none if no policy makes anybody leave."""
    parts = _parts(comparison)
    if not parts:
        return []
    with mpl.rc_context(STYLE):
        return [by_cause(comparison, parts), by_group(comparison, parts)]


def _parts(comparison: Comparison) -> Parts:
    """Return every policy that makes anybody leave, or stay, with its label."""
    return [
        (comparison.label(file, policy), comparison.files[file].attribution, policy)
        for file, policy in comparison.rows
        if comparison.files[file].attribution.by_cause("left")[:, policy].any()
    ]


def _finished(name: str, figure: Figure, comparison: Comparison, parts: Parts, whose: str) -> Picture:
    first = comparison.files[0].scenario
    replicates = "one replicate" if first.replicates == 1 else f"{first.replicates} replicates"
    left_out = len(comparison.rows) - len(comparison.files) - min(len(parts), _MOST_POLICIES)
    more = f" In the table only: {left_out} more." if left_out else ""
    caption = _MEANING.format(whose=whose, replicates=replicates, simulated=first.simulated, more=more)
    figure.text(0.02, 0.08 / figure.get_figheight(), "\n".join(textwrap.wrap(caption, 128)), fontsize=8, va="bottom",
                color="#444444")  # fmt: skip
    totals = (f"{label}: {_total(found, policy):+.1f}" for label, found, policy in parts[:_MOST_POLICIES])
    return Picture(name, figure, caption, f"Patrons lost of 10,000, net. {'; '.join(totals)}.")


def _total(found: Attribution, policy: int) -> float:
    return float(found.left_per_10_000()[:, policy].sum(axis=1).mean())


# --- by first cause -----------------------------------------------------------------------------------------------


def by_cause(comparison: Comparison, parts: Parts) -> Picture:
    """Draw for each policy how many more patrons left, all together and by first cause, with intervals."""
    shown = parts[:_MOST_POLICIES]
    rows = [list(_rows(found, policy)) for _, found, policy in shown]
    figure, axes = _sheet("Left because of: net loss by first cause", sum(map(len, rows)) + 1.4 * len(rows))
    place, ticks = 0.0, []
    for (label, _, _), bars in zip(shown, rows, strict=True):
        axes.annotate(label, (0, place), xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points",
                      fontweight="bold", fontsize=10, va="center")  # fmt: skip
        for name, values, look in bars:
            place += 1
            ticks.append((place, name))
            _bar(axes, place, values, look)
        place += 1.4
    axes.set_yticks([each for each, _ in ticks], [name for _, name in ticks], fontsize=9)
    _finish_axis(axes, place)
    return _finished("left_because_of", figure, comparison, parts, "")


def _rows(found: Attribution, policy: int) -> Iterator[tuple[str, Floats, tuple[str, str]]]:
    """Yield the bars of one policy: name, values by replicate, colour and hatch."""
    each = found.left_per_10_000()[:, policy]
    yield "all together", each.sum(axis=1), (COLOURS[0], "")
    for cause, name in _LABELS.items():
        if each[:, cause].any():
            yield name, each[:, cause], _LOOKS[cause]


def _sheet(title: str, rows: float, legend: float = 0.0) -> tuple[Figure, Axes]:
    """Return an empty figure of so many rows, with so many inches for a legend under it."""
    below = _BELOW + legend
    height = _ABOVE + _INCH_A_ROW * rows + below
    figure = Figure(figsize=(_WIDTH, height), dpi=160)
    axes = figure.add_axes((0.22, below / height, 0.7, _INCH_A_ROW * rows / height))
    axes.set_title(title, pad=12)
    return figure, axes


def _bar(axes: Axes, place: float, values: Floats, look: tuple[str, str]) -> None:
    mean, (_, low, high) = float(values.mean()), spread(values)
    style: Any = {"color": look[0], "hatch": look[1], "edgecolor": "white", "linewidth": 0}
    axes.barh([place], [mean], height=0.72, **style)
    axes.plot([low, high], [place, place], color="#222222" if look[0] != COLOURS[0] else "#9A9A9A", linewidth=1.3)
    end = max(mean, high, 0.0)
    axes.annotate(f"{mean:,.1f}".replace("-", "−"), (end, place), xytext=(4, 0), textcoords="offset points",
                  va="center", fontsize=8.5, color="#333333")  # fmt: skip


def _finish_axis(axes: Axes, rows: float) -> None:
    axes.set_ylim(rows - 0.6, -0.8)
    axes.axvline(0, color="#222222", linewidth=1)
    axes.margins(x=0.1)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("more opening patrons lost, of 10,000 (net)")


# --- by segment and tier ------------------------------------------------------------------------------------------


def by_group(comparison: Comparison, parts: Parts) -> Picture:
    """Draw for each policy how many more patrons left in each segment and tier, stacked by first cause."""
    shown = parts[:_MOST_POLICIES]
    step = len(_CELLS) + 1.7
    figure, axes = _sheet("Left because of: net loss by segment and tier", step * len(shown), _LEGEND)
    ticks: list[tuple[float, str]] = []
    for number, (label, found, policy) in enumerate(shown):
        first = number * step
        axes.annotate(label, (0, first), xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points",
                      fontweight="bold", fontsize=10, va="center")  # fmt: skip
        for place, name in enumerate(_CELLS, 1):
            ticks.append((first + place, name))
            _stack(axes, first + place, _lost_in(found, policy, place - 1))
    axes.set_yticks([each for each, _ in ticks], [name for _, name in ticks], fontsize=9)
    _finish_axis(axes, step * len(shown))
    _explain_colours(figure, shown)
    return _finished("left_by_group", figure, comparison, parts, " of the segment and tier")


def _lost_in(found: Attribution, policy: int, cell: int) -> Floats:
    """Return the net loss in 10,000 opening patrons of one segment and tier. Shape (replicates, causes)."""
    left = found.of("left")[:, policy].reshape(len(found.counts), len(Cause), -1)[..., cell]
    patrons = np.maximum(1, found.opening_patrons.reshape(len(left), -1)[:, cell])
    lost: Floats = left * 10_000 / patrons[:, None]
    return lost


def _stack(axes: Axes, place: float, values: Floats) -> None:
    """Draw gains of loss to the right, losses of it to the left, and the interval of their sum."""
    ends = {True: 0.0, False: 0.0}
    for cause, (colour, hatch) in _LOOKS.items():
        mean = float(values[:, cause].mean())
        style: Any = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0}
        axes.barh([place], [mean], left=[ends[mean > 0]], height=0.72, **style)
        ends[mean > 0] += mean
    _, low, high = spread(values.sum(axis=1))
    axes.plot([low, high], [place, place], color="#222222", linewidth=1.3)


def _explain_colours(figure: Figure, shown: Parts) -> None:
    causes = [cause for cause in _LABELS if any(found.of("left")[:, policy, cause].any() for _, found, policy in shown)]
    patches = [
        Patch(facecolor=_LOOKS[cause][0], hatch=_LOOKS[cause][1], edgecolor="white", label=_LABELS[cause])
        for cause in causes
    ]
    place = (0.5, 0.72 / figure.get_figheight())
    figure.legend(handles=patches, loc="lower center", bbox_to_anchor=place, ncols=6, fontsize=8.5, frameon=False)
