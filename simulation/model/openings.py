"""Openings that the models of one process share: shoppers who are the same are drawn once.

Two models open alike if seed, replicate and blocks are the same and all numbers that drawing the shoppers has read.
Which these are is noted while they are drawn, so that no list has to be kept in step with how they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.model.blocks import Crowd, opening_crowd
from simulation.scenario.population import Opening

_MOST, _LARGEST = 16, 20_000  # openings that are kept, and shoppers of each: at most 28 MB in all

Key = tuple[int, int, bytes]


@dataclass(frozen=True)
class _Noting:
    """A model's numbers, and which of them have been read."""

    numbers: NDArray[np.void]
    read: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.read.setdefault(name, self.numbers[name])


@dataclass(frozen=True, eq=False)
class _Kept:
    key: Key
    read: Mapping[str, Any]
    crowd: Crowd  # under one policy

    def serves(self, key: Key, numbers: NDArray[np.void]) -> bool:
        return key == self.key and all(numbers[name] == value for name, value in self.read.items())


_latest: list[_Kept] = []  # asked for last
_LOCK = Lock()


def opened(numbers: NDArray[np.void], seed: int, replicate: int, policies: int, blocks: NDArray[np.int64]) -> Crowd:
    """Return the shoppers of some blocks as they open, equal under each policy, to be lived with: nobody else's."""
    if not len(blocks) or int((blocks[:, 2] - blocks[:, 1]).sum()) > _LARGEST:
        return opening_crowd(Opening(numbers, seed, replicate), policies, blocks)
    key = seed, replicate, blocks.tobytes()
    one = _found(key, numbers) or _drawn(key, numbers, blocks)
    return Crowd(one.people.copy(), np.repeat(one.lives, policies, axis=0), blocks)


def _found(key: Key, numbers: NDArray[np.void]) -> Crowd | None:
    with _LOCK:
        kept = next((each for each in reversed(_latest) if each.serves(key, numbers)), None)
        if kept is None:
            return None
        _latest.remove(kept)
        _latest.append(kept)
        return kept.crowd


def _drawn(key: Key, numbers: NDArray[np.void], blocks: NDArray[np.int64]) -> Crowd:
    noting: Any = _Noting(numbers.copy())
    crowd = opening_crowd(Opening(noting, *key[:2]), 1, blocks)
    with _LOCK:
        _latest.append(_Kept(key, noting.read, crowd))
        del _latest[:-_MOST]
    return crowd
