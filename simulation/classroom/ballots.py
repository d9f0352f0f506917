"""What roles have done beside their tables' decisions: the moves that count, and what the class's shoppers answered."""

from collections import Counter
from collections.abc import Iterable, Mapping

from simulation.classroom.case import Moves
from simulation.classroom.lesson import ROUNDS, Lesson
from simulation.classroom.moves import Levers


def votes_by_role(lesson: Lesson) -> Mapping[str, Counter[str]]:
    """Return how often each role that has a lever made each of its moves, over all tables."""
    return {role: _said(lesson, role) for role in _levers(lesson)}


def moves_made(lesson: Lesson) -> Moves:
    """Return the move of each role that has a lever.

    Most of the class's players of the role decide; of several with as many, the first in the case, which is also that
    of a role that nobody plays. All tables live in one world.
    """
    return {role: _first_of_most(lever.options, _said(lesson, role)) for role, lever in _levers(lesson).items()}


def moves_lived(lesson: Lesson) -> Moves:
    """Return the moves of the world that the class has come to live in: how things stand until it is revealed."""
    return moves_made(lesson) if lesson.has_reached("reveal") else lesson.case.standing


def survey_answers(lesson: Lesson) -> Counter[str]:
    """Return how often the class's shoppers gave each answer to the survey."""
    return _said(lesson, "shopper")


def _levers(lesson: Lesson) -> Levers:
    return lesson.case.file.decide.moves


def _first_of_most(options: Iterable[str], votes: Counter[str]) -> str:
    return max(options, key=lambda each: votes[each])  # the first of several


def _said(lesson: Lesson, role: str) -> Counter[str]:
    sealed = (lesson.sealed.get((seat.number, ROUNDS[0])) for seat in lesson.seats.values() if seat.role == role)
    return Counter(each.move for each in sealed if each and each.move)
