"""What validation found, on the terminal: one row a check, what failed named first."""

from collections.abc import Iterable, Sequence

from rich.table import Table

from simulation.evidence.invariance import Sameness
from simulation.evidence.mechanisms import Effect
from simulation.evidence.validate import Verdict
from simulation.show.screen import Screen


def show_validation(verdicts: Sequence[Verdict], effects: Sequence[Effect]) -> bool:
    """Print the verdicts and the signs, and which checks fail; return whether all pass."""
    console = Screen(highlight=False)
    failing = [verdict.check.name for verdict in verdicts if not verdict.passes]
    failing += [f"{effect.pair.name} ({effect.pair.row})" for effect in effects if not effect.passes]
    checked = len(verdicts) + len(effects)
    said = f"{checked - len(failing)} of {checked} checks pass that nothing was fitted to"
    console.print(f"\n{said}" + (f"; failing: {', '.join(failing)}." if failing else "."), markup=False, soft_wrap=True)
    console.print(_observed(verdicts))
    if effects:
        console.print(_signs(effects))
    console.print("distance: of the model from what was observed, as a multiple of the tolerance.", style="dim")
    return not failing


def show_samenesses(found: Sequence[Sameness]) -> None:
    """Print what does not depend on how many shoppers there are and how markets are split."""
    console, table = Screen(highlight=False), _table("per head, of a sale that comes out", "usual", "here", "errors")
    for each in found:
        numbers = (f"{each.usual:.5g}", f"{each.here:.5g}", f"{each.distance:+.1f}")
        table.add_row(f"{each.measure}, {each.claim}", *numbers)
    console.print(table)
    console.print("errors: how far the two lie apart, in standard errors of their difference.", style="dim")


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(columns[0])
    for name in columns[1:]:
        table.add_column(name, justify="right")
    return table


def _observed(verdicts: Sequence[Verdict]) -> Table:
    table = _table("episode", "observed", "model", "tolerance", "distance", "")
    for verdict in verdicts:
        check = verdict.check
        numbers = (
            f"{check.observed:.4g}",
            f"{verdict.found:.4g}",
            f"{check.tolerance:.2g}",
            f"{verdict.distance:+.2f}",
        )
        table.add_row(check.name, *numbers, _said(verdict.passes))
    return table


def _signs(effects: Sequence[Effect]) -> Table:
    table = _table("sign of a mechanism", "must lie within", "effect", "")
    for effect in effects:
        low, high = effect.pair.between
        size = f"x {effect.size:.3g}" if effect.pair.ratio else f"{effect.size:+.3g}"
        table.add_row(f"{effect.pair.row} {effect.pair.name}", f"{low:g} to {high:g}", size, _said(effect.passes))
    return table


def _said(passes: bool) -> str:
    return "pass" if passes else "FAIL"


def show_mechanisms(effects: Iterable[Effect]) -> bool:
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
