"""Shoppers in blocks, as the passes take them: one record holds all columns of a block, so a pass is given few things.

A record's columns lie at known places with a known length, which spares the compiler most of its work.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import PURPOSES
from simulation.behaviour.states import MOST_PRACTICES
from simulation.scenario.population import BLOCK, Lives, Shoppers, kind_of

ROOM = BLOCK + 64
"""Places of a column: not a power of two, or columns would compete for the same lines of the processor's cache."""


def _record(columns: Any) -> np.dtype[np.void]:
    return np.dtype([(name, kind_of(hint), (ROOM,)) for name, hint in columns.__annotations__.items()], align=True)


PEOPLE, LIVES = _record(Shoppers), _record(Lives)
"""A block of shoppers, and what has become of them under one policy. The last block of a market is not full."""

SCRATCH = np.dtype(
    [
        ("luck", np.float64, (PURPOSES, ROOM)),
        ("felt", np.float64, (MOST_PRACTICES, ROOM)),
        ("far", np.int64, (2, ROOM)),
        ("rate", np.float64, (ROOM,)),
        ("chance", np.float64, (ROOM,)),
        ("cents", np.float64, (ROOM,)),
        ("burden", np.float64, (ROOM,)),
        ("fully", np.float64, (ROOM,)),
        ("acted", np.float64, (ROOM,)),
        ("log_odds", np.float64, (ROOM,)),
        ("reward", np.float64, (ROOM,)),
        ("partner_reward", np.float64, (ROOM,)),
        ("trips", np.int64, (ROOM,)),
        ("fee_units", np.int64, (ROOM,)),
        ("events", np.int64, (ROOM,)),
        ("who", np.int64, (ROOM,)),
        ("goods", np.int32, (ROOM,)),
        ("carded", np.int32, (ROOM,)),
        ("rewards", np.int32, (ROOM,)),
        ("partner_rewards", np.int32, (ROOM,)),
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
    ],
    align=True,
)
"""What the passes over one block leave for the next pass."""


def in_blocks(columns: Shoppers | Lives, kind: np.dtype[np.void], blocks: NDArray[np.int64]) -> NDArray[np.void]:
    """Return columns as records, one a block (market, start, stop). Shape (..., blocks)."""
    records = np.zeros((*columns[0].shape[:-1], len(blocks)), kind)
    for name, column in columns._asdict().items():
        for place, (_, start, stop) in enumerate(blocks.tolist()):
            records[name][..., place, : stop - start] = column[..., start:stop]
    return records


def from_blocks(records: NDArray[np.void], blocks: NDArray[np.int64]) -> Sequence[NDArray[Any]]:
    """Return the columns that records hold, whole and in the order of their names."""
    sizes = (blocks[:, 2] - blocks[:, 1]).tolist()
    return [
        np.concatenate([records[name][..., place, :size] for place, size in enumerate(sizes)], axis=-1)
        for name in records.dtype.names or ()
    ]
