"""The patient rule induction method: a box of worlds, made smaller slice by slice as long as its hits grow denser.

Friedman and Fisher, Statistics and Computing 1999; for scenario discovery, with quasi-p-values, Bryant and Lempert,
Technological Forecasting and Social Change 2010. As in the latter's software, a slice is rated by how much it changes
the density for each world in it, so that thin and thick ones can be compared.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.runs.sampling import World

Floats = NDArray[np.float64]
Side = tuple[str, int]
"""A number's address, and 0 for its lower limit or 1 for its upper one."""

_SMALLEST = 0.05  # the share of worlds below which a box is not made smaller
_HALF = 0.5


class Peeling:
    """The boxes that are left as slices of worlds are peeled off and pasted back, from all worlds to the smallest.

    `slice_size` is the share of worlds in one slice. Limits belong to the box.
    """

    def __init__(self, worlds: Sequence[World], hits: NDArray[np.bool_], slice_size: float) -> None:
        self._names = tuple(worlds[0])
        self._values = np.array([[world[name] for name in self._names] for world in worlds], dtype=np.float64)
        self._hits = hits
        self._boxes = [np.array([self._values.min(axis=0), self._values.max(axis=0)])]  # lower and upper limits
        for step in (self._peeled, self._pasted):
            while (box := self._best(step(slice_size))) is not None:
                self._boxes.append(box)

    def __len__(self) -> int:
        """Return how many boxes there are."""
        return len(self._boxes)

    def coverage_and_density(self) -> Floats:
        """Return the share of all hits that each box holds, and the share of hits in it. Shape (boxes, 2)."""
        every = int(self._hits.sum())
        counts = [self._count(box) for box in self._boxes]
        return np.array([(hits / every, hits / worlds) for worlds, hits in counts])

    def limits(self, box: int) -> Mapping[Side, float]:
        """Return the limits of a box that leave some worlds out."""
        here, widest = self._boxes[box], self._boxes[0]
        return {
            (name, side): float(here[side, number])
            for number, name in enumerate(self._names)
            for side in (0, 1)
            if here[side, number] != widest[side, number]
        }

    def quasi_p_values(self, box: int) -> Mapping[Side, float]:
        """Return how likely each limit would raise the density so much by chance: small for limits that matter.

        A one-sided binomial test of the hits inside against the density that the box has without the limit.
        """
        from scipy.stats import binomtest

        worlds, hits = self._count(self._boxes[box])
        found = {}
        for side in self.limits(box):
            more_worlds, more_hits = self._count(self._wider(box, side))
            found[side] = float(binomtest(hits, worlds, more_hits / more_worlds, alternative="greater").pvalue)
        return found

    def without(self, box: int, limit: Side) -> int:
        """Add the box that lacks one limit; return its place."""
        self._boxes.append(self._wider(box, limit))
        return len(self) - 1

    def _wider(self, box: int, limit: Side) -> Floats:
        number, side = self._names.index(limit[0]), limit[1]
        return _moved(self._boxes[box], side, number, self._boxes[0][side, number])

    def _inside(self, box: Floats) -> NDArray[np.bool_]:
        return np.asarray(((self._values >= box[0]) & (self._values <= box[1])).all(axis=1))

    def _count(self, box: Floats) -> tuple[int, int]:
        """Return how many worlds lie inside, and how many of them are hits."""
        inside = self._inside(box)
        return int(inside.sum()), int(self._hits[inside].sum())

    def _peeled(self, slice_size: float) -> Iterator[Floats]:
        """Yield the last box without its topmost and without its lowest slice, by each number."""
        box = self._boxes[-1]
        inside = self._values[self._inside(box)]
        for number, values in enumerate(inside.T):
            yield _moved(box, 1, number, _cut(values, 1 - slice_size))
            yield _moved(box, 0, number, _cut(values, slice_size))

    def _pasted(self, slice_size: float) -> Iterator[Floats]:
        """Yield the last box with a slice more, below and above, by each number that has a limit."""
        box, widest = self._boxes[-1], self._boxes[0]
        for number in np.flatnonzero((box != widest).any(axis=0)).tolist():
            for side, share in ((0, 1 - slice_size), (1, slice_size)):
                end = widest[side, number]
                beyond = _moved(_moved(box, 1 - side, number, box[side, number]), side, number, end)
                values = self._values[self._inside(beyond), number]
                yield _moved(box, side, number, _cut(values, share) if values.size else end)

    def _best(self, boxes: Iterator[Floats]) -> Floats | None:
        """Return the box that is densest for the worlds it takes, of equals the one of fewest limits; None if none."""
        best = max(boxes, key=self._rating, default=None)
        if best is None or self._rating(best)[0] <= 0 or self._count(best)[0] / len(self._values) < _SMALLEST:
            return None
        return best

    def _rating(self, box: Floats) -> tuple[float, int]:
        """Return the density won over the last box for each world lost or won, and how many numbers have no limit."""
        (worlds, hits), (worlds_before, hits_before) = self._count(box), self._count(self._boxes[-1])
        denser = hits / worlds - hits_before / worlds_before
        return denser / max(abs(worlds - worlds_before), 1), int((box == self._boxes[0]).all(axis=0).sum())


def _moved(box: Floats, side: int, number: int, limit: float) -> Floats:
    """Return a box with one limit moved."""
    moved = box.copy()
    moved[side, number] = limit
    return moved


def _cut(values: Floats, share: float) -> float:
    """Return the limit with a share of values below: midway between two that differ, beyond any that are alike."""
    ordered, place = np.sort(values), (len(values) - 1) * share
    if share > _HALF:
        last = ordered[math.ceil(place)]
        neighbour = ordered[max(int(np.searchsorted(ordered, last)) - 1, 0)]
    else:
        last = ordered[math.floor(place)]
        neighbour = ordered[min(int(np.searchsorted(ordered, last, side="right")), len(ordered) - 1)]
    return float((last + neighbour) / 2)
