"""(+ answers.html) The section of a run's report that tells what else its scenario has been asked."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from jinja2 import Environment, FileSystemLoader

from simulation.report.report import REPORT, inline_svg
from simulation.runs.folders import ASKED, DamagedError, refuse_damaged
from simulation.runs.results import MARK as RUN

_SECTION = re.compile(r"(<!-- answers: begin -->).*?(<!-- answers: end -->)", re.DOTALL)
_LARGEST, _ALL_TOGETHER = 160_000, 900_000  # bytes of a figure, of all figures here; others are a click away
_MOST_LINES = 14


@dataclass(frozen=True)
class Answer:
    """What one question has brought to light."""

    folder: str
    question: str
    said: tuple[str, ...]
    command: str
    svg: str
    alt: str
    rows: tuple[tuple[str, ...], ...]  # of the table under the figure, its heads first


def tell(folder: Path) -> None:
    """Bring the section up to date in the report of the scenario whose answer lies in a folder, if there is one.

    Raises OSError if that report cannot be written, ValueError if it is damaged; it is then as it was.
    """
    reports = [each for each in folder.parent.glob(f"*/{REPORT}") if folder.name.startswith(f"{each.parent.name}-")]
    if reports:
        renew(max(reports, key=lambda each: len(each.parent.name)))


def renew(report: Path) -> None:
    """Write the section of a report anew from the answers that lie beside its folder; the rest stays as it is.

    Raises ValueError, in plain words, for a report that is no text any more.
    """
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    section = environment.get_template("answers.html").render(answers=list(answers_beside(report.parent)))
    try:
        text = report.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{report}: is damaged; run the scenario again") from None
    fresh = _SECTION.sub(lambda found: f"{found[1]}{section}{found[2]}", text)
    if fresh == text:
        return
    with NamedTemporaryFile("w", dir=report.parent, delete=False, encoding="utf-8") as stream:
        stream.write(fresh)
    shutil.copymode(report, stream.name)
    Path(stream.name).replace(report)


def answers_beside(run: Path) -> Iterator[Answer]:
    """Yield the answers that lie beside a folder of results, by name; other runs' results are none."""
    title, room = _read(run / RUN).get("title"), _ALL_TOGETHER
    for folder in sorted(run.parent.glob(f"{escape(run.name)}-*")):
        record = {} if (folder / RUN).exists() else _read(folder / ASKED)
        origin = _part(record, "origin", dict)
        if record and origin.get("title", title) == title:
            question = folder.name.removeprefix(f"{run.name}-").replace("-", " ").capitalize()
            command = str(origin.get("command", ""))
            if wrong := _damage(folder, record):
                yield Answer(folder.name, question, (wrong,), command, "", "", ())
                continue
            figure = _first(record, "figures")
            svg = _drawn(folder, figure, min(room, _LARGEST))
            room -= len(svg)
            alt, rows = str(figure.get("alt", "")), _rows(_first(record, "shown"))
            yield Answer(folder.name, question, _said(record), command, svg, alt, rows)


def _damage(folder: Path, record: dict[str, Any]) -> str:
    """Return what is wrong with an answer's tables, or with what its record says of them; "" if nothing is."""
    tables = record.get("tables", {})
    if not isinstance(tables, dict) or not all(map(_is_seal, tables.values())):
        return f"{folder / ASKED}: was changed; ask the question again"
    try:
        refuse_damaged(folder, record)
    except DamagedError as error:
        return str(error)
    return ""


def _is_seal(said: Any) -> bool:
    return isinstance(said, dict) and isinstance(said.get("rows"), int) and "sha256" in said


def _read(path: Path) -> dict[str, Any]:
    """Return what a JSON file holds by name; nothing if that cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _part(record: dict[str, Any], name: str, kind: type) -> Any:
    """Return a part of a record; an empty one if it is not what it should be."""
    found = record.get(name)
    return found if isinstance(found, kind) else kind()


def _first(record: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the first of a record's figures or tables."""
    return next((each for each in _part(record, name, list) if isinstance(each, dict)), {})


def _said(record: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(line).strip() for line in _part(record, "said", list))[:_MOST_LINES]


def _rows(table: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Return a table's beginning as the record has it, its heads first, and how much more the file holds."""
    rows = [tuple(map(str, row)) for row in _part(table, "rows", list) if isinstance(row, list)]
    more = table.get("more_rows")
    if rows and isinstance(more, int) and more > 0:
        rows.append((f"and {more:,} more rows in {table.get('file')}",))
    return tuple(rows)


def _drawn(folder: Path, figure: dict[str, Any], largest: int) -> str:
    """Return a figure to stand in the page; nothing if it is too large or cannot be read."""
    path = folder / f"{Path(str(figure.get('file'))).name}.svg"
    if not path.is_file() or path.stat().st_size > largest:
        return ""
    text = path.read_text(encoding="utf-8", errors="replace")
    return inline_svg(text, re.sub(r"\W", "-", f"{folder.name}-{path.stem}")) if "<svg" in text else ""
