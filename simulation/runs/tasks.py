"""Many runs: planned, carried out on any executor, kept one by one, and never done twice.

A work is one replicate of one scenario, simulated for what is to be kept of it. What is found is kept in a file named
by a hash of the work and of the sources that it depends on, written whole as soon as it is known: a study that is
killed goes on where it stopped, and another study that needs the same run finds it.
"""

import hashlib
import json
import os
import time
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Event
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.parameters import refuse_wrong
from simulation.model.simulation import Simulation
from simulation.runs.batches import batches
from simulation.runs.executors import threads as pool_of_threads
from simulation.runs.findings import Finding, finding_of
from simulation.runs.lived import outcome_of
from simulation.runs.measures import LINES, STUDIED
from simulation.runs.provenance import program, refuse_another
from simulation.scenario.schema import Scenario, as_data, scenario_type

Progress = Callable[[int], None]
Arrays = Mapping[str, NDArray[Any]]
Found = TypeVar("Found")

_WEEK_SECONDS, _SHOPPER_WEEK_SECONDS = 2e-4, 3e-8  # of one policy
_LEAST_SECONDS = 0.25  # what a process is handed at a time, so that handing over does not count
_FIRST = 4  # of so many short works, one is lived before the others are put into batches, by the time that it took


@dataclass(frozen=True)
class Work(ABC, Generic[Found]):
    """One replicate of a scenario, and what is to be found in it; further fields of a kind of work are its options."""

    scenario: Scenario
    replicate: int = 0

    @abstractmethod
    def live(self, threads: int, progress: Progress) -> Found:
        """Simulate the replicate and return what is found; `progress` takes weeks just done, and may raise to stop."""

    @abstractmethod
    def packed(self, found: Found) -> Arrays:
        """Return what was found as arrays by name, to be kept in a file."""

    @abstractmethod
    def unpacked(self, arrays: Arrays) -> Found:
        """Return what was found from arrays; raises KeyError or ValueError if it is not there."""

    @property
    def options(self) -> dict[str, Any]:
        """What this kind of work asks beside scenario and replicate, as plain data."""
        return {each.name: getattr(self, each.name) for each in fields(self)[2:]}

    @property
    def text(self) -> str:
        """The work as text, from which any process can carry it out; the order of policies and ranges counts."""
        return json.dumps([type(self).__qualname__, as_data(self.scenario), self.replicate, self.options])

    @property
    def program(self) -> str:
        """A hash of the sources that this kind of work depends on."""
        return program(self._module)

    @property
    def key(self) -> str:
        """A hash that two works share only if they are the same and the program is."""
        return hashlib.sha256(f"{self.program} {self.text}".encode()).hexdigest()[:32]

    @property
    def seconds(self) -> float:
        """About how long it takes: enough to tell short works from long ones."""
        policies, weeks = len(self.scenario.policies), self.scenario.weeks
        return weeks * policies * (_WEEK_SECONDS + self.scenario.population.shoppers * _SHOPPER_WEEK_SECONDS)

    def refuse_another(self, asked_by: str) -> None:
        """Raise OtherProgramError if the program that asks for the work is not the one that is here."""
        refuse_another(asked_by, self._module)

    def __reduce__(self) -> tuple[Any, ...]:
        return _work_of, (type(self), self.text)  # classes of scenarios are made anew in every process

    @property
    def _module(self) -> str:
        return type(self).__module__.partition(".")[2]


def _work_of(kind: Callable[..., Work[Found]], text: str) -> Work[Found]:
    _, data, replicate, options = json.loads(text)
    return kind(scenario_type().model_validate(data), replicate, **options)


@dataclass(frozen=True)
class Task(Work[Finding]):
    """One replicate of a scenario; `numbers`, by address, go before the scenario's own and what it draws.

    Raises ValueError for a number that there is not, or that cannot have this value.
    """

    numbers: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_wrong(self.numbers)

    @property
    def options(self) -> dict[str, Any]:
        """The numbers; their order does not count."""
        return {"numbers": dict(sorted(self.numbers.items()))}

    def live(self, threads: int, progress: Progress) -> Finding:
        """Return the measures and weekly lines of the replicate."""
        model = Simulation(self.scenario, replicate=self.replicate, threads=threads, overrides=self.numbers)
        return finding_of(outcome_of(lived(model, progress)))

    def packed(self, found: Finding) -> Arrays:
        """Return measures and lines by name."""
        return {**found.measures, **{f"{name}_line": line for name, line in found.lines.items()}}

    def unpacked(self, arrays: Arrays) -> Finding:
        """Return measures and lines."""
        lines = {name: arrays[f"{name}_line"] for name in LINES}
        return Finding({name: arrays[name] for name in STUDIED}, lines)


def lived(model: Simulation, progress: Progress) -> Simulation:
    """Return a model after all its weeks, of which `progress` is told every few."""
    return model.run(progress)


