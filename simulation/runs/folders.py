"""A folder of results, written to a temporary place beside the target and renamed whole."""

import codecs
import csv
import hashlib
import io
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from glob import escape
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

from simulation.behaviour.operating_system import is_alive, what_may_help

ASKED = "asked.json"
"""The file by which a folder of an answer is known: what was asked, and what was found."""


_FORMULA = re.compile(r"'*(\s*[=+\-@＝＋－＠]|[\t\r])")  # noqa: RUF001 # full-width signs count as well
_TABLES = (".csv", ".parquet")
_PATIENCE, _PAUSE = 10.0, 0.01  # seconds for which a place is tried where others write, too, and between two tries


class DamagedError(ValueError):
    """Why results are not read: a table was cut or changed, or belongs to another run."""


class ResultsError(OSError):
    """Why results could not be written; nothing was."""


def write_whole(folder: Path, mark: str, fill: Callable[[Path], None]) -> list[Path]:
    """Let `fill` write a folder, replacing earlier results there whole; return what stands in it.

    `mark` is the file by which earlier results are known; if it is a record, it says what tables belong to it. Raises
    ResultsError, and leaves what was there, if the folder cannot be written or holds something else.
    """
    refuse_foreign(folder, mark)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear_after_the_dead(folder)
        fresh = folder.parent / f".{folder.name}-{os.getpid()}-{token_hex(4)}"
        fresh.mkdir()  # open to those to whom others here are, as a temporary folder is not
    except OSError as error:
        raise ResultsError(_why(folder, error)) from error
    try:
        fill(fresh)
        _seal(fresh, fresh / mark)
        written = sorted(_names_in(fresh))
        _swap(fresh, folder)
    except OSError as error:
        raise ResultsError(_why(folder, error)) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return [folder / name for name in written]


def _why(folder: Path, error: OSError) -> str:
    return f"{folder}: cannot be written: {error.strerror or error}{what_may_help(error)}"


def _seal(folder: Path, mark: Path) -> None:
    """Let a folder's record say how many rows each of its CSV tables has, and what a hash of each table is."""
    tables = {path.name: _said_of(path) for path in sorted(folder.iterdir()) if path.suffix in _TABLES}
    if tables and mark.suffix == ".json":
        write_record(mark, {**json.loads(mark.read_bytes()), "tables": tables})


def _said_of(table: Path) -> dict[str, Any]:
    with table.open("rb") as stream:
        found = {"sha256": hashlib.file_digest(stream, "sha256").hexdigest()}
        stream.seek(0)
        rows = max(0, sum(1 for _ in stream) - 1)  # the first names the columns
        return found if table.suffix == ".parquet" else {"rows": rows, **found}


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write a record for people and programs to read."""
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def refuse_damaged(folder: Path, record: Mapping[str, Any], *names: str) -> None:
    """Raise DamagedError if tables, all if none is named, are not those that a folder's record was written with."""
    sealed = record.get("tables", {})
    for name in names or sealed:
        if name not in sealed:
            raise DamagedError(f"{folder / name}: the folder's record knows no such table; run the scenario again")
        if wrong := _wrong_with(folder / name, sealed[name]):
            raise DamagedError(f"{folder / name}: {wrong}; run the scenario again")


def _wrong_with(table: Path, sealed: Mapping[str, Any]) -> str:
    """Return what is wrong with a table, "" if nothing is."""
    if not table.is_file():
        return "is missing"
    found = _said_of(table)
    if found.get("rows") != sealed.get("rows"):
        told = f"holds {found['rows']:,} rows, and {sealed['rows']:,} were written"
        return f"{told}: it was cut, or belongs to another run"
    return "" if found["sha256"] == sealed["sha256"] else "was changed, or belongs to another run"


def _names_in(folder: Path) -> set[str]:
    """Return what stands in a folder, nothing if it is not there; others may put it away meanwhile."""
    try:
        return {path.name for path in folder.iterdir()}
    except (FileNotFoundError, NotADirectoryError):
        return set()


def write_answer(folder: Path, record: Mapping[str, Any], fill: Callable[[Path], None]) -> list[Path]:
    """Write an answer whole, what `fill` writes and a record of what was asked; return what stands in the folder.

    Raises ResultsError as `write_whole` does.
    """

    def fill_all(fresh: Path) -> None:
        fill(fresh)
        write_record(fresh / ASKED, record)

    return write_whole(folder, ASKED, fill_all)


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV, numbers with ten digits, the same bytes on every machine."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(map(harmless, header))
    table.writerows([f"{cell:.10g}" if isinstance(cell, float) else harmless(cell) for cell in row] for row in rows)
    path.write_bytes(mark_of(stream.getvalue()) + stream.getvalue().encode())


def mark_of(text: str) -> bytes:
    """Return what marks a table as UTF-8 where its text goes beyond ASCII: spreadsheets would read another code."""
    return b"" if text.isascii() else codecs.BOM_UTF8


def harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) and not _is_number(cell) else cell


def as_named(cell: str) -> str:
    """Return what `harmless` was given."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) != cell[1:] else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "\t" not in text and "\r" not in text


def refuse_foreign(folder: Path, mark: str) -> None:
    """Raise ResultsError if a folder holds something other than results, or is a file."""
    if folder.is_file():
        raise ResultsError(f"{folder}: a file stands in the way; name another folder with --out")
    names = _names_in(folder)
    if names and mark not in names:
        raise ResultsError(f"{folder}: holds something other than results; name another folder with --out")


def _swap(fresh: Path, folder: Path) -> None:
    """Put a folder in the place of another; if somebody else does the same meanwhile, the last one stays."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            fresh.rename(folder)
            return
        except OSError:
            if not fresh.exists():
                raise
            if not folder.exists():
                time.sleep(_PAUSE)
                continue
        prefix = f".{folder.name}-{os.getpid()}-"
        with TemporaryDirectory(prefix=prefix, dir=folder.parent) as aside, suppress(FileNotFoundError):
            folder.rename(Path(aside) / "old")
    fresh.rename(folder)


def _clear_after_the_dead(folder: Path) -> None:
    """Remove what processes have left half-written here that were killed."""
    for path in folder.parent.glob(f".{escape(folder.name)}-*-*"):
        number = path.name.removeprefix(f".{folder.name}-").split("-")[0]
        if number.isdecimal() and not is_alive(int(number)):
            shutil.rmtree(path, ignore_errors=True)
