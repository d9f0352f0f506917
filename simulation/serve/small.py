"""The small run that answers while a slider moves: fewer shoppers and replicates, in this process, newest change first.

A run of one client waits for that client's run before, which ends at once if a newer change has come. A first answer to
a change goes before anybody's better answer.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from simulation.runs.again import Again
from simulation.runs.headline import headline
from simulation.runs.outcome import Outcome
from simulation.serve.asked import Asked
from simulation.serve.lines import answer_of
from simulation.serve.priority_pool import PriorityPool

SHOPPERS = 2_000
"""How many shoppers a small run has."""

MOST_SMALL = 8
"""How many replicates a small run has at most."""

FIRST = 1
"""The rank of what answers a change at once; a better answer has its number of replicates, two or more, for a rank."""

_BEGUN = 0  # the rank of drawing up what has been lived
_MOST_CLIENTS = 40  # of whom something is kept
_MOST_LIVED = 16  # policies of a client and replicate that are kept
_CROWDED = 2  # first answers waited for


class _UnwantedError(Exception):
    """Somebody has changed something since."""


class SmallRun:
    """One client's small runs: what did not change is not lived again."""

    def __init__(self) -> None:
        self._again = [Again(_MOST_LIVED) for _ in range(MOST_SMALL)]  # one a replicate, each on a thread of its own
        self._doing: list[Future[Outcome | None]] = []

    def drop(self) -> None:
        """Have nothing begun any more of what waits: it would wait behind what is more urgent."""
        for each in self._doing:
            each.cancel()

    async def answer(
        self, asked: Asked, replicates: int, rank: int, pool: PriorityPool, is_wanted: Callable[[], bool]
    ) -> dict[str, Any] | None:
        """Return the answer of the first replicates, each with few shoppers who stand for the same chain.

        Numbers are set beside those that the replicates draw, so that what is left alone stays as it was drawn.
        None if `is_wanted` says no before all are lived. Raises AskedError.
        """
        scenario = replace(asked, numbers={}, shoppers=SHOPPERS, replicates=MOST_SMALL).scenario

        def watched(_: int = 0) -> None:
            if not is_wanted():
                raise _UnwantedError

        def lived(number: int) -> Outcome | None:
            try:
                watched()
                split = "press" in scenario.institutions
                return self._again[number](scenario, asked.numbers, number, split, watched)
            except _UnwantedError:
                return None

        self._doing = [pool.submit(rank, partial(lived, number)) for number in range(replicates)]
        await asyncio.wait(map(asyncio.wrap_future, self._doing))  # all, for each replicate serves one thread at a time
        results = [None if each.cancelled() else each.result() for each in self._doing]
        outcomes = [each for each in results if each]
        if len(outcomes) < replicates:
            return None
        found: dict[str, Any] = await asyncio.wrap_future(pool.submit(_BEGUN, partial(_answer_of, outcomes)))
        return found


def _answer_of(outcomes: list[Outcome]) -> dict[str, Any]:
    """Return what outcomes of one replicate each say together."""
    found = tuple(outcome.replicates[0] for outcome in outcomes)
    scenario = outcomes[0].scenario.model_copy(update={"replicates": len(found)})
    whole = replace(outcomes[0], scenario=scenario, replicates=found)
    return answer_of(whole, headline(whole))


class SmallRuns:
    """Carries out small runs, one at a time of a client, the newest change first."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, _Client] = OrderedDict()
        self._waiting = 0
        self._begin()

    def _begin(self) -> None:
        self._pool = PriorityPool(os.cpu_count() or 1)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Keep the threads, and end them."""
        self._begin()  # anew where the pages have been served before
        yield
        for known in self._clients.values():
            known.turn += 1  # what is under way is wanted no longer
        self._pool.end()

    async def answer(self, client: str, asked: Asked, replicates: int, rank: int = FIRST) -> dict[str, Any] | None:
        """Return the small answer of a change, None if the same client has asked for another since.

        A first answer has one replicate alone where many clients wait. Raises AskedError.
        """
        known = self._clients.setdefault(client, _Client())
        self._clients.move_to_end(client)
        if len(self._clients) > _MOST_CLIENTS:
            self._clients.popitem(last=False)
        known.turn += 1
        known.run.drop()
        mine = known.turn
        async with known.busy:
            return await self._carried_out(known, asked, replicates, rank, mine) if mine == known.turn else None

    async def _carried_out(
        self, known: "_Client", asked: Asked, replicates: int, rank: int, mine: int
    ) -> dict[str, Any] | None:
        self._waiting += rank == FIRST
        count = 1 if rank == FIRST and self._waiting > _CROWDED else min(max(1, replicates), MOST_SMALL)
        try:
            return await known.run.answer(asked, count, rank, self._pool, lambda: known.turn == mine)
        finally:
            self._waiting -= rank == FIRST


@dataclass(eq=False)
class _Client:
    """A browser, the number of its changes, and what was lived for it."""

    run: SmallRun = field(default_factory=SmallRun)
    turn: int = 0
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
