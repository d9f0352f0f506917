"""Shopper-weeks a second of both engines, memory a shopper and compile time: `python tests/benchmarks/engines.py`.

All in one run, so that ratios hold on a busy machine; the columns engine is timed three times and the median kept.
"""

import statistics
import time
import tracemalloc

from simulation.behaviour.compiling import is_compiled
from simulation.model.model import LoyaltyModel
from simulation.model.week import live_a_week
from simulation.scenario.schema import Scenario, scenario_type

SALE = {"week": 2, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
STORY = {"week": 5, "do": "press_story", "about": "share_data"}
POLICIES = {"status quo": [], "sale": [SALE], "exposed": [SALE, STORY], "opt out": [SALE | {"consent": "opt_out"}],
            "opt in": [SALE | {"consent": "opt_in"}]}  # fmt: skip


def scenario_of(shoppers: int, policies: int) -> Scenario:
    """Return a scenario of the shipped kind."""
    chosen = dict(list(POLICIES.items())[:policies])
    data = {"title": "b", "question": "how fast?", "weeks": 2600, "population": {"shoppers": shoppers}}
    return scenario_type().model_validate(data | {"policies": chosen})


def speed(engine: str, shoppers: int, policies: int, weeks: int, threads: int = 1, rounds: int = 3) -> float:
    """Return shopper-policy-weeks a second, the median of some rounds, after eight weeks of warming up."""
    model = LoyaltyModel(scenario_of(shoppers, policies), engine=engine, threads=threads)  # type: ignore[arg-type]
    for _ in range(8):
        model.step()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(weeks):
            model.step()
        taken.append(time.perf_counter() - began)
    return shoppers * policies * weeks / statistics.median(taken)


def bytes_a_shopper(engine: str, shoppers: int, policies: int) -> float:
    """Return the memory that a model takes, over its shoppers."""
    scenario = scenario_of(shoppers, policies).with_changes(weeks=8)
    tracemalloc.start()
    model = LoyaltyModel(scenario, engine=engine)  # type: ignore[arg-type]
    model.step()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held / shoppers


def main() -> None:
    """Print the tables."""
    known, began = is_compiled(live_a_week), time.perf_counter()
    LoyaltyModel(scenario_of(100, 5)).step()
    print(f"first week, compiled code {'from the cache' if known else 'made'}: {time.perf_counter() - began:.1f} s")
    agents = speed("agents", 1000, 2, 2, rounds=1)
    held = bytes_a_shopper("agents", 500, 1)
    print(f"agents, 1,000 shoppers, 2 policies: {agents:.3g} shopper-weeks/s, {held:.0f} bytes")
    print(f"{'shoppers':>10s}{'policies':>9s}{'threads':>8s}{'per second':>12s}{': agents':>9s}{'bytes':>7s}")
    for shoppers, weeks in ((1_000, 400), (10_000, 100), (100_000, 20), (1_000_000, 3)):
        for policies, threads in ((1, 1), (5, 1), (5, 2)):
            found = speed("columns", shoppers, policies, weeks, threads)
            held = bytes_a_shopper("columns", shoppers, policies)
            print(f"{shoppers:10,d}{policies:9d}{threads:8d}{found:12.3g}{found / agents:9,.0f}{held:7.0f}")


if __name__ == "__main__":
    main()
