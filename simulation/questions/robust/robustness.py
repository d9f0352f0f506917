"""Robust choice: policies across worlds, what each is worth, at worst, and by how much one could regret it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np
from numpy.typing import NDArray

from simulation.runs.estimates import standard_error
from simulation.runs.sampling import World

Floats = NDArray[np.float64]

_TWO_ERRORS = 2.0


@dataclass(frozen=True)
class Robustness:
    """Each policy's value less the baseline's in each world, in dollars; shape (worlds, policies)."""

    policies: tuple[str, ...]
    worlds: Sequence[World]
    difference: Floats

    @cached_property
    def regret(self) -> Floats:
        """How much less a policy earns in a world than the best policy there. Shape (worlds, policies)."""
        return np.asarray(self.difference.max(axis=1, keepdims=True) - self.difference)

    def part(self, start: int, stop: int) -> "Robustness":
        """Return the same for some of the worlds."""
        return Robustness(self.policies, self.worlds[start:stop], self.difference[start:stop])


@dataclass(frozen=True)
class Score:
    """One policy across all worlds: its difference from the baseline and its regret, in dollars, and shares."""

    policy: str
    expected: float
    expected_error: float  # standard error of the mean
    low: float  # 10 % of worlds lie below
    high: float  # 10 % of worlds lie above
    worst: float
    worst_twentieth: float  # mean over the worst 5 % of worlds
    worst_tenth: float  # mean over the worst 10 % of worlds
    regret_mean: float
    regret_max: float
    best: float  # share of worlds in which no policy earns more
    loses: float  # share of worlds in which it earns less than the baseline


def scores(found: Robustness) -> list[Score]:
    """Return every policy's score, in the scenario's order."""
    return [_score(found, place) for place in range(len(found.policies))]


def _score(found: Robustness, place: int) -> Score:
    values, regret = found.difference[:, place], found.regret[:, place]
    low, high = np.quantile(values, [0.1, 0.9])
    return Score(
        policy=found.policies[place],
        expected=float(values.mean()),
        expected_error=standard_error(values),
        low=float(low),
        high=float(high),
        worst=float(values.min()),
        worst_twentieth=tail_mean(values, 0.05),
        worst_tenth=tail_mean(values, 0.1),
        regret_mean=float(regret.mean()),
        regret_max=float(regret.max()),
        best=float((regret == 0).mean()),
        loses=float((values < 0).mean()),
    )


def tail_mean(values: Floats, share: float) -> float:
    """Return the mean of the lowest share of values, of one at least."""
    return float(np.sort(values)[: max(1, ceil(share * values.size - 1e-9))].mean())


@dataclass(frozen=True)
class Criterion:
    """A rule for choosing under uncertainty: what it looks at, and each policy's standing, more is better."""

    meaning: str
    standing: Callable[[Robustness], Floats]


CRITERIA: Mapping[str, Criterion] = {
    "expected value": Criterion(
        "the mean over all worlds, each as likely as the next", lambda f: f.difference.mean(axis=0)
    ),
    "maximin": Criterion("the worst world alone", lambda f: f.difference.min(axis=0)),
    "minimax regret": Criterion(
        "the most that one could wish, afterwards, to have chosen otherwise", lambda f: -f.regret.max(axis=0)
    ),
    "Hurwicz": Criterion(
        "the best and the worst world, half and half",
        lambda f: (f.difference.max(axis=0) + f.difference.min(axis=0)) / 2,
    ),
}
"""Rules by which policies are chosen; they weigh risk differently, and none is the right one."""


def chosen_by(found: Robustness, criterion: str) -> list[str]:
    """Return the policies that a criterion puts first; several only if they are equal."""
    standing = CRITERIA[criterion].standing(found)
    return [found.policies[place] for place in np.flatnonzero(standing == standing.max())]


@dataclass(frozen=True)
class Lead:
    """How far the best policy on average lies before the next, and whether that may be chance."""

    first: str
    second: str
    dollars: float
    within_chance: bool


def lead(found: Robustness) -> Lead | None:
    """Return the lead of the best policy on average, within chance below two standard errors; None if it is alone."""
    order = np.argsort(-found.difference.mean(axis=0), kind="stable")
    if order.size == 1:
        return None
    apart = found.difference[:, order[0]] - found.difference[:, order[1]]
    names = (found.policies[order[0]], found.policies[order[1]])
    return Lead(*names, float(apart.mean()), not apart.mean() > _TWO_ERRORS * standard_error(apart))
