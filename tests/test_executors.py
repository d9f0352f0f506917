"""Runs find the same wherever they are carried out; a lost worker is survived, a wrong cluster refused in words."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import distributed
import pytest

from simulation.cli.questions import verb_of
from simulation.cli.running import run
from simulation.evidence.audit.books import digest_of
from simulation.questions.ensemble.question import Ensemble
from simulation.runs import executors, provenance
from simulation.runs import run as runs
from simulation.runs import tasks as plan
from simulation.runs.executors import ClusterError, Means, executor
from simulation.runs.extras import MissingPackageError, require
from simulation.runs.findings import Finding
from simulation.runs.provenance import OtherProgramError
from simulation.runs.tasks import Store, Task, carry_out
from simulation.scenario.reading import canonical_text
from simulation.scenario.schema import Scenario

ROOT = Path(__file__).parents[1]


@pytest.fixture
def tasks(make_scenario: Callable[..., Scenario]) -> list[Task]:
    scenario = make_scenario({"offers": [{"week": 3, "do": "targeted_offers", "intensity": 1, "depth": 1}]}, weeks=20)
    return [Task(scenario, replicate, {"world.story_reach": 0.2 + replicate / 100}) for replicate in range(24)]


def digests(findings: Sequence[Finding]) -> list[str]:
    return [
        digest_of({**found.measures, **{f"{name} line": line for name, line in found.lines.items()}})
        for found in findings
    ]


@pytest.mark.parametrize("means", [Means(workers=1), Means(workers=2), Means(workers=2, scheduler="local")], ids=str)
def test_findings_do_not_depend_on_where_runs_are_carried_out(means: Means, tasks: list[Task]) -> None:
    with executor(means, len(tasks)) as pool:
        assert digests(carry_out(tasks, executor=pool)) == digests(carry_out(tasks))


def test_an_observer_sees_every_week_of_every_replicate_and_changes_nothing(
    make_scenario: Callable[..., Scenario],
) -> None:
    case, seen = make_scenario({"nothing": []}, weeks=5, replicates=2), list[tuple[int, int]]()
    watched = runs.run_scenario(case, threads=1, observer=lambda model: seen.append((model.replicate, model.week)))
    assert seen == [(replicate, week) for replicate in range(2) for week in range(1, 6)]
    for one, other in zip(watched.replicates, runs.run_scenario(case, threads=1).replicates, strict=True):
        assert (one.weekly == other.weekly).all()
    with pytest.raises(ValueError, match="an observer cannot be handed to other processes"):
        runs.run_scenario(case, means=Means(workers=2), observer=print)


def test_a_worker_that_is_killed_in_the_middle_costs_nothing_but_time(
    tasks: list[Task], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "_LEAST_SECONDS", 0.0)  # one run at a time, so that there is a middle
    means, killed = Means(workers=2, scheduler="local"), list[int]()
    with executors.cluster(means) as client:
        pids = list(client.run(os.getpid).values())
        assert len(set(pids)) == 2

        def kill_once(done: int) -> None:
            if done and not killed:
                killed.append(pids[0])
                os.kill(pids[0], signal.SIGKILL)

        found = carry_out(tasks, Store(tmp_path), client.get_executor(retries=3), kill_once)
        assert pids[0] not in client.run(os.getpid).values()
    assert killed and digests(found) == digests(carry_out(tasks))
    assert len(list(tmp_path.iterdir())) == len(tasks)


def test_no_scheduler_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(executors, "_PATIENCE", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    scenario, out = ROOT / "scenarios" / "shopsense_ifa.yaml", tmp_path / "results"
    code = verb_of(Ensemble)(scenario, draws=2, replicates=2, shoppers=50, out=out, scheduler=address)
    assert code == 2
    assert f"--scheduler {address}: no Dask scheduler answers there" in capsys.readouterr().err
    assert not (out / "shopsense_ifa-ensemble").exists()


ASK_ONE_THAT_IS_SILENT = """
import sys
from simulation.runs import executors
executors._PATIENCE = 1
try:
    with executors.executor(executors.Means(scheduler=sys.argv[1]), 1):
        pass
except executors.ClusterError as error:
    print(error)
