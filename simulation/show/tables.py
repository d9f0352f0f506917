"""A table, described once: as a data frame, a file, a table on the terminal and rows of a page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.runs.folders import harmless, mark_of

if TYPE_CHECKING:
    import pandas
    from rich.table import Table as RichTable

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column as people read it: its head, and the words that a row of the data has in it."""

    head: str
    text: Callable[[Row], str]
    left: bool = False  # words stand left, amounts right


@dataclass(frozen=True)
class Table:
    """Rows of data, and how people read them.

    `data` makes the rows, a data frame, when they are first asked for. `digits` is how numbers stand in the file: one
    format for all, or one by name of a column. A table without `columns` is for files only, one without a `name` for
    people only.
    """

    name: str
    data: "Callable[[], pandas.DataFrame]"
    columns: tuple[Column, ...] = ()
    title: str = ""
    digits: str | Mapping[str, str] = "%.6g"

    @cached_property
    def frame(self) -> "pandas.DataFrame":
        """The rows as a data frame."""
        return self.data()

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows as people read them, the heads first."""
        yield tuple(column.head for column in self.columns)
        for row in self.frame.to_dict("records"):
            yield tuple(column.text(row) for column in self.columns)  # type: ignore[arg-type] # names are strings

    def write(self, folder: Path) -> None:
        """Write the data as a CSV file of the table's name, the same bytes on every machine."""
        frame, digits = self.frame, self.digits
        usual = digits if isinstance(digits, str) else "%.10g"
        chosen = {} if isinstance(digits, str) else digits
        mixed = [str(name) for name in frame.select_dtypes(exclude="number").columns if name not in chosen]
        texts = {name: frame[name].map(_written(chosen.get(name, usual))) for name in (*chosen, *mixed)}
        shown = frame.assign(**texts).rename(columns=harmless)
        text = shown.to_csv(index=False, float_format=usual, lineterminator="\n")
        (folder / f"{self.name}.csv").write_bytes(mark_of(text) + text.encode())

    def for_terminal(self) -> "RichTable":
        """Return the rows as a table for the terminal."""
        from rich.table import Table as RichTable

        table = RichTable(box=None, header_style="bold", padding=(0, 2, 0, 0))
        for column in self.columns:
            table.add_column(column.head, justify="left" if column.left else "right")
        for row in list(self.rows())[1:]:
            table.add_row(*row)
        return table


def _written(digits: str) -> Callable[[Any], Any]:
    return lambda cell: digits % cell if isinstance(cell, float) and cell == cell else harmless(cell)  # noqa: PLR0124


def frame_of(header: "tuple[str, ...]", rows: "Iterator[tuple[object, ...]]") -> "pandas.DataFrame":
    """Return rows as a data frame."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(header))
