"""An ensemble: what is not known drawn many times, each draw lived several times with luck of its own.

Replicates of one draw tell what is chance, draws what is not known. No two draws share luck: what few lucks do to a
rare event would otherwise move all draws together, and no error could show it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.parameters import parameters
from simulation.questions.ensemble.variance import Split, split
from simulation.runs import sampling
from simulation.runs.findings import Finding
from simulation.runs.measures import discount
from simulation.runs.tasks import Task
from simulation.scenario.drawn import with_drawn
from simulation.scenario.schema import Scenario

Floats = NDArray[np.float64]
Carry = Callable[[Sequence[Task]], list[Finding]]

MOST_RUNS = 8_192
"""The most runs that an ensemble grows to."""

_APART = 2**20  # from a replicate of a draw to its next; those between are other draws'

_FEWEST = 2
_RATE = "money.discount_rate_per_year"


@dataclass(frozen=True)
class Ensemble:
    """Runs of all policies, draw by draw and, within a draw, replicate by replicate."""

    scenario: Scenario
    draws: tuple[Mapping[str, float], ...]
    replicates: int
    findings: tuple[Finding, ...]

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies' names; the first is the baseline."""
        return tuple(self.scenario.policies)

    def measure(self, name: str = "value") -> Floats:
        """Return a measure of every run. Shape (draws, replicates, policies)."""
        each = np.array([finding.measures[name] for finding in self.findings])
        return each.reshape(len(self.draws), self.replicates, -1)

    def difference(self, name: str = "value") -> Floats:
        """Return each policy's measure less the baseline's, twin by twin. Shape (draws, replicates, policies)."""
        values = self.measure(name)
        return values - values[..., :1]

    def line(self, name: str) -> Floats:
        """Return a weekly line of every run. Shape (runs, weeks, policies)."""
        return np.array([finding.lines[name] for finding in self.findings], dtype=np.float64)

    def gained(self) -> Floats:
        """Return the difference in value that has come about by each week, dollars. Shape (runs, weeks, policies)."""
        balance = self.line("balance")
        usual = self.scenario.overrides.get(_RATE, parameters()[_RATE].value)
        rates = np.repeat([draw.get(_RATE, usual) for draw in self.draws], self.replicates)
        weights = discount(rates, balance.shape[1])
        gained: Floats = np.cumsum((balance - balance[..., :1]) * weights[..., None], axis=1)
        return gained

    def splits(self, name: str = "value") -> list[Split]:
        """Return the parts of the variance of the difference, one for each policy but the baseline."""
        return [split(table) for table in np.moveaxis(self.difference(name), 2, 0)[1:]]

    @property
    def error(self) -> float:
        """The largest standard error of the mean difference in value of any policy, dollars."""
        return max(each.error for each in self.splits())


def ensemble(scenario: Scenario, addresses: Sequence[str], draws: int, replicates: int, carry: Carry) -> Ensemble:
    """Return an ensemble over the numbers named; with each draw go the others that the scenario draws.

    `carry` lives tasks: `carry_out`, or that with a store and an executor. Fewer draws or replicates are the first of
    more, so that what a store holds is used again. Raises ValueError in plain words.
    """
    findings = carry(tasks_of(scenario, addresses, draws, replicates))
    drawn = tuple(sampling.draws(scenario, addresses, draws))
    return Ensemble(with_drawn(scenario, addresses), drawn, replicates, tuple(findings))


def tasks_of(scenario: Scenario, addresses: Sequence[str], draws: int, replicates: int) -> list[Task]:
    """Return the runs of an ensemble: the first of each draw has the luck of a run's replicate of that number."""
    if min(draws, replicates) < _FEWEST:
        raise ValueError("not knowing and chance can be told apart from 2 draws and 2 replicates on")
    if len(scenario.policies) == 1:
        raise ValueError("the scenario has one policy; there is nothing to compare with the baseline")
    case = without_own_draws(scenario)
    drawn = sampling.draws(scenario, addresses, draws)
    return [Task(case, place + _APART * luck, draw) for place, draw in enumerate(drawn) for luck in range(replicates)]


def without_own_draws(scenario: Scenario) -> Scenario:
    """Return the scenario with nothing drawn by replicate, so that a replicate is luck alone."""
    return scenario.with_changes(uncertain="chance", replicates=1)


def until_error(live: Callable[[int, int], Ensemble], draws: int, replicates: int, error: float) -> Ensemble:
    """Return an ensemble large enough that no policy's mean difference has a larger standard error, in dollars.

    `live` gives an ensemble of so many draws and replicates. Draws are doubled as long as no more than `MOST_RUNS` runs
    come of it: they bring luck of their own, so that as many more replicates would never tell more.
    """
    found = live(draws, replicates)
    while found.error > error and 2 * len(found.draws) * found.replicates <= MOST_RUNS:
        found = live(2 * len(found.draws), replicates)
    return found
