"""What requests, cameras and merged records cost and bring, in cents a week, worked out from what has been counted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.model.ledger import Measure
from simulation.scenario.practices import Scope

Floats = NDArray[np.float64]

_YEAR = 52  # weeks


def request_costs(counted: Any) -> Floats:
    """Return what answering members' requests about their records costs. Shape (weeks,)."""
    levers, members = counted.levers, counted.by_market[..., Measure.MEMBERS]
    return np.asarray((100.0 * levers["requests"] / _YEAR * members * levers["request_cost"]).sum(axis=1))


def camera_costs(counted: Any) -> Floats:
    """Return what running cameras that know faces costs. Shape (weeks,)."""
    filmed = counted.levers["cameras"] * counted.by_market[..., Measure.SALES]
    return np.asarray(filmed.sum(axis=1) * counted.numbers["cost_of_cameras"])


def theft_avoided(counted: Any) -> Floats:
    """Return what goods would have cost that cameras keep from being stolen. Shape (weeks,)."""
    number, watched = counted.numbers, counted.levers["faces_against_theft"] * counted.by_market[..., Measure.SALES]
    stolen = number["theft_share_of_sales"] * (1.0 - number["gross_margin"])
    return np.asarray(watched.sum(axis=1) * (stolen * number["theft_avoided"]))


def measured_faces(counted: Any) -> Floats:
    """Return what suppliers pay to know who has looked at what. Shape (weeks,)."""
    patrons = counted.levers["faces_for_marketing"] * counted.by_market[..., Measure.PATRONS]
    return np.asarray(100.0 / _YEAR * patrons.sum(axis=1) * counted.numbers["gain_by_measured_faces"])


def pharmacy_gains(counted: Any) -> Floats:
    """Return what reminders and messages bring to those whose pharmacy records are merged. Shape (weeks,)."""
    number = counted.numbers
    here = _merged(counted) * number["fill_prescriptions_here"]
    return np.asarray(100.0 / _YEAR * here * number["gain_of_a_merged_record"])


def pharmacy_costs(counted: Any) -> Floats:
    """Return what it costs to keep merged records as the law asks. Shape (weeks,)."""
    return np.asarray(100.0 / _YEAR * _merged(counted) * counted.numbers["cost_of_a_merged_record"])


def _merged(counted: Any) -> Floats:
    """Return how many members' records are merged. Shape (weeks,)."""
    of_kind = counted.practices["scope"] == Scope.MERGED
    return np.asarray((counted.concerned * of_kind).sum(axis=(1, 2)), np.float64)
