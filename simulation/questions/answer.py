"""What a question has brought to light: words, tables, figures, and a record of what was asked and of its origin."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.runs.caveats import CAVEAT
from simulation.runs.folders import ASKED, write_whole
from simulation.show.drawing import Picture, save
from simulation.show.tables import Table

if TYPE_CHECKING:
    import pandas

FEW_ROWS = 20
"""Rows of a table that a record, and so the report, shows."""


@dataclass(frozen=True)
class Answer:
    """The answer to one question about a scenario.

    Parameters
    ----------
    question
        The question's name, such as break-even.
    asked
        What was asked, as plain data.
    said
        The answer in sentences.
    found
        What was worked out, to go on with in Python.
    tables
        What stands behind it, the most telling first.
    draw
        Makes the figures when they are first wanted; the first goes with the first table.
    notes
        What has to be known to read it: definitions, what is covered and what is not.
    values
        The answer as plain data, for other programs.
    origin
        What one needs to make it again: command, seed, versions, hashes.
    texts
        Further files by name, such as a story.
    title
        What it is about, in a few words.
    part
        What sets it apart from other answers to the same question, such as the number of a shopper.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=104, replicates=2)
    >>> answer = a4.ask(case, a4.Reserve("quiet sale"))
    >>> answer.table("reserve").shape[0]
    4
    """

    question: str
    asked: Mapping[str, Any]
    said: tuple[str, ...]
    found: Any
    tables: tuple[Table, ...] = ()
    draw: Callable[[], Sequence[Picture]] = tuple
    notes: tuple[str, ...] = (CAVEAT,)
    values: Mapping[str, Any] = field(default_factory=dict)
    origin: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    title: str = ""

    @cached_property
    def figures(self) -> tuple[Picture, ...]:
        """The figures, drawn when first asked for."""
        return tuple(self.draw())

    def table(self, name: str) -> "pandas.DataFrame":
        """Return a table as a data frame; raises KeyError with the names there are."""
        frames = {table.name: table for table in self.tables if table.name}
        if name not in frames:
            raise KeyError(f"no table '{name}'; there are: {', '.join(frames)}")
        return frames[name].frame

    def record(self) -> dict[str, Any]:
        """Return the answer as plain data: the same keys for every question."""
        return {
            "question": self.question,
            "title": self.title,
            "asked": dict(self.asked),
            "said": list(self.said),
            "answer": dict(self.values),
            "shown": [_table_record(table) for table in self.tables],
            "figures": [{"file": each.name, "caption": each.caption, "alt": each.alt} for each in self.figures],
            "notes": list(self.notes),
            "origin": dict(self.origin),
        }

    def write(self, folder: Path, png: bool = False) -> list[Path]:
        """Write the answer to a folder, replacing an earlier answer there whole; return what stands there.

        Figures are written as SVG, and as PNG too if `png` is true.
        Raises ResultsError, and leaves what was there, if the folder cannot be written or holds something else.
        """

        def fill(fresh: Path) -> None:
            for picture in self.figures:
                save(picture, fresh, png)
            for table in self.tables:
                if table.name:
                    table.write(fresh)
            for name, text in self.texts.items():
                (fresh / name).write_text(text, encoding="utf-8")
            record = json.dumps(self.record(), indent=2, ensure_ascii=False)
            (fresh / ASKED).write_text(record + "\n", encoding="utf-8")

        return write_whole(folder, ASKED, fill)

    def __repr__(self) -> str:
        return f"<Answer to {self.question}: {' '.join(self.said)}>"

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(line)}</p>" for line in self.said)
        shown = [_html(list(table.rows())) for table in self.tables if table.columns]
        notes = "".join(f"<p><small>{escape(note)}</small></p>" for note in self.notes)
        return f"{said}{''.join(shown)}{notes}"


def _table_record(table: Table) -> dict[str, Any]:
    """Return a table as plain data: its file, and its beginning as people read it."""
    rows = list(table.rows()) if table.columns else []
    return {
        "file": f"{table.name}.csv" if table.name else None,
        "title": table.title,
        "rows": [list(row) for row in rows[: FEW_ROWS + 1]],
        "more_rows": max(0, len(rows) - 1 - FEW_ROWS),
    }


def _html(rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
