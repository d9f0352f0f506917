"""Card transactions reduced to baskets of households: every row is used, or counted and named.

Memory holds baskets, not lines, and never more than `MOST_BASKETS` of them: of a larger file a share of the
households is kept whole, picked by a hash of their names, so that the same file always gives the same households.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.evidence.calibration.shopping_facts import Counts, Floats, Shopping, shopping_of
from simulation.evidence.calibration.transaction_cancellations import without_cancelled
from simulation.evidence.calibration.transaction_columns import refuse_unit_price
from simulation.evidence.calibration.transaction_days import said_day
from simulation.evidence.calibration.transaction_doubts import (
    MOST_PLACEHOLDERS,
    advice_on,
    doubt_about_money,
    refuse_doubtful_people,
    visits_of,
)
from simulation.evidence.calibration.transaction_files import TransactionsError, files_of, shown
from simulation.evidence.calibration.transaction_intake import NAMED, Bad, How, Intake
from simulation.evidence.calibration.transaction_money import DECIMALS
from simulation.evidence.calibration.transaction_rows import Layout, chunks_of, layout_of
from simulation.evidence.calibration.transaction_values import identity

if TYPE_CHECKING:
    import pandas

MOST_WEEKS = 260
LEAST_HOUSEHOLDS, LEAST_WEEKS = 100, 26
"""With less there is nothing to fit."""

_CHUNK = 50_000


@dataclass(frozen=True)
class Transactions:
    """What a file of transactions holds: the shopping of its full weeks, and what was not used and why."""

    columns: dict[str, str]
    household: Counts  # (baskets,) of the full weeks, from 0
    week: Counts  # (baskets,) from 0
    dollars: Floats  # (baskets,)
    discounts: Floats  # (baskets,) dollars off
    weeks: int
    rows: int
    empty_lines: int
    bad: dict[str, Bad]
    passed_over: dict[str, Bad]  # rows that are no transactions: the header again, a total
    notes: tuple[str, ...]  # what was recognised beside the usual
    cancelled: int  # rows that take a purchase back
    refunds: int  # baskets that ended below zero
    refunded: float  # dollars
    first_day: str
    last_day: str
    baskets_outside: int  # in weeks at either end that are not full
    households_outside: int  # with no basket in a full week
    share_of_households: float  # that was kept, of a file too large to hold
    sha256: str
    busiest: str  # the household that came most often
    busiest_trips: int

    @property
    def mean_basket(self) -> float:
        """Mean dollars of a basket."""
        return float(self.dollars.mean())

    @property
    def trips_a_week(self) -> float:
        """Mean trips of a household and full week."""
        return self.dollars.size / (int(self.household.max()) + 1) / self.weeks

    @property
    def took(self) -> str:
        """What the file was taken for, in a sentence."""
        return (
            f"Taken: {self.dollars.size:,} baskets of {self.household.max() + 1:,} households, mean basket "
            f"${self.mean_basket:,.2f}, {self.trips_a_week:.2f} trips a week; the busiest household, '{self.busiest}', "
            f"makes {self.busiest_trips / self.weeks:.1f}; {self.first_day} to {self.last_day}."
        )

    @property
    def rows_used(self) -> int:
        """Rows that went into baskets."""
        left_out = sum(rows.count for kinds in (self.bad, self.passed_over) for rows in kinds.values())
        return self.rows - self.empty_lines - left_out

    def shopping(self, first: int = 0, stop: int = MOST_WEEKS) -> Shopping:
        """Return the shopping in some of the weeks of the households that came in them."""
        stop = min(stop, self.weeks)
        inside = (self.week >= first) & (self.week < stop)
        return shopping_of(self.household[inside], self.week[inside] - first, self.dollars[inside], stop - first)


def read_transactions(path: Path, how: How, chunk: int = _CHUNK) -> Transactions:
    """Return what a file holds; raises TransactionsError with the counts if rows are bad and not to be skipped.

    Raises it too if the file can be read in two ways, or holds what no household does.
    """
    if how.decimal not in (None, *DECIMALS):
        raise TransactionsError(f"--decimal: '{shown(how.decimal or '')}' is no decimal mark; say . or ,")
    layout = layout_of(path, how.columns, how.encoding)
    refuse_unit_price(layout.names, layout.columns, how.columns)
    intake = Intake(how, layout)
    for part in chunks_of(layout, chunk):
        intake.take(part)
    doubt = doubt_about_money(layout, how.columns.get("amount") is None, intake.reader)
    if intake.bad and not how.skip_bad:
        raise TransactionsError(_refusal(layout, intake, doubt))
    if doubt:
        raise TransactionsError(f"{path}: {doubt}")
    return _finished(layout, intake)


# --- the whole ----------------------------------------------------------------------------------------------------


def _refusal(layout: Layout, intake: Intake, doubt: str) -> str:
    count = sum(bad.count for bad in intake.bad.values())
    said = [f"{layout.path}: {count:,} of {intake.rows:,} rows are bad"]
    for kind, bad in intake.bad.items():
        said.append(f"    {bad.count:,} x {kind}: {'; '.join(bad.examples)}{' ...' if bad.count > NAMED else ''}")
    said += [f"    {advice}" for advice in (*advice_on(intake.bad, intake.reader), *([doubt] if doubt else ()))]
    said += [f"    {note}" for note in (*layout.notes, *intake.reader.notes)]
    return "\n".join([*said, "    mend them, or say --skip-bad to go on without them; nothing was written"])


def _finished(layout: Layout, intake: Intake) -> Transactions:
    if not intake.days:
        raise TransactionsError(f"{layout.path}: there is no transaction in this file that could be used")
    first, last = _full_weeks(layout.path, intake.days)
    baskets = without_cancelled(intake.baskets()) if "quantity" in layout.columns else intake.baskets()
    week = (baskets["day"] - 1) // 7
    inside = baskets[(week >= first) & (week <= last)]
    kept = inside[inside["cents"] >= 0]
    if intake.how.skip_bad:
        kept = _without_placeholders(layout, kept, last - first + 1, intake)
    if kept["household"].nunique() < LEAST_HOUSEHOLDS:
        message = f"{kept['household'].nunique():,} households in full weeks; a fit needs {LEAST_HOUSEHOLDS}"
        raise TransactionsError(f"{layout.path}: {message}")
    _, household = np.unique(kept["household"], return_inverse=True)
    visits = visits_of(household, kept["day"].to_numpy(), last - first + 1)
    busiest = _name_at(layout, kept["line"].to_numpy()[household == visits.busiest].min())
    outside = len(baskets) - len(inside), baskets["household"][baskets["cents"] >= 0].nunique() - visits.trips.size
    read = Transactions(
        columns=dict(layout.columns), household=household, week=(kept["day"].to_numpy() - 1) // 7 - first,
        weeks=visits.weeks, dollars=kept["cents"].to_numpy() / 100, discounts=_money_off(kept["off"].to_numpy()),
        baskets_outside=outside[0], households_outside=outside[1], busiest=busiest,
        busiest_trips=int(visits.trips[visits.busiest]), sha256=_digest(layout.path),
        **_counted(layout, intake, baskets),
    )  # fmt: skip
    refuse_doubtful_people(layout, intake.reader, visits, read.busiest, read.took)
    return read


def _counted(layout: Layout, intake: Intake, baskets: "pandas.DataFrame") -> dict[str, Any]:
    """Return what was read beside baskets, and what was not used and why."""
    below = baskets["cents"].to_numpy()[baskets["cents"] < 0]
    return {
        "rows": intake.rows,
        "empty_lines": intake.empty,
        "bad": intake.bad,
        "passed_over": intake.passed_over,
        "notes": (*layout.notes, *intake.reader.notes),
        "cancelled": intake.reader.cancelled,
        "refunds": below.size,
        "refunded": float(-below.sum() / 100),
        "first_day": said_day(min(intake.days)),
        "last_day": said_day(max(intake.days)),
        "share_of_households": 0.5**intake.halvings,
    }


def _without_placeholders(
    layout: Layout, baskets: "pandas.DataFrame", weeks: int, intake: Intake
) -> "pandas.DataFrame":
    """Return baskets without those of the few households that come more often than anybody does; count these."""
    _, household = np.unique(baskets["household"], return_inverse=True)
    too_often = visits_of(household, baskets["day"].to_numpy(), weeks).too_often
    if not 0 < too_often.mean() <= MOST_PLACEHOLDERS:
        return baskets
    theirs = baskets[too_often[household]]
    names = [_name_at(layout, line) for line in theirs.groupby("household")["line"].min().sort_values()[:NAMED]]
    intake.bad["household that comes more often than anybody does"] = Bad(int(theirs["rows"].sum()), names)
    return baskets[~too_often[household]]


def _name_at(layout: Layout, line: int) -> str:
    """Return the household that a line of the file names, by reading it again up to there."""
    for chunk in chunks_of(layout, _CHUNK):
        if line in chunk.lines:
            return shown(identity(chunk.texts["household"][chunk.lines.index(line)].strip()))
    return ""


def _digest(path: Path) -> str:
    whole = hashlib.sha256()
    for part in files_of(path):
        with part.open("rb") as stream:
            while block := stream.read(1 << 20):
                whole.update(block)
    return whole.hexdigest()


def _full_weeks(path: Path, days: Mapping[int, int]) -> tuple[int, int]:
    """Return the first and last week, Monday to Sunday, whose days all lie within the file's."""
    start, end = min(days), max(days)
    first, last = (start + 5) // 7, end // 7 - 1
    if last - first + 1 > MOST_WEEKS:
        where = f"from {said_day(start)} (line {days[start]:,}) to {said_day(end)} (line {days[end]:,})"
        advice = f"{MOST_WEEKS} at most; look for a mistyped date, or take a part"
        raise TransactionsError(f"{path}: the dates span {last - first + 1:,} weeks, {where}; {advice}")
    if last - first + 1 < LEAST_WEEKS:
        where = f"from {said_day(start)} to {said_day(end)}"
        message = f"{max(0, last - first + 1)} full weeks (Monday to Sunday), {where}"
        raise TransactionsError(f"{path}: {message}; a fit needs {LEAST_WEEKS}")
    return first, last


def _money_off(cents: Counts) -> Floats:
    """Return discounts as money off, whichever sign the file gives them."""
    return np.asarray((-cents if cents.sum() < 0 else cents) / 100)
