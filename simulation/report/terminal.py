"""What a run shows on the terminal: progress, the answer, a small table, where the results are."""

from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from simulation.report.board import Board
from simulation.runs.headline import Headline
from simulation.runs.memory import state_bytes
from simulation.runs.room import peak_bytes
from simulation.scenario.schema import Scenario
from simulation.show.screen import Screen


def show_answer(headline: Headline, read: Board, to_stderr: bool = False) -> None:
    """Print the answer and the table: with few policies, within 25 lines of 80 letters."""
    console, said = Screen(stderr=to_stderr, highlight=False), read.said
    console.print(f"[bold]{escape(headline.title)}[/bold]\n[italic]{escape(headline.question)}[/italic]")
    reply = f"{said.reply}. " if said.reply else ""
    for sentences in ((f"{reply}{said.verdict}",), (*said.secrecy, said.settles), said.ranking, read.payers):
        if text := " ".join(filter(None, sentences)):
            console.print(text, markup=False)
    if len(headline.rows) > 1:
        console.print(_table(read))
    basis = f"{headline.simulated}, simulated. An extrapolation, not a forecast; the report states its evidence."
    console.print(basis, style="dim", markup=False)


def say_where(paths: Sequence[Path], to_stderr: bool = False) -> None:
    """Print where the results are."""
    folder = paths[0].parent
    said = f"Report: {folder / 'report.html'}\nTables, figures and the scenario as run: {folder}"
    Screen(stderr=to_stderr, highlight=False).print(said, markup=False, soft_wrap=True)


_HEADS = {"on average": "mean", "chance of exposure": "chance"}
_LEFT_OUT = ("per household, year", "of value", "loses in", "pays below (95 %)")  # which the sentences give


def _table(read: Board) -> Table:
    """Return each policy's mean, and what it comes to in secret and exposed."""
    heads, *rows = zip(*(column for column in zip(read.worth.heads, *read.worth.rows, strict=True)
                         if column[0] not in _LEFT_OUT), strict=True)  # fmt: skip
    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("policy")
    for head in heads[1:]:
        table.add_column(_HEADS.get(head, head), justify="right")
    for policy, *cells in rows:
        table.add_row(policy, *(cell.replace(" in 100", " %") for cell in cells))
    return table


def say_memory(scenario: Scenario, to_stderr: bool = False) -> None:
    """Print what the shoppers took of memory, and the whole process at most."""
    each = state_bytes(scenario) / scenario.population.shoppers
    most = f", {peak / 1e9:.1f} GB for everything at most" if (peak := peak_bytes()) else ""
    Screen(stderr=to_stderr, highlight=False).print(f"memory: {each:.0f} bytes a shopper{most}", markup=False)
