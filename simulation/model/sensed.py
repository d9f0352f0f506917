"""The passes about what cameras take and nobody gave: no card is put away for it."""

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import rules
from simulation.behaviour.compiling import inner
from simulation.model.kinds import Record
from simulation.scenario.practices import Scope


@inner
def senses(practices: NDArray[np.void]) -> bool:
    """Return whether a policy has anything that takes what nobody gave."""
    sensing = 0
    for k in range(practices.size):
        sensing += 1 if practices[k]["scope"] == Scope.SENSED else 0
    return sensing > 0


@inner
def clear(practices: NDArray[np.void], s: Record) -> None:
    """Forget how much of another policy's burden was sensed."""
    if senses(practices):
        s["sensed"][:] = 0.0


@inner
def bear(n: int, practice: Record, k: int, s: Record) -> None:
    """Note how much of what shoppers bear is by practice `k`, if it is sensed."""
    if practice["scope"] == Scope.SENSED:
        felt, sensed = s["felt"][k], s["sensed"]
        for i in range(n):
            sensed[i] += felt[i]


@inner
def spare_the_card(n: int, practices: NDArray[np.void], s: Record) -> None:
    """Leave of what presses, and of what is acted on, the part that has to do with the card; put the whole aside."""
    burden, sensed, pressing, acted, aside = s["burden"], s["sensed"], s["pressing"], s["acted"], s["aside"]
    if senses(practices):
        for i in range(n):
            given = rules.share_given(burden[i], sensed[i])
            aside[0, i], aside[1, i] = pressing[i], acted[i]
            pressing[i] = given * pressing[i]
            acted[i] = given * acted[i]


@inner
def take_up_the_whole(n: int, practices: NDArray[np.void], s: Record) -> None:
    """Let all that presses, and all that is acted on, count again."""
    pressing, acted, aside = s["pressing"], s["acted"], s["aside"]
    if senses(practices):
        for i in range(n):
            pressing[i], acted[i] = aside[0, i], aside[1, i]
