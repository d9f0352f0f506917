"""The figures of a run: each a matplotlib Figure that an analyst can restyle, the same bytes on every run.

A figure shows the median of the replicates with a band from 10 to 90 %, names its lines at their ends and marks
when policies start and when a planned story breaks. Colours are Okabe and Ito's, told apart by dashes as well.
"""

from collections.abc import Callable, Mapping

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulation.report.balance_figures import gains_and_harms, naive_and_simulated
from simulation.runs.formats import dollars, percent
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import DEFINITIONS, Outcome
from simulation.show.drawing import (
    COLOURS,
    STYLE,
    Picture,
    at_risk,
    blank,
    done,
    draw_lines,
    draw_spread,
    finished,
    smoothed,
    start_at_zero,
    whole_percent,
)


def pictures(outcome: Outcome) -> list[Picture]:
    """Return all figures of an outcome, in the order of a report."""
    with mpl.rc_context(STYLE):
        return [draw(outcome) for draw in DRAWN.values()]


def card_use(outcome: Outcome) -> Picture:
    """Draw the carded share of sales over time."""
    caption = f"Card use: {DEFINITIONS['card use']}; here a mean over 13 weeks."
    return _weekly("card_use", "card_use", outcome, caption, smooth=True)


def churn(outcome: Outcome) -> Picture:
    """Draw the share of opening patrons who have not left yet, with the numbers still at risk."""
    figure, axes = blank(MEASURES["churn"].title, at_risk=len(outcome.policies))
    staying = outcome.staying()[:, 1:]
    lines = draw_lines(axes, outcome, staying, percent)
    axes.yaxis.set_major_formatter(FuncFormatter(whole_percent))
    axes.set_ylim(max(0.0, float(staying.min()) - 0.08), 1.0)
    at_risk(axes, outcome)
    caption = f"Kaplan-Meier estimate. Churn: {DEFINITIONS['churn']}. The vertical axis does not start at 0."
    return done("churn", figure, axes, outcome, caption, lines)


def revenue(outcome: Outcome) -> Picture:
    """Draw sales per simulated shopper and week."""
    caption = "All sales, on the card and off it, as a mean over 13 weeks."
    return _weekly("revenue", "revenue", outcome, caption, smooth=True)


def trust(outcome: Outcome) -> Picture:
    """Draw the mean trust in the retailer."""
    return _weekly("trust", "trust", outcome, f"Trust: {DEFINITIONS['trust']}.", top=1.0)


def awareness(outcome: Outcome) -> Picture:
    """Draw the share of shoppers who know of any practice."""
    caption = "Aware: knows of any of the policy's practices, from whatever source."
    return _weekly("awareness", "aware", outcome, caption, top=1.0)


def consent_debt(outcome: Outcome) -> Picture:
    """Draw the share of shoppers whose data flows unknown to them, and who would not have agreed."""
    caption = (
        "Consent debt: share of all shoppers whose data is passed on this week, who do not know of it, were not asked "
        "and would not have agreed. It is paid when they learn of it."
    )
    return _weekly("consent_debt", "consent_debt", outcome, caption)


def _weekly(
    name: str, measure: str, outcome: Outcome, caption: str, smooth: bool = False, top: float | None = None
) -> Picture:
    """Draw a measure week by week, from 0 up, or to a known top."""
    what = MEASURES[measure]
    figure, axes = blank(what.title)
    series = what.by_week(outcome)
    lines = draw_lines(axes, outcome, smoothed(series) if smooth else series, what.text)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: what.text(value)))
    if top is None:
        start_at_zero(axes, lines)
    else:
        axes.set_ylim(0, top)
    return done(name, figure, axes, outcome, caption, lines)


def difference(outcome: Outcome) -> Picture:
    """Draw each policy's difference in value from the baseline, replicate by replicate."""
    others = outcome.policies[1:]
    figure, axes = blank(f"Value against {outcome.policies[0]}, replicate by replicate")
    values = outcome.difference()[:, 1:]
    for place, name in enumerate(others):
        draw_spread(axes, place, values[:, place], outcome.exposed()[:, place + 1], COLOURS[(place + 1) % len(COLOURS)])
        axes.annotate(
            name, (0, 1 - (place + 0.12) / max(1, len(others))), xycoords=("axes fraction", "axes fraction"), va="top"
        )
    axes.axvline(0, color=COLOURS[0], linewidth=1)
    axes.set_ylim(len(others) - 0.3, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(lambda value, place: dollars(value, signed=True))
    axes.set_xlabel("discounted value less the baseline's")
    caption = (
        f"A dot is one replicate, hollow where no story ran; the bar spans 10 to 90 %, the stroke is the median, "
        f"the cross the mean. Difference: {DEFINITIONS['difference']}."
    )
    alt = "; ".join(f"{name}: median {dollars(float(np.median(values[:, i])), True)}" for i, name in enumerate(others))
    return finished("difference", figure, axes, outcome, caption, alt or "only one policy")


MEASURE_OF = {"awareness": "aware"}
"""Measures whose figure has another name."""

DRAWN: Mapping[str, Callable[[Outcome], Picture]] = {
    "difference": difference,
    "gains_and_harms": gains_and_harms,
    "naive_and_simulated": naive_and_simulated,
    "card_use": card_use,
    "churn": churn,
    "revenue": revenue,
    "trust": trust,
    "awareness": awareness,
    "consent_debt": consent_debt,
}
"""The figures by name."""
