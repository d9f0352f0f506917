"""What a retailer can do with card data toward other firms."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.practices import (
    Asked,
    Consent,
    Fields,
    Mode,
    Payer,
    Purpose,
    Recipient,
    Scope,
    considering_per_week,
    departure_of_flow,
    factor_of_consent,
    harms_per_year,
    stories_per_year,
)
from simulation.scenario.timeline import Action, Programme, Timeline, read_letters

_WAYS: dict[Consent, tuple[Asked, ...]] = {
    "none": (),
    "notice": ("terms", "letter"),
    "opt_out": ("terms", "letter", "prompt"),
    "opt_in": ("prompt", "enrolment"),
}
"""By what members can be asked or told: terms and letters are answered by those alone who object."""


def wrongly_asked(consent: Consent, asked: Asked | None) -> tuple[str, str, str] | None:
    """Return the key `asked`, what is wrong and what would be right, if the consent cannot be given that way."""
    ways = _WAYS[consent]
    if asked is None or asked in ways:
        return None
    right = f"write {' or '.join(ways)}" if ways else "leave it out"
    return "asked", f"consent '{consent}' cannot be asked for by {asked}", right


def set_consent(
    rows: NDArray[np.void],
    consent: Consent,
    asked: Asked | None,
    readability: float,
    exit_friction: float,
    numbers: NDArray[np.void],
) -> None:
    """Set how members are asked or told; a letter is read by the attentive more often than it is answered."""
    way = asked or ("enrolment" if consent == "opt_in" else "terms")
    considered = np.minimum(1.0, considering_per_week(way, len(rows), numbers) * readability)
    choice = {"opt_in": 1.0, "opt_out": 1.0 - exit_friction}.get(consent, 0.0)
    noticed = np.maximum(considered, read_letters(len(rows), numbers)) if way == "letter" else considered
    rows["consent"] = Mode[consent.upper()]
    rows["relief"] = 1.0
    rows["choice"] = choice
    rows["asked"] = float(way in ("prompt", "enrolment"))
    rows["asking"] = considered * choice
    rows["notice"] = noticed if consent != "none" else 0.0


_LONGEST_KEPT = 10.0  # years of card data that the case's retailer holds


class ShareData(Programme):
    """Pass card members' data to another firm for a fee."""

    do: Literal["share_data"]
    name: str = Field("share_data", description="The practice's name, for other actions to refer to.")
    recipient: Recipient = Field(alias="with", description="Who receives the data.")
    fields: Fields = Field("purchases", description="What is passed on.")
    purpose: Purpose = Field("underwriting", description="What the recipient uses it for.")
    consent: Consent = Field(description="none: nobody is told; notice: the terms say so; opt_out; opt_in.")
    asked: Asked | None = Field(
        None,
        description="How members are asked or told: terms, a link in them; letter, to each; prompt, that all must "
        "answer; enrolment, an offer to take part. Left out: enrolment for opt_in, else terms.",
    )
    fee_per_member_year: float | None = Field(
        None,
        ge=0,
        le=10_000,
        description="Dollars for one member's data for a year; if left out, the possible buyers bid: the second-best "
        "bid is paid, or by a lone buyer a share of what the record brings it in a year under these terms.",
    )
    reward: float = Field(0.0, ge=0, le=0.5, description="Extra share of carded spend given to those who take part.")
    reward_paid_by: Payer = Field("retailer", description="Who pays that reward.")
    exclusive: bool = Field(False, description="Sold to this recipient alone, who pays a premium for it.")
    worth_to_participant: float = Field(
        0.0, ge=0, le=1_000, description="Dollars a year that a participant gets out of it, such as a nurse line."
    )
    publish: bool = Field(False, description="Whether the recipient publishes what it learns about diet and health.")
    readability: float = Field(
        1.0, ge=0, le=3, description="How readable terms and requests are: 1 usual, 0 hidden, 3 plain."
    )
    exit_friction: float = Field(
        0.0, ge=0, le=1, description="How hard opting out is made, from easy (0) to no way (1)."
    )
    years_kept: float = Field(_LONGEST_KEPT, gt=0, le=50, description="For how long the recipient may keep the data.")
    restricted_access: bool = Field(False, description="Whether few, audited people may see it.")
    bound_to_purpose: bool = Field(False, description="Whether the contract forbids any other use.")

    def contradiction(self) -> tuple[str, str, str] | None:
        """Return the key `asked` if the consent wanted cannot be given that way."""
        return wrongly_asked(self.consent, self.asked)

    def practice(self) -> str | None:
        """Return the name of the data flow."""
        return self.name

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set who is asked, what is paid, how far it departs and how it may come out."""
        self._set_departure(rows, numbers)
        self._set_consent(rows, numbers)
        price = self._price_factor(numbers)
        rows["fee"] = round((self.fee_per_member_year or 0.0) * 10_000 * price)
        rows["auctioned"] = price if self.fee_per_member_year is None else 0.0
        rows["reward"] = self.reward
        rows["partner_pays"] = float(self.reward_paid_by == "partner")
        self._set_programme(rows, numbers)
        rows["published"] = float(self.publish)
        rows["repricing"] = float(self._can_score)
        rows["harm"] = harms_per_year(self.recipient, self.fields, numbers) * self._harm_factor(numbers)

    def _set_programme(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set what a programme gives and saves: an insurer's serves, among those who take part, whom it insures."""
        serves = self.purpose == "wellness" and self.worth_to_participant > 0
        insured = float(numbers["insurer_market_share"]) if serves and self.recipient == "insurer" else 1.0
        rows["worth"] = self.worth_to_participant * insured
        rows["saved"] = float(numbers["health_gain_per_participant"]) * insured * serves
        rows["appeal"] = self.reward + self.worth_to_participant * insured * float(numbers["appeal_of_worth"])

    @property
    def _can_score(self) -> bool:
        """Whether premiums can be set by it: that takes an insurer's underwriting, and records of single people."""
        return self.recipient == "insurer" and self.purpose == "underwriting" and self.fields != "aggregates"

    def _set_departure(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        flow = departure_of_flow(self.recipient, self.fields, self.purpose, numbers) * self._safeguarded(numbers)
        rows["scope"] = Scope.SHARED_RECORDS
        rows["flow"] = flow
        rows["departure"] = flow * factor_of_consent(self.consent, numbers) - self._pleasing(numbers)
        rows["experience"] = numbers["insurer_market_share"] * numbers["noticing_own_data_per_year"] / 52.0
        rows["discovery"] = stories_per_year(self.consent, numbers)

    def _set_consent(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        set_consent(rows, self.consent, self.asked, self.readability, self.exit_friction, numbers)

    def _pleasing(self, numbers: NDArray[np.void]) -> float:
        """Return what a flow pleases that fits its context, is asked for and bound to its purpose."""
        fits = self.consent == "opt_in" and self.purpose == "wellness" and self.bound_to_purpose
        return float(numbers["pleasing_when_it_fits"]) * fits

    @property
    def _shortened(self) -> float:
        """By how much the data is kept more briefly than the longest, from 0 to 1."""
        return max(0.0, 1.0 - self.years_kept / _LONGEST_KEPT)

    def _safeguarded(self, numbers: NDArray[np.void]) -> float:
        """Return what utmost care leaves of the departure."""
        care = self._shortened + self.restricted_access + self.bound_to_purpose
        return float(1.0 - numbers["departure_spared_by_a_safeguard"]) ** care

    def _price_factor(self, numbers: NDArray[np.void]) -> float:
        """Return what the recipient pays for what it gets: less under safeguards, more for being the only one."""
        care = self._shortened + self.restricted_access + self.bound_to_purpose
        premium = 1.0 + float(numbers["exclusivity_premium"]) * self.exclusive
        return float(1.0 - numbers["price_lost_by_a_safeguard"]) ** care * premium

    def _harm_factor(self, numbers: NDArray[np.void]) -> float:
        """Return how much of the harm is left: briefer, narrower, better guarded data harms less."""
        care = self._shortened + self.restricted_access + self.bound_to_purpose
        return float(1.0 - numbers["harm_spared_by_a_safeguard"]) ** care


class ChangeTerms(Action):
    """Widen what the data is used for; consents given to the old terms no longer stand for it."""

    do: Literal["change_terms"]
    about: str = Field(description="The name of the data flow whose terms change.")
    to_recipient: Recipient = Field("insurer", description="Who receives the data from now on.")
    fields: Fields = Field("purchases", description="What is passed on from now on.")
    purpose: Purpose = Field("underwriting", description="What it is used for from now on.")
    told: bool = Field(False, description="Whether members are told.")

    def refers_to(self) -> str | None:
        """Return the name of the data flow."""
        return self.about

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Raise the departure of the running flow; an untold change breaks what shoppers were told before."""
        rows = timeline.practice(self.about, self.week)
        flow = departure_of_flow(self.to_recipient, self.fields, self.purpose, numbers)
        broken = float(numbers["with_notice_only"] if self.told else numbers["changed_without_notice"])
        rows["flow"] = np.maximum(rows["flow"], flow)
        rows["departure"] = np.maximum(rows["departure"], flow * broken)
        rows["relief"] = 0.0
        rows["repricing"] = float(self.to_recipient == "insurer" and self.purpose == "underwriting")
        rows["harm"] = np.maximum(rows["harm"], harms_per_year(self.to_recipient, self.fields, numbers))
        if self.told:
            rows["notice"] = np.maximum(rows["notice"], read_letters(len(rows), numbers)[:, None])
        else:
            rows["discovery"] = np.maximum(rows["discovery"], stories_per_year("none", numbers))


class OnwardSale(Action):
    """The recipient passes the data on, against what was agreed."""

    do: Literal["onward_sale"]
    about: str = Field(description="The name of the data flow that goes farther.")
    to: Recipient = Field("employer", description="Who receives it in the end.")

    def refers_to(self) -> str | None:
        """Return the name of the data flow."""
        return self.about

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Add the second recipient's harm, departure and chance of being noticed to the flow's."""
        rows = timeline.practice(self.about, self.week)
        flow = departure_of_flow(self.to, "purchases", "underwriting", numbers)
        rows["departure"] = np.maximum(rows["departure"], flow * float(numbers["changed_without_notice"]))
        rows["harm"] += harms_per_year(self.to, "purchases", numbers)
        rows["experience"] += numbers["noticing_own_data_per_year"] * harms_per_year(self.to, "purchases", numbers)
