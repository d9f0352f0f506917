"""A fit from nothing: wave after wave of draws lived by all episodes, and the weights of all of them."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.fitting.episode_readings import missed_of, places_in_bands
from simulation.evidence.fitting.episodes import Episode, Measured, measures_of, names_of
from simulation.evidence.fitting.fit_batches import Lived, Progress
from simulation.evidence.fitting.fitting import (
    MOST_KEPT,
    Proposal,
    Settings,
    active_numbers,
    heaviest,
    kernel_weights,
    next_proposal,
    scale_for,
    weights_of,
)
from simulation.evidence.fitting.guesses import uniform_points

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Report = Callable[[str], None]


@dataclass(frozen=True)
class Fit:
    """All draws that were lived: points of the unit cube, every figure, and the weight of the prior on each."""

    episodes: tuple[Episode, ...]
    addresses: tuple[str, ...]
    settings: Settings
    points: Floats
    figures: Floats
    prior_weights: Floats
    active: Places

    @property
    def measures(self) -> tuple[Measured, ...]:
        """All figures of all episodes, in order."""
        return measures_of(self.episodes)

    @cached_property
    def missed(self) -> Floats:
        """What each draw misses of each figure; 0 of those that are only checked. Shape (draws, figures)."""
        return missed_of(self.measures, self.figures)

    @cached_property
    def scale(self) -> float:
        """The kernel's scale: a miss of so much weighs 1/e."""
        return scale_for(self.prior_weights, self.missed.sum(axis=1), self.settings.effective)

    @cached_property
    def weights(self) -> Floats:
        """The posterior weight of every draw. Shape (draws,), summing to 1."""
        return self.weights_without(())

    def weights_without(self, episodes: Sequence[str]) -> Floats:
        """Return the weights that the draws would have if some episodes had not been observed."""
        counted = np.array([name not in episodes for name in names_of(self.episodes)])
        return kernel_weights(self.prior_weights, self.missed[:, counted].sum(axis=1), self.scale)

    @property
    def kept(self) -> Places:
        """The draws of which the set is made, the heaviest first."""
        return heaviest(self.weights, MOST_KEPT)


def fit(
    lived: Lived,
    settings: Settings,
    pool: Executor,
    say: Report = lambda text: None,
    progress: Progress | None = None,
) -> Fit:
    """Return the fit; what has been kept of earlier attempts is not lived again.

    `say` is told of every wave, `progress` the number of draws just done.
    """
    count, dimensions = settings.draws, len(lived.addresses)
    points = uniform_points(settings.seed, 0, count, dimensions)
    figures = lived.figures(points, 0, pool, progress)
    active, proposals = active_numbers(points, figures), list[Proposal]()
    found = _fit(lived, settings, points, figures, proposals, active)
    say(_wave_in_words(found, 1))
    for wave in range(1, settings.waves):
        places = places_in_bands(found.measures, figures)
        proposals.append(next_proposal(points, places, active, count, settings.seed, wave))
        fresh = proposals[-1].points(settings.seed, wave, count, dimensions)
        figures = np.concatenate([figures, lived.figures(fresh, len(points), pool, progress)])
        points = np.concatenate([points, fresh])
        found = _fit(lived, settings, points, figures, proposals, active)
        say(_wave_in_words(found, wave + 1))
    return found


def _fit(
    lived: Lived, settings: Settings, points: Floats, figures: Floats, proposals: Sequence[Proposal], active: Places
) -> Fit:
    weights = weights_of(points, proposals, settings.draws, settings.draws)
    return Fit(lived.episodes, lived.addresses, settings, points, figures, weights, active)


def _wave_in_words(found: Fit, waves: int) -> str:
    """Say what a wave has brought: how many figures its draws meet."""
    fitted = sum(each.kind == "fit" for each in found.measures)
    met = fitted - (found.missed[-found.settings.draws :] > 0).sum(axis=1)
    middle, most = float(np.median(met)), int(met.max())
    return (
        f"wave {waves}: {len(found.points):,} draws; of {fitted} figures this wave's draws meet {middle:.0f} in the "
        f"middle and {most} at best; a miss of {found.scale:.2f} weighs 1/e"
    )
