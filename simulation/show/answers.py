"""(+ answers.html) The section of a run's report that tells what else its scenario has been asked."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from jinja2 import Environment, FileSystemLoader

from simulation.show.report import REPORT, inline_svg
from simulation.study.folders import DamagedError, refuse_damaged
from simulation.study.results import MARK as RUN

_SECTION = re.compile(r"(<!-- answers: begin -->).*?(<!-- answers: end -->)", re.DOTALL)
_LARGEST, _ALL_TOGETHER = 160_000, 900_000  # bytes of a figure, of all figures here; others are a click away
_MOST_ROWS, _MOST_COLUMNS = 20, 12  # of a table under a figure
_LARGE = 1_000
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
    Path(stream.name).chmod(0o644)
    Path(stream.name).replace(report)


def answers_beside(run: Path) -> Iterator[Answer]:
    """Yield the answers that lie beside a folder of results, by name; other runs' results are none."""
    title, room = _read(run / RUN).get("title"), _ALL_TOGETHER
    for folder in sorted(run.parent.glob(f"{run.name}-*")):
        record = {} if (folder / RUN).exists() else _record(folder)
        if record and record.get("title", title) == title:
            if wrong := _damage(folder, record):
                yield Answer(folder.name, _question(run, folder), (wrong,), str(record.get("command", "")), "", "", ())
                continue
            svg, alt = _figure(folder, min(room, _LARGEST))
            room -= len(svg)
            command, alt = str(record.get("command", "")), str(record.get("alt", alt))
            rows = _rows(record) or rows_beside(folder)
            yield Answer(folder.name, _question(run, folder), _said(record, folder), command, svg, alt, rows)


def _question(run: Path, folder: Path) -> str:
    return folder.name.removeprefix(f"{run.name}-").replace("-", " ").capitalize()


def _damage(folder: Path, record: dict[str, Any]) -> str:
    """Return what is wrong with an answer's tables, "" if nothing is."""
    try:
        refuse_damaged(folder, record)
    except DamagedError as error:
        return str(error)
    return ""


def _record(folder: Path) -> dict[str, Any]:
    """Return what a folder says was asked and found; nothing if it says nothing that can be read."""
    return next(filter(None, map(_read, sorted(folder.glob("*.json")))), {})


def _read(path: Path) -> dict[str, Any]:
    """Return what a JSON file holds by name; nothing if that cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _said(record: dict[str, Any], folder: Path) -> tuple[str, ...]:
    said = record.get("said")
    story = folder / "story.txt"
    if said is None and story.exists():
        said = [part for part in story.read_text(encoding="utf-8", errors="replace").split("\n\n") if part.strip()]
    lines = [said] if isinstance(said, str) else said if isinstance(said, list) else ()
    return tuple(str(line).strip() for line in lines)[:_MOST_LINES]


def _rows(record: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Return the table that a record gives to its figure; nothing if it gives none."""
    table = record.get("table")
    rows = table if isinstance(table, list) and all(isinstance(row, list) for row in table) else []
    return tuple(tuple(map(str, row)) for row in rows)


def _figure(folder: Path, largest: int) -> tuple[str, str]:
    """Return the first figure that is small enough, to stand in the page, and its name in words."""
    for path in sorted(folder.glob("*.svg")):
        text = path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size <= largest else ""
        if "<svg" in text:
            name = re.sub(r"\W", "-", f"{folder.name}-{path.stem}")
            return inline_svg(text, name), path.stem.replace("_", " ")
    return "", ""


def rows_beside(folder: Path) -> tuple[tuple[str, ...], ...]:
    """Return the beginning of the table that goes with a folder's first figure, its heads first; nothing without one.

    It is the table of the figure's own name, or the smallest.
    """
    tables = sorted(folder.glob("*.csv"), key=lambda path: path.stat().st_size)
    figures = [path.stem for path in sorted(folder.glob("*.svg"))[:1]]
    for path in sorted(tables, key=lambda path: path.stem not in figures)[:1]:
        with path.open(newline="", encoding="utf-8", errors="replace") as stream:
            try:
                return tuple(_beginning(csv.reader(stream), path.name))
            except csv.Error:
                return ()
    return ()


def _beginning(rows: Iterator[list[str]], name: str) -> Iterator[tuple[str, ...]]:
    for heads in islice(rows, 1):
        yield tuple(head.replace("_", " ") for head in heads[:_MOST_COLUMNS])
    for row in islice(rows, _MOST_ROWS):
        yield tuple(map(_short, row[:_MOST_COLUMNS]))
    left_out = sum(1 for _ in rows)
    if left_out:
        yield (f"and {left_out:,} more rows in {name}",)


def _short(cell: str) -> str:
    """Return a cell, a number in it in whole units from a thousand on, else with four digits."""
    try:
        value = float(cell)
    except ValueError:
        return cell
    return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:.4g}"
