"""How numbers and lists are written for people, everywhere alike."""

from collections.abc import Sequence
from decimal import Decimal

_MANY = 100_000


def dollars(amount: float, signed: bool = False, digits: int = 3) -> str:
    """Return an amount in words, such as $1.25 M, with a sign for gains if `signed`.

    >>> dollars(-1_254_000.0)
    '−$1.25 M'
    """
    sign = "−" if amount < 0 else "+" if signed and amount > 0 else ""
    return f"{sign}${_in_units(abs(amount), digits)}"


def _in_units(amount: float, digits: int) -> str:
    """Return an amount from nothing up in thousands, millions or billions."""
    size = float(f"{amount:.{digits}g}")
    for unit, name in ((1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if size >= unit:
            return f"{_positional(size / unit, digits)}{name}"
    return _positional(size, digits)


def _positional(size: float, digits: int) -> str:
    """Return a number with so many significant digits, never in powers of ten."""
    return f"{Decimal(f'{size:.{digits}g}'):f}"


def people(count: float) -> str:
    """Return a number of people: all of them below a hundred thousand, then three digits, such as 8.54 M."""
    return f"{count:,.0f}" if count < _MANY else _in_units(count, 3)


def beside(per_household_year: float, share: float | None) -> tuple[str, str]:
    """Return what stands beside an amount: dollars a household and year, and per cent of the baseline's value.

    >>> beside(-0.0234, -0.00012)
    ('−$0.023', '−0.012 %')
    """
    return _signed(per_household_year, "$"), "-" if share is None else f"{_signed(100 * share)} %"


def _signed(value: float, unit: str = "") -> str:
    """Return a number with its sign and two significant digits, never in powers of ten."""
    sign, size = "−" if value < 0 else "+" if value > 0 else "", abs(value)
    digits = format(Decimal(format(size, "#.2g")), "f") if size else "0"
    return f"{sign}{unit}{digits}"


def signed_dollars(amount: float) -> str:
    """Return a small amount to the cent, with a minus sign for losses."""
    return f"{'−' if amount < 0 else ''}${abs(amount):,.2f}"


def small_dollars(amount: float) -> str:
    """Return a small amount, such as a week's sales to one shopper, to the cent."""
    return f"${amount:,.2f}"


def percent(share: float) -> str:
    """Return a share in percent, to a tenth."""
    return f"{share:.1%}"


def thousandths(value: float) -> str:
    """Return a number from 0 to 1 to three digits."""
    return f"{value:.3f}"


def plain(value: float) -> str:
    """Return a number with three significant digits, whole numbers from a thousand on."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"  # noqa: PLR2004


def points(share: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    return f"{100 * share:+.2f} points".replace("-", "−")


def listed(parts: Sequence[str]) -> str:
    """Return parts as a list in a sentence: a, b and c."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
