"""Draws of numbers: where a value lies in its range, and independent points of the unit cube.

A draw is a point of the unit cube, one coordinate a guess: where the number lies in the range that was plausible before
any fit, evenly or, for a number known to an order of magnitude only, evenly in logarithms.
"""

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week, uniforms, word_of
from simulation.behaviour.parameters import parameters

Floats = NDArray[np.float64]


def place_of(address: str, value: float) -> float:
    """Return where a value lies in its number's plausible range, from 0 to 1: the inverse of drawing it."""
    low, high = parameters()[address].unfitted.range
    if parameters()[address].distribution == "log-uniform" and low > 0:
        low, high, value = np.log(low), np.log(high), np.log(value)
    return float((value - low) / (high - low))


def uniform_points(seed: int, wave: int, count: int, dimensions: int, first: int = 0) -> Floats:
    """Return independent uniform numbers, the same for the same seed and wave. Shape (count, dimensions).

    Streams are numbered; `first` is the number of the first dimension's.
    """
    key, numbers = keys_of_week(seed, wave, 0)[Purpose.STUDY], np.arange(count, dtype=np.uint32)
    keys = [np.uint64(word_of(key, first + place)) for place in range(dimensions)]
    return np.stack([uniforms(each, numbers) for each in keys], axis=1) if keys else np.empty((count, 0))