"""


def test_what_listens_but_is_no_scheduler_is_not_waited_for_for_ever() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-c", ASK_ONE_THAT_IS_SILENT, address]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.startswith(f"scheduler {address}: no Dask scheduler answers there: what listens does not")
    assert "Traceback" not in ended.stderr


def test_an_address_that_is_none_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_PATIENCE", 1)
    with pytest.raises(ClusterError, match="^scheduler nonsense"), executor(Means(scheduler="nonsense"), 1):
        pass


def test_a_worker_with_another_program_is_refused(tasks: list[Task]) -> None:
    with pytest.raises(OtherProgramError, match="install the same one everywhere"):
        plan.live_all(tasks[:1], "another program")
    with pytest.raises(OtherProgramError, match="install the same one everywhere"):
        runs._run_text(canonical_text(tasks[0].scenario), 0, "columns", "another program", False)


@pytest.fixture
def scheduler_of_others(tmp_path: Path) -> Iterator[str]:
    """Give the address of a scheduler whose one worker runs a copy of this program in which one rule differs."""
    copy = tmp_path / "other" / "simulation"
    shutil.copytree(provenance.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    rule = copy / "behaviour" / "arithmetic.py"
    rule.write_text(rule.read_text().replace("(1.0 + exponential(-x))", "(1.0 + exponential(-2.0 * x))"))
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0") as scheduler:
        command = [sys.executable, "-m", "distributed.cli.dask_worker", scheduler.scheduler_address, "--no-dashboard"]
        environment = os.environ | {"PYTHONPATH": str(copy.parent)}
        silent = subprocess.DEVNULL
        with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=silent, stderr=silent) as worker:
            try:
                with distributed.Client(scheduler) as client:
                    client.wait_for_workers(1, timeout=60)
                yield scheduler.scheduler_address
            finally:
                worker.terminate()


@pytest.mark.slow
@pytest.mark.parametrize("shards", [None, 1])
def test_a_cluster_of_another_program_is_refused_before_anything_is_written(
    shards: int | None, scheduler_of_others: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, out = ROOT / "scenarios" / "shopsense_ifa.yaml", tmp_path / "results"
    means = Means(scheduler=scheduler_of_others)
    assert run(scenario, shoppers=50, weeks=4, replicates=2, out=out, means=means, shards=shards) == 2
    assert "a worker runs another version of this program; install the same one" in capsys.readouterr().err
    assert not (out / "shopsense_ifa").exists()


def test_what_is_not_installed_is_named() -> None:
    with pytest.raises(MissingPackageError, match=r'--scheduler needs no_such_package.*pip install "distributed'):
        require("no_such_package", "--scheduler", "cluster")


def test_no_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="^workers must be at least 1, not 0"):
        Means(workers=0)


def _die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("means", [Means(workers=2), Means(workers=1, scheduler="local")], ids=str)
def test_workers_that_die_again_and_again_are_said_in_words(means: Means, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_RETRIES", 0)
    with pytest.raises(ClusterError, match="a worker died.*goes on from there"), executor(means, 1) as pool:
        pool.submit(_die).result()


class Elsewhere(Executor):
    """Carries out at once what it is handed, notes how many runs that is, and says at what pace they were lived."""

    def __init__(self, pace: float) -> None:
        self.sizes: list[int] = []
        self._pace = pace

    def submit(self, work: Any, works: Any, *rest: Any) -> "Future[Any]":  # type: ignore[override]
        self.sizes.append(len(works))
        done: Future[Any] = Future()
        done.set_result(work(works, *rest)._replace(pace=self._pace))
        return done


@pytest.mark.parametrize(("pace", "sizes"), [(1.0, [8, 22]), (0.1, [8, 22]), (35.0, [8, *[4] * 5, 2])])
def test_short_runs_are_handed_over_together_as_many_as_their_time_allows(
    pace: float, sizes: list[int], make_scenario: Callable[..., Scenario]
) -> None:
    short = [Task(make_scenario(weeks=10), replicate) for replicate in range(30)]
    assert 0.25 / 4 <= 35.0 * short[0].seconds < 0.25 / 3
    pool = Elsewhere(pace)
    assert digests(carry_out(short, executor=pool)) == digests(carry_out(short))
    assert pool.sizes == sizes


def test_long_runs_are_handed_over_alone_and_at_once(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "_LEAST_SECONDS", 1e-4)
    pool = Elsewhere(1.0)
    carry_out([Task(make_scenario(weeks=10), replicate) for replicate in range(3)], executor=pool)
    assert pool.sizes == [1, 1, 1]


@pytest.mark.slow
def test_workers_are_started_once_a_block_and_end_with_it(tasks: list[Task]) -> None:
    means, pids = Means(workers=2), set[int]()
    with executors.started_once():
        for _ in range(2):
            with executor(means, len(tasks)) as pool:
                pids |= set(pool.map(_process, range(8)))
    assert len(pids) <= 2 and os.getpid() not in pids
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(_process, 0)
    with executor(means, len(tasks)) as pool:
        assert pids.isdisjoint(pool.map(_process, range(8)))


def _process(_: int) -> int:
    return os.getpid()


def test_runs_are_kept_over_edits_that_cannot_change_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "simulation"
    shutil.copytree(provenance.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(provenance, "PACKAGE", copy)

    def program() -> str:
        provenance.hash_behind.cache_clear()
        return provenance.hash_behind("runs.tasks")

    before = program()
    for harmless in ("report/figures.py", "cli/running.py", "questions/ensemble/ensemble.py", "report/report.html"):
        (copy / harmless).write_text((copy / harmless).read_text() + "\n")
        assert program() == before, harmless
    seen = {before}
    for file in (
        "behaviour/rules.py",
        "behaviour/parameters.yaml",
        "scenario/flows.py",
        "model/week.py",
        "runs/lived.py",
    ):
        (copy / file).write_text((copy / file).read_text() + "\n")
        assert program() not in seen, file
        seen.add(program())
    provenance.hash_behind.cache_clear()
