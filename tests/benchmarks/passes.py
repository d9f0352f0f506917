"""What each step of the week costs, in nanoseconds a shopper: `python tests/benchmarks/passes.py [policies] [rounds]`.

Each step is called again and again on one block that has lived some weeks; processor time, the median of some rounds.
"""

import statistics
import sys
import time
from typing import Any

import numpy as np
from numba import njit

from simulation.evidence.bench.cases import basic_case
from simulation.model import week as steps
from simulation.model.columns import Columns
from simulation.model.model import LoyaltyModel
from simulation.model.weeks import week_in
from simulation.scenario.population import BLOCK

WEEKS, REPEATS = 12, 400


@njit(nogil=True)
def _share_luck(repeats: int, n: int, week: Any, people: Any, lives: Any, s: Any, totals: Any) -> None:
    for _ in range(repeats):
        people[0]["drift"][:] = people[1]["drift"]  # or it would drift off by taking the same step again and again
        steps.share_luck(n, week, people[0], s[0])


@njit(nogil=True)
def _hear(repeats: int, n: int, week: Any, people: Any, lives: Any, s: Any, totals: Any) -> None:
    for _ in range(repeats):
        steps.hear(0, n, 0, week, people[0], lives[0, 0], s[0])


@njit(nogil=True)
def _feel(repeats: int, n: int, week: Any, people: Any, lives: Any, s: Any, totals: Any) -> None:
    for _ in range(repeats):
        steps.feel(0, n, week, people[0], lives[0, 0], s[0])


@njit(nogil=True)
def _decide(repeats: int, n: int, week: Any, people: Any, lives: Any, s: Any, totals: Any) -> None:
    for _ in range(repeats):
        steps.decide(0, n, week, people[0], lives[0, 0], s[0])


@njit(nogil=True)
def _shop(repeats: int, n: int, week: Any, people: Any, lives: Any, s: Any, totals: Any) -> None:
    for _ in range(repeats):
        steps.shop(0, n, week, people[0], lives[0, 0], s[0])


@njit(nogil=True)
def _talk(repeats: int, n: int, week: Any, people: Any, lives: Any, s: Any, totals: Any) -> None:
    for _ in range(repeats):
        steps.talk(0, n, 0, week, people[0], lives[0, 0], s[0])


@njit(nogil=True)
def _count(repeats: int, n: int, week: Any, people: Any, lives: Any, s: Any, totals: Any) -> None:
    for _ in range(repeats):
        steps.count(n, week.practices[0], people[0], lives[0, 0], s[0], totals)


STEPS = {"share luck": _share_luck, "hear": _hear, "feel": _feel, "decide": _decide, "shop": _shop, "talk": _talk,
         "count": _count}  # fmt: skip


def main(policies: int = 1, rounds: int = 7) -> None:
    """Print what each step costs."""
    case = basic_case(2 * BLOCK, policies)
    model = LoyaltyModel(case)
    for _ in range(WEEKS):
        model.step()
    engine: Any = model.engine
    assert isinstance(engine, Columns)
    rows = (np.ascontiguousarray(each[[WEEKS]].swapaxes(1, 2)) for each in (model.levers, model.practices))
    week = week_in.py_func(engine._span(WEEKS, *rows), 0, 0)
    totals = model.ledger.sheets(1)[0, 0, 0]
    arguments = (BLOCK, week, engine.crowd.people, engine.crowd.lives, engine._scratch[0], totals)
    taken: dict[str, list[float]] = {name: [] for name in STEPS}
    for step in STEPS.values():
        step(1, *arguments)
    for _ in range(rounds):
        for name, step in STEPS.items():
            began = time.process_time()
            step(REPEATS, *arguments)
            taken[name].append((time.process_time() - began) / REPEATS / BLOCK * 1e9)
    for name, values in taken.items():
        print(f"{name:12s} {statistics.median(values):6.2f} ns ({min(values):.2f} to {max(values):.2f})")
    print(f"all: {sum(map(statistics.median, taken.values())):.1f} ns a shopper-week of one policy")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
