"""What single policies bring: fees, deliveries, points and what a programme costs, worked out from what was counted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.practices import Scope

Cents = NDArray[np.float64]


def _a_week(dollars: Any) -> Cents:
    """Return cents a week of dollars a year."""
    return np.asarray(100.0 * dollars / 52.0)


# --- a paid tier ----------------------------------------------------------------------------------------------------


def paying(counted: Any) -> NDArray[np.int64]:
    """Return how many members pay to belong to a tier. Shape (weeks, markets)."""
    people: NDArray[np.int64] = _concerned(counted, Scope.PAYING_A_FEE)
    return people


def tier_fees(counted: Any) -> Cents:
    """Return each week's part of the yearly fees of those who pay. Shape (weeks,)."""
    return np.asarray(_a_week(paying(counted) * counted.levers["tier_fee"]).sum(axis=1))


def cost_of_deliveries(counted: Any) -> Cents:
    """Return what picking and bringing their orders costs in each week. Shape (weeks,)."""
    return _orders(counted) * float(counted.numbers["cost_of_a_delivery"])


def worth_of_deliveries(counted: Any) -> Cents:
    """Return what being brought their orders is worth to them in each week. Shape (weeks,)."""
    return _orders(counted) * float(counted.numbers["worth_of_a_delivery"])


def _orders(counted: Any) -> Cents:
    """Return a hundred times the orders brought in each week, so that dollars an order become cents."""
    return np.asarray(_a_week(paying(counted) * counted.levers["tier_deliveries"]).sum(axis=1))


def _concerned(counted: Any, scope: Scope) -> Any:
    """Return how many shoppers practices of a scope concern. Shape (weeks, markets)."""
    return (counted.concerned * (counted.practices["scope"] == scope)).sum(axis=2)
