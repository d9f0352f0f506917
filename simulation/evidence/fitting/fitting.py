"""Draws of all guesses, weighted by how well each reproduces what was observed: approximate Bayesian computation.

The first wave covers the whole of the plausible ranges. After every wave each figure is foretold from all draws so far:
a ridge regression of where it lies in its band on the numbers and their squares, with the spread of what is left when
each draw is foretold without itself. A further wave is drawn where few figures are foretold to be missed (an emulator,
as in history matching: Vernon, Goldstein, Bower, Bayesian Analysis 2010): whole points from the whole ranges, chosen
with a weight that falls exponentially with what they are foretold to miss, some always from the whole. A foretelling
that is off makes draws less telling, not wrong: each draw of any wave counts, with the weight of the prior over the
mixture of all waves' densities (adaptive multiple importance sampling: Cornuet, Marin, Mira, Robert, Scandinavian
Journal of Statistics 2012), times a kernel that falls exponentially with its true distance from what was observed, so
that what is kept is a sample of the posterior and not the tip of a search. The kernel is as narrow as leaves the wanted
number of effective draws. Numbers that no figure hangs on in the first wave are always drawn from their whole range,
which leaves their weights alone. Densities of each number by itself would not do: what figures pin are products of
numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.fitting.guesses import uniform_points

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_FROM_THE_WHOLE = 0.1  # share of a further wave that is drawn from the whole range
_TELLING = 3.5  # standard errors from which a correlation in the first wave counts
_CANDIDATES = 40_000  # points of the whole range from which those of a wave are chosen
_LEFT_TO_CHOOSE = 2  # effective candidates for each draw of a wave, at least
_RIDGE = 1.0  # draws' worth of doubt about every slope of what is foretold
_LEAST_SCALE = 1.0  # foretold misses that weigh 1/e, at least, as a missed figure misses by 1 or more
_MOST_OWN = 0.99
_FARTHEST = 4.0  # half-bands from the middle of its band at which a figure counts at most
_NODES = (-(1.5**0.5), 0.0, 1.5**0.5)  # three equally likely outcomes with the mean 0 and the variance 1
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
    """Where a further wave is drawn: where few figures are foretold to be missed, some always from the whole.

    `slopes` foretell from the `active` numbers where each figure lies in its band, give or take `spread`; `scale`
    foretold misses weigh 1/e, and `mean` is what candidates weigh on average. Shapes (terms, figures), (figures,).
    """

    active: Places
    slopes: Floats
    spread: Floats
    scale: float = np.inf
    mean: float = 1.0

    def missed(self, points: Floats) -> Floats:
        """Return how much of all figures is foretold to be missed at points of the unit cube. Shape (points,)."""
        middle = _terms(points[:, self.active]) @ self.slopes
        each = [missed_at(middle + node * self.spread).sum(axis=1) for node in _NODES]
        return np.asarray(np.mean(each, axis=0))

    def points(self, seed: int, wave: int, count: int, dimensions: int) -> Floats:
        """Return the wave's points. Shape (count, dimensions)."""
        candidates = uniform_points(seed, wave, _CANDIDATES, dimensions)
        chosen = round(count * (1 - _FROM_THE_WHOLE))
        cumulative = np.cumsum(self._weights(self.missed(candidates)))
        places = np.searchsorted(cumulative, cumulative[-1] * (np.arange(chosen) + 0.5) / chosen)
        whole = uniform_points(seed, wave, count - chosen, dimensions, first=dimensions)
        return np.concatenate([candidates[places], whole])

    def density(self, points: Floats) -> Floats:
        """Return the density at points of the unit cube, where the prior's is 1. Shape (points,)."""
        preferred = self._weights(self.missed(points)) / self.mean
        return np.asarray(_FROM_THE_WHOLE + (1 - _FROM_THE_WHOLE) * preferred)

    def _weights(self, missed: Floats) -> Floats:
        return np.asarray(np.exp(-missed / self.scale))


def missed_at(places: Floats) -> Floats:
    """Return what is missed of figures by where they lie in their bands, in half-bands from the middle."""
    off = np.minimum(_FARTHEST, np.abs(places))
    return np.where(off > 1.0, off, 0.0)


def _terms(places: Floats) -> Floats:
    """Return what figures are foretold from: 1, every number and its square, each of about the same size."""
    numbers = (places - 0.5) * 12**0.5
    return np.concatenate([np.ones((len(places), 1)), numbers, numbers**2 - 1.0], axis=1)


def active_numbers(points: Floats, figures: Floats) -> Places:
    """Return the dimensions that any figure hangs on, by rank correlation over draws from the whole range."""
    ranked = [np.argsort(np.argsort(np.nan_to_num(each, nan=-np.inf), axis=0), axis=0) for each in (points, figures)]
    numbers, found = (each - each.mean(axis=0) for each in ranked)
    scale = np.sqrt((numbers**2).sum(axis=0)[:, None] * (found**2).sum(axis=0))
    related = np.abs(numbers.T @ found) / np.maximum(scale, 1e-12)
    return np.flatnonzero(related.max(axis=1) * np.sqrt(len(points)) > _TELLING)


def foretelling(points: Floats, places: Floats, active: Places) -> Proposal:
    """Return what foretells where figures lie in their bands, from draws and where theirs lay (draws, figures)."""
    terms, held = _terms(points[:, active]), np.clip(places, -_FARTHEST, _FARTHEST)
    doubt = _RIDGE * np.eye(terms.shape[1])
    doubt[0, 0] = 0.0
    solved = np.linalg.solve(terms.T @ terms + doubt, terms.T)
    slopes = solved @ held
    own_weight = np.minimum(_MOST_OWN, (terms * solved.T).sum(axis=1))  # of each draw in what is foretold of it
    left = (held - terms @ slopes) / (1 - own_weight)[:, None]
    return Proposal(active, slopes, np.asarray(left.std(axis=0), dtype=np.float64))


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


def next_proposal(points: Floats, places: Floats, active: Places, count: int, seed: int, wave: int) -> Proposal:
    """Return where to draw `count` points next, after draws and where their figures lay in their bands.

    As near to what is foretold to be met as leaves a choice among the wave's candidates.
    """
    found = foretelling(points, places, active)
    missed = found.missed(uniform_points(seed, wave, _CANDIDATES, points.shape[1]))
    even = np.full(len(missed), 1 / len(missed))
    scale = max(_LEAST_SCALE, scale_for(even, missed, _LEFT_TO_CHOOSE * count))
    return replace(found, scale=scale, mean=float(np.exp(-missed / scale).mean()))
