"""What would have to be true: the fee, hazard, secrecy or other number at which a policy stops paying."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.runs.bootstrap import interval, resampled_means
from simulation.runs.tasks import Carrier, carry_out
from simulation.runs.variants import Axis, axis_of, differences
from simulation.scenario.schema import Scenario

Floats = NDArray[np.float64]

TRIED = 9
"""Values of a number that are tried if nothing else is asked for."""


@dataclass(frozen=True)
class BreakEvenCurve:
    """A policy's difference from the baseline at each value of one number; dollars, shape (replicates, values)."""

    policy: str
    axis: Axis
    difference: Floats
    seed: int

    @property
    def values(self) -> Floats:
        """The values tried."""
        return self.axis.values

    @property
    def crossings(self) -> Floats:
        """Where each replicate's difference first changes sign, between the values tried; nan where it never does."""
        return np.array([crossing(self.values, each) for each in self.difference])

    @property
    def on_average(self) -> float:
        """Where the mean difference first changes sign; nan if it never does."""
        return crossing(self.values, self.difference.mean(axis=0))

    @property
    def times(self) -> int:
        """How often the mean difference changes sign."""
        signs = np.sign(self.difference.mean(axis=0))
        return int((np.diff(signs[signs != 0]) != 0).sum())

    @property
    def interval(self) -> tuple[float, float]:
        """The ends between which 80 % of resamples of the replicates put the crossing of the mean.

        An end is infinite where so many resamples do not cross: the mean then changes sign beyond the values tried.
        A bootstrap, and not the delta method, because a crossing has no derivative where the mean runs flat, which is
        where its uncertainty matters.
        """
        means = resampled_means(self.difference, self.seed)
        rising = float(self.difference.mean(axis=0)[-1]) > float(self.difference.mean(axis=0)[0])
        return interval(np.array([_crossing_or_beyond(self.values, mean, rising) for mean in means]))


@dataclass(frozen=True)
class Frontier:
    """A policy's difference from the baseline over two numbers; dollars, shape (replicates, values, values against)."""

    policy: str
    axis: Axis
    against: Axis
    difference: Floats

    @property
    def mean(self) -> Floats:
        """The mean over replicates. Shape (values, values against)."""
        mean: Floats = self.difference.mean(axis=0)
        return mean

    def quantile(self, share: float) -> Floats:
        """Return what this share of replicates does not exceed. Shape (values, values against)."""
        return np.asarray(np.quantile(self.difference, share, axis=0))

    def line(self, surface: Floats) -> Floats:
        """Return where a surface first meets 0 along the first number, at each value of the other; nan if nowhere."""
        return np.array([crossing(self.axis.values, column) for column in surface.T])


def crossing(values: Floats, difference: Floats) -> float:
    """Return where a broken line through the points first meets 0; nan if it never does."""
    for place in range(len(values) - 1):
        here, there = difference[place], difference[place + 1]
        if here == 0.0:
            return float(values[place])
        if here * there < 0:
            return float(values[place] + (values[place + 1] - values[place]) * here / (here - there))
    return float(values[-1]) if difference[-1] == 0.0 else float("nan")


def _crossing_or_beyond(values: Floats, difference: Floats, rising: bool) -> float:
    found = crossing(values, difference)
    if not np.isnan(found):
        return found
    return float("inf") if (difference[-1] < 0) == rising else float("-inf")


def break_even(
    scenario: Scenario,
    policy: str,
    number: str,
    between: tuple[float, float] | None = None,
    tried: int = TRIED,
    carry: Carrier = carry_out,
) -> BreakEvenCurve:
    """Return a policy's difference along one number: a term of its actions, such as a fee, or one of the model's.

    `concealment_weeks` asks how long the policy's first practice stays secret before a story breaks; the press then
    finds out nothing by itself. All values are lived by the same shoppers with the same luck. Raises ValueError in
    plain words.
    """
    axis = axis_of(scenario, policy, number, between, tried)
    return BreakEvenCurve(policy, axis, differences(scenario, policy, [axis], carry), scenario.seed)


def frontier(
    scenario: Scenario,
    policy: str,
    numbers: tuple[str, str],
    between: tuple[tuple[float, float] | None, tuple[float, float] | None] = (None, None),
    tried: int = TRIED,
    carry: Carrier = carry_out,
) -> Frontier:
    """Return a policy's difference over every pair of values of two numbers; raises ValueError in plain words."""
    if numbers[0] == numbers[1]:
        raise ValueError(f"'{numbers[0]}' against itself leaves no frontier; name another number")
    axis, against = (
        axis_of(scenario, policy, number, ends, tried) for number, ends in zip(numbers, between, strict=True)
    )
    return Frontier(policy, axis, against, differences(scenario, policy, [axis, against], carry))
