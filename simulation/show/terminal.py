"""What a run shows on the terminal: progress, the answer, a small table, where the results are."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from numpy import median
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from simulation.study.mechanisms import Effect
    from simulation.study.reserve import Reserve

from simulation.behaviour.compiling import is_compiled
from simulation.model.week import live_a_week
from simulation.scenario.schema import Scenario
from simulation.show.screen import Screen
from simulation.study.headline import CAVEAT, Headline, Row, dollars
from simulation.study.memory import state_bytes
from simulation.study.outcome import spread
from simulation.study.room import peak_bytes


@contextmanager
def progress(weeks: int) -> Iterator[Callable[[int], None] | None]:
    """Show a bar on standard error until all is done; elsewhere than on a terminal, say only what takes long once."""
    if not sys.stderr.isatty():
        announce_compiling()
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Screen(stderr=True), transient=True) as bar:
        task = bar.add_task(
            "simulating" if is_compiled(live_a_week) else "compiling, once; then simulating", total=weeks
        )

        def advance(done: int) -> None:
            bar.update(task, advance=done, description="simulating")

        yield advance


def announce_compiling() -> None:
    """Say on standard error that compiling comes first, if it does."""
    if not is_compiled(live_a_week):
        print("Compiling, once: about half a minute.", file=sys.stderr)


def show_answer(headline: Headline, to_stderr: bool = False) -> None:
    """Print the answer and the table."""
    console = Screen(stderr=to_stderr, highlight=False)
    console.print(f"\n[bold]{headline.title}[/bold]\n[italic]{headline.question}[/italic]\n", markup=True)
    console.print(f"Against {headline.rows[0].policy}:", markup=False)
    for clause in headline.clauses:
        console.print(f"  • {clause}", markup=False)
    console.print(_table(headline))
    console.print(CAVEAT, style="dim", markup=False)


def say_where(paths: Sequence[Path], to_stderr: bool = False) -> None:
    """Print where the results are."""
    folder = paths[0].parent
    said = f"\nReport: {folder / 'report.html'}\nTables, figures and the scenario as run: {folder}"
    Screen(stderr=to_stderr, highlight=False).print(said, markup=False, soft_wrap=True)


def _table(headline: Headline) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("policy", no_wrap=True)
    for name in ("card use", "churn", "revenue a year", "value", "difference (10-90 %)", "loses"):
        table.add_column(name, justify="right")
    for row in headline.rows:
        table.add_row(*_cells(row, row is headline.rows[0], headline.replicates > 1))
    return table


def _cells(row: Row, baseline: bool, several: bool) -> tuple[str, ...]:
    measures = (
        row.policy,
        f"{row.card_use:.1%}",
        f"{row.churn:.1%}",
        dollars(row.revenue, digits=4),
        dollars(row.value, digits=4),
    )
    if baseline:
        return (*measures, "baseline", "")
    interval = f" ({dollars(row.difference_low, True)} to {dollars(row.difference_high, True)})" if several else ""
    return (*measures, f"{dollars(row.difference, True)}{interval}", f"{row.loses:.0%}")


def say_memory(scenario: Scenario, to_stderr: bool = False) -> None:
    """Print what the shoppers took of memory, and the whole process at most."""
    each = state_bytes(scenario) / scenario.population.shoppers
    most = f", {peak / 1e9:.1f} GB for everything at most" if (peak := peak_bytes()) else ""
    Screen(stderr=to_stderr, highlight=False).print(f"memory: {each:.0f} bytes a shopper{most}", markup=False)


def show_mechanisms(effects: "Iterable[Effect]") -> bool:
    """Print one row a mechanism as it comes; return whether all pass."""
    console, passed, shown = Screen(highlight=False), 0, 0
    for effect in effects:
        pair, verdict = effect.pair, "pass" if effect.passes else "FAIL"
        size = f"x {effect.size:.3g}" if pair.ratio else f"{effect.size:+.3g}"
        low, high = (f"{end:g}" for end in pair.between)
        console.print(f"[bold]{pair.row:>3}[/bold]  {pair.name}: {pair.says}", soft_wrap=True)
        values = f"{effect.without:.4g} without, {effect.with_it:.4g} with it"
        console.print(f"     {pair.measure}: {values}, effect {size} (from {low} to {high})  {verdict}", soft_wrap=True)
        passed, shown = passed + effect.passes, shown + 1
    console.print(f"\n{passed} of {shown} effects lie where they must.")
    return passed == shown


def show_reserve(reserve: "Reserve", paths: Sequence[Path]) -> None:
    """Print what exposure would cost, week by week, beside what has been earned until then."""
    from simulation.show.reserve_sheet import reserve_in_words

    console, table = Screen(highlight=False), Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    cost, earned = (median(values, axis=0) for values in (reserve.cost, reserve.earned))
    console.print(f"\n{reserve_in_words(reserve)}", markup=False, soft_wrap=True)
    for name in ("week", "reserve: cost of exposure", "10 %", "90 %", "earned so far"):
        table.add_column(name, justify="right")
    for place, week in enumerate(reserve.weeks.tolist()):
        middle, low, high = spread(reserve.cost[:, place])
        table.add_row(str(week), dollars(middle), dollars(low), dollars(high), dollars(float(earned[place])))
    console.print(table)
    console.print(CAVEAT, style="dim", markup=False)
    console.print("\n" + "\n".join(map(str, paths)), markup=False, soft_wrap=True)
