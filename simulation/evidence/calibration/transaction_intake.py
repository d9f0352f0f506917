"""Rows of card transactions taken in, chunk by chunk: each goes into a basket, or is counted and named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.evidence.calibration.transaction_days import Clock
from simulation.evidence.calibration.transaction_files import shown
from simulation.evidence.calibration.transaction_money import Shapes
from simulation.evidence.calibration.transaction_rows import Chunk, Layout
from simulation.evidence.calibration.transaction_values import Reader, is_header, is_total

if TYPE_CHECKING:
    import pandas

MOST_BASKETS, MOST_HOUSEHOLDS = 5_000_000, 100_000
"""What is held at once; a file may have any number of lines."""

NAMED = 3
"""Bad rows of a kind that are quoted."""

_PENDING = 1_000_000


@dataclass(frozen=True)
class How:
    """How a file is to be read."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    date_format: str | None = None
    refunds: bool = False
    skip_bad: bool = False
    decimal: str | None = None  # "." or ","; without it, what could be read in two ways is refused
    encoding: str | None = None


@dataclass
class Bad:
    """Bad rows of one kind."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, lines: Sequence[int], values: Sequence[str]) -> None:
        """Count rows and keep the first few to show."""
        self.count += len(lines)
        for line, value in list(zip(lines, values, strict=True))[: NAMED - len(self.examples)]:
            self.examples.append(f"line {line:,}: '{shown(value)}'")


class Intake:
    """Takes chunks of rows and holds the baskets so far."""

    def __init__(self, how: How, layout: Layout) -> None:
        decimal = "." if "amount" in layout.typed else how.decimal
        self.reader = Reader(Shapes(decimal), Clock(how.date_format), how.refunds)
        self.how, self.columns = how, layout.columns
        self.rows = self.empty = self.halvings = 0
        self.bad: dict[str, Bad] = {}
        self.passed_over: dict[str, Bad] = {}
        self.days: dict[int, int] = {}  # earliest and latest day so far, and a line with each
        self._held: pandas.DataFrame | None = None
        self._pending: list[pandas.DataFrame] = []

    def take(self, chunk: Chunk) -> None:
        """Check the rows of a chunk and add the good ones to their baskets."""
        self.rows += len(chunk.lines) + len(chunk.misfits) + chunk.empty
        self.empty += chunk.empty
        if chunk.misfits:
            _count(self.bad, "wrong number of fields", *zip(*chunk.misfits, strict=True))
        rows = self._checked(chunk)
        self._see_days(rows)
        self._pending.append(_summed(self._chosen(rows)))
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

    def _checked(self, chunk: Chunk) -> "pandas.DataFrame":
        """Return the good rows as numbers; count the others, each under its first fault."""
        import pandas as pd

        texts = {role: np.array([*map(str.strip, values)], dtype=object) for role, values in chunk.texts.items()}
        lines, kept = self._without_frame(np.asarray(chunk.lines, np.int64), texts)
        columns, faults = self.reader.values(kept)
        good = np.ones(len(lines), dtype=bool)
        for kind, role, wrong in faults:
            at = wrong & good
            _count(self.bad, kind, lines[at].tolist(), kept[role][at].tolist())
            good &= ~wrong
        return pd.DataFrame({**columns, "line": lines, "rows": 1})[good]

    def _without_frame(self, lines: Any, texts: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Return the rows without those that stand around transactions, and count these."""
        frame = {"the header again": is_header(texts, self.columns), "a total": is_total(texts)}
        for kind, found in frame.items():
            _count(self.passed_over, kind, lines[found].tolist(), texts["household"][found].tolist())
        kept = ~np.any([*frame.values()], axis=0)
        return lines[kept], {role: values[kept] for role, values in texts.items()}

    def _see_days(self, rows: "pandas.DataFrame") -> None:
        if len(rows):
            days, lines = rows["day"].to_numpy(), rows["line"].to_numpy()
            ends = {int(days[place]): int(lines[place]) for place in (days.argmin(), days.argmax())}
            seen = ends | self.days
            self.days = {day: seen[day] for day in (min(seen), max(seen))}


def _count(kinds: dict[str, Bad], kind: str, lines: Sequence[int], values: Sequence[str]) -> None:
    if lines:
        kinds.setdefault(kind, Bad()).add(lines, values)


def _no_rows() -> "pandas.DataFrame":
    import pandas as pd

    names = {"household": np.uint64, "key": np.uint64} | dict.fromkeys(
        ("day", "cents", "off", "back", "rows", "line"), np.int64
    )
    return pd.DataFrame({name: np.zeros(0, kind) for name, kind in names.items()})


def _summed(rows: "pandas.DataFrame") -> "pandas.DataFrame":
    """Add up the lines of each basket; keep the first of them."""
    sums = {"day": "first", "cents": "sum", "off": "sum", "back": "sum", "rows": "sum", "line": "min"}
    return rows.groupby(["household", "key"], sort=True, as_index=False).agg(sums)
