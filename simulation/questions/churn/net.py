"""Churn on balance: who has churned, who of them stands as before at the end, and who is lost."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from simulation.questions.churn.churn import ChurnStudy
from simulation.questions.churn.definitions import Definition

PARTS = {
    "ever": "churned at least once: ",
    "returned": "churned and stand as before at the end: ",
    "lost": "churned and do not stand as before at the end: ",
}
"""What becomes of shoppers at risk; the first is the sum of the others."""


@dataclass(frozen=True)
class Part:
    """A share of those at risk, and how much it differs from that of the same shoppers under the baseline."""

    share: float
    difference: float
    error: float  # standard error of the difference, paired: chance alone


@dataclass(frozen=True)
class Net:
    """Churn by a definition under a policy, all replicates pooled."""

    shoppers: int
    ever: Part
    returned: Part
    lost: Part


def net_of(study: ChurnStudy, definition: Definition, policy: str) -> Net:
    """Return who churned by a definition, who is back, and who is lost on balance."""
    place = study.policies.index(policy)
    (ever, lost), (twins_ever, twins_lost) = (_churned(study, definition, each) for each in (place, 0))
    return Net(
        ever.size, _part(ever, twins_ever), _part(ever & ~lost, twins_ever & ~twins_lost), _part(lost, twins_lost)
    )


def _churned(study: ChurnStudy, definition: Definition, place: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return who at risk has churned under a policy, and who of them is lost at the end, all replicates pooled."""
    pairs = []
    for watched in study.watched:
        at_risk, ended = watched.at_risk(definition), watched.spans(definition, place).ended
        pairs.append((ended[at_risk], (ended & watched.gone[definition.name][place])[at_risk]))
    ever, lost = (np.concatenate(each) for each in zip(*pairs, strict=True))
    return ever, lost


def _part(own: NDArray[np.bool_], twins: NDArray[np.bool_]) -> Part:
    apart = own.astype(np.float64) - twins
    return Part(float(own.mean()), float(apart.mean()), float(apart.std(ddof=1)) / sqrt(apart.size))
