"""A set of draws lived again by all episodes and probes, with other luck than that by which it was weighted."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

import numpy as np

from simulation.behaviour.parameters import guesses, numbers_at
from simulation.evidence.fitting.episodes import Episode
from simulation.evidence.fitting.fit_batches import Lived
from simulation.evidence.fitting.fit_findings import Predicted, predictions
from simulation.evidence.fitting.guesses import place_of
from simulation.evidence.fitting.in_model_survey import asked_about_a_leak
from simulation.evidence.fitting.probes import PROBES, Probed, live_probes
from simulation.scenario.evidence_set import EvidenceSet

_OTHER_LUCK = 1_000_000  # a draw's luck is its number, and no fit has so many


def drawn(held: EvidenceSet, draws: int) -> list[dict[str, float]]:
    """Return so many draws of a set, spread evenly over its rows.

    A guess that the set does not hold stays in the middle of its range.
    """
    others = [address for address in guesses() if address not in held.addresses]
    middle = numbers_at(np.full(len(others), 0.5), others)
    return [held.drawn("evidence", (place + 0.5) / draws) | middle for place in range(draws)]


def lived_again(rows: Sequence[Mapping[str, float]], episodes: Sequence[Episode], pool: Executor) -> list[Predicted]:
    """Return every figure as draws predict it that all episodes live again."""
    points = np.array([[place_of(address, value) for address, value in row.items()] for row in rows])
    figures = Lived(tuple(episodes), tuple(rows[0])).figures(points, _OTHER_LUCK, pool)
    return predictions(episodes, figures, np.ones(len(rows)))


def probed(rows: Sequence[Mapping[str, float]], pool: Executor) -> list[Probed]:
    """Return what every probe shows at the median of some draws."""
    futures = [pool.submit(live_probes, row, _OTHER_LUCK + place) for place, row in enumerate(rows)]
    found = np.median([future.result() for future in futures], axis=0)
    return [Probed(probe, value) for probe, value in zip(PROBES, found.tolist(), strict=True)]


def survey(rows: Sequence[Mapping[str, float]]) -> tuple[float, float]:
    """Return the medians of the shares who would mind a leak, and who say that they would stop."""
    mind, stop = np.median([asked_about_a_leak(row) for row in rows], axis=0).tolist()
    return mind, stop
