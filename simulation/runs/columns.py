"""What each column of the result tables means."""

from simulation.behaviour.parameters import parameters
from simulation.behaviour.plugins import remembered
from simulation.runs.first_story import CHANCE, IF_EXPOSED, IF_SECRET, WEEK
from simulation.runs.measures import STUDIED

_KEYS = {
    "policy": "policy, as named in the scenario",
    "replicate": "replicate, from 0",
    "week": "week, from 1",
    "year": "year of 52 weeks, from 1; the last may be shorter",
    "market": "market, as named in the scenario",
    "segment": "segment after Westin",
    "tier": "spend tier: light (lower half), middle, heavy (top tenth)",
    "group": "vulnerable (hear less of it and are harmed more) or others",
}

_MEASURES = {
    "shoppers": "simulated households",
    "patrons": "households whose main store this is, at the end of the week",
    "members": "patrons with an active card",
    "aware": "households that know of any practice",
    "shared": "members whose data flows to another firm this week",
    "unwitting": "of them, those who do not know of it",
    "consent_debt": "of these, those who were not asked and would not have agreed",
    "opted_in": "households that opted in to any practice",
    "opted_out": "households that opted out of any practice, or declined to take part in one",
    "trust": "trust added up over all shoppers, in ten-thousandths",
    "joined": "lost shoppers who came back",
    "left": "patrons who changed the main store",
    "first_left": "opening patrons who did so for the first time",
    "dropped": "active cards put in a drawer",
    "cancelled": "active cards cancelled",
    "swapped": "active cards given up for somebody else's",
    "resumed": "dormant cards taken out again",
    "enrolled": "households that took their first card",
    "first_dropped": "households whose active card was put away for the first time",
    "heard_press": "households that learned of a practice from the press",
    "heard_notice": "households that learned of a practice from a notice",
    "heard_experience": "households that learned of a practice by own experience",
    "heard_talk": "households that learned of a practice from acquaintances",
    "complained": "households that complained, to the retailer or to an authority",
    "shopped": "patrons who came at least once",
    "trips": "trips to the store",
    "carded_trips": "trips on which the card was shown",
    "offers": "targeted offers sent",
    "redeemed": "members who redeemed an offer",
    "sales_cents": "sales",
    "carded_sales_cents": "sales on the card",
    "goods_cents": "what was sold, at usual prices",
    "rewards_cents": "given to shoppers by the retailer",
    "partner_rewards_cents": "given to shoppers by the data buyer",
    "margin_cents": "sales less the cost of goods",
    "offer_costs_cents": "cost of sending offers, and of data bought for them",
    "data_income_cents": "what suppliers pay for insight",
    "fees_cents": "what the data buyer pays for records",
    "contribution_cents": "margin - rewards - offer costs + data income + fees",
    "shoppers_gain_cents": "what shoppers are given by retailer and data buyer",
}


def _estimated(name: str, meaning: str) -> dict[str, str]:
    """Return the columns of an estimate."""
    return {
        name: meaning,
        f"{name}_error": f"its standard error, from blocks of replicates: {meaning}",
        f"{name}_low": f"lower end of its 95 % interval: {meaning}",
        f"{name}_high": f"upper end of its 95 % interval: {meaning}",
    }


_SUMMARY = {
    "card_use": "median share of the last 52 weeks' sales that were made on the card",
    "churn": "median share of opening patrons who changed their main store at least once",
    "revenue": "median sales of the last 52 weeks, dollars",
    "value": "median discounted contribution over all weeks, dollars",
    "value_per_patron_year": "the same for each opening patron and year, dollars",
    "value_per_household_year": "the same for each household of the chain and year, dollars",
    "difference": "median difference of value from the baseline, twin by twin, dollars",
    "difference_per_household_year": "the same for each household of the chain and year, dollars",
    "difference_share": "the same as a share of the baseline's median value",
    "difference_low": "10 % of replicates lie below",
    "difference_high": "10 % of replicates lie above",
    **_estimated("difference_mean", "mean difference, dollars"),
    "difference_mean_per_household_year": "the mean for each household of the chain and year, dollars",
    "difference_mean_share": "the mean as a share of the baseline's median value",
    **_estimated("loses", "share of replicates in which the policy's value lies below the baseline's"),
    **_estimated("gains", "share of replicates in which the policy's value lies above the baseline's"),
    **_estimated(CHANCE, "mean chance that a first story breaks by itself within the weeks simulated"),
    **_estimated("if_secret", "mean difference if it does not, dollars"),
    **_estimated("if_exposed", "mean difference if it does, dollars"),
    **_estimated("break_even_chance", "chance of exposure below which the policy pays on average"),
    "verdict": "whether the policy pays below a chance of exposure, loses even if secret or gains even if exposed",
    "exposed": "replicates in which a story ran",
}

