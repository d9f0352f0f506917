"""Left because of: a policy's difference from the baseline split by first cause, segment and tier, to the last cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.states import Card
from simulation.questions.compare.causes import Cause
from simulation.runs.event_history import Diary
from simulation.scenario.population import GROUPS, SEGMENTS, TIERS

if TYPE_CHECKING:
    import pandas

MEASURES = {
    "shoppers": "all shoppers with this first cause",
    "living_differently": "of them, those whose store, card or purchases ever differ from the twin's",
    "left": "opening patrons who left at least once, less those of their twins who did",
    "left_only_here": "opening patrons who left under this policy and not under the baseline",
    "left_only_there": "opening patrons who left under the baseline and not under this policy",
    "left_earlier": "opening patrons who left under both, here earlier",
    "left_later": "opening patrons who left under both, here later",
    "patrons": "patrons at the end, less the baseline's",
    "members": "patrons with an active card at the end, less the baseline's",
    "sales_cents": "sales of all weeks, less the baseline's",
    "carded_sales_cents": "sales on the card of all weeks, less the baseline's",
}
"""What is split by cause; every one but the first two adds up to the difference of the books."""


@dataclass(frozen=True)
class Attribution:
    """The differences from the baseline, cell by cell: whole people and whole cents.

    `counts` has shape (replicates, policies, causes, segments, tiers, measures), the baseline first and all zeros but
    for its shoppers; `opening_patrons` has shape (replicates, segments, tiers).
    """

    policies: tuple[str, ...]
    counts: NDArray[np.int64]
    opening_patrons: NDArray[np.int64]

    def of(self, measure: str) -> NDArray[np.int64]:
        """Return one measure. Shape (replicates, policies, causes, segments, tiers)."""
        found: NDArray[np.int64] = self.counts[..., list(MEASURES).index(measure)]
        return found

    def by_cause(self, measure: str) -> NDArray[np.int64]:
        """Return one measure over all segments and tiers. Shape (replicates, policies, causes)."""
        found: NDArray[np.int64] = self.of(measure).sum(axis=(3, 4))
        return found

    def left_per_10_000(self) -> NDArray[np.float64]:
        """Return the net loss in 10,000 opening patrons, by cause. Shape (replicates, policies, causes)."""
        patrons = np.maximum(1, self.opening_patrons.sum(axis=(1, 2)))
        return self.by_cause("left") * 10_000 / patrons[:, None, None]


def attribution_of(diary: Diary, causes: NDArray[np.uint8]) -> Attribution:
    """Return what one replicate, lived to its end, comes to; `causes` of shape (policies, shoppers)."""
    cell = (diary.people.cell // len(GROUPS)).astype(np.int64)
    places = causes.astype(np.int64) * (len(SEGMENTS) * len(TIERS)) + cell
    shape = (len(Cause), len(SEGMENTS), len(TIERS))
    split = [[_added_up(row, at, shape) for row, at in zip(each, places, strict=True)] for each in _measured(diary)]
    counts = np.moveaxis(np.asarray(split, np.int64), 0, -1)
    patrons = _added_up(diary.people.opening_patron, cell, shape[1:])
    return Attribution(diary.model.policies, counts[None], patrons[None])


def all_replicates(parts: Sequence[Attribution]) -> Attribution:
    """Return the attributions of single replicates as one."""
    joined = [np.concatenate([getattr(part, name) for part in parts]) for name in ("counts", "opening_patrons")]
    return Attribution(parts[0].policies, *joined)


def _added_up(values: NDArray[np.generic], places: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.int64]:
    sums = np.zeros(shape, np.int64)
    np.add.at(sums.ravel(), places, values.astype(np.int64))
    return sums


def _measured(diary: Diary) -> list[NDArray[np.int64]]:
    """Return each measure for each shopper, in the order of `MEASURES`. Shapes (policies, shoppers)."""
    lives, week = diary.lives, diary.first["left"] * diary.people.opening_patron
    here, there = week > 0, week[:1] > 0
    member = (lives.patron == 1) & (lives.card == Card.ACTIVE)
    totals = [here, lives.patron, member, diary.totals.sales_cents, diary.totals.carded_sales_cents]
    left, patrons, members, sales, carded = (each.astype(np.int64) - each[:1].astype(np.int64) for each in totals)
    both = here & there
    gross = [here & ~there, there & ~here, both & (week < week[:1]), both & (week > week[:1])]
    people = [np.ones_like(here), diary.first["apart"] > 0]
    return [*_whole(people), left, *_whole(gross), patrons, members, sales, carded]


def _whole(flags: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.int64]]:
    return [each.astype(np.int64) for each in flags]


def attribution_table(found: Attribution) -> "pandas.DataFrame":
    """Return one row a policy, replicate, cause, segment and tier in which anybody is; whole people, whole cents."""
    import pandas as pd

    shoppers = found.of("shoppers")
    keys = ("replicate", "policy", "cause", "segment", "tier")
    names = (range(len(shoppers)), found.policies, [cause.name.lower() for cause in Cause], SEGMENTS, TIERS)
    rows = [
        (*(name[place] for name, place in zip(names, where, strict=True)), *found.counts[tuple(where)].tolist())
        for where in np.argwhere(shoppers).tolist()
        if where[1] > 0
    ]
    return pd.DataFrame(rows, columns=[*keys, *MEASURES])
