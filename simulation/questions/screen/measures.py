"""What a principle can ask of a simulated outcome: a closed list of measures, and for whom each can be read.

Measures grow neither with the households nor with the weeks simulated, so that a bound means the same in any run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.model.accounts import Flow, Party
from simulation.model.ledger import TRUST_UNIT, Measure
from simulation.runs.outcome import Outcome, Replicate
from simulation.runs.parties import GROUPINGS, PARTIES, gains
from simulation.runs.readings import YEAR
from simulation.scenario.population import CELLS

Floats = NDArray[np.float64]

EVERYBODY = "everybody"
PEOPLE = (EVERYBODY, *(label for labels, _ in GROUPINGS.values() for label in labels))
"""The groups of shoppers that a measure can be read for."""

ACCOUNTS = tuple(party.value for party in PARTIES)
"""The parties whose accounts can be read."""


@dataclass(frozen=True)
class Standard:
    """One measure: what it means, its unit, for whom it can be read, and how; shape (replicates,)."""

    meaning: str
    unit: str
    whom: tuple[str, ...]
    read: Callable[[Outcome, int, str], Floats]


def _of_people(
    meaning: str, unit: str, read: Callable[[Replicate, int, NDArray[np.bool_]], float], against_baseline: bool = False
) -> Standard:
    """Return a measure of one policy and some cells of shoppers, or of how much it exceeds the baseline's."""

    def read_all(outcome: Outcome, policy: int, whom: str) -> Floats:
        cells = _cells(whom)
        values, baseline = (
            np.array([read(each, which, cells) for each in outcome.replicates], dtype=np.float64)
            for which in (policy, 0)
        )
        return values - baseline if against_baseline else values

    return Standard(meaning, unit, PEOPLE, read_all)


def _cells(whom: str) -> NDArray[np.bool_]:
    """Return which cells of the books hold a group of shoppers. Shape (cells,)."""
    for labels, which in GROUPINGS.values():
        if whom in labels:
            return np.array([which(cell) == labels.index(whom) for cell in range(CELLS)])
    return np.ones(CELLS, bool)


def _total(measure: Measure, replicate: Replicate, policy: int, cells: NDArray[np.bool_]) -> float:
    return float(replicate.weekly[:, policy, :, cells, measure].sum())


def _shoppers(replicate: Replicate, cells: NDArray[np.bool_]) -> float:
    return max(1.0, float(replicate.weekly[0, 0, :, cells, Measure.SHOPPERS].sum()))


def _person_years(replicate: Replicate, cells: NDArray[np.bool_]) -> float:
    return _shoppers(replicate, cells) * len(replicate.weekly) / YEAR


def _share(measure: Measure) -> Callable[[Replicate, int, NDArray[np.bool_]], float]:
    """Return how to read a weekly count of people as a share of shoppers, on average over the weeks."""
    return lambda replicate, policy, cells: (
        _total(measure, replicate, policy, cells) / YEAR / _person_years(replicate, cells)
    )


def _complaints(replicate: Replicate, policy: int, cells: NDArray[np.bool_]) -> float:
    return 1000 * _total(Measure.COMPLAINED, replicate, policy, cells) / _person_years(replicate, cells)


def _harms(replicate: Replicate, policy: int, cells: NDArray[np.bool_]) -> float:
    return 1000 * float(replicate.groups.harms[policy, cells].sum()) / _person_years(replicate, cells)


def _misjudged(replicate: Replicate, policy: int, cells: NDArray[np.bool_]) -> float:
    return float(replicate.groups.misjudged[policy, cells].sum()) / _person_years(replicate, cells)


def _premiums(replicate: Replicate, policy: int, cells: NDArray[np.bool_]) -> float:
    return float(replicate.groups.premiums_cents[policy, cells].sum()) / 100 / _person_years(replicate, cells)


def _distrust(replicate: Replicate, policy: int, cells: NDArray[np.bool_]) -> float:
    trust = float(replicate.weekly[-1, policy, :, cells, Measure.TRUST].sum()) / TRUST_UNIT
    return -trust / _shoppers(replicate, cells)


def _churn(replicate: Replicate, policy: int, cells: NDArray[np.bool_]) -> float:
    first = replicate.weekly[0, policy][:, cells].sum(axis=(0, 1))
    patrons = first[Measure.PATRONS] + first[Measure.LEFT] - first[Measure.JOINED]
    return _total(Measure.FIRST_LEFT, replicate, policy, cells) / max(1.0, float(patrons))


def _gain(outcome: Outcome, policy: int, whom: str) -> Floats:
    return gains(outcome, Party(whom))[:, policy] / outcome.household_years


def _fines(outcome: Outcome, policy: int, whom: str) -> Floats:
    return outcome.flow(Flow.FINES)[..., policy].sum(axis=1) / 100 / outcome.household_years


STANDARDS: Mapping[str, Standard] = {
    "trust_lost": _of_people("trust in the last week below the baseline's", "of 1", _distrust, against_baseline=True),
    "churn_added": _of_people(
        "share of opening patrons who have left, beyond the baseline's", "", _churn, against_baseline=True
    ),
    "consent_debt_share": _of_people(
        "share of shoppers whose data flows, who do not know and would not have agreed",
        "",
        _share(Measure.CONSENT_DEBT),
    ),
    "unwitting_share": _of_people(
        "share of shoppers whose data flows without their knowing", "", _share(Measure.UNWITTING)
    ),
    "misjudged_share": _of_people("share of shoppers with a raised premium and no high risk", "", _misjudged),
    "harmful_events_per_thousand_years": _of_people(
        "harmful events to be expected", "per thousand person-years", _harms
    ),
    "complaints_per_thousand_years": _of_people("complaints", "per thousand person-years", _complaints),
    "premiums_dollars_per_year": _of_people("premiums raised", "dollars a shopper and year", _premiums),
    "fines_dollars_per_year": Standard("fines", "dollars a shopper and year", (EVERYBODY,), _fines),
    "gain_dollars_per_year": Standard("gain over the baseline", "dollars a shopper and year", ACCOUNTS, _gain),
}
"""What can be asked of an outcome, by name; dollars are undiscounted."""
