"""The texts of transactions as days, cents and keys, and what is wrong with them."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulation.evidence.calibration.shopping_facts import Counts
from simulation.evidence.calibration.transaction_days import (
    FAR_DAY,
    FIRST_YEAR,
    LAST_YEAR,
    NO_DAY,
    UNKNOWN_START,
    Clock,
)
from simulation.evidence.calibration.transaction_money import Shapes

MOST_MONEY = 10_000_000.0
"""A larger amount in one row is taken for an error."""

_NOBODY = frozenset(("", "nan", "none", "null", "<na>", "n/a", "#n/a", "na", "nat", "\\n"))
_TOTALS = frozenset(
    ("total", "totals", "grand total", "subtotal", "sub-total", "sum", "totale", "totaal", "summe", "gesamt")
    + ("gesamtsumme", "somme", "total general", "total geral", "total général", "合計", "总计", "總計", "итого")
)
_LOST = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+|[0-9]\.[0-9]+[eE][0-9]+")
_WHOLE = re.compile(r"([0-9]+)\.0*")
_AS_TEXT = re.compile(r'="?([^"]*)"?|\'(.*)')
_CANCELLED = re.compile(r"^[cC]([0-9]+)$")

Fault = tuple[str, str, Any]
"""A kind of bad row, the column that shows it, and which rows have it."""


@dataclass
class Reader:
    """Reads the texts of rows, and remembers how amounts, dates and names are written in a file."""

    shapes: Shapes
    clock: Clock
    refunds: bool = False
    names: Counter[str] = field(default_factory=Counter)  # households written 007 and 7.0
    cancelled: int = 0  # rows that take a purchase back
    invoices: Counter[str] = field(default_factory=Counter)  # positive rows under 536365 and under C536365

    def values(self, texts: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Fault, ...]]:
        """Return the columns of rows as numbers, and every fault that a row may have; texts are arrays by column.

        `household` is a hash of the name, `key` tells a household's baskets apart, `off` is a discount in cents,
        `back` is 1 where money went back.
        """
        nothing = np.full(texts["date"].shape, "0", dtype=object)
        household, basket = self._people(texts["household"]), _identities(texts.get("basket", nothing))
        amount, day = self.shapes.read(texts["amount"]), self.clock.read(texts["date"])
        discount, pieces = self.shapes.of_discounts(texts.get("discount", nothing)), self._pieces(texts, amount)
        paid = amount * pieces
        faults = (
            ("household missing", "household", household == ""),
            ("household in scientific notation, its digits lost", "household", _lost(household)),
            ("date not readable", "date", day == NO_DAY),
            (f"date before {FIRST_YEAR} or after {LAST_YEAR}", "date", day == FAR_DAY),
            ("date counted from a day that is not known", "date", day == UNKNOWN_START),
            ("amount not a number", "amount", ~np.isfinite(amount)),
            ("quantity not a number", "quantity", ~np.isfinite(pieces)),
            ("amount too large", "amount", np.abs(paid) > MOST_MONEY),
            ("negative amount", "amount", (amount < 0) & (not self.refunds)),
            ("basket missing", "basket", basket == ""),
            ("basket in scientific notation, its digits lost", "basket", _lost(basket)),
            ("discount not a number", "discount", ~(np.abs(discount) <= MOST_MONEY)),
        )
        self.cancelled += int(np.sum(pieces < 0))
        self._see_invoices(basket[paid > 0])
        parts = {"store": _identities(texts.get("store", nothing)), "basket": _purchases(basket, paid)}
        columns = {
            "household": _hashes(household),
            "key": _keys(day, [parts[role] for role in parts if role in texts]),
            "day": day,
            "cents": _cents(paid),
            "off": _cents(discount),
            "back": (paid < 0).astype(np.int64),
        }
        return columns, tuple(fault for fault in faults if fault[1] in texts)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was recognised beside the usual."""
        joined = ("Households such as 123.0 were taken for 123.",) if self.names["decimal"] else ()
        return (*self.clock.notes, *self.shapes.notes, *joined)

    def _people(self, texts: Any) -> Any:
        """Return names of households: 12345 and 12345.0 are one."""
        for kind, shape in (("padded", r"0[0-9]+"), ("decimal", r"[0-9]+\.0+")):
            self.names[kind] += sum(re.fullmatch(shape, text) is not None for text in set(texts.tolist()))
        return _identities(texts)

    def _see_invoices(self, basket: Any) -> None:
        for kind, shape in (("plain", re.compile(r"[0-9]+")), ("cancelling", _CANCELLED)):
            self.invoices[kind] += int(_each(lambda text, shape=shape: bool(shape.fullmatch(text)), basket).sum())

    def _pieces(self, texts: Mapping[str, Any], amount: Any) -> Any:
        """Return the number of pieces, 1 where amounts count them already."""
        return Shapes(self.shapes.decimal).read(texts["quantity"]) if "quantity" in texts else np.ones_like(amount)


def is_total(texts: Mapping[str, Any]) -> Any:
    """Return which rows are a total under the others: they say so, and have no date or the word in its place."""
    found = _each(lambda text: not text or _says_total(text), texts["date"]).astype(bool)
    for place in np.flatnonzero(found).tolist():
        found[place] = any(_says_total(texts[role][place]) for role in texts)
    return found


def _says_total(text: str) -> bool:
    return text.lower().rstrip(": ") in _TOTALS


def is_header(texts: Mapping[str, Any], columns: Mapping[str, str]) -> Any:
    """Return which rows repeat the header."""
    return np.all([texts[role] == columns[role] for role in texts], axis=0)


def _each(change: Any, texts: Any) -> Any:
    """Return texts changed, each different one once."""
    import pandas as pd

    places, different = pd.factorize(texts)
    return np.array([change(text) for text in different] or [""], dtype=object)[places]


def _identities(texts: Any) -> Any:
    """Return names and numbers of households or baskets as they are told apart, "" for those that say nobody."""
    return _each(identity, texts)


def identity(text: str) -> str:
    """Return a name without what spreadsheets and joins add to it: ="007", '007, 12345.0; "" if it says nobody."""
    if text.lower() in _NOBODY:
        return ""
    if as_text := _AS_TEXT.fullmatch(text):
        text = as_text[1] or as_text[2] or ""
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def _lost(names: Any) -> Any:
    return _each(lambda text: _LOST.fullmatch(text) is not None, names).astype(bool)


def _purchases(basket: Any, paid: Any) -> Any:
    """Return the numbers of invoices; a cancellation, such as C536365, has that of the purchase that it takes back."""
    return np.where(paid < 0, _each(lambda text: _CANCELLED.sub(r"\1", text), basket), basket)


def _cents(amount: Any) -> Any:
    """Return whole cents; what is no usable amount, and so a fault, as 0."""
    return np.round(100 * np.where(np.abs(amount) <= MOST_MONEY, amount, 0)).astype(np.int64)


def _hashes(texts: Any) -> Any:
    from pandas.util import hash_array

    return hash_array(texts)


def hash_of(name: str) -> int:
    """Return the hash by which a household is known."""
    return int(_hashes(np.array([identity(name)], dtype=object))[0])


def _keys(day: Counts, parts: list[Any]) -> Any:
    """Return what tells the baskets of a household apart: the day and, where they are known, store and basket."""
    key = day.astype(np.uint64)
    for texts in parts:
        key = key * np.uint64(0x9E3779B97F4A7C15) + _hashes(texts)
    return key
