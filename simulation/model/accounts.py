"""Who pays whom: every flow of money between the parties, week by week, so that what one pays another receives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.plugins import Extra, extras, remembered
from simulation.behaviour.spelling import unknown
from simulation.model import dues


class Party(StrEnum):
    """Who has an account."""

    RETAILER = "retailer"
    DATA_BUYER = "data buyer"
    RIVAL = "rival grocer"
    SHOPPERS = "shoppers"
    PUBLIC = "public"
    OUTSIDE = "everybody else"  # suppliers, other insurers, the health system


class Flow(IntEnum):
    """What is paid."""

    SALES = 0
    GOODS = 1
    REWARDS = 2
    OFFER_COSTS = 3
    DATA_INCOME = 4
    FEES = 5
    PARTNER_REWARDS = 6
    COMPENSATION = 7
    FINES = 8
    PAYMENTS = 9
    EXIT_FEES = 10
    PREMIUMS = 11
    HEALTH_GAINS = 12
    SERVICES = 13
    WORTH = 14
    INSURED_LOST = 15
    RIVAL_MARGIN = 16
    RIVAL_SPILL_OVER = 17
    PUBLIC_BENEFIT = 18
    GROCERIES = 19
    SETTLEMENTS = 20


ROUTES = {
    Flow.SALES: (Party.SHOPPERS, Party.RETAILER, "sales"),
    Flow.GOODS: (Party.RETAILER, Party.OUTSIDE, "cost of goods"),
    Flow.REWARDS: (Party.RETAILER, Party.SHOPPERS, "rewards, gifts and offers redeemed"),
    Flow.OFFER_COSTS: (Party.RETAILER, Party.OUTSIDE, "sending offers, buying data for them"),
    Flow.DATA_INCOME: (Party.OUTSIDE, Party.RETAILER, "suppliers' payments for insight"),
    Flow.FEES: (Party.DATA_BUYER, Party.RETAILER, "fees for records"),
    Flow.PARTNER_REWARDS: (Party.DATA_BUYER, Party.SHOPPERS, "rewards that the data buyer pays"),
    Flow.COMPENSATION: (Party.RETAILER, Party.SHOPPERS, "compensation"),
    Flow.FINES: (Party.RETAILER, Party.PUBLIC, "fines"),
    Flow.PAYMENTS: (Party.RETAILER, Party.OUTSIDE, "surveys"),
    Flow.EXIT_FEES: (Party.RETAILER, Party.DATA_BUYER, "leaving the contract early"),
    Flow.PREMIUMS: (Party.SHOPPERS, Party.DATA_BUYER, "premiums raised by the score"),
    Flow.HEALTH_GAINS: (Party.OUTSIDE, Party.DATA_BUYER, "claims that healthier members do not make"),
    Flow.SERVICES: (Party.DATA_BUYER, Party.OUTSIDE, "running the wellness programme"),
    Flow.WORTH: (Party.OUTSIDE, Party.SHOPPERS, "what participants get out of the programme"),
    Flow.INSURED_LOST: (Party.DATA_BUYER, Party.OUTSIDE, "margin on insured people who leave"),
    Flow.RIVAL_MARGIN: (Party.SHOPPERS, Party.RIVAL, "margin on what lost shoppers buy at the rival's"),
    Flow.RIVAL_SPILL_OVER: (Party.RIVAL, Party.OUTSIDE, "the rival's margin lost to suspicion of all grocers"),
    Flow.PUBLIC_BENEFIT: (Party.OUTSIDE, Party.PUBLIC, "what published findings are worth"),
    Flow.GROCERIES: (Party.OUTSIDE, Party.SHOPPERS, "groceries at usual prices, here and at the rival's"),
    Flow.SETTLEMENTS: (Party.RETAILER, Party.SHOPPERS, "settlements of class actions"),
}
"""Payer, payee and meaning of each flow.

Shoppers get groceries for what they pay, so that their account holds what is left to them: rewards, compensation and
the programme's worth, less raised premiums and what they pay beyond usual prices.
"""


class Counted(NamedTuple):
    """What a plug-in's payment can follow from: some weeks under one policy."""

    levers: NDArray[np.void]  # (weeks, markets)
    practices: NDArray[np.void]  # (weeks, markets, practices)
    totals: NDArray[np.int64]  # (weeks, measures of the ledger)
    numbers: NDArray[np.void]
    by_market: NDArray[np.int64]  # (weeks, markets, measures of the ledger)
    concerned: NDArray[np.int64]  # (weeks, markets, practices): whose data flows, or whom it concerns otherwise


@dataclass(frozen=True)
class OwnFlow:
    """A payment that a plug-in, or a single policy, adds: who pays whom, and what for.

    `cents` returns, week by week, how much it comes to by what has been counted; where it is left out, an institution
    books it by `pay`.
    """

    payer: Party
    payee: Party
    meaning: str
    cents: Callable[[Counted], NDArray[Any]] | None = None
    lever: str = ""
    """The lever at 0 of which nothing is paid, where there is one; then nothing is worked out either."""


_RETAILER, _SHOPPERS, _OUTSIDE = Party.RETAILER, Party.SHOPPERS, Party.OUTSIDE

