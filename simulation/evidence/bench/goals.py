"""What a benchmark has read, and the ratios that it should reach."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """One number of one round."""

    measure: str
    case: str
    round: int
    value: float
    unit: str


@dataclass(frozen=True)
class Goal:
    """A ratio of two cases' readings, round by round, and where it should lie."""

    name: str
    above: str
    below: str
    goal: float
    at_least: bool

    def ratios(self, readings: Sequence[Reading]) -> list[float]:
        """Return the ratio in each round that has both cases."""
        above, below = (_by_round(readings, case) for case in (self.above, self.below))
        return [above[number] / below[number] for number in above if number in below]

    def is_met(self, ratio: float) -> bool:
        """Return whether a ratio is as it should be."""
        return ratio >= self.goal if self.at_least else ratio <= self.goal


_BASIC_FIVE, _ALL_FIVE = "basic, policies: 5, threads: 2", "everything, policies: 5, threads: 2"

NARROW = "basic, policies: 5, threads: 1, AVX2"
"""The case that is compiled for vectors of 256 bits."""

GOALS = (
    Goal("columns, everything on : plain Mesa, basic week", _ALL_FIVE, "plain Mesa", 500, True),
    Goal("columns, basic week : plain Mesa", _BASIC_FIVE, "plain Mesa", 1000, True),
    Goal("columns, basic week : NumPy", _BASIC_FIVE, "NumPy", 30, True),
    Goal("columns on AVX2 alone, 1 thread : plain Mesa", NARROW, "plain Mesa", 400, True),
    Goal("columns, basic week : AMBER", _BASIC_FIVE, "AMBER", 1, True),
    Goal("columns, basic week : JAX", _BASIC_FIVE, "JAX", 1, True),
    Goal("5 policies together : apart", "5 together", "5 apart", 0.6, False),
    Goal("a shopper-week, everything on : its draws and logistics", "everything, 1 thread", "at least", 5, False),
    Goal("ten times the shoppers", "larger", "smaller", 13, False),
    Goal("ensemble, 2 threads : 1 thread", "ensemble, 2 threads", "ensemble, 1 thread", 0.6, False),
    Goal("ensemble, Dask on 2 processes : 2 threads", "ensemble, Dask", "ensemble, plan on 2 threads", 1.35, False),
    Goal("4 markets on 4 workers : one process", "sharded", "not sharded", 1.5, False),
)


def _by_round(readings: Sequence[Reading], case: str) -> dict[int, float]:
    return {reading.round: reading.value for reading in readings if reading.case == case}
