"""The patient rule induction method of ema_workbench, in both generations of its interface.

Friedman and Fisher, Statistics and Computing 1999; for scenario discovery Bryant and Lempert, Technological
Forecasting and Social Change 2010. Generation 2 wants a threshold and calls quasi-p-values `qp`; generation 3 has no
threshold and calls them `p_values`.
"""

import inspect
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.runs.sampling import World

Side = tuple[str, int]
"""A number's address, and 0 for its lower limit or 1 for its upper one."""

_ANY_DENSITY = 1e-9


class Peeling:
    """The boxes that are left as slices of worlds are peeled off and pasted back, from all worlds to the smallest.

    `slice_size` is the share of worlds in one slice.
    """

    def __init__(self, worlds: Sequence[World], hits: NDArray[np.bool_], slice_size: float) -> None:
        with _unwarned():
            import pandas as pd
            from ema_workbench.analysis.prim import Prim

            points = pd.DataFrame([dict(world) for world in worlds])
            settings = {"peel_alpha": slice_size, "paste_alpha": slice_size}
            if "threshold" in inspect.signature(Prim).parameters:
                settings["threshold"] = _ANY_DENSITY
            self._prim = Prim(points, hits.astype(np.int64), **settings)
            self._box = self._prim.find_box()

    def __len__(self) -> int:
        """Return how many boxes there are."""
        return len(self._box.box_lims)

    def coverage_and_density(self) -> NDArray[np.float64]:
        """Return the share of all hits that each box holds, and the share of hits in it. Shape (boxes, 2)."""
        return np.asarray(self._box.peeling_trajectory[["coverage", "density"]], dtype=np.float64)

    def limits(self, box: int) -> Mapping[Side, float]:
        """Return the limits of a box that leave some worlds out."""
        here, widest = self._box.box_lims[box], self._box.box_lims[0]
        return {
            (name, side): float(here[name].iloc[side])
            for name in here.columns
            for side in (0, 1)
            if here[name].iloc[side] != widest[name].iloc[side]
        }

    def quasi_p_values(self, box: int) -> Mapping[Side, float]:
        """Return how likely each limit would raise the density so much by chance: small for limits that matter."""
        found: Any = self._box.p_values if hasattr(self._box, "p_values") else self._box.qp
        return {(name, side): float(found[box][name][side]) for name, side in self.limits(box)}

    def without(self, box: int, limit: Side) -> int:
        """Add the box that lacks one limit; return its place."""
        name, side = limit
        wider = self._box.box_lims[box].copy()
        wider.loc[side, name] = self._box.box_lims[0].loc[side, name]
        points = self._prim.x[wider.columns]
        inside = ((points >= wider.loc[0]) & (points <= wider.loc[1])).all(axis=1)
        with _unwarned():
            self._box.update(wider, np.flatnonzero(inside))
        return len(self) - 1


@contextmanager
def _unwarned() -> Iterator[None]:
    """Keep quiet the package's remarks on what it does not need here, and on what pandas will change."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
