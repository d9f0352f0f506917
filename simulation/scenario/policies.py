"""What a retailer can do, and how a policy's dated actions compile to one row of levers a week.

An action never touches a shopper: it sets levers in the weeks and markets it holds for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from simulation.scenario.practices import (
    PRACTICE,
    Consent,
    Fields,
    Mode,
    Payer,
    Purpose,
    Recipient,
    Scope,
    departure_of_sharing,
    stories_per_year,
)

STORY_WEEKS = 6
"""A story is over after six weeks: press attention lasts 43 days at most (Axios/Schema/Google 2018)."""

LEVERS = np.dtype(
    [
        ("reward_rate", np.float64),  # share of carded spend given back
        ("reward_lift", np.float64),  # extra spend that a changed reward brings, eroding
        ("offers", np.float64),  # targeted offers per active member and week
        ("offer_depth", np.float64),  # how much is inferred from purchases, 0 to 1
        ("offer_precision", np.float64),  # how well the retailer still sees its members, 0 to 1
        ("tier_threshold", np.float64),  # spend rank from which a member belongs to the top tier, 1 = no tier
        ("tier_bonus", np.float64),  # extra share of carded spend for the top tier
        ("tier_cut", np.float64),  # share of the reward withdrawn below the top tier
    ]
)
"""What an action sets, in one market and week, for one policy."""


@dataclass(frozen=True)
class Timeline:
    """One policy, week by week: `levers` has shape (weeks, markets), `practices` (weeks, markets, practices)."""

    levers: NDArray[np.void]
    practices: NDArray[np.void]
    markets: tuple[str, ...]
    practice_names: tuple[str, ...]

    def market_indices(self, names: Sequence[str] | None) -> list[int]:
        """Return where the named markets stand (all of them for None)."""
        return [self.markets.index(name) for name in (self.markets if names is None else names)]


class Action(BaseModel):
    """Something a retailer does, or that happens to it, from one week to another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    week: int = Field(ge=1, description="First week in which the action holds; the first week of a run is 1.")
    until: int | None = Field(None, ge=1, description="Last week in which it holds; to the end if left out.")
    markets: tuple[str, ...] | None = Field(
        None, min_length=1, description="Markets in which it holds; all if left out."
    )

    def practice(self) -> str | None:
        """Return the name of the practice that the action starts, if it starts one."""
        return None

    @property
    def weeks(self) -> slice:
        """The weeks in which the action holds, as a slice of a timeline's rows."""
        return slice(self.week - 1, self.until)

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Set the levers and the practice of the weeks and markets in which the action holds."""
        for market in timeline.market_indices(self.markets):
            self.set_levers(timeline.levers[self.weeks, market], numbers)
        name = self.practice()
        if name is not None:
            self._start(timeline, timeline.practice_names.index(name), numbers)

    def _start(self, timeline: Timeline, practice: int, numbers: NDArray[np.void]) -> None:
        """Set the practice's terms to the end: they outlast the practice, and news of it travels to other markets."""
        here = timeline.market_indices(self.markets)
        for market in range(len(timeline.markets)):
            column = timeline.practices[:, market, practice]
            after = column[self.week - 1 :]
            if market in here:
                self.set_terms(after, numbers)
                after["running"] = 0.0
                column["running"][self.weeks] = 1.0
            elif not after["departure"].any():
                terms = np.zeros_like(after)
                self.set_terms(terms, numbers)
                after["scope"], after["departure"] = terms["scope"], terms["departure"]

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set the general levers of one market's weeks."""

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set the terms of the practice that the action starts, for one market's weeks."""


