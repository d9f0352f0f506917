"""One population over many workers: the same bits for any number of them, and begun again if one is lost."""

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from test_engines import SCENARIOS, same

from simulation.cli.running import run
from simulation.model.model import LoyaltyModel
from simulation.model.shards import Answer, Shard, Terms, deal
from simulation.runs import sharding
from simulation.runs.executors import ClusterError, Means
from simulation.runs.provenance import OtherProgramError
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.runs.sharding import ActorHost, run_sharded
from simulation.scenario.schema import Scenario

PLACES = {"north": 0.13, "south": 0.3, "west": 0.5, "islands": 0.07}


class ThreadHost:
    """A shard in this process, on a thread of its own, asked and answering by copies as over a wire."""

    def __init__(self) -> None:
        self._pool, self.asked = ThreadPoolExecutor(1), 0

    def open(self, terms: Terms) -> "Future[None]":
        return self._pool.submit(self._opened, terms)

    def _opened(self, terms: Terms) -> None:
        self._shard = Shard(terms)

    def ask(self, method: str, *arguments: Any) -> "Future[Any]":
        self.asked += 1
        return self._pool.submit(getattr(self._shard, method), *arguments)


class WaitingHost(ThreadHost):
    """Opens only once all hosts do."""

    def __init__(self, all_open: Barrier) -> None:
        super().__init__()
        self._all_open = all_open

    def _opened(self, terms: Terms) -> None:
        self._all_open.wait(20)
        super()._opened(terms)


def everything(make_scenario: Callable[..., Scenario], name: str = "every mechanism", **settings: Any) -> Scenario:
    usual = {"markets": PLACES, "weeks": 20, "population": {"shoppers": 9_000}}
    return make_scenario(**{**SCENARIOS[name], **usual, **settings})


@pytest.mark.parametrize("name", SCENARIOS)
def test_any_scenario_is_lived_the_same_over_three_workers(name: str, make_scenario: Callable[..., Scenario]) -> None:
    scenario = everything(make_scenario, name)
    same(LoyaltyModel(scenario, hosts=[ThreadHost() for _ in range(3)]).run(), LoyaltyModel(scenario).run())


@pytest.mark.parametrize("workers", [1, 2, 4, 7])
def test_the_number_of_workers_changes_no_bit(workers: int, make_scenario: Callable[..., Scenario]) -> None:
    scenario = everything(make_scenario)
    hosts = [ThreadHost() for _ in range(workers)]
    same(LoyaltyModel(scenario, hosts=hosts).run(), LoyaltyModel(scenario).run())
    assert sum(host.asked > 0 for host in hosts) == min(workers, len(PLACES)), "a worker without a market is not asked"


