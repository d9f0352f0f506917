"""What a retailer can sell to its members: a tier that they pay for."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.opening import yearly_spend
from simulation.scenario.practices import Scope
from simulation.scenario.timeline import Programme, Timeline

Floats = NDArray[np.float64]

_ALL_BUT_NOBODY = 1.0 - 1e-9  # a tier begins below this spend rank, at which there would be none


class PaidTier(Programme):
    """Sell members a tier: those for whom discount and delivery are worth the yearly fee join, and who pays stays."""

    do: Literal["paid_tier"]
    name: str = Field("paid_tier", description="The practice's name, for other actions to refer to.")
    fee_per_year: float = Field(ge=0, le=1_000, description="Dollars a year that one member pays to belong.")
    discount: float = Field(0.0, ge=0, le=0.5, description="Share of carded spend that those who pay get back.")
    free_delivery: bool = Field(False, description="Whether their orders are brought to them without a charge.")
    exit_friction: float = Field(
        0.0, ge=0, le=1, description="How hard cancelling is made, from one click (0) to no way (1)."
    )

    own_levers: ClassVar[Mapping[str, str]] = {
        "tier_fee": "dollars a year that each pays who belongs to the paid tier",
        "tier_deliveries": "orders a year that are brought to each of them without a charge",
    }

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The sections of numbers of single policies that these terms read."""
        return ("memberships",)

    def practice(self) -> str | None:
        """Return the name under which those who pay come to know how hard it is to cancel."""
        return self.name

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Set the tier and the practice; where nobody has joined yet, neither runs."""
        super().apply(timeline, numbers)
        weeks = self.weeks
        for market in timeline.market_indices(self.markets):
            running = timeline.practice(self.name, 1)[weeks, market]["running"]
            running *= timeline.levers["tier_threshold"][weeks, market] < 1.0

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set who belongs, what they get, what they pay and what having paid makes of them."""
        there = float(1.0 - rows["tier_threshold"][0]) if len(rows) and rows["tier_fee"][0] > 0 else 0.0
        share = self.share_paying(len(rows), numbers, there)
        some = share > 0
        rows["tier_threshold"] = np.where(some, np.minimum(1.0 - share, _ALL_BUT_NOBODY), 1.0)
        rows["tier_bonus"] = self.discount * some
        rows["tier_cut"] = 0.0
        rows["tier_fee"] = self.fee_per_year * some
        rows["tier_deliveries"] = self._orders_a_year(share, numbers)
        rows["tier_lift"] = float(numbers["lift_of_paying"]) * some
        rows["tier_hold"] = float(numbers["hold_of_paying"]) * some

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """End the tier and its fee."""
        rows["tier_threshold"] = 1.0
        for lever in ("tier_bonus", "tier_fee", "tier_deliveries", "tier_lift", "tier_hold"):
            rows[lever] = 0.0

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how far it departs, how often those who pay find that out, and the press: as far as it holds people."""
        rows["scope"] = Scope.PAYING_A_FEE
        rows["departure"] = rows["flow"] = float(numbers["unfairness_of_a_trap"]) * self.exit_friction
        rows["experience"] = float(numbers["noticing_a_trap_per_week"]) * self.exit_friction
        rows["discovery"] = float(numbers["press_hazard_per_year"]) * self.exit_friction

    def share_paying(self, weeks: int, numbers: NDArray[np.void], there: float = 0.0) -> Floats:
        """Return the share of shoppers, those who spend most, who belong if members, by week from the first on.

        Of those for whom it pays, some ever join, a little every week; of those who have joined some do not renew,
        the fewer the harder it is made. `there` is the share that belongs already, under other terms: for whom it pays
        no longer cancels. Shape (weeks,).
        """
        pays = self.share_for_whom_it_pays(numbers)
        joining = 1.0 - 0.5 ** (1.0 / float(numbers["paid_tier_half_joined_weeks"]))
        lapsing = 1.0 - float(numbers["paid_tier_renewal"]) ** (1.0 / 52.0)
        lapsing *= 1.0 - self.exit_friction
        found, joined = np.zeros(weeks), min(1.0, there / pays) if pays else 0.0
        for week in range(weeks):
            joined += joining * (float(numbers["paid_tier_reach"]) - joined) - lapsing * joined
            found[week] = joined
        return found * pays

    def share_for_whom_it_pays(self, numbers: NDArray[np.void]) -> float:
        """Return the share of shoppers to whom a year's discount and deliveries are worth more than the fee."""
        a_dollar = self.discount + self._orders_a_dollar(numbers) * float(numbers["worth_of_a_delivery"])
        return float(np.mean(yearly_spend(numbers) * a_dollar > self.fee_per_year))

    def _orders_a_dollar(self, numbers: NDArray[np.void]) -> float:
        """Return how many orders are brought for each dollar of a payer's usual spend."""
        return float(numbers["delivered_share"] / numbers["dollars_of_an_order"]) * self.free_delivery

    def _orders_a_year(self, share: Floats, numbers: NDArray[np.void]) -> Floats:
        """Return how many orders a year are brought to each who pays, on average over the heaviest of this share."""
        spend = np.sort(yearly_spend(numbers))[::-1]
        places = np.arange(1, spend.size + 1) / spend.size
        up_to = np.concatenate([[0.0], np.cumsum(spend) / spend.size])
        total = np.interp(share, np.concatenate([[0.0], places]), up_to)
        mean = np.divide(total, share, out=np.zeros_like(total), where=share > 0)
        return np.asarray(mean * self._orders_a_dollar(numbers))
