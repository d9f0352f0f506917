"""What carries out runs: by which means, where finished ones are kept, and who is told how far it is."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Any

from simulation.runs.duration import missing, seconds_a_task
from simulation.runs.executors import Means, executor
from simulation.runs.findings import Finding
from simulation.runs.outcome import Outcome
from simulation.runs.run import run_scenario
from simulation.runs.tasks import Store, Task, carry_out
from simulation.scenario.schema import Scenario

KEPT = ".runs"
"""The folder of finished runs, beside the results, so that a study goes on where it stopped."""

_MINUTE = 60


class Watcher:
    """Is told what is to come and how far it is; this one keeps it to itself."""

    def say(self, text: str) -> None:
        """Take a sentence about what is to come."""

    def progress(self, total: int) -> AbstractContextManager[Callable[[int], None] | None]:
        """Give what is called with the number of runs, or weeks, just done."""
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
        self._announced: tuple[Executor, Callable[[int], None] | None] | None = None

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *raised: Any) -> None:
        self._open.__exit__(*raised)

    def announce(self, tasks: Sequence[Task], runs: int | None = None) -> None:
        """Say how many runs there are to come and about how long they take.

        `tasks` are those known so far, `runs` how many there will be at most if more follow from what these find.
        """
        runs = runs or len(tasks)
        pool = self._open.enter_context(executor(self.means, runs))
        unknown = missing(tasks, self.store)
        left = runs - len(tasks) + len(unknown)
        known = f"; {runs - left:,} are known already" if left < runs else ""
        self.watcher.say(f"{runs:,} runs{known}{'; timing one first' if unknown else ''}.")
        if unknown and left > 1:
            lasts = _duration(seconds_a_task(unknown, self.store) * (left - 1), self.means)
            self.watcher.say(f"About {lasts}; if stopped, the same question goes on from there.")
        self._announced = pool, self._open.enter_context(self.watcher.progress(runs))

    def __call__(self, tasks: Sequence[Task]) -> list[Finding]:
        """Return the findings of tasks, in their order."""
        if self._announced:
            return carry_out(tasks, self.store, *self._announced)
        with executor(self.means, len(tasks)) as pool, self.watcher.progress(len(tasks)) as advance:
            return carry_out(tasks, self.store, pool, advance)

    def outcome(
        self, scenario: Scenario, command: str = "", split: bool = False, after: Outcome | None = None
    ) -> Outcome:
        """Return the outcome of all replicates of a scenario; `split` and `after` are those of `run_scenario`."""
        left = scenario.replicates - (len(after.replicates) if after else 0)
        with self.watcher.progress(scenario.weeks * left) as advance:
            means = self.means if self.means.are_elsewhere else None
            return run_scenario(scenario, means=means, progress=advance, command=command, split=split, after=after)


def _duration(seconds: float, means: Means) -> str:
    """Return how long runs take that would take so many seconds one after the other, in words."""
    if means.scheduler is not None:
        return f"{seconds / _MINUTE:.0f} min of one processor, shared by the cluster's"
    seconds /= means.count
    return f"{seconds / _MINUTE:.0f} min to go" if seconds >= 1.5 * _MINUTE else f"{max(1.0, seconds):.0f} s to go"
