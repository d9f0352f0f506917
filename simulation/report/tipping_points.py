"""What would have to be true for a policy to pay: whether a story ran, and the drawn number that tells it best."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week, uniforms
from simulation.runs.outcome import Outcome

Floats = NDArray[np.float64]

_SHUFFLES = 400
FEWEST = 5  # replicates below which a split says nothing


@dataclass(frozen=True)
class Split:
    """A policy pays where a number lies below (or above) an edge: how often that is wrong, and comes about by chance.

    `exposed` replicates had a newspaper story, and in `paid_exposed` of these it paid all the same. `address` is "" if
    the policy paid in all replicates or in none, or if there is nothing to tell them by.
    """

    policy: str
    paid: int
    of: int
    exposed: int = 0
    paid_exposed: int = 0
    address: str = ""
    below: bool = True
    edge: float = 0.0
    wrong: int = 0
    by_chance: float = 1.0
    drawn: int = 0  # numbers that were drawn
    same: int = 0  # replicates in which nothing differed from the baseline


def splits(outcome: Outcome) -> list[Split]:
    """Return, for each policy but the baseline, what best tells the replicates in which it paid from the others."""
    return [_split(outcome, place) for place in range(1, len(outcome.policies))]


def _split(outcome: Outcome, place: int) -> Split:
    difference, exposed = outcome.difference()[:, place], outcome.exposed()[:, place]
    paid, addresses = difference > 0, list(outcome.replicates[0].overrides)
    plain = Split(
        outcome.policies[place],
        int(paid.sum()),
        paid.size,
        int(exposed.sum()),
        int((paid & exposed).sum()),
        drawn=len(addresses),
        same=int((difference == 0).sum()),
    )
    if paid.all() or not paid.any() or paid.size < FEWEST or not addresses:
        return plain
    values = np.array([[each.overrides[address] for each in outcome.replicates] for address in addresses])
    wrong, which, below, edge = _best(values, paid)
    key = keys_of_week(outcome.scenario.seed, 0, 0)[Purpose.RESAMPLING]
    luck = uniforms(key, np.arange(_SHUFFLES * paid.size, dtype=np.uint32)).reshape(_SHUFFLES, paid.size)
    as_good = sum(_best(values, paid[np.argsort(row)])[0] <= wrong for row in luck)
    chance = as_good / _SHUFFLES
    return replace(plain, address=addresses[which], below=below, edge=edge, wrong=wrong, by_chance=chance)


def _best(values: Floats, paid: NDArray[np.bool_]) -> tuple[int, int, bool, float]:
    """Return how many replicates the best edge tells wrongly, of which number, on which side paying lies, and the edge.

    `values` has shape (numbers, replicates). Edges lie half-way between neighbours.
    """
    order = np.argsort(values, axis=1)
    ranked = paid[order]
    paid_before = np.cumsum(ranked, axis=1)[:, :-1]
    count, total = np.arange(1, paid.size), int(paid.sum())
    wrong_if_below = (count - paid_before) + (total - paid_before)
    wrong = np.stack([wrong_if_below, paid.size - wrong_if_below])
    side, which, cut = np.unravel_index(int(np.argmin(wrong)), wrong.shape)
    near = values[which, order[which, cut : cut + 2]]
    return int(wrong[side, which, cut]), int(which), bool(side == 0), float(near.mean())
