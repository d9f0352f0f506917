"""What an answer hangs on, in words and as tables on the terminal."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.table import Table

from simulation.behaviour.parameters import parameters
from simulation.show.screen import Screen
from simulation.study.headline import CAVEAT, dollars
from simulation.study.influence import Influence
from simulation.study.sensitivity import CHANCE, REST, Share

GUESSES = "assumption"
_WIDE = 110  # letters that the table of numbers needs, where no terminal sets a width

MEANINGS = {
    "alone": "share of the variance that would go if this were known, on average (first-order Sobol index)",
    "with others": "share that would be left if everything else were known (total Sobol index); shared parts count "
    "for each that takes part, so these add up to more than the whole",
    "influence": "mean size of what a number changes over its whole range (Morris's mu*)",
    "unevenness": "standard deviation of that (Morris's sigma): large where it depends on other numbers",
    "swing": "the measure at the low and the high end of one number, everything else as usual",
}
"""What each figure means."""


def name_in_words(name: str) -> str:
    """Return what to call a number, a grade or chance."""
    return name.rpartition(".")[2].replace("_", " ")


def grade_of(name: str) -> str:
    """Return how well a number is known; what is not a number stands for itself."""
    return parameters()[name].grade if name in parameters() else name


def amount(unit: str) -> Callable[[float], str]:
    """Return how to write a difference in a unit."""
    if unit == "dollars":
        return lambda value: dollars(value, signed=True)
    if unit == "share":
        return lambda value: f"{100 * value:+.2f} points"
    return lambda value: f"{value:+.3g}"


def shares_in_words(found: Influence) -> list[str]:
    """Return the headline: how much of the variance comes from guesses, how much is chance."""
    by_name = {share.name: share for share in found.shares.by_grade}
    said = []
    if GUESSES in by_name:
        count = sum(grade == GUESSES for grade in found.question.grades.values())
        said.append(
            f"{_percent(by_name[GUESSES])} of the variance comes from the {count} numbers graded assumption alone, "
            f"{_percent(by_name[GUESSES], total=True)} if what they share with others counts."
        )
    chance = by_name[CHANCE]
    said.append(f"{_percent(chance)} is chance alone, {_percent(chance, total=True)} with what it shares with numbers.")
    return said


def _percent(share: Share, total: bool = False) -> str:
    middle, _, ends = _interval(share, total).partition(" (")
    return f"{middle} (95 %: {ends}"


def _interval(share: Share, total: bool = False) -> str:
    value, error = (share.total, share.total_error) if total else (share.alone, share.alone_error)
    low, middle, high = (min(max(each, 0.0), 1.0) for each in (value - error, value, value + error))
    return f"{middle:.0%} ({low:.0%} to {high:.0%})"


def numbers_in_words(found: Influence) -> list[str]:
    """Return which numbers matter most, and how far the screening can be trusted to name them."""
    numbers = [share for share in found.shares.by_number if share.name not in (CHANCE, REST)]
    numbers.sort(key=lambda share: -share.total)
    few = len(numbers)
    listed = ", ".join(f"{name_in_words(share.name)} {_percent(share, total=True)}" for share in numbers[:3])
    return [
        f"With what they share, most comes from {listed}.",
        f"Both halves of the {found.effort.trajectories} trajectories name {found.screened.agreeing} of the {few} "
        "numbers looked at closely.",
        *_doubtful(found, few),
    ]


def _doubtful(found: Influence, few: int) -> list[str]:
    """Return a warning where halves of the screening disagree: then numbers that matter may not be among the few."""
    if 2 * found.screened.agreeing > few:
        return []
    return [
        "That is too little to trust the choice: where stories are rare, most trajectories see none. Ask for more "
        "--trajectories, or for fewer numbers with --over."
    ]


def show_sensitivity(found: Influence, paths: Sequence[Path]) -> None:
    """Print what an answer hangs on, and where tables and figures are."""
    console = Screen(highlight=False, width=None if sys.stdout.isatty() else _WIDE)

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, markup=False, soft_wrap=True)

    scenario, write = found.scenario, amount(found.unit)
    baseline = next(iter(scenario.policies))
    say(f"\n{found.policy} against {baseline}: {found.measure.replace('_', ' ')}", "bold")
    numbers = f"{len(found.question.names)} numbers, {scenario.population.shoppers:,} shoppers, {scenario.weeks} weeks"
    say(f"{numbers}; with everything as usual {write(found.usual)} on average.\n", "italic")
    for line in (*shares_in_words(found), *numbers_in_words(found)):
        say(f"  • {line}")
    console.print()
    console.print(_grades(found))
    console.print()
    console.print(_numbers(found))
    say("\nAlone: " + MEANINGS["alone"] + ". With others: " + MEANINGS["with others"] + ".", "dim")
    say(f"{CAVEAT} Differences are for the shoppers simulated.", "dim")
    say("\n" + "\n".join(str(path) for path in paths if path.suffix in (".csv", ".png", ".json")))


def _grades(found: Influence) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("grade", "numbers", "alone (95 %)", "with others (95 %)"):
        table.add_column(name, justify="left" if name == "grade" else "right", no_wrap=True)
    grades = list(found.question.grades.values())
    for share in found.shares.by_grade:
        count = str(grades.count(share.name)) if share.name != CHANCE else ""
        table.add_row(share.name, count, _interval(share), _interval(share, total=True))
    return table


def _numbers(found: Influence) -> Table:
    table, write = Table(box=None, header_style="bold", padding=(0, 2, 0, 0)), amount(found.unit)
    for name in ("number", "grade", "with others (95 %)", "low end", "high end"):
        table.add_column(name, justify="left" if name in ("number", "grade") else "right")
    swings = {swing.name: swing for swing in found.swings}
    for share in sorted(found.shares.by_number, key=lambda share: -share.total):
        total = _interval(share, total=True)
        swing = swings.get(share.name)
        if swing is None:
            table.add_row(share.name, "", total, "", "")
        else:
            ends = (f"{swing.ends[0]:g}: {write(swing.low)}", f"{swing.ends[1]:g}: {write(swing.high)}")
            table.add_row(name_in_words(share.name), grade_of(share.name), total, *ends)
    return table
