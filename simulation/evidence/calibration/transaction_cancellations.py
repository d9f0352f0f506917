"""Cancellations taken off the purchases that they undo."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.calibration.shopping_facts import Counts

if TYPE_CHECKING:
    import pandas


def without_cancelled(baskets: "pandas.DataFrame") -> "pandas.DataFrame":
    """Return baskets, those below zero taken off the same household's latest ones of that day or before.

    A purchase that is cancelled whole is none; what no purchase covers stays below zero. `baskets` has the columns
    household, day, cents and back (rows that were taken back), among others.
    """
    baskets = baskets.sort_values(["household", "day"], kind="stable", ignore_index=True)
    household, day = baskets["household"].to_numpy(), baskets["day"].to_numpy()
    cents = baskets["cents"].to_numpy(copy=True)
    undone = (baskets["back"].to_numpy() > 0) & (cents == 0)
    for place in np.flatnonzero(cents < 0).tolist():
        first, end = (int(np.searchsorted(household, household[place], side)) for side in ("left", "right"))
        latest = first + int(np.searchsorted(day[first:end], day[place], side="right"))
        _take_off(cents, undone, place, range(latest - 1, first - 1, -1))
    undone |= (baskets["cents"].to_numpy() < 0) & (cents == 0)
    return baskets.assign(cents=cents)[~undone]


def _take_off(cents: Counts, undone: NDArray[np.bool_], place: int, purchases: range) -> None:
    for purchase in purchases:
        if cents[place] == 0:
            return
        if purchase != place and cents[purchase] > 0:
            taken = min(int(cents[purchase]), -int(cents[place]))
            cents[purchase] -= taken
            cents[place] += taken
            undone[purchase] = cents[purchase] == 0
