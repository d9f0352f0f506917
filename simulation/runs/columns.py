"""What each column of the result tables means, in what unit, and which columns tell rows apart."""

from simulation.behaviour.parameters import parameters
from simulation.behaviour.plugins import remembered
from simulation.behaviour.states import Source
from simulation.model.accounts import names_of_flows, routes
from simulation.runs.event_log import MEANINGS
from simulation.runs.first_story import CHANCE, IF_EXPOSED, IF_SECRET, WEEK
from simulation.runs.measures import MEASURES, STUDIED, TOTALS

_UNITS = {"dollars": "_dollars", "share": "_share", "person-years": "_person_years"}
"""What a column's name ends with, by the unit of the measure in it; what has none is counted or lies from 0 to 1."""


def column_of_total(measure: str, life: str = "") -> str:
    """Return the column of the table of replicates that holds a measure, `life` being one of the two, if any."""
    return f"{measure}{life}{_UNITS.get(MEASURES[measure].unit, '')}"


def column_of_summary(name: str) -> str:
    """Return the column of the summary that holds a number of the headline."""
    if name.startswith(("card_use", "churn", "loses", "gains")):
        return f"{name}_share"
    in_dollars = name.startswith(("revenue", "value", "difference", "if_secret", "if_exposed"))
    return f"{name}_dollars" if in_dollars and not name.endswith("_share") else name


_KEYS = {
    "run": "identifier of the run: the same for the same scenario and the same program",
    "scenario": "the scenario's title",
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
    "shared": "members whose data flows to another firm, or out of the firm's own pharmacy, this week",
    "unwitting": "of them, those who do not know of it",
    "consent_debt": "of these, those who were not asked and would not have agreed",
    "opted_in": "households that opted in to any practice",
    "opted_out": "households that opted out of any practice, or declined to take part in one",
    "trust": "mean trust of these shoppers in the retailer, 0 to 1",
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
    "difference_low": "difference of value below which 10 % of replicates lie, dollars",
    "difference_high": "difference of value above which 10 % of replicates lie, dollars",
    **_estimated("difference_mean", "mean difference, dollars"),
    "difference_mean_per_household_year": "the mean for each household of the chain and year, dollars",
    "difference_mean_share": "the mean as a share of the baseline's median value",
    **_estimated("loses", "share of replicates in which the policy's value lies below the baseline's"),
    **_estimated("gains", "share of replicates in which the policy's value lies above the baseline's"),
    **_estimated(CHANCE, "mean chance that a first story breaks by itself within the weeks simulated"),
    **_estimated("if_secret", "mean difference if secret: if no first story breaks by itself, dollars"),
    **_estimated("if_exposed", "mean difference if exposed: if one breaks, dollars"),
    **_estimated("break_even_chance", "chance of exposure below which the policy pays on average"),
    "verdict": "whether the policy pays below a chance of exposure, loses even if secret or gains even if exposed",
    "exposed": "number of replicates in which a story ran, planned or by chance",
}
_NET = {
    "returned_share": "mean share of opening patrons who changed their main store and are patrons again at the end",
    "patrons": "mean of patrons at the end, whether at the opening or not",
}

_ACCOUNTS = {
    "payment": "what is paid",
    "payer": "who pays",
    "payee": "who receives it",
    "paid_cents": "how much",
}

_GROUPS = {
    "grouping": "how shoppers are told apart: segment, tier or group",
    "households": "households of the chain",
    "label": "which of them",
    "practice": "name of the practice",
    "recipient": "who receives the data, or what befell it",
    "fields": "what is passed on",
    "ever_left": "opening patrons who changed their main store at least once",
    "returned": "of them, those who are patrons again at the end",
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
    "sensitivity": "privacy sensitivity, 0 to 1",
    "spend_rank": "rank by expected spend, 0 lightest to 1 heaviest",
    "usual_week_cents": "what the household is expected to spend on groceries in a week, wherever it buys them",
    "opening_card": "the card's state before the first week; active and dormant ones are held",
    "aware_week": "week in which the first practice became known",
    "dropped_week": "week in which an active card was first put away",
    "left_week": "week in which a patron first changed the main store",
    "heard_by": "how the first practice became known",
    "censored": "1 if the shopper had not left by the end",
    "patron": "1 if a patron at the end",
    "card": "the card's state at the end",
    "trust": "trust in the retailer at the end, 0 to 1",
    "trips": "trips to the store in all weeks",
    "sales_cents": "what was bought here in all weeks",
    "carded_sales_cents": "of that, on the card",
    "joined_week": "week in which somebody who was no patron at the opening first became one",
    "returned_week": "week in which somebody who had left first became a patron again",
    "enrolled_week": "week in which somebody who held no card at the opening took the first one",
    "last_visit_week": "latest week with a trip to the store",
}

