"""Memory is bounded by the state of the shoppers, told before a run starts, and refused where there is too little."""

import copy
import gc
import json
import os
import shutil
import subprocess
import sys
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial, partialmethod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation.cli.questions import compare, verb_of
from simulation.cli.running import run
from simulation.model.accounts import routes
from simulation.model.blocks import Crowd, opening_crowd
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.questions.churn.question import Churn
from simulation.questions.explain.question import Explain
from simulation.runs import memory
from simulation.runs import run as runs
from simulation.runs.executors import LOCAL, Means
from simulation.runs.memory import TooLargeError, fitting, needed, state_bytes
from simulation.runs.results import write_results
from simulation.runs.room import available
from simulation.runs.run import run_scenario
from simulation.runs.spool import PutAway
from simulation.scenario.population import Opening, blocks_of, market_bounds, opening_columns
from simulation.scenario.schema import Scenario

OFFERS = {"offers": [{"week": 3, "do": "targeted_offers", "intensity": 1, "depth": 1}]}
SCENARIO = Path(__file__).parents[1] / "scenarios" / "shopsense_ifa.yaml"


def test_what_the_state_takes_is_known_before(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(OFFERS, markets={"north": 0.3, "south": 0.7}, population={"shoppers": 30_000})
    engine: Any = LoyaltyModel(scenario).engine
    places = 2 * 2 * 8  # two ends of two markets, eight places each
    margins = places * (3 * 2 + 4) + 4  # two weeks of two policies' talk, what comes from afar, and where it goes
    crowd, talk = engine.crowd, engine._talk.nbytes + engine._told.nbytes + engine._listeners.nbytes
    assert state_bytes(scenario) + margins == crowd.people.nbytes + crowd.lives.nbytes + talk


def test_a_shopper_takes_less_than_a_hundred_bytes(make_scenario: Callable[..., Scenario]) -> None:
    shoppers = 1_000_000
    one, two = (
        state_bytes(make_scenario(policies, population={"shoppers": shoppers})) / shoppers for policies in ({}, OFFERS)
    )
    assert one <= 96 and two - one <= 48


def test_opening_holds_nothing_twice(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(OFFERS, population={"shoppers": 200_000})
    LoyaltyModel(scenario.with_changes(shoppers=100))  # what is made once stays out of the count
    tracemalloc.start()
    model = LoyaltyModel(scenario)
    held, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert model.engine.crowd.size == 200_000
    assert most < held + 5_000_000 and held < 1.05 * state_bytes(scenario) + 5_000_000


def test_any_blocks_open_as_they_do_among_all() -> None:
    from simulation.behaviour.parameters import numbers

    bounds = market_bounds(9_000, [0.4, 0.6])
    people, lives = opening_columns(bounds, 2, numbers(), 7, 3)
    some = blocks_of(bounds)[[1, 4]]
    crowd = opening_crowd(Opening(numbers(), 7, 3), 2, some)
    columns = np.concatenate([np.arange(start, stop) for _, start, stop in some])
    for name, column in crowd.people_columns()._asdict().items():
        assert np.array_equal(column, getattr(people, name)[columns]), name
    for name, column in crowd.lives_columns()._asdict().items():
        assert np.array_equal(column, getattr(lives, name)[:, columns]), name


def test_shoppers_written_in_parts_are_those_written_at_once(
    make_scenario: Callable[..., Scenario], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = run_scenario(make_scenario(OFFERS, markets={"north": 0.3, "south": 0.7}, population={"shoppers": 9_000}))
    write_results(outcome, tmp_path / "at once")
    monkeypatch.setattr(Crowd, "parts", partialmethod(Crowd.parts, blocks=1))
    assert len(list(outcome.crowd.parts())) == 6  # 2,700 and 6,300 shoppers in blocks of 2,048
    write_results(outcome, tmp_path / "in parts")
    for name in ("shoppers.csv", "datapackage.json"):
        assert (tmp_path / "at once" / name).read_bytes() == (tmp_path / "in parts" / name).read_bytes()


def test_a_run_says_what_it_took(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    write_results(run_scenario(make_scenario(OFFERS)), tmp_path / "run")
    took = json.loads((tmp_path / "run" / "run.json").read_text())["memory"]
    assert took["state_bytes_a_shopper"] > 50 and took["most_bytes"] > 10_000_000


def test_a_run_that_memory_cannot_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(memory, "available", lambda: 900_000_000)
    assert run(SCENARIO, shoppers=20_000_000, weeks=52, out=tmp_path / "results", quiet=True) == 2
    said = capsys.readouterr().err
    assert "20,000,000 shoppers under 5 policies" in said and "0.9 GB are free" in said
    assert not (tmp_path / "results").exists()


def test_shoppers_of_a_single_replicate_are_counted_once(make_scenario: Callable[..., Scenario]) -> None:
    one, two, nine = (make_scenario(OFFERS, weeks=3, population={"shoppers": 10**8}, replicates=n) for n in (1, 2, 9))
    state, slack = state_bytes(one), 500_000_000  # the program's own
    assert state < needed(one, 1) < state + slack
    assert 2 * state < needed(two, 1) < 2 * state + slack  # the first replicate's wait until the second is done
    assert 2 * state < needed(two, 2) < 2 * state + slack
    assert 4 * state < needed(nine, 3) < 4 * state + slack


def test_processes_of_this_machine_are_as_few_as_memory_holds(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = make_scenario(OFFERS, replicates=3)
    used: list[Means] = []

    @contextmanager
    def noted(means: Means, _: int) -> Iterator[Executor]:
        used.append(means)
        with ThreadPoolExecutor(1) as pool:
            yield pool

    monkeypatch.setattr(runs, "executor", noted)
    monkeypatch.setattr(memory, "available", lambda: needed(scenario, 2, in_processes=True))
    for means in (Means(workers=3), Means(scheduler=LOCAL), Means(workers=3, scheduler="tcp://10.0.0.5:8786")):
        run_scenario(scenario, means=means)
    assert [means.workers for means in used] == [2, min(2, os.cpu_count() or 1), 3]  # elsewhere is not this machine
    monkeypatch.setattr(memory, "available", lambda: 1_000_000)
    with pytest.raises(TooLargeError):
        run_scenario(scenario, means=Means(workers=3))


@pytest.mark.parametrize("verb", [verb_of(Churn), compare, partial(verb_of(Explain), policy="sale exposed")])
def test_what_befell_everybody_when_is_refused_where_memory_cannot_hold_it(
    verb: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(memory, "available", lambda: 900_000_000)
    assert verb(SCENARIO, shoppers=20_000_000, out=tmp_path / "results") == 2
    said = capsys.readouterr().err
    assert "20,000,000 shoppers under 5 policies" in said and "0.9 GB are free" in said
    assert not (tmp_path / "results").exists()


def test_where_memory_is_short_fewer_replicates_are_lived_at_once(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = make_scenario(OFFERS, replicates=4)
    monkeypatch.setattr(memory, "available", lambda: needed(scenario, 2))
    assert fitting(scenario, 4) == 2 and fitting(scenario, 1) == 1
    monkeypatch.setattr(memory, "available", lambda: needed(scenario, 1) - 1)
    with pytest.raises(TooLargeError):
        fitting(scenario, 4)
    monkeypatch.setattr(memory, "available", lambda: None)
    assert fitting(scenario, 4) == 4


def test_a_model_that_nobody_holds_is_given_back(make_scenario: Callable[..., Scenario]) -> None:
    model = LoyaltyModel(make_scenario(weeks=2)).run()
    held = weakref.ref(model)
    del model
    gc.collect()
    assert held() is None


def machine(root: Path, cgroup: str, **files: str) -> Path:
    """Write what a machine tells of its memory; keys are paths of control groups, / as __ and . as --."""
    told = {"proc/meminfo": "MemTotal: 64000000 kB\nMemAvailable: 8000000 kB\n", "proc/self/cgroup": cgroup}
    told |= {f"sys/fs/cgroup/{path.replace('__', '/').replace('--', '.')}": text for path, text in files.items()}
    for path, text in told.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_memory_is_that_of_the_machine_where_nothing_else_is_told(tmp_path: Path) -> None:
    assert available(machine(tmp_path, "0::/\n")) == 8_000_000 * 1024
    assert available(tmp_path / "no machine") is None


def test_a_container_of_version_2_counts_with_what_it_holds_and_could_give_back(tmp_path: Path) -> None:
    inner = {"a__b__memory--max": "3000000000\n", "a__b__memory--current": "1000000000\n"}
    stat = {"a__b__memory--stat": "anon 700000000\ninactive_file 200000000\n"}
    assert available(machine(tmp_path, "0::/a/b\n", **inner, **stat)) == 3_000_000_000 - 1_000_000_000 + 200_000_000


def test_of_groups_within_groups_the_narrowest_counts(tmp_path: Path) -> None:
    outer = {"a__memory--max": "2000000000\n", "a__memory--current": "1500000000\n"}
    root = machine(tmp_path, "0::/a/b\n", **{"a__b__memory--max": "max\n"}, **outer)
    assert available(root) == 500_000_000
    (root / "sys/fs/cgroup/a/memory.high").write_text("1700000000\n")  # above it, all is slowed down
    assert available(root) == 200_000_000


def test_a_container_of_version_1_counts_also_where_its_path_is_not_to_be_seen(tmp_path: Path) -> None:
    own = {"memory__memory--limit_in_bytes": "2000000000\n", "memory__memory--usage_in_bytes": "1900000000\n"}
    root = machine(tmp_path, "9:cpu:/\n4:memory:/docker/123\n", **own)
    assert available(root) == 100_000_000
    (root / "sys/fs/cgroup/memory/memory.stat").write_text("cache 5\ntotal_inactive_file 50000000\n")
    assert available(root) == 150_000_000
    (root / "sys/fs/cgroup/memory/memory.limit_in_bytes").write_text("9223372036854771712\n")  # none
    assert available(root) == 8_000_000 * 1024


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="needs prlimit")
@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("--as=1500000000", "20,000,000 shoppers under 5 policies"),
        ("--as=600000000", "RLIMIT_AS"),
        ("--as=400000000", "RLIMIT_AS"),
        ("--data=900000000", "20,000,000 shoppers under 5 policies"),
        ("--data=300000000", "RLIMIT_DATA"),
    ],
)
def test_limits_of_the_process_are_refused_in_words(limit: str, said: str, tmp_path: Path) -> None:
    words = ["-m", "simulation", "run", str(SCENARIO), "--shoppers", "20000000", "--replicates", "1", "--quiet"]
    done = subprocess.run(
        ["prlimit", limit, sys.executable, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert not list(tmp_path.iterdir())


# --- many replicates ----------------------------------------------------------------------------------------------

WEEKS, POLICIES, CELLS_OF_BOOKS = 13, 2, 18
BOOKS = WEEKS * POLICIES * CELLS_OF_BOOKS * len(Measure) * 8  # bytes, of one replicate in one market
SUMS = WEEKS * POLICIES * (len(Measure) + len(routes())) * 8  # over all cells, and payments
REPLICATES = 300


@pytest.fixture
def many(make_scenario: Callable[..., Scenario]) -> Scenario:
    return make_scenario(OFFERS, weeks=WEEKS, replicates=REPLICATES, population={"shoppers": 10})


@pytest.mark.slow
def test_memory_holds_the_books_of_few_replicates_however_many_there_are(many: Scenario, tmp_path: Path) -> None:
    # what is loaded once is not counted: from four blocks on, also what works out errors
    write_results(run_scenario(many.with_changes(replicates=64)), tmp_path / "first")
    tracemalloc.start()
    outcome = run_scenario(many, threads=2)
    held, most_while_run = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    write_results(outcome, tmp_path / "run")
    most_while_written = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    each = 10_000  # bytes of a replicate's other arrays and objects: drawn numbers, harm by cell
    assert held < REPLICATES * (SUMS + each) + 2 * BOOKS < REPLICATES * BOOKS / 3
    assert most_while_run < REPLICATES * (SUMS + each) + 30 * BOOKS  # models at work, and what they have just brought
    assert most_while_written < REPLICATES * BOOKS  # two sums of all, and a part of a table


def test_books_on_disk_are_those_that_were_lived(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(OFFERS, replicates=3)
    outcome = run_scenario(scenario, threads=2)
    for number in (2, 0, 1):
        model = LoyaltyModel(scenario, replicate=number).run()
        assert np.array_equal(outcome.replicates[number].weekly, model.ledger.weekly)
        with pytest.raises(ValueError, match="read-only"):
            outcome.replicates[number].weekly[0] = 1


def test_the_file_of_the_books_goes_with_the_last_who_reads_them(make_scenario: Callable[..., Scenario]) -> None:
    outcome = run_scenario(make_scenario(OFFERS, replicates=2))
    put_away = outcome.replicates[1].books
    assert isinstance(put_away, PutAway)
    file, held, expected = put_away.spool._file, outcome.replicates[1].weekly, outcome.replicates[1].weekly.copy()
    copied = copy.deepcopy(outcome)
    del outcome
    gc.collect()
    assert not file.closed and np.array_equal(copied.replicates[1].weekly, expected)
    del copied, put_away
    gc.collect()
    assert file.closed and np.array_equal(held, expected)


def test_a_disk_that_cannot_hold_the_books_is_told_before(many: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 10_000 * BOOKS  # 1.5 GB
    monkeypatch.setattr(memory, "room_for_spools", lambda: ("/tmp", most - 1))
    with pytest.raises(TooLargeError, match="10,000 replicates: needs about 1.5 GB of disk below /tmp, and 1.5 GB are"):
        run_scenario(many.with_changes(replicates=10_000))


def test_what_is_needed_counts_sums_of_every_replicate_and_books_of_those_at_hand(many: Scenario) -> None:
    more = many.with_changes(replicates=REPLICATES + 3000)
    assert needed(more, 2) - needed(many, 2) == 2 * 3000 * SUMS < 3000 * BOOKS / 4
    assert needed(many, 3) - needed(many, 2) > BOOKS
