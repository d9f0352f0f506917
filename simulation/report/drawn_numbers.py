"""Which of the numbers drawn anew for each replicate a result leans on, by rank correlation over replicates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.runs.acting import acting
from simulation.runs.bootstrap import chance_correlation, rank_correlations
from simulation.runs.outcome import Outcome
from simulation.scenario.drawn import drawn_together

Floats = NDArray[np.float64]

FEWEST_REPLICATES = 5
"""With fewer replicates a rank correlation says nothing."""

MOST_SHOWN = 10


@dataclass(frozen=True)
class Leaning:
    """How a drawn number goes with each policy's difference from the baseline: from -1 to 1, the baseline left out."""

    address: str
    correlations: tuple[float, ...]

    @property
    def strength(self) -> float:
        """The largest of the correlations, whatever its sign."""
        return max(map(abs, self.correlations), default=0.0)


def leanings(outcome: Outcome) -> list[Leaning]:
    """Return how drawn numbers go with the differences, beyond what chance gives: the strongest first, ten at most.

    A number that does not act in the scenario is left out, since it can only stand for others that are drawn with it.
    """
    telling = sorted(all_leanings(outcome), key=lambda each: -each.strength)
    least = by_chance(outcome)
    strong = {each.address: each for each in telling if each.strength > least}
    return [strong[address] for address in acting(outcome.scenario, list(strong), MOST_SHOWN)]


def all_leanings(outcome: Outcome) -> list[Leaning]:
    """Return how every drawn number goes with the differences; none where too few replicates tell."""
    if not looked_at(outcome):
        return []
    addresses = list(outcome.replicates[0].overrides)
    drawn = np.array([[each.overrides[address] for each in outcome.replicates] for address in addresses])
    found = rank_correlations(drawn, outcome.differences().by_replicate()[:, 1:].T)
    return [Leaning(address, tuple(row)) for address, row in zip(addresses, found.tolist(), strict=True)]


def by_chance(outcome: Outcome) -> float:
    """Return the size that the strongest of the correlations exceeds by chance alone in one case of twenty."""
    return chance_correlation(worlds(outcome), looked_at(outcome))


def worlds(outcome: Outcome) -> int:
    """Return how many different worlds the replicates show: a row of the set that is drawn again tells nothing new.

    Rows that are drawn unequally often count as fewer (Kish 1965).
    """
    sizes = np.array([group.size for group in same_worlds(outcome)])
    return round(float(sizes.sum() ** 2 / (sizes**2).sum()))


def same_worlds(outcome: Outcome) -> list[NDArray[np.int64]]:
    """Return which replicates drew the same row of the set, group by group; each alone where none is drawn from."""
    together, groups = drawn_together(outcome.scenario), dict[tuple[float, ...], list[int]]()
    for place, each in enumerate(outcome.replicates):
        row = tuple(each.overrides[address] for address in together) or (place,)
        groups.setdefault(row, []).append(place)
    return [np.array(group) for group in groups.values()]


def looked_at(outcome: Outcome) -> int:
    """Return how many correlations are looked at: one a number drawn and policy beside the baseline, if they tell."""
    enough = len(outcome.replicates) >= FEWEST_REPLICATES
    return len(outcome.replicates[0].overrides) * (len(outcome.policies) - 1) if enough else 0
