"""Many runs, and a reader who waits: how many, how long, how far; on as many processes as pay."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from multiprocessing import get_context

from rich.console import Console

from simulation.show.terminal import progress
from simulation.study.plan import Store, Task
from simulation.study.waiting import missing, seconds_a_task

Means = tuple[Executor | None, Callable[[int], None]]

_WORTH_A_PROCESS = 16  # runs; to start a process takes about as long as a few of them
_MINUTE = 60


@contextmanager
def waiting(
    tasks: Sequence[Task], store: Store, runs: int | None = None
) -> Iterator[tuple[Executor | None, Callable[[int], None]]]:
    """Say how many runs there are and how long they will take; give what carries them out, and a bar to move.

    `tasks` are those known so far, `runs` how many there will be, at most, if more follow from what these find.
    Raises OSError if the store cannot be written.
    """
    runs = runs or len(tasks)
    unknown = missing(tasks, store)
    left = len(unknown) + runs - len(tasks)
    workers = max(1, min(os.cpu_count() or 1, left // _WORTH_A_PROCESS))
    _announce(runs, left, unknown, store, workers)
    with _processes(workers) as pool, progress(runs) if sys.stderr.isatty() else nullcontext(_silently) as advance:
        yield pool, advance


def _announce(runs: int, left: int, unknown: Sequence[Task], store: Store, workers: int) -> None:
    console, known = (
        Console(stderr=True, highlight=False),
        f"; {runs - left:,} are known already" if left < runs else "",
    )
    if not unknown:
        console.print(f"{runs:,} runs{known}.", markup=False)
        return
    console.print(f"{runs:,} runs{known}. One is timed first.", markup=False)
    seconds = seconds_a_task(unknown, store) * (left - 1) / workers
    if left > 1:
        console.print(
            f"About {_duration(seconds)} to go; if stopped, the same command goes on from there.", markup=False
        )


def _duration(seconds: float) -> str:
    return f"{seconds / _MINUTE:.0f} min" if seconds >= 1.5 * _MINUTE else f"{max(1.0, seconds):.0f} s"


@contextmanager
def _processes(workers: int) -> Iterator[Executor | None]:
    if workers == 1:
        yield None
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _silently(done: int) -> None:
    """Report no progress."""
