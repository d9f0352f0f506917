"""The evidence set: weighted draws of all guesses, as a file; the named sets, and how replicates draw from them.

The file is a compressed CSV. Lines that begin with # say what it was made from; a row is one draw: its weight, how
strongly its shoppers react, every guess, and every figure of every episode. Rows stand from the weakest reaction to the
strongest, so that evenly spread rows are evenly spread reactions.
"""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.parameters import parameters
from simulation.evidence.fitting.episodes import Measured
from simulation.evidence.fitting.guesses import guesses, numbers_at

Floats = NDArray[np.float64]
SetName = Literal["prior", "chance", "evidence", "low_reaction", "high_reaction"]
SETS: Mapping[str, str] = {
    "evidence": "draws weighted by how well they reproduce what was observed",
    "low_reaction": "the fifth of these with the weakest reactions",
    "high_reaction": "the fifth of these with the strongest reactions",
    "prior": "every guess drawn from its plausible range, whatever was observed",
    "chance": "every number at its value: replicates differ by luck alone",
}
"""The named sets, and what each is."""

SHIPPED = Path(__file__).with_name("evidence_set.csv.gz")
SCALE = "a miss that weighs 1/e"
"""The line of a set's file that says how wide the kernel was by which its draws were weighted."""

ROW = "row"
"""The name of the uniform number by which a row of a set is drawn."""

_TAIL = 0.2  # share of the set that is called a low, or a high, reaction
_LEADING = ("weight", "reaction")
_DIGITS = 6


class EvidenceError(ValueError):
    """Why a set of draws cannot be used."""


@dataclass(frozen=True)
class EvidenceSet:
    """Weighted draws: `numbers` has shape (rows, addresses), `figures` (rows, figures), weights sum to 1."""

    made_from: Mapping[str, str]
    addresses: tuple[str, ...]
    figure_names: tuple[str, ...]
    weights: Floats
    reaction: Floats
    numbers: Floats
    figures: Floats

    @property
    def scale(self) -> float:
        """The scale of the kernel: a miss of so much weighs 1/e."""
        return float(self.made_from[SCALE])

    def tail(self, name: SetName) -> Floats:
        """Return the weights of a named set's rows: those of the whole set, or of one end of it. Shape (rows,)."""
        middle = np.cumsum(self.weights) - self.weights / 2
        inside = {"low_reaction": middle <= _TAIL, "high_reaction": middle >= 1 - _TAIL}.get(name)
        kept = self.weights if inside is None else self.weights * inside
        return kept / kept.sum()


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


def as_file(found: EvidenceSet) -> bytes:
    """Return a set as the content of its file; the same set gives the same bytes."""
    text = io.StringIO()
    for key, value in found.made_from.items():
        text.write(f"# {key}: {value}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_LEADING, *found.addresses, *found.figure_names])
    order = np.argsort(found.reaction, kind="stable")
    columns = (found.weights[:, None], found.reaction[:, None], found.numbers, found.figures)
    for row in np.hstack(columns)[order].tolist():
        writer.writerow([f"{value:.{_DIGITS}g}" for value in row])
    return gzip.compress(text.getvalue().encode(), mtime=0)


def read_set(file: Path) -> EvidenceSet:
    """Return the set in a file; raises EvidenceError if it is missing, damaged or made for other numbers."""
    try:
        lines = gzip.decompress(file.read_bytes()).decode().splitlines()
        made_from = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
        head, *rows = csv.reader(line for line in lines if not line.startswith("# "))
        values = np.array(rows, dtype=np.float64)
        wide = values.shape[1] == len(head) and head[: len(_LEADING)] == list(_LEADING) and len(values) > 0
    except (OSError, EOFError, ValueError, IndexError) as error:
        raise EvidenceError(f"{file}: no evidence set can be read here ({error}); 'aislefour fit' makes one") from error
    if not wide:
        raise EvidenceError(f"{file}: this is no evidence set; 'aislefour fit' makes one")
    addresses = tuple(name for name in head[len(_LEADING) :] if "/" not in name)
    if unknown := [name for name in addresses if name not in parameters()]:
        raise EvidenceError(
            f"{file}: made for other numbers (there is no {unknown[0]}); 'aislefour fit' makes a new one"
        )
    first, after = len(_LEADING), len(_LEADING) + len(addresses)
    _refuse_impossible(file, values[:, 0], addresses, values[:, first:after])
    weights = values[:, 0] / values[:, 0].sum()
    return EvidenceSet(
        made_from, addresses, tuple(head[after:]), weights, values[:, 1], values[:, first:after], values[:, after:]
    )


def _refuse_impossible(file: Path, weights: Floats, addresses: Sequence[str], numbers: Floats) -> None:
    """Raise EvidenceError for weights that cannot be, and for numbers outside their limits."""
    if not (np.isfinite(weights).all() and weights.min() >= 0 and weights.sum() > 0):
        raise EvidenceError(f"{file}: weights must be 0 or more, and not all 0; 'aislefour fit' makes a new set")
    for address, column in zip(addresses, numbers.T, strict=True):
        low, high = parameters()[address].limits
        if not ((low <= column) & (column <= high)).all():
            raise EvidenceError(f"{file}: {address} must lie between {low:g} and {high:g} in every row")


@cache
def shipped_set() -> EvidenceSet:
    """Return the set that ships with the program; raises EvidenceError if it cannot be read."""
    return read_set(SHIPPED)


def columns_of(name: SetName, found: EvidenceSet | None = None) -> tuple[str, ...]:
    """Return what a draw from a set needs uniform numbers for, in order: its row, or guesses of their own.

    Guesses that a set does not hold are drawn from their plausible ranges. Raises ValueError for an unknown set.
    """
    if name not in get_args(SetName):
        raise ValueError(f"there is no set called '{name}'; known: {', '.join(SETS)}")
    if name == "chance":
        return ()
    if name == "prior":
        return guesses()
    held = set((found or shipped_set()).addresses)
    return (ROW, *(address for address in guesses() if address not in held))


def rows_of(name: SetName, uniforms: Floats, found: EvidenceSet | None = None) -> list[dict[str, float]]:
    """Return one draw of numbers, by address, for each row of uniform numbers from 0 to 1.

    `uniforms` has shape (draws, columns), a column for each of `columns_of`: spread them evenly, and so are the draws.
    A set's row is found by cumulative weight. `found` is the set, the shipped one if left out.
    """
    columns = columns_of(name, found)
    if uniforms.ndim != 2 or uniforms.shape[1] != len(columns):  # noqa: PLR2004 # draws by columns
        raise ValueError(f"the set '{name}' needs {len(columns)} uniform numbers a draw, not shape {uniforms.shape}")
    if ROW not in columns:
        return [numbers_at(each, columns) for each in uniforms]
    held = found or shipped_set()
    cumulative = np.cumsum(held.tail(name))
    rows = np.minimum(np.searchsorted(cumulative, uniforms[:, 0], side="right"), np.flatnonzero(held.tail(name))[-1])
    return [
        dict(zip(held.addresses, held.numbers[row].tolist(), strict=True)) | numbers_at(each[1:], columns[1:])
        for row, each in zip(rows, uniforms, strict=True)
    ]
