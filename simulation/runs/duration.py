"""How long a plan of runs will take, told by living one of them."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from simulation.runs.tasks import Store, Work, carry_out, live_all

Found = TypeVar("Found")

_WARM_UP_WEEKS = 2


def missing(tasks: Sequence[Work[Found]], store: Store | None) -> list[Work[Found]]:
    """Return the tasks that a store does not hold yet, each once."""
    wanted = {task.key: task for task in tasks}
    return [task for task in wanted.values() if store is None or store.load(task) is None]


def seconds_a_task(tasks: Sequence[Work[Any]], store: Store | None) -> float:
    """Return how long one of the tasks takes: the first is lived, and kept, after a short one that compiles.

    Raises OSError if the store cannot be written.
    """
    first = tasks[0]
    live_all([replace(first, scenario=first.scenario.with_changes(weeks=_WARM_UP_WEEKS))], first.program)
    began = time.perf_counter()
    carry_out([first], store)
    return time.perf_counter() - began
