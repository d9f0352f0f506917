"""What an answer hangs on, in words."""

from collections.abc import Callable

from simulation.behaviour.parameters import parameters
from simulation.questions.sensitivity.indices import CHANCE, REST, Share
from simulation.questions.sensitivity.sensitivity import Influence
from simulation.runs.estimates import Estimate
from simulation.runs.formats import dollars

GUESSES = "assumption"

MEANINGS = {
    "alone": "share of the variance that would go if this were known, on average (first-order Sobol index)",
    "with others": "share that would be left if everything else were known (total Sobol index); shared parts count "
    "for each that takes part, so these add up to more than the whole",
    "influence": "mean size of what a number changes over its whole range (Morris's mu*)",
    "unevenness": "standard deviation of that (Morris's sigma): large where it depends on other numbers",
    "swing": "the measure at the low and the high end of one number, everything else as in a run, and how far that "
    "moves it, with the standard error over replicates",
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


def with_error(unit: str, known: Estimate) -> str:
    """Return a difference in a unit, and its standard error if it has one."""
    said = amount(unit)(known.value)
    return said if known.error is None else f"{said} ± {amount(unit)(known.error).lstrip('+')}"


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
    if found.drawn_beside:
        said.append(f"The {found.drawn_beside} numbers that the scenario draws beside these count as chance.")
    return said


def _percent(share: Share, total: bool = False) -> str:
    middle, _, ends = interval_in_words(share, total).partition(" (")
    return f"{middle} (95 %: {ends}"


def interval_in_words(share: Share, total: bool = False) -> str:
    """Return a share of the variance with its 95 % interval."""
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
        "trajectories, or over fewer numbers."
    ]
