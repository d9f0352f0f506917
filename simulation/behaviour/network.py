"""Who hears whom: a small world within each market, computed and never stored.

A market's shoppers stand in a ring. Each listens to the nearest on either side and to a few from anywhere in the
market, picked by a draw (after Watts and Strogatz 1998; shortcuts are added as Newman and Watts do). What a shopper
talks about is one bit a practice, kept in a row with a margin at both ends of a market that repeats the other end,
so that listening to the ring is reading the row a few places to the left and right.
"""

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.compiling import entry, rule
from simulation.behaviour.draws import word_of

MARGIN = 8
"""Places repeated at both ends of a market's row; the ring reaches no farther."""


@rule
def far_acquaintance(key: int, number: int, which: int, size: int) -> int:
    """Return the position within a market of `size` of a shopper's acquaintance `which` (0 or 1) from anywhere."""
    half = int((word_of(key, number) >> (32 * which)) & 0xFFFFFFFF)
    return (half * size) >> 32


@entry
def repeat_ends(talk: NDArray[np.uint8], start: int, size: int) -> None:
    """Fill the margins around the row of one market, whose first shopper stands at `start`."""
    for step in range(1, MARGIN + 1):
        talk[start - step] = talk[start + (size - step) % size]
        talk[start + size + step - 1] = talk[start + (step - 1) % size]


@entry
def close_talk(talk: NDArray[np.uint8], start: int, size: int, talkative: NDArray[np.uint8]) -> None:
    """Fill the margins of a market's rows, one a policy, and note which practices were talked about there."""
    for policy in range(talk.shape[0]):
        talkative[policy] = 0
        for place in range(start, start + size):
            talkative[policy] |= talk[policy, place]
        repeat_ends(talk[policy], start, size)


def row_starts(bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each market's row starts among rows with margins; `bounds` are the markets' column bounds."""
    return bounds[:-1] + MARGIN * (2 * np.arange(len(bounds) - 1) + 1)


def row_length(bounds: NDArray[np.int64]) -> int:
    """Return the length of all markets' rows with their margins."""
    return int(bounds[-1]) + 2 * MARGIN * (len(bounds) - 1)
