"""How well a class has foreseen: Brier scores, and what came true of all that was said with the same confidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SURE = (50, 60, 70, 80, 90, 100)
"""How sure one can be of an answer, in per cent; 50 is as sure as a coin."""


def chance(is_yes: bool, sure: int) -> float:
    """Return the chance given to yes by somebody who is so sure, in per cent, of yes or of no."""
    return sure / 100 if is_yes else 1 - sure / 100


def brier(chances: Sequence[float], truths: Sequence[bool]) -> float:
    """Return the mean squared distance of chances from what happened: 0 is perfect, 0.25 is a coin's, 1 the worst.

    Source: G. W. Brier, Monthly Weather Review 78 (1950), for two possible answers.
    """
    return sum((given - came) ** 2 for given, came in zip(chances, truths, strict=True)) / len(chances)


@dataclass(frozen=True)
class Level:
    """All answers given with one confidence: how many, and how many came true."""

    sure: int
    answers: int
    right: int


def levels(answers: Iterable[tuple[float, bool]]) -> list[Level]:
    """Return what came true of all that was said with the same confidence; chances of yes, and whether it was yes.

    An answer of fifty-fifty takes no side, and is right by halves: it counts as said for yes.
    """
    told = [(round(100 * max(given, 1 - given)), (given >= 1 / 2) == came) for given, came in answers]
    return [
        Level(sure, len(right), sum(right))
        for sure in SURE
        if (right := [is_right for level, is_right in told if level == sure])
    ]
