"""(+ laws.yaml) Laws by market as data: what must be asked before records are passed on, and what a fine can be."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from simulation.behaviour.shipped import shipped_data
from simulation.scenario.practices import Consent, Fields, Recipient

LawName = Literal[
    "california", "my_health_my_data", "eu", "uk", "none", "illinois", "new_york_prices", "maryland_prices"
]
Prices = Literal["free", "disclosed", "opt_in"]

SOURCE = Path(__file__).with_name("laws.yaml")


@dataclass(frozen=True)
class KnownLaw:
    """A law as it was read, as far as the model can tell it from others."""

    law: str
    requires: Mapping[str, Consent]  # for purchases, for what tells of health, and for biometrics
    fine: Mapping[str, float]
    since: str
    says: str
    source: str
    read: str
    prices: Prices = "free"  # what it asks of prices that an algorithm sets by a shopper's own data
    signals: bool = False  # whether a browser's opt-out signal must be honoured

    def consent_for(self, recipient: Recipient, fields: Fields) -> Consent:
        """Return the least consent for a flow; what tells of health, or lets an insurer infer it, stands apart."""
        if fields == "aggregates":
            return "none"
        tells_of_health = fields == "sensitive_purchases" or recipient == "insurer"
        return self.requires["health" if tells_of_health else "purchases"]

    def consent_within(self, category: Literal["health", "biometrics"]) -> Consent:
        """Return the least consent for what a firm gathers of its own customers: health records, or biometrics."""
        return self.requires.get(category, "none")

    def most_fined(self, people: float, turnover: float, part: float) -> float:
        """Return the highest fine in dollars, by people concerned and a year's turnover; infinite where none is named.

        `part` is the share of the chain that people and turnover are those of, which a fixed sum is taken times.
        """
        if not self.fine:
            return float("inf")
        fixed = self.fine.get("or_dollars", 0.0) * part
        by_size = self.fine.get("per_person", 0.0) * people, self.fine.get("share_of_turnover", 0.0) * turnover
        return max(fixed, *by_size)


@cache
def laws() -> Mapping[str, KnownLaw]:
    """Return all laws by name."""
    found: Mapping[str, dict[str, Any]] = shipped_data(SOURCE)
    return {name: KnownLaw(**said) for name, said in found.items()}
