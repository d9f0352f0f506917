"""Policies screened against principles: how each stands before each, what a principle costs and what breaking it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.questions.screen.conditions import worst_tenth
from simulation.questions.screen.principles import Principle
from simulation.runs.bootstrap import interval, resampled_means
from simulation.runs.outcome import Outcome


@dataclass(frozen=True)
class Finding:
    """How a policy stands before one principle; against it the evidence if it fails, else what was found."""

    principle: str
    passes: bool
    evidence: str


@dataclass(frozen=True)
class Price:
    """What a principle costs, dollars: what the best policy that keeps it forgoes, on average over replicates.

    `low` and `high` hold 80 % of resamples of the replicates. `tail` is what breaking it comes to: the mean over the
    worst tenth of replicates of the best policy that breaks it, against the baseline. None where no policy keeps it,
    or none breaks it.
    """

    principle: str
    keeps: tuple[str, ...]
    best: str | None
    price: float | None
    low: float | None
    high: float | None
    breaks: str | None
    tail: float | None


def screen(outcome: Outcome, policy: int, principles: Sequence[Principle]) -> list[Finding]:
    """Return how a policy stands before each principle, with the evidence."""
    return [_finding(outcome, policy, principle) for principle in principles]


def _finding(outcome: Outcome, policy: int, principle: Principle) -> Finding:
    against = [said for condition in principle.conditions for said in condition.broken_by(outcome, policy)]
    if against:
        return Finding(principle.name, False, "; ".join(dict.fromkeys(against)))
    kept = (condition.kept_by(outcome, policy) for condition in principle.conditions)
    return Finding(principle.name, True, "; ".join(dict.fromkeys(kept)))


def prices(outcome: Outcome, principles: Sequence[Principle]) -> list[Price]:
    """Return what each principle costs, in their order."""
    count = range(len(outcome.policies))
    passes = np.array([[finding.passes for finding in screen(outcome, policy, principles)] for policy in count])
    return [_price(outcome, each.name, passes[:, place]) for place, each in enumerate(principles)]


def _price(outcome: Outcome, principle: str, passes: np.ndarray) -> Price:
    """Return the price of one principle, given which policies keep it."""
    difference, names = outcome.differences().by_replicate(), outcome.policies
    worth = difference.mean(axis=0)
    kept, broken = np.flatnonzero(passes), np.flatnonzero(~passes)
    best, price, low, high, breaks, tail = None, None, None, None, None, None
    if kept.size:
        best = names[int(kept[worth[kept].argmax()])]
        price = float(worth.max() - worth[kept].max())
        means = resampled_means(difference, outcome.scenario.seed)
        low, high = interval(means.max(axis=1) - means[:, kept].max(axis=1))
    if broken.size:
        worst = int(broken[worth[broken].argmax()])
        breaks, tail = names[worst], worst_tenth(outcome.difference()[:, worst])
    return Price(principle, tuple(names[place] for place in kept), best, price, low, high, breaks, tail)


@dataclass(frozen=True)
class Screening:
    """Every policy before every principle, and what each principle costs."""

    outcome: Outcome
    principles: Sequence[Principle]
    findings: dict[str, list[Finding]]  # by policy
    prices: list[Price]


def screening_of(outcome: Outcome, principles: Sequence[Principle]) -> Screening:
    """Return how all policies of an outcome stand before principles."""
    found = {name: screen(outcome, place, principles) for place, name in enumerate(outcome.policies)}
    return Screening(outcome, principles, found, prices(outcome, principles))
