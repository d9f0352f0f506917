"""What a policy's difference from the baseline hangs on: its numbers screened, weighed and swung one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.behaviour.parameters import parameters
from simulation.behaviour.spelling import did_you_mean
from simulation.questions.ensemble.ensemble import Carry
from simulation.questions.sensitivity.indices import (
    Floats,
    Question,
    Screened,
    Shares,
    Swing,
    runs_of_shares,
    screening,
    shares,
    swings,
)
from simulation.runs.estimates import Estimate
from simulation.runs.measures import STUDIED
from simulation.runs.sampling import world_at
from simulation.runs.tasks import Task
from simulation.scenario.drawn import drawn_addresses, range_of
from simulation.scenario.schema import Scenario


@dataclass(frozen=True)
class Effort:
    """How much is spent: trajectories to screen, numbers to look at closely, samples to weigh, replicates to swing."""

    trajectories: int = 6
    few: int = 8
    samples: int = 64
    replicates: int = 8


@dataclass(frozen=True)
class Influence:
    """What a policy's difference hangs on; `usual` is the difference with everything as in a run."""

    scenario: Scenario
    policy: str
    measure: str
    effort: Effort
    question: Question
    screened: Screened
    shares: Shares
    usual: Estimate
    swings: tuple[Swing, ...]

    @property
    def drawn_beside(self) -> int:
        """How many numbers are drawn with the luck, as in a run: what the scenario draws and nothing here varies."""
        return len(set(drawn_addresses(self.scenario)) - set(self.question.names))

    @property
    def unit(self) -> str:
        """The unit of the measure."""
        return STUDIED[self.measure].unit


def influence(
    scenario: Scenario, policy: str, measure: str, addresses: Sequence[str], effort: Effort, carry: Carry
) -> Influence:
    """Return what a policy's difference in a measure hangs on, among the numbers named.

    `carry` lives tasks, in whatever way. Raises ValueError in plain words.
    """
    question = question_of(scenario, policy, measure, addresses, carry)
    screened = screening(question, effort.trajectories, effort.few)
    few = screened.first(effort.few)
    weighed = shares(question, few, effort.samples)
    usual, swung = swings(question, few, effort.replicates)
    return Influence(scenario, policy, measure, effort, question, screened, weighed, usual, tuple(swung))


def question_of(scenario: Scenario, policy: str, measure: str, addresses: Sequence[str], carry: Carry) -> Question:
    """Return what varies and what is measured; raises ValueError for an unknown policy or measure."""
    baseline, *others = scenario.policies
    _refuse_unknown("policy", policy, others)
    _refuse_unknown("measure", measure, list(STUDIED))
    case = scenario.with_changes(policies=[policy], replicates=1)

    def measured(worlds: Sequence[Mapping[str, float]], luck: Sequence[int]) -> Floats:
        found = carry([Task(case, each, world) for world, each in zip(worlds, luck, strict=True)])
        return np.array([finding.difference(measure)[1] for finding in found])

    return Question(
        ends={address: range_of(scenario, address) for address in addresses},
        grades={address: parameters()[address].grade for address in addresses},
        at=lambda point: world_at(scenario, addresses, point),
        measured=measured,
        seed=scenario.seed,
    )


def _refuse_unknown(kind: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        hint = did_you_mean(name, known)
        raise ValueError(f"there is no {kind} '{name}' to compare; {hint}known here: {', '.join(known) or 'none'}")


def planned_runs(question: Question, effort: Effort) -> int:
    """Return how many runs it takes at most."""
    few = min(effort.few, len(question.names))
    screened = effort.trajectories * (len(question.names) + 1)
    return screened + runs_of_shares(question, few, effort.samples) + effort.replicates * (2 * few + 1)
