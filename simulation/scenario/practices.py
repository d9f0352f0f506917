"""Data flows and other practices that shoppers may come to know of, and how far each departs from its context.

After Nissenbaum's contextual integrity: a practice has a sender, a recipient, fields, a purpose and a mode of
consent. What shoppers took part in, a card for small rewards at their grocer, departs by 0.
"""

from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Recipient = Literal["insurer", "employer", "broker"]
Fields = Literal["purchases", "purchases_and_demographics", "sensitive_purchases", "aggregates"]
Leaked = Literal["purchases", "sensitive", "payment_cards", "identity"]
Purpose = Literal["underwriting", "marketing", "wellness"]
Consent = Literal["none", "notice", "opt_out", "opt_in"]
Asked = Literal["terms", "letter", "prompt", "enrolment"]
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
    MEMBERS = 1  # wrongs everybody by sensitivity; noticed by active card members
    BELOW_A_TIER = 2  # wrongs and is noticed by those whom the top tier leaves out, most by those it has put out
    PAYING_MORE = 3  # wrongs the heavier half of shoppers, who are charged more; noticed by members who compare
    TWO_PRICES = 4  # wrongs those without an active card, and members as far as they resent it; anybody can notice it
    LEANING = 5  # a dispute: wrongs those who lean to one side and pleases those who lean to the other
    SENSED = 6  # takes what nobody gave: wrongs everybody by sensitivity; noticed by patrons, whose card is no matter
    MERGED = 7  # joins members' records within the firm: wrongs everybody by sensitivity, noticed by those concerned
    PAYING_A_FEE = 8  # wrongs and is noticed by those who pay to belong to the top tier
    LOSING_THE_CARD = 9  # wrongs and is noticed by those who held an active card when it was ended, most the heaviest


PRACTICE = np.dtype(
    [
        ("running", np.float64),  # 1 while the practice goes on
        ("scope", np.int64),  # a Scope
        ("departure", np.float64),  # how far it departs from its context, all in all; below 0 it pleases
        ("flow", np.float64),  # how far the flow itself departs: what a shopper weighs who is asked about it
        ("consent", np.int64),  # a Mode
        ("relief", np.float64),  # 1 while a consent given stands for what is done, 0 when terms have changed since
        ("asking", np.float64),  # chance that an addressee thinks about consent this week, were that all there is to it
        ("asked", np.float64),  # 1 where the choice is put to everybody, 0 where those look for it who mind
        ("choice", np.float64),  # how easily a choice is made by who wants to make it, from 0 (no way) to 1
        ("notice", np.float64),  # chance that an attentive addressee takes in the terms this week
        ("experience", np.float64),  # chance that somebody concerned notices it this week
        ("press", np.float64),  # chance that a shopper meets a story about it this week
        ("discovery", np.float64),  # stories a year if it reached every shopper
        ("fee", np.int64),  # hundredths of a cent per member-year
        ("auctioned", np.float64),  # what terms leave of what a record is worth if the fee is left to bidders, else 0
        ("reward", np.float64),  # extra share of carded spend given to participants
        ("appeal", np.float64),  # what participants see in it, as a share of spend
        ("partner_pays", np.float64),  # 1 if the data buyer pays that reward
        ("worth", np.float64),  # dollars a year that a participant gets out of it on average, such as a nurse line
        ("saved", np.float64),  # dollars a year of claims that a participant saves the recipient on average
        ("published", np.float64),  # 1 if what is learned is published
        ("harm", np.float64),  # harmful events per year and shopper whose data flows
        ("share", np.float64),  # share of those concerned whose records it takes: below 1 where some leak
        ("compensation", np.float64),  # dollars paid this week to each whom it has concerned so far
        ("repricing", np.float64),  # 1 if the recipient sets premiums by it
        ("unlawful", np.float64),  # 1 where a law forbids it
        ("minded", np.float64),  # share of shoppers who mind a dispute; 0 where sensitivity says who minds
        ("counter", np.float64),  # share of shoppers whom a dispute pleases
        ("audience", np.float64),  # 1 where brands reach those whose data flows, and receive no records
        ("partners", np.float64),  # how many firms of a coalition the data reaches, 0 where there is none
        ("taken_out", np.float64),  # chance that a record is taken out this week, by a browser's signal or a deletion
        ("settlement", np.float64),  # dollars that settle a suit this week for each whom it has concerned so far
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
_FIELDS_FACTOR = {
    "aggregates": "aggregated_fields",
    "purchases_and_demographics": "added_demographics",
    "sensitive_purchases": "sensitive_fields",
}
_LEAKED_FACTOR = {
    "sensitive": "leak_of_sensitive_records",
    "payment_cards": "leak_of_payment_cards",
    "identity": "leak_of_identity",
}
_HARM_FACTOR = {"aggregates": "harm_of_aggregates", "sensitive_purchases": "harm_of_sensitive_fields"}


def departure_of_flow(recipient: Recipient, fields: Fields, purpose: Purpose, numbers: NDArray[np.void]) -> float:
    """Return how far a flow of card data departs from its context, whatever the consent: recipient × fields × purpose.

    Part of the blame falls on the recipient.
    """
    names = [f"departure_to_{recipient}", f"purpose_{purpose}"]
    if fields in _FIELDS_FACTOR:
        names.append(_FIELDS_FACTOR[fields])
    return float(np.prod([float(numbers[name]) for name in names]) * (1.0 - numbers["blame_on_the_buyer"]))


def factor_of_fields(fields: Fields, numbers: NDArray[np.void]) -> float:
    """Return how much farther, or less far, passing these fields on departs than passing purchases on."""
    return float(numbers[_FIELDS_FACTOR[fields]]) if fields in _FIELDS_FACTOR else 1.0


def departure_of_leak(fields: Leaked, money_lost: bool, numbers: NDArray[np.void]) -> float:
    """Return how far a leak of ten years of all members' records departs, by what is gone and what it has cost them."""
    factor = float(numbers[_LEAKED_FACTOR[fields]]) if fields in _LEAKED_FACTOR else 1.0
    cost = float(numbers["leak_with_money_lost"]) if money_lost else 1.0
    return float(numbers["departure_of_a_leak"]) * factor * cost


def factor_of_consent(consent: Consent, numbers: NDArray[np.void]) -> float:
    """Return how much farther, or less far, a flow departs that asks for consent in this way."""
    return float(numbers[_CONSENT_FACTOR[consent]])


def considering_per_week(asked: Asked, weeks: int, numbers: NDArray[np.void]) -> NDArray[np.float64]:
    """Return how often an addressee thinks about consent, by week from the first on. Shape (weeks,).

    A letter is thought about while it is fresh; what is left of it later is the terms.
    """
    usual = float(numbers[f"considering_{asked}_per_week"])
    later = float(numbers["considering_terms_per_week"]) if asked == "letter" else usual
    return np.where(np.arange(weeks) < numbers["asking_lasts_weeks"], usual, later)


def stories_per_year(consent: Consent, numbers: NDArray[np.void]) -> float:
    """Return how often the press would find out about a flow that reaches every shopper."""
    factor = float(numbers[_DISCOVERY_FACTOR[consent]]) if consent in _DISCOVERY_FACTOR else 1.0
    return float(numbers["press_hazard_per_year"]) * factor


def harms_per_year(recipient: Recipient, fields: Fields, numbers: NDArray[np.void]) -> float:
    """Return how often a year a shopper is harmed whose data flows, by recipient and fields."""
    factor = float(numbers[_HARM_FACTOR[fields]]) if fields in _HARM_FACTOR else 1.0
    return float(numbers[f"harm_by_{recipient}"]) * factor
