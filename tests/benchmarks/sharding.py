"""What it costs to scatter one population: `python tests/benchmarks/sharding.py [shoppers] [weeks] [rounds]`.

Sharded (four markets, four workers of a thread each) and one process (all processors) take turns; then the constants
from which CONTRIBUTING reckons a billion shoppers.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from distributed.protocol import dumps, to_serialize

from simulation.evidence.bench.cases import sharded_case
from simulation.model.model import LoyaltyModel
from simulation.runs.executors import LOCAL, Means, cluster
from simulation.runs.memory import state_bytes
from simulation.runs.sharding import ActorHost
from simulation.scenario.schema import Scenario

WORKERS, MANY_MARKETS, FEW = 4, 40, 50
WARM_UP = 6  # weeks, after which the story has been told


@contextmanager
def scattered(case: Scenario) -> Iterator[LoyaltyModel]:
    with cluster(Means(workers=WORKERS, scheduler=LOCAL)) as client:
        workers = sorted(client.scheduler_info(n_workers=-1)["workers"])
        yield LoyaltyModel(case, hosts=[ActorHost(client, worker) for worker in workers])


def timed(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    work()
    return clock() - began


def weeks_of(model: LoyaltyModel, weeks: int) -> Callable[[], Any]:
    return lambda: [model.step() for _ in range(weeks)]


def ratio(case: Scenario, weeks: int) -> float:
    alone = LoyaltyModel(case, threads=os.cpu_count() or 1)
    weeks_of(alone, WARM_UP)()
    single = timed(weeks_of(alone, weeks))
    del alone
    with scattered(case) as model:
        weeks_of(model, WARM_UP)()
        return timed(weeks_of(model, weeks)) / single


def bytes_a_market(model: LoyaltyModel) -> tuple[int, int]:
    """Return what goes out to one market and comes back in a week, as it goes over the wire."""
    levers, practices = (np.ascontiguousarray(each[-1].swapaxes(0, 1)) for each in (model.levers, model.practices))
    counted = model.ledger.sheets(1)[0]
    model.engine.step(model.week + 1, levers, practices, counted)
    levers, practices, totals = levers[:1], practices[:1], counted[:1]
    asked = {"op": "actor_execute", "function": "step", "actor": "Shard-" + 32 * "0", "kwargs": {}}
    asked["args"] = [to_serialize(each) for each in (model.week, levers, practices, totals.shape)]
    answered = {"status": "OK", "result": to_serialize(totals.copy())}
    return tuple(sum(memoryview(frame).nbytes for frame in dumps(message)) for message in (asked, answered))  # type: ignore[return-value]


def main(shoppers: int = 1_000_000, weeks: int = 30, rounds: int = 5) -> None:
    case = sharded_case(shoppers, WARM_UP + weeks)
    policies = len(case.policies)
    found = [ratio(case, weeks) for _ in range(rounds)]
    print(f"sharded : one process {statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})")

    opened: list[LoyaltyModel] = []
    opening = timed(lambda: opened.append(LoyaltyModel(case)), time.process_time)
    weeks_of(opened[0], WARM_UP)()
    living = timed(weeks_of(opened[0], weeks), time.process_time)
    out, back = bytes_a_market(opened[0])
    print(f"{state_bytes(case) / shoppers:.0f} bytes a shopper, {policies} policies")
    print(f"{opening / shoppers * 1e9:.0f} ns to open a shopper, one thread")
    print(f"{living / shoppers / weeks / policies * 1e9:.1f} ns a shopper-week of a policy, one thread")
    print(f"{out:,} bytes out and {back:,} back a market and week")

    names = {f"market {number}": 1 / MANY_MARKETS for number in range(MANY_MARKETS)}
    few = sharded_case(MANY_MARKETS * FEW, WARM_UP + 100).with_changes(markets=names)
    alone = LoyaltyModel(few)
    with scattered(few) as model:
        for each in (alone, model):
            weeks_of(each, WARM_UP)()
        here, there = (timed(weeks_of(each, 100)) / 100 for each in (alone, model))
    print(f"{here * 1e3:.1f} ms a week of {MANY_MARKETS} small markets here, {there * 1e3:.1f} ms on {WORKERS} workers")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
