"""A set of weighted draws made from what a fit has found, and written as a file."""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.fitting.episodes import Measured
from simulation.scenario.evidence_set import LEADING, EvidenceSet

Floats = NDArray[np.float64]
SCALE = "a miss that weighs 1/e"
"""The line of a set's file that says how wide the kernel was by which its draws were weighted."""

_DIGITS = 6


def reactions(measures: Sequence[Measured], figures: Floats, weights: Floats) -> Floats:
    """Return how strongly each draw's shoppers react, from 0 to 1.

    The mean rank, by weight, of what is lost in sales and patrons over all episodes. Shape (draws,).
    """
    losses = [
        place
        for place, each in enumerate(measures)
        if each.compared == "twin_loss" and each.shape == "mean" and each.measure in ("sales", "patrons")
    ]
    if not losses:
        return np.zeros(len(figures))
    order = np.argsort(figures[:, losses], axis=0, kind="stable")
    below = np.cumsum(weights[order], axis=0)
    ranks = np.empty_like(below)
    np.put_along_axis(ranks, order, below, axis=0)
    return np.asarray(ranks.mean(axis=1))


def made(
    made_from: Mapping[str, str], addresses: Sequence[str], figure_names: Sequence[str], columns: Sequence[Floats]
) -> EvidenceSet:
    """Return a set of draws given as columns: weights, reactions, numbers, figures.

    Numbers have shape (draws, addresses), figures (draws, figures). Draws are put in the order of their reactions.
    """
    order = np.argsort(columns[1], kind="stable")
    return EvidenceSet(made_from, tuple(addresses), tuple(figure_names), np.column_stack(columns)[order])


def as_file(found: EvidenceSet) -> bytes:
    """Return a set as the content of its file; the same set gives the same bytes."""
    text = io.StringIO()
    text.writelines(f"# {key}: {value}\n" for key, value in found.made_from.items())
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*LEADING, *found.addresses, *found.figure_names])
    for row in found.table.tolist():
        writer.writerow([f"{value:.{_DIGITS}g}" for value in row])
    return gzip.compress(text.getvalue().encode(), mtime=0)


def scale_of(held: EvidenceSet) -> float:
    """Return the scale of the kernel by which a set's draws were weighted: a miss of so much weighs 1/e."""
    return float(held.made_from[SCALE])
