"""The board: what each course is worth to whom, and under which weights it is best. It has no weights of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from simulation.classroom.consequences import Stage

_STEPS = 10  # of each weight from nothing to everything
_NEAR = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """One thing that can be weighed: in words, whether more of it is better, and its fact."""

    name: str
    meaning: str
    fact: str
    more: bool


COLUMNS = (
    Column("value", "the retailer's discounted value against the first choice, dollars", "value", True),
    Column(
        "members",
        "what members get (rewards, compensation, the programme's worth) less raised premiums; against the first",
        "members",
        True,
    ),
    Column("data buyer", "the data buyer's account, dollars", "data_buyer", True),
    Column("trust", "mean trust of all shoppers in the last week, from 0 to 1", "trust", True),
    Column("harm", "harmful events to be expected, all shoppers together", "harmful_events", False),
    Column(
        "consent",
        "person-years in which data flows whose owner does not know and would not agree",
        "consent_debt",
        False,
    ),
)
"""What the board weighs."""


@dataclass(frozen=True)
class Row:
    """A course on the board: what came of it, and the same from 0 (the worst of all courses) to 1 (the best)."""

    policy: str
    values: tuple[float, ...]
    scaled: tuple[float, ...]
    best_share: float


def board(stage: Stage, policies: Sequence[str], world: int | None = None) -> list[Row]:
    """Return the board for some policies in one world, or at the median of all worlds.

    `best_share` is the share of all weightings, evenly spread, under which no other course is better.
    """
    values = _values(stage, policies, world)
    scaled = _scaled(values)
    shares = _best(scaled).mean(axis=0)
    return [
        Row(policy, tuple(values[place].tolist()), tuple(scaled[place].tolist()), float(shares[place]))
        for place, policy in enumerate(policies)
    ]


def best_shares_of(stage: Stage, groups: Sequence[Sequence[str]], world: int | None = None) -> list[float]:
    """Return for each group of policies under which share of weightings one of it is best of all."""
    policies = [policy for group in groups for policy in group]
    best = _best(_scaled(_values(stage, policies, world)))
    ends = np.cumsum([len(group) for group in groups])[:-1]
    return [float(part.any(axis=1).mean()) for part in np.split(best, ends, axis=1)]


def _values(stage: Stage, policies: Sequence[str], world: int | None) -> Floats:
    """Return what is weighed. Shape (policies, columns)."""
    return np.array([[stage.fact(policy, column.fact, world) for column in COLUMNS] for policy in policies])


def _scaled(values: Floats) -> Floats:
    """Return values from 0 to 1, better upwards; where all are equal, 1. Shape as given: (policies, columns)."""
    better = values * np.where([column.more for column in COLUMNS], 1.0, -1.0)
    low, width = better.min(axis=0), np.ptp(better, axis=0)
    return np.where(width > 0, (better - low) / np.where(width > 0, width, 1.0), 1.0)


def _best(scaled: Floats) -> NDArray[np.bool_]:
    """Return under which weightings no other course is better than each. Shape (weightings, policies)."""
    last = _STEPS + len(COLUMNS) - 1
    fences = np.array([(-1, *each, last) for each in combinations(range(last), len(COLUMNS) - 1)])
    weights = (np.diff(fences, axis=1) - 1) / _STEPS  # all ways to share out the steps
    totals = weights @ scaled.T
    return np.asarray(totals >= totals.max(axis=1, keepdims=True) - _NEAR)
