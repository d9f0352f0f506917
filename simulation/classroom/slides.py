"""What the screen for the room shows, one thing at a time, and what the class said about each question."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simulation.classroom.lesson import ROUNDS, Lesson
from simulation.classroom.world import Drawing, World

_STEPS = tuple(range(0, 101, 10))  # chances of yes that can be stated, in per cent


@dataclass(frozen=True)
class Slide:
    """One thing that is shown: its kind, and which of that kind it is, from 0."""

    kind: str
    place: int = 0


@dataclass(frozen=True)
class Foreseen:
    """What the class said about a question, without names, and what happened.

    `counts` says how many stated each chance of yes, in tens of per cent; `mean` is None if nobody answered.
    """

    asks: str
    counts: Sequence[tuple[int, int]]
    mean: float | None
    is_yes: bool
    share: float


def slides(lesson: Lesson) -> list[Slide]:
    """Return what is shown one after another in this part of the lesson."""
    part = {
        "read": [Slide("join")],
        "decide": [Slide("round")],
        "reveal": [Slide("votes"), *_moves_slide(lesson), *_foreseen_slides(lesson, "decide"), Slide("news")],
        "respond": [Slide("round")],
        "outcome": [Slide("votes"), *_foreseen_slides(lesson, "respond")],
        "debrief": [*(Slide("talk", place) for place in range(len(lesson.case.file.debrief))), *_moves_slide(lesson)],
    }
    return part[lesson.phase]


def shown(lesson: Lesson) -> Slide:
    """Return what is shown now."""
    among = slides(lesson)
    return among[min(lesson.slide, len(among) - 1)]


def round_shown(lesson: Lesson) -> str:
    """Return the round that this part of the lesson is about."""
    return ROUNDS[lesson.has_reached("respond")]


def foreseen(lesson: Lesson, world: World, place: int) -> Foreseen:
    """Return what the class said about a question of the round that has been shown last."""
    round_ = round_shown(lesson)
    said = [sealed.chances[place] for sealed in lesson.sealed.values() if sealed.round == round_]
    counts = Counter(round(100 * chance) for chance in said)
    return Foreseen(
        lesson.questions(round_)[place].asks,
        [(step, counts[step]) for step in _STEPS],
        sum(said) / len(said) if said else None,
        world.came_true(round_)[place],
        world.shares(round_)[place],
    )


def looked_at(world: World, lesson: Lesson, place: int) -> Sequence[Drawing]:
    """Return the pictures that a question of the debrief is about; none if it is about the board.

    Of responses, at most two: after the choices that most tables took.
    """
    look_at = world.case.file.debrief[place].look_at
    taken = Counter(lesson.decision(seat.table, "decide") for seat in lesson.seats.values())
    wanted = {
        "after the response": [choice for choice, _ in taken.most_common(2)] or list(world.case.choices[1:2]),
        "board": [],
    }.get(look_at, [look_at])
    return [world.on_wall[each] for each in wanted]


def _moves_slide(lesson: Lesson) -> list[Slide]:
    decide = lesson.case.file.decide
    return [Slide("moves")] if decide.moves or decide.survey else []


def _foreseen_slides(lesson: Lesson, round_: str) -> list[Slide]:
    return [Slide("foreseen", place) for place in range(len(lesson.questions(round_)))]
