"""Card transactions as rows of text, chunk by chunk, from CSV, plain columns, gzip or Parquet."""

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from simulation.evidence.calibration.transaction_columns import columns_of
from simulation.evidence.calibration.transaction_files import (
    TransactionsError,
    encoding_of,
    files_of,
    is_parquet,
    is_utf8,
    likely_encodings,
    opened,
    read_errors,
    sample_of,
    shown,
)
from simulation.runs.extras import install_command

Row = tuple[int, list[str]]

_DELIMITERS = ",;\t|"
_SEPARATOR = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)
_ABOVE = 20  # lines that a title may take
_ESCAPED = re.compile(r"\\x[0-9a-f]{2}")  # a letter that is not UTF-8, as it stands in names and messages
_READINGS = 4  # encodings that are shown
_NO_NAME = re.compile(r"[-+]?[0-9][0-9.,]*|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}.*")


class Chunk(NamedTuple):
    """Some rows of a file: where they stand, and one list of texts a column that is read."""

    lines: Sequence[int]
    texts: Mapping[str, Sequence[str]]
    misfits: Sequence[tuple[int, str]]  # lines with too few or too many fields, and how many
    empty: int  # lines with nothing on them


@dataclass(frozen=True)
class Layout:
    """How a file is laid out: which columns it names and which are read, where its rows begin, how they are written."""

    path: Path
    names: Sequence[str]
    columns: Mapping[str, str]  # by what each holds
    notes: tuple[str, ...] = ()  # what was recognised beside the usual
    typed: frozenset[str] = frozenset()  # columns that hold numbers, not texts, as Parquet can
    encoding: str = ""
    strict: bool = False
    mark: str = ""  # between columns; "" if these are set apart by spaces
    above: int = 0  # lines above the header


def layout_of(path: Path, chosen: Mapping[str, str | None], encoding: str | None = None) -> Layout:
    """Return how a file is laid out; raises TransactionsError if it cannot be read or lacks a column that is needed."""
    with read_errors(path):
        if is_parquet(path):
            return _parquet_layout(path, chosen)
        sample = sample_of(path)
        known = encoding_of(path, sample, encoding)
        strict = encoding is not None or known.startswith(("utf-16", "utf-32"))
        lines = _first_lines(path, known, strict)
        if not any(line.strip() for line in lines):
            raise TransactionsError(f"{path}: the file is empty; its first line must name the columns")
        try:
            layout = _header(path, lines, chosen)
        except TransactionsError as error:
            if encoding or known != "utf-8-sig" or is_utf8(sample) or not _ESCAPED.search(str(error)):
                raise
            layout, known = _in_other_encodings(path, sample, chosen, error)
    notes = () if encoding or known == "utf-8-sig" else (f"The text was read as {known}.",)
    fields = vars(layout) | {"encoding": known, "strict": strict, "notes": (*layout.notes, *notes)}
    return Layout(**fields)


def _first_lines(path: Path, encoding: str, strict: bool) -> list[str]:
    with opened(path, encoding, strict) as stream:
        lines = [stream.readline(1_000_000) for _ in range(2 * _ABOVE)]
    return [lines[0].removeprefix("\ufeff"), *lines[1:]]


def _in_other_encodings(
    path: Path, sample: bytes, chosen: Mapping[str, str | None], error: TransactionsError
) -> tuple[Layout, str]:
    """Return the layout in the encoding in which the columns are called as the user calls them; raises if none is."""
    said = []
    for encoding, script in likely_encodings(sample):
        lines = _first_lines(path, encoding, strict=False)
        try:
            return _header(path, lines, chosen), encoding
        except TransactionsError:
            said.append(f"    --encoding {encoding} ({script}): {shown(next(filter(str.strip, lines)).strip())}")
    likeliest = f"; it may be {said[0].split()[1]}" if said else ""
    advice = "\n".join(
        ["    say in which encoding its first line reads right, one of these or another:", *said[:_READINGS]]
        if said
        else []
    )
    raise TransactionsError(f"{error}\n    the file is not UTF-8{likeliest}\n{advice}".rstrip()) from None


def _header(path: Path, lines: Sequence[str], chosen: Mapping[str, str | None]) -> Layout:
    """Return the layout by the first line that names the columns needed; raises if none of the first does."""
    separator = _SEPARATOR.fullmatch(lines[0])
    start, notes = (1, (f"The first line says that '{separator[1]}' separates columns.",)) if separator else (0, ())
    marks = separator[1] if separator else _DELIMITERS
    errors: list[tuple[int, TransactionsError]] = []
    for place, line in enumerate(lines[start : start + _ABOVE], start):
        for mark in _marks(line, marks):
            names = _names(lines[place:], mark)
            try:
                columns = columns_of(names, chosen)
            except TransactionsError as error:
                errors.append((sum(map(bool, names)), _first_as_data(names, error)))
                continue
            return Layout(path, names, columns, (*notes, *_title(lines, start, place)), mark=mark, above=place)
    most = max((width for width, _ in errors), default=0)
    raise next(error for width, error in errors if 2 * width >= most)


