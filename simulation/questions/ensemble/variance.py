"""What draws of the numbers tell that are each lived several times, with luck of their own.

A table holds one run a cell, draws by replicates. The numbers are the same in a row and nothing else is shared, so the
variance falls into two parts: between draws (not knowing) and within them (chance). Draws that cover their ranges more
evenly than chance would tell a mean better than is said here, never worse.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week, uniforms, word_of

Floats = NDArray[np.float64]

PARTS = ("not knowing", "chance")
"""Where variance comes from, in the order of `Split.parts`."""

_RESAMPLES = 1_000
_NORMAL = 1.959964  # 95 % of a normal distribution lie within so many standard deviations
_ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class Split:
    """The variance of single runs, in the square of the measure's unit, in its two parts."""

    not_knowing: float
    chance: float
    draws: int
    replicates: int

    @property
    def parts(self) -> tuple[float, float]:
        """The two parts, in the order of `PARTS`."""
        return self.not_knowing, self.chance

    @property
    def total(self) -> float:
        """The variance of a single run."""
        return sum(self.parts)

    @property
    def shares(self) -> tuple[float, ...]:
        """Each part's share of the whole; nan where nothing varies."""
        return tuple(part / self.total if self.total else float("nan") for part in self.parts)

    def error_at(self, draws: int, replicates: int) -> float:
        """Return the standard error of the mean of a table of this size."""
        return sqrt((self.not_knowing + self.chance / replicates) / draws)

    @property
    def error(self) -> float:
        """The standard error of the table's mean."""
        return self.error_at(self.draws, self.replicates)

    @property
    def effective(self) -> float:
        """How many runs that share neither numbers nor luck would tell the mean as well: from 1 to all runs."""
        runs = self.draws * self.replicates
        return min(max(self.total / self.error**2, 1.0), runs) if self.error else float(runs)


def split(table: Floats) -> Split:
    """Return the parts of a table's variance: the one-way random-effects analysis of variance.

    `table` has shape (draws, replicates), 2 or more of each. A part that would come out negative is 0.
    """
    return _split(table.shape, *(squares / freedom for squares, freedom in _sums(table)))


def _split(shape: tuple[int, ...], between: float, within: float) -> Split:
    """Return the parts from the mean squares between draws and within them."""
    draws, replicates = shape
    return Split(max(0.0, float(between - within) / replicates), float(within), draws, replicates)


def _sums(table: Floats) -> list[tuple[float, int]]:
    """Return the sums of squares between draws and within them, with their degrees of freedom."""
    draws, replicates = table.shape
    rows = table.mean(axis=1)
    return [
        (float(replicates * ((rows - table.mean()) ** 2).sum()), draws - 1),
        (float(((table - rows[:, None]) ** 2).sum()), draws * (replicates - 1)),
    ]


def share_intervals(table: Floats, seed: int) -> list[tuple[float, float]]:
    """Return 95 % intervals for the shares of the two parts.

    Generalised confidence intervals (Weerahandi 1993): each sum of squares is taken as its expectation times a
    chi-squared number. That holds for normal effects; a long tail of rare losses makes the true intervals wider.
    """
    from scipy.stats import chi2

    squares = [
        total / chi2.ppf(_luck(seed, place, _RESAMPLES), freedom) for place, (total, freedom) in enumerate(_sums(table))
    ]
    shares = np.array([_split(table.shape, *each).shares for each in zip(*squares, strict=True)])
    return [(float(low), float(high)) for low, high in np.quantile(shares, _ENDS, axis=0).T]


def error_of_median(table: Floats, seed: int) -> float:
    """Return the standard error of the median of all runs: draws resampled, each with all its replicates.

    Davison and Hinkley (1997), "Bootstrap methods and their application", section 3.8.
    """
    medians = [np.median(table[rows]) for rows in _resampled(seed, len(PARTS), len(table))]
    return float(np.std(medians, ddof=1))


def _resampled(seed: int, stream: int, count: int) -> NDArray[np.int64]:
    """Return places drawn with replacement. Shape (resamples, count)."""
    return (_luck(seed, stream, _RESAMPLES * count) * count).astype(np.int64).reshape(_RESAMPLES, count)


def _luck(seed: int, stream: int, count: int) -> Floats:
    """Return uniform numbers, the same whenever they are asked for."""
    key = keys_of_week(seed, 0, 0)[Purpose.STUDY]
    return uniforms(np.uint64(word_of(key, stream)), np.arange(count, dtype=np.uint32))


def losing(table: Floats) -> tuple[float, float, float]:
    """Return the share of runs below 0, and the ends of its 95 % interval.

    Wilson's interval, for as many runs as would tell as much if they shared neither numbers nor luck; where no run or
    every run loses, as many as tell the mean as well.
    """
    below = (table < 0).astype(np.float64)
    share = float(below.mean())
    runs = split(below if 0 < share < 1 else table).effective
    return (share, *wilson(share, runs))


def wilson(share: float, runs: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval for a chance of which `share` of so many independent runs is the estimate."""
    square = _NORMAL**2 / runs
    middle = (share + square / 2) / (1 + square)
    reach = _NORMAL / (1 + square) * sqrt(share * (1 - share) / runs + square / (4 * runs))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def twins_pay(policy: Floats, baseline: Floats) -> float:
    """Return how many times larger the variance of a policy's difference would be without twins.

    Both tables have shape (draws, replicates). At the same numbers, a policy lived with one luck and the baseline with
    another differ by the variance of the one plus that of the other; infinite where twins do not differ by chance.
    """
    apart = (policy.var(axis=1, ddof=1) + baseline.var(axis=1, ddof=1)).mean()
    twins = (policy - baseline).var(axis=1, ddof=1).mean()
    return float(apart / twins) if twins else float("inf")
