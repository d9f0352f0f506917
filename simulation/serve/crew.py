"""Who lives the runs that are asked for: a fixed number of processes, and a bounded queue that is fair to askers."""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from simulation.runs.executors import Apart
from simulation.serve.worker import Job, work

ENDED = ("done", "stopped", "failed")

NOBODY = ""
"""Who asks for what nobody waits for: it is done when there is nothing else to do."""

_LOG = logging.getLogger(__name__)


class FullError(Exception):
    """Why nothing more can be asked for at the moment, in a sentence."""


@dataclass(eq=False)
class Task:
    """A job on its way: who wants it, and all that has been told of it so far."""

    key: str
    job: Job
    clients: set[str]
    told: list[dict[str, Any]] = field(default_factory=list)
    state: str = "waiting"
    said: str = ""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, message: dict[str, Any]) -> None:
        """Add to what is told, and wake whoever listens."""
        self.state = message.get("state", self.state)
        self.said = message.get("said", self.said)
        self.told.append(message)
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def listen(self, first: int = 0) -> AsyncIterator[tuple[int, dict[str, Any]]]:
        """Yield what is told, from a number on, until the job has ended."""
        while True:
            while first < len(self.told):
                yield first, self.told[first]
                first += 1
            if self.state in ENDED:
                return
            await self._news.wait()

    async def ended(self) -> None:
        """Wait until the job has ended."""
        async for _ in self.listen():
            pass


class Crew:
    """Workers and the queue before them.

    Askers take turns, whatever each asks for; `most_waiting` jobs wait at most, `most_each` of one asker.
    """

    def __init__(self, workers: int, most_waiting: int = 60, most_each: int = 6, most_kept: int = 100) -> None:
        self.workers, self.most_waiting, self.most_each, self.most_kept = workers, most_waiting, most_each, most_kept
        self._queue: OrderedDict[str, deque[Task]] = OrderedDict()
        self._tasks: OrderedDict[str, Task] = OrderedDict()
        self._hands: dict[str, _Hand] = {}
        self._work = asyncio.Condition()

    def find(self, key: str) -> Task | None:
        """Return the task of a key, if it is known: waiting, at work, or ended not long ago."""
        return self._tasks.get(key)

    async def submit(self, key: str, client: str, job: Job) -> Task:
        """Return the task of a job, a new one unless the same is on its way; raises FullError."""
        task = self._tasks.get(key)
        if task and task.state not in ENDED:
            task.clients.add(client)
            return task
        self._refuse_if_full(client)
        task = self._tasks[key] = Task(key, job, {client})
        self._tasks.move_to_end(key)
        self._queue.setdefault(client, deque()).append(task)
        self._tell_places()
        self._forget()
        async with self._work:
            self._work.notify()
        return task

    def cancel(self, key: str, client: str) -> bool:
        """Let a client's interest in a job go, and stop it if nobody else has any; return whether the client had."""
        task = self._tasks.get(key)
        if task is None or client not in task.clients:
            return False
        task.clients.discard(client)
        if not task.clients:
            self._stop(task)
        return True

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Keep the workers at work."""
        with ThreadPoolExecutor(self.workers) as threads:
            hands = [_Hand(threads) for _ in range(self.workers)]
            tending = [asyncio.create_task(self._tend(hand)) for hand in hands]
            try:
                yield
            finally:
                for each in tending:
                    each.cancel()
                for hand in hands:
                    hand.end()
                await asyncio.gather(*tending, return_exceptions=True)

    def _refuse_if_full(self, client: str) -> None:
        if len(self._queue.get(client, ())) >= self.most_each:
            raise FullError(f"{self.most_each} of your runs are waiting already; please wait until one has ended.")
        if sum(map(len, self._queue.values())) >= self.most_waiting:
            raise FullError(f"{self.most_waiting} runs are waiting already; please try again in a few seconds.")

    def _stop(self, task: Task) -> None:
        if hand := self._hands.get(task.key):
            hand.stop()
        elif task.state not in ENDED:
            for client, tasks in list(self._queue.items()):
                self._queue[client] = deque(each for each in tasks if each is not task)
                if not self._queue[client]:
                    del self._queue[client]
            task.tell({"state": "stopped"})
            self._tell_places()

    async def _next(self) -> Task:
        async with self._work:
            await self._work.wait_for(lambda: self._queue)
            client = next((each for each in self._queue if each != NOBODY), NOBODY)
            tasks = self._queue.pop(client)
            task = tasks.popleft()
            if tasks:
                self._queue[client] = tasks
        return task

    async def _tend(self, hand: "_Hand") -> None:
        while True:
            task = await self._next()
            self._hands[task.key] = hand
            task.tell({"state": "running"})
            self._tell_places()
            await hand.carry_out(task)
            del self._hands[task.key]

    def _tell_places(self) -> None:
        for place, task in enumerate(self._in_turn(), start=1):
            if not task.told or task.told[-1] != {"place": place}:
                task.tell({"place": place})

    def _in_turn(self) -> list[Task]:
        """Return who waits in the order in which they come to be served."""
        waiting = [tasks for client, tasks in self._queue.items() if client != NOBODY]
        rounds = max(map(len, waiting), default=0)
        in_turn = [tasks[place] for place in range(rounds) for tasks in waiting if place < len(tasks)]
        return [*in_turn, *self._queue.get(NOBODY, ())]

    def _forget(self) -> None:
        ended = [key for key, task in self._tasks.items() if task.state in ENDED]
        for key in ended[: max(0, len(ended) - self.most_kept)]:
            del self._tasks[key]


class _Hand:
    """A worker process and the pipe to it; a process that is lost is replaced."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._start()

    def _start(self) -> None:
        context = Apart()
        self._pipe, theirs = context.Pipe()
        watched, self._held = context.Pipe(duplex=False)  # closed by the server's death, whatever the worker is at
        self._process = context.Process(target=work, args=(theirs, watched), daemon=True)
        self._process.start()
        theirs.close()
        watched.close()

    async def carry_out(self, task: Task) -> None:
        """Have a job done and tell what comes of it."""
        loop = asyncio.get_running_loop()
        try:
            self._pipe.send(task.job)
            while task.state not in ENDED:
                task.tell(await loop.run_in_executor(self._threads, self._pipe.recv))
        except (EOFError, OSError):
            _LOG.warning("a worker was lost")
            task.tell({"state": "failed", "said": "its worker was lost, perhaps for want of memory; try a smaller run"})
            self._start()

    def stop(self) -> None:
        """Ask for a stop of what is being done."""
        self._pipe.send("stop")

    def end(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join()
        self._held.close()
