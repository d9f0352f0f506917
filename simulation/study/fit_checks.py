"""A set of draws lived again by all episodes, with other luck than that by which it was weighted."""

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np

from simulation.study.episodes import Episode
from simulation.study.evidence_set import EvidenceSet, columns_of, rows_of
from simulation.study.fit_batches import Lived
from simulation.study.fit_findings import Predicted, predictions
from simulation.study.guesses import place_of

_OTHER_LUCK = 1_000_000  # a draw's luck is its number, and no fit has so many


def lived_again(held: EvidenceSet, episodes: Sequence[Episode], draws: int, pool: Executor) -> list[Predicted]:
    """Return every figure as so many draws of a set predict it, spread evenly over its rows.

    A guess that the set does not hold stays in the middle of its range.
    """
    uniforms = np.full((draws, len(columns_of("evidence", held))), 0.5)
    uniforms[:, 0] = (np.arange(draws) + 0.5) / draws
    rows = rows_of("evidence", uniforms, held)
    points = np.array([[place_of(address, value) for address, value in row.items()] for row in rows])
    figures = Lived(tuple(episodes), tuple(rows[0])).figures(points, _OTHER_LUCK, pool)
    return predictions(episodes, figures, np.ones(draws))