def test_one_market_is_not_split(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(weeks=10)
    hosts = [ThreadHost(), ThreadHost()]
    same(LoyaltyModel(scenario, hosts=hosts).run(), LoyaltyModel(scenario).run())
    assert hosts[1].asked == 0


def test_workers_open_at_the_same_time(make_scenario: Callable[..., Scenario]) -> None:
    all_open = Barrier(3)
    model = LoyaltyModel(everything(make_scenario), hosts=[WaitingHost(all_open) for _ in range(3)])
    assert model.engine.crowd.size == 9_000


def test_large_markets_are_dealt_first_to_whoever_has_least() -> None:
    # 50 to the first, 30 to the second, 20 to the second (30 < 50), 15 to either at 50: the first, 5 to the second
    assert deal(np.array([20, 50, 5, 30, 15]), 2) == [(1, 4), (0, 2, 3)]
    assert deal(np.array([7]), 3) == [(0,)]


def test_what_is_written_is_what_one_process_writes(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    scenario = everything(make_scenario, replicates=2)
    with run_sharded(scenario, 2, Means()) as outcome:
        write_results(outcome, tmp_path / "sharded")
    write_results(run_scenario(scenario), tmp_path / "alone")
    for path in (tmp_path / "alone").glob("*.csv"):
        assert path.read_bytes() == (tmp_path / "sharded" / path.name).read_bytes(), path.name


@pytest.mark.slow
def test_a_worker_that_is_killed_is_survived(make_scenario: Callable[..., Scenario]) -> None:
    scenario, killed, held = everything(make_scenario, weeks=60), list[int](), set[int]()

    def kill_once(weeks: int) -> None:
        held.update(shards_held())
        if not killed:
            killed.append(workers_of()[0])
            os.kill(killed[0], signal.SIGKILL)

    with run_sharded(scenario, 2, Means(), kill_once) as outcome:
        found = outcome.replicates[0].weekly
    assert killed and np.array_equal(found, run_scenario(scenario).replicates[0].weekly)
    assert held == {1}, "what the lost life left on the other worker makes room for the next"


@pytest.mark.slow
def test_a_worker_that_is_killed_before_it_has_opened_is_survived(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, killed, usual = everything(make_scenario), list[int](), ActorHost.open

    def open_on_the_dead(host: ActorHost, terms: Terms) -> Answer:
        if not killed:
            killed.append(host._client.run(os.getpid, workers=[host._worker])[host._worker])
            os.kill(killed[0], signal.SIGKILL)
        return usual(host, terms)

    monkeypatch.setattr(ActorHost, "open", open_on_the_dead)
    with run_sharded(scenario, 2, Means()) as outcome:
        found = outcome.replicates[0].weekly
    assert killed and np.array_equal(found, run_scenario(scenario).replicates[0].weekly)


@pytest.mark.slow
def test_a_worker_that_is_lost_with_its_shoppers_is_said_in_words(
    make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    with (
        pytest.raises(ClusterError, match="lost while its shoppers were asked for.*nothing was written"),
        run_sharded(everything(make_scenario), 2, Means()) as outcome,
    ):
        os.kill(workers_of()[0], signal.SIGKILL)
        write_results(outcome, tmp_path / "results")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_workers_that_are_lost_again_and_again_are_said_in_words(make_scenario: Callable[..., Scenario]) -> None:
    def kill_always(weeks: int) -> None:
        os.kill(workers_of()[0], signal.SIGKILL)

    with (
        pytest.raises(ClusterError, match="a worker was lost 3 times.*nothing was written"),
        run_sharded(everything(make_scenario, weeks=60), 1, Means(), kill_always),
    ):
        pass


@pytest.mark.slow
def test_a_replicate_finds_nothing_left_of_the_one_before(make_scenario: Callable[..., Scenario]) -> None:
    held = set[int]()
    scenario = everything(make_scenario, replicates=3)
    with run_sharded(scenario, 2, Means(), lambda weeks: held.update(shards_held())):
        assert held == {1}


@pytest.mark.slow
def test_a_worker_with_another_program_is_refused(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "program", lambda: str(os.getpid()))  # the same in no two processes
    with (
        pytest.raises(OtherProgramError, match="install the same one everywhere"),
        run_sharded(everything(make_scenario), 1, Means()),
    ):
        pass


@pytest.mark.parametrize(
    "how", [{"engine": "agents"}, {"threads": 2}, {"means": Means(workers=2)}], ids=["agents", "threads", "workers"]
)
def test_what_shards_leave_no_use_for_is_refused(how: dict[str, Any], tmp_path: Path, capsys: Any) -> None:
    scenario = Path(__file__).parents[1] / "scenarios" / "shopsense_ifa.yaml"
    assert run(scenario, shards=2, quick=True, out=tmp_path / "results", **how) == 2
    option = next(iter(how)) if "means" not in how else "workers"
    assert f"--shards does not go with --{option}" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def shards_held() -> set[int]:
    """Return how many shards the workers of this process's cluster hold, each counted once."""
    from distributed import get_client

    return set(get_client().run(lambda dask_worker: len(dask_worker.state.actors)).values())


def workers_of() -> Sequence[int]:
    """Return the processes of this process's cluster."""
    from distributed import get_client

    return sorted(get_client().run(os.getpid).values())


def test_a_shard_knows_only_its_own(make_scenario: Callable[..., Scenario]) -> None:
    scenario = everything(make_scenario)
    hosts = [ThreadHost() for _ in range(4)]
    model = LoyaltyModel(scenario, hosts=hosts)
    sizes = [host.ask("blocks").result() for host in hosts]
    assert sorted(int((rows[:, 2] - rows[:, 1]).sum()) for rows in sizes) == [630, 1170, 2700, 4500]
    assert model.engine.crowd.size == 9_000
    assert [int(part.blocks[0, 1]) for part in model.engine.crowd.parts(1)] == [0, 1170, 3218, 3870, 5918, 7966, 8370]
