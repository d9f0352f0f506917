"""What would have to be true for a policy to pay: whether a story ran, and the drawn number that tells it best."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week, uniforms
from simulation.behaviour.parameters import parameters
from simulation.report.drawn_numbers import same_worlds
from simulation.runs.acting import acting
from simulation.runs.outcome import Outcome
from simulation.scenario.schema import Scenario

Floats = NDArray[np.float64]

_SHUFFLES = 400
_CHANCE = 0.05  # a run in which shuffled luck finds an edge as good for any policy more often than this tells of none
FEWEST = 5  # replicates below which a split says nothing


@dataclass(frozen=True)
class Split:
    """A policy pays where a number lies below (or above) an edge: how often that is wrong, and comes about by chance.

    `exposed` replicates had a newspaper story, and in `paid_exposed` of these it paid all the same. `address` is "" if
    the policy paid in all replicates or in none, or if there is nothing to tell them by.
    """

    policy: str
    paid: int
    of: int
    exposed: int = 0
    paid_exposed: int = 0
    address: str = ""
    below: bool = True
    edge: float = 0.0
    wrong: int = 0
    by_chance: float = 1.0
    policies: int = 1  # of which an edge is looked for
    drawn: int = 0  # numbers that were drawn
    same: int = 0  # replicates in which nothing differed from the baseline

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the edge tells more than one that is found by looking for so many policies (Bonferroni)."""
        return bool(self.address) and self.by_chance * self.policies <= _CHANCE


def splits(outcome: Outcome) -> list[Split]:
    """Return, for each policy but the baseline, what best tells the replicates in which it paid from the others."""
    return [_split(outcome, place) for place in range(1, len(outcome.policies))]


def _split(outcome: Outcome, place: int) -> Split:
    difference, exposed = outcome.difference()[:, place], outcome.exposed()[:, place]
    paid, addresses = difference > 0, list(outcome.replicates[0].overrides)
    plain = Split(
        outcome.policies[place],
        int(paid.sum()),
        paid.size,
        int(exposed.sum()),
        int((paid & exposed).sum()),
        drawn=len(addresses),
        policies=len(outcome.policies) - 1,
        same=int((difference == 0).sum()),
    )
    if paid.all() or not paid.any() or paid.size < FEWEST or not addresses:
        return plain
    values = np.array([[each.overrides[address] for each in outcome.replicates] for address in addresses])
    found = _best_that_acts(outcome.scenario, plain.policy, values, addresses, paid)
    if found is None:
        return plain
    wrong, which, below, edge = found
    chance = _by_chance(outcome, values, paid, wrong)
    return replace(plain, address=addresses[which], below=below, edge=edge, wrong=wrong, by_chance=chance)


def _best_that_acts(
    scenario: Scenario, policy: str, values: Floats, addresses: list[str], paid: NDArray[np.bool_]
) -> tuple[int, int, bool, float] | None:
    """Return `_best` of the numbers that act under a policy: any other only stands for some that are drawn with it."""
    wrong = [_best(row[None], paid)[0] for row in values]
    ordered = np.argsort(wrong, kind="stable").tolist()
    for address in acting(scenario, [addresses[each] for each in ordered], 1, policy):
        which = addresses.index(address)
        found = _best(values[which : which + 1], paid)
        return found[0], which, *found[2:]
    return None


def _by_chance(outcome: Outcome, values: Floats, paid: NDArray[np.bool_], wrong: int) -> float:
    """Return how often an edge is as good once worlds have been exchanged among the replicates."""
    key = keys_of_week(outcome.scenario.seed, 0, 0)[Purpose.RESAMPLING]
    groups = same_worlds(outcome)
    luck = uniforms(key, np.arange(_SHUFFLES * len(groups), dtype=np.uint32)).reshape(_SHUFFLES, len(groups))
    as_good = (_best(values[:, _exchanged(groups, np.argsort(row))], paid)[0] <= wrong for row in luck)
    return sum(as_good) / _SHUFFLES


def _exchanged(groups: list[NDArray[np.int64]], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return whose numbers each replicate is given where whole worlds are exchanged, since replicates share some."""
    given = np.empty(sum(group.size for group in groups), np.int64)
    for group, other in zip(groups, order.tolist(), strict=True):
        given[group] = np.resize(groups[other], group.size)
    return given


def _best(values: Floats, paid: NDArray[np.bool_]) -> tuple[int, int, bool, float]:
    """Return how many replicates the best edge tells wrongly, of which number, on which side paying lies, and the edge.

    `values` has shape (numbers, replicates). Edges lie half-way between neighbours.
    """
    order = np.argsort(values, axis=1)
    ranked = paid[order]
    paid_before = np.cumsum(ranked, axis=1)[:, :-1]
    count, total = np.arange(1, paid.size), int(paid.sum())
    wrong_if_below = (count - paid_before) + (total - paid_before)
    wrong = np.stack([wrong_if_below, paid.size - wrong_if_below])
    side, which, cut = np.unravel_index(int(np.argmin(wrong)), wrong.shape)
    near = values[which, order[which, cut : cut + 2]]
    return int(wrong[side, which, cut]), int(which), bool(side == 0), float(near.mean())


# --- in words -----------------------------------------------------------------------------------------------------


def split_in_words(split: Split, baseline: str) -> str:
    """Return, in a sentence or two, what would have to be true for a policy to pay."""
    if split.same == split.of:
        return f"it changes nothing: its value is that of {baseline} in {_all_of(split)}"
    if split.of < FEWEST and split.drawn:
        return f"too few replicates; with --replicates {8 * FEWEST} the report says which number separates them"
    if split.paid in (0, split.of):
        return _one_way_in_words(split)
    return f"it paid in {split.paid} of {split.of} replicates{_story_in_words(split)}. {_number_in_words(split)}"


def _one_way_in_words(split: Split) -> str:
    """Return that a policy paid, or did not, whatever was drawn, if anything was."""
    said = f"it paid in {_all_of(split) if split.paid else f'none of {split.of} replicates'}"
    if not split.drawn:
        return f"{said}; every number was held fixed, so this says nothing about other values"
    return f"{said}, whatever was drawn"


def _all_of(split: Split) -> str:
    return f"each of {split.of} replicates" if split.of > 1 else "the one replicate"


def _story_in_words(split: Split) -> str:
    """Return how often a policy paid with and without a story, where both befell it."""
    quiet = split.of - split.exposed
    if not quiet or not split.exposed:
        return ""
    with_story, without = split.paid_exposed, split.paid - split.paid_exposed
    return f": in {without} of the {quiet} without a newspaper story, in {with_story} of the {split.exposed} with one"


def _number_in_words(split: Split) -> str:
    """Return the drawn number that tells paying from losing, or that none does better than chance."""
    if not split.address:
        return "No number was drawn that could explain which."
    right = f"{split.of - split.wrong} of {split.of} replicates; chance alone does as well in {split.by_chance:.0%} of "
    right += "shuffles"
    if not split.is_beyond_chance:
        return f"No single assumption explains which: the best separates {right}."
    number, side = parameters()[split.address], "below" if split.below else "above"
    return f"It pays where {number.address} is {side} {split.edge:.3g} ({number.meaning.rstrip('.')}): true of {right}."
