"""How a retailer can run one programme together with firms of other trades, and what one of them may do to all."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.flows import ShareData
from simulation.scenario.offers import RewardProgramme
from simulation.scenario.practices import (
    Consent,
    Fields,
    Recipient,
    departure_of_flow,
    factor_of_consent,
    harms_per_year,
)
from simulation.scenario.timeline import Action, Programme, Timeline, tell_story

Partner = Literal["fuel", "pharmacy", "bank", "insurer", "telecom", "travel", "restaurants", "retail"]

MOST_PARTNERS = 8


class JoinCoalition(Programme):
    """Run one card together with partners of other trades: points are earned and spent at all, and data reaches all."""

    do: Literal["join_coalition"]
    name: str = Field("coalition", description="The practice's name, for other actions to refer to.")
    partners: tuple[Partner, ...] = Field(
        min_length=1, max_length=MOST_PARTNERS, description="The trades of the other firms, one entry a firm."
    )
    shared: Fields = Field("purchases", description="What the partners are passed on.")
    consent: Consent = Field(
        "notice", description="none: nobody is told; notice: the programme's terms say so; opt_out; opt_in."
    )
    reward_rate: float | None = Field(
        None, ge=0, le=0.5, description="Share of carded spend given back in points; the usual one if left out."
    )

    own_levers: ClassVar[Mapping[str, str]] = {
        "operator_share": "share of carded sales that the coalition's operator keeps of what points cost",
        "partner_insight": "share of carded sales that data of partners are worth, for members whose data flows",
    }

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The sections of numbers of single policies that these terms read."""
        return ("coalitions",)

    @property
    def recipient(self) -> Recipient:
        """Who receives the data in the words of a law."""
        return "insurer" if "insurer" in self.partners else "broker"

    @property
    def fields(self) -> Fields:
        """What is passed on in the words of a law."""
        return self.shared

    def practice(self) -> str | None:
        """Return the name under which shoppers come to know where their data goes."""
        return self.name

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set what points cost and bring, what partners' data are worth, and how they bring new members."""
        reward = {"do": "reward_programme", "week": self.week, "reward_rate": self.reward_rate}
        RewardProgramme.model_validate(reward).set_levers(rows, numbers)
        erosion = np.power(0.125, np.arange(len(rows)) / numbers["reward_lift_lasts_weeks"])
        rows["reward_lift"] += numbers["reward_lift"] * self.points_of_partners(numbers) * erosion
        rows["operator_share"] = rows["reward_rate"] * numbers["operators_margin"]
        rows["partner_insight"] = self._many * numbers["insight_by_a_partner"]
        rows["joining_drive"] = self._many * numbers["joining_by_a_partner"]

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """Leave the coalition: the card gives what it gave before, and partners neither pay nor know anything."""
        for lever in ("operator_share", "partner_insight", "joining_drive"):
            rows[lever] = 0.0

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how far it departs that data reaches partners, how it may come out, and what partners give."""
        flow = self._as_flow()
        flow.set_terms(rows, numbers)
        departure = self._departure(numbers)
        against_a_broker = departure / float(rows["flow"][0]) if len(rows) and rows["flow"][0] else 0.0
        rows["flow"] = departure
        rows["departure"] = departure * factor_of_consent(self.consent, numbers)
        rows["discovery"] *= self._many * against_a_broker
        rows["harm"] *= against_a_broker
        rows["experience"] = 0.0
        rows["partners"] = self._many
        rows["reward"] = rows["appeal"] = self.points_of_partners(numbers)
        rows["partner_pays"] = 1.0

    @property
    def _many(self) -> float:
        return float(len(self.partners))

    def points_of_partners(self, numbers: NDArray[np.void]) -> float:
        """Return what members earn at partners and spend here, as a share of their spend here."""
        return self._many * float(numbers["points_from_a_partner"] * numbers["points_spent_here"])

    def _departure(self, numbers: NDArray[np.void]) -> float:
        """Return how far it departs that data reaches so many partners, whatever the consent."""
        wider = 1.0 + float(numbers["departure_by_a_further_partner"]) * (self._many - 1.0)
        plain = departure_of_flow("broker", "purchases", "marketing", numbers)
        fields = departure_of_flow("broker", self.shared, "marketing", numbers) / plain if plain else 1.0
        return float(numbers["departure_to_a_partner"]) * wider * fields

    def _as_flow(self) -> ShareData:
        """Return the flow to partners as one to another firm that pays no fee."""
        terms = {"fields": self.shared, "purpose": "marketing", "consent": self.consent, "fee_per_member_year": 0.0}
        return ShareData.model_validate({"do": "share_data", "week": self.week, "with": "broker", **terms})


class PartnerMisuse(Action):
    """A partner uses the coalition's data against its terms, and it comes out: all who share the card are blamed."""

    do: Literal["partner_misuse"]
    about: str = Field("coalition", description="The name of the coalition's practice.")
    reach: float | None = Field(None, ge=0, le=1, description="Share of shoppers who hear of it in the first week.")

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The sections of numbers of single policies that these terms read."""
        return ("coalitions",)

    def refers_to(self) -> str | None:
        """Return the name of the practice."""
        return self.about

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Raise the departure of the flow by what is blamed on the grocer, and tell the story."""
        rows = timeline.practice(self.about, self.week)
        wrong = departure_of_flow("broker", "purchases", "underwriting", numbers)
        blamed = wrong * float(numbers["changed_without_notice"] * numbers["blame_for_a_partner"])
        rows["departure"] = np.maximum(rows["departure"], blamed)
        rows["relief"] = 0.0
        rows["harm"] += harms_per_year("broker", "purchases", numbers)
        tell_story(rows, self.reach, numbers)
