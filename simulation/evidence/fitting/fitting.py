"""Draws of all guesses, weighted by how well each reproduces what was observed: approximate Bayesian computation.

The first wave covers the whole of the plausible ranges. In every further wave each number is drawn from a Beta
distribution that has the mean and somewhat more than the spread of the posterior so far, some always from the whole.
Each draw of any wave counts, with the weight of the prior over the mixture of all waves' densities (adaptive multiple
importance sampling: Cornuet, Marin, Mira, Robert, Scandinavian Journal of Statistics 2012), times a kernel that falls
exponentially with its distance from what was observed, so that what is kept is a sample of the posterior and not the
tip of a search. The kernel is as narrow as leaves the wanted number of effective draws. Numbers that no figure hangs on
in the first wave are always drawn from their whole range, which leaves their weights alone. Kernels about single draws
would not do: in twenty dimensions they cover next to nothing of the whole, and weights fall apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, betaln, xlog1py, xlogy

from simulation.evidence.fitting.guesses import uniform_points

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_FROM_THE_WHOLE = 0.1  # share of a further wave that is drawn from the whole range
_TELLING = 3.5  # standard errors from which a correlation in the first wave counts
_NARROWEST = 0.01  # standard deviation of what a number is drawn from, as a share of the range
_WIDENED = 1.5  # times the variance of the posterior so far, which few draws tell
_MOST_OF_ALL = 0.9  # of the variance that a distribution with this mean can have at all
_EDGE = 1e-9  # where a density may be without end
_NARROWEST_KERNEL = 0.1  # misses; a figure that is missed at all misses by 1, so that a narrower one is no different
_HALVINGS = 60
_FEWEST, _MOST_SEED = 2, 2**63

MOST_KEPT = 1_000
"""Draws of which a set is made at most; the weight of all others is next to nothing."""


@dataclass(frozen=True)
class Settings:
    """How a fit is made: draws in a wave, waves, how many effective draws are left, and the seed.

    Raises ValueError for what cannot be done.
    """

    draws: int = 1000
    waves: int = 4
    effective: int = 100
    seed: int = 1

    def __post_init__(self) -> None:
        if self.effective < _FEWEST:
            raise ValueError(f"at least {_FEWEST} draws must count in effect, not {self.effective}")
        if not 0 <= self.seed < _MOST_SEED:
            raise ValueError(f"a seed is a whole number from 0 to {_MOST_SEED - 1}, not {self.seed}")
        if self.draws < self.effective:
            raise ValueError(f"{self.draws} draws a wave leave fewer than {self.effective} effective ones; take more")
        if self.waves < 1:
            raise ValueError(f"a fit has at least 1 wave, not {self.waves}")


@dataclass(frozen=True)
class Proposal:
    """Where a further wave is drawn: the `active` numbers each from a Beta distribution, the others from the whole.

    `shapes` holds both of each distribution's. Shape (active, 2).
    """

    shapes: Floats
    active: Places

    def points(self, seed: int, wave: int, count: int, dimensions: int) -> Floats:
        """Return the wave's points. Shape (count, dimensions)."""
        whole = uniform_points(seed, wave, count, dimensions)
        luck = uniform_points(seed, wave, count, 1, dimensions)
        near = whole.copy()
        near[:, self.active] = betaincinv(*self.shapes.T, whole[:, self.active])
        return np.clip(np.where(luck < _FROM_THE_WHOLE, whole, near), _EDGE, 1 - _EDGE)

    def density(self, points: Floats) -> Floats:
        """Return the density at points of the unit cube, where the prior's is 1. Shape (points,)."""
        places, (first, second) = points[:, self.active], self.shapes.T
        each = xlogy(first - 1, places) + xlog1py(second - 1, -places) - betaln(first, second)
        return np.asarray(_FROM_THE_WHOLE + (1 - _FROM_THE_WHOLE) * np.exp(each.sum(axis=1)))


def active_numbers(points: Floats, figures: Floats) -> Places:
    """Return the dimensions that any figure hangs on, by rank correlation over draws from the whole range."""
    ranked = [np.argsort(np.argsort(np.nan_to_num(each, nan=-np.inf), axis=0), axis=0) for each in (points, figures)]
    numbers, found = (each - each.mean(axis=0) for each in ranked)
    scale = np.sqrt((numbers**2).sum(axis=0)[:, None] * (found**2).sum(axis=0))
    related = np.abs(numbers.T @ found) / np.maximum(scale, 1e-12)
    return np.flatnonzero(related.max(axis=1) * np.sqrt(len(points)) > _TELLING)


def proposal_from(points: Floats, weights: Floats, active: Places) -> Proposal:
    """Return where to draw next, from the points so far and their weights."""
    shares, places = weights / weights.sum(), points[:, active]
    middle = np.clip(shares @ places, _NARROWEST, 1 - _NARROWEST)
    variance = _WIDENED * (shares @ (places - middle) ** 2)
    variance = np.clip(variance, _NARROWEST**2, np.minimum(1 / 12, _MOST_OF_ALL * middle * (1 - middle)))
    size = middle * (1 - middle) / variance - 1
    return Proposal(np.stack([middle * size, (1 - middle) * size], axis=1), active)


def weights_of(points: Floats, proposals: Sequence[Proposal], first: int, each: int) -> Floats:
    """Return the weight of every point lived: the prior's density over that of all waves mixed.

    `first` points were drawn from the whole range, and `each` from every proposal. Shape (points,), summing to 1.
    """
    mixed = float(first) + sum(each * proposal.density(points) for proposal in proposals)
    weights = np.asarray(1 / mixed)
    return weights / weights.sum()


def effective(weights: Floats) -> float:
    """Return how many equally weighted draws tell as much: the square of the sum over the sum of squares."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def scale_for(weights: Floats, distances: Floats, wanted: float) -> float:
    """Return the kernel's scale that leaves so many effective draws: a miss of one scale weighs 1/e."""
    narrow, wide = _NARROWEST_KERNEL, 1e3
    for _ in range(_HALVINGS):
        middle = float(np.sqrt(narrow * wide))
        enough = effective(kernel_weights(weights, distances, middle)) >= wanted
        narrow, wide = (narrow, middle) if enough else (middle, wide)
    return wide


def kernel_weights(weights: Floats, distances: Floats, scale: float) -> Floats:
    """Return weights times the kernel at each draw's distance, summing to 1."""
    found = weights * np.exp((distances.min() - distances) / scale)
    return np.asarray(found / found.sum())


def heaviest(weights: Floats, count: int) -> Places:
    """Return the places of the draws that weigh most, the earlier of two that are alike."""
    return np.argsort(-weights, kind="stable")[:count]


def next_proposal(points: Floats, weights: Floats, distances: Floats, active: Places, wanted: float) -> Proposal:
    """Return where to draw next after everything that has been lived."""
    found = kernel_weights(weights, distances, scale_for(weights, distances, wanted))
    return proposal_from(points, found, active)
