"""How a measure is read off a run: what it is read from, and the ways of reading that several measures share."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simulation.model.accounts import Party
from simulation.model.ledger import Measure as Total

YEAR = 52
Floats = NDArray[np.float64]

Series = Callable[[str], Floats]
"""Gives the weekly totals of a column of weekly.csv, by its name; weeks are the last dimension."""


class Readable(Protocol):
    """What measures are read off: a run's outcome, whose arrays are (replicates, weeks, policies) or without weeks.

    Dollars and people are the chain's.
    """

    @property
    def replicates(self) -> Any:
        """What was lived, replicate by replicate."""

    @property
    def per_shopper(self) -> float:
        """How many households of the chain a simulated shopper stands for."""

    def series(self, column: str) -> Floats:
        """Return the weekly totals of a column of weekly.csv. Shape (replicates, policies, weeks)."""

    def weekly(self, measure: Total) -> Floats:
        """Return a total over all shoppers, by week."""

    def balance(self, party: Party) -> Floats:
        """Return what a party receives less what it pays, by week, in cents."""

    def flow(self, flow: int | str) -> Floats:
        """Return a payment, a `Flow` or a plug-in's by name, by week, in cents."""

    def value(self) -> Floats:
        """Return the discounted contribution in dollars."""

    def revenue(self) -> Floats:
        """Return the sales of the last 52 weeks, in dollars."""

    def staying(self) -> Floats:
        """Return the share of opening patrons who have not left, from week 0."""

    def returned(self) -> Floats:
        """Return the share of opening patrons who left and are patrons again at the end."""

    def exposed(self) -> NDArray[np.bool_]:
        """Return whether a story ran."""


def share_of(above: str, below: str) -> Callable[[Series], Floats]:
    """Return the reader of a weekly share: one total over another."""
    return lambda of: of(above) / np.maximum(1, of(below))


def staying(of: Series) -> Floats:
    """Return the share of opening patrons who have not left: the Kaplan-Meier estimate, nobody being censored."""
    opening = of("patrons")[..., :1] + of("left")[..., :1] - of("joined")[..., :1]
    return 1.0 - np.cumsum(of("first_left"), axis=-1) / np.maximum(1, opening)


def last_year(above: Total, below: Total) -> Callable[[Readable], Floats]:
    """Return the reader of a weekly share's mean over the last 52 weeks."""
    return lambda o: (o.weekly(above) / np.maximum(1, o.weekly(below)))[:, -YEAR:].mean(axis=1)


def dollars_of(party: Party) -> Callable[[Readable], Floats]:
    """Return the reader of a party's account, in dollars, undiscounted."""
    return lambda outcome: outcome.balance(party).sum(axis=1) / 100


def people_at_the_end(measure: Total) -> Callable[[Readable], Floats]:
    """Return the reader of a count of people in the last week."""
    return lambda outcome: outcome.weekly(measure)[:, -1]


def person_years(measure: Total) -> Callable[[Readable], Floats]:
    """Return the reader of a weekly count of people, summed, in years."""
    return lambda outcome: outcome.weekly(measure).sum(axis=1) / YEAR


def harm(outcome: Readable) -> Floats:
    """Return the harmful events to be expected. Shape (replicates, policies)."""
    return outcome.per_shopper * np.array([each.groups.harms.sum(axis=(1, 2)) for each in outcome.replicates])


def each_shopper_and_week(of: Series, name: str) -> Floats:
    """Return dollars a simulated shopper and week."""
    return of(name) / 100 / np.maximum(1, of("shoppers"))
