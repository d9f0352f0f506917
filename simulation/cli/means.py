"""What verbs of many runs share: where runs are kept, who lives them, how long that takes, and how far it is."""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from simulation.cli.common import KEPT, loading
from simulation.runs import executors

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from simulation.runs.findings import Finding
    from simulation.runs.tasks import Task

Means = Annotated[executors.Means, Parameter(name="*")]
"""The options that say how runs are carried out."""

AS_IT_PAYS = executors.Means()

_MINUTE = 60


class Carrier:
    """Lives tasks that are not kept yet, by the means that were asked for; a bar on a terminal shows how far it is."""

    def __init__(self, out: Path, means: executors.Means) -> None:
        with loading():
            from simulation.runs.tasks import Store

        self.store, self.means = Store(out / KEPT), means
        self._open = ExitStack()
        self._announced: tuple[Executor, Callable[[int], None] | None] | None = None

    def __enter__(self) -> "Carrier":
        return self

    def __exit__(self, *raised: Any) -> None:
        self._open.__exit__(*raised)

    def announce(self, tasks: "Sequence[Task]", runs: int | None = None) -> None:
        """Say on standard error how many runs there are to come, and about how long they take.

        `tasks` are those known so far, `runs` how many there will be, at most, if more follow from what these find.
        """
        from simulation.report.terminal import announce_compiling, progress
        from simulation.runs.duration import missing, seconds_a_task

        runs = runs or len(tasks)
        pool = self._open.enter_context(executors.executor(self.means, runs))
        unknown = missing(tasks, self.store)
        left = runs - len(tasks) + len(unknown)
        known = f"; {runs - left:,} are known already" if left < runs else ""
        _say(f"{runs:,} runs{known}." + (" One is timed first." if unknown else ""))
        if unknown and left > 1:
            announce_compiling()
            seconds = seconds_a_task(unknown, self.store) * (left - 1)
            _say(f"About {_duration(seconds, self.means)}; if stopped, the same command goes on from there.")
        self._announced = pool, self._open.enter_context(progress(runs))

    def __call__(self, tasks: "Sequence[Task]") -> "list[Finding]":
        """Return the findings of tasks, in their order."""
        from simulation.report.terminal import progress
        from simulation.runs.tasks import carry_out

        if self._announced:
            return carry_out(tasks, self.store, *self._announced)
        with executors.executor(self.means, len(tasks)) as pool, progress(len(tasks)) as advance:
            return carry_out(tasks, self.store, pool, advance)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _duration(seconds: float, means: executors.Means) -> str:
    """Return how long runs take that would take so many seconds one after the other, in words."""
    if means.scheduler is not None:
        return f"{seconds / _MINUTE:.0f} min of one processor, shared by the cluster's"
    seconds /= means.count
    return f"{seconds / _MINUTE:.0f} min to go" if seconds >= 1.5 * _MINUTE else f"{max(1.0, seconds):.0f} s to go"
