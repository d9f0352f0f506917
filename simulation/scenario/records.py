"""What a retailer joins to the card's records from elsewhere in the firm: what its pharmacy knows of its members."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.flows import set_consent, wrongly_asked
from simulation.scenario.practices import Asked, Consent, Scope, factor_of_consent, stories_per_year
from simulation.scenario.timeline import Programme

_YEAR = 52  # weeks


class MergeRecords(Programme):
    """Join what the firm's own pharmacy knows of members to their card's records, with a consent of its own."""

    do: Literal["merge_records"]
    category: ClassVar[Literal["health"]] = "health"
    name: str = Field("merge_records", description="The practice's name, for other actions to refer to.")
    source: Literal["pharmacy"] = Field(alias="with", description="Whose records are joined to the card's.")
    consent: Consent = Field(
        description="none: nobody is told; notice: the terms say so; opt_out; opt_in. It stands apart from the card's."
    )
    asked: Asked | None = Field(
        None,
        description="How members are asked or told: terms, a link in them; letter, to each; prompt, that all must "
        "answer; enrolment, an offer to take part. Left out: enrolment for opt_in, else terms.",
    )
    reward: float = Field(0.0, ge=0, le=0.5, description="Extra share of carded spend given to those who take part.")
    readability: float = Field(
        1.0, ge=0, le=3, description="How readable terms and requests are: 1 usual, 0 hidden, 3 plain."
    )

    own_levers: ClassVar[Mapping[str, str]] = {"records_merged": "1 while the pharmacy's records are joined"}

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The section of numbers of single policies that it reads."""
        return ("records",)

    def contradiction(self) -> tuple[str, str, str] | None:
        """Return the key `asked` if the consent wanted cannot be given that way."""
        return wrongly_asked(self.consent, self.asked)

    def practice(self) -> str | None:
        """Return the name of the merger."""
        return self.name

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set that records are joined."""
        rows["records_merged"] = 1.0

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """Keep them apart after the end."""
        rows["records_merged"] = 0.0

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how far it departs, who is asked and how, how it is noticed and comes out, and whom it harms."""
        flow = float(numbers["departure_of_merged_records"])
        rows["scope"] = Scope.MERGED
        rows["flow"] = flow
        rows["departure"] = flow * factor_of_consent(self.consent, numbers)
        rows["experience"] = float(numbers["noticing_a_merged_record_per_year"]) / _YEAR
        rows["discovery"] = stories_per_year(self.consent, numbers)
        rows["harm"] = numbers["harm_of_a_merged_record"]
        rows["reward"] = rows["appeal"] = self.reward
        set_consent(rows, self.consent, self.asked, self.readability, 0.0, numbers)
