"""What replicates come to: means with standard errors, ratios, weighted quantiles and shares, each with its interval.

Replicates come in blocks that are drawn apart from each other, while those of one block are drawn together
(`scenario.covering`), so that the spread of the blocks' means tells how sure a mean is, and the spread of single
replicates does not. Intervals cover 95 %. Under four whole blocks nothing is said of errors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_BLOCKS = 4
"""With fewer blocks, the spread of their means says too little: no standard error, and nothing is ranked."""

UNSURE = 0.05
"""Intervals leave out this share of what may be: half of it at each end."""

_ROUNDING = 1e-9  # of all weight, so that a quantile does not hang on the last bit of a sum


@dataclass(frozen=True)
class Estimate:
    """A number estimated from replicates; error and interval are None where too few whole blocks tell them."""

    value: float
    error: float | None = None  # the standard error
    low: float | None = None  # the ends of the 95 % interval, by Student's t with one degree less than blocks
    high: float | None = None

    @property
    def is_distinguishable(self) -> bool:
        """Whether the interval leaves zero out, where there is one."""
        return self.low is None or self.high is None or self.low > 0.0 or self.high < 0.0


@dataclass(frozen=True)
class Share:
    """A share of replicates, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def blocks_of(replicates: int, size: int) -> int:
    """Return how many whole blocks there are."""
    return replicates // size


def block_means(values: Floats, size: int) -> Floats:
    """Return the mean of each whole block. `values` has shape (replicates, ...), the result (blocks, ...)."""
    blocks = blocks_of(len(values), size)
    means: Floats = values[: blocks * size].reshape(blocks, size, *values.shape[1:]).mean(axis=1)
    return means


def standard_error(values: Floats) -> float:
    """Return the standard error of the mean of values that have nothing in common; nan for a single one."""
    return float(values.std(ddof=1) / sqrt(values.size)) if values.size > 1 else float("nan")


def mean(values: Floats, size: int) -> Estimate:
    """Return the mean over replicates; its standard error is the blocks' standard deviation over the root of theirs.

    Replicates beyond the last whole block count for the mean and not for its error. Shape (replicates,).
    """
    means = block_means(values, size)
    if len(means) < FEWEST_BLOCKS:
        return Estimate(float(values.mean()))
    return _estimate(float(values.mean()), float(means.std(ddof=1)) / sqrt(len(means)), len(means))


def ratio(above: Floats, below: Floats, size: int) -> Estimate:
    """Return the ratio of two sums over replicates; its error by leaving out a block at a time. Shape (replicates,)."""
    return left_out((above, below), size, lambda sums: float(sums[0] / sums[1]))


def left_out(columns: tuple[Floats, ...], size: int, of: Callable[[Floats], float]) -> Estimate:
    """Return a function of the columns' means; its error by the jackknife over whole blocks (Tukey 1958; Miller 1974).

    Resampling so few blocks is too narrow. `of` is given one mean a column.
    """
    values = np.stack(columns, axis=1)
    whole = block_means(values, size)
    value, blocks = of(values.mean(axis=0)), len(whole)
    if blocks < FEWEST_BLOCKS:
        return Estimate(value)
    without = np.array([of(np.delete(whole, block, axis=0).mean(axis=0)) for block in range(blocks)])
    error = sqrt((blocks - 1) / blocks * float(((without - without.mean()) ** 2).sum()))
    return _estimate(value, error, blocks)


def _estimate(value: float, error: float, blocks: int) -> Estimate:
    reach = times(blocks) * error
    return Estimate(value, error, value - reach, value + reach)


def times(blocks: int, unsure: float = UNSURE) -> float:
    """Return how many standard errors an interval reaches to each side: Student's t."""
    from scipy.special import stdtrit  # all of scipy.stats takes as long to load as a quick run takes to live

    return float(stdtrit(blocks - 1, 1.0 - unsure / 2.0))


def quantiles(values: Floats, weights: Floats, at: tuple[float, ...]) -> tuple[float, ...]:
    """Return weighted quantiles: the least value up to which that share of all weight lies, so that each is a value.

    Nothing is interpolated: between two values there may be a gap in which no world lies.
    """
    held = weights.ravel() > 0.0
    order = np.argsort(values.ravel()[held], kind="stable")
    ordered, heavy = values.ravel()[held][order], np.cumsum(weights.ravel()[held][order])
    places = np.searchsorted(heavy, np.asarray(at) * heavy[-1] * (1.0 - _ROUNDING))
    return tuple(ordered[np.minimum(places, len(ordered) - 1)].tolist())


def share(parts: Floats) -> Share:
    """Return the mean of each replicate's part (0 to 1) of which something holds, with an interval.

    The interval is Wilson's (1927), which holds also where nobody or everybody is counted, with the size of a sample
    that would tell as much as these replicates do (Korn and Graubard, Survey Methodology 1998). Replicates of a block
    are spread more evenly than chance would, so it is rather too wide than too narrow. Shape (replicates,).
    """
    value = min(1.0, max(0.0, float(parts.mean())))
    size = _effective(parts, value)
    reach = _normal() ** 2 / size
    middle = (value + reach / 2.0) / (1.0 + reach)
    half = sqrt(reach * (value * (1.0 - value) + reach / 4.0)) / (1.0 + reach)
    return Share(value, max(0.0, middle - half), min(1.0, middle + half))


def _effective(parts: Floats, value: float) -> float:
    """Return how many replicates counted whole would tell as much."""
    count = len(parts)
    varies = float(parts.var(ddof=1)) / count if count > 1 else 0.0
    plain = value * (1.0 - value)
    return max(float(count), plain / varies) if varies > 0.0 and plain > 0.0 else float(count)


def _normal() -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(1.0 - UNSURE / 2.0)
