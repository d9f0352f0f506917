"""How far a mean over few replicates may lie from that over many: the replicates drawn again and again."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week, uniforms

Floats = NDArray[np.float64]

RESAMPLES = 2_000


def resampled_means(values: Floats, seed: int) -> Floats:
    """Return the mean over replicates in each of 2,000 resamples with replacement (Efron 1979, the bootstrap).

    `values` has shape (replicates, ...), the result (resamples, ...). Replicates cover the ranges of uncertain
    numbers more evenly than chance would, so what is read off the resamples is rather too wide than too narrow.
    """
    means: Floats = np.einsum("br,r...->b...", _weights(len(values), seed), values)
    return means


def _weights(replicates: int, seed: int) -> Floats:
    """Return how much each replicate counts in each resample. Shape (resamples, replicates)."""
    key = keys_of_week(seed, 0, 0)[Purpose.RESAMPLING]
    luck = uniforms(key, np.arange(RESAMPLES * replicates, dtype=np.uint32))
    drawn = (luck * replicates).astype(np.int64).reshape(RESAMPLES, replicates)
    places = drawn + replicates * np.arange(RESAMPLES)[:, None]
    counts = np.bincount(places.ravel(), minlength=RESAMPLES * replicates)
    return counts.reshape(RESAMPLES, replicates) / replicates


def interval(values: Floats) -> tuple[float, float]:
    """Return the ends between which 80 % of the values lie; values may be infinite, and so may ends."""
    low, high = np.quantile(values, 0.1, method="lower"), np.quantile(values, 0.9, method="higher")
    return float(low), float(high)


def chance_correlation(pairs: int, numbers: int = 1, often: float = 0.05) -> float:
    """Return what the strongest of so many rank correlations exceeds by chance alone so often; 1 at most.

    Of many numbers some go with anything: the share is divided by their number (Bonferroni).
    """
    return min(1.0, NormalDist().inv_cdf(1 - often / 2 / max(1, numbers)) / float(np.sqrt(max(1, pairs - 1))))


def rank_correlations(some: Floats, others: Floats) -> Floats:
    """Return Spearman's rank correlation of each row with each of others; 0 where one of the two never changes.

    `some` and `others` have the replicates last; the result has shape (rows, others).
    """
    one, other = (ranks(rows) - (rows.shape[-1] + 1) / 2 for rows in (some, others))
    sizes = np.sqrt(np.outer((one * one).sum(axis=1), (other * other).sum(axis=1)))
    return np.asarray(np.divide(one @ other.T, sizes, out=np.zeros_like(sizes), where=sizes > 0))


def ranks(rows: Floats) -> Floats:
    """Return each value's rank within its row, from 1 up; those that are equal share the mean of theirs.

    SciPy's ranks are the same, but all of scipy.stats takes as long to load as a quick run takes to live.
    """
    ordered = np.sort(rows, axis=1)
    pairs = list(zip(rows, ordered, strict=True))
    below, upto = (np.array([np.searchsorted(line, row, side) for row, line in pairs]) for side in ("left", "right"))
    return np.asarray((below + upto + 1) / 2)
