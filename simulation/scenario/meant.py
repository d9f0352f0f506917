"""What people call an action, a choice or a number, and what would be right for it here."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from simulation.behaviour.spelling import nearest

_ALIKE = 0.75  # two names that are less alike are not taken for each other's misspelling
_PERCENT = re.compile(r"^\s*([-+]?\d+(?:\.\d+)?)\s*(?:%|percent|per cent)\s*$", re.IGNORECASE)
_MONEY = re.compile(r"^\s*\$\s*([\d,_]*\.?\d+)\s*$")

_CALLED: Mapping[str, tuple[str, ...]] = {
    "advertising ads ad media retail audience sponsored": ("retail_media", "targeted_offers"),
    "breach hack hacked stolen theft ransomware": ("leak",),
    "paid fee subscription subscribe premium prime club": ("paid_tier", "paid_membership", "top_tier_only"),
    "membership tier tiers status elite vip gold": ("top_tier_only",),
    "cut cheaper lower": ("price_cut", "member_prices"),
    "discount saving sale promotion supplier suppliers funded": ("member_prices",),
    "algorithmic algorithm dynamic surge personalised individual esl label labels": (
        "algorithmic_prices",
        "personal_prices",
    ),
    "coalition partner partners alliance": ("join_coalition", "share_data"),
    "merger": ("merge_programme", "end_programme"),
    "end close abolish terminate programme program": ("end_programme", "reward_programme"),
    "face faces facial biometric biometrics camera cameras": ("biometrics",),
    "pharmacy health medical prescription merge merged": ("merge_records", "share_data"),
    "delete deletion erase erasure access request requests dsar": ("deletion_requests",),
    "signal signals gpc": ("opt_out_signal",),
    "suit lawsuit sue court class settlement litigation": ("class_action", "regulator_order"),
    "optout optin consent permission prompt": ("share_data",),
    "sell selling broker insurer": ("share_data",),
    "resell onward": ("onward_sale",),
    "news newspaper journalist headline exposure exposed scoop": ("press_story",),
    "fine ban investigation inquiry ftc ico regulator": ("regulator_order",),
    "legislation act statute regulation gdpr ccpa": ("law",),
    "apology apologise apologize compensate refund notify stop": ("respond",),
    "promise pledge": ("public_promise",),
    "coupons coupon email targeting personalisation personalization offers": ("targeted_offers",),
    "points cashback rewards reward gift": ("reward_programme",),
    "survey poll ask": ("survey_first",),
    "subpoena warrant police immigration government": ("government_demand",),
    "protest": ("boycott",),
    "competitor rival": ("rival_move",),
    "terms policy tos": ("change_terms",),
    "rollout scale expand": ("scale_up",),
}
"""Words of a name, and the actions that are meant by them, the best first; those that there are not are passed over."""

_CHOSEN: Mapping[str, str] = {
    **dict.fromkeys(("health", "medical", "prescription", "prescriptions", "pharmacy"), "sensitive_purchases"),
    **dict.fromkeys(("sign", "notice", "poster"), "sign_at_the_door"),
    **dict.fromkeys(("security", "crime", "shoplifting", "loss"), "theft"),
}
"""Words for a choice that has another name."""

_BY_WORD = {word: actions for words, actions in _CALLED.items() for word in words.split()}


def action_meant(name: str, known: Mapping[str, type]) -> str:
    """Return a hint on which action is meant by a name that none has: a slip of spelling, or another word for it."""
    plain = spelled_here(name)
    if found := nearest(plain, known, _ALIKE):
        return f"did you mean '{found}'? "
    by_word = (action for word in plain.split("_") for action in _BY_WORD.get(word, ()))
    if found := next((each for each in by_word if each in known), ""):
        return f"what comes nearest is '{found}': {(known[found].__doc__ or '').strip().partition(chr(10))[0]} "
    return f"no action comes near '{name}'; "


def choice_meant(name: str, known: Collection[str]) -> str:
    """Return a hint on which of some choices is meant by another word for it; "" if none is."""
    choices = (_CHOSEN[word] for word in spelled_here(name).split("_") if word in _CHOSEN)
    found = next((each for each in choices if each in known), "")
    return f"did you mean '{found}'? " if found else ""


def spelled_here(name: str) -> str:
    """Return a name as names are spelled here: small letters, with _ for hyphens and spaces."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def number_meant(value: Any, most: float | None) -> str:
    """Return what to write for a number that stands as text, such as 1 % or $1.50; "" if that cannot be told.

    `most` is the highest that the number can be, where that is known: what can exceed 1 is no share.
    """
    if not isinstance(value, str):
        return ""
    if found := _PERCENT.match(value):
        if most is not None and most > 1:
            return "this is no share; write it without %"
        return f"write {float(found[1]) / 100:.12g}, a share of 1"
    if found := _MONEY.match(value):
        return f"write {found[1].replace(',', '').replace('_', '')}, in dollars without a sign"
    bare = value.replace("_", "").replace(",", "")
    without = "quotes" if bare == value else "separators"
    return f"write {bare}, without {without}" if bare.replace(".", "", 1).isdigit() else ""
