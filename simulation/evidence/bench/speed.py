"""How fast a case is lived, in place: all blocks of all shoppers, many weeks, on the thread's own clock."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from numba.core import codegen

from simulation.evidence.bench.cases import basic_case
from simulation.model.simulation import Simulation
from simulation.scenario.schema import Scenario

WARM_UP = 12
"""Weeks after which the story has been told; they are not timed."""

_BUSY, _FEWEST, _MOST = 1.0e7, 26, 520  # policy-shopper-weeks that are timed in one go, and weeks

CaseOf = Callable[..., Scenario]
Clock = Callable[[], float]


def weeks_of(shoppers: int, policies: int) -> int:
    """Return how many weeks are timed in one go."""
    return min(_MOST, max(_FEWEST, round(_BUSY / (shoppers * policies))))


def speed(case_of: CaseOf, shoppers: int, policies: int, threads: int) -> float:
    """Return shopper-weeks of a policy a second, books included.

    One thread is timed by its own clock, which stands while another process has the processor; several by the wall's.
    """
    weeks = weeks_of(shoppers, policies)
    model = Simulation(case_of(shoppers, policies, WARM_UP + weeks), threads=threads)
    for _ in range(WARM_UP):
        model.step()
    clock: Clock = time.thread_time if threads == 1 else time.perf_counter
    seconds = seconds_of(lambda: model.run().accounts, clock)
    return shoppers * policies * weeks / seconds


def seconds_of(work: Callable[[], Any], clock: Clock) -> float:
    """Return how long something takes by a clock."""
    began = clock()
    work()
    return clock() - began


class Narrow:
    """A process whose vectors are no wider than 256 bits (AVX2); it lives the basic week whenever it is asked to."""

    def __init__(self, shoppers: int, policies: int) -> None:
        command = [sys.executable, "-m", "simulation.evidence.bench.speed", str(shoppers), str(policies)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
        self._process = subprocess.Popen(command, env=os.environ | narrow_features(), **pipes)

    def speed(self) -> float:
        """Return shopper-weeks of a policy a second on one thread."""
        stdin: Any = self._process.stdin
        stdout: Any = self._process.stdout
        stdin.write("\n")
        return float(json.loads(stdout.readline()))

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def narrow_features() -> dict[str, str]:
    """Return, for the environment, the processor without what is wider than 256 bits; nothing if it has none."""
    known: Any = codegen
    features = known.get_host_cpu_features().split(",")
    if "+avx512f" not in features:
        return {}
    without = ["-" + each[1:] if each.startswith(("+avx512", "+evex512", "+avx10")) else each for each in features]
    return {"NUMBA_CPU_NAME": "x86-64-v3", "NUMBA_CPU_FEATURES": ",".join(without)}


if __name__ == "__main__":
    wanted = int(sys.argv[1]), int(sys.argv[2])
    for _ in sys.stdin:
        print(json.dumps(speed(basic_case, *wanted, 1)), flush=True)
