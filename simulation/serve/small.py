"""The small run that answers while a slider moves: fewer shoppers and replicates, in this process, newest change first.

A run of one client waits for that client's run before; if a newer change came in the meantime, it is dropped.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from simulation.runs.headline import headline
from simulation.runs.outcome import Outcome
from simulation.runs.run import Finished, run_replicate
from simulation.scenario.schema import Scenario, scenario_hash
from simulation.serve.lines import answer_of

SHOPPERS = 2_000
"""How many shoppers a small run has."""

FIRST, MORE = 2, 8
"""How many replicates a small run has: at once, and when nothing changes for a moment."""

_MOST_CLIENTS = 1_000
_KEPT = 400  # replicates, about half a megabyte each


def small_answer(scenario: Scenario, replicates: int) -> dict[str, Any]:
    """Return the answer of a scenario's first replicates, each with few shoppers who stand for the same chain."""
    few = scenario.with_changes(shoppers=SHOPPERS, replicates=replicates)
    key = scenario_hash(few.model_copy(update={"replicates": MORE}))
    finished = [_lived(_Same(key, few), number) for number in range(replicates)]
    crowd = finished[0][1]
    if crowd is None:
        raise RuntimeError("replicate 0 did not return its shoppers")
    outcome = Outcome(few, tuple(replicate for replicate, _ in finished), crowd, "columns", 0.0, "")
    return answer_of(outcome, headline(outcome))


@dataclass(frozen=True)
class _Same:
    """A scenario that is the same as another if their hashes are, however many replicates each has."""

    key: str
    scenario: Scenario = field(compare=False)


@lru_cache(_KEPT)
def _lived(same: _Same, number: int) -> Finished:
    return run_replicate(same.scenario, number, split="press" in same.scenario.institutions)


class SmallRuns:
    """Carries out small runs on a few threads, one at a time of a client, the newest change first."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, tuple[int, asyncio.Lock]] = OrderedDict()
        self._threads: ThreadPoolExecutor | None = None
        self._waiting = 0

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Keep the threads."""
        with ThreadPoolExecutor(os.cpu_count() or 1) as self._threads:
            yield

    async def answer(self, client: str, scenario: Scenario, is_first: bool) -> dict[str, Any] | None:
        """Return the small answer of a change, None if a newer change of the same client has come since.

        The first answer to a change has fewer replicates, and one alone where many clients wait.
        """
        turn, lock = self._turns.pop(client, (0, asyncio.Lock()))
        self._turns[client] = turn + 1, lock
        if len(self._turns) > _MOST_CLIENTS:
            self._turns.popitem(last=False)
        async with lock:
            if self._turns.get(client, (0, lock))[0] != turn + 1:
                return None
            return await self._carried_out(scenario, is_first)

    async def _carried_out(self, scenario: Scenario, is_first: bool) -> dict[str, Any]:
        is_crowded = self._waiting > 2 * (os.cpu_count() or 1)
        replicates = (1 if is_crowded else FIRST) if is_first else MORE
        self._waiting += 1
        try:
            work = partial(small_answer, scenario, replicates)
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
