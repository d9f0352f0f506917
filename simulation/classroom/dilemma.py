"""Whether a case holds a dilemma: who would choose what first, and under which weights each choice is best."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulation.classroom.board import best_shares_of
from simulation.classroom.case import Case
from simulation.classroom.consequences import Consequences
from simulation.runs.roles import ROLES


@dataclass(frozen=True)
class Preference:
    """What a role would choose first by its own measure: in the median world, and in how many worlds each choice."""

    role: str
    choice: str
    worlds: Mapping[str, int]


@dataclass(frozen=True)
class Weighed:
    """A first choice: the share of weightings under which one of its courses is best, at the median of all worlds.

    `told` is the share of worlds in which a newspaper tells of it before the class responds; `buyer` what the data
    buyer gets by the best of its courses, the median over all worlds, dollars.
    """

    choice: str
    best_share: float
    told: float
    buyer: float


def preferences(case: Case, found: Consequences) -> list[Preference]:
    """Return what each role would choose first, by the best course that the choice leaves open to it."""
    return [_preference(case, found, role) for role in ROLES]


def weighed(case: Case, found: Consequences) -> list[Weighed]:
    """Return how each first choice stands on the board, with the press and with the data buyer."""
    groups = [[case.policy(choice, response) for response in case.responses(choice)] for choice in case.choices]
    shares = best_shares_of(found.end, groups)
    return [
        Weighed(choice, share, _told(case, found, choice), max(_median(found, policy) for policy in group))
        for choice, share, group in zip(case.choices, shares, groups, strict=True)
    ]


def _preference(case: Case, found: Consequences, role: str) -> Preference:
    values = np.array([found.end.roles[course.policy][role] for course in case.courses])
    choices = [course.choice for course in case.courses]
    best = [choices[place] for place in values.argmax(axis=0)]
    middle = choices[int(np.median(values, axis=1).argmax())]
    return Preference(role, middle, {choice: best.count(choice) for choice in case.choices})


def _told(case: Case, found: Consequences, choice: str) -> float:
    return float(np.mean(np.array(found.first.facts[case.policy(choice)]["story_week"]) > 0))


def _median(found: Consequences, policy: str) -> float:
    return float(np.median(found.end.facts[policy]["data_buyer"]))
