"""All shoppers as Mesa agents: the plain engine, for reading, teaching and subclassing."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week
from simulation.behaviour.network import far_acquaintance
from simulation.model.blocks import Crowd, crowd_of
from simulation.model.kinds import Floats, Whole
from simulation.model.shopper import Shopper
from simulation.model.tally import count
from simulation.model.terms import Terms, Week
from simulation.model.weeks import live_one_by_one
from simulation.scenario.opening import week_shapes
from simulation.scenario.population import Lives, Shoppers, blocks_of


class Agents:
    """The engine that keeps every shopper of every policy as an agent of the model."""

    def __init__(
        self,
        model: Any,
        shopper: type[Shopper],
        people: Shoppers,
        lives: Lives,
        bounds: NDArray[np.int64],
        numbers: NDArray[np.void],
        seed: int,
        replicate: int,
    ) -> None:
        self._people, self._lives, self._bounds = people, lives, bounds
        self._p = terms_of(numbers)
        self._shapes, self._seed, self._replicate = week_shapes(numbers), seed, replicate
        self._key = keys_of_week(seed, replicate, 0)[Purpose.ACQUAINTANCE]
        columns = np.argsort(people.number)  # in order of numbers: the ring's seats
        self.shoppers = [
            [self._shopper(model, shopper, policy, int(i)) for i in columns] for policy in range(lives.trust.shape[0])
        ]
        self._talk = [[0] * len(columns) for _ in self.shoppers]

    def _shopper(self, model: Any, shopper: type[Shopper], policy: int, i: int) -> Shopper:
        traits, state = traits_at(self._people, i), state_at(self._lives, policy, i)
        near, far = acquaintances(traits["number"], self._bounds, self._p, self._key)
        return shopper(model, policy, i, traits, state, near + far)

    def live(
        self, first: int, levers: NDArray[np.void], practices: NDArray[np.void], totals: Whole, seen: Floats
    ) -> None:
        """Advance all shoppers by some weeks, from week `first` on; see `live_one_by_one`."""
        live_one_by_one(self.step, first, levers, practices, totals, seen)

    def step(self, week: int, levers: NDArray[np.void], practices: NDArray[np.void], totals: Whole) -> None:
        """Advance all shoppers by one week; the arguments are those of the columns engine."""
        keys = keys_of_week(self._seed, self._replicate, week)
        for policy, shoppers in enumerate(self.shoppers):
            for market, (start, stop) in enumerate(zip(self._bounds[:-1], self._bounds[1:], strict=True)):
                lever, terms = terms_of(levers[market, policy]), [terms_of(row) for row in practices[market, policy]]
                read = Week(week, keys, lever, terms, self._p, self._shapes, self._talk[policy])
                for shopper in shoppers[start:stop]:
                    shopper.live(read)
                    count(shopper, totals[market, policy], terms)
            self._talk[policy] = [shopper.spoken for shopper in shoppers]

    @property
    def crowd(self) -> Crowd:
        """The shoppers and what has become of them, as the columns engine keeps them."""
        self._write(self._people, self.shoppers[0], lambda column: column)
        for policy, shoppers in enumerate(self.shoppers):
            self._write(self._lives, shoppers, lambda column, policy=policy: column[policy])
        return crowd_of(self._people, self._lives, blocks_of(self._bounds))

    @staticmethod
    def _write(columns: Any, shoppers: Sequence[Shopper], part: Any) -> None:
        for name, column in columns._asdict().items():
            for shopper in shoppers:
                part(column)[shopper.seat] = getattr(shopper, name)


def terms_of(row: Any) -> Terms:
    """Return a record as plain values by name."""
    return dict(zip(row.dtype.names, row.item(), strict=True))


def traits_at(people: Shoppers, i: int) -> Terms:
    """Return what the shopper in column `i` is."""
    return {name: column[i].item() for name, column in people._asdict().items()}


def state_at(lives: Lives, policy: int, i: int) -> Terms:
    """Return what has become of the shopper in column `i` under a policy."""
    return {name: column[policy, i].item() for name, column in lives._asdict().items()}


def acquaintances(number: int, bounds: NDArray[np.int64], p: Terms, key: int) -> tuple[list[int], list[int]]:
    """Return the numbers of those whom a shopper hears: neighbours in the ring, and some from anywhere in the market.

    `bounds` are the markets' bounds, `p` the model's numbers, `key` that of the stream of acquaintances.
    """
    market = int(np.searchsorted(bounds, number, side="right")) - 1
    start, size = int(bounds[market]), int(bounds[market + 1] - bounds[market])
    steps = range(1, int(p["near_acquaintances"]) // 2 + 1)
    near = [start + (number - start + side * step) % size for step in steps for side in (-1, 1)]
    return near, [start + far_acquaintance(key, number, which, size) for which in range(int(p["far_acquaintances"]))]
