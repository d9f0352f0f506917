"""The backlash reserve as words, tables and a figure."""

from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from simulation.questions.answer import Answer
from simulation.questions.reserve.cliff import cliff_in_words, cliff_of
from simulation.questions.reserve.reserve import Floats, Reserve
from simulation.runs.formats import dollars
from simulation.runs.naive_return import fee_offered
from simulation.runs.statement import in_100
from simulation.runs.variants import FEE, observed
from simulation.scenario.drawn import size_of_block
from simulation.scenario.flows import ShareData
from simulation.scenario.schema import Scenario
from simulation.show.drawing import COLOURS, DASHES, STYLE, Picture, blank, write_caption
from simulation.show.tables import Column, Table, frame_of


def picture(reserve: Reserve, scenario: Scenario) -> Picture:
    """Return the cost of exposure and the income so far, by the week of exposure; what makes a cliff, and the fees."""
    with mpl.rc_context(STYLE):
        figure, axes = blank(f"{reserve.policy}: what exposure would cost, and what has been earned")
        for place, (values, name) in enumerate(((reserve.earned, "earned so far"), (reserve.cost, "backlash reserve"))):
            low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
            colour, dash = COLOURS[place + 1], DASHES[place + 1]
            axes.fill_between(reserve.weeks, low, high, color=colour, alpha=0.13, linewidth=0)
            axes.plot(reserve.weeks, middle, color=colour, linestyle=dash, linewidth=2)
            axes.annotate(
                f"{name} {dollars(float(middle[-1]))}", (float(reserve.weeks[-1]), float(middle[-1])), xytext=(6, 0),
                textcoords="offset points", color=colour, va="center", fontsize=9.5, fontweight="bold",
                annotation_clip=False,
            )  # fmt: skip
        axes.set_ylim(bottom=min(0.0, float(np.quantile(reserve.cost, 0.1, axis=0).min())))
        axes.set_position((0.11, 0.22, 0.65, 0.68))
        _mark_dates(axes, reserve, scenario)
        observed = _mark_observed(axes, reserve, scenario)
        axes.set_xlabel("week in which the story breaks")
        axes.yaxis.set_major_formatter(lambda value, place: dollars(value))
        caption = (
            "Reserve: what the retailer would have less in the 52 weeks from the story on, against the same shoppers "
            "without it. Earned: fees until then. Median and 10-90 % of "
            f"{len(reserve.cost)} replicates.{observed} An extrapolation, not a forecast."
        )
        write_caption(figure, caption)
        alt = f"Exposure would cost {dollars(float(np.median(reserve.cost[:, -1])))} at the last week tried."
        return Picture("reserve", figure, caption, alt)


def _mark_dates(axes: Axes, reserve: Reserve, scenario: Scenario) -> None:
    """Mark what makes a cliff, and the week in which the policy itself plans a story."""
    cliff = cliff_of(reserve, scenario)
    marked = [(each.week, each.name) for each in cliff.events] if cliff else []
    marked += [(week, "its own story") for week in stories_planned(reserve, scenario)]
    for place, (week, name) in enumerate(marked):
        axes.axvline(week, color="#777777", linewidth=1, linestyle=":")
        axes.annotate(
            f"week {week}: {name}", (week, 1.0 - 0.06 * place), xycoords=("data", "axes fraction"), xytext=(4, -10),
            textcoords="offset points", fontsize=8.5, color="#555555",
        )  # fmt: skip


def stories_planned(reserve: Reserve, scenario: Scenario) -> list[int]:
    """Return the weeks tried in which the policy itself has the press tell of its practice."""
    told = [
        action.week
        for action in scenario.policies[reserve.policy]
        if getattr(action, "do", "") == "press_story" and action.refers_to() == reserve.practice
    ]
    return [week for week in told if reserve.weeks[0] <= week <= reserve.weeks[-1]]


def _mark_observed(axes: Axes, reserve: Reserve, scenario: Scenario) -> str:
    """Draw what would have been earned at either end of the fees that have been observed; return a caption's part."""
    ends = earned_at_observed_fees(reserve, scenario)
    if ends is None:
        return ""
    for earned in ends:
        axes.plot(reserve.weeks, np.median(earned, axis=0), color=COLOURS[1], linewidth=0.9, linestyle=":")
    low, high = observed(FEE)
    return f" Dotted: earned at fees of ${low:.2f} and ${high:.2f}, between which such fees have been observed."


