"""One population over several workers, each of which holds some markets: the columns engine, too big for one machine.

Acquaintances live in one market, so that a week's exchange is small: this week's levers go out, totals come back.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from simulation.model.blocks import Crowd
from simulation.model.columns import Columns
from simulation.model.kinds import Floats, Whole
from simulation.model.weeks import live_one_by_one
from simulation.scenario.population import Lives, Shoppers


class Terms(NamedTuple):
    """What a shard is opened with; `bounds` are those of all markets, `markets` the places of its own."""

    bounds: NDArray[np.int64]
    markets: tuple[int, ...]
    policies: int
    numbers: NDArray[np.void]
    seed: int
    replicate: int
    threads: int


class Answer(Protocol):
    """What will have been answered."""

    def result(self) -> Any:
        """Wait for the answer and return it."""


class Host(Protocol):
    """Where a shard lives: it is asked by the name of one of the shard's methods, and answers later."""

    def open(self, terms: Terms) -> Answer:
        """Begin to open a shard there; the answer comes when it is open."""

    def ask(self, method: str, *arguments: Any) -> Answer:
        """Ask the shard."""


class Shard:
    """The shoppers of some markets, on one worker."""

    def __init__(self, terms: Terms) -> None:
        self._columns = Columns(
            terms.bounds, terms.policies, terms.numbers, terms.seed, terms.replicate, terms.threads, terms.markets
        )

    def step(self, week: int, levers: NDArray[np.void], practices: NDArray[np.void], shape: tuple[int, ...]) -> Whole:
        """Advance its shoppers by a week; return the week's counts. Shape (its markets, policies, cells, counts)."""
        totals = np.zeros(shape, np.int64)
        self._columns.step(week, levers.copy(), practices.copy(), totals)  # what was sent may not be written to
        return totals

    def blocks(self) -> NDArray[np.int64]:
        """Return its blocks as rows (market, start, stop)."""
        return self._columns.crowd.blocks

    def returned(self) -> NDArray[np.int64]:
        """Return which of its opening patrons have come back; see `Crowd`."""
        return self._columns.crowd.returned()

    def part(self, first: int, stop: int) -> Crowd:
        """Return the shoppers of some of its blocks."""
        crowd = self._columns.crowd
        return Crowd(crowd.people[first:stop], crowd.lives[:, first:stop], crowd.blocks[first:stop])


class ScatteredCrowd:
    """Shoppers who stay where they are until some of them are asked for; the same questions as to a `Crowd`."""

    def __init__(self, hosts: Sequence[Host]) -> None:
        self._hosts, blocks = hosts, [host.ask("blocks").result() for host in hosts]
        placed = [(int(row[0]), int(row[1]), host, place) for host, rows in zip(hosts, blocks, strict=True)
                  for place, row in enumerate(rows)]  # fmt: skip
        self._placed = sorted(placed, key=lambda each: each[:2])
        self.size = sum(int((rows[:, 2] - rows[:, 1]).sum()) for rows in blocks)

    def parts(self, blocks: int = 64) -> Iterator[Crowd]:
        """Yield them some blocks at a time, in the order of their markets."""
        first = 0
        while first < len(self._placed):
            market, _, host, place = self._placed[first]
            stop = first
            while stop < min(first + blocks, len(self._placed)) and self._placed[stop][0] == market:
                stop += 1
            yield host.ask("part", place, place + stop - first).result()
            first = stop

    def returned(self) -> NDArray[np.int64]:
        """Return which opening patrons have come back; see `Crowd`."""
        answers = [host.ask("returned") for host in self._hosts]
        total: NDArray[np.int64] = np.sum([answer.result() for answer in answers], axis=0)
        return total

    def people_columns(self) -> Shoppers:
        """Return what they are as columns, copied."""
        return Shoppers(*map(np.concatenate, zip(*(part.people_columns() for part in self.parts()), strict=True)))

    def lives_columns(self) -> Lives:
        """Return what has become of them as columns, copied."""
        columns = zip(*(part.lives_columns() for part in self.parts()), strict=True)
        return Lives(*(np.concatenate(column, axis=-1) for column in columns))


class Shards:
    """The engine whose columns are scattered over hosts."""

    def __init__(self, hosts: Sequence[Host], terms: Terms) -> None:
        dealt = deal(np.diff(terms.bounds), len(hosts))
        self._hosts = list(zip(hosts, dealt, strict=False))
        for opening in [host.open(terms._replace(markets=markets)) for host, markets in self._hosts]:
            opening.result()

    @property
    def crowd(self) -> ScatteredCrowd:
        """The shoppers and what has become of them."""
        return ScatteredCrowd([host for host, _ in self._hosts])

    def live(
        self, first: int, levers: NDArray[np.void], practices: NDArray[np.void], totals: Whole, seen: Floats
    ) -> None:
        """Advance all shoppers by some weeks, from week `first` on; see `live_one_by_one`."""
        live_one_by_one(self.step, first, levers, practices, totals, seen)

    def step(self, week: int, levers: NDArray[np.void], practices: NDArray[np.void], totals: Whole) -> None:
        """Advance all shoppers by one week; the arguments are those of the columns engine."""
        shape = totals.shape[1:]
        answers = [
            host.ask("step", week, levers[list(markets)], practices[list(markets)], (len(markets), *shape))
            for host, markets in self._hosts
        ]
        for (_, markets), answer in zip(self._hosts, answers, strict=True):
            totals[list(markets)] += answer.result()


def deal(sizes: NDArray[np.int64], hosts: int) -> list[tuple[int, ...]]:
    """Return which markets go to which host: the largest first, each to whoever has least; nobody goes without."""
    load, dealt = [0] * hosts, [list[int]() for _ in range(hosts)]
    for market in np.argsort(-sizes, kind="stable").tolist():
        least = load.index(min(load))
        load[least] += int(sizes[market])
        dealt[least].append(market)
    return [tuple(sorted(markets)) for markets in dealt if markets]
