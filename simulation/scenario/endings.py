"""How a retailer can end its programme or merge it with another, and lower prices for all instead."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.offers import RewardProgramme
from simulation.scenario.opening import yearly_spend
from simulation.scenario.practices import Scope
from simulation.scenario.timeline import NOBODY_PUT_OUT, Programme, Timeline

Points = Literal["honoured", "lapse"]

_OF_THE_CARD = (
    *("reward_rate", "gift_rate", "reward_lift", "offers", "offers_noticed", "offer_fit", "data_cost"),
    *("tier_bonus", "tier_cut", "tier_lift", "tier_hold", "tier_fee", "tier_deliveries"),
    *("price_dispersion", "member_saving", "saving_matched", "funded_by_suppliers"),
    *("nuisance", "cents_for_targeted_ads", "cents_for_other_ads", "cost_of_ads"),
    *("joining_drive", "operator_share", "partner_insight"),
)
"""The levers that are 0 without a programme."""


class _LosingBenefits(Programme):
    """Something that takes benefits from those who hold the card, who mind it for a while."""

    name: str

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The sections of numbers of single policies that these terms read."""
        return ("endings",)

    def practice(self) -> str | None:
        """Return the name under which those who hold the card come to know what they lose."""
        return self.name

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Set levers and practice; the loss is felt in full for some weeks, and then as what is over."""
        super().apply(timeline, numbers)
        felt = self.week - 1 + int(numbers["loss_is_felt_weeks"])
        here = timeline.market_indices(self.markets)
        timeline.practice(self.name, 1)["running"][felt:, here] = 0.0

    def _set_loss(self, rows: NDArray[np.void], unfairness: float, numbers: NDArray[np.void]) -> None:
        rows["scope"] = Scope.LOSING_THE_CARD
        rows["departure"] = rows["flow"] = unfairness
        rows["experience"] = float(numbers["noticing_a_loss_per_week"]) * (unfairness > 0)


class EndProgramme(_LosingBenefits):
    """End the programme: no card is accepted any more, and all that rests on it ends with it."""

    do: Literal["end_programme"]
    name: str = Field("end_programme", description="The practice's name, for other actions to refer to.")
    points: Points = Field("honoured", description="Whether points that are not spent yet are honoured or lapse.")

    own_levers: ClassVar[Mapping[str, str]] = {
        "points_lapsed": "dollars that the unspent points come to which each holder of an active card loses this week",
        "running_saved": "share of sales that running the programme would have cost beside what it gave back",
        "insight_lost": "share of sales that decisions cost which are made without card data",
    }

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """End what rests on the card as well: flows of its data, offers, tiers and members' prices."""
        for name in timeline.started_by:
            timeline.practice(name, 1)["running"][self.weeks, timeline.market_indices(self.markets)] = 0.0
        super().apply(timeline, numbers)

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Take everything back that the card gave, at one price for all."""
        owed = unspent_points(rows, numbers) if self.points == "lapse" else 0.0
        for lever in _OF_THE_CARD:
            rows[lever] = 0.0
        rows["shelf_price"] = rows["price_cap"] = rows["tier_threshold"] = rows["card_refused"] = 1.0
        rows["tier_put_out"] = NOBODY_PUT_OUT
        rows["points_lapsed"][:1] = owed
        rows["running_saved"] = numbers["cost_of_a_programme"]
        rows["insight_lost"] = numbers["insight_in_decisions"]

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how wronged those feel who held the card, more where their points lapse."""
        worse = float(numbers["lapsing_is_worse"]) if self.points == "lapse" else 1.0
        self._set_loss(rows, float(numbers["unfairness_of_an_ending"]) * worse, numbers)


class MergeProgramme(_LosingBenefits):
    """Merge the programme into another of the same firm: cards go on, on the other's terms."""

    do: Literal["merge_programme"]
    name: str = Field("merge_programme", description="The practice's name, for other actions to refer to.")
    reward_rate: float = Field(ge=0, le=0.5, description="Share of carded spend given back from now on.")
    points_kept: float = Field(
        1.0, ge=0, le=1, description="What unspent points are worth from now on, as a share of what they were worth."
    )

    own_levers: ClassVar[Mapping[str, str]] = {
        name: EndProgramme.own_levers[name] for name in ("points_lapsed", "running_saved")
    }

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set the other programme's reward, what points lose in worth, and what one programme instead of two saves."""
        owed = unspent_points(rows, numbers)
        reward = {"do": "reward_programme", "week": self.week, "reward_rate": self.reward_rate}
        RewardProgramme.model_validate(reward).set_levers(rows, numbers)
        rows["points_lapsed"][:1] = owed * (1.0 - self.points_kept)
        rows["running_saved"] = numbers["cost_of_a_programme"] * numbers["saved_by_merging"]

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how wronged those feel who held the card: as far as reward and points are worth less than before."""
        usual = float(numbers["reward_rate"])
        lost = max(0.0, 1.0 - self.reward_rate / usual) if usual else 0.0
        lost += float(numbers["lapsing_is_worse"] - 1.0) * (1.0 - self.points_kept)
        self._set_loss(rows, float(numbers["unfairness_of_an_ending"]) * lost, numbers)


class PriceCut(Programme):
    """Lower the prices for everybody, with the card or without it."""

    do: Literal["price_cut"]
    size: float = Field(gt=0, le=0.5, description="Share by which all prices are lowered.")

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Lower whatever prices the other actions of a policy have set."""
        rows["shelf_price"] *= 1.0 - self.size


def unspent_points(rows: NDArray[np.void], numbers: NDArray[np.void]) -> float:
    """Return the dollars of points that a member with mean spend has not spent, by the reward of the first week."""
    weekly = float(yearly_spend(numbers).mean()) / 52.0
    return float(rows["reward_rate"][0]) * weekly * float(numbers["points_unspent_weeks"]) if len(rows) else 0.0
