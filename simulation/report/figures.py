"""The figures of a run: each a matplotlib Figure that an analyst can restyle, the same bytes on every run.

A figure of lines shows differences from the baseline, whose own level stands beside zero: the mean, weighted by the
chance of exposure, with a band from 10 to 90 % of the replicates as luck lived them, the lines named at their ends,
with marks where policies start and a planned story breaks.
Colours are Okabe and Ito's, told apart by dashes as well.
"""

from collections.abc import Callable, Mapping

import matplotlib as mpl
from matplotlib.axes import Axes

from simulation.report.balance_figures import gains_and_harms, naive_and_simulated
from simulation.report.board_figures import exposure, strip
from simulation.report.world_swings import world_picture
from simulation.runs.headline import headline
from simulation.runs.measures import MEASURES
from simulation.runs.measuring import Measure
from simulation.runs.outcome import DEFINITIONS, Outcome
from simulation.show.drawing import COLOURS, STYLE, Floats, Picture, at_risk, blank, done, draw_lines, smoothed
from simulation.show.ticks import Write, points, signed, signed_money, told_apart


def pictures(outcome: Outcome) -> list[Picture]:
    """Return all figures of an outcome, in the order of a report."""
    with mpl.rc_context(STYLE):
        return [picture for draw in DRAWN.values() if (picture := draw(outcome))]


def difference(outcome: Outcome) -> Picture:
    """Draw each policy's difference in value from the baseline, replicate by replicate."""
    return strip(outcome, headline(outcome))


def by_exposure(outcome: Outcome) -> Picture | None:
    """Draw what policies are expected to be worth by the chance that they come out."""
    return exposure(outcome, headline(outcome))


def card_use(outcome: Outcome) -> Picture:
    """Draw the carded share of sales over time."""
    return _weekly("card_use", "card_use", outcome, f"Card use: {DEFINITIONS['card use']}; here a mean over 13 weeks.")


def churn(outcome: Outcome) -> Picture:
    """Draw the share of opening patrons who have not left yet, with the numbers still at risk."""
    figure, axes = blank(_title("Opening patrons who have not left", outcome), at_risk=len(outcome.policies))
    _draw(axes, outcome, MEASURES["churn"], *(each.staying()[:, 1:] for each in (outcome, outcome.expected)))
    at_risk(axes, outcome)
    caption = f"Kaplan-Meier estimate. Churn: {DEFINITIONS['churn']}."
    return done("churn", figure, axes, outcome, caption)


def revenue(outcome: Outcome) -> Picture:
    """Draw sales per simulated shopper and week."""
    return _weekly("revenue", "revenue", outcome, "All sales, on the card and off it, as a mean over 13 weeks.")


def trust(outcome: Outcome) -> Picture:
    """Draw the mean trust in the retailer."""
    return _weekly("trust", "trust", outcome, f"Trust: {DEFINITIONS['trust']}.")


def awareness(outcome: Outcome) -> Picture:
    """Draw the share of shoppers who know of any practice."""
    caption = "Aware: knows of any of the policy's practices, from whatever source."
    return _weekly("awareness", "aware", outcome, caption)


def consent_debt(outcome: Outcome) -> Picture:
    """Draw the share of shoppers whose data flows unknown to them, and who would not have agreed."""
    caption = (
        "Consent debt: share of all shoppers whose data is passed on this week, who do not know of it, were not asked "
        "and would not have agreed. It is paid when they learn of it."
    )
    return _weekly("consent_debt", "consent_debt", outcome, caption)


def _weekly(name: str, measure: str, outcome: Outcome, caption: str) -> Picture:
    """Draw a measure week by week against the baseline's; of one policy alone, the measure itself."""
    what = MEASURES[measure]
    figure, axes = blank(_title(what.title.partition(":")[0], outcome))
    both = [what.by_week(each) for each in (outcome, outcome.expected)]
    _draw(axes, outcome, what, *(smoothed(each) if measure in _SMOOTHED else each for each in both))
    return done(name, figure, axes, outcome, caption)


def _title(what: str, outcome: Outcome) -> str:
    return what if len(outcome.policies) == 1 else f"{what}, against {outcome.policies[0]}"


def _draw(axes: Axes, outcome: Outcome, what: Measure, lived: Floats, expected: Floats) -> None:
    """Draw lines with zero in view, the vertical axis in the measure's own unit."""
    write, times = _UNITS.get(what.unit, (signed, 1.0))
    means = expected.mean(axis=0)
    if len(outcome.policies) == 1:
        draw_lines(axes, outcome, times * means, times * lived, [what.text(float(means[-1, 0]))])
    else:
        apart = times * (means - means[:, :1]), times * (lived - lived[:, :, :1])
        draw_lines(axes, outcome, *apart, _ends(what, means[-1], write, times))
    axes.axhline(0, color=COLOURS[0], linewidth=1)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + _ROOM * (high - low))  # for the names of dates
    told_apart(axes.yaxis, write)


def _ends(what: Measure, last: Floats, write: Write, times: float) -> list[str]:
    """Return what stands beside the lines' ends: the baseline's level, and the others' differences from it."""
    return [f"({what.text(float(last[0]))})", *(write(times * float(each - last[0]), 2) for each in last[1:])]


_ROOM = 0.08  # of the axis, above the highest line
_SMOOTHED = ("card_use", "revenue")
_UNITS: Mapping[str, tuple[Write, float]] = {"share": (points, 100.0), "person-years": (points, 100.0),
                                             "dollars": (signed_money, 1.0)}  # fmt: skip

MEASURE_OF = {"awareness": "aware"}
"""Measures whose figure has another name."""

DRAWN: Mapping[str, Callable[[Outcome], Picture | None]] = {
    "difference": difference,
    "exposure": by_exposure,
    "world_swings": world_picture,
    "gains_and_harms": gains_and_harms,
    "naive_and_simulated": naive_and_simulated,
    "card_use": card_use,
    "churn": churn,
    "revenue": revenue,
    "trust": trust,
    "awareness": awareness,
    "consent_debt": consent_debt,
}
"""The figures by name; None where there is nothing to show."""

FIRST = ("difference", "exposure")
"""Those that stand on the report's first page."""
