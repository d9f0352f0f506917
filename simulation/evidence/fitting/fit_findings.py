"""What a fit says: what is met, which episode pins which number, what cannot be met, what nothing speaks of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.parameters import numbers_at
from simulation.evidence.fitting.episode_readings import missed_of, misses
from simulation.evidence.fitting.episodes import Episode, Measured, hash_of, measures_of, names_of
from simulation.evidence.fitting.fit import Fit
from simulation.evidence.fitting.fit_batches import programs
from simulation.evidence.fitting.fitting import effective
from simulation.evidence.fitting.set_making import SCALE, made, reactions, scale_of
from simulation.scenario.evidence_set import EvidenceError, EvidenceSet

Floats = NDArray[np.float64]

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
_PRIOR_WIDTH = HIGH - LOW  # of a number's range, if nothing speaks of it
NARROWED = 0.15
"""From so much less spread on, or so far a shift of the median in the range, a number counts as spoken of: more if the
effective draws are so few that chance alone would bring it about in one number of hundreds."""

_ERRORS, _ERROR = 3.5, 0.53  # standard error of the spread from one uniform draw; the median's is .5


@dataclass(frozen=True)
class Predicted:
    """One figure as a set predicts it: 10 %, median and 90 %.

    Whether a figure is met is told by the median of what the set's draws predict: the set's reported point.
    """

    episode: str
    measured: Measured
    low: float
    middle: float
    high: float

    @property
    def is_met(self) -> bool:
        """Whether the median lies in the band."""
        return self.measured.low <= self.middle <= self.measured.high

    @property
    def touches(self) -> bool:
        """Whether the interval from 10 to 90 % touches the band."""
        return self.low <= self.measured.high and self.high >= self.measured.low


@dataclass(frozen=True)
class Narrowed:
    """One guess before and after: where median, 10 % and 90 % lie, and what pins it."""

    address: str
    low: float
    middle: float
    high: float
    narrowing: float  # share of the prior's spread that is gone
    shift: float  # of the median, in ranges
    least: float  # what either must come to, to be more than chance
    pinned_by: tuple[tuple[str, float], ...]  # episodes, and by how much the spread grows without each

    @property
    def is_spoken_of(self) -> bool:
        """Whether anything observed speaks of it."""
        return max(self.narrowing, abs(self.shift)) >= self.least


def quantiles(values: Floats, weights: Floats) -> tuple[float, float, float]:
    """Return 10 %, median and 90 % of weighted values; NaN counts as the lowest."""
    order = np.argsort(np.nan_to_num(values, nan=-np.inf), kind="stable")
    cumulative = np.cumsum(weights[order]) / weights.sum()
    places = np.minimum(np.searchsorted(cumulative, (LOW, MIDDLE, HIGH)), len(order) - 1)
    low, middle, high = values[order][places].tolist()
    return low, middle, high


def predictions(episodes: Sequence[Episode], figures: Floats, weights: Floats) -> list[Predicted]:
    """Return every figure as weighted draws predict it; `figures` has shape (draws, figures)."""
    each = zip(names_of(episodes), measures_of(episodes), figures.T, strict=True)
    return [Predicted(name, measured, *quantiles(column, weights)) for name, measured, column in each]


def narrowed(found: Fit, most: int = 3) -> list[Narrowed]:
    """Return every guess before and after, with the episodes that pin it most, those narrowed most first."""
    without = {each.name: found.weights_without((each.name,)) for each in found.episodes}
    return sorted((_narrowed(found, place, without, most) for place in range(len(found.addresses))), key=_order)


def _order(row: Narrowed) -> float:
    return -max(row.narrowing, abs(row.shift))


def _narrowed(found: Fit, place: int, without: dict[str, Floats], most: int) -> Narrowed:
    column, address = found.points[:, place], found.addresses[place]
    low, middle, high = quantiles(column, found.weights)
    narrowing = 1 - (high - low) / _PRIOR_WIDTH
    least = max(NARROWED, _ERRORS * _ERROR / float(np.sqrt(effective(found.weights))))
    ends = [numbers_at(np.array([at]), (address,))[address] for at in (low, middle, high)]
    row = Narrowed(address, ends[0], ends[1], ends[2], narrowing, middle - MIDDLE, least, ())
    if not row.is_spoken_of:
        return row
    pins = sorted(_pins(column, without, high - low, middle), key=lambda each: -each[1])[:most]
    return replace(row, pinned_by=tuple(each for each in pins if each[1] > 0))


def _pins(column: Floats, without: dict[str, Floats], width: float, middle: float) -> Iterator[tuple[str, float]]:
    """Yield each episode and how far a number's spread and median move without it, in ranges."""
    for name, weights in without.items():
        low, other, high = quantiles(column, weights)
        yield name, max(0.0, high - low - width) + abs(other - middle)


