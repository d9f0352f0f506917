"""The backlash reserve as words, tables and a figure."""

from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from simulation.questions.answer import Answer
from simulation.questions.reserve.reserve import Reserve
from simulation.runs.formats import dollars
from simulation.show.drawing import COLOURS, DASHES, STYLE, Picture, blank, write_caption
from simulation.show.tables import Column, Table, frame_of


def picture(reserve: Reserve) -> Picture:
    """Return the cost of exposure and the income so far, by the week of exposure."""
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
        axes.set_ylim(bottom=0)
        axes.set_xlabel("week in which the story breaks")
        axes.yaxis.set_major_formatter(lambda value, place: dollars(value))
        caption = (
            "Reserve: what the retailer would have less in the 52 weeks from the story on, against the same shoppers "
            "without it. Earned: fees until then. Median and 10-90 % of "
            f"{len(reserve.cost)} replicates. An extrapolation, not a forecast."
        )
        write_caption(figure, caption)
        alt = f"Exposure would cost {dollars(float(np.median(reserve.cost[:, -1])))} at the last week tried."
        return Picture("reserve", figure, caption, alt)


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


def of_reserve(reserve: Reserve) -> Answer:
    """Return what exposure would cost week by week, beside what has been earned until then."""
    return Answer(
        question="reserve",
        title=f"{reserve.policy}: the backlash reserve",
        asked={"policy": reserve.policy, "practice": reserve.practice, "weeks": reserve.weeks.tolist()},
        said=(reserve_in_words(reserve),),
        found=reserve,
        tables=(_by_week(reserve), _every_replicate(reserve)),
        draw=lambda: [picture(reserve)],
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
