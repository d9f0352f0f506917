"""What each policy owes to the numbers that nobody chooses: how far its mean moves with each that replicates drew.

Nothing is lived for it: the worths of the replicates there are go by the rank of each number's draw, in a straight line
(least squares), whose error is told by leaving out a block at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.report.drawn_numbers import all_leanings, by_chance
from simulation.runs.acting import acting
from simulation.runs.bootstrap import ranks
from simulation.runs.estimates import FEWEST_BLOCKS, Estimate, Floats, blocks_of, left_out
from simulation.runs.formats import dollars, listed
from simulation.runs.outcome import Outcome
from simulation.runs.statement import in_words
from simulation.scenario.drawn import size_of_block
from simulation.show.drawing import Picture
from simulation.show.parameter_words import amount_of, name_of
from simulation.show.swings import Swing, swings_figure

NAME = "world_swings"
"""What the figure is called."""

_MOST = 5  # numbers of a policy that are shown
_BETWEEN = 0.8  # of the draws, between the ends that are compared


@dataclass(frozen=True)
class WorldSwing:
    """How far a policy's mean difference moves from the low to the high end of a number's draws; dollars."""

    policy: str
    address: str
    ends: tuple[float, float]  # 10 % of the draws lie below the first, and above the second
    mean: float  # of the policy
    swing: Estimate  # what it is worth at the high end less what it is worth at the low end

    @property
    def worths(self) -> tuple[float, float]:
        """What the policy is worth at both ends."""
        return self.mean - self.swing.value / 2, self.mean + self.swing.value / 2


def world_swings(outcome: Outcome) -> dict[str, list[WorldSwing]]:
    """Return by policy the numbers that move it most, five at most, of those that act there, and more than by chance.

    Nothing where none is drawn or blocks are too few.
    """
    if blocks_of(len(outcome.replicates), size_of_block(outcome.scenario)) < FEWEST_BLOCKS:
        return {}
    worths, least = outcome.differences().by_replicate(), by_chance(outcome)
    told = {each.address: np.abs(each.correlations) > least for each in all_leanings(outcome)}
    return {
        policy: _swings(outcome, place, worths[:, place], told)
        for place, policy in enumerate(outcome.policies)
        if worths[:, place].any() and told
    }


def _swings(outcome: Outcome, place: int, worth: Floats, told: Mapping[str, NDArray[np.bool_]]) -> list[WorldSwing]:
    """Return the largest moves of a policy with numbers that act and are told of it."""
    policy, size = outcome.policies[place], size_of_block(outcome.scenario)
    drawn = {
        address: np.array([each.overrides[address] for each in outcome.replicates])
        for address, policies in told.items()
        if policies[place - 1]
    }
    swings = (_swing(policy, address, values, worth, size) for address, values in drawn.items())
    ordered = {each.address: each for each in sorted(swings, key=lambda each: -abs(each.swing.value))}
    return [ordered[address] for address in acting(outcome.scenario, list(ordered), _MOST, policy)]


def _swing(policy: str, address: str, values: Floats, worth: Floats, size: int) -> WorldSwing:
    rank = (ranks(values[None])[0] - 0.5) / len(values)
    swing = left_out((rank, worth, rank * worth, rank * rank), size, _move)
    low, high = np.quantile(values, [(1 - _BETWEEN) / 2, (1 + _BETWEEN) / 2]).tolist()
    return WorldSwing(policy, address, (low, high), float(worth.mean()), swing)


def _move(means: Floats) -> float:
    """Return how far the line of least squares rises between the ends, from means of x, y, xy and xx."""
    x, y, xy, xx = means.tolist()
    return float(_BETWEEN * (xy - x * y) / (xx - x * x))


def swings_in_words(found: dict[str, list[WorldSwing]]) -> list[str]:
    """Return, policy by policy, which drawn numbers move it, or that none does beyond what chance explains."""
    return [_in_words(policy, swings) for policy, swings in found.items()]


def _in_words(policy: str, swings: list[WorldSwing]) -> str:
    if not swings:
        return f"'{policy}': no single number moves it distinguishably from zero."
    listing = listed([f"{name_of(each.address)} ({in_words(each.swing)})" for each in swings])
    return f"'{policy}' moves with {listing}, from the low to the high end of the draws."


def rows(found: dict[str, list[WorldSwing]]) -> list[tuple[str, ...]]:
    """Return a row a number that the figure shows: the number's ends, what the policy is worth at each, the move."""
    return [
        (
            policy,
            name_of(each.address),
            *(amount_of(each.address, end) for end in each.ends),
            *(dollars(worth, True) for worth in each.worths),
            in_words(each.swing),
        )
        for policy, swings in found.items()
        for each in swings
    ]


HEADS = ("policy", "number", "low", "high", "value at low", "value at high", "move")
"""What heads the rows."""


def world_picture(outcome: Outcome) -> Picture | None:
    """Draw a panel a policy, a line a number: what the policy is worth at both ends of its draws; zero in view.

    Policies that no number moves beyond chance have no panel; None where none has any.
    """
    found = world_swings(outcome)
    panels = {policy: [_line(each) for each in found.get(policy, [])] for policy in outcome.policies[1:]}
    if not any(panels.values()):
        return None
    caption = (
        f"Value less that of {outcome.policies[0]}, each panel on its own scale: of the {_MOST} drawn numbers that "
        "move it most, those whose rank correlation with it is more than chance gives among so many. Hollow dot: "
        "10 % of a number's draws lie below, full dot: 10 % above, each with its value and the standard error of the "
        "move. Numbers of the evidence set are drawn together, so that one can stand for others. "
        f"From {len(outcome.replicates)} replicates. An extrapolation, not a forecast."
    )
    figure = swings_figure("How far each policy moves with what is not known", panels, caption)
    return Picture(NAME, figure, caption, " ".join(swings_in_words(found)))


def _line(swing: WorldSwing) -> Swing:
    error = (swing.swing.error or 0.0) / 2
    ends = f"{swing.ends[0]:.3g}", f"{swing.ends[1]:.3g}"
    return Swing(name_of(swing.address), swing.worths, (error, error), ends, swing.mean, True)
