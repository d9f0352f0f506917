"""An ensemble in words and as tables on the terminal."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from simulation.study.ensemble import Ensemble
from simulation.study.estimates import PARTS, Split, error_of_median, losing, twins_pay
from simulation.study.headline import CAVEAT, dollars

MEANINGS = {
    "not knowing": "variance between draws of the numbers",
    "chance": "variance between replicates with the same numbers, which are luck alone",
}
"""What each part of the variance means."""


def difference_in_words(found: Ensemble, policy: int) -> str:
    """Return what a policy differs by: mean, median, spread, how often it loses, each with how sure that is."""
    table = found.difference()[..., policy]
    name, parts = found.policies[policy], found.splits()[policy - 1]
    if not parts.total:
        return f"{name} changes nothing."
    share, low, high = losing(table)
    mean = f"mean {dollars(float(table.mean()), True)} (standard error {dollars(parts.error)})"
    middle = float(np.median(table))
    median = f"median {dollars(middle, True)} ({dollars(error_of_median(table, found.scenario.seed))})"
    tenth, ninetieth = (dollars(float(end), True) for end in np.quantile(table, [0.1, 0.9]))
    loses = f"loses in {share:.0%} of runs (95 %: {low:.0%} to {high:.0%})"
    return f"{name}: {mean}, {median}; 80 % lie between {tenth} and {ninetieth}; it {loses}."


def parts_in_words(name: str, parts: Split) -> str:
    """Return where the variance of a policy's difference comes from."""
    if not parts.total:
        return f"{name}: nothing varies."
    order = np.argsort(parts.shares)[::-1]
    said = ", ".join(f"{PARTS[place]} {parts.shares[place]:.0%}" for place in order)
    return f"{name}: {said} of the variance."


def enough_in_words(found: Ensemble, wanted: float | None) -> str:
    """Return how well the worst-known mean is known, and what would halve its error or what was asked for."""
    parts = max(found.splits(), key=lambda each: each.error)
    runs = len(found.draws) * found.replicates
    doubled, chanceless = parts.error_at(2 * parts.draws, parts.replicates), parts.error_at(parts.draws, 10**9)
    said = f"The least well known mean has a standard error of {dollars(parts.error)} from {runs:,} runs"
    if wanted is not None:
        said += f", {'within' if found.error <= wanted else 'still above'} the {dollars(wanted)} asked for"
    return (
        f"{said}. Twice the draws would leave {dollars(doubled)}, without end more replicates of these "
        f"{dollars(chanceless)}."
    )


def twins_in_words(found: Ensemble) -> list[str]:
    """Return, for each policy, how much twins save."""
    values = found.measure()
    return [
        f"{name}: {_times(twins_pay(values[..., place], values[..., 0]))}"
        for place, name in enumerate(found.policies)
        if place
    ]


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} times" if np.isfinite(ratio) else "without end: twins do not differ by chance"


def show_ensemble(found: Ensemble, wanted: float | None, paths: Sequence[Path]) -> None:
    """Print what an ensemble says, and where its tables and figures are."""
    console = Console(highlight=False)

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, markup=False, soft_wrap=True)

    scenario = found.scenario
    size = f"{len(found.draws)} draws of {len(found.draws[0])} numbers, {found.replicates} kinds of luck for each"
    say(f"\n{scenario.title}", "bold")
    say(f"{size}; {scenario.population.shoppers:,} shoppers, {scenario.weeks} weeks.\n", "italic")
    say(f"Value against {found.policies[0]}, whole runs twin by twin:")
    for policy in range(1, len(found.policies)):
        say(f"  • {difference_in_words(found, policy)}")
    say("\nWhere the spread comes from:")
    console.print(_parts_table(found))
    say(f"\n{enough_in_words(found, wanted)}")
    say("At the same numbers, the variance of a difference between policies without twins would be larger by:")
    for line in twins_in_words(found):
        say(f"  • {line}")
    say(f"\n{CAVEAT} Dollars are for the shoppers simulated; with more of them chance weighs less.", "dim")
    say("\n" + "\n".join(str(path) for path in paths if path.suffix in (".csv", ".png", ".json")))


def _parts_table(found: Ensemble) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("policy", no_wrap=True)
    for name in (*PARTS, "standard deviation"):
        table.add_column(name, justify="right")
    for name, parts in zip(found.policies[1:], found.splits(), strict=True):
        shares = (f"{share:.0%}" if parts.total else "" for share in parts.shares)
        table.add_row(name, *shares, dollars(parts.total**0.5))
    return table
