"""What cannot be, or can be read in two ways, about the money and the people of a file of transactions."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.calibration.shopping_facts import Counts
from simulation.evidence.calibration.transaction_columns import listed, other_money, other_people
from simulation.evidence.calibration.transaction_days import format_advice
from simulation.evidence.calibration.transaction_files import TransactionsError, shown
from simulation.evidence.calibration.transaction_rows import Layout
from simulation.evidence.calibration.transaction_values import Reader

EVERY_DAY, MOST_TRIPS = 6.5 / 7, 21.0
"""Nobody shops on more of the days on which a shop is open, nor makes more trips a week.

In Complete Journey, which comes from a grocer, the busiest of 2,469 households shops on 6.0 days of 7, and another
makes 15 trips a week.
"""

ALONE, DAILY_TRIPS = 1.5, 6.5
"""Nobody makes so many times the trips of the next busiest, if it is a trip a day. In Complete Journey it is 1.04."""

LEAST_BASKETS, LEAST_RETURNING = 1.2, 0.05
"""Of a household on average, and households that come twice: with less, names are those of orders, not of people."""

MOST_PLACEHOLDERS = 0.01
"""Of all households, that may be left out as numbers of those without a card; with more, it is the wrong column."""

_OPEN_DAYS = 5.0  # a week, as dates may be those of weeks
_FEW_CANCELLED = 0.2


class Visits(NamedTuple):
    """How often households came."""

    trips: Counts  # (households,)
    days: Counts  # (households,) with a trip
    open_days: int  # on which anybody came
    weeks: int

    @property
    def too_often(self) -> NDArray[np.bool_]:
        """Which households come more often than one household can."""
        every_day = (self.days >= EVERY_DAY * self.open_days) & (self.open_days >= _OPEN_DAYS * self.weeks)
        next_busiest = np.sort(self.trips)[-2:][0]
        alone = (self.trips >= DAILY_TRIPS * self.weeks) & (self.trips >= ALONE * next_busiest)
        return np.asarray(every_day | alone | (self.trips >= MOST_TRIPS * self.weeks))

    @property
    def busiest(self) -> int:
        """The household that came most often, of those that came too often if there are any."""
        considered = self.too_often if self.too_often.any() else np.ones(self.trips.size, bool)
        return int(np.where(considered, self.trips, -1).argmax())


def visits_of(household: Counts, day: Counts, weeks: int) -> Visits:
    """Return how often households came; household and day are those of each basket, households count from 0."""
    once = np.unique(np.stack([household, day]), axis=1)
    return Visits(np.bincount(household), np.bincount(once[0]), np.unique(day).size, weeks)


def advice_on(kinds: Collection[str], reader: Reader) -> Iterator[str]:
    """Yield what would mend bad rows of these kinds."""
    if "amount not a number" in kinds:
        yield "amounts are plain numbers with a decimal point, such as 1234.50"
    if "negative amount" in kinds:
        yield "if negative amounts are refunds, say --refunds: each is then taken off its basket"
    if any(kind.startswith(("date not", "date before")) for kind in kinds):
        yield format_advice(reader.clock.formats())
    if "date counted from a day that is not known" in kinds:
        yield "numbers of up to four digits count days from the first; write others as 2024-12-31"
    if any("scientific notation" in kind for kind in kinds):
        yield "numbers such as 6.01E+15 have lost their digits in a spreadsheet: export them anew, as text"


def doubt_about_money(layout: Layout, guessed: bool, reader: Reader) -> str:
    """Return why the amounts can be read in two ways, or may be no money, and what settles it; "" if neither."""
    column = shown(layout.columns["amount"])
    doubt = reader.shapes.doubt() or _pieces(layout, guessed, reader) or _cancelled(reader)
    return f"column '{column}': {doubt}" if doubt else ""


def _pieces(layout: Layout, guessed: bool, reader: Reader) -> str:
    beside = other_money(layout.names, layout.columns.values())
    if not (guessed and reader.shapes.small_whole and beside):
        return ""
    return (
        f"it was taken for the money paid, by its name, but holds whole numbers up to {reader.shapes.largest:.0f}, as "
        f"numbers of pieces are, and there is other money: {listed(beside)}\n"
        f"    say --amount NAME for the money that was paid; --amount '{shown(layout.columns['amount'])}' if this is it"
    )


def _cancelled(reader: Reader) -> str:
    plain, cancelling = reader.invoices["plain"], reader.invoices["cancelling"]
    if not 0 < cancelling < _FEW_CANCELLED * plain:
        return ""
    return (
        f"{cancelling:,} rows have a positive amount and a basket such as C536365, as cancelled invoices have, among "
        f"{plain:,} without the letter\n    take them out, or write their amounts with a minus and say --refunds; with "
        "a column of pieces, --quantity NAME takes them off"
    )


def refuse_doubtful_people(layout: Layout, reader: Reader, visits: Visits, busiest: str, took: str) -> None:
    """Raise TransactionsError if households are none, or one stands for several."""
    column = shown(layout.columns["household"])
    if reader.names["padded"] and reader.names["decimal"]:
        raise TransactionsError(
            f"{layout.path}: some numbers of '{column}' are written as 00123 and some as 123.0, which have lost their "
            f"first noughts, so that one person may stand for two\n    write all of them in one way\n{took}"
        )
    if visits.trips.mean() < LEAST_BASKETS or (visits.trips > 1).mean() < LEAST_RETURNING:
        raise TransactionsError(f"{layout.path}: {_nobody_returns(layout, column, visits)}\n{took}")
    if visits.too_often.any():
        raise TransactionsError(f"{layout.path}: {_too_often(column, visits, busiest)}\n{took}")


def _nobody_returns(layout: Layout, column: str, visits: Visits) -> str:
    returning = int((visits.trips > 1).sum())
    who = f"only {returning:,} of {visits.trips.size:,} households" if returning else "no household"
    others = other_people(layout.names, layout.columns.values())
    may = f"'{shown(others[0])}' may be the person: say --household '{shown(others[0])}'" if others else ""
    said = f"{who} came twice: '{column}' may be one an order, not one a person"
    return f"{said}\n    {may or 'say --household NAME for the column that says who bought'}"


def _too_often(column: str, visits: Visits, busiest: str) -> str:
    which = visits.too_often
    trips, days = visits.trips[visits.busiest] / visits.weeks, visits.days[visits.busiest] / visits.weeks
    said = (
        f"{which.sum():,} of {which.size:,} households come more often than anybody does, such as '{busiest}': "
        f"{trips:.1f} trips a week, on {days:.1f} days of it"
    )
    if which.mean() <= MOST_PLACEHOLDERS:
        return f"{said}; it may stand for all who have no card\n    take it out, or say --skip-bad to go on without it"
    return f"{said}; '{column}' may not say who bought\n    say --household NAME for the column that does"
