"""What a question shows on the terminal: how far it is, then words, tables, notes and where everything is."""

import json
from collections.abc import Sequence
from pathlib import Path

from simulation.questions.answer import Answer
from simulation.show.screen import Screen


def show(answer: Answer, paths: Sequence[Path], as_json: bool = False) -> None:
    """Print an answer and where its files are, or its record as JSON."""
    if as_json:
        print(json.dumps(answer.record(), indent=2, ensure_ascii=False))
        return
    console = Screen(highlight=False)
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
