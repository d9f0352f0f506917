"""What carries out runs: by which means, where finished ones are kept, and who is told how far it is."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from simulation.runs.duration import missing, seconds_a_task
from simulation.runs.executors import LOCAL, Means, executor, started_once
from simulation.runs.memory import fitting
from simulation.runs.outcome import Outcome
from simulation.runs.replicates import WholeReplicate, outcome_of_kept
from simulation.runs.tasks import Progress, Store, Work, found_one_by_one
from simulation.scenario.schema import Scenario

KEPT = ".runs"
"""The folder of finished runs, beside the results, so that a study goes on where it stopped."""

Found = TypeVar("Found")

_MINUTE = 60


class Watcher:
    """Is told what is to come and how far it is; this one keeps it to itself."""

    def say(self, text: str) -> None:
        """Take a sentence about what is to come."""

    def progress(self, total: int) -> AbstractContextManager[Callable[[int], None] | None]:
        """Give what is called with the number of weeks just done."""
        return nullcontext()


class Runner:
    """Carries out runs that are not kept yet.

    Parameters
    ----------
    folder
        Where finished runs are kept, so that a study that was stopped goes on from there; nowhere if left out.
    means
        Threads, processes or a cluster; the numbers do not depend on it.
    watcher
        Who is told how far it is.

    Examples
    --------
    >>> from simulation.runs.runner import Runner
    >>> with Runner() as runner:
    ...     runner([])
    []
    """

    def __init__(self, folder: Path | None = None, means: Means | None = None, watcher: Watcher | None = None) -> None:
        self.store = Store(folder / KEPT) if folder else None
        self.means, self.watcher = means or Means(), watcher or Watcher()
        self._open = ExitStack()
        self._expected: tuple[Executor, Progress | None, int] | None = None

    def __enter__(self) -> "Runner":
        self._open.enter_context(started_once())
        return self

    def __exit__(self, *raised: Any) -> None:
        self._open.__exit__(*raised)

    def announce(self, tasks: Sequence[Work[Any]], runs: int | None = None) -> None:
        """Say how many runs there are to come and about how long they take.

        `tasks` are those known so far, `runs` how many there will be at most if more follow from what these find.
        """
        runs = runs or len(tasks)
        unknown = missing(tasks, self.store)
        left = runs - len(tasks) + len(unknown)
        self.watcher.say(f"{runs:,} runs{_known(runs - left)}{'; timing one first' if unknown else ''}.")
        if unknown and left > 1:
            lasts = _duration(seconds_a_task(unknown, self.store) * (left - 1), self.means)
            self.watcher.say(f"About {lasts}; if stopped, the same question goes on from there.")
        self.expect(runs, runs * tasks[0].scenario.weeks)

    def expect(self, runs: int, weeks: int) -> Progress | None:
        """Make ready for runs of so many weeks in all, in several calls; return what is told of weeks done."""
        pool = self._open.enter_context(executor(self.means, runs))
        advance = self._open.enter_context(self.watcher.progress(weeks))
        self._expected = pool, advance, max(1, self.means.count // runs)
        return advance

    def __call__(self, works: Sequence[Work[Found]]) -> list[Found]:
        """Return what works find, in their order."""
        found = dict(self.one_by_one(works))
        return [found[work.key] for work in works]

    def one_by_one(self, works: Sequence[Work[Found]]) -> Iterator[tuple[str, Found]]:
        """Yield the key of each work and what it finds, as soon as it is known."""
        if self._expected:
            yield from found_one_by_one(works, self.store, *self._expected)
            return
        if known := len(works) - len(missing(works, self.store)):
            self.watcher.say(f"{len(works):,} runs{_known(known)}.")
        at_once, weeks = self._at_once(works), sum(work.scenario.weeks for work in works)
        with executor(self.means, len(works), at_once) as pool, self.watcher.progress(weeks) as advance:
            threads = max(1, self.means.count // at_once)
            yield from found_one_by_one(works, self.store, pool, advance, threads)

    def outcome(self, scenario: Scenario, command: str = "") -> Outcome:
        """Return the outcome of all replicates of a scenario, without its shoppers."""
        works = [WholeReplicate(scenario, replicate) for replicate in range(scenario.replicates)]
        return outcome_of_kept(works, self.one_by_one(works), command)

    def _at_once(self, works: Sequence[Work[Any]]) -> int:
        """Return how many works are carried out at once on this machine, as memory holds."""
        largest, count = max(works, key=lambda work: work.seconds), min(self.means.count, len(works))
        if self.means.scheduler not in (None, LOCAL):
            return count
        in_processes = self.means.scheduler == LOCAL or not self.means.are_threads(len(works))
        return fitting(largest.scenario, count, in_processes)


def _known(runs: int) -> str:
    return f"; {runs:,} are known already" if runs else ""


def _duration(seconds: float, means: Means) -> str:
    """Return how long runs take that would take so many seconds one after the other, in words."""
    if means.scheduler is not None:
        return f"{seconds / _MINUTE:.0f} min of one processor, shared by the cluster's"
    seconds /= means.count
    return f"{seconds / _MINUTE:.0f} min to go" if seconds >= 1.5 * _MINUTE else f"{max(1.0, seconds):.0f} s to go"