@dataclass(frozen=True)
class Store:
    """A folder of what was found, one file each, that may be deleted at any time."""

    folder: Path

    def load(self, work: Work[Found]) -> Found | None:
        """Return what was found by a work; None if nothing was, or if the file cannot be read."""
        try:
            with self._path(work).open("rb") as stream, np.load(stream) as kept:
                return work.unpacked(kept)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None

    def save(self, work: Work[Found], found: Found) -> None:
        """Keep what was found, whole or not at all; raises OSError if the folder cannot be written."""
        path = self._path(work)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False)  # noqa: SIM115 # closed before renaming
        try:
            with fresh:
                np.savez_compressed(fresh, **work.packed(found))  # type: ignore[arg-type] # arrays by name
            Path(fresh.name).replace(path)
        finally:
            Path(fresh.name).unlink(missing_ok=True)

    def _path(self, work: Work[Any]) -> Path:
        return self.folder / f"{work.key}.npz"


class Lived(NamedTuple, Generic[Found]):
    """What works have found, and how long the quickest took, as a multiple of what was expected of it."""

    found: list[Found]
    pace: float


def live_all(
    works: Sequence[Work[Found]], asked_by: str, threads: int = 1, progress: Progress | None = None
) -> Lived[Found]:
    """Carry out some works: what an executor is handed, on whatever machine it is.

    Raises OtherProgramError if the program there is not the one that asks.
    """
    works[0].refuse_another(asked_by)
    found, paces = list[Found](), list[float]()
    for work in works:
        began = time.perf_counter()
        found.append(work.live(threads, progress or _silently))
        paces.append((time.perf_counter() - began) / work.seconds)
    return Lived(found, min(paces))  # the first of a process has waited for what it has loaded


def found_one_by_one(
    works: Sequence[Work[Found]],
    store: Store | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    threads: int = 1,
) -> Iterator[tuple[str, Found]]:
    """Yield the key of each work and what it finds, as soon as it is known; only what the store lacks is simulated.

    `executor` is any of `concurrent.futures` or alike, threads on all processors if left out; what is found does not
    depend on it. `threads` serve each work, where the executor is of threads itself. `progress` is called with the
    number of weeks just done, and stops all by what it raises. Raises OSError if the store cannot be written.
    """
    report, missing = progress or _silently, dict[str, Work[Found]]()
    for work in works:
        key, kept = work.key, store.load(work) if store else None
        if kept is not None:
            yield key, kept
        if kept is not None or key in missing:
            report(work.scenario.weeks)
        else:
            missing[key] = work
    with _workers(executor) as pool:
        for key, found in _lived(pool, missing, report, threads):
            if store:
                store.save(missing[key], found)
            yield key, found


def carry_out(
    works: Sequence[Work[Found]],
    store: Store | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    threads: int = 1,
) -> list[Found]:
    """Return what all works find, in their order, as `found_one_by_one` does."""
    found = dict(found_one_by_one(works, store, executor, progress, threads))
    return [found[work.key] for work in works]


class Carrier(Protocol):
    """What carries out works, such as `carry_out` with a store, so that what has been simulated is not again."""

    def __call__(self, works: Sequence[Work[Found]], /) -> list[Found]:
        """Return what all works find, in their order."""


@contextmanager
def _workers(executor: Executor | None) -> Iterator[Executor]:
    if executor is not None:
        yield executor
        return
    with pool_of_threads(os.cpu_count() or 1) as pool:
        yield pool


def _lived(
    pool: Executor, works: Mapping[str, Work[Found]], progress: Progress, threads: int
) -> Iterator[tuple[str, Found]]:
    """Yield what is found as it comes; threads of this process tell of weeks and can be stopped between them."""
    stopped, are_here = Event(), isinstance(pool, ThreadPoolExecutor)
    short = {} if are_here else {key: work for key, work in works.items() if work.seconds < _LEAST_SECONDS}
    first = {key: short[key] for key in list(short)[::_FIRST]}
    rest = {key: work for key, work in short.items() if key not in first}
    futures: dict[Future[Lived[Found]], Sequence[str]] = {}

    def heard(weeks: int) -> None:
        if stopped.is_set():
            raise CancelledError
        progress(weeks)

    def hand_over(batch: Sequence[str]) -> None:
        some = [works[key] for key in batch]
        futures[pool.submit(live_all, some, some[0].program, *((threads, heard) if are_here else ()))] = batch

    try:
        for batch in (*([key] for key in works if key not in short), *batches(_seconds(first), _LEAST_SECONDS)):
            hand_over(batch)
        if rest:
            pace = wait(futures, return_when=FIRST_COMPLETED).done.pop().result().pace
            for batch in batches(_seconds(rest, pace), _LEAST_SECONDS):
                hand_over(batch)
        for future in as_completed(futures):
            if not are_here:
                progress(sum(works[key].scenario.weeks for key in futures[future]))
            yield from zip(futures[future], future.result().found, strict=True)
    finally:
        stopped.set()
        for future in futures:
            future.cancel()


def _seconds(works: Mapping[str, Work[Any]], pace: float = 1.0) -> dict[str, float]:
    return {key: pace * work.seconds for key, work in works.items()}


def _silently(weeks: int) -> None:
    """Tell nobody."""
