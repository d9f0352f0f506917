"""A table as files: CSV, Parquet or both, written part by part."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from simulation.runs.csv_tables import csv_file

if TYPE_CHECKING:
    import pandas

Format = Literal["csv", "parquet", "both"]
ENDINGS: dict[Format, tuple[str, ...]] = {"csv": ("csv",), "parquet": ("parquet",), "both": ("csv", "parquet")}
"""The endings of the files in which a table is written, by what is asked for."""


class Writer(Protocol):
    """Takes a table part by part."""

    def __call__(self, part: "pandas.DataFrame") -> None:
        """Write a part, of the same columns as those before."""


def write_table(
    parts: "Iterable[pandas.DataFrame]", path: Path, format: Format = "csv", exact: bool = False
) -> "pandas.Series[Any]":
    """Write a table, given in parts, to a path without ending; return the kinds of its columns.

    `exact` is that of `csv_file`; Parquet keeps all digits in any case.
    """
    kinds = None
    with ExitStack() as files:
        writers = [files.enter_context(_file(path.with_suffix(f".{each}"), exact)) for each in ENDINGS[format]]
        for part in parts:
            kinds = part.dtypes if kinds is None else kinds
            for write in writers:
                write(part)
    if kinds is None:
        raise ValueError(f"{path}: a table must have one part at least")
    return kinds


def _file(path: Path, exact: bool) -> Any:
    return csv_file(path, exact) if path.suffix == ".csv" else parquet_file(path)


@contextmanager
def parquet_file(path: Path) -> Iterator[Writer]:
    """Give what writes parts of a table to a Parquet file, words as dictionaries."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    with ExitStack() as held:
        opened: list[Any] = []

        def write(part: "pandas.DataFrame") -> None:
            table = pa.Table.from_pandas(part, preserve_index=False)
            if not opened:
                opened.append(held.enter_context(ParquetWriter(path, table.schema)))
            opened[0].write_table(table.cast(opened[0].schema))

        yield write
