"""Draws of all guesses, weighted by how well each reproduces what was observed: approximate Bayesian computation.

The first wave covers the whole of the plausible ranges. Every further wave is drawn near the best of all before it
(population Monte Carlo: Beaumont, Cornuet, Marin, Robert, Biometrika 2009), some always from the whole. Each draw of
any wave counts, with the weight of the prior over the mixture of all waves' densities (Owen, Zhou, JASA 2000), times a
kernel that falls exponentially with its distance from what was observed, so that what is kept is a sample of the
posterior and not the tip of a search. The kernel is as narrow as leaves the wanted number of effective draws. Numbers
that no figure hangs on in the first wave are always drawn from their whole range, which leaves their weights alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from simulation.study.guesses import normal_points, uniform_points

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_FROM_THE_WHOLE = 0.1  # share of a further wave that is drawn from the whole range
_TELLING = 3.5  # standard errors from which a correlation in the first wave counts
_NARROWEST = 0.01  # standard deviation of a kernel, as a share of the range
_MOST_CENTRES = 200
_NARROWEST_KERNEL = 0.1  # misses; a figure that is missed at all misses by 1, so that a narrower one is no different
_HALVINGS = 60

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
        if self.draws < self.effective:
            raise ValueError(f"{self.draws} draws a wave leave fewer than {self.effective} effective ones; take more")
        if self.waves < 1:
            raise ValueError(f"a fit has at least 1 wave, not {self.waves}")


@dataclass(frozen=True)
class Proposal:
    """Where a further wave is drawn: a mixture of kernels about the best points so far.

    `centres` has shape (kernels, dimensions), `spreads` (dimensions,); both are read at the `active` dimensions only.
    """

    centres: Floats
    shares: Floats
    spreads: Floats
    active: Places

    def points(self, seed: int, wave: int, count: int) -> Floats:
        """Return the wave's points. Shape (count, dimensions)."""
        dimensions = self.centres.shape[1]
        whole = uniform_points(seed, wave, count, dimensions)
        luck = uniform_points(seed, wave, count, 2, dimensions)
        steps = normal_points(seed, wave, count, len(self.active), dimensions + 2)
        chosen = np.searchsorted(np.cumsum(self.shares), luck[:, 0] * self.shares.sum(), side="right")
        near = whole.copy()
        near[:, self.active] = _reflected(self.centres[chosen][:, self.active] + steps * self.spreads[self.active])
        return np.where(luck[:, 1:] < _FROM_THE_WHOLE, whole, near)

    def density(self, points: Floats) -> Floats:
        """Return the density at points of the unit cube, where the prior's is 1. Shape (points,)."""
        kernels = np.tile(np.log(self.shares / self.shares.sum()), (len(points), 1))
        for place in self.active:
            kernels += _log_kernel(points[:, place], self.centres[:, place], self.spreads[place])
        return _FROM_THE_WHOLE + (1 - _FROM_THE_WHOLE) * np.exp(logsumexp(kernels, axis=1))


def _reflected(places: Floats) -> Floats:
    """Return places on the line folded into 0 to 1, as a path that bounces off both ends."""
    folded = np.mod(places, 2.0)
    return np.where(folded > 1, 2 - folded, folded)


def _log_kernel(places: Floats, centres: Floats, spread: float) -> Floats:
    """Return the logarithm of the density of a folded normal step from each centre. Shape (places, centres)."""
    images = (places[:, None], -places[:, None], 2 - places[:, None])
    each = [-0.5 * ((image - centres[None]) / spread) ** 2 for image in images]
    return np.asarray(logsumexp(each, axis=0) - np.log(spread * np.sqrt(2 * np.pi)))


def active_numbers(points: Floats, figures: Floats) -> Places:
    """Return the dimensions that any figure hangs on, by rank correlation over draws from the whole range."""
    ranked = [np.argsort(np.argsort(np.nan_to_num(each, nan=-np.inf), axis=0), axis=0) for each in (points, figures)]
    numbers, found = (each - each.mean(axis=0) for each in ranked)
    scale = np.sqrt((numbers**2).sum(axis=0)[:, None] * (found**2).sum(axis=0))
    related = np.abs(numbers.T @ found) / np.maximum(scale, 1e-12)
    return np.flatnonzero(related.max(axis=1) * np.sqrt(len(points)) > _TELLING)


def proposal_from(points: Floats, weights: Floats, active: Places) -> Proposal:
    """Return where to draw next, from the best points so far and their weights.

    Kernels are as wide as Silverman's rule has it for so many points and dimensions.
    """
    shares = weights / weights.sum()
    middle = shares @ points
    deviation = np.sqrt(shares @ (points - middle) ** 2)
    dimensions, effective = max(1, len(active)), 1 / (shares**2).sum()
    width = (4 / ((dimensions + 2) * effective)) ** (1 / (dimensions + 4))
    return Proposal(points, shares, np.maximum(_NARROWEST, deviation * width), active)


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
    near = heaviest(found, _MOST_CENTRES)
    return proposal_from(points[near], found[near], active)
