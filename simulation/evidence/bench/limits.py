"""What the machine allows: how fast it draws, and takes logistics, with nothing else to do and all in its cache."""

import time
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simulation.behaviour.draws import word_of
from simulation.scenario.practices import Mode, Scope
from simulation.scenario.schema import Scenario

_PLACES, _REPEATS = 4096, 2000

_ALWAYS_DRAWN = 6  # words every week, for every shopper: drift, trips, baskets, and three that two purposes share
_SHARED_LOGISTICS = 4  # a normal's logarithm, the exponentials of trips and baskets
_OWN_LOGISTICS = 1  # under each policy: showing the card
_PER_PRACTICE = 1  # hearing and talking share a word

Limits = tuple[float, float]
"""Nanoseconds a 64-bit draw, and a logistic in single precision, on one thread."""


@njit(error_model="numpy")
def _draw(words: NDArray[np.uint64], key: int) -> None:
    for i in range(words.size):
        words[i] = word_of(key, np.uint64(i))


@njit(error_model="numpy")
def _take_logistics(values: NDArray[np.float32], others: NDArray[np.float32]) -> None:
    one, log2e, rounder = np.float32(1.0), np.float32(1.44269504), np.float32(12582912.0)
    for i in range(values.size):
        x = (others[i] - values[i]) * log2e
        whole = (x + rounder) - rounder
        r = x - whole
        power = np.float32(0.0013333558) * r + np.float32(0.0096181291)
        power = power * r + np.float32(0.0555041087)
        power = power * r + np.float32(0.240226507)
        power = power * r + np.float32(0.693147181)
        power = power * r + one
        scale = np.int32((np.int32(whole) + np.int32(127)) << np.int32(23)).view(np.float32)
        values[i] = one / (one + power * scale)


def limits() -> Limits:
    """Return what one draw and one logistic take at least, in nanoseconds."""
    words = np.zeros(_PLACES, np.uint64)
    values, others = np.linspace(0, 1, _PLACES, dtype=np.float32), np.linspace(1, 0, _PLACES, dtype=np.float32)
    return _nanoseconds(_draw, words, np.uint64(7)), _nanoseconds(_take_logistics, values, others)


def _nanoseconds(work: Any, *arguments: Any) -> float:
    work(*arguments)
    began = time.perf_counter()
    for _ in range(_REPEATS):
        work(*arguments)
    return (time.perf_counter() - began) / _REPEATS / _PLACES * 1e9


def least_nanoseconds(practices: NDArray[np.void], limit: Limits) -> float:
    """Return what the draws and logistics of a shopper-week of one policy take at least.

    `practices` are a week's rows, shape (policies, practices): luck is drawn once for all policies, a set more for
    each practice that goes on, and the chance of consent is a logistic of its own under each policy.
    """
    policies = practices.shape[0]
    in_play = (practices["departure"] != 0).any(axis=0)
    shared = (practices["scope"] == Scope.SHARED_RECORDS) & (practices["running"] > 0)
    consents = ((practices["asking"] > 0) | shared).any(axis=0) & in_play
    weighed = (practices["asking"] > 0).sum() + (shared & (practices["consent"] != Mode.OPT_IN)).sum()
    draws = (_ALWAYS_DRAWN + _PER_PRACTICE * in_play.sum() + consents.sum()) / policies
    logistics = _OWN_LOGISTICS + (_SHARED_LOGISTICS + weighed) / policies
    return float(draws * limit[0] + logistics * limit[1])


def practices_of(scenario: Scenario, week: int) -> NDArray[np.void]:
    """Return a week's rows of practices in the first market. Shape (policies, practices)."""
    from simulation.model.model import LoyaltyModel

    model = LoyaltyModel(scenario.with_changes(shoppers=100))
    while model.week < week:
        model.step()
    rows: NDArray[np.void] = model.practices[week, :, 0]
    return rows
