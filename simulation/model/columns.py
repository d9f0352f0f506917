"""All shoppers as columns: one compiled pass a week over cached blocks, on as many threads as there are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week
from simulation.behaviour.network import close_talk, row_length, row_starts
from simulation.model.blocks import SCRATCH, opening_crowd
from simulation.model.preparing import prepare
from simulation.model.rule_sets import SHIPPED, RuleSet
from simulation.model.week import Week
from simulation.scenario.opening import week_shapes
from simulation.scenario.population import Opening, blocks_of


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
        self.crowd = opening_crowd(
            Opening(numbers, seed, replicate), policies, blocks[np.isin(blocks[:, 0], self._markets)]
        )
        self._numbers, self._seed, self._replicate = numbers.reshape(1), seed, replicate
        self._shapes = week_shapes(numbers)
        self._acquaintance_key = keys_of_week(seed, replicate, 0)[Purpose.ACQUAINTANCE]
        own = np.concatenate([[0], np.cumsum(np.diff(bounds)[list(self._markets)])])
        self._talk = np.zeros((2, policies, row_length(own)), np.uint8)
        self._talkative = np.zeros((policies, len(self._markets)), np.uint8)
        self._rows = row_starts(own)
        self._parts = [_dealt(self.crowd.blocks, self._markets, part, threads) for part in range(threads)]
        self._scratch = [np.zeros(1, SCRATCH) for _ in range(threads)]
        self._pool = _pool_of(threads)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_pool": None}  # threads cannot be copied; a copy has its own

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _pool=_pool_of(len(state["_parts"])))

    def step(self, week: int, levers: NDArray[np.void], practices: NDArray[np.void], totals: NDArray[np.int64]) -> None:
        """Advance all shoppers who are held here by one week.

        `levers` has shape (policies, markets), `practices` (policies, markets, practices); the week's counts are
        added to `totals`, shape (policies, markets, cells, counts).
        """
        keys = keys_of_week(self._seed, self._replicate, week)
        talk, next_talk = self._talk[week % 2], self._talk[(week + 1) % 2]
        weeks = [self._week_of(m, week, keys, levers, practices, talk, next_talk) for m in range(len(self._rows))]
        if self._rule_set is SHIPPED:
            prepare(weeks[0], self.crowd.people, self.crowd.lives, self._scratch[0])
        shape = totals.shape
        for part in self._map(lambda number: self._advance(number, weeks, shape), range(len(self._parts))):
            totals += part.swapaxes(0, 1)
        for market, row in enumerate(self._rows):
            close_talk(next_talk, row, weeks[market].market_size, self._talkative[:, market])

    def talk_before(self, week: int, numbers: Sequence[int]) -> NDArray[np.uint8]:
        """Return what some shoppers talked about in the week before `week`, the latest lived or the one after it.

        One bit a practice. Shape (policies, numbers). All markets must be held here.
        """
        wanted = np.asarray(numbers, np.int64)
        market = np.searchsorted(self.bounds, wanted, side="right") - 1
        places = self._rows[market] + wanted - self.bounds[market]
        return self._talk[week % 2][:, places]

    def _map(self, work: Callable[[int], NDArray[np.int64]], parts: Iterable[int]) -> Iterator[NDArray[np.int64]]:
        return self._pool.map(work, parts) if self._pool else map(work, parts)

    def _advance(self, part: int, weeks: Sequence[Week], shape: tuple[int, ...]) -> NDArray[np.int64]:
        policies, markets, *inside = shape
        people, lives = self.crowd.people, self.crowd.lives
        totals = np.zeros((markets, policies, *inside), np.int64)
        for market, blocks in enumerate(self._parts[part]):
            self._rule_set.live_a_week(weeks[market], people, lives, blocks, self._scratch[part], totals[market])
        return totals

    def _week_of(
        self,
        market: int,
        number: int,
        keys: NDArray[np.uint64],
        levers: NDArray[np.void],
        practices: NDArray[np.void],
        talk: NDArray[np.uint8],
        next_talk: NDArray[np.uint8],
    ) -> Week:
        start, stop = self.bounds[self._markets[market]], self.bounds[self._markets[market] + 1]
        return Week(
            number=number,
            keys=keys,
            acquaintance_key=self._acquaintance_key,
            levers=np.ascontiguousarray(levers[:, market]),
            practices=np.ascontiguousarray(practices[:, market]),
            numbers=self._numbers,
            shapes=self._shapes,
            talk=talk,
            next_talk=next_talk,
            talkative=np.ascontiguousarray(self._talkative[:, market]),
            row=int(self._rows[market]),
            market_start=int(start),
            market_size=int(stop - start),
        )


def _pool_of(threads: int) -> ThreadPoolExecutor | None:
    return ThreadPoolExecutor(threads) if threads > 1 else None


def _dealt(blocks: NDArray[np.int64], markets: Sequence[int], part: int, parts: int) -> list[NDArray[np.int64]]:
    """Return each market's blocks (place, start, stop) that fall to one of several threads, dealt out in turn."""
    placed = np.insert(blocks, 1, np.arange(len(blocks)), axis=1)[part::parts]
    return [np.ascontiguousarray(placed[placed[:, 0] == market, 1:]) for market in markets]
