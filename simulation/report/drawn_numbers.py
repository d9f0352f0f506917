"""Which of the numbers drawn anew for each replicate a result leans on, by rank correlation over replicates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.runs.bootstrap import rank_correlation
from simulation.runs.outcome import Outcome

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
    """Return how the drawn numbers go with the differences, those that matter most first, ten at most."""
    replicates = outcome.replicates
    if len(replicates) < FEWEST_REPLICATES:
        return []
    differences = outcome.differences().by_replicate()[:, 1:].T
    found = [
        Leaning(address, tuple(rank_correlation(drawn, each) for each in differences))
        for address in outcome.scenario.uncertain
        for drawn in [np.array([replicate.overrides[address] for replicate in replicates])]
    ]
    return sorted(found, key=lambda each: -each.strength)[:MOST_SHOWN]


def by_chance(replicates: int) -> float:
    """Return the size that a rank correlation exceeds by chance alone in one case of twenty, or so."""
    return 2.0 / float(np.sqrt(replicates - 1))
