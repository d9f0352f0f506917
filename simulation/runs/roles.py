"""Who is at the table: roles with measures of their own, and how their votes become a policy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.runs.measures import MEASURES
from simulation.runs.outcome import Outcome

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Role:
    """Whose measure it is that counts for somebody, in words, and how it is read off an outcome.

    More is better: of what should be little, such as complaints, `read` gives less than nothing. Shape (replicates,
    policies).
    """

    measure: str
    read: Callable[[Outcome], Floats]
    fewer: bool = False
    in_dollars: bool = False


ROLES: dict[str, Role] = {
    "chief executive": Role("value to the retailer, dollars", MEASURES["value"].of, in_dollars=True),
    "analyst": Role(
        "sales that the card sees in the last year, dollars",
        MEASURES["carded_sales"].of,
        in_dollars=True,
    ),
    "insurer": Role(
        "the data buyer's account, dollars",
        MEASURES["data_buyer"].of,
        in_dollars=True,
    ),
    "regulator": Role("complaints, fewer is better", lambda outcome: -MEASURES["complaints"].of(outcome), fewer=True),
    "consumer advocate": Role(
        "person-years of consent debt and harmful events, fewer is better",
        lambda outcome: -MEASURES["consent_debt"].of(outcome) - MEASURES["harm"].of(outcome),
        fewer=True,
    ),
    "shopper": Role("trust in the last week", MEASURES["trust"].of),
}
"""Who is at the table."""


def rankings(outcome: Outcome) -> dict[str, list[str]]:
    """Return each role's policies, best first by the median of its measure; ties stand in the scenario's order."""
    return {
        name: [outcome.policies[place] for place in np.argsort(-np.median(role.read(outcome), axis=0), kind="stable")]
        for name, role in ROLES.items()
    }


def policy_points(rankings: Mapping[str, list[str]], weights: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return each policy's points: a role gives a policy one for every policy that it ranks below it (Borda's count).

    `weights` says how much a role's points count, 1 if left out.
    """
    points: dict[str, float] = {}
    for role, ranked in rankings.items():
        for below, policy in enumerate(reversed(ranked)):
            points[policy] = points.get(policy, 0.0) + below * (weights or {}).get(role, 1.0)
    return points


def policy_by_vote(rankings: Mapping[str, list[str]], weights: Mapping[str, float] | None = None) -> str:
    """Return the policy with the most points; of several, the first by name."""
    points = policy_points(rankings, weights)
    return min(points, key=lambda policy: (-points[policy], policy))
