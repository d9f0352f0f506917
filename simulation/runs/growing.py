"""More replicates until an answer is as sure as it was asked to be: whole blocks are added, and the first ones stay."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from simulation.runs.estimates import FEWEST_BLOCKS
from simulation.runs.headline import Headline, headline
from simulation.runs.outcome import Outcome
from simulation.scenario.drawn import size_of_block
from simulation.scenario.schema import Scenario

MOST = 1_024
"""Replicates at which adding ends, whatever has been reached."""

_AT_ONCE = 2  # times as many at most after one look as before: what is needed is known better then


@dataclass(frozen=True)
class Goal:
    """How sure an answer is to be.

    Pairs are held to 5 % at each look; to look again and again until all are ranked makes a wrong order more likely.
    """

    error: float | None = None  # standard error of every mean difference at most, in dollars
    share: float | None = None  # the same as a share of the baseline's value
    ranked: bool = False  # whether every two policies that differ are to be told apart

    def needs(self, found: Headline) -> int:
        """Return about how many replicates it takes in all; those there are if they are enough."""
        most = min((each for each in (self.error, self._of(found)) if each is not None), default=None)
        errors = [each.difference_mean.error or 0.0 for each in found.rows] if most is not None else []
        needed = [found.replicates * (error / most) ** 2 for error in errors if most and error > most]
        pairs = found.ranking.pairs if found.ranking and self.ranked else ()
        return round(max([found.replicates, *needed, *(each.replicates_needed or 0 for each in pairs)]))

    def _of(self, found: Headline) -> float | None:
        return None if self.share is None else self.share * abs(found.rows[0].value)


def goal_of(error: float | str | None, ranked: bool) -> Goal | None:
    """Return a goal as it is asked for: dollars, or a share of the baseline's value such as '0.1%'; None for none.

    Raises ValueError for an error that is neither.
    """
    if error is None:
        return Goal(ranked=True) if ranked else None
    text = str(error).strip()
    try:
        amount = float(text.removesuffix("%"))
    except ValueError:
        amount = 0.0
    if not amount > 0.0 or not isfinite(amount):
        right = "dollars above 0, such as 50000, or a share of the baseline's value, such as 0.1%"
        raise ValueError(f"until_error must be {right}, not {error!r}")
    return Goal(share=amount / 100.0, ranked=ranked) if text.endswith("%") else Goal(amount, ranked=ranked)


def run_until(scenario: Scenario, goal: Goal, run: Callable[[Scenario, Outcome | None], Outcome]) -> Outcome:
    """Return the outcome of a scenario with as many replicates as a goal takes, 1,024 at most.

    `run` gives the outcome of a scenario, some replicates of which may have been lived.
    """
    size = size_of_block(scenario)
    count, outcome = max(scenario.replicates, FEWEST_BLOCKS * size), None
    while True:
        outcome = run(scenario.with_changes(replicates=-(-count // size) * size), outcome)
        lived = len(outcome.replicates)
        count = min(goal.needs(headline(outcome)), _AT_ONCE * lived, MOST)
        if count <= lived:
            return outcome


def shortfall(goal: Goal, found: Headline) -> str:
    """Return what a run that has ended short of its goal would still need, in words; nothing if it has reached it."""
    needed = goal.needs(found)
    if needed <= found.replicates:
        return ""
    return f"stopped at {found.replicates:,} replicates; about {needed:,} would be as sure as was asked for"
