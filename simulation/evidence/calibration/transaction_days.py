"""The texts of dates as days, what clock they were counted by, and which format would read the others."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from typing import Any

import numpy as np

from simulation.evidence.calibration.shopping_facts import Counts

NO_DAY, FAR_DAY, UNKNOWN_START = -1, -2, -3
"""Not to be read; outside the years that transactions can be from; counted from some day that nobody names."""

FIRST_YEAR, LAST_YEAR = 1970, 2099

_MOST_DAY_NUMBERS = 9_999
_COUNTS = range(10_000, 100_000)  # days since 1960, 1970 or whatever
_SERIALS = range(29_221, 73_051)  # Excel's count from 1899-12-30, for the years from 1980 to 2099
_SERIAL_START = date(1899, 12, 30).toordinal()
_EPOCH = date(1970, 1, 1).toordinal()
_MOMENTS = range(315_532_800, 1_980_000_000)  # seconds since 1970, for the years from 1980 to 2032
_UNITS = {1: "seconds", 10**3: "milliseconds", 10**6: "microseconds", 10**9: "nanoseconds"}
_DATES_OF_DIGITS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_DAY_SECONDS = 86_400
_KEPT = 400  # unreadable texts on which formats are tried

_DAY_FORMATS = (
    "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d/%m/%y", "%m/%d/%y",
    "%d.%m.%y", "%d-%b-%y", "%d-%b-%Y", "%d%b%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y",
    "%Y-%m-%d", "%d%m%Y", "%m%d%Y", "%y%m%d", "%d%m%y", "%m%d%y", "%Y%j",
)  # fmt: skip
_TIME_FORMATS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ":%H:%M:%S")


@dataclass
class Clock:
    """Reads dates; `kinds` counts those that were numbers, `unread` keeps some of the others."""

    date_format: str | None = None
    kinds: Counter[str] = field(default_factory=Counter)
    unread: dict[str, None] = field(default_factory=dict)

    def read(self, texts: Any) -> Counts:
        """Return days as numbers, 1 being a Monday, or what is wrong with them; each different text is read once."""
        import pandas as pd

        places, different = pd.factorize(texts)
        times = np.bincount(places, minlength=len(different)).tolist()
        days = [self._day(text, count) for text, count in zip(different, times, strict=True)]
        return np.array(days or [NO_DAY], np.int64)[places]

    def _day(self, text: str, count: int) -> int:
        try:
            day, kind = self._by_format(text) if self.date_format else _day_of(text)
        except (ValueError, OverflowError):
            day, kind = NO_DAY, ""
        if day < 0 and text and len(self.unread) < _KEPT:
            self.unread[text] = None
        if kind:
            self.kinds[kind] += count
        return day

    def _by_format(self, text: str) -> tuple[int, str]:
        return _within(datetime.strptime(text, self.date_format or "").date()), ""

    def formats(self) -> list[str]:
        """Return the formats that would read all dates that were kept unread."""
        shapes = [day + time for time, day in product(_TIME_FORMATS, _DAY_FORMATS)]
        return [shape for shape in shapes if self.unread and all(_fits(text, shape) for text in self.unread)]

    @property
    def notes(self) -> list[str]:
        """What dates were taken for that were written as numbers."""
        return [f"{count:,} dates were taken for {kind}." for kind, count in self.kinds.items()]


def _fits(text: str, shape: str) -> bool:
    try:
        return _within(datetime.strptime(text, shape).date()) > 0
    except ValueError:
        return False


def _day_of(text: str) -> tuple[int, str]:
    """Return the day of an ISO date, with or without the time of day, or of a number; raises ValueError."""
    number = re.fullmatch(r"([0-9]+)(?:\.([0-9]*))?", text)
    if number:
        return _day_of_number(number[1], (number[2] or "").strip("0"))
    plain = re.sub(r"\s?(UTC|GMT|Z)$", "", text)
    if re.fullmatch(r"[0-9.]*", plain):
        raise ValueError(text)
    return _within(datetime.fromisoformat(plain).date()), ""


def _day_of_number(digits: str, fraction: str) -> tuple[int, str]:
    value = int(digits)
    for unit, name in _UNITS.items():
        if value // unit in _MOMENTS:
            return _EPOCH + value // unit // _DAY_SECONDS, f"{name} since 1970 (epoch time, days in UTC)"
    if value in _SERIALS and len(digits) == len(str(value)):
        return _SERIAL_START + value, "Excel's serial days, counted from 1899-12-30"
    if fraction:
        raise ValueError(digits)
    if len(digits) in _DATES_OF_DIGITS:
        return _within(datetime.strptime(digits, _DATES_OF_DIGITS[len(digits)]).date()), ""
    if value <= _MOST_DAY_NUMBERS:
        return value, ""
    return (UNKNOWN_START if value in _COUNTS else NO_DAY), ""


def _within(day: date) -> int:
    return day.toordinal() if FIRST_YEAR <= day.year <= LAST_YEAR else FAR_DAY


def said_day(day: int) -> str:
    """Return a day as a date, or as the day number that it is."""
    return date.fromordinal(day).isoformat() if day > _MOST_DAY_NUMBERS else f"day {day}"


def format_advice(formats: list[str]) -> str:
    """Return which option reads the dates that could not be read."""
    if len(formats) == 1:
        return f"dates of this shape are read with --date-format '{formats[0]}'"
    if formats:
        both = " or ".join(f"'{shape}'" for shape in formats)
        return f"dates of this shape are read with --date-format {both}: say which"
    return "dates are read as 2024-12-31, 20241231 or day numbers; say --date-format '%d/%m/%Y' for others"
