"""What a study keeps of a run: one number a policy for each measure, and weekly lines; little enough for thousands."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.runs.measures import LINES, STUDIED
from simulation.runs.outcome import Outcome

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """What is kept of one run: measures of shape (policies,), lines of shape (weeks, policies)."""

    measures: Mapping[str, Floats]
    lines: Mapping[str, NDArray[np.float32]]

    def difference(self, measure: str) -> Floats:
        """Return each policy's measure less the baseline's. Shape (policies,)."""
        values = self.measures[measure]
        return values - values[0]


def measures_of(outcome: Outcome) -> dict[str, Floats]:
    """Return what a study keeps of an outcome's first replicate in total, each of shape (policies,)."""
    return {name: np.asarray(each.of(outcome)[0], dtype=np.float64) for name, each in STUDIED.items()}


def finding_of(outcome: Outcome) -> Finding:
    """Return what is kept of an outcome's first replicate."""
    return Finding(
        measures_of(outcome),
        {name: np.asarray(each.by_week(outcome)[0], dtype=np.float32) for name, each in LINES.items()},
    )
