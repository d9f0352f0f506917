"""What carries out the runs of a question that a page asks: no more than a page may ask for, and told on the way."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from simulation.runs.executors import Means
from simulation.runs.runner import Runner, Watcher
from simulation.runs.tasks import Work
from simulation.scenario.schema import Scenario
from simulation.serve.asked import MOST_WORK

MOST_RUNS = 2_000
"""How many runs an answer may take."""

MOST_ANSWER_WORK = 10 * MOST_WORK
"""How many weeks of a shopper's life all the runs of an answer may take."""

Found = TypeVar("Found")
Telling = Callable[[int], Callable[[int], None]]


class BoundedRunner(Runner):
    """A runner that refuses what is too large for a page, in plain words."""

    def __init__(self, folder: Path, tell: Telling) -> None:
        super().__init__(folder, Means(workers=1), _Told(tell))
        self._runs, self._size, self._is_allowed = 0, 0, False

    def announce(self, tasks: Sequence[Work[Any]], runs: int | None = None) -> None:
        """Refuse what is too large, and say how many runs there are to come."""
        count = runs or len(tasks)
        _refuse_too_large(count, count * max((_size(each.scenario) for each in tasks), default=0))
        super().announce(tasks, runs)
        self._is_allowed = True

    def one_by_one(self, works: Sequence[Work[Found]]) -> Iterator[tuple[str, Found]]:
        """Yield what works find; raises ValueError for too many of them."""
        if not self._is_allowed:
            self._runs, self._size = self._runs + len(works), self._size + sum(_size(each.scenario) for each in works)
            _refuse_too_large(self._runs, self._size)
        return super().one_by_one(works)


class _Told(Watcher):
    """Hands on how far it is."""

    def __init__(self, tell: Telling) -> None:
        self._tell = tell

    def progress(self, total: int) -> AbstractContextManager[Callable[[int], None] | None]:
        """Give what tells of the number of weeks just done."""

        @contextmanager
        def telling() -> Iterator[Callable[[int], None]]:
            yield self._tell(max(1, total))

        return telling()


def _size(scenario: Scenario) -> int:
    """Return how many weeks of a shopper's life one run takes."""
    return scenario.population.shoppers * scenario.weeks * len(scenario.policies)


def _refuse_too_large(runs: int, size: int) -> None:
    if runs > MOST_RUNS:
        raise ValueError(f"this takes {runs:,} runs, and {MOST_RUNS:,} are possible here; ask for fewer, {_ELSE}")
    if size > MOST_ANSWER_WORK:
        said = f"this takes {size:,} weeks of a shopper's life, and {MOST_ANSWER_WORK:,} are possible here"
        raise ValueError(f"{said}; take fewer shoppers or runs, {_ELSE}")


_ELSE = "or ask the scenario from the command line"
