"""The texts of amounts as numbers, and what their shapes say of the decimal mark."""

import re
from collections import Counter
from dataclasses import dataclass, field
from math import inf, nan
from typing import Any

import numpy as np

_CURRENCY = r"(?:[A-Z]{3}|[A-Za-z]{0,2}[$€£¥₹₩₽₺₫฿₪]|kr\.?|zł)"
_AMOUNT = re.compile(
    rf"(?P<bracket>\()?(?P<sign>[-+\u2212])?\s*(?P<before>{_CURRENCY})?\s*(?P<inner>[-+\u2212])?"
    rf"(?P<number>[0-9.,](?:[0-9.,'’ \u00a0\u202f]*[0-9.,])?(?:[eE][-+]?[0-9]{{1,3}})?)"
    rf"\s*(?P<after>{_CURRENCY})?(?P<last>[-\u2212])?(?(bracket)\))"
)
_PLAIN = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([,'’ \u00a0\u202f])[0-9]{2,3})*([,'’ \u00a0\u202f])[0-9]{3}(\.[0-9]*)?")
_SWAP = str.maketrans(".,", ",.")
_THREE = 3

DECIMALS = (".", ",")
"""What may stand before the cents."""


@dataclass
class Shapes:
    """How the amounts of a file are written, so that what could be read in two ways is asked about.

    A point is taken for the decimal mark unless it is chosen; `of` counts the amounts of each shape, `example` keeps
    one of each.
    """

    decimal: str | None = None
    of: Counter[str] = field(default_factory=Counter)
    example: dict[str, str] = field(default_factory=dict)
    lengths: Counter[int] = field(default_factory=Counter)  # digits of the whole numbers
    currencies: set[str] = field(default_factory=set)
    largest: float = 0.0

    def read(self, texts: Any) -> Any:
        """Return amounts as numbers, NaN for what is none; each different text is read once."""
        import pandas as pd

        places, different = pd.factorize(texts)
        times = np.bincount(places, minlength=len(different)).tolist()
        values = [self._value(text, count) for text, count in zip(different, times, strict=True)]
        return np.array(values or [nan])[places]

    def _value(self, text: str, count: int) -> float:
        parts = _AMOUNT.fullmatch(text)
        number = parts["number"] if parts else ""
        value = self._number(text, number, count)
        if parts is None or np.isnan(value):
            return nan
        self.currencies |= {parts[side] for side in ("before", "after") if parts[side]}
        self.largest = max(self.largest, value)
        minus = sum(parts[sign] in ("-", "\u2212") for sign in ("sign", "inner", "last")) + bool(parts["bracket"])
        return nan if minus > 1 else -value if minus else value

    def _number(self, text: str, number: str, count: int) -> float:
        """Return a number without its sign, and count its shape."""
        mark = self.decimal or "."
        value, shape = _read(number if mark == "." else number.translate(_SWAP))
        if shape == "none" and self.decimal is None and _read(number.translate(_SWAP))[1] != "none":
            shape = "decimal comma"
        self.of[shape] += count
        self.example.setdefault(shape, text)
        if shape == "whole":
            self.lengths[len(number)] += count
        return value

    def of_discounts(self, texts: Any) -> Any:
        """Return discounts as numbers, written as the amounts are; an empty one is none."""
        return Shapes(self.decimal).read(np.where(texts == "", "0", texts))

    @property
    def notes(self) -> list[str]:
        """What was recognised in amounts beside plain numbers."""
        marks = {"grouped cents", "grouped", "one comma"} & {*self.example}
        said = [f"Amounts such as '{self.example[shape]}' were taken for thousands." for shape in sorted(marks)[:1]]
        return said + [f"'{sign}' was taken for the currency of all amounts." for sign in sorted(self.currencies)]

    def doubt(self) -> str:
        """Return why the amounts may be a thousand times what they are taken for, or no amounts; "" if they are."""
        if len(self.currencies) > 1:
            return f"amounts are in several currencies: {', '.join(sorted(self.currencies))}; give a file for each"
        if self.decimal is not None:
            return ""
        return self._commas() or self._thousandths() or self._codes()

    def _commas(self) -> str:
        points = self.of["cents"] + self.of["grouped cents"] + self.of["exponent"]
        if self.of["decimal comma"] > points:
            return f"{self._many('decimal comma')} with a decimal comma: say --decimal ,"
        if self.of["one comma"] and not points:
            how = "with one comma, before three digits, and none shows cents"
            return f"{self._many('one comma')} {how}\n    {_either('a comma')}"
        return ""

    def _thousandths(self) -> str:
        if self.of["thousandths"] and not (self.of["cents"] or self.of["grouped cents"] or self.of["exponent"]):
            how = "with a dot, and every dot stands before exactly three digits: thousands, or decimals?"
            return f"{self._many('thousandths')} {how}\n    {_either('a dot')}"
        return ""

    def _codes(self) -> str:
        lengths, whole = [*self.lengths], self.of["whole"]
        if whole < sum(count for shape, count in self.of.items() if shape != "none") or len(lengths) != 1:
            return ""
        if lengths[0] <= _THREE:
            return ""
        how = f"are whole numbers of {lengths[0]} digits, such as {self.example['whole']}: codes, or dates?"
        return f"all amounts {how}\n    say --amount NAME for the money that was paid, or --decimal . if it is this"

    def _many(self, shape: str) -> str:
        return f"{self.of[shape]:,} amounts such as '{self.example[shape]}' are written"

    @property
    def small_whole(self) -> bool:
        """Whether all amounts are whole numbers below 100, as numbers of pieces are."""
        fractions = sum(count for shape, count in self.of.items() if shape not in ("none", "whole", "whole.0"))
        return not fractions and self.largest < 100 and self.of["whole"] + self.of["whole.0"] > 0  # noqa: PLR2004


def _either(mark: str) -> str:
    first, second = DECIMALS if mark == "a dot" else DECIMALS[::-1]
    return f"say --decimal {first} if {mark} stands before the decimals, --decimal {second} if it sets thousands apart"


def _read(number: str) -> tuple[float, str]:
    """Return a number with a decimal point as a number, and its shape; NaN and "none" if it is none."""
    if plain := _PLAIN.fullmatch(number):
        value = float(number)
        return (value, "exponent" if plain[2] else _fraction(number)) if value < inf else (nan, "none")
    grouped = _GROUPED.fullmatch(number)
    if not grouped or len({*re.findall(r"[^0-9.]", number)}) != 1:
        return nan, "none"
    shape = "grouped cents" if grouped[3] else "one comma" if number.count(",") == 1 else "grouped"
    return float(re.sub(r"[^0-9.]", "", number)), shape


def _fraction(number: str) -> str:
    whole, dot, decimals = number.partition(".")
    if not dot:
        return "whole"
    if len(decimals) == _THREE:
        return "thousandths"
    return "whole.0" if decimals in ("", "0") else "cents"
