"""Card transactions reduced to baskets of households: every row is used, or counted and named.

Memory holds baskets, not lines, and never more than `MOST_BASKETS` of them: of a larger file a share of the
households is kept whole, picked by a hash of their names, so that the same file always gives the same households.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.evidence.calibration.shopping_facts import Counts, Floats, Shopping, shopping_of
from simulation.evidence.calibration.transaction_rows import Chunk, TransactionsError, chunks_of, columns_of, names_in
from simulation.evidence.calibration.transaction_values import said_day, values_of

if TYPE_CHECKING:
    import pandas

MOST_BASKETS, MOST_HOUSEHOLDS, MOST_WEEKS = 5_000_000, 100_000, 260
"""What is held at once; a file may have any number of lines."""

LEAST_HOUSEHOLDS, LEAST_WEEKS = 100, 26
"""With less there is nothing to fit."""

_CHUNK = 50_000
_PENDING = 1_000_000
_NAMED = 3  # bad rows of a kind that are quoted
_LONGEST = 40  # letters of a quoted value


@dataclass(frozen=True)
class How:
    """How a file is to be read."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    date_format: str | None = None
    refunds: bool = False
    skip_bad: bool = False


@dataclass
class Bad:
    """Bad rows of one kind."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, lines: Sequence[int], values: Sequence[str]) -> None:
        """Count rows and keep the first few to show."""
        self.count += len(lines)
        for line, value in list(zip(lines, values, strict=True))[: _NAMED - len(self.examples)]:
            shown = value if len(value) <= _LONGEST else value[:_LONGEST] + "..."
            self.examples.append(f"line {line:,}: '{shown}'")


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
    refunds: int  # baskets that ended below zero
    refunded: float  # dollars
    first_day: str
    last_day: str
    baskets_outside: int  # in weeks at either end that are not full
    households_outside: int  # with no basket in a full week
    share_of_households: float  # that was kept, of a file too large to hold
    sha256: str

    @property
    def rows_used(self) -> int:
        """Rows that went into baskets."""
        return self.rows - self.empty_lines - sum(bad.count for bad in self.bad.values())

    def shopping(self, first: int = 0, stop: int = MOST_WEEKS) -> Shopping:
        """Return the shopping in some of the weeks of the households that came in them."""
        stop = min(stop, self.weeks)
        inside = (self.week >= first) & (self.week < stop)
        return shopping_of(self.household[inside], self.week[inside] - first, self.dollars[inside], stop - first)


def read_transactions(path: Path, how: How, chunk: int = _CHUNK) -> Transactions:
    """Return what a file holds; raises TransactionsError with the counts if rows are bad and not to be skipped."""
    columns = columns_of(names_in(path), how.columns)
    intake = _Intake(how)
    for part in chunks_of(path, columns, chunk):
        intake.take(part)
    if intake.bad and not how.skip_bad:
        raise TransactionsError(_refusal(path, intake))
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return _finished(path, columns, intake, digest)


class _Intake:
    """Takes chunks of rows and holds the baskets so far."""

    def __init__(self, how: How) -> None:
        self.how = how
        self.rows = self.empty = self.halvings = 0
        self.bad: dict[str, Bad] = {}
        self.days: dict[int, int] = {}  # earliest and latest day so far, and a line with each
        self._held: pandas.DataFrame | None = None
        self._pending: list[pandas.DataFrame] = []

    def take(self, chunk: Chunk) -> None:
        """Check the rows of a chunk and add the good ones to their baskets."""
        self.rows += len(chunk.lines) + len(chunk.misfits) + chunk.empty
        self.empty += chunk.empty
        if chunk.misfits:
            self._count("wrong number of fields", *zip(*chunk.misfits, strict=True))
        rows, good = self._checked(chunk)
        self._see_days(rows["day"], np.asarray(chunk.lines), good)
        self._pending.append(_summed(self._chosen(rows[good])))
        if sum(map(len, self._pending)) > _PENDING:
            self.baskets()

    def baskets(self) -> "pandas.DataFrame":
        """Return the baskets so far, in an order that does not depend on the chunks."""
        import pandas as pd

        parts = [*([] if self._held is None else [self._held]), *self._pending]
        held = _summed(pd.concat(parts)) if parts else _summed(_no_rows())
        while len(held) > MOST_BASKETS or held["household"].nunique() > MOST_HOUSEHOLDS:
            self.halvings += 1
            held = self._chosen(held)
        self._held, self._pending = held, []
        return held

    def _chosen(self, rows: "pandas.DataFrame") -> "pandas.DataFrame":
        if not self.halvings:
            return rows
        return rows[rows["household"].to_numpy() >> np.uint64(64 - self.halvings) == 0]

    def _checked(self, chunk: Chunk) -> tuple["pandas.DataFrame", Any]:
        """Return the rows as numbers and which of them are good; count the others, each under its first fault."""
        import pandas as pd

        texts = {role: np.array([*map(str.strip, values)], dtype=object) for role, values in chunk.texts.items()}
        columns, faults = values_of(texts, self.how.date_format, self.how.refunds)
        good = np.ones(len(chunk.lines), dtype=bool)
        for kind, role, wrong in faults:
            at = np.flatnonzero(wrong & good)
            if at.size:
                self._count(kind, [chunk.lines[place] for place in at.tolist()], texts[role][at].tolist())
            good[at] = False
        return pd.DataFrame(columns), good

    def _count(self, kind: str, lines: Sequence[int], values: Sequence[str]) -> None:
        self.bad.setdefault(kind, Bad()).add(lines, values)

    def _see_days(self, days: Any, lines: Any, good: Any) -> None:
        days, lines = days.to_numpy()[good], lines[good]
        if days.size:
            ends = {int(days[place]): int(lines[place]) for place in (days.argmin(), days.argmax())}
            seen = ends | self.days
            self.days = {day: seen[day] for day in (min(seen), max(seen))}


def _no_rows() -> "pandas.DataFrame":
    import pandas as pd

    kinds = {"household": np.uint64, "key": np.uint64, "day": np.int64, "cents": np.int64, "off": np.int64}
    return pd.DataFrame({name: np.zeros(0, kind) for name, kind in kinds.items()})


def _summed(rows: "pandas.DataFrame") -> "pandas.DataFrame":
    """Add up the lines of each basket."""
    sums = {"day": "first", "cents": "sum", "off": "sum"}
    return rows.groupby(["household", "key"], sort=True, as_index=False).agg(sums)


# --- the whole ----------------------------------------------------------------------------------------------------


def _refusal(path: Path, intake: _Intake) -> str:
    count = sum(bad.count for bad in intake.bad.values())
    said = [f"{path}: {count:,} of {intake.rows:,} rows are bad"]
    for kind, bad in intake.bad.items():
        said.append(f"    {bad.count:,} x {kind}: {'; '.join(bad.examples)}{' ...' if bad.count > _NAMED else ''}")
    if "amount not a number" in intake.bad:
        said.append("    amounts are plain numbers with a decimal point, such as 1234.50")
    if "negative amount" in intake.bad:
        said.append("    if negative amounts are refunds, say --refunds: each is then taken off its basket")
    if "date not readable" in intake.bad:
        said.append(
            "    dates are read as 2024-12-31, 20241231 or day numbers; say --date-format '%d/%m/%Y' for others"
        )
    return "\n".join([*said, "    mend them, or say --skip-bad to go on without them; nothing was written"])


def _finished(path: Path, columns: dict[str, str], intake: _Intake, digest: str) -> Transactions:
    if not intake.days:
        raise TransactionsError(f"{path}: there is no transaction in this file that could be used")
    baskets = intake.baskets()
    first, last = _full_weeks(path, intake.days)
    week = (baskets["day"].to_numpy() - 1) // 7
    below, inside = baskets["cents"].to_numpy() < 0, (week >= first) & (week <= last)
    kept = baskets[inside & ~below]
    names, household = np.unique(kept["household"], return_inverse=True)
    if names.size < LEAST_HOUSEHOLDS:
        message = f"{names.size:,} households in full weeks; a fit needs {LEAST_HOUSEHOLDS}"
        raise TransactionsError(f"{path}: {message}")
    return Transactions(
        columns=columns, household=household, week=week[inside & ~below] - first, weeks=last - first + 1,
        dollars=kept["cents"].to_numpy() / 100, discounts=_money_off(kept["off"].to_numpy()), rows=intake.rows,
        empty_lines=intake.empty, bad=intake.bad, refunds=int(below.sum()),
        refunded=float(-baskets["cents"].to_numpy()[below].sum() / 100), first_day=said_day(min(intake.days)),
        last_day=said_day(max(intake.days)), baskets_outside=int((~inside).sum()),
        households_outside=baskets["household"][~below].nunique() - names.size,
        share_of_households=0.5**intake.halvings, sha256=digest,
    )  # fmt: skip


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
