"""What carries out the runs of a question that a page asks: no more than a page may ask for, and told on the way."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from simulation.runs.executors import Means
from simulation.runs.findings import Finding
from simulation.runs.outcome import Outcome
from simulation.runs.runner import Runner, Watcher
from simulation.runs.tasks import Task
from simulation.scenario.schema import Scenario
from simulation.serve.asked import MOST_WORK

MOST_RUNS = 2_000
"""How many runs an answer may take."""

MOST_ANSWER_WORK = 10 * MOST_WORK
"""How many weeks of a shopper's life all the runs of an answer may take."""

Telling = Callable[[int], Callable[[int], None]]


class BoundedRunner(Runner):
    """A runner that refuses what is too large for a page, in plain words."""

    def __init__(self, folder: Path, tell: Telling) -> None:
        super().__init__(folder, Means(workers=1), _Told(tell))
        self._runs, self._work = 0, 0

    def announce(self, tasks: Sequence[Task], runs: int | None = None) -> None:
        """Refuse what is too large, and say how many runs there are to come."""
        count = runs or len(tasks)
        _refuse_too_large(count, count * max((_work(each.scenario) for each in tasks), default=0))
        super().announce(tasks, runs)

    def __call__(self, tasks: Sequence[Task]) -> list[Finding]:
        """Return the findings of tasks, in their order; raises ValueError for too many of them."""
        if not self._announced:
            self._take(len(tasks), sum(_work(each.scenario) for each in tasks))
        return super().__call__(tasks)

    def outcome(
        self, scenario: Scenario, command: str = "", split: bool = False, after: Outcome | None = None
    ) -> Outcome:
        """Return the outcome of all replicates of a scenario; raises ValueError for too many of them."""
        self._take(scenario.replicates, scenario.replicates * _work(scenario))
        return super().outcome(scenario, command, split, after)

    def _take(self, runs: int, work: int) -> None:
        self._runs, self._work = self._runs + runs, self._work + work
        _refuse_too_large(self._runs, self._work)


class _Told(Watcher):
    """Hands on how far it is."""

    def __init__(self, tell: Telling) -> None:
        self._tell = tell

    def progress(self, total: int) -> AbstractContextManager[Callable[[int], None] | None]:
        """Give what tells of the number of runs, or weeks, just done."""

        @contextmanager
        def telling() -> Iterator[Callable[[int], None]]:
            yield self._tell(max(1, total))

        return telling()


def _work(scenario: Scenario) -> int:
    """Return how many weeks of a shopper's life one run takes."""
    return scenario.population.shoppers * scenario.weeks * len(scenario.policies)


def _refuse_too_large(runs: int, work: int) -> None:
    if runs > MOST_RUNS:
        raise ValueError(f"this takes {runs:,} runs, and {MOST_RUNS:,} are possible here; ask for fewer, {_ELSE}")
    if work > MOST_ANSWER_WORK:
        said = f"this takes {work:,} weeks of a shopper's life, and {MOST_ANSWER_WORK:,} are possible here"
        raise ValueError(f"{said}; take fewer shoppers or runs, {_ELSE}")


_ELSE = "or ask the scenario from the command line"
