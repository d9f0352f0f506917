"""What every folder of an answer holds: tables, and a record of what was asked and how it was made."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

MARK = "asked.json"
"""The file by which a folder of an answer is known."""


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file; numbers with six digits."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(header)
        table.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else value


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Write what was asked, what was said and how it was made."""
    (folder / MARK).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