def earned_at_observed_fees(reserve: Reserve, scenario: Scenario) -> tuple[Floats, Floats] | None:
    """Return what would have been earned at both ends of what has been observed of fees; None for a sale for nothing.

    A fee moves nothing but what is paid.
    """
    sale = next(each for each in scenario.policies[reserve.policy] if each.practice() == reserve.practice)
    fee = fee_offered(sale, scenario.numbers) if isinstance(sale, ShareData) else 0.0
    if not fee:
        return None
    low, high = observed(FEE)
    return reserve.earned * low / fee, reserve.earned * high / fee


def _costs(amount: float) -> str:
    return f"cost {dollars(amount)}" if amount >= 0 else f"bring {dollars(-amount)}"


def reserve_in_words(reserve: Reserve) -> str:
    """Return what exposure would cost at first and at last, and how often that is more than has been earned."""
    cost, bare = np.median(reserve.cost, axis=0), int(reserve.uncovered.sum())
    return (
        f"If '{reserve.practice}' of '{reserve.policy}' came out, the next year would {_costs(float(cost[0]))} at "
        f"first and {_costs(float(cost[-1]))} at last; in {bare} of {len(reserve.weeks)} weeks tried it would cost "
        "more than the fees until then."
    )


def _expected(reserve: Reserve, scenario: Scenario) -> list[str]:
    """Return what exposure costs on average over the weeks in which the model has the press find out."""
    mean = reserve.expected(size_of_block(scenario))
    if mean is None or reserve.chances is None:
        return []
    often = in_100(float(reserve.chances.sum(axis=1).mean()))
    error = f" ± {dollars(mean.error, digits=2)}" if mean.error else ""
    return [
        f"Weighted by when the model has the press find out ({often} in all), the year after exposure would cost "
        f"{dollars(mean.value)}{error} on average."
    ]


def _said(reserve: Reserve, scenario: Scenario) -> tuple[str, ...]:
    """Return the answer as sentences: the reserve, what makes a cliff of it, what the fees observed would cover."""
    cliff, ends = cliff_of(reserve, scenario), earned_at_observed_fees(reserve, scenario)
    said = [reserve_in_words(reserve), *_expected(reserve, scenario), *([cliff_in_words(cliff)] if cliff else [])]
    if ends is not None:
        (low, high), (least, most) = observed(FEE), (float(np.median(each[:, -1])) for each in ends)
        said.append(
            f"At fees of ${low:.2f} to ${high:.2f} a record and year, which have been observed, {dollars(least)} to "
            f"{dollars(most)} would be earned by the last week tried."
        )
    return tuple(said)


def of_reserve(reserve: Reserve, scenario: Scenario) -> Answer:
    """Return what exposure would cost week by week, beside what has been earned until then."""
    return Answer(
        question="reserve",
        title=f"{reserve.policy}: the backlash reserve",
        asked={"policy": reserve.policy, "practice": reserve.practice, "weeks": reserve.weeks.tolist()},
        said=_said(reserve, scenario),
        found=reserve,
        tables=(_by_week(reserve), _every_replicate(reserve)),
        draw=lambda: [picture(reserve, scenario)],
    )


def _by_week(reserve: Reserve) -> Table:
    """Return a row a week tried: median and 10-90 % of cost and income, for people."""
    columns = (
        Column("week of exposure", lambda row: str(row["week"])),
        Column("backlash reserve (10-90 %)", lambda row: _range(row["cost"])),
        Column("earned so far (10-90 %)", lambda row: _range(row["earned"])),
    )
    rows = ((int(week), reserve.cost[:, place], reserve.earned[:, place]) for place, week in enumerate(reserve.weeks))
    return Table("", lambda: frame_of(("week", "cost", "earned"), rows), columns)


def _range(values: NDArray[np.float64]) -> str:
    low, middle, high = (dollars(float(each)) for each in np.quantile(values, [0.1, 0.5, 0.9]))
    return f"{middle} ({low} to {high})"


def _every_replicate(reserve: Reserve) -> Table:
    """Return a row a replicate and week tried, for the file."""
    header = ("policy", "practice", "replicate", "week", "reserve_dollars", "earned_dollars")
    return Table("reserve", lambda: frame_of(header, _rows(reserve)), digits=dict.fromkeys(header[4:], "%.2f"))


def _rows(reserve: Reserve) -> Iterator[tuple[object, ...]]:
    for (replicate, place), cost in np.ndenumerate(reserve.cost):
        earned, week = reserve.earned[replicate, place], int(reserve.weeks[place])
        yield (reserve.policy, reserve.practice, replicate, week, float(cost), float(earned))
