"""Prices that an algorithm sets by what the card knows: how far apart, shown where, told to whom, who may decline."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.flows import set_consent, wrongly_asked
from simulation.scenario.practices import Asked, Consent, Scope, factor_of_consent, stories_per_year
from simulation.scenario.timeline import Programme

_USUALLY_APART = 0.1  # how far apart prices are for which the numbers stand


class PersonalPrices(Programme):
    """Charge members by what their history says they will bear: more to the loyal, less to the others."""

    do: Literal["personal_prices"]
    name: str = Field("personal_prices", description="The practice's name, for other actions to refer to.")
    dispersion: float = Field(gt=0, le=0.5, description="How much above the usual price the heaviest members pay.")
    cap: float | None = Field(
        None, ge=0, le=0.5, description="Share of the usual price above which nobody pays; discounts stay as they are."
    )
    disclosed: bool = Field(
        False, description="Whether each price says that an algorithm set it by the shopper's own data."
    )
    consent: Consent = Field(
        "none",
        description="none: nobody is told; notice: the terms say so; opt_out: who declines pays the usual price; "
        "opt_in: who has not agreed does.",
    )
    asked: Asked | None = Field(
        None,
        description="How members are asked or told: terms, letter, prompt or enrolment. Left out: enrolment for "
        "opt_in, else terms.",
    )
    shown: Literal["app", "shelf"] = Field(
        "app",
        description="Where prices are read: in an app that each sees alone, or on labels that neighbours see too.",
    )

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The section of numbers that disclosed prices and those on labels read."""
        return ("algorithmic_prices",) if self.disclosed or self.shown == "shelf" else ()

    def contradiction(self) -> tuple[str, str, str] | None:
        """Return the key `asked` if the consent wanted cannot be given that way."""
        return wrongly_asked(self.consent, self.asked)

    def practice(self) -> str | None:
        """Return the name of the pricing."""
        return self.name

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how far members' prices lie apart, and how far above the usual one."""
        rows["price_dispersion"] = self.dispersion
        rows["price_cap"] = 1.0 if self.cap is None else self.cap

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """Charge everybody the same after the end."""
        rows["price_dispersion"], rows["price_cap"] = 0.0, 1.0

    @property
    def _most_above(self) -> float:
        """How far above the usual price the dearest lies."""
        return self.dispersion if self.cap is None else min(self.dispersion, self.cap)

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how unfair it is and how often a comparison or a label shows it: the farther apart, the oftener."""
        dearer = min(1.0, self._most_above / _USUALLY_APART)
        apart = min(1.0, 0.5 * (self.dispersion + self._most_above) / _USUALLY_APART)
        rows["scope"] = Scope.PAYING_MORE
        rows["flow"] = numbers["unfairness_of_personal_prices"] * dearer
        rows["departure"] = rows["flow"] * self._told(numbers)
        rows["experience"] = self._noticing(apart, numbers)
        rows["discovery"] = self._stories(numbers) * apart
        if self.consent != "none":
            set_consent(rows, self.consent, self.asked, 1.0, 0.0, numbers)

    def _told(self, numbers: NDArray[np.void]) -> float:
        """Return how much farther, or less far, prices depart that are disclosed, or that one may decline."""
        disclosed = float(numbers["unfairness_left_when_disclosed"]) if self.disclosed else 1.0
        chosen = factor_of_consent(self.consent, numbers) if self.consent in ("opt_in", "opt_out") else 1.0
        return disclosed * chosen

    def _noticing(self, apart: float, numbers: NDArray[np.void]) -> float:
        """Return the chance a week of finding out: by comparing, or by what the price itself says."""
        beside = float(numbers["comparing_at_the_shelf"]) if self.shown == "shelf" else 1.0
        compared = min(1.0, float(numbers["comparing_prices_per_week"]) * apart * beside)
        read = float(numbers["reading_a_disclosure_per_week"]) if self.disclosed else 0.0
        return compared + (1.0 - compared) * read

    def _stories(self, numbers: NDArray[np.void]) -> float:
        """Return how often a year the press would find out: what is told is less of a find."""
        return stories_per_year("notice" if self.disclosed and self.consent == "none" else self.consent, numbers)

    def is_lawful(self, prices: str) -> bool:
        """Return whether a law that asks this of personal prices allows these."""
        agreed = self.consent == "opt_in"
        return {"free": True, "disclosed": self.disclosed, "opt_in": agreed}[prices]
