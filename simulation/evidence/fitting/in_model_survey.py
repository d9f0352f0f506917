"""What shoppers would answer in a survey: would you mind, would you stop, have you stopped.

An instrument of the model, beside its books: people say more than they do, and the books show what they do.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import choices, rules
from simulation.behaviour.parameters import numbers as numbers_with
from simulation.scenario.population import Lives, Shoppers, market_bounds, opening_columns

Marks = NDArray[np.bool_]

AWAY_FROM = 2
"""Who has stayed away for so many weeks says that he stopped, though the books still show him.

One week is less business than before, which twice as many say of themselves as that they stopped (RAND RR1187).
"""


_ASKED, _SEED = 2_000, 2016


def asked_about_a_leak(overrides: Mapping[str, float]) -> tuple[float, float]:
    """Return the shares of a population with these numbers who would mind a leak, and who say that they would stop."""
    record = numbers_with(overrides)
    people, _ = opening_columns(market_bounds(_ASKED, [1.0]), 1, record, _SEED, 0)
    departure = float(record["departure_of_a_leak"])
    return (
        float(would_mind(departure, people, record).mean()),
        float(would_stop(departure, people, record).mean()),
    )


def would_mind(departure: float, people: Shoppers, numbers: NDArray[np.void]) -> Marks:
    """Return who says that a flow of data is not acceptable: whose violation would be felt from a threshold on."""
    return np.asarray(departure * people.sensitivity.astype(np.float64) >= numbers["minding_from"])


def would_stop(departure: float, people: Shoppers, numbers: NDArray[np.void]) -> Marks:
    """Return who says that he would stop dealing with a firm that did this: who more likely than not would leave.

    What is said is not weighed down as what is done is: the grievance counts in full, and nothing has faded.
    """
    usual = choices.weekly_log_odds(numbers["main_store_changes_per_year"])
    felt = departure * people.sensitivity.astype(np.float64)
    grievances = _grievances(felt, people, numbers)
    driven = np.array([choices.bent(each, each, float(numbers["leaving_bend"])) for each in grievances.tolist()])
    can_leave = people.has_rival * people.free
    return np.asarray((usual + numbers["leaving_by_grievance"] * driven > 0) & (can_leave == 1))


def _grievances(felt: NDArray[np.float64], people: Shoppers, numbers: NDArray[np.void]) -> NDArray[np.float64]:
    """Return the grievance of each shopper, not resigned yet, once trust has fallen as far as it will."""
    forgives, takes = float(numbers["forgiveness_of_the_heaviest"]), float(numbers["trust_lost_by_violation"])
    each = zip(people.opening_trust.tolist(), felt.tolist(), people.spend_rank.tolist(), strict=True)
    return np.array(
        [
            rules.grievance(trust, rules.trust_sought(trust, burden, takes, 0.0), 0.0, 0.0, rank, forgives)
            for trust, burden, rank in each
        ]
    )


def have_stopped(lives: Lives, policy: int, twin: int = 0) -> Marks:
    """Return who says that he stopped: who left and whose twin did not, or who has stayed away for weeks."""
    left = (lives.left_week[policy] > 0) & (lives.left_week[twin] == 0)
    return np.asarray(left | (lives.away_weeks[policy] >= AWAY_FROM))
