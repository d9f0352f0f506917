"""The figures of a run: each a matplotlib Figure that an analyst can restyle, the same bytes on every run.

A figure shows the median of the replicates with a band from 10 to 90 %, names its lines at their ends and marks
when policies start and when a planned story breaks. Colours are Okabe and Ito's, told apart by dashes as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from simulation.model.ledger import Measure
from simulation.study.headline import dollars
from simulation.study.outcome import DEFINITIONS, YEAR, Outcome

COLOURS = ("#222222", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F7F7F")
DASHES = ("-", (0, (6, 2)), "-", (0, (2, 1.5)), (0, (8, 2, 2, 2)), (0, (4, 1)), (0, (1, 1)), (0, (10, 3)))
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "svg.hashsalt": "aislefour",
    "svg.fonttype": "path",
    "path.simplify": True,
    "path.simplify_threshold": 0.5,
}
_SIZE = (8.4, 4.9)
_APART = 0.055  # of the axis: the least distance between two labels
_SMOOTH = 13  # weeks

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Picture:
    """A figure with what has to be said beside it."""

    name: str
    figure: Figure
    caption: str
    alt: str


def pictures(outcome: Outcome) -> list[Picture]:
    """Return all figures of an outcome, in the order of a report."""
    with mpl.rc_context(STYLE):
        return [draw(outcome) for draw in DRAWN.values()]


def card_use(outcome: Outcome) -> Picture:
    """Draw the carded share of sales over time."""
    figure, axes = _blank("Card use: share of sales made on the card")
    lines = _draw_lines(axes, outcome, _smoothed(outcome.card_use()), "{:.0%}")
    axes.yaxis.set_major_formatter(_percent)
    _start_at_zero(axes, lines)
    return _done("card_use", figure, axes, outcome, f"Card use: {DEFINITIONS['card use']}; here a mean over 13 weeks.", lines)


def churn(outcome: Outcome) -> Picture:
    """Draw the share of opening patrons who have not left yet, with the numbers still at risk."""
    figure, axes = _blank("Churn: opening patrons who have not changed their main store", at_risk=len(outcome.policies))
    staying = outcome.staying()[:, 1:]
    lines = _draw_lines(axes, outcome, staying, "{:.1%}")
    axes.yaxis.set_major_formatter(_percent)
    axes.set_ylim(max(0.0, float(staying.min()) - 0.08), 1.0)
    _at_risk(axes, outcome)
    caption = f"Kaplan-Meier estimate. Churn: {DEFINITIONS['churn']}. The vertical axis does not start at 0."
    return _done("churn", figure, axes, outcome, caption, lines)


def revenue(outcome: Outcome) -> Picture:
    """Draw sales per opening patron and week."""
    figure, axes = _blank("Revenue: weekly sales per opening patron")
    sales = _smoothed(outcome.weekly(Measure.SALES) / 100) / outcome.opening_patrons()[:, None]
    lines = _draw_lines(axes, outcome, sales, "${:.2f}")
    axes.yaxis.set_major_formatter(lambda value, place: f"${value:.0f}")
    _start_at_zero(axes, lines)
    return _done("revenue", figure, axes, outcome, "All sales, on the card and off it, as a mean over 13 weeks.", lines)


def trust(outcome: Outcome) -> Picture:
    """Draw the mean trust in the retailer."""
    figure, axes = _blank("Trust in the retailer")
    lines = _draw_lines(axes, outcome, outcome.trust(), "{:.2f}")
    axes.set_ylim(0, 1)
    return _done("trust", figure, axes, outcome, f"Trust: {DEFINITIONS['trust']}.", lines)


def awareness(outcome: Outcome) -> Picture:
    """Draw the share of shoppers who know of any practice."""
    figure, axes = _blank("Who knows: shoppers aware of any practice")
    lines = _draw_lines(axes, outcome, outcome.aware(), "{:.0%}")
    axes.yaxis.set_major_formatter(_percent)
    axes.set_ylim(0, 1)
    return _done("awareness", figure, axes, outcome, "Aware: knows of any of the policy's practices, from whatever source.", lines)


def difference(outcome: Outcome) -> Picture:
    """Draw each policy's difference in value from the baseline, replicate by replicate."""
    others = outcome.policies[1:]
    figure, axes = _blank(f"Value against {outcome.policies[0]}, replicate by replicate")
    values = outcome.difference()[:, 1:]
    for place, name in enumerate(others):
        _draw_spread(axes, place, values[:, place], outcome.exposed()[:, place + 1], COLOURS[(place + 1) % len(COLOURS)])
        axes.annotate(name, (0, 1 - (place + 0.12) / max(1, len(others))), xycoords=("axes fraction", "axes fraction"), va="top")
    axes.axvline(0, color=COLOURS[0], linewidth=1)
    axes.set_ylim(len(others) - 0.3, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(lambda value, place: dollars(value, signed=True))
    axes.set_xlabel("discounted contribution less the baseline's")
    caption = (
        f"A dot is one replicate, hollow where no story ran; the bar spans 10 to 90 %, the stroke is the median, "
        f"the cross the mean. Difference: {DEFINITIONS['difference']}."
    )
    alt = "; ".join(f"{name}: median {dollars(float(np.median(values[:, i])), True)}" for i, name in enumerate(others))
    return _finished("difference", figure, axes, outcome, caption, alt or "only one policy")


DRAWN: Mapping[str, Callable[[Outcome], Picture]] = {
    "difference": difference,
    "card_use": card_use,
    "churn": churn,
    "revenue": revenue,
    "trust": trust,
    "awareness": awareness,
}
"""The figures by name."""


def save(picture: Picture, folder: Path) -> None:
    """Write a figure as PNG and SVG, without dates."""
    with mpl.rc_context(STYLE):
        FigureCanvasAgg(picture.figure).print_png(folder / f"{picture.name}.png", metadata={"Software": "aislefour"})
        FigureCanvasSVG(picture.figure).print_svg(folder / f"{picture.name}.svg", metadata={"Date": None})


# --- parts of a figure --------------------------------------------------------------------------------------------


def _blank(title: str, at_risk: int = 0) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_SIZE[0], _SIZE[1] + 0.24 * at_risk), dpi=160)
    below = 0.2 if at_risk else 0.0
    axes = figure.add_axes((0.08, 0.22 + below, 0.68, 0.68 - below))
    axes.set_title(title)
    return figure, axes


