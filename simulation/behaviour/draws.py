"""Every random number of the program: a pure function of seed, replicate, week, shopper and purpose.

No generator has a state, so nothing depends on the order in which shoppers, policies, threads or workers are
served, and two policies that a shopper lives through are given the same luck. The mixing function and the step
between shoppers are those of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, "Fast splittable pseudorandom
number generators"): shopper n of a stream gets the n-th output of the generator that starts at the stream's key.
"""

import math
from collections.abc import Iterable
from enum import IntEnum
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.arithmetic import cosine_of_turns, logarithm
from simulation.behaviour.compiling import rule
from simulation.behaviour.states import MOST_PRACTICES

_GOLDEN = 0x9E3779B97F4A7C15
_FIRST_FACTOR = 0xBF58476D1CE4E5B9
_SECOND_FACTOR = 0x94D049BB133111EB
_ALL_BITS = 0xFFFFFFFFFFFFFFFF
_HALF_BITS = 0x7FFFFFFF
_THIRTY_ONE = 2.0**-31
_FIFTY_THREE = 2.0**-53
_SIXTEEN_BITS = 0xFFFF

# Compiled code needs unsigned words that wrap around; plain Python has whole numbers of any size and a mask.
_config: Any = numba.config
_word: Any = int if _config.DISABLE_JIT else np.uint64


class Purpose(IntEnum):
    """What a draw is for. Purposes `*_ABOUT` are drawn apart for each practice, by `purpose + practice`."""

    # Traits, drawn once, as of week 0
    AGE = 0
    INCOME = 1
    SEGMENT = 2
    SENSITIVITY_MODE = 3
    SENSITIVITY = 4
    TRUST = 5
    RESIGNATION = 6
    ATTENTION = 7
    TRIP_RATE = 8
    BASKET_LEVEL = 9
    SWIPE_HABIT = 10
    ALTERNATIVES = 11
    OPENING_DRIFT = 12
    OPENING_STORE = 13
    OPENING_CARD = 14
    ACQUAINTANCE = 15
    # Every week
    DRIFT = 16
    TRIPS = 17
    BASKETS = 18
    SWIPE = 19
    CARD = 20
    STORE = 21
    REDEEMING = 22
    COMPLAINING = 23
    HEARING_ABOUT = 24
    CONSENTING_ABOUT = HEARING_ABOUT + MOST_PRACTICES
    TALKING_ABOUT = CONSENTING_ABOUT + MOST_PRACTICES
    # Institutions and studies, not shoppers
    PRESS_ABOUT = TALKING_ABOUT + MOST_PRACTICES
    NOT_KNOWING = PRESS_ABOUT + MOST_PRACTICES
    REGULATOR_ABOUT = NOT_KNOWING + 1
    SURVEY = REGULATOR_ABOUT + MOST_PRACTICES
    VULNERABLE = SURVEY + 1
    BUYERS = VULNERABLE + 1
    RESAMPLING = BUYERS + 1
    WITHIN_STRATUM = RESAMPLING + 1
    OPTIMISING = WITHIN_STRATUM + 1
    STUDY = OPTIMISING + 1
    # Traits and weekly draws that came later
    FORGETTING = STUDY + 1
    BOND = FORGETTING + 1
    LEANING = BOND + 1
    AVOIDING = LEANING + 1
    # Institutions: luck of a whole run, drawn as of week 0 by the practice's place, the same under every policy
    PRESS_REACH = AVOIDING + 1
    INQUIRY = PRESS_REACH + 1
    INQUIRY_LENGTH = INQUIRY + 1
    FINED = INQUIRY_LENGTH + 1
    FINE = FINED + 1
    CLASS_ACTION = FINE + 1
    SETTLEMENT = CLASS_ACTION + 1


PURPOSES = Purpose.SETTLEMENT + 1
"""How many streams a week has."""

_SHARES_A_WORD_WITH = {
    Purpose.AVOIDING: Purpose.SWIPE,
    Purpose.STORE: Purpose.CARD,
    Purpose.COMPLAINING: Purpose.REDEEMING,
    **{Purpose.TALKING_ABOUT + k: Purpose.HEARING_ABOUT + k for k in range(MOST_PRACTICES)},
}
"""Purposes whose luck is the second half of the word that is drawn for another."""


@rule
def mixed(word: int) -> int:
    """Return the word with its 64 bits mixed: SplitMix64's output function."""
    word = ((word ^ (word >> 30)) * _FIRST_FACTOR) & _ALL_BITS
    word = ((word ^ (word >> 27)) * _SECOND_FACTOR) & _ALL_BITS
    return word ^ (word >> 31)


