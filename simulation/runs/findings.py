"""What a study keeps of a run: one number a policy for each measure, and weekly lines; little enough for thousands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.model.accounts import Party
from simulation.model.ledger import Measure
from simulation.runs.outcome import YEAR, Outcome

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """A measure in words, and how it is read off an outcome; shape (replicates, policies)."""

    meaning: str
    unit: str
    read: Callable[[Outcome], Floats]


def _dollars_of(party: Party) -> Callable[[Outcome], Floats]:
    return lambda outcome: outcome.balance(party).sum(axis=1) / 100


def _person_years(measure: Measure) -> Callable[[Outcome], Floats]:
    return lambda outcome: outcome.weekly(measure).sum(axis=1) / YEAR


MEASURES: Mapping[str, Reading] = {
    "value": Reading("what the retailer receives less what it pays, discounted", "dollars", lambda o: o.value()),
    "revenue": Reading("sales of the last 52 weeks", "dollars", lambda o: o.revenue()),
    "card_use": Reading(
        "carded share of the last 52 weeks' sales", "share", lambda o: o.card_use()[:, -YEAR:].mean(axis=1)
    ),
    "churn": Reading(
        "share of opening patrons who changed their main store", "share", lambda o: 1.0 - o.staying()[:, -1]
    ),
    "trust": Reading("mean trust in the last week", "0 to 1", lambda o: o.trust()[:, -1]),
    "aware": Reading("share who know of any practice in the last week", "share", lambda o: o.aware()[:, -1]),
    "exposed": Reading("1 if a story ran", "0 or 1", lambda o: o.exposed().astype(np.float64)),
    "complaints": Reading("complaints over all weeks", "people", lambda o: o.weekly(Measure.COMPLAINED).sum(axis=1)),
    "consent_debt": Reading(
        "data of people who did not know and would not have agreed", "person-years", _person_years(Measure.CONSENT_DEBT)
    ),
    "harm": Reading(
        "harmful events to be expected",
        "events",
        lambda o: np.array([each.groups.harms.sum(axis=(1, 2)) for each in o.replicates], dtype=np.float64),
    ),
    "data_buyer": Reading("the data buyer's account, undiscounted", "dollars", _dollars_of(Party.DATA_BUYER)),
    "rival": Reading("the rival grocer's account, undiscounted", "dollars", _dollars_of(Party.RIVAL)),
    "public": Reading("the public's account, undiscounted", "dollars", _dollars_of(Party.PUBLIC)),
}
"""What is kept of every run, one number a policy."""

LINES: Mapping[str, Callable[[Outcome], Floats]] = {
    "card_use": lambda outcome: outcome.card_use(),
    "staying": lambda outcome: outcome.staying()[:, 1:],
    "sales": lambda outcome: outcome.weekly(Measure.SALES) / 100,
    "trust": lambda outcome: outcome.trust(),
    "aware": lambda outcome: outcome.aware(),
    "balance": lambda outcome: outcome.balance(Party.RETAILER) / 100,
}
"""What is kept week by week; shape (replicates, weeks, policies). Sales and the retailer's balance are in dollars."""


@dataclass(frozen=True)
class Finding:
    """What is kept of one run: measures of shape (policies,), lines of shape (weeks, policies)."""

    measures: Mapping[str, Floats]
    lines: Mapping[str, NDArray[np.float32]]

    def difference(self, measure: str) -> Floats:
        """Return each policy's measure less the baseline's. Shape (policies,)."""
        values = self.measures[measure]
        return values - values[0]


def finding_of(outcome: Outcome) -> Finding:
    """Return what is kept of an outcome's first replicate."""
    return Finding(
        {name: np.asarray(reading.read(outcome)[0], dtype=np.float64) for name, reading in MEASURES.items()},
        {name: np.asarray(read(outcome)[0], dtype=np.float32) for name, read in LINES.items()},
    )
