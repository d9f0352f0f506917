"""What a question shows on the terminal: how far it is, then words, tables, notes and where everything is."""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console

from simulation.questions.answer import Answer
from simulation.report.terminal import progress
from simulation.runs.runner import Watcher


class Teller(Watcher):
    """Tells on standard error what is to come, and shows a bar there."""

    def say(self, text: str) -> None:
        """Print a sentence about what is to come."""
        print(text, file=sys.stderr)

    def progress(self, total: int) -> AbstractContextManager[Callable[[int], None] | None]:
        """Show a bar on a terminal; elsewhere, say only what takes long once."""
        return progress(total)


def show(answer: Answer, paths: Sequence[Path], as_json: bool = False) -> None:
    """Print an answer and where its files are, or its record as JSON."""
    if as_json:
        print(json.dumps(answer.record(), indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    if answer.title:
        console.print(f"\n{answer.title}", style="bold", markup=False)
    console.print("\n" + "\n".join(answer.said), markup=False, soft_wrap=True)
    for table in answer.tables:
        if table.columns:
            console.print(f"\n{table.title}" if table.title else "", style="bold", markup=False)
            console.print(table.for_terminal())
    for note in answer.notes:
        console.print(f"\n{note}", style="dim", markup=False)
    console.print("\n" + "\n".join(map(str, paths)), markup=False, soft_wrap=True)
