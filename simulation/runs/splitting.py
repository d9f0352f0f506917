"""A replicate's policies lived again, so that each is known both with its first story untold and with it told.

A policy of which no story came out by chance has lived its secret life already; only the others live it again. Those
of which one could come out live once more, with the story in a week drawn by the press's own hazard in the secret life.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.model.press import FirstStory, Press
from simulation.model.simulation import Simulation
from simulation.runs.findings import measures_of
from simulation.runs.first_story import Floats, Split
from simulation.runs.lived import outcome_of

Plan = Mapping[str, FirstStory | None]
"""By policy: when which practice is the first to come out by itself; None for never."""


@dataclass(frozen=True)
class Life:
    """How one policy of a replicate was lived."""

    measures: Mapping[str, float]
    chances: Floats  # each week's chance that a practice comes out as the first, up to the story. (weeks, practices)
    came_out: bool  # whether a first story broke by itself


Relive = Callable[[Plan], Mapping[str, Life]]
"""Gives the same replicate's lives of the policies of a plan, and of no others."""


def lives_of(model: Simulation) -> dict[str, Life]:
    """Return how a model has lived each of its policies."""
    found = measures_of(outcome_of(model))
    measures = [{name: float(values[place]) for name, values in found.items()} for place in range(len(model.policies))]
    lived = zip(model.policies, measures, model.institutions(Press), strict=True)
    return {policy: Life(values, press.chances, press.has_found_out) for policy, values, press in lived}


def split_of(plain: Mapping[str, Life], practices: Sequence[str], luck: float, relive: Relive) -> Split:
    """Return both lives of every policy of a replicate, given as it was lived by chance.

    `practices` are their names in the order of the chances, `luck` is uniform from 0 to 1 and decides when each policy
    comes out.
    """
    secret = {**plain, **relive({policy: None for policy, life in plain.items() if life.came_out})}
    stories = {policy: first_story(secret[policy].chances, practices, luck) for policy in plain}
    exposed = {**secret, **relive({policy: story for policy, (_, story) in stories.items() if story})}
    return Split(
        chance=np.array([chance for chance, _ in stories.values()]),
        week=np.array([story.week if story else 0 for _, story in stories.values()]),
        secret=_by_measure([secret[policy].measures for policy in plain]),
        exposed=_by_measure([exposed[policy].measures for policy in plain]),
    )


def first_story(chances: Floats, practices: Sequence[str], luck: float) -> tuple[float, FirstStory | None]:
    """Return the chance that any story breaks, and the first that does by a uniform luck; None if none can.

    Each practice's turn in each week is a trial, in the order in which the press takes them; `chances` has shape
    (weeks, practices) and holds the chance of each if none has succeeded before.
    """
    each = chances.ravel()
    untold = np.concatenate([[1.0], np.cumprod(1.0 - each)[:-1]])
    so_far = np.cumsum(each * untold)
    chance = float(so_far[-1]) if each.size else 0.0
    if chance == 0.0:
        return 0.0, None
    last = int(np.flatnonzero(each)[-1])
    week, practice = divmod(min(last, int(np.searchsorted(so_far, luck * chance, side="right"))), len(practices))
    return chance, FirstStory(week + 1, practices[practice])


def _by_measure(policies: Sequence[Mapping[str, float]]) -> dict[str, Floats]:
    return {name: np.array([measures[name] for measures in policies]) for name in policies[0]}