@dataclass(frozen=True)
class LeftOut:
    """One episode predicted by the fit to all others, and how many effective draws are left without it."""

    episode: str
    predicted: tuple[Predicted, ...]
    effective: float


def leave_one_out(held: EvidenceSet, episodes: Sequence[Episode]) -> list[LeftOut]:
    """Return every episode as a set's rows predict it, weighted as if it had not been observed.

    Raises EvidenceError if the set was made from other episodes.
    """
    _refuse_others(held, episodes)
    measures, names = measures_of(episodes), names_of(episodes)
    missed = missed_of(measures, held.figures)
    rows = []
    for episode in episodes:
        own = np.array([name == episode.name for name in names])
        off = missed[:, own].sum(axis=1) / scale_of(held)
        weights = held.weights * np.exp(off - off.max())
        own_rows = [each for each in predictions(episodes, held.figures, weights) if each.episode == episode.name]
        rows.append(LeftOut(episode.name, tuple(own_rows), effective(weights)))
    return rows


def _refuse_others(held: EvidenceSet, episodes: Sequence[Episode]) -> None:
    if held.made_from.get("episodes") != hash_of(episodes):
        raise EvidenceError("this set was made from other episodes; 'aislefour fit' makes one from these")


def shares(rows: Sequence[Predicted], kind: str = "fit") -> tuple[float, float]:
    """Return the shares of figures whose median lies in the band, and whose interval touches it."""
    wanted = [each for each in rows if each.measured.kind == kind]
    if not wanted:
        return float("nan"), float("nan")
    return float(np.mean([each.is_met for each in wanted])), float(np.mean([each.touches for each in wanted]))


def why_missed(found: Fit, row: Predicted) -> str:
    """Return why a figure is missed: that no draw meets it, or which figure its draws miss instead."""
    names = list(zip(names_of(found.episodes), (each.name for each in found.measures), strict=True))
    place = names.index((row.episode, row.measured.name))
    met = misses(found.measures, found.figures) == 0
    meeting = found.prior_weights * met[:, place]
    if not meeting.sum() > 0:
        return f"no draw of {len(found.points):,} meets it"
    usual, there = (found.prior_weights @ met), (meeting @ met) / meeting.sum()
    fitted = np.array([each.kind == "fit" for each in found.measures])
    cost = np.where(fitted, usual - there, -np.inf)
    cost[place] = -np.inf
    worst = int(np.argmax(cost))
    said = f"{meeting.sum():.1%} of the whole range meets it"
    if cost[worst] <= 0:
        return said
    name = ": ".join(names[worst])
    return f"{said}; there, '{name}' is met by {there[worst]:.0%} instead of {usual[worst]:.0%}"


def set_of(found: Fit) -> EvidenceSet:
    """Return the fit as a set of weighted draws."""
    kept = found.kept
    weights = found.weights[kept] / found.weights[kept].sum()
    numbers = [list(numbers_at(point, found.addresses).values()) for point in found.points[kept]]
    each_name = zip(names_of(found.episodes), found.measures, strict=True)
    names = tuple(f"{episode}/{measured.name}" for episode, measured in each_name)
    made_from = {
        "made by": "aislefour fit",
        "draws": f"{len(found.points)}",
        "effective draws": f"{effective(found.weights):.1f}",
        "weight kept": f"{found.weights[kept].sum():.4f}",
        SCALE: f"{found.scale:.6g}",
        "seed": f"{found.settings.seed}",
        "episodes": hash_of(found.episodes),
        "sources": programs(),
    }
    figures = found.figures[kept]
    columns = (weights, reactions(found.measures, figures, weights), np.array(numbers), figures)
    return made(made_from, found.addresses, names, columns)
