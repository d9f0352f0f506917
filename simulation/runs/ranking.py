"""Which policies can be told apart, and what would tell the others: every pair, the baseline included.

Two policies are compared replicate by replicate, block by block: Student's t on the means of the blocks' differences,
all pairs together held to 5 % after Holm (Scandinavian Journal of Statistics 1979). Pairs that do not pass are tied.
"""

from dataclasses import dataclass
from itertools import combinations
from math import ceil

import numpy as np

from simulation.runs.estimates import FEWEST_BLOCKS, UNSURE, Estimate, Floats, blocks_of, mean, times


@dataclass(frozen=True)
class Pair:
    """Two policies, the better on average first: by how much it is better, and whether that is more than chance."""

    better: str
    worse: str
    difference: Estimate
    chance: float  # of a difference as large as this between two policies that are equal
    resolved: bool
    replicates_needed: int | None  # in all, about, to resolve it; None if it is resolved or no number is known to


@dataclass(frozen=True)
class Ranking:
    """All pairs of policies, and what cannot be told apart."""

    order: tuple[str, ...]  # the best on average first; tied ones too
    pairs: tuple[Pair, ...]
    tied: tuple[tuple[str, ...], ...]  # groups within which no pair is resolved, each as large as can be

    def pair(self, one: str, other: str) -> Pair:
        """Return the comparison of two policies, named in any order."""
        return next(each for each in self.pairs if {each.better, each.worse} == {one, other})


def ranked(policies: tuple[str, ...], values: Floats, size: int) -> Ranking | None:
    """Return how policies rank by their values, more being better; None where too few whole blocks tell.

    `values` has shape (replicates, policies), `size` replicates are a block.
    """
    if blocks_of(len(values), size) < FEWEST_BLOCKS or len(policies) == 1:
        return None
    order = np.argsort(-values.mean(axis=0), kind="stable").tolist()
    pairs = _held(tuple(combinations(order, 2)), policies, values, size)
    names = tuple(policies[place] for place in order)
    return Ranking(names, pairs, _groups(names, pairs))


def _held(
    places: tuple[tuple[int, int], ...], policies: tuple[str, ...], values: Floats, size: int
) -> tuple[Pair, ...]:
    """Return the pairs, after Holm: the surest is held to a share of 5 %, the next to a larger, up to the first tie."""
    differences = [mean(values[:, better] - values[:, worse], size) for better, worse in places]
    blocks = blocks_of(len(values), size)
    chances = [_chance(each, blocks) for each in differences]
    pairs, resolved = list[Pair | None]([None] * len(places)), True
    for rank, place in enumerate(sorted(range(len(places)), key=lambda place: chances[place])):
        level = UNSURE / (len(places) - rank)
        resolved = resolved and chances[place] <= level
        needed = None if resolved else _needed(differences[place], blocks, size, level)
        better, worse = (policies[each] for each in places[place])
        pairs[place] = Pair(better, worse, differences[place], chances[place], resolved, needed)
    return tuple(each for each in pairs if each)


def _chance(difference: Estimate, blocks: int) -> float:
    """Return the chance of a difference as far from nothing if there were none: Student's t, two-sided."""
    from scipy.special import stdtr

    if not difference.error:
        return 1.0 if difference.value == 0.0 else 0.0
    return float(2.0 * stdtr(blocks - 1, -abs(difference.value) / difference.error))


def _needed(difference: Estimate, blocks: int, size: int, level: float) -> int | None:
    """Return with how many replicates in all, in whole blocks, a difference like this one would be resolved."""
    if not difference.value or difference.error is None:
        return None
    more = (times(blocks, level) * difference.error / difference.value) ** 2
    return max(blocks + 1, ceil(blocks * more)) * size


def _groups(order: tuple[str, ...], pairs: tuple[Pair, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the largest groups of tied policies, two or more each (Piepho 2004: insert and absorb)."""
    groups = [set(order)]
    for pair in pairs:
        if pair.resolved:
            apart = {pair.better, pair.worse}
            groups = [part for group in groups for part in _without(group, apart)]
            groups = [group for place, group in enumerate(groups) if not _absorbed(group, place, groups)]
    found = [tuple(name for name in order if name in group) for group in groups if len(group) > 1]
    return tuple(sorted(found, key=lambda group: order.index(group[0])))


def _without(group: set[str], apart: set[str]) -> list[set[str]]:
    """Return a group, or the two that are left of it if it holds both of two that are told apart."""
    return [group - {each} for each in sorted(apart)] if apart <= group else [group]


def _absorbed(group: set[str], place: int, groups: list[set[str]]) -> bool:
    """Return whether another group holds all of a group: the first of equal ones stays."""
    return any(
        group < other or (group == other and where < place) for where, other in enumerate(groups) if where != place
    )
