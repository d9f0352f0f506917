"""The books of a run: whole people and whole cents, by week, policy, market, segment, tier and group.

The engines count people and add up sales; what follows from them (margin, fees, contribution) is worked out here,
cell by cell, so that every total is the sum of its cells.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.population import CELLS, GROUPS

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
    CONSENT_DEBT = 6  # of these, those who were not asked and would not have agreed
    OPTED_IN = 7
    OPTED_OUT = 8
    TRUST = 9  # added up over all shoppers, in ten-thousandths
    # flows
    JOINED = 10  # lost shoppers who came back
    LEFT = 11  # patrons who changed the main store
    FIRST_LEFT = 12  # opening patrons who did so for the first time
    DROPPED = 13  # active cards put in a drawer
    CANCELLED = 14
    SWAPPED = 15
    RESUMED = 16  # dormant cards taken out again
    ENROLLED = 17  # shoppers who took their first card
    FIRST_DROPPED = 18  # shoppers who dropped, cancelled or swapped for the first time
    HEARD_PRESS = 19
    HEARD_NOTICE = 20
    HEARD_EXPERIENCE = 21
    HEARD_TALK = 22
    COMPLAINED = 23
    SHOPPED = 24  # patrons who came at least once
    TRIPS = 25
    CARDED_TRIPS = 26
    OFFERS = 27  # targeted offers sent
    REDEEMED = 28  # members who redeemed one this week
    # money, cents
    SALES = 29
    CARDED_SALES = 30
    GOODS = 31  # what was sold, at usual prices
    REWARDS = 32  # given to shoppers by the retailer
    PARTNER_REWARDS = 33  # given to shoppers by the data buyer
    FEE_UNITS = 34  # data delivered, in FEE_UNITS_PER_CENT-ths of a cent
    MARGIN = 35  # sales less the cost of goods
    OFFER_COSTS = 36  # of sending offers, and of data bought for them
    DATA_INCOME = 37  # what suppliers pay for insight
    FEES = 38  # what the data buyer pays for records
    CONTRIBUTION = 39  # margin - rewards - offer costs + data income + fees


COUNTED = Measure.MARGIN
"""Measures below this one are counted by the engines; the rest follow."""


class Touched(IntEnum):
    """What is counted each week for each practice, after the measures: people."""

    FLOWING = 0  # shoppers whose data it passes on, or whom it concerns otherwise
    AWARE = 1  # who know of it


def touched_by(practice: int, what: Touched) -> int:
    """Return the place of a practice's count among what the engines count."""
    return COUNTED + len(Touched) * practice + what


class Event(IntEnum):
    """Bits of what happened to a shopper in a week; bit n is counted under the measure JOINED + n."""

    JOINED = 0
    LEFT = 1
    FIRST_LEFT = 2
    DROPPED = 3
    CANCELLED = 4
    SWAPPED = 5
    RESUMED = 6
    ENROLLED = 7
    FIRST_DROPPED = 8
    HEARD_PRESS = 9
    HEARD_NOTICE = 10
    HEARD_EXPERIENCE = 11
    HEARD_TALK = 12
    COMPLAINED = 13


class Ledger:
    """Weekly totals, in 64-bit whole numbers.

    `weekly` has shape (weeks, policies, markets, cells, measures), `touched` (weeks, policies, markets, practices,
    Touched), `flowing` (weeks, policies, cells, practices): whose data flows or whom a practice concerns; and `harms`
    (policies, cells, practices): harmful events to be expected so far, in millionths.
    """

    def __init__(self, weeks: int, policies: int, markets: int, practices: int = 0) -> None:
        self.weekly = np.zeros((weeks, policies, markets, CELLS, len(Measure)), np.int64)
        self.touched = np.zeros((weeks, policies, markets, practices, len(Touched)), np.int64)
        self.flowing = np.zeros((weeks, policies, CELLS, practices), np.int64)
        self.harms = np.zeros((policies, CELLS, practices), np.int64)
        self._fee_units = np.zeros((policies, markets, CELLS), np.int64)

    def sheets(self, weeks: int) -> NDArray[np.int64]:
        """Return what an engine counts so many weeks on, clear. Shape (weeks, markets, policies, cells, counts)."""
        _, policies, markets, practices, each = self.touched.shape
        return np.zeros((weeks, markets, policies, CELLS, COUNTED + practices * each), np.int64)

    def count(
        self, first: int, sheets: NDArray[np.int64], practices: NDArray[np.void], numbers: NDArray[np.void]
    ) -> None:
        """Enter what was counted from a week (from 0) on.

        `practices` has shape (weeks, markets, policies, practices).
        """
        weeks = slice(first, first + len(sheets))
        self.weekly[weeks, ..., :COUNTED] = sheets[..., :COUNTED].swapaxes(1, 2)
        each = sheets[..., COUNTED:].reshape(*sheets.shape[:4], -1, len(Touched))
        np.einsum("wmpckt->wpmkt", each, out=self.touched[weeks])  # ten times as fast as a sum
        flowing = each[..., Touched.FLOWING]
        np.einsum("wmpck->wpck", flowing, out=self.flowing[weeks])
        harm = practices["harm"]
        for policy in np.flatnonzero(harm.any(axis=(0, 1, 3))).tolist():
            often = harm[:, :, policy, None] * _how_much_harm(numbers)[:, None] * (1_000_000 / 52)
            harmed = (flowing[:, :, policy] * often).sum(axis=1)
            self.harms[policy] += np.floor(harmed + 0.5).astype(np.int64).sum(axis=0)

    def close(self, weeks: slice, levers: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Book what follows from what was counted in some weeks, the next that have not been closed.

        `levers` has shape (weeks, policies, markets).
        """
        week = self.weekly[weeks]
        sales, carded = week[..., Measure.SALES], week[..., Measure.CARDED_SALES]
        members = week[..., Measure.MEMBERS]
        sent = _share(members, levers["offers"][..., None])
        bought = _share(members, levers["data_cost"][..., None] * (100 / 52))
        week[..., Measure.OFFERS] = sent
        week[..., Measure.MARGIN] = sales - _share(week[..., Measure.GOODS], 1 - numbers["gross_margin"])
        week[..., Measure.OFFER_COSTS] = _share(sent, 100 * numbers["offer_cost"]) + bought
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
        """Return each week's whole cents; what is left over is carried to the next week, never lost."""
        so_far = np.concatenate([self._fee_units[None], self._fee_units + units.cumsum(axis=0)])
        self._fee_units = so_far[-1].copy()
        due: NDArray[np.int64] = np.diff(so_far // FEE_UNITS_PER_CENT, axis=0)
        return due


def _how_much_harm(numbers: NDArray[np.void]) -> NDArray[np.float64]:
    """Return how many times the usual harm each cell meets with: the vulnerable meet with more. Shape (cells,)."""
    return np.where(np.arange(CELLS) % len(GROUPS) == 1, float(numbers["harm_to_the_vulnerable"]), 1.0)


def _share(total: NDArray[np.int64], share: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return a share of a total, rounded half up to whole units."""
    return np.floor(total * np.asarray(share) + 0.5).astype(np.int64)
