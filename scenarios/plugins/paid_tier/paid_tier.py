"""A membership that shoppers pay for, and a consumer watchdog that rates it: a plug-in of Aisle Four."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.model.accounts import Counted, OwnFlow, Party
from simulation.model.institutions import NEVER, Institution
from simulation.model.ledger import Measure as Total
from simulation.runs.formats import small_dollars
from simulation.runs.measuring import Measure
from simulation.scenario.practices import Scope
from simulation.scenario.timeline import Programme, tell_story

_QUARTER, _BAD = 13, 2.5  # weeks, and stars below which a rating is news

NUMBERS = {
    "paid_tier": {
        "unfairness_of_hard_cancelling": {
            "value": 0.3,
            "unit": "departure at full friction",
            "limits": [0.0, 2.0],
            "range": [0.1, 0.6],
            "distribution": "uniform",
            "grade": "assumption",
            "source": "none; a subscription that is hard to end is taken to wrong about as much as member prices do",
            "meaning": "How far a paid membership departs from its context if it cannot be ended.",
        },
        "reach_of_a_bad_rating": {
            "value": 0.05,
            "unit": "share of shoppers",
            "limits": [0.0, 1.0],
            "range": [0.01, 0.1],
            "distribution": "uniform",
            "grade": "assumption",
            "source": "none; a tenth of what a newspaper story reaches",
            "meaning": "Whom a consumer watchdog's bad rating reaches in its first week.",
        },
    }
}


class PaidMembership(Programme):
    """Sell a membership: those who spend most pay a yearly fee for a discount on all that they buy with the card."""

    do: Literal["paid_membership"]
    name: str = Field("paid_membership", description="The practice's name, for other actions to refer to.")
    fee_per_year: float = Field(ge=0, le=1_000, description="Dollars a year for one membership.")
    discount: float = Field(ge=0, le=0.5, description="Share of carded spend that those who pay get back.")
    uptake: float = Field(0.1, ge=0, lt=1, description="Share of shoppers, those who spend most, who are offered it.")
    friction: float = Field(0.0, ge=0, le=1, description="How hard it is made to cancel, from easy (0) to no way (1).")

    own_levers: ClassVar = {
        "membership_fee": "dollars a year that those pay who belong to the paid tier",
        "membership_share": "share of members who pay it",
        "watchdog_rating": "the latest rating by the consumer watchdog, 1 to 5; 0 before the first",
    }
    example: ClassVar = {"week": 9, "fee_per_year": 59, "discount": 0.03, "friction": 0.5}
    idle: ClassVar = {"week": 9, "fee_per_year": 0, "discount": 0, "uptake": 0}

    def practice(self) -> str | None:
        """Return the name under which shoppers come to know how hard it is to end."""
        return self.name

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set who belongs to the paid tier, what it gets and what it pays."""
        rows["tier_threshold"], rows["tier_bonus"] = 1.0 - self.uptake, self.discount
        rows["membership_fee"], rows["membership_share"] = self.fee_per_year, self.uptake

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """End the tier and its fee."""
        rows["tier_threshold"] = 1.0
        for lever in ("tier_bonus", "membership_fee", "membership_share"):
            rows[lever] = 0.0

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how far it departs: as far as it cannot be ended."""
        rows["scope"] = Scope.MEMBERS
        rows["departure"] = rows["flow"] = float(numbers["unfairness_of_hard_cancelling"]) * self.friction


def fees_due(counted: Counted) -> NDArray[np.float64]:
    """Return each week's fees in cents: a week's part of the yearly fee from the members who pay. Shape (weeks,)."""
    fee, share = (counted.levers[name].max(axis=1) for name in ("membership_fee", "membership_share"))
    return np.asarray(100.0 * fee / 52 * share * counted.totals[:, Total.MEMBERS])


MEMBERSHIP_FEES = OwnFlow(Party.SHOPPERS, Party.RETAILER, "membership fees", fees_due)


class Watchdog(Institution):
    """A consumer watchdog: rates paid memberships every quarter, by complaints and by what ending them takes."""

    def act(self) -> None:
        """Publish a rating; a bad one is a story about the membership."""
        week, levers = self.model.week, self.timeline.levers
        if week % _QUARTER or not levers["membership_fee"][week - 1].any():
            return
        for name in {each.name for each in self.model.actions[self.policy] if each.do == "paid_membership"}:
            rows = self.timeline.practice(name, week)
            rating = self._rating(float(rows["departure"][0].max()))
            levers["watchdog_rating"][week - 1 :] = rating
            if rating < _BAD:
                tell_story(rows, self.number("reach_of_a_bad_rating"), self.model.numbers)

    def next_week(self) -> int:
        """Return the week of the next rating."""
        week = _QUARTER * (self.model.week // _QUARTER + 1)
        return week if week <= self.model.case.weeks else NEVER

    def _rating(self, departure: float) -> float:
        """Return 5 stars, less 10 for each unit of departure and one for each complaint of a thousand members."""
        last = self.counted()
        complaints = 1_000 * float(last[Total.COMPLAINED]) / max(1, int(last[Total.MEMBERS]))
        return max(1.0, 5.0 - 10.0 * departure * self.luck_named("severity of raters") - complaints)


def _income(outcome: Any) -> NDArray[np.float64]:
    return np.asarray(outcome.flow("membership_fees").sum(axis=1) / 100 / outcome.household_years)


MEMBERSHIP_INCOME = Measure(
    "membership_income",
    "Membership fees",
    "dollars",
    "fees of paid memberships for each household and year, undiscounted",
    small_dollars,
    True,
    total=_income,
    studied=True,
)


def worth_of_store(card: int, extra_reward: float, by_reward: float, price: float, by_price: float) -> float:
    """Return the log-odds that keep a patron: as shipped, and a half more for those who have paid for their rewards."""
    rewarded = by_reward * 100.0 * extra_reward if card == 1 else 0.0
    paid = 0.5 if card == 1 and extra_reward > 0.0 else 0.0
    return rewarded + paid - by_price * 100.0 * (price - 1.0)
