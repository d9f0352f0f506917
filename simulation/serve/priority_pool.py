"""Threads that do what is most urgent first."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from queue import PriorityQueue
from typing import Any


class PriorityPool:
    """Threads before which work waits, by rank and then in the order in which it came; rank 0 goes first."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads)
        self._waiting: PriorityQueue[tuple[int, int, Callable[[], Any], Future[Any]]] = PriorityQueue()
        self._numbers = count()

    def submit(self, rank: int, work: Callable[[], Any]) -> Future[Any]:
        """Have some work done when its rank comes, unless it is cancelled before."""
        found: Future[Any] = Future()
        self._waiting.put((rank, next(self._numbers), work, found))
        self._threads.submit(self._most_urgent)
        return found

    def end(self) -> None:
        """Wait until all is done."""
        self._threads.shutdown()

    def _most_urgent(self) -> None:
        *_, work, found = self._waiting.get()
        if not found.set_running_or_notify_cancel():
            return
        try:
            found.set_result(work())
        except Exception as error:  # noqa: BLE001 # it is for whoever waits for the work
            found.set_exception(error)
