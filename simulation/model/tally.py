"""What one agent shopper adds to the week's counts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import rules
from simulation.model.ledger import TRUST_UNIT, Event, Measure, Touched, touched_by
from simulation.model.terms import Terms
from simulation.scenario.practices import Scope


def count(shopper: Any, totals: NDArray[np.int64], practices: Sequence[Terms]) -> None:
    """Add a shopper's week to the totals of its cell, shape (cells, counts)."""
    row = totals[shopper.cell]
    for measure, amount in _amounts(shopper).items():
        row[measure] += amount
    for event in range(len(Event)):
        row[Measure.JOINED + event] += shopper.events >> event & 1
    for k, practice in enumerate(practices):
        concerned = rules.is_concerned(
            practice["scope"],
            rules.bit(shopper.flows, k),
            shopper.patron,
            _member(shopper, practice["scope"]),
            shopper.below,
            shopper.spend_rank,
        )
        asked = practice["consent"] if practice["scope"] == Scope.PAYING_MORE else 0
        opted_in, opted_out = rules.bit(shopper.opted_in, k), rules.bit(shopper.opted_out, k)
        concerned *= rules.data_flows(1.0, asked, 1, opted_in, opted_out)
        row[touched_by(k, Touched.FLOWING)] += concerned if practice["running"] else 0
        row[touched_by(k, Touched.AWARE)] += rules.bit(shopper.aware, k)


def _member(shopper: Any, scope: int) -> int:
    """Return 1 for a member; whom the end of the programme concerns are those who hold the card still."""
    ended = scope == Scope.LOSING_THE_CARD
    member: int = rules.is_member(shopper.patron, shopper.card) if ended else shopper.member
    return member


def _amounts(shopper: Any) -> dict[Measure, int]:
    """Return what the shopper adds to each measure this week, events apart."""
    return {
        Measure.SHOPPERS: 1,
        Measure.PATRONS: shopper.patron,
        Measure.MEMBERS: shopper.member,
        Measure.AWARE: int(shopper.aware != 0),
        Measure.SHARED: int(shopper.flows != 0),
        Measure.UNWITTING: int(shopper.flows & ~(shopper.aware | shopper.opted_in) != 0),
        Measure.CONSENT_DEBT: shopper.debt,
        Measure.OPTED_IN: int(shopper.opted_in != 0),
        Measure.OPTED_OUT: int(shopper.opted_out != 0),
        Measure.TRUST: int(shopper.trust * TRUST_UNIT + 0.5),
        Measure.SHOPPED: int(shopper.trips != 0),
        Measure.TRIPS: shopper.trips,
        Measure.CARDED_TRIPS: shopper.trips * shopper.swiped,
        Measure.REDEEMED: shopper.redeemed,
        Measure.SALES: shopper.cents,
        Measure.CARDED_SALES: shopper.carded,
        Measure.GOODS: shopper.goods,
        Measure.REWARDS: shopper.rewards,
        Measure.PARTNER_REWARDS: shopper.partner_rewards,
        Measure.FEE_UNITS: shopper.fee_units,
    }
