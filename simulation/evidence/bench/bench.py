"""How fast, how large, compared with what: every case timed in turns, so that ratios hold on a busy machine."""

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from simulation.evidence.bench.cases import basic_case, full_case, sharded_case
from simulation.evidence.bench.goals import NARROW, Reading
from simulation.evidence.bench.limits import least_nanoseconds, limits, practices_of
from simulation.evidence.bench.speed import WARM_UP, Clock, Narrow, seconds_of, speed
from simulation.model.model import LoyaltyModel
from simulation.runs.executors import LOCAL, Means, cluster, executor
from simulation.runs.memory import state_bytes
from simulation.runs.run import run_scenario
from simulation.runs.sharding import ActorHost
from simulation.runs.tasks import Task, carry_out, live_all

PEERS = Path(__file__).parents[3] / "tests" / "benchmarks"
"""Where the plain versions of the basic week are, in a checkout."""

_FEW, _MANY, _PROCESSES = 1_000, 100_000, 2


@dataclass(frozen=True)
class Size:
    """How much is measured: `ensemble` is replicates, shoppers, weeks; `sharded` shoppers, weeks; `grown` two sizes."""

    rounds: int
    scales: tuple[int, ...]
    ensemble: tuple[int, int, int]
    sharded: tuple[int, int]
    grown: tuple[int, int, int]  # a small and a large number of shoppers, and weeks


QUICK = Size(2, (1_000, 10_000, 100_000), (24, 10_000, 26), (100_000, 20), (100_000, 1_000_000, 8))
USUAL = Size(5, (1_000, 10_000, 100_000, 1_000_000), (64, 10_000, 52), (1_000_000, 30), (1_000_000, 10_000_000, 8))
FULL = Size(5, (*USUAL.scales, 10_000_000), (1_000, 10_000, 260), (1_000_000, 104), (1_000_000, 10_000_000, 260))


def bench(size: Size) -> Iterator[Reading]:
    """Yield readings, round by round, each case once a round."""
    yield from _sizes()
    with TemporaryDirectory() as home:
        yield from _starts(Path(home))
    with closing(Narrow(_MANY, 5)) as narrow:
        cases = dict(_speeds(size, narrow) | _times(size))
        for number in range(size.rounds):
            for name, measure in cases.items():
                yield from measure(name, number)


Case = Callable[[str, int], Iterator[Reading]]


def _speeds(size: Size, narrow: Narrow) -> dict[str, Case]:
    """Return what is timed as shopper-weeks of a policy a second, by name."""
    found: dict[str, Case] = {}
    for name, case_of in (("basic", basic_case), ("everything", full_case)):
        for policies in (1, 2, 5):
            for threads in (1, 2):
                how = partial(speed, case_of, _MANY, policies, threads)
                found[f"{name}, policies: {policies}, threads: {threads}"] = _read(how)
    for shoppers in size.scales:
        found[f"{shoppers:,} shoppers"] = _read(partial(speed, basic_case, shoppers, 2, _PROCESSES))
    found[NARROW] = _read(narrow.speed)
    few = basic_case(_FEW)
    found["agents"] = _stepped(lambda: LoyaltyModel(few, engine="agents"), _FEW, PLAIN)
    return found | {name: _stepped(*peer) for name, peer in _peers().items()}


def _read(how: Callable[[], float]) -> Case:
    def measure(name: str, number: int) -> Iterator[Reading]:
        """Yield how fast the case is in one round."""
        yield Reading("speed", name, number, how(), "shopper-weeks a second")

    return measure


class Peer(NamedTuple):
    """A plain version of the basic week: its module, how many households, weeks at a time, and by which clock."""

    module: str
    shoppers: int
    weeks: int
    clock: Clock
    needs: str  # the package that has to be installed


