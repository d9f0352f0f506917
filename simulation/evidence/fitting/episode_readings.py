"""An episode lived once, and the figures that are read off its weeks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.fitting.episodes import BEFORE, EVERYBODY, Episode, Measured
from simulation.evidence.fitting.in_model_survey import have_stopped
from simulation.model.ledger import TRUST_UNIT, Measure
from simulation.model.model import LoyaltyModel
from simulation.scenario.population import CELLS, GROUPS, SEGMENTS, TIERS

Floats = NDArray[np.float64]
Cells = tuple[Floats, Floats]
Series = tuple[Floats, Floats | None]

MOST_EXCESS = 3.0
"""A figure that lies farther off than so many half-bands counts as lying so far off."""

_HALF = 0.5

_COUNTED: Mapping[str, tuple[Measure, Measure | None]] = {
    "sales": (Measure.SALES, None),
    "trips": (Measure.TRIPS, None),
    "carded_trips": (Measure.CARDED_TRIPS, None),
    "card_use": (Measure.CARDED_SALES, Measure.SALES),
    "patrons": (Measure.PATRONS, None),
    "members": (Measure.MEMBERS, None),
    "joined": (Measure.JOINED, None),
    "left": (Measure.LEFT, None),
    "enrolled": (Measure.ENROLLED, None),
    "dropped": (Measure.DROPPED, None),
    "cancelled": (Measure.CANCELLED, None),
    "opted_in": (Measure.OPTED_IN, Measure.MEMBERS),
    "opted_out": (Measure.OPTED_OUT, Measure.MEMBERS),
    "trust": (Measure.TRUST, Measure.SHOPPERS),
    "aware": (Measure.AWARE, Measure.SHOPPERS),
}
"""Series that the ledger counts: a total, or one as a share of another."""


@dataclass(frozen=True)
class LivedEpisode:
    """What an episode has come to, cell by cell.

    Each series is a total and what it is a share of, if anything, of shape (weeks, policies, cells).
    """

    episode: Episode
    series: Mapping[str, Series]

    def figures(self) -> Floats:
        """Return every figure of the episode, NaN where it cannot be read. Shape (figures,)."""
        return np.array([self._figure(each) for each in self.episode.measures])

    def _figure(self, measured: Measured) -> float:
        first, last = measured.weeks
        if measured.shape == "mean":
            return self._compared(measured, measured.weeks)
        if measured.shape == "ratio":
            return _ratio(
                self._compared(measured, measured.weeks), self._compared(measured, measured.to_weeks or (1, 1))
            )
        each = np.array([self._compared(measured, (week, week)) for week in range(first, last + 1)])
        if np.isnan(each).all():
            return float("nan")
        peak = int(np.nanargmax(each))
        if measured.shape == "peak":
            return float(each[peak])
        if measured.shape == "week_of_peak":
            return float(first + peak - self.episode.begins + 1)
        return _weeks_to_half(each[peak:])

    def _compared(self, measured: Measured, weeks: tuple[int, int]) -> float:
        """Return a figure's mean over some weeks, held against what it is compared with."""
        policy, begins = self.episode.policy_of(measured), self.episode.begins
        here = self._level(measured, policy, weeks)
        if measured.compared == "level":
            return here
        against, _, what = measured.compared.partition("_")
        usual = (
            self._level(measured, 0, weeks)
            if against == "twin"
            else self._level(measured, policy, (begins - BEFORE, begins - 1))
        )
        return 1.0 - _ratio(here, usual) if what == "loss" else _ratio(here, usual)

    def _level(self, measured: Measured, policy: int, weeks: tuple[int, int]) -> float:
        total, base = self.series[measured.measure]
        where = slice(weeks[0] - 1, weeks[1]), policy, cells_of(measured.group)
        held = weeks[1] - weeks[0] + 1 if base is None else float(base[where].sum())
        return _ratio(float(total[where].sum()), held)


def cells_of(group: str) -> NDArray[np.int64]:
    """Return the ledger's cells that make up a group of shoppers."""
    cells = np.arange(CELLS)
    places = cells // (len(TIERS) * len(GROUPS)), cells // len(GROUPS) % len(TIERS), cells % len(GROUPS)
    for names, place in zip((SEGMENTS, TIERS, GROUPS), places, strict=True):
        if group in names:
            return cells[place == names.index(group)]
    if group != EVERYBODY:
        raise ValueError(f"there is no group of shoppers called '{group}'")
    return cells


def _ratio(total: float, base: float) -> float:
    return total / base if base else float("nan")


def _weeks_to_half(falling: Floats) -> float:
    """Return the weeks from the first, the peak, until half of it is gone; all that there are if it never is."""
    gone = np.flatnonzero(falling <= _HALF * falling[0])
    return float(gone[0] if len(gone) else len(falling))


