"""What single policies cost and bring, in cents a week by what was counted: ads, fees, points, requests, faces."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.model.ledger import Measure
from simulation.scenario.practices import Scope

Cents = NDArray[np.float64]


def _a_week(dollars: Any) -> Cents:
    """Return cents a week of dollars a year."""
    return np.asarray(100.0 * dollars / 52.0)


# --- advertising, and members' prices that suppliers fund -------------------------------------------------------------


def media_income(counted: Any) -> Cents:
    """Return what brands pay for ads in each week. Shape (weeks,)."""
    return np.asarray(_brands_pay(counted).sum(axis=1))


def media_costs(counted: Any) -> Cents:
    """Return what ads cost in each week, the platform's share and the running of them alike. Shape (weeks,)."""
    return np.asarray((_brands_pay(counted) * counted.levers["cost_of_ads"]).sum(axis=1))


def _brands_pay(counted: Any) -> Cents:
    """Return cents for ads: by visits with the card, more for members of an audience. Shape (weeks, markets)."""
    audience = (counted.concerned * (counted.practices["audience"] > 0)).max(axis=2, initial=0)
    members, visits = (counted.by_market[..., each] for each in (Measure.MEMBERS, Measure.CARDED_TRIPS))
    reached = np.minimum(1.0, audience / np.maximum(1, members))
    targeted, others = counted.levers["cents_for_targeted_ads"], counted.levers["cents_for_other_ads"]
    return np.asarray(visits * (reached * targeted + (1.0 - reached) * others))


def supplier_funding(counted: Any) -> Cents:
    """Return by how much suppliers fund what members save in each week: at the shelf price less their own."""
    saving, share = counted.levers["member_saving"], counted.levers["funded_by_suppliers"]
    saved = counted.by_market[..., Measure.CARDED_SALES] * saving / (1.0 - saving)
    return np.asarray((share * saved).sum(axis=1))


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


# --- a programme that is ended or merged ----------------------------------------------------------------------------


def points_lapsed(counted: Any) -> Cents:
    """Return what the points come to that lapse in each week, of those who held an active card. Shape (weeks,)."""
    holders = _concerned(counted, Scope.LOSING_THE_CARD)
    return np.asarray(100.0 * (holders * counted.levers["points_lapsed"]).sum(axis=1))


def running_saved(counted: Any) -> Cents:
    """Return what running the programme would have cost in each week. Shape (weeks,)."""
    return _of_sales(counted, "running_saved")


def insight_lost(counted: Any) -> Cents:
    """Return what decisions without card data cost in each week. Shape (weeks,)."""
    return _of_sales(counted, "insight_lost")


def _of_sales(counted: Any, lever: str) -> Cents:
    return np.asarray((counted.by_market[..., Measure.SALES] * counted.levers[lever]).sum(axis=1))


# --- a coalition ----------------------------------------------------------------------------------------------------


def kept_by_the_operator(counted: Any) -> Cents:
    """Return what the coalition's operator keeps in each week of what points cost. Shape (weeks,)."""
    return np.asarray((counted.by_market[..., Measure.CARDED_SALES] * counted.levers["operator_share"]).sum(axis=1))


def insight_from_partners(counted: Any) -> Cents:
    """Return what partners' data bring in each week, by carded sales of those whose data flows. Shape (weeks,)."""
    carded, members = (counted.by_market[..., each] for each in (Measure.CARDED_SALES, Measure.MEMBERS))
    flowing = (counted.concerned * (counted.practices["partners"] > 0)).max(axis=2, initial=0)
    taking_part = np.minimum(1.0, flowing / np.maximum(1, members))
    return np.asarray((carded * taking_part * counted.levers["partner_insight"]).sum(axis=1))


# --- requests about records, cameras, pharmacy records --------------------------------------------------------------


def request_costs(counted: Any) -> Cents:
    """Return what answering members' requests about their records costs. Shape (weeks,)."""
    levers, members = counted.levers, counted.by_market[..., Measure.MEMBERS]
    return np.asarray((100.0 * levers["requests"] / 52.0 * members * levers["request_cost"]).sum(axis=1))


def camera_costs(counted: Any) -> Cents:
    """Return what running cameras that know faces costs. Shape (weeks,)."""
    filmed = counted.levers["cameras"] * counted.by_market[..., Measure.SALES]
    return np.asarray(filmed.sum(axis=1) * counted.numbers["cost_of_cameras"])


def theft_avoided(counted: Any) -> Cents:
    """Return what goods would have cost that cameras keep from being stolen. Shape (weeks,)."""
    number, watched = counted.numbers, counted.levers["faces_against_theft"] * counted.by_market[..., Measure.SALES]
    stolen = number["theft_share_of_sales"] * (1.0 - number["gross_margin"])
    return np.asarray(watched.sum(axis=1) * (stolen * number["theft_avoided"]))


def measured_faces(counted: Any) -> Cents:
    """Return what suppliers pay to know who has looked at what. Shape (weeks,)."""
    patrons = counted.levers["faces_for_marketing"] * counted.by_market[..., Measure.PATRONS]
    return np.asarray(100.0 / 52.0 * patrons.sum(axis=1) * counted.numbers["gain_by_measured_faces"])


def pharmacy_gains(counted: Any) -> Cents:
    """Return what reminders and messages bring to those whose pharmacy records are merged. Shape (weeks,)."""
    number = counted.numbers
    here = _merged(counted) * number["fill_prescriptions_here"]
    return np.asarray(100.0 / 52.0 * here * number["gain_of_a_merged_record"])


def pharmacy_costs(counted: Any) -> Cents:
    """Return what it costs to keep merged records as the law asks. Shape (weeks,)."""
    return np.asarray(100.0 / 52.0 * _merged(counted) * counted.numbers["cost_of_a_merged_record"])


def _merged(counted: Any) -> Cents:
    """Return how many members' records are merged. Shape (weeks,)."""
    of_kind = counted.practices["scope"] == Scope.MERGED
    return np.asarray((counted.concerned * of_kind).sum(axis=(1, 2)), np.float64)