_ACCOUNTS = {
    "payment": "what is paid",
    "payer": "who pays",
    "payee": "who receives it",
    "cents": "how much, in whole cents",
}

_GROUPS = {
    "grouping": "how shoppers are told apart: segment, tier or group",
    "households": "households of the chain",
    "label": "which of them",
    "practice": "name of the practice",
    "recipient": "who receives the data, or what befell it",
    "fields": "what is passed on",
    "given_dollars": "rewards, gifts and redeemed offers, dollars",
    "dearer_dollars": "paid beyond usual prices (negative: saved), dollars",
    "premiums_dollars": "premiums raised by the score, dollars",
    "misjudged_person_years": "person-years with a raised premium and no high risk",
    "harmful_events": "harmful events to be expected from flows, leaks and demands",
    "shared_person_years": "person-years of data flowing to another firm",
    "unwitting_person_years": "of them, those without knowing",
    "consent_debt_person_years": "of these, those unasked who would not have agreed",
    "complaints": "complaints, to the retailer or to an authority",
}

_SHOPPER = {
    "shopper": "number of the shopper, the same under every policy",
    "older": "1 if 50 or over",
    "low_income": "1 if on a low income",
    "vulnerable": "1 if vulnerable: hears less of it and is harmed more",
    "has_rival": "1 if another grocer is in reach",
    "opening_patron": "1 if a patron before the first week",
    "sensitivity_percent": "privacy sensitivity, 0 to 100",
    "spend_rank_percent": "rank by expected spend, 0 lightest to 100 heaviest",
    "aware_week": "week in which the first practice became known",
    "dropped_week": "week in which an active card was first put away",
    "left_week": "week in which a patron first changed the main store",
    "heard_by": "how the first practice became known",
    "censored": "1 if the shopper had not left by the end",
    "patron": "1 if a patron at the end",
    "opening_card": "the card's state before the first week; active and dormant ones are held",
    "card": "the card's state at the end",
    "trust_percent": "trust at the end, 0 to 100",
}


def _of_replicates() -> dict[str, str]:
    """Return the columns of the table of replicates: measures and numbers, those of plug-ins among them."""
    meanings = {name: each.meaning for name, each in STUDIED.items()}
    return {
        **{name: f"{each.meaning} ({each.unit})" for name, each in STUDIED.items() if name not in _MEASURES | _SUMMARY},
        "exposed_week": "week of the first story, 0 if none ran",
        WEEK: "week in which it breaks in the life in which it does, 0 if it never can",
        **{f"{name}{IF_SECRET}": f"the same if no first story breaks: {said}" for name, said in meanings.items()},
        **{f"{name}{IF_EXPOSED}": f"the same if one breaks: {said}" for name, said in meanings.items()},
        **{address: f"{each.meaning} ({each.unit})" for address, each in parameters().items()},
    }


_SIMULATED = (
    "whole people and whole cents of the simulated shoppers; times `households_per_shopper` of run.json they are those "
    "of the whole chain"
)
_CHAINS = "dollars and people of the whole chain, for which the simulated shoppers stand"

TABLES = {
    **dict.fromkeys(("weekly", "ledger", "accounts", "shoppers"), _SIMULATED),
    **dict.fromkeys(("summary", "replicates", "groups", "harms"), _CHAINS),
}
"""Whose the amounts of each table are, by its name."""


@remembered
def descriptions() -> dict[str, str]:
    """Return the meaning of every column, by name."""
    return _KEYS | _MEASURES | _SUMMARY | _ACCOUNTS | _GROUPS | _SHOPPER | _of_replicates()
