"""Who hears whom: a small world within each market, the same for good.

A market's shoppers stand in a ring. Each listens to the nearest on either side and to a few from anywhere in the
market, picked by a draw (after Watts and Strogatz 1998; shortcuts are added as Newman and Watts do). What a shopper
talks about is one bit a practice, kept in a row with a margin at both ends of a market that repeats the other end,
so that listening to the ring is reading the row a few places to the left and right. To those who listen from afar it
is brought by who talks, because in most weeks few do: sooner than if everybody looked at somebody far away.
"""

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.compiling import entry, rule
from simulation.behaviour.draws import word_of

MARGIN = 8
"""Places repeated at both ends of a market's row; the ring reaches no farther."""

MOST_FAR = 2
"""How many acquaintances from anywhere a shopper can have."""

_AT_ONCE = 64  # places at which silence is noticed in one

Listeners = NDArray[np.int32]
"""The places of those who listen from afar, by whom they hear. After them stands where, in this array, each place's
listeners begin, and where those of the last end."""


@rule
def far_acquaintance(key: int, number: int, which: int, size: int) -> int:
    """Return the position within a market of `size` of a shopper's acquaintance `which` (0 or 1) from anywhere."""
    half = int((word_of(key, number) >> (32 * which)) & 0xFFFFFFFF)
    return (half * size) >> 32


@entry
def repeat_ends(talk: NDArray[np.uint8], start: int, size: int) -> None:
    """Fill the margins around the row of one market, whose first shopper stands at `start`."""
    for step in range(1, MARGIN + 1 if size > 0 else 1):
        talk[start - step] = talk[start + (size - step) % size]
        talk[start + size + step - 1] = talk[start + (step - 1) % size]


@entry
def close_talk(
    talk: NDArray[np.uint8],
    told: NDArray[np.uint8],
    start: int,
    size: int,
    listeners: Listeners,
    talkative: NDArray[np.uint8],
) -> None:
    """Let what was talked about in a market, in a row a policy, be heard: around the ring and from afar.

    Notes which practices were talked about.
    """
    for policy in range(talk.shape[0]):
        talkative[policy] = talked_about(talk[policy, start : start + size])
        if talkative[policy] != 0:
            tell_far(talk[policy], told[policy], start, size, listeners)
        repeat_ends(talk[policy], start, size)


@entry
def talked_about(talk: NDArray[np.uint8]) -> int:
    """Return the practices that are talked about at some places, a bit each."""
    about = np.uint8(0)
    for place in range(talk.size):
        about |= talk[place]
    return int(about)


@entry
def tell_far(talk: NDArray[np.uint8], told: NDArray[np.uint8], start: int, size: int, listeners: Listeners) -> None:
    """Tell those of a market who listen from afar; where nobody talks, many places are passed over at once."""
    begins, stop = listeners[listeners.size - talk.size - 1 :], start + size
    told[start:stop] = 0
    for first in range(start, stop, _AT_ONCE):
        some = talk[first : min(first + _AT_ONCE, stop)]
        if talked_about(some) != 0:
            for place in range(first, first + some.size):
                if talk[place] != 0:
                    for each in range(begins[place], begins[place + 1]):
                        told[listeners[each]] |= talk[place]


def row_starts(bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each market's row starts among rows with margins; `bounds` are the markets' column bounds."""
    return bounds[:-1] + MARGIN * (2 * np.arange(len(bounds) - 1) + 1)


def row_length(bounds: NDArray[np.int64]) -> int:
    """Return the length of all markets' rows with their margins."""
    return int(bounds[-1]) + 2 * MARGIN * (len(bounds) - 1)


def listeners_of(key: int, far: int, bounds: NDArray[np.int64], numbers: NDArray[np.int64]) -> Listeners:
    """Return who listens from afar to whom, `far` acquaintances each.

    `bounds` are the markets' column bounds, `numbers` those of their first shoppers.
    """
    rows, sizes, places = row_starts(bounds), np.diff(bounds), row_length(bounds)
    found = np.zeros(MOST_FAR * int(bounds[-1]) + places + 1, np.int32)
    heard, listening = np.empty((2, far, int(bounds[-1])), np.int32)
    for row, size, column, number in zip(rows, sizes, bounds[:-1], numbers, strict=True):
        own = slice(column, column + size)
        listening[:, own] = np.arange(row, row + size)
        _look_far(heard[:, own], key, number, row)
    found[: heard.size] = listening.ravel()[np.argsort(heard, axis=None, kind="stable")]
    np.cumsum(np.bincount(heard.ravel(), minlength=places), out=found[-places:])
    return found


@rule
def _look_far(heard: NDArray[np.int32], key: int, number: int, row: int) -> None:
    for which in range(heard.shape[0]):
        for seat in range(heard.shape[1]):
            heard[which, seat] = row + far_acquaintance(key, number + seat, which, heard.shape[1])
