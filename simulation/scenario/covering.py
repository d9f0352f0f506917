"""Points of the unit cube that cover it evenly: what is not known, one coordinate a number.

Points come in blocks. A block is a Latin hypercube (McKay, Beckman and Conover, Technometrics 1979): each coordinate is
cut into as many strata as the block has points, and one point lies in each. Its coordinates are then put into another
order, so that no two of them rise together (Iman and Conover, Communications in Statistics 1982). Blocks are drawn
apart from each other, so that a point depends on its own block only, and the spread of the blocks' means tells how sure
a mean is.
"""

from functools import cache, lru_cache
from math import fsum
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week, uniforms, word_of

Floats = NDArray[np.float64]
Ranks = NDArray[np.int64]

MOST_DECORRELATED = 48
"""With more coordinates than this, a block is a Latin hypercube and nothing else: its points are too few."""

_SIZES = ((12, 16), (24, 32))  # coordinates at most, points of a block
_LARGEST = 64
_ROUNDS = 8
_RESERVED = 1  # a coordinate that says when a practice comes out, for runs that are made to see it: no number has it


def block_size(numbers: int) -> int:
    """Return how many points a block has for so many numbers."""
    return next((size for most, size in _SIZES if numbers + _RESERVED <= most), _LARGEST)


def point_of(seed: int, numbers: int, place: int) -> Floats:
    """Return the point at a place of the sequence, counted from 0, one coordinate a number. Shape (numbers,)."""
    block, row = divmod(place, block_size(numbers))
    point: Floats = block_of(seed, numbers, block)[row, _RESERVED:]
    return point


def luck_of_exposure(seed: int, numbers: int, place: int) -> float:
    """Return the coordinate that is no number's at a place of the sequence: when a practice comes out goes by it."""
    block, row = divmod(place, block_size(numbers))
    return float(block_of(seed, numbers, block)[row, 0])


@lru_cache(maxsize=256)
def block_of(seed: int, numbers: int, block: int) -> Floats:
    """Return the points of a block, not to be written to. Shape (points, 1 + numbers).

    The first coordinate is no number's: it is drawn with the others so that they stay where they are once it is used.
    """
    keys, size, coordinates = keys_of_week(seed, block, 0), block_size(numbers), _RESERVED + numbers
    strata = np.argsort(_drawn(keys[Purpose.NOT_KNOWING], size, coordinates), axis=0, kind="stable")
    if coordinates <= MOST_DECORRELATED:
        strata = _decorrelated(strata)
    points: Floats = (strata + _drawn(keys[Purpose.WITHIN_STRATUM], size, coordinates)) / size
    points.flags.writeable = False
    return points


def _drawn(key: np.uint64, size: int, coordinates: int) -> Floats:
    """Return uniform numbers, one for each point and coordinate. Shape (size, coordinates)."""
    numbers = np.arange(size, dtype=np.uint32)
    columns = [uniforms(np.uint64(word_of(key, place)), numbers) for place in range(coordinates)]
    return np.stack(columns, axis=1)


def _decorrelated(ranks: Ranks) -> Ranks:
    """Return columns of ranks in another order: that of the rounds in which the most alike two are least alike."""
    rounds = [ranks]
    for _ in range(_ROUNDS):
        apart = _apart(_normal_scores(len(ranks))[rounds[-1]])
        rounds.append(np.argsort(np.argsort(apart, axis=0, kind="stable"), axis=0, kind="stable"))
    return min(rounds, key=_most_alike)


def _apart(scores: Floats) -> Floats:
    """Return columns less what each shares with those before it: Cholesky's factor of their correlations undone.

    Sums are exact, so that every machine finds the same order.
    """
    columns = list(scores.T)
    for place, column in enumerate(columns):
        length = fsum(column * column)
        for later in range(place + 1, len(columns)):
            columns[later] = columns[later] - column * (fsum(column * columns[later]) / length)
    return np.stack(columns, axis=1)


@cache
def _normal_scores(size: int) -> Floats:
    """Return what ranks from 0 up to `size` would be on average if they were those of normal numbers. Shape (size,)."""
    return np.array([NormalDist().inv_cdf((rank + 1) / (size + 1)) for rank in range(size)])


def _most_alike(ranks: Ranks) -> int:
    """Return how far the two most alike columns rise or fall together, in whole numbers."""
    centred = 2 * ranks - (len(ranks) - 1)
    return int(np.abs(np.triu(centred.T @ centred, 1)).max())