FLOWS_OF_POLICIES: Mapping[str, OwnFlow] = {
    "media_income": OwnFlow(
        _OUTSIDE, _RETAILER, "brands' payments for advertising", dues.media_income, "cents_for_targeted_ads"
    ),
    "media_costs": OwnFlow(
        _RETAILER, _OUTSIDE, "the platform's share, or the running of media", dues.media_costs, "cost_of_ads"
    ),
    "supplier_funding": OwnFlow(
        _OUTSIDE, _RETAILER, "suppliers' part of what members save", dues.supplier_funding, "funded_by_suppliers"
    ),
    "paid_tier_fees": OwnFlow(_SHOPPERS, _RETAILER, "fees of the paid tier", dues.tier_fees, "tier_fee"),
    "deliveries": OwnFlow(
        _RETAILER, _OUTSIDE, "picking and bringing orders", dues.cost_of_deliveries, "tier_deliveries"
    ),
    "worth_of_deliveries": OwnFlow(
        _OUTSIDE, _SHOPPERS, "what delivery is worth to who pays", dues.worth_of_deliveries, "tier_deliveries"
    ),
    "points_lapsed": OwnFlow(_SHOPPERS, _RETAILER, "points that lapse", dues.points_lapsed, "points_lapsed"),
    "running_saved": OwnFlow(
        _OUTSIDE, _RETAILER, "running costs of the programme that are saved", dues.running_saved, "running_saved"
    ),
    "insight_lost": OwnFlow(_RETAILER, _OUTSIDE, "decisions made without card data", dues.insight_lost, "insight_lost"),
    "kept_by_the_operator": OwnFlow(
        _RETAILER, _OUTSIDE, "what the operator keeps of points", dues.kept_by_the_operator, "operator_share"
    ),
    "insight_from_partners": OwnFlow(
        _OUTSIDE, _RETAILER, "what partners' data are worth", dues.insight_from_partners, "partner_insight"
    ),
    "request_costs": OwnFlow(_RETAILER, _OUTSIDE, "answering requests about records", dues.request_costs, "requests"),
    "camera_costs": OwnFlow(_RETAILER, _OUTSIDE, "running cameras that know faces", dues.camera_costs, "cameras"),
    "theft_avoided": OwnFlow(
        _OUTSIDE, _RETAILER, "goods that cameras keep from theft", dues.theft_avoided, "faces_against_theft"
    ),
    "measured_faces": OwnFlow(
        _OUTSIDE, _RETAILER, "suppliers' payments for measured faces", dues.measured_faces, "faces_for_marketing"
    ),
    "pharmacy_gains": OwnFlow(
        _OUTSIDE, _RETAILER, "what merged pharmacy records bring", dues.pharmacy_gains, "records_merged"
    ),
    "pharmacy_costs": OwnFlow(
        _RETAILER, _OUTSIDE, "keeping merged pharmacy records", dues.pharmacy_costs, "records_merged"
    ),
}
"""The payments that single policies bring, by name."""


@remembered
def own_flows() -> Mapping[str, OwnFlow]:
    """Return the payments of single policies, then those of plug-ins, by name, in the order in which they follow."""
    return {**FLOWS_OF_POLICIES, **extras("flows", _own_flow)}


def _own_flow(extra: Extra) -> OwnFlow:
    """Return a plug-in's payment; raises ValueError if it cannot be told from the program's, or is none."""
    flow = extra.value
    if not isinstance(flow, OwnFlow):
        raise ValueError("a payment is an OwnFlow(payer, payee, meaning)")
    if extra.name.upper() in Flow.__members__ or extra.name in FLOWS_OF_POLICIES:
        raise ValueError("the program has a payment of this name; give it another")
    return flow


def place_of(flow: int | str) -> int:
    """Return where a payment stands among all, given its place or, for a plug-in's, its name."""
    if isinstance(flow, int):
        return flow
    if flow not in own_flows():
        raise ValueError(unknown("payment of a plug-in called", flow, own_flows()))
    return len(Flow) + list(own_flows()).index(flow)


@remembered
def names_of_flows() -> tuple[str, ...]:
    """Return the names of all payments, in the order in which they stand."""
    return (*(flow.name.lower() for flow in Flow), *own_flows())


@remembered
def routes() -> tuple[tuple[Party, Party, str], ...]:
    """Return payer, payee and meaning of all payments, in the order in which they stand."""
    return (*ROUTES.values(), *((each.payer, each.payee, each.meaning) for each in own_flows().values()))


class Accounts:
    """All flows, in whole cents. `weekly` has shape (weeks, policies, flows)."""

    def __init__(self, weeks: int, policies: int) -> None:
        self.weekly = np.zeros((weeks, policies, len(routes())), np.int64)

    def book(self, week: int, policy: int, flow: int | str, cents: float) -> None:
        """Book a payment of a week (from 1), rounded half up to whole cents; what is booked twice adds up."""
        self.book_weeks(slice(week - 1, week), policy, flow, np.array([cents]))

    def book_weeks(self, weeks: slice, policy: int, flow: int | str, cents: NDArray[Any]) -> None:
        """Book a payment of each of some weeks (from 0), in the same way."""
        self.weekly[weeks, policy, place_of(flow)] += np.floor(cents + 0.5).astype(np.int64)


def balances(weekly: NDArray[np.int64], party: Party) -> NDArray[np.int64]:
    """Return what a party received less what it paid; drops the last dimension, all flows or the program's own."""
    known = routes()[: weekly.shape[-1]]
    signs = np.array([(payee == party) - (payer == party) for payer, payee, _ in known])
    balance: NDArray[np.int64] = weekly @ signs
    return balance
