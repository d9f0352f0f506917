"""The weeks that the benchmark times: a sale that is told of, and everything at once."""

from typing import Any

from simulation.scenario.schema import Scenario, scenario_type

STORY_WEEK, SALE_WEEK = 5, 2

_SALE = {"week": SALE_WEEK, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
_STORY = {"week": STORY_WEEK, "do": "press_story", "about": "share_data"}
_ALL: list[dict[str, Any]] = [
    _SALE | {"consent": "opt_out", "exclusive": True, "fields": "sensitive_purchases", "reward": 0.002},
    {"week": 2, "do": "targeted_offers", "intensity": 1, "depth": 0.5, "bought_data": "credit"},
    {"week": 3, "do": "top_tier_only", "threshold": 0.8},
    _STORY,
    {"week": 1, "do": "public_promise"},
    {"week": 2, "do": "survey_first", "about": "share_data", "sample": 50, "stop_if_refusing_above": 1},
    {"week": 2, "do": "respond", "about": "share_data", "to": "exposure", "notify": True, "compensation": 1},
    {"week": 4, "do": "personal_prices", "dispersion": 0.1},
    {"week": 4, "do": "member_prices", "saving": 0.1, "markup": 0.03},
    {"week": 5, "do": "reward_programme", "surprise_gift": 0.01},
    {"week": 7, "do": "change_terms", "about": "share_data", "told": True},
    {"week": 8, "do": "onward_sale", "about": "share_data"},
    {"week": 10, "do": "rival_move", "privacy": 1, "win_back": 0.5},
]
_EVENTS = [
    {"week": 6, "do": "leak", "share": 0.5},
    {"week": 7, "do": "government_demand", "share": 0.2},
    {"week": 8, "do": "scandal_elsewhere"},
    {"week": 9, "do": "law", "requires": "opt_in", "obeyed": False},
]


def basic_case(shoppers: int, policies: int = 1, weeks: int = 2600) -> Scenario:
    """Return the exposed sale at so many fees, so that each policy has the same to do."""
    sales = [[_SALE | {"fee_per_member_year": 0.5 + place}, _STORY] for place in range(policies)]
    return _case(shoppers, sales, weeks, institutions=[])


def full_case(shoppers: int, policies: int = 1, weeks: int = 2600) -> Scenario:
    """Return every mechanism at once, eight practices, under so many policies."""
    each = [[_ALL[0] | {"fee_per_member_year": 0.5 + place}, *_ALL[1:]] for place in range(policies)]
    return _case(shoppers, each, weeks, events=_EVENTS)


def sharded_case(shoppers: int, weeks: int) -> Scenario:
    """Return the exposed sale and nothing, in four markets of one size."""
    markets = {"north": 0.25, "east": 0.25, "south": 0.25, "west": 0.25}
    return _case(shoppers, [[], [_SALE, _STORY]], weeks, institutions=[], markets=markets)


def _case(shoppers: int, policies: list[list[dict[str, Any]]], weeks: int, **settings: Any) -> Scenario:
    named = {f"policy {place}": actions for place, actions in enumerate(policies)}
    data = {"title": "a benchmark", "question": "How fast?", "weeks": weeks, "seed": 1, "policies": named}
    data["uncertain"] = "chance"
    return scenario_type().model_validate(data | {"population": {"shoppers": shoppers}} | settings)
