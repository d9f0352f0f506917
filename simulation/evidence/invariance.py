"""Results per head do not depend on how many shoppers are simulated, nor on how markets are split: shown, not said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.runs.findings import Finding
from simulation.runs.tasks import Task, carry_out
from simulation.scenario.schema import Scenario, scenario_type

Floats = NDArray[np.float64]

SIZES, LARGE_SIZE = (10_000, 100_000), 1_000_000
"""How many shoppers are simulated; the first is what the others are compared with."""

_REPLICATES = 8
_SPLIT = {"north": 0.4, "east": 0.3, "south": 0.2, "west": 0.1}
_SALE = {"week": 5, "do": "share_data", "with": "insurer", "consent": "opt_out", "fee_per_member_year": 0.5}
_STORY = {"week": 20, "do": "press_story", "about": "share_data", "reach": 0.3}
_PER_HEAD = ("value", "complaints", "consent_debt")
_MEASURES = (*_PER_HEAD, "card_use", "churn", "trust", "aware")


@dataclass(frozen=True)
class Sameness:
    """A measure of the exposed sale as it usually is, and in a run that should not differ but for sampling."""

    claim: str
    measure: str
    usual: float
    here: float
    error: float

    @property
    def distance(self) -> float:
        """How far the two lie apart, in standard errors of their difference."""
        return (self.here - self.usual) / self.error if self.error else 0.0


def case(shoppers: int, markets: Mapping[str, float] | None = None) -> Scenario:
    """Return a sale that comes out, lived by so many shoppers; what is by chance, one story for all, is left out."""
    data = {"title": "A sale comes out", "question": "Does size matter?", "weeks": 60, "seed": 11}
    data |= {"uncertain": "chance", "institutions": []}
    policies = {"status quo": [], "sale exposed": [_SALE, _STORY]}
    places = {"markets": dict(markets)} if markets else {}
    return scenario_type().model_validate(data | {"population": {"shoppers": shoppers}, "policies": policies} | places)


def samenesses(large: bool = False, shoppers: int = SIZES[0]) -> list[Sameness]:
    """Return every claim of sameness with its figures; `large` adds a population of a million."""
    usual = _per_head(carry_out([Task(case(shoppers), replicate) for replicate in range(_REPLICATES)]), shoppers)
    found = []
    for size in (*SIZES[1:], *((LARGE_SIZE,) if large else ())):
        other = _per_head(carry_out([Task(case(size), _REPLICATES)]), size)
        found += _compared(f"{size:,} shoppers", usual, other, shoppers / size)
    split = carry_out([Task(case(shoppers, _SPLIT), _REPLICATES + replicate) for replicate in range(_REPLICATES)])
    return found + _compared("four markets instead of one", usual, _per_head(split, shoppers), 1.0)


def _per_head(findings: Sequence[Finding], shoppers: int) -> dict[str, Floats]:
    """Return each measure of the second policy, run by run, amounts divided by the number of shoppers."""
    return {
        name: np.array([each.measures[name][1] for each in findings]) / (shoppers if name in _PER_HEAD else 1)
        for name in _MEASURES
    }


def _compared(claim: str, usual: dict[str, Floats], other: dict[str, Floats], variance: float) -> list[Sameness]:
    """Return the comparison of means; `variance` says how much smaller a run's variance is for its size."""
    return [
        Sameness(
            claim,
            name,
            float(usual[name].mean()),
            float(other[name].mean()),
            float(usual[name].std(ddof=1) * np.sqrt(1 / usual[name].size + variance / other[name].size)),
        )
        for name in _MEASURES
    ]
