"""What a run shows on the terminal: progress, the answer, a small table, where the results are."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from simulation.runs.formats import beside, dollars, percent
from simulation.runs.headline import Headline, Row
from simulation.runs.memory import state_bytes
from simulation.runs.room import peak_bytes
from simulation.scenario.schema import Scenario
from simulation.show.screen import Screen


def show_answer(headline: Headline, to_stderr: bool = False) -> None:
    """Print the answer and the table."""
    console = Screen(stderr=to_stderr, highlight=False)
    console.print(f"\n[bold]{headline.title}[/bold]\n[italic]{headline.question}[/italic]\n", markup=True)
    console.print(f"Against {headline.rows[0].policy} ({headline.simulated}):", markup=False)
    for clause in headline.clauses:
        console.print(f"  • {clause}", markup=False)
    console.print(_table(headline))
    console.print(headline.caveat, style="dim", markup=False)


def say_where(paths: Sequence[Path], to_stderr: bool = False) -> None:
    """Print where the results are."""
    folder = paths[0].parent
    said = f"\nReport: {folder / 'report.html'}\nTables, figures and the scenario as run: {folder}"
    Screen(stderr=to_stderr, highlight=False).print(said, markup=False, soft_wrap=True)


_HEADS = (
    *("card use", "churn", "revenue a year", "value"),
    *("difference (10-90 %)", "a household, year", "of value", "loses"),
)


def _table(headline: Headline) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("policy", no_wrap=True)
    for name in _HEADS:
        table.add_column(name, justify="right")
    for row in headline.rows:
        table.add_row(*_cells(row, row is headline.rows[0], headline.replicates > 1))
    return table


def _cells(row: Row, baseline: bool, several: bool) -> tuple[str, ...]:
    measures = (
        row.policy,
        percent(row.card_use),
        percent(row.churn),
        dollars(row.revenue, digits=4),
        dollars(row.value, digits=4),
    )
    if baseline:
        return (*measures, "baseline", "", "", "")
    interval = f" ({dollars(row.difference_low, True)} to {dollars(row.difference_high, True)})" if several else ""
    apiece = beside(row.difference_per_household_year, row.difference_share)
    return (*measures, f"{dollars(row.difference, True)}{interval}", *apiece, f"{row.loses.value:.0%}")


def say_memory(scenario: Scenario, to_stderr: bool = False) -> None:
    """Print what the shoppers took of memory, and the whole process at most."""
    each = state_bytes(scenario) / scenario.population.shoppers
    most = f", {peak / 1e9:.1f} GB for everything at most" if (peak := peak_bytes()) else ""
    Screen(stderr=to_stderr, highlight=False).print(f"memory: {each:.0f} bytes a shopper{most}", markup=False)
