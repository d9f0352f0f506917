"""Many runs: planned, carried out on any executor, kept one by one, and never done twice.

A task is one replicate of one scenario with numbers of its own. What is found is kept in a file named by a hash of
the task and of the sources that a run depends on, written whole as soon as it is known: a study that is killed goes
on where it stopped, and another study that needs the same run finds it.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np

from simulation.behaviour.parameters import refuse_wrong
from simulation.model.model import LoyaltyModel
from simulation.runs.executors import threads
from simulation.runs.findings import Finding, finding_of
from simulation.runs.lived import outcome_of
from simulation.runs.measures import LINES, STUDIED
from simulation.runs.provenance import program, refuse_another
from simulation.scenario.schema import Scenario, as_data, scenario_type

Progress = Callable[[int], None]

_WEEK_SECONDS, _SHOPPER_WEEK_SECONDS = 2e-4, 3e-8  # of one policy
_LEAST_SECONDS = 0.25  # what an executor is handed at a time, so that handing over does not count


@dataclass(frozen=True)
class Task:
    """One replicate of a scenario; `numbers`, by address, go before the scenario's own and what it draws.

    Raises ValueError for a number that there is not, or that cannot have this value.
    """

    scenario: Scenario
    replicate: int = 0
    numbers: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_wrong(self.numbers)

    @property
    def text(self) -> str:
        """The task as text, from which any process can carry it out; the order of policies and ranges counts."""
        return json.dumps([as_data(self.scenario), self.replicate, dict(sorted(self.numbers.items()))])

    @property
    def key(self) -> str:
        """A hash that two tasks share only if they are the same and the program is."""
        return hashlib.sha256(f"{program()} {self.text}".encode()).hexdigest()[:32]

    @property
    def seconds(self) -> float:
        """About how long it takes: enough to tell short tasks from long ones."""
        policies, weeks = len(self.scenario.policies), self.scenario.weeks
        return weeks * policies * (_WEEK_SECONDS + self.scenario.population.shoppers * _SHOPPER_WEEK_SECONDS)


@dataclass(frozen=True)
class Store:
    """A folder of findings, one file each, that may be deleted at any time."""

    folder: Path

    def load(self, task: Task) -> Finding | None:
        """Return what was found for a task; None if nothing was, or if the file cannot be read."""
        try:
            with self._path(task).open("rb") as stream, np.load(stream) as kept:
                return Finding({name: kept[name] for name in STUDIED}, {name: kept[f"{name}_line"] for name in LINES})
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def save(self, task: Task, finding: Finding) -> None:
        """Keep what was found, whole or not at all; raises OSError if the folder cannot be written."""
        path = self._path(task)
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = {f"{name}_line": line for name, line in finding.lines.items()}
        fresh = NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False)  # noqa: SIM115 # closed before renaming
        try:
            with fresh:
                np.savez(fresh, **finding.measures, **lines)  # type: ignore[arg-type] # arrays by name
            Path(fresh.name).replace(path)
        finally:
            Path(fresh.name).unlink(missing_ok=True)

    def _path(self, task: Task) -> Path:
        return self.folder / f"{task.key}.npz"


def live_all(texts: Sequence[str], asked_by: str) -> list[Finding]:
    """Carry out some tasks given as text: what an executor is handed, on whatever machine it is.

    Raises OtherProgramError if the program there is not the one that asks.
    """
    refuse_another(asked_by)
    return [live(text) for text in texts]


def live(text: str) -> Finding:
    """Carry out a task given as text."""
    data, replicate, numbers = json.loads(text)
    scenario = scenario_type().model_validate(data)
    model = LoyaltyModel(scenario, replicate=replicate, overrides=numbers).run()
    return finding_of(outcome_of(model))


def carry_out(
    tasks: Sequence[Task],
    store: Store | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Return the findings of all tasks, in their order; only those that the store does not hold are lived.

    `executor` is any of `concurrent.futures` or alike, threads on all processors if left out; findings do not depend
    on it. `progress` is called with the number of tasks just done. Raises OSError if the store cannot be written.
    """
    report = progress or (lambda done: None)
    found = {task.key: store.load(task) if store else None for task in tasks}
    missing = {task.key: task for task in tasks if found[task.key] is None}
    report(len(tasks) - len(missing))
    with _workers(executor) as pool:
        for key, finding in _lived(pool, missing):
            if store:
                store.save(missing[key], finding)
            found[key] = finding
            report(1)
    return [each for task in tasks if (each := found[task.key]) is not None]


Carrier = Callable[[Sequence[Task]], list[Finding]]
"""What carries out tasks, such as `carry_out` with a store, so that what has been lived is not lived again."""


@contextmanager
def _workers(executor: Executor | None) -> Iterator[Executor]:
    if executor is not None:
        yield executor
        return
    with threads(os.cpu_count() or 1) as pool:
        yield pool


def _lived(pool: Executor, tasks: Mapping[str, Task]) -> Iterator[tuple[str, Finding]]:
    futures = {pool.submit(live_all, [tasks[key].text for key in batch], program()): batch for batch in _batches(tasks)}
    try:
        for future in as_completed(futures):
            yield from zip(futures[future], future.result(), strict=True)
    finally:
        for future in futures:
            future.cancel()


def _batches(tasks: Mapping[str, Task]) -> Iterator[list[str]]:
    """Yield the tasks' keys in batches that are worth handing over."""
    batch: list[str] = []
    seconds = 0.0
    for key, task in tasks.items():
        batch.append(key)
        seconds += task.seconds
        if seconds >= _LEAST_SECONDS:
            yield batch
            batch, seconds = [], 0.0
    if batch:
        yield batch
