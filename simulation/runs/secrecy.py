"""What a policy is worth if it stays secret, if it comes out, and the chance of exposure at which it stops paying."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulation.runs.estimates import Estimate, Floats, block_means, left_out, mean, quantiles, ratio
from simulation.runs.first_story import Split
from simulation.runs.outcome import Outcome
from simulation.runs.readings import YEAR
from simulation.scenario.drawn import luck_of_first_story

Verdict = Literal["pays below", "loses even if secret", "gains even if exposed"]

_MOSTLY = 0.5  # of the replicates, in which both lives must have been lived
_REACH, _FACTORS = 30.0, 121  # hazards are multiplied by 1/30 to 30, in so many steps
_SECRET, _EXPOSED = slice(0, 2), slice(2, 4)  # of the four lives of a policy beside its baseline


@dataclass(frozen=True)
class StoryYear:
    """What a policy comes to if the story breaks in one year: dollars against the baseline."""

    year: int  # from 1
    share: float  # of all stories that break in it
    replicates: int  # in which the story that was lived broke in it
    difference: Estimate  # value less the baseline's, weighted by the chance of exposure


@dataclass(frozen=True)
class Secrecy:
    """One policy's difference from the baseline, apart by whether its first story breaks by itself. Dollars.

    The mean difference is (1 - chance) x if_secret + chance x if_exposed, exactly.
    """

    chance: Estimate  # that it comes out within the weeks simulated
    if_secret: Estimate
    if_exposed: Estimate
    verdict: Verdict
    break_even_chance: Estimate | None  # below it the policy pays on average; None where it never or always does
    break_even_by_world: tuple[float, float, float] | None  # 10 %, median, 90 % of the worlds that have one
    by_year: tuple[StoryYear, ...]  # the years in which a story broke, the first first
    break_even_if_scaled: Estimate | None = None  # chance as above, if all hazards rise or fall by one factor

    def expected(self, chance: float) -> float:
        """Return the mean difference if the chance of exposure were another."""
        return (1.0 - chance) * self.if_secret.value + chance * self.if_exposed.value


def secrecy(outcome: Outcome, policy: int, size: int) -> Secrecy | None:
    """Return a policy apart by whether it comes out; None where hardly anything can, or lives were not split."""
    split = outcome.split
    if split is None or split.told[:, policy].mean() < _MOSTLY:
        return None
    chance = split.chance[:, policy]
    secret, exposed = _both(split, policy)
    sums = (1.0 - chance) * secret, 1.0 - chance, chance * exposed, chance
    kept = left_out(sums[:2], size, lambda means: float(means[0] / means[1]))
    out = left_out(sums[2:], size, lambda means: float(means[0] / means[1]))
    verdict = _verdict(kept.value, out.value)
    pays_below = verdict == "pays below"
    point = _as_chance(left_out(sums, size, _break_even)) if pays_below else None
    scaled = _if_scaled(outcome, chance, secret, exposed, size) if pays_below else None
    years = _by_year(split.week[:, policy], chance, exposed, size)
    return Secrecy(mean(chance, size), kept, out, verdict, point, _by_world(secret, exposed), years, scaled)


def _both(split: Split, policy: int) -> tuple[Floats, Floats]:
    """Return each replicate's difference from the baseline if the policy stays secret, and if it comes out.

    Where the baseline can come out too, its own two lives are weighted by their chances, given the policy's.
    """
    values, weights = split.differences("value").of(policy)
    parts = [(weights[:, lives] * values[:, lives]).sum(axis=1) for lives in (_SECRET, _EXPOSED)]
    chances = [weights[:, lives].sum(axis=1) for lives in (_SECRET, _EXPOSED)]
    secret, exposed = (np.divide(part, of, out=np.zeros_like(part), where=of > 0.0)
                       for part, of in zip(parts, chances, strict=True))  # fmt: skip
    return secret, exposed


def _break_even(means: Floats) -> float:
    """Return the chance at which secret and exposed make up for each other, from the means of the weighted lives."""
    secret, exposed = means[0] / means[1], means[2] / means[3]
    return float(secret / (secret - exposed))


def _as_chance(point: Estimate) -> Estimate:
    """Return an estimated chance with its interval cut off at 0 and 1."""
    low, high = (None if end is None else min(1.0, max(0.0, end)) for end in (point.low, point.high))
    return replace(point, low=low, high=high)


def _if_scaled(outcome: Outcome, chance: Floats, secret: Floats, exposed: Floats, size: int) -> Estimate | None:
    """Return the mean chance of exposure at which a policy breaks even if all hazards are multiplied by one factor.

    Nothing is lived again: a factor r turns the chance of no story, 1 - P, into (1 - P)^r, and the story that was
    lived, in the week that a uniform luck u drew, comes r (1 - uP)^(r - 1) times as often (importance sampling: Owen
    2013, chapter 9). None where no factor within reach makes it break even.
    """
    luck = np.array([luck_of_first_story(outcome.scenario, each.number) for each in outcome.replicates])
    factors = np.geomspace(1 / _REACH, _REACH, _FACTORS)[:, None]
    often = factors * chance * (1.0 - luck * chance) ** (factors - 1.0)
    worth = (1.0 - chance) ** factors * secret + often * exposed
    risk = 1.0 - (1.0 - chance) ** factors
    columns = tuple(np.concatenate([worth, risk]))
    if not np.ptp(np.sign(worth.mean(axis=1))):
        return None
    return _as_chance(left_out(columns, size, _risk_at_zero))


def _risk_at_zero(means: Floats) -> float:
    """Return the chance at which the worth falls through zero, given all factors' worths, then their chances."""
    worth, risk = means[:_FACTORS], means[_FACTORS:]
    return float(np.interp(0.0, -worth, risk))


def _verdict(secret: float, exposed: float) -> Verdict:
    if secret <= 0.0:
        return "loses even if secret"
    return "gains even if exposed" if exposed >= 0.0 else "pays below"


def _by_world(secret: Floats, exposed: Floats) -> tuple[float, float, float] | None:
    """Return 10 %, median and 90 % of the chances at which single worlds break even, of those that do."""
    does = (secret > 0.0) & (exposed < 0.0)
    if not does.any():
        return None
    points = secret[does] / (secret[does] - exposed[does])
    low, middle, high = quantiles(points, np.ones_like(points), (0.1, 0.5, 0.9))
    return low, middle, high


def _by_year(weeks: NDArray[np.int64], chance: Floats, exposed: Floats, size: int) -> tuple[StoryYear, ...]:
    """Return what comes of a story by its year, those years left out in which none broke."""
    years = np.where(weeks > 0, (weeks - 1) // YEAR + 1, 0)
    return tuple(
        _of_year(year, np.where(years == year, chance, 0.0), chance, exposed, size)
        for year in np.unique(years[years > 0]).tolist()
    )


def _of_year(year: int, of_year: Floats, chance: Floats, exposed: Floats, size: int) -> StoryYear:
    """Return one year's stories; its error stands only where every block but one would still have some."""
    inside = of_year > 0.0
    every = block_means(of_year, size).all()
    found = ratio(of_year * exposed, of_year, size if every else len(of_year))
    return StoryYear(year, float(of_year.sum() / chance.sum()), int(inside.sum()), found)
