"""Shoppers in blocks, as the passes take them: one record holds all columns of a block, so a pass is given few things.

A record's columns lie at known places with a known length, which spares the compiler most of its work.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import PURPOSES
from simulation.behaviour.states import MOST_PRACTICES
from simulation.scenario.population import BLOCK, CELLS, Lives, Opening, Shoppers, kind_of

ROOM = BLOCK + 64
"""Places of a column: not a power of two, or columns would compete for the same lines of the processor's cache."""


def _record(columns: Any) -> np.dtype[np.void]:
    return np.dtype([(name, kind_of(hint), (ROOM,)) for name, hint in columns.__annotations__.items()], align=True)


PEOPLE, LIVES = _record(Shoppers), _record(Lives)
"""A block of shoppers, and what has become of them under one policy. The last block of a market is not full."""

SCRATCH = np.dtype(
    [
        ("luck", np.int32, (PURPOSES, ROOM)),
        ("felt", np.float64, (MOST_PRACTICES, ROOM)),
        ("halves", np.int32, (2, ROOM)),
        ("odds", np.float64, (ROOM,)),
        ("left", np.float64, (ROOM,)),
        ("rate", np.float64, (ROOM,)),
        ("chance", np.float64, (ROOM,)),
        ("cents", np.float64, (ROOM,)),
        ("burden", np.float64, (ROOM,)),
        ("fully", np.float64, (ROOM,)),
        ("pressing", np.float64, (ROOM,)),
        ("acted", np.float64, (ROOM,)),
        ("sensed", np.float64, (ROOM,)),
        ("aside", np.float64, (2, ROOM)),
        ("worth", np.float64, (ROOM,)),
        ("apart", np.float64, (ROOM,)),
        ("log_odds", np.float64, (ROOM,)),
        ("reward", np.float64, (ROOM,)),
        ("partner_reward", np.float64, (ROOM,)),
        ("fee_units", np.int64, (ROOM,)),
        ("who", np.int64, (ROOM,)),
        ("begins", np.int64, (CELLS + 1,)),
        ("events", np.int32, (ROOM,)),
        ("goods", np.int32, (ROOM,)),
        ("carded", np.int32, (ROOM,)),
        ("rewards", np.int32, (ROOM,)),
        ("partner_rewards", np.int32, (ROOM,)),
        ("trips", np.uint8, (ROOM,)),
        ("open_to_any", np.uint8, (ROOM,)),
        ("open_to_talk", np.uint8, (ROOM,)),
        ("marked", np.uint8, (ROOM,)),
        ("heard", np.uint8, (ROOM,)),
        ("seats", np.uint8, (ROOM,)),
        ("source", np.uint8, (ROOM,)),
        ("member", np.uint8, (ROOM,)),
        ("below", np.uint8, (ROOM,)),
        ("debt", np.uint8, (ROOM,)),
        ("flows", np.uint8, (ROOM,)),
        ("redeemed", np.uint8, (ROOM,)),
        ("met", np.uint8, (ROOM,)),
        ("away", np.uint8, (ROOM,)),
    ],
    align=True,
)
"""What the passes over one block leave for the next pass."""


@dataclass(frozen=True)
class Crowd:
    """Shoppers and what has become of them, as records, one a block (market, start, stop).

    `people` has shape (blocks,), `lives` (policies, blocks).
    """

    people: NDArray[np.void]
    lives: NDArray[np.void]
    blocks: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many shoppers there are."""
        return int((self.blocks[:, 2] - self.blocks[:, 1]).sum())

    @property
    def markets(self) -> NDArray[np.int64]:
        """The market of each shopper, by place. Shape (shoppers,)."""
        return np.repeat(self.blocks[:, 0], self.blocks[:, 2] - self.blocks[:, 1])

    def people_columns(self) -> Shoppers:
        """Return what they are as columns, copied."""
        return Shoppers(*_columns(self.people, self.blocks))

    def lives_columns(self) -> Lives:
        """Return what has become of them as columns, copied."""
        return Lives(*_columns(self.lives, self.blocks))

    def returned(self) -> NDArray[np.int64]:
        """Return the opening patrons who have left and are patrons again, by cell. Shape (policies, cells)."""
        found = np.zeros((len(self.lives), CELLS), np.int64)
        for place, (_, start, stop) in enumerate(self.blocks.tolist()):
            people, lives = self.people[place], self.lives[:, place]
            patrons = (people["opening_patron"] == 1) & (lives["patron"] == 1)
            back = (patrons & (lives["left_week"] > 0))[:, : stop - start]
            found += [np.bincount(people["cell"][: stop - start][each], minlength=CELLS) for each in back]
        return found

    def parts(self, blocks: int = 64) -> "Iterator[Crowd]":
        """Yield them some blocks at a time, nothing copied."""
        for first in range(0, len(self.blocks), blocks):
            some = slice(first, first + blocks)
            yield Crowd(self.people[some], self.lives[:, some], self.blocks[some])


def opening_crowd(opening: Opening, policies: int, blocks: NDArray[np.int64]) -> Crowd:
    """Return the shoppers of some blocks as they open, block by block, so that nothing of all is held twice."""
    crowd = Crowd(np.zeros(len(blocks), PEOPLE), np.zeros((policies, len(blocks)), LIVES), blocks)
    for place, (_, start, stop) in enumerate(blocks.tolist()):
        people = opening.people(start, stop)
        _fill(crowd.people[place : place + 1], people, slice(None))
        _fill(crowd.lives[:, place], opening.lives(people, policies), slice(None))
    return crowd


def crowd_of(people: Shoppers, lives: Lives, blocks: NDArray[np.int64]) -> Crowd:
    """Return columns as records."""
    crowd = Crowd(np.zeros(len(blocks), PEOPLE), np.zeros((lives.trust.shape[0], len(blocks)), LIVES), blocks)
    for place, (_, start, stop) in enumerate(blocks.tolist()):
        _fill(crowd.people[place : place + 1], people, slice(start, stop))
        _fill(crowd.lives[:, place], lives, slice(start, stop))
    return crowd


def _fill(record: NDArray[np.void], columns: Shoppers | Lives, which: slice) -> None:
    """Write some of the columns' shoppers into a block's record, one for each policy."""
    for name, column in columns._asdict().items():
        values = column[..., which]
        record[name][:, : values.shape[-1]] = values


def _columns(records: NDArray[np.void], blocks: NDArray[np.int64]) -> list[NDArray[Any]]:
    """Return the columns that records hold, whole and in the order of their names."""
    sizes = (blocks[:, 2] - blocks[:, 1]).tolist()
    return [
        np.concatenate([records[name][..., place, :size] for place, size in enumerate(sizes)], axis=-1)
        for name in records.dtype.names or ()
    ]
