"""The small run that answers while a slider moves: fewer shoppers and replicates, in this process, newest change first.

A run of one client waits for that client's run before; if a newer change came in the meantime, it is dropped.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from simulation.runs.again import Again
from simulation.runs.headline import headline
from simulation.runs.outcome import Outcome
from simulation.serve.asked import Asked
from simulation.serve.lines import answer_of

SHOPPERS = 2_000
"""How many shoppers a small run has."""

MOST_SMALL = 8
"""How many replicates a small run has at most."""

_MOST_CLIENTS = 40  # of whom something is kept: some megabytes each
_AT_ONCE = 4  # answers
_CROWDED = 4  # answers waited for


class SmallRun:
    """One client's small runs: what did not change is not lived again."""

    def __init__(self) -> None:
        self._again = [Again() for _ in range(MOST_SMALL)]  # one a replicate, so that they go on threads of their own

    def answer(
        self, asked: Asked, replicates: int, threads: Executor, is_wanted: Callable[[], bool] = lambda: True
    ) -> dict[str, Any] | None:
        """Return the answer of the first replicates, each with few shoppers who stand for the same chain.

        Numbers are set beside those that the replicates draw, so that what is left alone stays as it was drawn.
        None if `is_wanted` says no before all are lived. Raises AskedError.
        """
        scenario = replace(asked, numbers={}, shoppers=SHOPPERS, replicates=MOST_SMALL).scenario
        split = "press" in scenario.institutions

        def lived(number: int) -> Outcome | None:
            return self._again[number](scenario, asked.numbers, number, split) if is_wanted() else None

        outcomes = [outcome for outcome in threads.map(lived, range(replicates)) if outcome]
        if len(outcomes) < replicates:
            return None
        found = tuple(outcome.replicates[0] for outcome in outcomes)
        whole = replace(outcomes[0], scenario=scenario.model_copy(update={"replicates": replicates}), replicates=found)
        return answer_of(whole, headline(whole))


class SmallRuns:
    """Carries out small runs, one at a time of a client, the newest change first."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, _Client] = OrderedDict()
        self._waiting = 0
        self._begin()

    def _begin(self) -> None:
        """Have threads that wait for the replicates of an answer, and one a processor that lives them."""
        self._answering, self._living = ThreadPoolExecutor(_AT_ONCE), ThreadPoolExecutor(os.cpu_count() or 1)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Keep the threads, and end them."""
        self._begin()
        with self._answering, self._living:
            yield
            for known in self._clients.values():
                known.turn += 1  # what is under way is wanted no longer

    async def answer(self, client: str, asked: Asked, replicates: int) -> dict[str, Any] | None:
        """Return the small answer of a change, None if the same client has asked for another since.

        It has one replicate alone where many clients wait. Raises AskedError.
        """
        known = self._clients.setdefault(client, _Client())
        self._clients.move_to_end(client)
        if len(self._clients) > _MOST_CLIENTS:
            self._clients.popitem(last=False)
        known.turn += 1
        mine = known.turn
        async with known.busy:
            return await self._carried_out(known, asked, replicates, mine) if mine == known.turn else None

    async def _carried_out(self, known: "_Client", asked: Asked, replicates: int, mine: int) -> dict[str, Any] | None:
        count = 1 if self._waiting > _CROWDED else min(max(1, replicates), MOST_SMALL)
        self._waiting += 1
        try:
            work = partial(known.run.answer, asked, count, self._living, lambda: known.turn == mine)
            return await asyncio.get_running_loop().run_in_executor(self._answering, work)
        finally:
            self._waiting -= 1


@dataclass(eq=False)
class _Client:
    """A browser, the number of its changes, and what was lived for it."""

    run: SmallRun = field(default_factory=SmallRun)
    turn: int = 0
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
