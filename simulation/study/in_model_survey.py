"""What shoppers would answer a survey: would you mind, would you stop, have you stopped?

An instrument of the model, beside its books: people say more than they do, and the books show what they do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.choices import bent
from simulation.behaviour.rules import violation
from simulation.scenario.population import Lives, Shoppers

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

AWAY_FROM = 4
"""Who has stayed away for so many weeks says that he stopped, though the books still show him."""

_A_YEAR = 52
_LIKELY = 0.5


@dataclass(frozen=True)
class Answers:
    """Shares of shoppers who say yes."""

    would_mind: float
    would_stop: float
    have_stopped: float


def would_mind(departure: float, people: Shoppers, numbers: NDArray[np.void]) -> Marks:
    """Return who says that a flow of data is not acceptable: whose violation would be felt from a threshold on."""
    return np.asarray(departure * people.sensitivity.astype(np.float64) >= numbers["minding_from"])


def have_stopped(lives: Lives, policy: int, twin: int = 0) -> Marks:
    """Return who says that he stopped: who left and whose twin did not, or who has stayed away for weeks."""
    left = (lives.left_week[policy] > 0) & (lives.left_week[twin] == 0)
    return np.asarray(left | (lives.away_weeks[policy] >= AWAY_FROM))