PLAIN = 2, time.thread_time
ALL_PEERS = {
    "plain Mesa": Peer("plain_mesa", 10_000, *PLAIN, "mesa"),
    "NumPy": Peer("numpy_week", _MANY, 20, time.thread_time, "numpy"),
    "AMBER": Peer("amber_week", _MANY, 20, time.perf_counter, "ambr"),  # on as many threads as it likes
    "JAX": Peer("jax_week", _MANY, 20, time.perf_counter, "jax"),
}
"""The basic week as users of other packages would write it, by the package's name."""


def absent_peers() -> list[str]:
    """Return the names of those peers whose package is not installed here (extra: peers)."""
    return [name for name, peer in ALL_PEERS.items() if not find_spec(peer.needs)]


def _peers() -> dict[str, tuple[Callable[[], Any], int, tuple[int, Clock]]]:
    """Return the plain versions of the basic week that can be lived here, by name; in a checkout alone."""
    here = {name: peer for name, peer in ALL_PEERS.items() if PEERS.is_dir() and name not in absent_peers()}
    return {name: (partial(_opened, peer), peer.shoppers, (peer.weeks, peer.clock)) for name, peer in here.items()}


def _opened(peer: Peer) -> Any:
    sys.path.insert(0, str(PEERS))
    try:
        return importlib.import_module(peer.module).Grocer(peer.shoppers)
    finally:
        sys.path.remove(str(PEERS))


