"""The evidence set: weighted draws of all guesses together, as a file, and the named sets that replicates draw from.

The file is a compressed CSV. Lines that begin with # say what it was made from; a row is one draw: its weight, how
strongly its shoppers react, every guess, and every figure of every episode. Rows stand from the weakest reaction to the
strongest, so that evenly spread rows are evenly spread reactions.
"""

import csv
import gzip
import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.caching import writable_home
from simulation.behaviour.parameters import parameters
from simulation.behaviour.shipped import keep

Floats = NDArray[np.float64]
SetName = Literal["evidence", "low_reaction", "high_reaction", "prior", "chance"]
SETS: Mapping[str, str] = {
    "evidence": "draws of all guesses together, weighted by how well they reproduce reactions that were observed",
    "low_reaction": "the fifth of these with the weakest reactions",
    "high_reaction": "the fifth of these with the strongest reactions",
    "prior": "every guess drawn from its plausible range, whatever was observed",
    "chance": "nothing drawn: replicates differ by luck alone",
}
"""The named sets, and what each is."""

SHIPPED = Path(__file__).with_name("evidence_set.csv.gz")
LEADING = ("weight", "reaction")
"""The columns of a set's file before its numbers."""

_TAIL = 0.2  # share of the set that is called a low, or a high, reaction
_MOST = (0.1, 0.9)  # the ends of what most draws lie between


class EvidenceError(ValueError):
    """Why a set of draws cannot be used."""


@dataclass(frozen=True)
class EvidenceSet:
    """Weighted draws, the weakest reaction first; `table` has a row a draw: weight, reaction, numbers, figures."""

    made_from: Mapping[str, str]
    addresses: tuple[str, ...]
    figure_names: tuple[str, ...]
    table: Floats

    @cached_property
    def weights(self) -> Floats:
        """The weights, which sum to 1. Shape (rows,)."""
        return np.asarray(self.table[:, 0] / self.table[:, 0].sum())

    @property
    def reaction(self) -> Floats:
        """How strongly the shoppers of each row react, from 0 to 1. Shape (rows,)."""
        return np.asarray(self.table[:, 1])

    @property
    def numbers(self) -> Floats:
        """The guesses of each row. Shape (rows, addresses)."""
        return np.asarray(self.table[:, len(LEADING) :][:, : len(self.addresses)])

    @property
    def figures(self) -> Floats:
        """What each row made of every episode. Shape (rows, figures)."""
        return np.asarray(self.table[:, len(LEADING) + len(self.addresses) :])

    def drawn(self, name: SetName, place: float) -> dict[str, float]:
        """Return the numbers at a place from 0 to 1 of the set, or of one end of it, by address.

        Evenly spread places draw every row as often as its weight says.
        """
        cumulative = self.cumulative[name]
        row = int(np.searchsorted(cumulative, place * cumulative[-1], side="right"))
        last = int(np.searchsorted(cumulative, cumulative[-1]))
        return dict(zip(self.addresses, self.numbers[min(row, last)].tolist(), strict=True))

    def spread(self, name: SetName, address: str) -> tuple[float, float]:
        """Return the ends between which 80 % of a set's draws of a number lie, by weight."""
        values, weights = self.numbers[:, self.addresses.index(address)], np.diff(self.cumulative[name], prepend=0.0)
        order = np.argsort(values, kind="stable")
        along = np.cumsum(weights[order])
        low, high = values[order][np.searchsorted(along, along[-1] * np.array(_MOST))].tolist()
        return low, high

    @cached_property
    def cumulative(self) -> Mapping[str, Floats]:
        """The weights added up row by row, of the whole set and of either end. Shape (rows,)."""
        middle = np.cumsum(self.weights) - self.weights / 2
        ends = {"low_reaction": middle <= _TAIL, "high_reaction": middle >= 1 - _TAIL}
        kept = {"evidence": np.ones_like(ends["low_reaction"])} | ends
        return {name: np.cumsum(self.weights * rows) for name, rows in kept.items()}


def read_set(file: Path) -> EvidenceSet:
    """Return the set in a file; raises EvidenceError if it is missing, damaged or made for other numbers."""
    try:
        lines = gzip.decompress(file.read_bytes()).decode().splitlines()
        made_from = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
        first, *rows = [line for line in lines if not line.startswith("# ")]
        head = next(csv.reader([first]))
        table = np.loadtxt(rows, delimiter=",", ndmin=2) if rows else np.empty((0, len(head)))
    except (OSError, EOFError, ValueError, StopIteration) as error:
        raise EvidenceError(f"{file}: no evidence set can be read here ({error}); 'aislefour fit' makes one") from error
    if table.shape[1] != len(head) or head[: len(LEADING)] != list(LEADING) or not len(table):
        raise EvidenceError(f"{file}: this is no evidence set; 'aislefour fit' makes one")
    addresses = tuple(name for name in head[len(LEADING) :] if "/" not in name)
    found = EvidenceSet(made_from, addresses, tuple(head[len(LEADING) + len(addresses) :]), table)
    _refuse_unknown(file, addresses)
    _refuse_impossible(file, found)
    return found


def _refuse_unknown(file: Path, addresses: Sequence[str]) -> None:
    if unknown := [name for name in addresses if name not in parameters()]:
        message = f"made for other numbers (there is no {unknown[0]}); 'aislefour fit' makes a new set"
        raise EvidenceError(f"{file}: {message}")


def _refuse_impossible(file: Path, found: EvidenceSet) -> None:
    """Raise EvidenceError for weights that cannot be, and for numbers outside their limits."""
    weights = found.table[:, 0]
    if not (np.isfinite(weights).all() and weights.min() >= 0 and weights.sum() > 0):
        raise EvidenceError(f"{file}: weights must be 0 or more, and not all 0; 'aislefour fit' makes a new set")
    for address, column in zip(found.addresses, found.numbers.T, strict=True):
        low, high = parameters()[address].limits
        if not ((low <= column) & (column <= high)).all():
            raise EvidenceError(f"{file}: {address} must lie between {low:g} and {high:g} in every row")


@cache
def shipped_set() -> EvidenceSet:
    """Return the set that ships with the program; raises EvidenceError if it cannot be read.

    Reading its text takes a tenth of a second or more, so it is kept as an array under its hash.
    """
    kept = writable_home() / f"evidence_set-{hashlib.sha256(SHIPPED.read_bytes()).hexdigest()[:16]}.npz"
    try:
        found = _kept_set(kept)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        found = read_set(SHIPPED)
        about = json.dumps([dict(found.made_from), found.addresses, found.figure_names])
        keep(kept, lambda stream: np.savez(stream, about=np.array(about), table=found.table))
    _refuse_unknown(SHIPPED, found.addresses)
    return found


def _kept_set(path: Path) -> EvidenceSet:
    with np.load(path) as kept:
        made_from, addresses, figure_names = json.loads(str(kept["about"]))
        return EvidenceSet(made_from, tuple(addresses), tuple(figure_names), kept["table"])