def _smoothed(series: Floats) -> Floats:
    """Return running means over 13 weeks, shorter at the start. Shape as given: (replicates, weeks, policies)."""
    total = np.cumsum(series, axis=1)
    before = np.zeros_like(total)
    before[:, _SMOOTH:] = total[:, :-_SMOOTH]
    counts = np.minimum(np.arange(1, series.shape[1] + 1), _SMOOTH)
    smoothed: Floats = (total - before) / counts[:, None]
    return smoothed


def _draw_lines(axes: Axes, outcome: Outcome, series: Floats, shape: str) -> dict[str, Floats]:
    """Draw a line and a band for each policy and label the lines at their ends; return the medians by policy."""
    weeks = np.arange(1, series.shape[1] + 1)
    middle = np.median(series, axis=0)
    low, high = np.quantile(series, [0.1, 0.9], axis=0)
    for place in range(len(outcome.policies)):
        colour = COLOURS[place % len(COLOURS)]
        axes.fill_between(weeks, low[:, place], high[:, place], color=colour, alpha=0.13, linewidth=0)
        axes.plot(weeks, middle[:, place], color=colour, linestyle=DASHES[place % len(DASHES)], linewidth=2)
    axes.set_xlim(0, series.shape[1])
    _mark_years(axes, series.shape[1])
    axes._aisle_labels = [  # type: ignore[attr-defined]
        (float(middle[-1, place]), f"{name} {shape.format(middle[-1, place])}", COLOURS[place % len(COLOURS)])
        for place, name in enumerate(outcome.policies)
    ]
    return {name: middle[:, place] for place, name in enumerate(outcome.policies)}


