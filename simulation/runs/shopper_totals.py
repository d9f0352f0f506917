"""What every shopper has bought under every policy, and when they joined, returned, took a card and came last."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.states import Card
from simulation.scenario.population import Lives

Flags = NDArray[np.bool_]


class ShopperTotals(NamedTuple):
    """Sums and weeks, of shape (policies, shoppers), in the order of a model's shoppers; 0 for a week is never."""

    trips: NDArray[np.int64]
    sales_cents: NDArray[np.int64]
    carded_sales_cents: NDArray[np.int64]
    joined_week: NDArray[np.int16]  # first week as a patron of somebody who was none at the opening
    returned_week: NDArray[np.int16]  # first week as a patron again after having left
    enrolled_week: NDArray[np.int16]  # first week with a card of somebody who held none at the opening
    last_visit_week: NDArray[np.int16]

    def note(self, week: int, lives: Lives) -> None:
        """Add a week that has just been lived."""
        self.trips[:] += lives.trips
        self.sales_cents[:] += lives.cents
        self.carded_sales_cents[:] += np.where(lives.swiped != 0, lives.cents, 0)
        self.last_visit_week[lives.trips > 0] = week
        patron, never_left = lives.patron == 1, lives.left_week == 0
        _mark(self.joined_week, patron & never_left, week)
        _mark(self.returned_week, patron & ~never_left, week)
        _mark(self.enrolled_week, lives.card != Card.NEVER, week)

    def since(self, opening: Lives) -> "ShopperTotals":
        """Return the same without the weeks of those who stood there at the opening already."""
        return self._replace(
            joined_week=np.where(opening.patron == 1, 0, self.joined_week).astype(np.int16),
            enrolled_week=np.where(opening.card != Card.NEVER, 0, self.enrolled_week).astype(np.int16),
        )


def no_totals(shape: tuple[int, ...]) -> ShopperTotals:
    """Return the totals of shoppers who have lived through nothing."""
    kinds = ShopperTotals.__annotations__
    return ShopperTotals(*(np.zeros(shape, np.int16 if name.endswith("_week") else np.int64) for name in kinds))


def _mark(weeks: NDArray[np.int16], now: Flags, week: int) -> None:
    weeks[now & (weeks == 0)] = week
