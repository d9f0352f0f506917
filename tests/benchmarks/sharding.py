"""One population over workers beside the same in one process: `python tests/benchmarks/sharding.py [shoppers] [weeks]`.

Four markets on four workers of this machine, and on one process with as many threads as processors, in turns. Prints
the ratio of their times, opening apart, and what a week moves between coordinator and workers.
"""

import pickle
import statistics
import sys
import time

from simulation.model.model import LoyaltyModel
from simulation.scenario.schema import Scenario, scenario_type
from simulation.study.executors import LOCAL, Means, cluster
from simulation.study.sharding import ActorHost

WORKERS = 4
MARKETS = {"north": 0.25, "east": 0.25, "south": 0.25, "west": 0.25}
SALE = {"week": 2, "do": "share_data", "with": "insurer", "consent": "opt_out", "fee_per_member_year": 1}
STORY = {"week": 5, "do": "press_story", "about": "share_data"}


def case_of(shoppers: int, weeks: int) -> Scenario:
    """Return a sale that comes out, in four markets of one size."""
    data = {"title": "shards", "question": "What does it cost to scatter a population?", "weeks": weeks}
    policies = {"status quo": [], "exposed": [SALE, STORY]}
    parts = {"population": {"shoppers": shoppers}, "markets": MARKETS, "policies": policies}
    return scenario_type().model_validate(data | parts)


def seconds_of(model: LoyaltyModel) -> float:
    """Return how long a model lives, its opening left out."""
    model.step()
    began = time.perf_counter()
    model.run()
    return time.perf_counter() - began


def main(shoppers: int = 1_000_000, weeks: int = 40, rounds: int = 5) -> None:
    """Print the ratio and what it rests on."""
    case = case_of(shoppers, weeks)
    with cluster(Means(workers=WORKERS, scheduler=LOCAL)) as client:
        hosts = [ActorHost(client, worker) for worker in sorted(client.scheduler_info(n_workers=-1)["workers"])]
        ratios = []
        for _ in range(rounds):
            alone = seconds_of(LoyaltyModel(case, threads=2))
            model = LoyaltyModel(case, hosts=hosts)
            ratios.append(seconds_of(model) / alone)
            print(f"one process {alone:.2f} s, scattered {ratios[-1] * alone:.2f} s", flush=True)
    middle, least, most = statistics.median(ratios), min(ratios), max(ratios)
    print(f"{shoppers:,} shoppers, {weeks} weeks: scattered : one process {middle:.2f} ({least:.2f} to {most:.2f})")
    out = len(pickle.dumps((model.levers[0], model.practices[0])))
    print(f"a week moves {out:,} bytes to the workers and {model.ledger.counts.nbytes:,} bytes back, all together")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
