"""Data flows and other practices that shoppers may come to know of, and how far each departs from its context.

After Nissenbaum's contextual integrity: a practice has a sender, a recipient, fields, a purpose and a mode of
consent. What shoppers took part in, a card for small rewards at their grocer, departs by 0.
"""

from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Recipient = Literal["insurer", "employer", "broker"]
Fields = Literal["purchases", "purchases_and_demographics", "aggregates"]
Purpose = Literal["underwriting", "marketing", "wellness"]
Consent = Literal["none", "notice", "opt_out", "opt_in"]
Payer = Literal["retailer", "partner"]


class Mode(IntEnum):
    """How a practice asks for consent, as compiled code reads it."""

    NONE = 0
    NOTICE = 1
    OPT_OUT = 2
    OPT_IN = 3


class Scope(IntEnum):
    """Whom a practice concerns: who is wronged by it, and who can notice it by own experience."""

    SHARED_RECORDS = 0  # wrongs everybody by sensitivity; noticed by customers of the buyer whose data flows
    OFFERS = 1  # wrongs everybody by sensitivity; noticed by active card members
    BELOW_A_TIER = 2  # wrongs and is noticed by those whom the top tier leaves out, whatever their sensitivity


PRACTICE = np.dtype(
    [
        ("running", np.float64),  # 1 while the practice goes on
        ("scope", np.int64),  # a Scope
        ("departure", np.float64),  # how far it departs from its context
        ("consent", np.int64),  # a Mode
        ("asking", np.float64),  # chance that an addressee thinks about consent this week
        ("notice", np.float64),  # chance that an attentive addressee takes in the terms this week
        ("experience", np.float64),  # chance that somebody concerned notices it this week
        ("press", np.float64),  # chance that a shopper meets a story about it this week
        ("discovery", np.float64),  # stories a year if it reached every shopper
        ("fee", np.int64),  # hundredths of a cent per member-year
        ("reward", np.float64),  # extra share of carded spend given to participants
        ("partner_pays", np.float64),  # 1 if the data buyer pays that reward
    ]
)
"""One practice in one market and week, for one policy."""

_CONSENT_FACTOR = {
    "none": "without_asking",
    "notice": "with_notice_only",
    "opt_out": "with_opt_out",
    "opt_in": "with_opt_in",
}
_DISCOVERY_FACTOR = {
    "notice": "discovery_with_notice",
    "opt_out": "discovery_with_opt_out",
    "opt_in": "discovery_with_opt_in",
}
_FIELDS_FACTOR = {"aggregates": "aggregated_fields", "purchases_and_demographics": "added_demographics"}


def departure_of_sharing(
    recipient: Recipient, fields: Fields, purpose: Purpose, consent: Consent, numbers: NDArray[np.void]
) -> float:
    """Return how far passing card data on departs from its context: recipient × fields × purpose × consent."""
    factors = [f"departure_to_{recipient}", f"purpose_{purpose}", _CONSENT_FACTOR[consent]]
    if fields in _FIELDS_FACTOR:
        factors.append(_FIELDS_FACTOR[fields])
    return float(np.prod([float(numbers[name]) for name in factors]))


def stories_per_year(consent: Consent, numbers: NDArray[np.void]) -> float:
    """Return how often the press would find out about a flow that reaches every shopper."""
    factor = float(numbers[_DISCOVERY_FACTOR[consent]]) if consent in _DISCOVERY_FACTOR else 1.0
    return float(numbers["press_hazard_per_year"]) * factor