def _mark_years(axes: Axes, weeks: int) -> None:
    if weeks >= 2 * YEAR:
        axes.set_xticks(range(0, weeks + 1, YEAR), [str(week // YEAR) for week in range(0, weeks + 1, YEAR)])
        axes.set_xlabel("years")
    else:
        axes.set_xlabel("weeks")


def _label_ends(axes: Axes) -> None:
    """Write the names of the lines beside their ends, moved apart where they would overlap."""
    labels = sorted(axes._aisle_labels)  # type: ignore[attr-defined]
    low, high = axes.get_ylim()
    wanted = [(value - low) / (high - low) for value, _, _ in labels]
    for place, (_, text, colour) in zip(spread_apart(wanted, _APART), labels, strict=True):
        axes.annotate(text, (1.01, place), xycoords="axes fraction", color=colour, va="center", fontsize=9.5, fontweight="bold")


def spread_apart(places: list[float], least: float) -> list[float]:
    """Return rising places moved as little as needed to lie at least `least` apart and between 0 and 1."""
    moved = list(places)
    for _ in range(100):
        for first in range(len(moved) - 1):
            overlap = least - (moved[first + 1] - moved[first])
            if overlap > 0:
                moved[first] -= overlap / 2
                moved[first + 1] += overlap / 2
        if moved and moved[0] < 0:
            moved = [place - moved[0] for place in moved]
        if moved and moved[-1] > 1:
            moved = [place - (moved[-1] - 1) for place in moved]
    return moved


def _percent(value: float, place: int) -> str:
    return f"{value:.0%}"


def _start_at_zero(axes: Axes, lines: dict[str, Floats]) -> None:
    top = max(float(line.max()) for line in lines.values())
    axes.set_ylim(0, 1.15 * top if top > 0 else 1)


def _at_risk(axes: Axes, outcome: Outcome) -> None:
    """Write under the axis how many opening patrons had not yet left, by year."""
    staying = outcome.staying() * outcome.opening_patrons()[:, None]
    weeks = [week for week in range(0, outcome.scenario.weeks + 1, YEAR)]
    axes.annotate("Not yet left (median):", (0, -0.2), xycoords="axes fraction", fontsize=8.5, color="#444444", xytext=(-48, 0), textcoords="offset points")
    for place, name in enumerate(outcome.policies):
        height, colour = -0.2 - 0.065 * (place + 1), COLOURS[place % len(COLOURS)]
        axes.annotate(name, (1.05, height), xycoords="axes fraction", color=colour, fontsize=8.5, va="center")
        for week in weeks:
            count = float(np.median(staying[:, week, place]))
            axes.annotate(f"{count:,.0f}", (week, height), xycoords=("data", "axes fraction"), color=colour, fontsize=8.5, ha="center", va="center")


def _mark_dates(axes: Axes, outcome: Outcome) -> None:
    """Mark the first week of the policies and the weeks of planned stories."""
    actions = [action for policy in outcome.scenario.policies.values() for action in policy]
    starts = sorted({action.week for action in actions if action.do != "press_story"})
    stories = sorted({action.week for action in actions if action.do == "press_story"})
    top = axes.get_ylim()[1]
    for week, text in [(week, "start") for week in starts[:1]] + [(week, "story") for week in stories[:2]]:
        axes.axvline(week, color="#999999", linewidth=0.9, linestyle=":")
        axes.annotate(text, (week, top), xytext=(3, -10), textcoords="offset points", fontsize=8.5, color="#666666")


def _draw_spread(axes: Axes, place: int, values: Floats, exposed: NDArray[np.bool_], colour: str) -> None:
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    axes.plot([low, high], [place, place], color=colour, linewidth=9, alpha=0.25, solid_capstyle="butt")
    axes.plot([middle, middle], [place - 0.16, place + 0.16], color=colour, linewidth=2.5)
    axes.plot([values.mean()], [place], marker="x", color=colour, markersize=9, markeredgewidth=2)
    heights = place + 0.24 + 0.0 * values
    for shown, face in ((exposed, colour), (~exposed, "white")):
        axes.plot(values[shown], heights[shown], "o", color=colour, markerfacecolor=face, markersize=5, linestyle="none")


def _done(name: str, figure: Figure, axes: Axes, outcome: Outcome, caption: str, lines: dict[str, Floats]) -> Picture:
    _mark_dates(axes, outcome)
    _label_ends(axes)
    title = axes.get_title(loc="left")
    alt = f"{title}. At the end: " + ", ".join(f"{policy} {line[-1]:.3g}" for policy, line in lines.items())
    return _finished(name, figure, axes, outcome, caption, alt)


def _finished(name: str, figure: Figure, axes: Axes, outcome: Outcome, caption: str, alt: str) -> Picture:
    count, shoppers = outcome.scenario.replicates, outcome.scenario.population.shoppers
    number = "one replicate" if count == 1 else f"median and 10-90 % of {count} replicates"
    whole = f"{caption} Simulated: {shoppers:,} shoppers, {number}."
    figure.text(0.02, 0.015, _wrapped(whole), fontsize=8, color="#444444", va="bottom")
    return Picture(name, figure, whole, alt)


def _wrapped(text: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, 128))


def figure_of(outcome: Outcome, name: str) -> Any:
    """Return one figure by its name."""
    with mpl.rc_context(STYLE):
        return DRAWN[name](outcome).figure
