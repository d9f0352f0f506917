"""A plan of runs gives what single runs give, does nothing twice, and survives being killed."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from simulation.runs import tasks as plan
from simulation.runs.findings import Finding
from simulation.runs.run import run_scenario
from simulation.runs.tasks import Store, Task, carry_out
from simulation.scenario.schema import Scenario, scenario_type

SALE = {"week": 4, "do": "share_data", "with": "insurer", "consent": "opt_out", "fee_per_member_year": 0.5}
CASE = {
    "title": "t",
    "question": "q",
    "weeks": 20,
    "replicates": 3,
    "population": {"shoppers": 400},
    "policies": {"none": [], "sale": [SALE]},
    "uncertain": {"others": "chance", "behaviour.stated_weight_in_action": [0.1, 0.9]},
}


def case(**changes: object) -> Scenario:
    return scenario_type().model_validate(CASE | changes)


def same(one: Finding, other: Finding) -> bool:
    measures = all(np.array_equal(values, other.measures[name]) for name, values in one.measures.items())
    return measures and all(np.array_equal(values, other.lines[name]) for name, values in one.lines.items())


def test_a_task_finds_what_a_run_of_the_scenario_finds() -> None:
    outcome = run_scenario(case())
    found = carry_out([Task(case(), replicate) for replicate in range(3)])
    assert [list(each.measures["value"]) for each in found] == outcome.value().tolist()
    assert [list(each.difference("value")) for each in found] == outcome.difference().tolist()
    assert [float(each.measures["churn"][1]) for each in found] == (1 - outcome.staying()[:, -1, 1]).tolist()


def test_numbers_of_a_task_go_before_what_the_scenario_draws() -> None:
    address = "behaviour.stated_weight_in_action"
    fixed = case(uncertain="chance", behaviour={"stated_weight_in_action": 0.7})
    assert same(*carry_out([Task(case(), 1, {address: 0.7}), Task(fixed, 1)]))


def test_findings_do_not_depend_on_the_executor() -> None:
    tasks = [Task(case(), replicate) for replicate in range(3)]
    with ThreadPoolExecutor(3) as threads, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        runs = [carry_out(tasks, executor=pool) for pool in (None, threads, processes)]
    assert all(same(one, other) for found in runs[1:] for one, other in zip(runs[0], found, strict=True))


def test_nothing_is_done_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [Task(case(), replicate) for replicate in (0, 1, 0)]
    done: list[int] = []
    first = carry_out(tasks, Store(tmp_path), progress=done.append)
    assert sum(done) == 3 * case().weeks and len(list(tmp_path.iterdir())) == 2
    monkeypatch.setattr(Task, "live", lambda *_: pytest.fail("lived again"))
    again = carry_out(tasks, Store(tmp_path))
    assert all(same(one, other) for one, other in zip(first, again, strict=True))


def test_what_was_not_written_whole_is_lived_again(tmp_path: Path) -> None:
    task = Task(case())
    (first,) = carry_out([task], Store(tmp_path))
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"nonsense"):
        kept.write_bytes(damaged)
        (again,) = carry_out([task], Store(tmp_path))
        assert same(first, again) and kept.read_bytes() == whole


def test_a_task_is_known_by_what_it_says_and_by_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(case(), 0, {"world.story_reach": 0.2})
    others = [Task(case(), 1, task.numbers), Task(case(seed=2), 0, task.numbers), Task(case(), 0, {})]
    assert len({each.key for each in (task, *others)}) == 4
    assert task.key == Task(case(), 0, {"world.story_reach": 0.2}).key
    of_these_sources = task.key
    monkeypatch.setattr(plan, "program", lambda module: "other sources")
    assert task.key != of_these_sources


PROGRAM = """
import sys
from pathlib import Path
from tests.test_plan import case
from simulation.runs.tasks import Store, Task, carry_out
carry_out([Task(case(population={"shoppers": 3000}), replicate) for replicate in range(24)], Store(Path(sys.argv[1])))
"""


def test_a_study_that_is_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    tasks = [Task(case(population={"shoppers": 3000}), replicate) for replicate in range(24)]
    environment = os.environ | {"PYTHONPATH": str(root)}
    running = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=root, env=environment)
    while running.poll() is None and len(list(tmp_path.glob("*.npz"))) < 3:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    assert len(kept) >= 3
    resumed, undisturbed = carry_out(tasks, Store(tmp_path)), carry_out(tasks)
    assert all(path.stat().st_mtime_ns == written for path, written in kept.items())
    assert all(same(one, other) for one, other in zip(resumed, undisturbed, strict=True))