def _title(lines: Sequence[str], start: int, place: int) -> Iterator[str]:
    if place > start:
        title = shown(next(filter(str.strip, lines[start:place]), "").strip())
        yield f"The header stands in line {place + 1}; what stands above it was passed over: '{title}'."


def _marks(line: str, marks: str) -> list[str]:
    """Return what may set the columns of a line apart, the likeliest first; "" stands for spaces."""
    found = sorted((mark for mark in marks if mark in line), key=line.count, reverse=True)
    return (found or [""]) if line.strip() else []


def _names(lines: Sequence[str], mark: str) -> list[str]:
    names = next(csv.reader(lines, delimiter=mark)) if mark else lines[0].split()
    return [name.strip() for name in names]


def _first_as_data(names: Sequence[str], error: TransactionsError) -> TransactionsError:
    """Return an error that says so if what should be names are numbers and dates."""
    filled = [name for name in names if name]
    if not filled or 2 * sum(_NO_NAME.fullmatch(name) is not None for name in filled) < len(filled):
        return error
    line = ", ".join(shown(name) for name in filled)
    return TransactionsError(
        f"the first line looks like data, not like the names of columns: {line}\n"
        "    put a line above it that names them, such as household,date,amount, with as many names as columns"
    )


def chunks_of(layout: Layout, size: int) -> Iterator[Chunk]:
    """Yield a file's rows in chunks, only the columns that are read; raises TransactionsError."""
    with read_errors(layout.path):
        yield from (_text_chunks if layout.encoding else _parquet_chunks)(layout, size)


def _text_chunks(layout: Layout, size: int) -> Iterator[Chunk]:
    with opened(layout.path, layout.encoding, layout.strict) as stream:
        for _ in range(layout.above):
            stream.readline()
        rows = _split(stream, layout.mark, layout.path, layout.above)
        next(rows)
        places = [layout.names.index(name) for name in layout.columns.values()]
        taken = list(layout.columns)
        while (chunk := _gathered(itertools.islice(rows, size), len(layout.names), places, taken)) is not None:
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


def _split(lines: Iterator[str], mark: str, path: Path, above: int = 0) -> Iterator[Row]:
    """Yield the number and the fields of every line, the header first; an empty line has no fields."""
    if not mark:  # columns set apart by spaces
        yield from ((number, line.split()) for number, line in enumerate(lines, above + 1))
        return
    reader = csv.reader(lines, delimiter=mark, strict=True)
    try:
        yield from ((above + reader.line_num, [] if not any(fields) else fields) for fields in reader)
    except csv.Error as error:
        advice = "look for a quotation mark that is never closed"
        where = f"{path}:{above + reader.line_num}"
        raise TransactionsError(f"{where}: this is not CSV: {error}; {advice}") from None


def _parquet(path: Path) -> Any:
    try:
        import pyarrow as pa
        from pyarrow import dataset
    except ImportError:
        advice = f"{install_command('calibration')}; or save it as CSV"
        raise TransactionsError(f"{path}: a Parquet file needs pyarrow: {advice}") from None
    try:
        parts = [str(part) for part in files_of(path)]
        base = str(path) if path.is_dir() else None
        return dataset.dataset(parts, format="parquet", partitioning="hive", partition_base_dir=base)
    except pa.ArrowInvalid as error:
        raise TransactionsError(f"{path}: this is not a whole Parquet file: {error}") from None


def _parquet_layout(path: Path, chosen: Mapping[str, str | None]) -> Layout:
    kinds = {str(field.name): field.type for field in _parquet(path).schema}
    from pyarrow import types

    columns = columns_of(list(kinds), chosen)
    numbers = types.is_integer, types.is_floating, types.is_decimal
    typed = {role for role, name in columns.items() if any(of(kinds[name]) for of in numbers)}
    notes = (f"This is a folder of Parquet; its parts were read as one: {len(files_of(path)):,}.",)
    return Layout(path, list(kinds), columns, notes if path.is_dir() else (), frozenset(typed))


def _parquet_chunks(layout: Layout, size: int) -> Iterator[Chunk]:
    import pyarrow as pa

    first, columns = 1, layout.columns
    try:
        for batch in _parquet(layout.path).to_batches(batch_size=size, columns=list(columns.values())):
            texts = {role: _texts(layout.path, name, batch.column(name)) for role, name in columns.items()}
            yield Chunk(range(first, first + batch.num_rows), texts, (), 0)
            first += batch.num_rows
    except pa.ArrowException as error:
        raise TransactionsError(f"{layout.path}: its parts do not hold the same columns: {error}") from None


def _texts(path: Path, name: str, column: Any) -> list[str]:
    """Return a column as it would stand in a CSV file, so that both kinds of file are read by the same rules."""
    import pyarrow as pa

    try:
        return [text or "" for text in column.cast(pa.string()).to_pylist()]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise TransactionsError(f"{path}: the column '{name}' holds {column.type}, not plain values") from None
