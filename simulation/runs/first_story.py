"""A replicate lived twice: what a policy comes to if the press finds out nothing, and if it finds out.

Whether and when a first story breaks is much of the luck in what a policy is worth. It need not be waited for: the
press's own rule gives the chance of it week by week, so that both lives are lived and weighted by their chances
(conditional Monte Carlo: Hammersley and Handscomb 1964).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CHANCE, WEEK, IF_SECRET, IF_EXPOSED = "exposure_chance", "first_story_week", "_if_secret", "_if_exposed"
"""The columns that hold both lives, and what is added to a measure's name there."""


LEAST_TOLD = 0.01
"""A first story less likely than this is left to luck: a life with it would take time and weigh next to nothing."""


@dataclass(frozen=True)
class Split:
    """Both lives of every policy. Shape (policies,) of one replicate, (replicates, policies) of all.

    Where a first story is unlikely (below `LEAST_TOLD`), or planned anyway, a policy is lived by luck alone: the chance
    is then 0 or 1, for what luck brought. Both lives are the same where no other was lived.
    """

    chance: Floats  # that a first story breaks by itself within the weeks simulated
    week: NDArray[np.int64]  # in which it breaks in the life in which it does, drawn by the press's hazard; 0: never
    secret: Mapping[str, Floats]  # every measure if it does not, by the measure's name
    exposed: Mapping[str, Floats]  # every measure if it does

    @property
    def told(self) -> NDArray[np.bool_]:
        """Whether both lives were lived. The shape of `chance`."""
        return (self.chance > 0.0) & (self.chance < 1.0)

    def of_policies(self, some: slice) -> "Split":
        """Return the lives of some policies of one replicate."""
        secret, exposed = (
            {name: values[some] for name, values in lives.items()} for lives in (self.secret, self.exposed)
        )
        return Split(self.chance[some], self.week[some], secret, exposed)

    def lives(self, measure: str) -> "Lives":
        """Return a measure in both lives, weighted by their chances."""
        return Lives(
            np.stack([self.secret[measure], self.exposed[measure]], axis=-1),
            np.stack([1.0 - self.chance, self.chance], axis=-1),
        )

    def differences(self, measure: str, beside: int = 0) -> "Lives":
        """Return a measure less that of another policy, the baseline by its place, weighted by the chances of both.

        Where the other can come out too, the two come out together as often as their chances allow: mostly it is the
        same practice. Means do not depend on that.
        """
        mine, its = self.chance, self.chance[..., beside : beside + 1]
        secret, exposed = self.secret[measure], self.exposed[measure]
        no_story, story = (values[..., beside : beside + 1] for values in (secret, exposed))
        return Lives(
            np.stack([secret - no_story, secret - story, exposed - no_story, exposed - story], axis=-1),
            np.stack(
                [
                    1.0 - np.maximum(mine, its),
                    np.maximum(its - mine, 0.0),
                    np.maximum(mine - its, 0.0),
                    np.minimum(mine, its),
                ],
                axis=-1,
            ),
        )


@dataclass(frozen=True)
class Lives:
    """A measure in every life of every replicate, and how much each life counts: 1 a replicate and policy.

    Shape (replicates, policies, lives) of both.
    """

    values: Floats
    weights: Floats

    def by_replicate(self) -> Floats:
        """Return each replicate's mean. Shape (replicates, policies)."""
        means: Floats = (self.weights * self.values).sum(axis=-1)
        return means

    def of(self, policy: int) -> tuple[Floats, Floats]:
        """Return one policy's values and weights. Shape (replicates, lives) of both."""
        return self.values[:, policy], self.weights[:, policy]

    def parts(self, policy: int, sign: int) -> Floats:
        """Return how much of each replicate lies above nothing (sign 1) or below (sign -1). Shape (replicates,)."""
        values, weights = self.of(policy)
        parts: Floats = (weights * (sign * values > 0.0)).sum(axis=-1)
        return parts


def lived_once(values: Floats) -> Lives:
    """Return a measure of replicates that were lived once. `values` has shape (replicates, policies)."""
    return Lives(values[..., None], np.ones((*values.shape, 1)))


def of_all(replicates: Sequence[Split]) -> Split:
    """Return all replicates' lives as one."""
    return Split(
        np.stack([each.chance for each in replicates]),
        np.stack([each.week for each in replicates]),
        {name: np.stack([each.secret[name] for each in replicates]) for name in replicates[0].secret},
        {name: np.stack([each.exposed[name] for each in replicates]) for name in replicates[0].exposed},
    )


def side_by_side(policies: Sequence[Split]) -> Split | None:
    """Return policies of one replicate, each split off by itself, as one; None if there are none."""
    if not policies:
        return None
    return Split(
        np.concatenate([each.chance for each in policies]),
        np.concatenate([each.week for each in policies]),
        {name: np.concatenate([each.secret[name] for each in policies]) for name in policies[0].secret},
        {name: np.concatenate([each.exposed[name] for each in policies]) for name in policies[0].exposed},
    )