def _stepped(make: Callable[[], Any], shoppers: int, how: tuple[int, Clock]) -> Case:
    """Return how what lives week by week, or some weeks by `live_weeks`, is timed."""
    opened, (weeks, clock) = list[Any](), how

    def live() -> None:
        if hasattr(opened[0], "live_weeks"):
            opened[0].live_weeks(weeks)
        else:
            for _ in range(weeks):
                opened[0].step()

    def measure(name: str, number: int) -> Iterator[Reading]:
        """Yield how fast it is in one round."""
        if not opened:
            opened.append(make())
            for _ in range(-(-WARM_UP // weeks)):
                live()
        yield Reading("speed", name, number, shoppers * weeks / seconds_of(live, clock), "shopper-weeks a second")

    return measure


def _seconds(step: Callable[[], Any], weeks: int) -> float:
    return seconds_of(lambda: [step() for _ in range(weeks)], time.perf_counter)


def _times(size: Size) -> dict[str, Case]:
    """Return pairs of cases that are timed as a whole, by name."""
    found: dict[str, Case] = {"policies": _together_and_apart, "limits": _limits, "growth": _growth(size.grown)}
    found["ensemble"] = _ensemble(size.ensemble)
    if find_spec("distributed"):
        found["shards"] = _shards(size.sharded)
    return found


def _together_and_apart(name: str, number: int) -> Iterator[Reading]:
    weeks, one = 10, basic_case(_MANY)
    together = LoyaltyModel(basic_case(_MANY, 5))
    apart = [LoyaltyModel(one) for _ in range(5)]
    for model in (together, *apart):
        model.step()
    yield Reading("time", "5 together", number, _seconds(together.step, weeks), "seconds")
    yield Reading("time", "5 apart", number, sum(_seconds(model.step, weeks) for model in apart), "seconds")


def _limits(name: str, number: int) -> Iterator[Reading]:
    policies, weeks = 5, 10
    case, allowed = full_case(_MANY, policies), limits()
    model = LoyaltyModel(case)
    _seconds(model.step, WARM_UP)
    taken = _seconds(model.step, weeks) / weeks / _MANY / policies * 1e9
    rows = practices_of(case, WARM_UP + weeks)
    least = least_nanoseconds(rows, allowed)
    for what, value in (("everything, 1 thread", taken), ("at least", least), ("a draw", allowed[0])):
        yield Reading("time", what, number, value, "nanoseconds a shopper-week")
    yield Reading("time", "a logistic", number, allowed[1], "nanoseconds a shopper-week")


def _growth(grown: tuple[int, int, int]) -> Case:
    small, large, weeks = grown

    def measure(name: str, number: int) -> Iterator[Reading]:
        """Yield how long a smaller and a larger population take in one round."""
        for what, shoppers in (("smaller", small), ("larger", large)):
            began = time.perf_counter()
            LoyaltyModel(basic_case(shoppers, weeks=weeks), threads=_PROCESSES).run()
            yield Reading("time", what, number, time.perf_counter() - began, "seconds")

    return measure


def _ensemble(ensemble: tuple[int, int, int]) -> Case:
    replicates, shoppers, weeks = ensemble
    case = basic_case(shoppers, weeks=weeks).with_changes(replicates=replicates)
    tasks = [Task(case, replicate) for replicate in range(replicates)]

    def measure(name: str, number: int) -> Iterator[Reading]:
        for what, threads in (("ensemble, 1 thread", 1), ("ensemble, 2 threads", 2)):
            began = time.perf_counter()
            run_scenario(case, threads=threads)
            yield Reading("time", what, number, time.perf_counter() - began, "seconds")
        yield from _carried(number, tasks)

    return measure


def _carried(number: int, tasks: Sequence[Task]) -> Iterator[Reading]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_PROCESSES) as pool:
        began = time.perf_counter()
        carry_out(tasks, executor=pool)
        yield Reading("time", "ensemble, plan on 2 threads", number, time.perf_counter() - began, "seconds")
    if find_spec("distributed"):
        with executor(Means(workers=_PROCESSES, scheduler=LOCAL), len(tasks)) as pool:
            for ready in [pool.submit(live_all, tasks[:1], tasks[0].program) for _ in range(8 * _PROCESSES)]:
                ready.result()  # start-up apart
            began = time.perf_counter()
            carry_out(tasks, executor=pool)
            yield Reading("time", "ensemble, Dask", number, time.perf_counter() - began, "seconds")


def _shards(sharded: tuple[int, int]) -> Case:
    case = sharded_case(*sharded)

    def measure(name: str, number: int) -> Iterator[Reading]:
        alone = LoyaltyModel(case, threads=_PROCESSES)
        alone.step()
        yield Reading("time", "not sharded", number, _seconds(alone.step, case.weeks - 1), "seconds")
        del alone
        with cluster(Means(workers=len(case.markets), scheduler=LOCAL)) as client:
            hosts = [ActorHost(client, worker) for worker in sorted(client.scheduler_info(n_workers=-1)["workers"])]
            scattered = LoyaltyModel(case, hosts=hosts)
            scattered.step()
            yield Reading("time", "sharded", number, _seconds(scattered.step, case.weeks - 1), "seconds")

    return measure


def _sizes() -> Iterator[Reading]:
    """Yield what a shopper takes of memory, by number of policies."""
    for policies in (1, 2, 5):
        case = basic_case(1_000_000, policies)
        value = state_bytes(case) / case.population.shoppers
        yield Reading("memory", f"policies: {policies}", 0, value, "bytes a shopper")


def _starts(home: Path) -> Iterator[Reading]:
    """Yield how long commands take as a user waits for them: the first run ever, then again."""
    scenario = home / "small.yaml"
    scenario.write_text(_SMALL, encoding="utf-8")
    quick = ["run", str(scenario), "--quick", "--quiet", "--out", str(home / "results")]
    environment = os.environ | {"XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": str(PEERS.parents[1])}
    commands: Mapping[str, list[str]] = {
        "first run ever": quick,
        "run --quick": quick,
        "check": ["check", str(scenario)],
        "--help": ["--help"],
    }
    for name, command in commands.items():
        began = time.perf_counter()
        whole = [sys.executable, "-m", "simulation", *command]
        subprocess.run(whole, env=environment, check=True, capture_output=True)
        yield Reading("start", name, 0, time.perf_counter() - began, "seconds")


_SMALL = """title: a small case
question: How long does one wait?
weeks: 260
population: {shoppers: 10000}
policies:
  status quo: []
  sale: [{week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.5}]
"""