class ShareData(Action):
    """Pass card members' data to another firm for a fee."""

    do: Literal["share_data"]
    name: str = Field("share_data", description="The practice's name, for a press story to refer to.")
    recipient: Recipient = Field(alias="with", description="Who receives the data.")
    fields: Fields = Field("purchases", description="What is passed on.")
    purpose: Purpose = Field("underwriting", description="What the recipient uses it for.")
    consent: Consent = Field(description="none: nobody is told; notice: the terms say so; opt_out; opt_in.")
    fee_per_member_year: float = Field(ge=0, le=10_000, description="Dollars for one member's data for a year.")
    reward: float = Field(0.0, ge=0, le=0.5, description="Extra share of carded spend given to those who take part.")
    reward_paid_by: Payer = Field("retailer", description="Who pays that reward.")

    def practice(self) -> str | None:
        """Return the name of the data flow."""
        return self.name

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set who is asked, what is paid, how far it departs and how it may come out."""
        asked = self.consent in ("opt_out", "opt_in")
        fresh = _while_fresh(len(rows), numbers)
        rows["scope"] = Scope.SHARED_RECORDS
        rows["departure"] = departure_of_sharing(self.recipient, self.fields, self.purpose, self.consent, numbers)
        rows["consent"] = Mode[self.consent.upper()]
        rows["asking"] = numbers["considering_consent_per_week"] * fresh if asked else 0.0
        rows["notice"] = numbers["considering_consent_per_week"] * fresh if self.consent != "none" else 0.0
        rows["experience"] = numbers["insurer_market_share"] * numbers["noticing_own_data_per_year"] / 52.0
        rows["discovery"] = stories_per_year(self.consent, numbers)
        rows["fee"] = round(self.fee_per_member_year * 10_000)
        rows["reward"] = self.reward
        rows["partner_pays"] = float(self.reward_paid_by == "partner")


class TargetedOffers(Action):
    """Send members offers chosen by what they bought."""

    do: Literal["targeted_offers"]
    name: str = Field("targeted_offers", description="The practice's name, for a press story to refer to.")
    intensity: float = Field(ge=0, le=20, description="Offers per active member and week.")
    depth: float = Field(ge=0, le=1, description="How much is inferred about the shopper, from nothing (0) to all (1).")

    def practice(self) -> str | None:
        """Return the name of the profiling."""
        return self.name

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how many offers go out and how well they fit."""
        rows["offers"] = self.intensity
        rows["offer_depth"] = self.depth

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how far the inference departs and how often an offer gives it away."""
        rows["scope"] = Scope.OFFERS
        rows["departure"] = numbers["departure_to_retailer"] + numbers["unease_at_full_depth"] * self.depth
        rows["experience"] = min(1.0, float(numbers["noticing_offers_per_week"]) * self.intensity * self.depth)
        rows["discovery"] = numbers["press_hazard_per_year"] * self.depth


class TopTierOnly(Action):
    """Favour the top tier of members, at the cost of the others."""

    do: Literal["top_tier_only"]
    name: str = Field("top_tier_only", description="The practice's name, for a press story to refer to.")
    threshold: float = Field(gt=0, lt=1, description="Share of shoppers below the top tier, such as 0.9.")
    bonus: float = Field(0.01, ge=0, le=0.5, description="Extra share of carded spend given to the top tier.")
    cut: float = Field(1.0, ge=0, le=1, description="Share of the usual reward withdrawn below the top tier.")
    visibility: float = Field(
        0.5, ge=0, le=1, description="How plainly the others see it, from not at all (0) to fully (1)."
    )

    def practice(self) -> str | None:
        """Return the name of the favour."""
        return self.name

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set where the tier begins, what it gets and what the others lose."""
        rows["tier_threshold"] = self.threshold
        rows["tier_bonus"] = self.bonus
        rows["tier_cut"] = self.cut

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how unfair it is to those below and how often they notice."""
        rows["scope"] = Scope.BELOW_A_TIER
        rows["departure"] = numbers["unfairness_below_a_tier"]
        rows["experience"] = numbers["noticing_a_tier_per_week"] * self.visibility


class RewardProgramme(Action):
    """Change what the card gives back."""

    do: Literal["reward_programme"]
    reward_rate: float = Field(ge=0, le=0.5, description="Share of carded spend given back.")

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set the reward and the lift that it first brings; the lift erodes within months."""
        erosion = np.power(0.125, np.arange(len(rows)) / numbers["reward_lift_lasts_weeks"])
        rows["reward_rate"] = self.reward_rate
        rows["reward_lift"] = numbers["reward_lift"] * (self.reward_rate - numbers["reward_rate"]) * erosion


class PressStory(Action):
    """A newspaper tells the public about a practice."""

    do: Literal["press_story"]
    about: str = Field(description="The name of the practice that comes out.")
    reach: float | None = Field(None, ge=0, le=1, description="Share of shoppers reached in the first week.")

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Write the story's reach into the weeks after it breaks, in all markets: stories travel."""
        practice = timeline.practice_names.index(self.about)
        reach = float(numbers["story_reach"]) if self.reach is None else self.reach
        tell_story(timeline.practices[:, :, practice], self.week - 1, reach, numbers)


AnyAction = Annotated[
    ShareData | TargetedOffers | TopTierOnly | RewardProgramme | PressStory, Field(discriminator="do")
]
"""One entry of a policy's list, told apart by its `do`."""


def tell_story(rows: NDArray[np.void], first: int, reach: float, numbers: NDArray[np.void]) -> None:
    """Raise the press reach of one practice's rows (weeks, markets) from the week at index `first`, fading weekly."""
    for age, row in enumerate(rows[first : first + STORY_WEEKS]):
        row["press"] = np.maximum(row["press"], reach * float(numbers["story_kept_per_week"]) ** age)


def _while_fresh(weeks: int, numbers: NDArray[np.void]) -> NDArray[np.float64]:
    return np.where(np.arange(weeks) < numbers["asking_lasts_weeks"], 1.0, 0.1)


def compile_timeline(
    actions: Sequence[Action],
    weeks: int,
    markets: Sequence[str],
    practice_names: Sequence[str],
    numbers: NDArray[np.void],
) -> Timeline:
    """Return a policy's levers for every week and market, its actions applied in order of their first week."""
    levers = np.zeros((weeks, len(markets)), LEVERS)
    levers["reward_rate"] = numbers["reward_rate"]
    levers["offer_precision"] = 1.0
    levers["tier_threshold"] = 1.0
    practices = np.zeros((weeks, len(markets), len(practice_names)), PRACTICE)
    timeline = Timeline(levers, practices, tuple(markets), tuple(practice_names))
    for action in sorted(actions, key=lambda action: action.week):
        action.apply(timeline, numbers)
    return timeline
