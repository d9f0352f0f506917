"""What a retailer can do with card data itself: rewards, offers, tiers, prices."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.practices import Scope
from simulation.scenario.timeline import Programme, raise_goodwill

BoughtData = Literal["none", "demographics", "credit"]


class RewardProgramme(Programme):
    """Change what the card gives back."""

    do: Literal["reward_programme"]
    reward_rate: float | None = Field(None, ge=0, le=0.5, description="Share of carded spend given back.")
    surprise_gift: float = Field(0.0, ge=0, le=0.5, description="Share of carded spend given back as a surprise.")

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set reward and gifts and the lift they bring; a reward's lift erodes within months, a surprise's does not."""
        erosion = np.power(0.125, np.arange(len(rows)) / numbers["reward_lift_lasts_weeks"])
        rate = float(numbers["reward_rate"]) if self.reward_rate is None else self.reward_rate
        rows["reward_rate"] = rate
        rows["gift_rate"] = self.surprise_gift
        rows["reward_lift"] = numbers["reward_lift"] * (rate - numbers["reward_rate"]) * erosion
        rows["reward_lift"] += numbers["surprise_lift"] * self.surprise_gift
        raise_goodwill(rows, float(numbers["goodwill_of_gifts"]) * min(1.0, self.surprise_gift / 0.01))

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """Leave trust to return to where it was."""
        rows["stirred"] = np.maximum(rows["stirred"], float(self.surprise_gift > 0))


class TargetedOffers(Programme):
    """Send members offers chosen by what they bought."""

    do: Literal["targeted_offers"]
    name: str = Field("targeted_offers", description="The practice's name, for other actions to refer to.")
    intensity: float = Field(ge=0, le=20, description="Offers per active member and week.")
    depth: float = Field(ge=0, le=1, description="How much is inferred about the shopper, from nothing (0) to all (1).")
    bought_data: BoughtData = Field("none", description="What is bought about members from others and joined to it.")
    control: bool = Field(False, description="Whether members see and decide what offers may draw on.")

    def practice(self) -> str | None:
        """Return the name of the profiling."""
        return self.name

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how many offers go out, how many are noticed and how well they fit."""
        fatigue = float(numbers["contact_fatigue"]) * max(0.0, self.intensity - 1.0)
        fit = 1.0 + float(numbers["offer_relevance"]) * min(1.0, self.depth + self._precision(numbers))
        fit *= 1.0 + float(numbers["response_by_control"]) * self.depth * self.control
        rows["offers"] = self.intensity
        rows["offers_noticed"] = self.intensity / (1.0 + fatigue)
        rows["offer_fit"] = fit - 1.0
        rows["data_cost"] = 0.0 if self.bought_data == "none" else numbers[f"cost_of_{self.bought_data}_data"]

    def _precision(self, numbers: NDArray[np.void]) -> float:
        return 0.0 if self.bought_data == "none" else float(numbers["precision_of_bought_data"])

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """Send nothing and buy nothing after the end."""
        for lever in ("offers", "offers_noticed", "offer_fit", "data_cost"):
            rows[lever] = 0.0

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how far the inference departs and how often an offer gives it away."""
        unease = float(numbers["unease_at_full_depth"]) * self.depth
        if self.bought_data != "none":
            unease += float(numbers[f"departure_of_{self.bought_data}_data"])
        if self.control:
            unease *= 1.0 - float(numbers["unease_spared_by_control"])
        rows["scope"] = Scope.MEMBERS
        rows["departure"] = rows["flow"] = numbers["departure_to_retailer"] + unease - self._pleasing(numbers)
        rows["experience"] = min(1.0, float(numbers["noticing_offers_per_week"]) * self.intensity * self.depth)
        rows["discovery"] = numbers["press_hazard_per_year"] * self.depth

    def _pleasing(self, numbers: NDArray[np.void]) -> float:
        """Return what offers please that members control and that draw on what they gave, not on what is inferred."""
        fits = self.control and self.bought_data == "none"
        return float(numbers["pleasing_when_it_fits"]) * fits * (1.0 - self.depth)


