"""Which of the numbers drawn anew for each replicate a result leans on, by rank correlation over replicates."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.runs.bootstrap import chance_correlation, rank_correlation
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
    """Return how drawn numbers go with the differences, beyond what chance gives: the strongest first, ten at most."""
    telling = (each for each in all_leanings(outcome) if each.strength > by_chance(outcome))
    return sorted(telling, key=lambda each: -each.strength)[:MOST_SHOWN]


def all_leanings(outcome: Outcome) -> list[Leaning]:
    """Return how every drawn number goes with the differences; none where too few replicates tell."""
    replicates = outcome.replicates
    if not looked_at(outcome):
        return []
    differences = outcome.differences().by_replicate()[:, 1:].T
    return [
        Leaning(address, tuple(rank_correlation(drawn, each) for each in differences))
        for address in replicates[0].overrides
        for drawn in [np.array([replicate.overrides[address] for replicate in replicates])]
    ]


def by_chance(outcome: Outcome) -> float:
    """Return the size that the strongest of the correlations exceeds by chance alone in one case of twenty."""
    return chance_correlation(worlds(outcome), looked_at(outcome))


def worlds(outcome: Outcome) -> int:
    """Return how many different worlds the replicates show: a row of the set that is drawn again tells nothing new.

    Rows that are drawn unequally often count as fewer (Kish 1965).
    """
    together, replicates = drawn_together(outcome.scenario), outcome.replicates
    rows = Counter(tuple(each.overrides[address] for address in together) for each in replicates) if together else None
    return len(replicates) if rows is None else round(len(replicates) ** 2 / sum(count**2 for count in rows.values()))


def looked_at(outcome: Outcome) -> int:
    """Return how many correlations are looked at: one a number drawn and policy beside the baseline, if they tell."""
    enough = len(outcome.replicates) >= FEWEST_REPLICATES
    return len(outcome.replicates[0].overrides) * (len(outcome.policies) - 1) if enough else 0