@rule
def word_of(key: int, number: int) -> int:
    """Return the 64 random bits that belong to a stream's key and a number (a shopper's, a practice's)."""
    return mixed((_word(key) + (_word(number) + _word(1)) * _GOLDEN) & _ALL_BITS)


@rule
def uniform(key: int, number: int) -> float:
    """Return a uniform number from 0 up to, never reaching, 1 (53 bits)."""
    return (word_of(key, number) >> 11) * _FIFTY_THREE


@rule
def first_half(word: int) -> int:
    """Return the upper 31 bits of a word; so many fit a column of 32 bits that has a sign."""
    return np.int32(word >> 33)


@rule
def second_half(word: int) -> int:
    """Return the lower 31 bits of a word."""
    return np.int32(word & _HALF_BITS)


@rule
def luck_of(half: int) -> float:
    """Return the uniform number between 0 and 1, never reaching either, that half a word stands for."""
    return (half + 0.5) * _THIRTY_ONE


@rule
def standard_normal(key: int, number: int) -> float:
    """Return a standard normal number."""
    word = word_of(key, number)
    return normal_of(first_half(word), second_half(word))


@rule
def normal_of(first: int, second: int) -> float:
    """Return the standard normal number that the halves of a word stand for: Box and Muller's cosine."""
    return math.sqrt(-2.0 * logarithm(luck_of(first))) * cosine_of_turns(second * _THIRTY_ONE)


@rule
def nearly_normal(key: int, number: int) -> float:
    """Return a number of mean 0 and variance 1, the sum of four uniforms: for many small steps added up."""
    word = word_of(key, number)
    total = int(word & _SIXTEEN_BITS) + int((word >> 16) & _SIXTEEN_BITS)
    total += int((word >> 32) & _SIXTEEN_BITS) + int(word >> 48)
    return (total - 131070.0) * (1.7320508075688772 / 65536.0)


def luck_for(purpose: int, keys: NDArray[np.uint64], number: int) -> float:
    """Return a shopper's luck of a purpose, with the keys of a week: half a word."""
    # Of 64 bits without a sign: a number of Python's would be taken for one with a sign, by what was compiled first
    word = _word(word_of(keys[_SHARES_A_WORD_WITH.get(purpose, purpose)], number))
    return float(luck_of(second_half(word) if purpose in _SHARES_A_WORD_WITH else first_half(word)))


def keys_of_weeks(seed: int, replicate: int, weeks: Iterable[int]) -> NDArray[np.uint64]:
    """Return the keys of all streams of some weeks, indexed by `Purpose` (week 0 holds the traits).

    A week's streams start from seed, replicate and week mixed in one after the other. Shape (weeks, purposes).
    """
    start = np.uint64(word_of(np.uint64(seed), np.uint64(replicate)))
    numbers = np.array(list(weeks), np.uint64)
    starts = _mixed_words(start + (numbers + np.uint64(1)) * np.uint64(_GOLDEN))
    return _mixed_words(starts[:, None] + (np.arange(PURPOSES, dtype=np.uint64) + np.uint64(1)) * np.uint64(_GOLDEN))


def keys_of_week(seed: int, replicate: int, week: int) -> NDArray[np.uint64]:
    """Return the keys of all streams of a week, indexed by `Purpose`."""
    keys: NDArray[np.uint64] = keys_of_weeks(seed, replicate, [week])[0]
    return keys


def first_uniforms(keys: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return the uniform number that belongs to number 0 of each of many streams: an institution's luck."""
    drawn: NDArray[np.float64] = (_mixed_words(keys + np.uint64(_GOLDEN)) >> np.uint64(11)) * np.float64(_FIFTY_THREE)
    return drawn


def _mixed_words(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return many words with their bits mixed, as `mixed` does."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(_FIRST_FACTOR)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(_SECOND_FACTOR)
    return words ^ (words >> np.uint64(31))


def uniforms(key: "int | np.uint64", numbers: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Return one uniform number for each shopper."""
    drawn = np.empty(numbers.shape)
    _fill_uniforms(drawn, key, numbers)
    return drawn


def normals(key: "int | np.uint64", numbers: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Return one standard normal number for each shopper."""
    drawn = np.empty(numbers.shape)
    _fill_normals(drawn, key, numbers)
    return drawn


@rule
def _fill_uniforms(drawn: NDArray[np.float64], key: int, numbers: NDArray[np.uint32]) -> None:
    for i in range(numbers.size):
        drawn[i] = uniform(key, numbers[i])


@rule
def _fill_normals(drawn: NDArray[np.float64], key: int, numbers: NDArray[np.uint32]) -> None:
    for i in range(numbers.size):
        drawn[i] = standard_normal(key, numbers[i])