def live_episode(episode: Episode, numbers: Mapping[str, float], luck: int = 0) -> LivedEpisode:
    """Live an episode with some numbers; those that its scenario sets, the firm's own, go before them."""
    case = episode.scenario
    model = LoyaltyModel(case, replicate=luck, overrides={**numbers, **case.overrides})
    asked = _weeks_asked(episode)
    answers = {name: np.zeros((2, case.weeks, len(case.policies), CELLS)) for name in asked}
    while model.week < case.weeks:
        model.step()
        for name, weeks in asked.items():
            if model.week in weeks:
                answers[name][:, model.week - 1] = _ASKED[name](model)
    return LivedEpisode(episode, _counted(model) | {name: (each[0], each[1]) for name, each in answers.items()})


def _counted(model: LoyaltyModel) -> dict[str, Series]:
    """Return the series that the ledger counts."""
    weekly = model.ledger.weekly.sum(axis=2).astype(np.float64)
    weekly[..., Measure.TRUST] /= TRUST_UNIT
    return {
        name: (weekly[..., total], None if base is None else weekly[..., base])
        for name, (total, base) in _COUNTED.items()
    }


def _weeks_asked(episode: Episode) -> dict[str, set[int]]:
    """Return in which weeks shoppers themselves are asked, by series that the ledger does not count."""
    asked: dict[str, set[int]] = {}
    for each in episode.measures:
        if each.measure in _ASKED:
            for first, last in filter(None, (each.weeks, each.to_weeks)):
                asked.setdefault(each.measure, set()).update(range(first, last + 1))
    return asked


def _saliences(model: LoyaltyModel) -> Cells:
    """Return how much it is on the minds of each policy's shoppers, added up by cell, and how many they are."""
    cells, lives = model.people.cell, model.lives
    return _by_cell(cells, lives.salience), _by_cell(cells, np.ones_like(lives.salience))


def _those_who_stopped(model: LoyaltyModel) -> Cells:
    """Return how many of those who know of something would say that they stopped, by cell, and how many know."""
    cells, lives = model.people.cell, model.lives
    knowing = lives.aware > 0
    said = np.stack([have_stopped(lives, policy) for policy in range(len(knowing))])
    return _by_cell(cells, said & knowing), _by_cell(cells, knowing)


def _by_cell(cells: NDArray[np.uint8], values: NDArray[Any]) -> Floats:
    return np.stack([np.bincount(cells, weights=each, minlength=CELLS) for each in values])


_ASKED: Mapping[str, Callable[[LoyaltyModel], Cells]] = {
    "salience": _saliences,
    "say_they_stopped": _those_who_stopped,
}
"""Series that shoppers themselves are asked for: totals and what they are shares of, (policies, cells)."""


def excess(measured: Measured, found: float) -> float:
    """Return how far a figure lies outside its band, in half-bands: 0 inside, and at most `MOST_EXCESS`.

    Bands above 0 are measured in logarithms, as a factor of two is as far up as down.
    """
    if measured.low <= found <= measured.high:
        return 0.0
    low, high = measured.low, measured.high
    if low > 0:
        if not found > 0:
            return MOST_EXCESS
        low, high, found = float(np.log(low)), float(np.log(high)), float(np.log(found))
    off = max(low - found, found - high) / ((high - low) / 2)
    return MOST_EXCESS if np.isnan(off) else min(MOST_EXCESS, off)


def place_in_band(measured: Measured, found: float) -> float:
    """Return where a figure lies in its band: from -1 at the low end to 1 at the high one, farther off outside."""
    if off := excess(measured, found):
        return 1.0 + off if found > measured.high else -1.0 - off
    low, high = measured.low, measured.high
    if low > 0:
        low, high, found = float(np.log(low)), float(np.log(high)), float(np.log(found))
    return (2 * found - low - high) / (high - low)


def places_in_bands(figures: Sequence[Measured], found: Floats) -> Floats:
    """Return where the figures that are fitted lie in their bands. Shape (draws, fitted figures)."""
    fitted = [place for place, each in enumerate(figures) if each.kind == "fit"]
    each = [[place_in_band(figures[place], row[place]) for place in fitted] for row in found.tolist()]
    return np.array(each).reshape(len(found), len(fitted))


def misses(figures: Sequence[Measured], found: Floats) -> Floats:
    """Return for each figure 0 if it is met, or 1 and by how much it is not. Shape of `found`, (..., figures)."""
    flat = np.atleast_2d(found)
    each = np.array([[excess(one, value) for one, value in zip(figures, row.tolist(), strict=True)] for row in flat])
    return (each + (each > 0)).reshape(found.shape)


def missed_of(figures: Sequence[Measured], found: Floats) -> Floats:
    """Return what is missed of each figure that is fitted, 0 of those that are only checked. Shape of `found`."""
    return misses(figures, found) * np.array([each.kind == "fit" for each in figures])
