"""What mechanisms cost: processor time with all of them over that with the three basic ones.

`python tests/benchmarks/mechanisms_cost.py [shoppers] [weeks] [rounds]`. Every case has three policies and the
same shoppers. They take turns on one thread and are timed in processor seconds, so that ratios hold on a busy machine.
The basic ones (a sale that comes out, offers, a top tier) stand in a policy each ("apart") or all in each ("together").
"""

import statistics
import sys
import time

from simulation.model.model import LoyaltyModel
from simulation.scenario.schema import Scenario, scenario_type

SALE = {"week": 2, "do": "share_data", "with": "insurer", "consent": "opt_out", "fee_per_member_year": 1}
OFFERS = {"week": 2, "do": "targeted_offers", "intensity": 1, "depth": 0.5}
TIER = {"week": 3, "do": "top_tier_only", "threshold": 0.8}
STORY = {"week": 5, "do": "press_story", "about": "share_data"}

ALL = [
    SALE | {"exclusive": True, "fields": "sensitive_purchases", "reward": 0.002, "markets": ["pilot"]},
    OFFERS | {"bought_data": "credit"},
    TIER,
    STORY,
    {"week": 1, "do": "public_promise"},
    {"week": 2, "do": "survey_first", "about": "share_data", "sample": 50, "stop_if_refusing_above": 1},
    {"week": 2, "do": "respond", "about": "share_data", "to": "exposure", "notify": True, "compensation": 1},
    {"week": 4, "do": "personal_prices", "dispersion": 0.1},
    {"week": 4, "do": "member_prices", "saving": 0.1, "markup": 0.03},
    {"week": 5, "do": "reward_programme", "surprise_gift": 0.01},
    {"week": 6, "do": "scale_up", "about": "share_data", "if_effect_above": -1},
    {"week": 7, "do": "change_terms", "about": "share_data", "told": True},
    {"week": 8, "do": "onward_sale", "about": "share_data"},
    {"week": 10, "do": "rival_move", "privacy": 1, "win_back": 0.5},
]
EVENTS = [
    {"week": 6, "do": "leak", "share": 0.5},
    {"week": 7, "do": "government_demand", "share": 0.2},
    {"week": 8, "do": "scandal_elsewhere"},
    {"week": 9, "do": "law", "markets": ["pilot"], "requires": "opt_in", "obeyed": False},
]

FEES = (0.5, 1.0, 2.0)
POLICIES = {
    "apart": {"sale": [SALE, STORY], "offers": [OFFERS], "tier": [TIER]},
    "together": {f"fee {fee}": [SALE | {"fee_per_member_year": fee}, STORY, OFFERS, TIER] for fee in FEES},
    "all": {f"fee {fee}": [ALL[0] | {"fee_per_member_year": fee}, *ALL[1:]] for fee in FEES},
}


def case_of(name: str, shoppers: int, weeks: int) -> Scenario:
    """Return three policies: the basic mechanisms apart, the same together at three fees, or all of them."""
    usual = {"title": name, "question": "what do mechanisms cost?", "markets": {"pilot": 0.2, "elsewhere": 0.8}}
    events = EVENTS if name == "all" else []
    data = {"weeks": weeks, "population": {"shoppers": shoppers}, "policies": POLICIES[name], "events": events}
    return scenario_type().model_validate(usual | data)


def seconds_of(scenario: Scenario) -> float:
    """Return the processor seconds of a run, the making of its shoppers left out."""
    model = LoyaltyModel(scenario)
    began = time.process_time()
    model.run()
    return time.process_time() - began


def main(shoppers: int = 100_000, weeks: int = 60, rounds: int = 7) -> None:
    """Print medians, least and most of the cases and of what all cost over the others."""
    cases = {name: case_of(name, shoppers, weeks) for name in POLICIES}
    for case in cases.values():
        seconds_of(case.with_changes(shoppers=1_000))
    taken = [{name: seconds_of(case) for name, case in cases.items()} for _ in range(rounds)]
    for name, case in cases.items():
        show(f"{name}, {len(case.practice_names)} practices, seconds", [each[name] for each in taken])
    for name in ("apart", "together"):
        show(f"all over {name}", [each["all"] / each[name] for each in taken])


def show(name: str, values: list[float]) -> None:
    """Print a line of the table."""
    print(f"{name:32s} median {statistics.median(values):6.3f}  least {min(values):6.3f}  most {max(values):6.3f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