_EVENTS = {
    "what": "what happened; " + ", ".join(f"{what.name.lower()}: {said}" for what, said in MEANINGS.items()),
    "about": "the practice that it is about, if it is about one",
    "source": f"by what a practice became known: {', '.join(each.name.lower() for each in Source if each)}",
    "from_shopper": "of those who heard from acquaintances, the first of these who talked of it",
    "told_by": "how many acquaintances talked of it",
    "story_week": "of those who read of it in the press, the week in which the story broke",
}


def _of_replicates() -> dict[str, str]:
    """Return the columns of the table of replicates: measures and numbers, those of plug-ins among them."""
    lives = ((IF_SECRET, "if no first story breaks"), (IF_EXPOSED, "if one breaks"))
    return {
        "households_per_shopper": "households of the chain that a simulated shopper stands for",
        **{column_of_total(name): f"{each.meaning} ({each.unit})" for name, each in TOTALS.items()},
        "difference_dollars": "value less the baseline's, of the same shoppers with the same luck",
        "exposed_week": "week of the first story, missing if none ran",
        CHANCE: "chance that a first story breaks by itself within the weeks simulated, 0 to 1",
        WEEK: "week in which it breaks in the life in which it does, missing if it never can",
        **{
            column_of_total(name, life): f"{said}: {each.meaning}"
            for life, said in lives
            for name, each in STUDIED.items()
        },
        **{address: each.meaning for address, each in parameters().items()},
    }


def _of_payments() -> dict[str, str]:
    """Return the columns of the table of payments, those of plug-ins among them."""
    flows = zip(names_of_flows(), routes(), strict=True)
    return {
        **{f"{name}_cents": f"{what}, paid by {payer} to {payee}" for name, (payer, payee, what) in flows},
        "balance_cents": "what the retailer receives less what it pays",
        "discount_factor": "what a dollar of this week counts in the value: (1 + yearly rate) to the power of -week/52",
    }


_SIMULATED = (
    "whole people and whole cents of the simulated shoppers; times `households_per_shopper` of run.json they are those "
    "of the whole chain"
)
_CHAINS = "dollars and people of the whole chain, for which the simulated shoppers stand"

TABLES = {
    **dict.fromkeys(("weekly", "ledger", "payments", "accounts", "shoppers", "events"), _SIMULATED),
    **dict.fromkeys(("summary", "replicates", "groups", "harms"), _CHAINS),
}
"""Whose the amounts of each table are, by its name."""

KEYS = {
    "summary": ("policy",),
    "replicates": ("policy", "replicate"),
    "weekly": ("policy", "replicate", "week", "market", "segment"),
    "ledger": ("policy", "replicate", "year", "market", "segment", "tier", "group"),
    "payments": ("policy", "replicate", "week"),
    "accounts": ("policy", "replicate", "year", "payment"),
    "groups": ("policy", "replicate", "grouping", "label"),
    "harms": ("policy", "replicate", "practice", "recipient", "fields", "group"),
    "shoppers": ("policy", "replicate", "shopper"),
    "events": ("policy", "replicate", "week", "shopper", "what", "about"),
}
"""The columns that tell a table's rows apart, after run, by its name; "about" may be missing."""


@remembered
def _by_table() -> dict[str, dict[str, str]]:
    """Return the meaning of every column but keys, by table and name."""
    return {
        "weekly": _MEASURES,
        "ledger": _MEASURES,
        "payments": _of_payments(),
        "accounts": _ACCOUNTS,
        "summary": {column_of_summary(name): said for name, said in _SUMMARY.items()} | _NET,
        "replicates": _of_replicates(),
        "groups": _GROUPS,
        "harms": _GROUPS,
        "shoppers": _SHOPPER,
        "events": _SHOPPER | _EVENTS,
    }


def meaning_of(table: str, column: str) -> str:
    """Return what a column of a table means."""
    return (_KEYS | _by_table()[table])[column]


def unit_of(table: str, column: str) -> str:
    """Return the unit of a column of a table, "" for words, counts and flags."""
    if table == "replicates" and column in parameters():
        return parameters()[column].unit
    endings = {"_cents": "cents", "_dollars": "dollars", "_share": "share", "_person_years": "person-years"}
    return next((unit for ending, unit in endings.items() if column.endswith(ending)), "week" * column.endswith("week"))
