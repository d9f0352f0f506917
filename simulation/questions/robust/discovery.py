"""Scenario discovery: under which conditions a policy pays, or loses, as limits on a few numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.questions.robust.prim import Peeling
from simulation.questions.robust.robustness import Robustness
from simulation.runs.sampling import World

Flags = NDArray[np.bool_]

DENSE = 0.8
"""A box is preferred in which this share of worlds are hits."""

FEWEST_HITS = 8
"""In fewer worlds no limits are looked for."""
_ALIKE = 0.05  # how often any number at all may be kept by chance alone
_SLICES = (0.05, 0.1, 0.2)  # shares of worlds peeled off at once: thin ones find corners, thick ones see past noise
_IRRELEVANT = 0.05  # a limit whose quasi-p-value lies above may be chance


@dataclass(frozen=True)
class Limit:
    """What a box asks of one number: to lie above `low`, below `high`, or both; None where it asks nothing."""

    address: str
    low: float | None
    high: float | None
    quasi_p: float

    def allows(self, value: float) -> bool:
        """Return whether a value meets it."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Box:
    """Limits that worlds must meet together, the most telling first."""

    limits: tuple[Limit, ...]

    def holds(self, worlds: Sequence[World]) -> Flags:
        """Return which worlds lie inside. Shape (worlds,)."""
        return np.array([all(each.allows(world[each.address]) for each in self.limits) for world in worlds], dtype=bool)


@dataclass(frozen=True)
class Tally:
    """How many worlds lie inside a box and outside, and how many of them are hits."""

    inside: int
    inside_hits: int
    outside: int
    outside_hits: int

    @property
    def density(self) -> float:
        """The share of hits inside; nan if nothing is."""
        return self.inside_hits / self.inside if self.inside else float("nan")

    @property
    def coverage(self) -> float:
        """The share of all hits that lie inside; nan if there are none."""
        hits = self.inside_hits + self.outside_hits
        return self.inside_hits / hits if hits else float("nan")


@dataclass(frozen=True)
class Discovery:
    """Where a policy pays, or where it loses, whichever is rarer; the box is None if no rule was to be found."""

    policy: str
    pays: bool
    hits: int
    worlds: int
    box: Box | None
    found: Tally | None
    fresh: Tally | None  # of worlds that had no say in the choice of the box


def discover(found: Robustness, fresh: Robustness, policy: str) -> Discovery:
    """Return in which worlds a policy pays or loses, and how well that holds in fresh worlds."""
    pays, hits = _of_interest(found, policy)
    count, worlds = int(hits.sum()), len(found.worlds)
    box = find_box(found.worlds, hits) if count >= FEWEST_HITS else None
    if box is None:
        return Discovery(policy, pays, count, worlds, None, None, None)
    later = hit(fresh, policy, pays)
    return Discovery(policy, pays, count, worlds, box, tally(box, found.worlds, hits), tally(box, fresh.worlds, later))


def _of_interest(found: Robustness, policy: str) -> tuple[bool, Flags]:
    """Return whether to look for worlds in which a policy pays rather than loses: the rarer, and which they are."""
    pays, loses = hit(found, policy, pays=True), hit(found, policy, pays=False)
    return (True, pays) if pays.sum() <= loses.sum() else (False, loses)


def hit(found: Robustness, policy: str, pays: bool) -> Flags:
    """Return in which worlds a policy pays, or loses. Shape (worlds,)."""
    difference = found.difference[:, found.policies.index(policy)]
    return np.asarray(difference > 0 if pays else difference < 0)


def find_box(worlds: Sequence[World], hits: Flags) -> Box | None:
    """Return limits within which worlds are mostly hits; None if no limit tells hits from other worlds.

    Numbers that are spread alike in hits and other worlds are left out first. Of all boxes on the way from all worlds
    to few, in thin slices and in thicker ones, the one of the most coverage among those of density 0.8 and more is
    kept; else the one in which coverage and density are best balanced, by their harmonic mean. Limits that may be
    chance are dropped, the least telling first.
    """
    telling = telling_numbers(worlds, hits)
    if not telling:
        return None
    seen = [{address: world[address] for address in telling} for world in worlds]
    boxes = [box for size in _SLICES if (box := _box_in_slices(seen, hits, size)) is not None]
    standing = np.array([_standing(tally(box, worlds, hits)) for box in boxes])
    return boxes[choose(standing)] if boxes else None


def telling_numbers(worlds: Sequence[World], hits: Flags) -> list[str]:
    """Return the numbers that are spread otherwise in hits than in other worlds.

    By Kolmogorov and Smirnov's test, the stricter the more numbers there are (Bonferroni): among many, some differ by
    chance.
    """
    from scipy.stats import ks_2samp

    values = {address: np.array([world[address] for world in worlds]) for address in worlds[0]}
    chance = _ALIKE / len(values)
    return [address for address, each in values.items() if ks_2samp(each[hits], each[~hits]).pvalue < chance]


def _box_in_slices(worlds: Sequence[World], hits: Flags, slice_size: float) -> Box | None:
    peeling = Peeling(worlds, hits, slice_size)
    place = choose(peeling.coverage_and_density())
    while (doubtful := _least_telling(peeling, place)) is not None:
        place = peeling.without(place, doubtful)
    limits = _limits(peeling, place)
    return Box(limits) if limits else None


def _standing(tally: "Tally") -> tuple[float, float]:
    return tally.coverage, tally.density


def choose(path: NDArray[np.float64]) -> int:
    """Return the place of the box to keep among some of known coverage and density. Shape (boxes, 2)."""
    coverage, density = path[:, 0], path[:, 1]
    dense = np.flatnonzero(density >= DENSE)
    if dense.size:
        return int(dense[np.lexsort((-density[dense], -coverage[dense]))[0]])
    balance = 2 * coverage * density / np.maximum(coverage + density, 1e-12)
    return int(np.argmax(balance))


def _least_telling(peeling: Peeling, box: int) -> tuple[str, int] | None:
    values = peeling.quasi_p_values(box)
    worst = max(values, key=lambda limit: values[limit], default=None)
    return worst if worst is not None and values[worst] > _IRRELEVANT else None


def _limits(peeling: Peeling, box: int) -> tuple[Limit, ...]:
    ends, chances = peeling.limits(box), peeling.quasi_p_values(box)
    names = dict.fromkeys(name for name, _ in ends)
    limits = [
        Limit(name, ends.get((name, 0)), ends.get((name, 1)), min(chances[each] for each in ends if each[0] == name))
        for name in names
    ]
    return tuple(sorted(limits, key=lambda limit: limit.quasi_p))


def tally(box: Box, worlds: Sequence[World], hits: Flags) -> Tally:
    """Return how many worlds are hits inside a box and outside."""
    inside = box.holds(worlds)
    return Tally(int(inside.sum()), int((inside & hits).sum()), int((~inside).sum()), int((~inside & hits).sum()))
