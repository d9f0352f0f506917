"""The texts of transactions as days, cents and keys, and what is wrong with them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import numpy as np

from simulation.evidence.calibration.shopping_facts import Counts

MOST_MONEY = 10_000_000.0
"""A larger amount in one row is taken for an error."""

_NO_DAY = -1
_DIGITS = 5  # of a day number; every later day is that of a date, as the year 274 begins after day 99,999

Fault = tuple[str, str, Any]
"""A kind of bad row, the column that shows it, and which rows have it."""


def values_of(
    texts: Mapping[str, Any], date_format: str | None, refunds: bool
) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Return the columns of rows as numbers, and every fault that a row may have; texts are arrays by column.

    `household` is a hash of the name, `key` tells a household's baskets apart, `off` is a discount in cents.
    """
    amount, day = _numbers(texts["amount"], np.nan), _days(texts["date"], date_format)
    nothing = np.full(day.shape, "0", dtype=object)
    discount, basket = _numbers(texts.get("discount", nothing), 0.0), texts.get("basket", nothing)
    faults = (
        ("household missing", "household", texts["household"] == ""),
        ("date not readable", "date", day == _NO_DAY),
        ("amount not a number", "amount", ~np.isfinite(amount)),
        ("amount too large", "amount", np.abs(amount) > MOST_MONEY),
        ("negative amount", "amount", (amount < 0) & (not refunds)),
        ("basket missing", "basket", basket == ""),
        ("discount not a number", "discount", ~(np.abs(discount) <= MOST_MONEY)),
    )
    columns = {
        "household": _hashes(texts["household"]),
        "key": _keys(day, texts),
        "day": day,
        "cents": _cents(amount),
        "off": _cents(discount),
    }
    return columns, faults


def _numbers(texts: Any, empty: float) -> Any:
    import pandas as pd

    filled = np.where(texts == "", str(empty), texts)
    return pd.to_numeric(pd.Series(filled, dtype=object), errors="coerce").to_numpy(np.float64)


def _cents(amount: Any) -> Any:
    """Return whole cents; what is no usable amount, and so a fault, as 0."""
    return np.round(100 * np.where(np.abs(amount) <= MOST_MONEY, amount, 0)).astype(np.int64)


def _days(texts: Any, date_format: str | None) -> Counts:
    """Return the days as numbers, 1 being a Monday, or `_NO_DAY`; each different text is read once."""
    import pandas as pd

    places, different = pd.factorize(texts)
    read = _day_by(date_format) if date_format else _day
    found = np.array([_day_or_none(read, text) for text in different] or [_NO_DAY], np.int64)
    return np.asarray(found[places])


def _day_or_none(read: Callable[[str], int], text: str) -> int:
    try:
        return read(text)
    except (ValueError, OverflowError):
        return _NO_DAY


def _day(text: str) -> int:
    """Return the day of an ISO date, with or without the time of day, or of a day number of up to five digits."""
    if text.isdecimal() and len(text) <= _DIGITS:
        return int(text)
    return datetime.fromisoformat(text).toordinal()


def _day_by(date_format: str) -> Callable[[str], int]:
    return lambda text: datetime.strptime(text, date_format).toordinal()


def said_day(day: int) -> str:
    """Return a day as a date, or as the day number that it is."""
    return date.fromordinal(day).isoformat() if day >= 10**_DIGITS else f"day {day}"


def _hashes(texts: Any) -> Any:
    from pandas.util import hash_array

    return hash_array(texts)


def _keys(day: Counts, texts: Mapping[str, Any]) -> Any:
    """Return what tells the baskets of a household apart: the day and, where they are known, store and basket."""
    key = day.astype(np.uint64)
    for role in ("store", "basket"):
        if role in texts:
            key = key * np.uint64(0x9E3779B97F4A7C15) + _hashes(texts[role])
    return key
