"""Retail media: audiences made of what the card knows, and the ads that brands pay to show them."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.flows import set_consent, wrongly_asked
from simulation.scenario.practices import (
    Asked,
    Consent,
    Fields,
    Recipient,
    Scope,
    factor_of_consent,
    factor_of_fields,
    stories_per_year,
)
from simulation.scenario.timeline import Programme, Timeline

_LEVERS = ("nuisance", "cents_for_targeted_ads", "cents_for_other_ads", "cost_of_ads")


class RetailMedia(Programme):
    """Sell brands the attention of members: ads in app and store, for audiences made of what the card knows."""

    do: Literal["retail_media"]
    name: str = Field("retail_media", description="The practice's name, for other actions to refer to.")
    ads_per_visit: float = Field(ge=0, le=100, description="Ads that a member who shows the card meets on a visit.")
    audiences: Fields = Field("purchases", description="What audiences are made of.")
    consent: Consent = Field(
        "notice", description="none: nobody is told of the audiences; notice: the terms say so; opt_out; opt_in."
    )
    asked: Asked | None = Field(
        None,
        description="How members are asked or told: terms, letter, prompt or enrolment. Left out: enrolment for "
        "opt_in, else terms.",
    )
    price_per_thousand: float | None = Field(
        None,
        ge=0,
        le=1_000,
        description="Dollars that brands pay for a thousand ads to an audience, where a visit shows one; "
        "retail_media.price_of_a_thousand_ads if left out.",
    )
    revenue_share: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Share of what brands pay that the retailer keeps where a platform sells and serves the ads; left "
        "out, it runs them itself, at retail_media.cost_of_running_media.",
    )

    own_levers: ClassVar = {
        "cents_for_targeted_ads": "cents that brands pay for a visit with the card, if by a member of an audience",
        "cents_for_other_ads": "the same if by a member who belongs to none",
        "cost_of_ads": "share of what brands pay that the platform, or the running of media, costs",
    }
    recipient: ClassVar[Recipient] = "broker"
    """To whom a law takes the audiences to be sold."""

    @property
    def fields(self) -> Fields:
        """What a law takes to be sold."""
        return self.audiences

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The section of numbers that retail media alone reads."""
        return ("retail_media",)

    def contradiction(self) -> tuple[str, str, str] | None:
        """Return the key `asked` if the consent wanted cannot be given that way."""
        return wrongly_asked(self.consent, self.asked)

    def practice(self) -> str | None:
        """Return the name of the audiences."""
        return self.name

    def _start(self, timeline: Timeline, practice: int, numbers: NDArray[np.void]) -> None:
        """Set the practice's terms; who shows no ad has no use for an audience."""
        if self.ads_per_visit > 0:
            super()._start(timeline, practice, numbers)

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set what the ads are to those whom they meet, what brands pay for them and what they cost."""
        paid = self._cents_a_visit(numbers)
        rows["nuisance"] = float(numbers["nuisance_of_an_ad"]) * self.ads_per_visit
        rows["cents_for_targeted_ads"] = paid
        rows["cents_for_other_ads"] = paid * float(numbers["worth_of_an_untargeted_ad"])
        running = float(numbers["cost_of_running_media"])
        rows["cost_of_ads"] = running if self.revenue_share is None else 1.0 - self.revenue_share

    def _cents_a_visit(self, numbers: NDArray[np.void]) -> float:
        """Return what brands pay for a visit's ads to an audience: each further ad dulls attention to all."""
        usual = float(numbers["price_of_a_thousand_ads"])
        each = 0.1 * (usual if self.price_per_thousand is None else self.price_per_thousand)  # cents
        dulled = 1.0 + float(numbers["attention_lost_by_an_ad"]) * max(0.0, self.ads_per_visit - 1.0)
        return each * self.ads_per_visit / dulled

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """Show nothing after the end."""
        for lever in _LEVERS:
            rows[lever] = 0.0

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how far the audiences depart, who is asked, and how they come out: the more ads, the sooner."""
        flow = float(numbers["departure_to_advertisers"]) * factor_of_fields(self.audiences, numbers)
        rows["scope"] = Scope.SHARED_RECORDS
        rows["audience"] = 1.0
        rows["flow"] = flow
        rows["departure"] = flow * factor_of_consent(self.consent, numbers)
        rows["experience"] = min(1.0, float(numbers["noticing_an_audience_per_week"]) * self.ads_per_visit)
        rows["discovery"] = stories_per_year(self.consent, numbers)
        set_consent(rows, self.consent, self.asked, 1.0, 0.0, numbers)