class TopTierOnly(Programme):
    """Favour the top tier of members, at the cost of the others."""

    do: Literal["top_tier_only"]
    name: str = Field("top_tier_only", description="The practice's name, for other actions to refer to.")
    threshold: float = Field(gt=0, lt=1, description="Share of shoppers below the top tier, such as 0.9.")
    bonus: float = Field(0.01, ge=0, le=0.5, description="Extra share of carded spend given to the top tier.")
    cut: float = Field(1.0, ge=0, le=1, description="Share of the usual reward withdrawn below the top tier.")
    visibility: float = Field(
        0.5, ge=0, le=1, description="How plainly the others see it, from not at all (0) to fully (1)."
    )
    clear_rules: bool = Field(False, description="Whether everybody can read what it takes to belong.")

    def practice(self) -> str | None:
        """Return the name of the favour."""
        return self.name

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set where the tier begins, what it gets and what the others lose; whom a higher threshold puts out."""
        before = np.minimum(rows["tier_threshold"], rows["tier_put_out"])
        rows["tier_put_out"] = np.where(before < min(1.0, self.threshold), before, rows["tier_put_out"])
        rows["tier_threshold"] = self.threshold
        rows["tier_bonus"] = self.bonus
        rows["tier_cut"] = self.cut

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """Put everybody out of the tier that was in it."""
        rows["tier_put_out"] = np.minimum(rows["tier_put_out"], rows["tier_threshold"])
        rows["tier_threshold"], rows["tier_bonus"], rows["tier_cut"] = 1.0, 0.0, 0.0

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how unfair it is to those below and how often they notice."""
        spared = float(numbers["unfairness_spared_by_clear_rules"]) * self.clear_rules
        rows["scope"] = Scope.BELOW_A_TIER
        rows["departure"] = rows["flow"] = numbers["unfairness_below_a_tier"] * (1.0 - spared)
        rows["experience"] = numbers["noticing_a_tier_per_week"] * self.visibility


class MemberPrices(Programme):
    """Sell at two prices: a lower one for members, a higher one for everybody else."""

    do: Literal["member_prices"]
    name: str = Field("member_prices", description="The practice's name, for other actions to refer to.")
    saving: float = Field(0.045, ge=0, le=0.5, description="Share of a basket that members save.")
    markup: float = Field(0.02, ge=0, le=0.5, description="By how much prices without the card are raised for it.")
    funded_by_suppliers: float = Field(
        0.0, ge=0, le=1, description="Share of what members save that suppliers pay for; they fund rivals' deals too."
    )
    reckoned_with: float = Field(
        1.0, ge=0, le=1, description="Share of the saving that members reckon with when they choose a store."
    )

    own_levers: ClassVar = {"funded_by_suppliers": "share of what members save that suppliers pay for"}

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The section of numbers that savings funded by suppliers read."""
        return ("supplier_funding",) if self.funded_by_suppliers > 0 else ()

    def practice(self) -> str | None:
        """Return the name of the pricing."""
        return self.name

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set both prices, who pays for the lower one, and how much of it counts in the choice of store."""
        rows["shelf_price"] = 1.0 + self.markup
        rows["member_saving"] = self.saving
        rows["saving_matched"] = self.saving * (1.0 - self._counting(numbers))
        rows["funded_by_suppliers"] = self.funded_by_suppliers

    def _counting(self, numbers: NDArray[np.void]) -> float:
        """Return the share of the saving that draws to this store: what members believe in and rivals do not match."""
        matched = self.funded_by_suppliers * float(numbers["funded_deals_matched_by_rivals"])
        return self.reckoned_with * (1.0 - matched)

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """Return to one price after the end."""
        rows["shelf_price"], rows["member_saving"] = 1.0, 0.0
        rows["saving_matched"], rows["funded_by_suppliers"] = 0.0, 0.0

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how unfair it is, above all to those without the card; both prices stand on the shelf."""
        rows["scope"] = Scope.TWO_PRICES
        rows["departure"] = rows["flow"] = numbers["unfairness_of_member_prices"]
        rows["experience"] = numbers["noticing_member_prices_per_week"]
