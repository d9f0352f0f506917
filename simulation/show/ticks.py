"""Numbers along an axis: one unit for all of them, and as many digits as tell each from the next."""

from collections.abc import Callable

from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

_MOST_DIGITS = 6
_UNITS = ((1e9, " bn"), (1e6, " M"), (1e3, " k"))

Write = Callable[[float, int], str]
"""Writes a value with so many digits after the point."""


def told_apart(axis: Axis, write: Write, most: int = 5) -> None:
    """Let an axis have at most so many numbers, of which no two look alike."""
    axis.set_major_locator(MaxNLocator(most))
    axis.set_major_formatter(FuncFormatter(lambda value, _: write(value, _digits(axis))))


def in_dollars(axis: Axis, most: int = 5) -> None:
    """Let an axis have amounts with a sign, all in one unit."""
    axis.set_major_locator(MaxNLocator(most))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _dollars(axis, value)))


def points(value: float, digits: int) -> str:
    """Return a difference of shares, given in percentage points, with its sign."""
    return f"{_signed(value, digits)} pts"


def signed_money(value: float, digits: int) -> str:
    """Return a small amount with its sign."""
    return _signed(value, max(digits, 2) if digits else 0, "$")


def signed(value: float, digits: int) -> str:
    """Return a number with its sign."""
    return _signed(value, digits)


def percent(value: float, digits: int) -> str:
    """Return a share, given in percent."""
    return f"{value:.{digits}f} %"


def _signed(value: float, digits: int, unit: str = "") -> str:
    """Return a number with its sign, and none if it is written as nothing."""
    return f"{_sign(round(value, digits))}{unit}{abs(value):.{digits}f}"


def _sign(value: float) -> str:
    return "−" if value < 0 else "+" if value > 0 else ""


def _digits(axis: Axis, unit: float = 1.0) -> int:
    """Return with how many digits after the point the axis' steps are written exactly."""
    places = axis.get_majorticklocs()
    step = abs(float(places[1] - places[0])) / unit if len(places) > 1 else 1.0
    whole = (digits for digits in range(_MOST_DIGITS) if abs(round(step, digits) - step) < step * 1e-6)
    return next(whole, _MOST_DIGITS)


def _dollars(axis: Axis, value: float) -> str:
    largest = max(map(abs, axis.get_view_interval()))
    unit, name = next((each for each in _UNITS if largest >= each[0]), (1.0, ""))
    return f"{_sign(value)}${abs(value) / unit:.{_digits(axis, unit)}f}{name}" if value else "$0"
