"""Weeks in one go: what one part of the shoppers lives through while nothing but they moves."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.compiling import entry, inner, rule
from simulation.behaviour.network import close_talk
from simulation.model.kinds import Floats, Record, Whole
from simulation.model.ledger import Measure
from simulation.model.week import Week, live_a_week

NOW, AT_FIRST = 0, 1
"""What the retailer sees: the share of shoppers who are members, last week and in the first week with any."""


class Span(NamedTuple):
    """What all shoppers read in some weeks, all markets."""

    first: int  # the number of the first of the weeks
    keys: NDArray[np.uint64]  # streams, (weeks, purposes)
    levers: NDArray[np.void]  # (weeks, markets, policies)
    practices: NDArray[np.void]  # (weeks, markets, policies, practices)
    numbers: NDArray[np.void]  # (1,)
    shapes: NDArray[np.float64]  # noise of a week's baskets by number of trips
    talk: NDArray[np.uint8]  # in rows with margins, of even and of odd weeks, (2, policies, places)
    told: NDArray[np.uint8]  # what those who listen from afar were told last week, (policies, places)
    listeners: NDArray[np.int32]  # who they are
    talkative: NDArray[np.uint8]  # practices talked about last week, a bit each, (markets, policies)
    rows: NDArray[np.int64]  # where each market's row starts among the places
    starts: NDArray[np.int64]  # each market's first column
    sizes: NDArray[np.int64]  # and how many shoppers it has


@inner
def week_in(span: Span, i: int, market: int) -> Week:
    """Return what the shoppers of a market read in week `i` of a span."""
    number = span.first + i
    return Week(
        number,
        span.keys[i],
        span.levers[i, market],
        span.practices[i, market],
        span.numbers,
        span.shapes,
        span.talk[number % 2],
        span.talk[(number + 1) % 2],
        span.told,
        span.talkative[market],
        span.rows[market],
        span.starts[market],
    )


@entry
def live_weeks(
    span: Span,
    people: NDArray[np.void],
    lives: NDArray[np.void],
    blocks: NDArray[np.int64],
    scratch: NDArray[np.void],
    totals: Whole,
    seen: Floats,
    alone: bool,
) -> None:
    """Let the shoppers of some blocks (market, place among the blocks, start, stop) live some weeks.

    What happens is added to `totals`, shape (weeks, markets, policies, cells, counts). `alone` says that the blocks
    are all there are: what was talked about, and what the retailer has `seen`, then leads on to the next week.
    """
    markets = span.rows.size
    for i in range(span.keys.shape[0]):
        if i > 0:
            fit_offers(span.levers[i], seen)
        after = 0
        for market in range(markets):
            first = after
            while after < blocks.shape[0] and blocks[after, 0] == market:
                after += 1
            live_a_week(week_in(span, i, market), people, lives, blocks[first:after], scratch, totals[i, market])
        if alone:
            close_week(span, i)
            look(totals[i], seen)


@entry
def close_week(span: Span, i: int) -> None:
    """Let what was talked about in week `i` of a span be heard in the next."""
    number = span.first + i
    for market in range(span.rows.size):
        row, size = span.rows[market], span.sizes[market]
        talk, told = span.talk[(number + 1) % 2], span.told
        close_talk(talk, told, row, size, span.listeners, span.talkative[market])


# --- what the retailer sees -------------------------------------------------------------------------------------------


@rule
def precision_of_offers(seen: float, at_first: float) -> float:
    """Return how well offers fit when the retailer sees this share of shoppers and saw that one at first."""
    return min(1.0, seen / at_first)


@entry
def fit_offers(levers: Record, seen: Floats) -> None:
    """Let offers fit as well as the retailer still sees its members. Levers of shape (markets, policies)."""
    for policy in range(levers.shape[1]):
        if seen[policy, AT_FIRST] > 0.0:
            precision = precision_of_offers(seen[policy, NOW], seen[policy, AT_FIRST])
            for market in range(levers.shape[0]):
                levers[market, policy]["offer_precision"] = precision


@entry
def look(totals: Whole, seen: Floats) -> None:
    """Note what the retailer sees by a week's totals, shape (markets, policies, cells, counts)."""
    for policy in range(totals.shape[1]):
        members = shoppers = 0
        for market in range(totals.shape[0]):
            for cell in range(totals.shape[2]):
                members += totals[market, policy, cell, Measure.MEMBERS]
                shoppers += totals[market, policy, cell, Measure.SHOPPERS]
        seen[policy, NOW] = members / max(1, shoppers)
        if seen[policy, AT_FIRST] == 0.0:
            seen[policy, AT_FIRST] = seen[policy, NOW]


def live_one_by_one(
    step: Callable[[int, NDArray[np.void], NDArray[np.void], Whole], None],
    first: int,
    levers: NDArray[np.void],
    practices: NDArray[np.void],
    totals: Whole,
    seen: Floats,
) -> None:
    """Let an engine live some weeks one after the other, from week `first` on.

    `levers` has shape (weeks, markets, policies), `practices` (weeks, markets, policies, practices), and `totals`, to
    which is added what happens, (weeks, markets, policies, cells, counts). `seen` is what the retailer sees, (policies,
    2): offers of all weeks but the first are made to fit by it.
    """
    for i in range(len(levers)):
        if i > 0:
            fit_offers(levers[i], seen)
        step(first + i, levers[i], practices[i], totals[i])
        look(totals[i], seen)
