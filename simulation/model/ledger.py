"""The books of a run: whole people and whole cents, by week, policy, market, segment and tier.

The engines count people and add up sales; what follows from them (margin, fees, contribution) is worked out here,
cell by cell, so that every total is the sum of its cells.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.population import CELLS

TRUST_UNIT = 10_000
"""Trust is added up in ten-thousandths, so that sums are whole numbers and their order cannot matter."""

FEE_UNITS_PER_CENT = 52 * 100
"""A week of one member's data costs 1/52 of the yearly fee, which is given in hundredths of a cent."""


class Measure(IntEnum):
    """What is counted each week. Stocks are counted after the week's decisions; money is in cents."""

    # stocks
    SHOPPERS = 0  # all the simulated households
    PATRONS = 1  # whose main store this is
    MEMBERS = 2  # patrons with an active card
    AWARE = 3  # who know of any practice
    SHARED = 4  # members whose data flows to another firm
    UNWITTING = 5  # of them, those who do not know of it
    OPTED_IN = 6
    OPTED_OUT = 7
    TRUST = 8  # added up over all shoppers, in ten-thousandths
    # flows
    JOINED = 9  # lost shoppers who came back
    LEFT = 10  # patrons who changed the main store
    FIRST_LEFT = 11  # opening patrons who did so for the first time
    DROPPED = 12  # active cards put in a drawer
    CANCELLED = 13
    SWAPPED = 14
    RESUMED = 15  # dormant cards taken out again
    FIRST_DROPPED = 16  # shoppers who dropped, cancelled or swapped for the first time
    HEARD_PRESS = 17
    HEARD_NOTICE = 18
    HEARD_EXPERIENCE = 19
    HEARD_TALK = 20
    SHOPPED = 21  # patrons who came at least once
    TRIPS = 22
    CARDED_TRIPS = 23
    OFFERS = 24  # targeted offers sent
    REDEEMED = 25  # members who redeemed one this week
    # money, cents
    SALES = 26
    CARDED_SALES = 27
    REWARDS = 28  # given to shoppers by the retailer
    PARTNER_REWARDS = 29  # given to shoppers by the data buyer
    FEE_UNITS = 30  # data delivered, in FEE_UNITS_PER_CENT-ths of a cent
    MARGIN = 31  # sales less the cost of goods
    OFFER_COSTS = 32
    DATA_INCOME = 33  # what suppliers pay for insight
    FEES = 34  # what the data buyer pays for records
    CONTRIBUTION = 35  # margin - rewards - offer costs + data income + fees


COUNTED = Measure.MARGIN
"""Measures below this one are counted by the engines; the rest follow."""


class Event(IntEnum):
    """Bits of what happened to a shopper in a week; bit n is counted under the measure JOINED + n."""

    JOINED = 0
    LEFT = 1
    FIRST_LEFT = 2
    DROPPED = 3
    CANCELLED = 4
    SWAPPED = 5
    RESUMED = 6
    FIRST_DROPPED = 7
    HEARD_PRESS = 8
    HEARD_NOTICE = 9
    HEARD_EXPERIENCE = 10
    HEARD_TALK = 11


class Ledger:
    """Weekly totals. `weekly` has shape (weeks, policies, markets, cells, measures), 64-bit whole numbers."""

    def __init__(self, weeks: int, policies: int, markets: int) -> None:
        self.weekly = np.zeros((weeks, policies, markets, CELLS, len(Measure)), np.int64)
        self._fee_units = np.zeros((policies, markets, CELLS), np.int64)

    def week(self, index: int) -> NDArray[np.int64]:
        """Return one week's totals, shape (policies, markets, cells, measures), to be read or filled."""
        week: NDArray[np.int64] = self.weekly[index]
        return week

    def close_week(self, index: int, levers: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Work out the money that follows from the counts; `levers` has shape (policies, markets)."""
        week = self.weekly[index]
        sales, carded = week[..., Measure.SALES], week[..., Measure.CARDED_SALES]
        sent = _share(week[..., Measure.MEMBERS], levers["offers"][..., None])
        week[..., Measure.OFFERS] = sent
        week[..., Measure.MARGIN] = _share(sales, numbers["gross_margin"])
        week[..., Measure.OFFER_COSTS] = _share(sent, 100 * numbers["offer_cost"])
        week[..., Measure.DATA_INCOME] = _share(carded, numbers["data_income"])
        week[..., Measure.FEES] = self._fees_due(week[..., Measure.FEE_UNITS])
        week[..., Measure.CONTRIBUTION] = (
            week[..., Measure.MARGIN]
            - week[..., Measure.REWARDS]
            - week[..., Measure.OFFER_COSTS]
            + week[..., Measure.DATA_INCOME]
            + week[..., Measure.FEES]
        )

    def _fees_due(self, units: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return this week's whole cents; what is left over is carried to the next week, never lost."""
        paid = self._fee_units // FEE_UNITS_PER_CENT
        self._fee_units += units
        due: NDArray[np.int64] = self._fee_units // FEE_UNITS_PER_CENT - paid
        return due


def _share(total: NDArray[np.int64], share: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return a share of a total, rounded half up to whole units."""
    return np.floor(total * np.asarray(share) + 0.5).astype(np.int64)
