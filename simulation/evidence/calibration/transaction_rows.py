"""Card transactions as rows of text, chunk by chunk, from CSV, plain columns, gzip or Parquet."""

import csv
import difflib
import gzip
import io
import itertools
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

Row = tuple[int, list[str]]

NEEDED, OPTIONAL = ("household", "date", "amount"), ("basket", "discount", "store")
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "household": (
        "household", "household_id", "household_key", "hshd_num", "customer", "customer_id", "member", "member_id",
        "card", "card_id", "loyalty_id", "shopper", "shopper_id",
    ),
    "date": ("date", "transaction_date", "transaction_timestamp", "timestamp", "datetime", "purchase_date", "day"),
    "amount": ("amount", "sales_value", "dollar_value", "sales", "spend", "net_sales", "value", "total"),
    "basket": ("basket", "basket_id", "transaction_id", "receipt", "receipt_id", "order_id", "invoice"),
    "discount": ("discount", "discount_amount", "retail_disc", "saving", "savings"),
    "store": ("store", "store_id", "shop", "branch"),
}  # fmt: skip
"""Names under which each column is looked for, the likeliest first; case, spaces and hyphens do not matter."""

_DELIMITERS = ",;\t|"


class TransactionsError(ValueError):
    """What is wrong with a file of transactions, in plain words."""


class Chunk(NamedTuple):
    """Some rows of a file: where they stand, and one list of texts a column that is read."""

    lines: Sequence[int]
    texts: Mapping[str, Sequence[str]]
    misfits: Sequence[tuple[int, str]]  # lines with too few or too many fields, and how many
    empty: int  # lines with nothing on them


def columns_of(names: Sequence[str], chosen: Mapping[str, str | None]) -> dict[str, str]:
    """Return which column of a file holds what; raises TransactionsError for what is not there.

    `chosen` are the user's own names; the others are looked for among the synonyms.
    """
    found = {}
    for role in (*NEEDED, *OPTIONAL):
        name = _named(role, names, chosen.get(role)) or _recognised(role, names)
        if name:
            found[role] = name
    if missing := [role for role in NEEDED if role not in found]:
        advice = "; ".join(f"--{role} NAME, or call it {', '.join(SYNONYMS[role][:3])}" for role in missing)
        raise TransactionsError(f"no column for {' or '.join(missing)} among: {', '.join(names)}\n    say {advice}")
    if twice := [name for name in found.values() if names.count(name) > 1]:
        raise TransactionsError(f"the column '{twice[0]}' stands twice in the header; give each its own name")
    return found


def _named(role: str, names: Sequence[str], name: str | None) -> str:
    if name is not None and name not in names:
        near = difflib.get_close_matches(name, names, 1, 0.5)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise TransactionsError(f"--{role}: there is no column '{name}'; {hint}known here: {', '.join(names)}")
    return name or ""


def _recognised(role: str, names: Sequence[str]) -> str:
    plain = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in reversed(names)}
    return next((plain[known] for known in SYNONYMS[role] if known in plain), "")


@contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    """Say in a line what keeps a file from being read."""
    try:
        yield
    except FileNotFoundError:
        raise TransactionsError(f"{path}: there is no such file") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise TransactionsError(f"{path}: the compressed file is damaged or cut short") from None
    except OSError as error:
        raise TransactionsError(f"{path}: this file cannot be read: {error.strerror or error}") from None


def names_in(path: Path) -> list[str]:
    """Return the names of a file's columns; raises TransactionsError."""
    with _read_errors(path):
        if not path.is_file():
            raise TransactionsError(f"{path}: {'this is a folder' if path.is_dir() else 'there is no such file'}")
        if _is_parquet(path):
            return [str(name) for name in _parquet(path).schema_arrow.names]
        with _opened(path) as stream:
            _, names = next(_rows(stream, path), (0, []))
    if not names:
        raise TransactionsError(f"{path}: the file is empty; its first line must name the columns")
    return names


def chunks_of(path: Path, columns: Mapping[str, str], size: int) -> Iterator[Chunk]:
    """Yield a file's rows in chunks, only the columns that are read; raises TransactionsError."""
    with _read_errors(path):
        yield from (_parquet_chunks if _is_parquet(path) else _text_chunks)(path, columns, size)


def _text_chunks(path: Path, columns: Mapping[str, str], size: int) -> Iterator[Chunk]:
    with _opened(path) as stream:
        rows = _rows(stream, path)
        _, names = next(rows)
        places = [names.index(name) for name in columns.values()]
        while (chunk := _gathered(itertools.islice(rows, size), len(names), places, columns)) is not None:
            yield chunk


def _gathered(rows: Iterator[Row], width: int, places: Sequence[int], columns: Iterable[str]) -> Chunk | None:
    """Return rows as columns, None if there are none; a row is let go at once, as many at a time are slow to hold."""
    lines, texts = [], {role: list[str]() for role in columns}
    taken = list(zip(places, texts.values(), strict=True))
    misfits, empty = [], 0
    for line, fields in rows:
        if len(fields) == width:
            lines.append(line)
            for place, column in taken:
                column.append(fields[place])
        elif fields:
            misfits.append((line, f"{len(fields)} fields, not {width}"))
        else:
            empty += 1
    return Chunk(lines, texts, misfits, empty) if lines or misfits or empty else None


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a text, compressed or not; bytes that are not UTF-8 are kept apart rather than refused."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream: Any = gzip.GzipFile(fileobj=raw) if packed else raw
        with io.TextIOWrapper(stream, encoding="utf-8-sig", errors="backslashreplace", newline="") as text:
            yield text


def _rows(stream: Any, path: Path) -> Iterator[Row]:
    """Yield the number and the fields of every line, the header first; an empty line has no fields."""
    first = stream.readline(1_000_000)
    mark = max(_DELIMITERS, key=first.count)
    lines = itertools.chain([first] if first else [], stream)
    if mark not in first:  # columns set apart by spaces
        yield from ((number, line.split()) for number, line in enumerate(lines, 1))
        return
    reader = csv.reader(lines, delimiter=mark, strict=True)
    try:
        yield from ((reader.line_num, [] if not any(fields) else fields) for fields in reader)
    except csv.Error as error:
        advice = "look for a quotation mark that is never closed"
        raise TransactionsError(f"{path}:{reader.line_num}: this is not CSV: {error}; {advice}") from None


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"PAR1"


def _parquet(path: Path) -> Any:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise TransactionsError(
            f'{path}: a Parquet file needs pyarrow: pip install "aislefour[calibration]", or save it as CSV'
        ) from None
    try:
        return parquet.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise TransactionsError(f"{path}: this is not a whole Parquet file: {error}") from None


def _parquet_chunks(path: Path, columns: Mapping[str, str], size: int) -> Iterator[Chunk]:
    first = 1
    for batch in _parquet(path).iter_batches(batch_size=size, columns=list(columns.values())):
        texts = {role: _texts(path, name, batch.column(name)) for role, name in columns.items()}
        yield Chunk(range(first, first + batch.num_rows), texts, (), 0)
        first += batch.num_rows


def _texts(path: Path, name: str, column: Any) -> list[str]:
    """Return a column as it would stand in a CSV file, so that both kinds of file are read by the same rules."""
    import pyarrow as pa

    try:
        return [text or "" for text in column.cast(pa.string()).to_pylist()]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise TransactionsError(f"{path}: the column '{name}' holds {column.type}, not plain values") from None
