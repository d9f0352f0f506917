"""All shoppers as columns: one compiled pass a week over cached blocks, on as many threads as there are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week, keys_of_weeks
from simulation.behaviour.network import listeners_of, row_length, row_starts
from simulation.model.blocks import SCRATCH
from simulation.model.kinds import Floats, Whole
from simulation.model.openings import opened
from simulation.model.preparing import prepare
from simulation.model.rule_sets import SHIPPED, RuleSet
from simulation.model.weeks import Span, close_week, live_one_by_one
from simulation.scenario.opening import week_shapes
from simulation.scenario.population import blocks_of


class Columns:
    """The engine that keeps every trait and state as a column and advances all policies together."""

    def __init__(
        self,
        bounds: NDArray[np.int64],
        policies: int,
        numbers: NDArray[np.void],
        seed: int,
        replicate: int,
        threads: int = 1,
        markets: Sequence[int] | None = None,
        rule_set: RuleSet = SHIPPED,
    ) -> None:
        self._rule_set = rule_set
        self._markets = range(len(bounds) - 1) if markets is None else markets  # those that are held here
        self.bounds, blocks = bounds, blocks_of(bounds)
        own = blocks[np.isin(blocks[:, 0], self._markets)]
        self.crowd = opened(numbers, seed, replicate, policies, own)
        self._numbers, self._seed, self._replicate = numbers.reshape(1), seed, replicate
        self._shapes = week_shapes(numbers)
        ends = np.concatenate([[0], np.cumsum(np.diff(bounds)[list(self._markets)])])
        far, acquainted = int(numbers["far_acquaintances"]), keys_of_week(seed, replicate, 0)[Purpose.ACQUAINTANCE]
        self._listeners = listeners_of(acquainted, far, ends, bounds[list(self._markets)])
        self._talk = np.zeros((2, policies, row_length(ends)), np.uint8)
        self._told = np.zeros_like(self._talk[0])
        self._talkative = np.zeros((len(self._markets), policies), np.uint8)
        self._rows = row_starts(ends)
        self._parts = [_dealt(self.crowd.blocks, self._markets, part, threads) for part in range(threads)]
        self._scratch = [np.zeros(1, SCRATCH) for _ in range(threads)]
        self._pool = _pool_of(threads)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_pool": None}  # threads cannot be copied; a copy has its own

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _pool=_pool_of(len(state["_parts"])))

    def live(
        self, first: int, levers: NDArray[np.void], practices: NDArray[np.void], totals: Whole, seen: Floats
    ) -> None:
        """Advance all shoppers who are held here by some weeks, from week `first` on; see `live_one_by_one`.

        On one thread that is one compiled call.
        """
        if len(self._parts) > 1:
            live_one_by_one(self.step, first, levers, practices, totals, seen)
        else:
            self._live_part(0, self._span(first, levers, practices), totals, seen, alone=True)

    def step(self, week: int, levers: NDArray[np.void], practices: NDArray[np.void], totals: Whole) -> None:
        """Advance all shoppers who are held here by one week.

        `levers` has shape (markets, policies), `practices` (markets, policies, practices); the week's counts are added
        to `totals`, shape (markets, policies, cells, counts).
        """
        span = self._span(week, levers[None], practices[None])

        def counted(part: int) -> Whole:
            counts = np.zeros((1, *totals.shape), np.int64)
            self._live_part(part, span, counts, np.zeros((levers.shape[1], 2)), alone=False)
            return counts[0]

        for part in self._map(counted, range(len(self._parts))):
            totals += part
        close_week(span, 0)

    def talk_before(self, week: int, numbers: Sequence[int]) -> NDArray[np.uint8]:
        """Return what some shoppers talked about in the week before `week`, the latest lived or the one after it.

        One bit a practice. Shape (policies, numbers). All markets must be held here.
        """
        wanted = np.asarray(numbers, np.int64)
        market = np.searchsorted(self.bounds, wanted, side="right") - 1
        places = self._rows[market] + wanted - self.bounds[market]
        return self._talk[week % 2][:, places]

    def _map(self, work: Callable[[int], Whole], parts: Iterable[int]) -> Iterator[Whole]:
        return self._pool.map(work, parts) if self._pool else map(work, parts)

    def _live_part(self, part: int, span: Span, totals: Whole, seen: Floats, alone: bool) -> None:
        crowd, scratch = self.crowd, self._scratch[part]
        arguments = span, crowd.people, crowd.lives, self._parts[part], scratch, totals, seen, alone
        if self._rule_set is SHIPPED:
            prepare(*arguments)
        self._rule_set.live_weeks(*arguments)

    def _span(self, first: int, levers: NDArray[np.void], practices: NDArray[np.void]) -> Span:
        bounds, markets = self.bounds, np.asarray(self._markets)
        return Span(
            first=first,
            keys=keys_of_weeks(self._seed, self._replicate, range(first, first + len(levers))),
            levers=levers,
            practices=practices,
            numbers=self._numbers,
            shapes=self._shapes,
            talk=self._talk,
            told=self._told,
            listeners=self._listeners,
            talkative=self._talkative,
            rows=self._rows,
            starts=bounds[markets],
            sizes=bounds[markets + 1] - bounds[markets],
        )


def _pool_of(threads: int) -> ThreadPoolExecutor | None:
    return ThreadPoolExecutor(threads) if threads > 1 else None


def _dealt(blocks: NDArray[np.int64], markets: Sequence[int], part: int, parts: int) -> NDArray[np.int64]:
    """Return the blocks (market among those held, place, start, stop) that fall to one of several threads, in turn."""
    placed = np.insert(blocks, 1, np.arange(len(blocks)), axis=1)[part::parts]
    placed[:, 0] = np.searchsorted(np.asarray(markets), placed[:, 0])
    return np.ascontiguousarray(placed)
