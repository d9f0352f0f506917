"""What a class has done and foreseen: the history as a table, and how well everybody foresaw."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simulation.classroom.calibration import Level, brier, levels
from simulation.classroom.lesson import ROUNDS, Lesson, Record, Sealed, Seat
from simulation.classroom.world import World

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula


@dataclass(frozen=True)
class Score:
    """How well somebody foresaw: the Brier score over all answers given."""

    seat: Seat
    answers: int
    score: float


@dataclass(frozen=True)
class TableRecord:
    """What a table decided in the rounds that are over, with its votes."""

    table: int
    seats: Sequence[Seat]
    decisions: Sequence[tuple[str, str, bool]]  # round, decision, whether anybody decided


def answers(lesson: Lesson, world: World, sealed: Iterable[Sealed]) -> list[tuple[float, bool]]:
    """Return the chances given and whether it came true, of the rounds that have been shown."""
    return [
        pair
        for each in sealed
        if is_shown(lesson, each.round)
        for pair in zip(each.chances, world.came_true(each.round), strict=True)
    ]


def is_shown(lesson: Lesson, round_: str) -> bool:
    """Return whether a round's outcome has been shown to the class."""
    return lesson.has_reached("reveal" if round_ == "decide" else "outcome")


def score(lesson: Lesson, world: World, seat: Seat) -> Score | None:
    """Return how well somebody foresaw so far, None if nothing of it has been shown."""
    given = answers(lesson, world, (each for each in lesson.sealed.values() if each.seat == seat.number))
    return Score(seat, len(given), brier(*zip(*given, strict=True))) if given else None


def scores(lesson: Lesson, world: World) -> list[Score]:
    """Return everybody's score, the best first."""
    found = [score(lesson, world, seat) for seat in lesson.seats.values()]
    return sorted((each for each in found if each), key=lambda each: each.score)


def class_levels(lesson: Lesson, world: World) -> list[Level]:
    """Return what came true of all that the class said with the same confidence."""
    return levels(answers(lesson, world, lesson.sealed.values()))


def model_score(lesson: Lesson, world: World) -> float:
    """Return the score of somebody who states the shares of all worlds, over the rounds that have been shown."""
    shown = [round_ for round_ in ROUNDS if is_shown(lesson, round_)]
    shares = [share for round_ in shown for share in world.shares(round_)]
    return brier(shares, [came for round_ in shown for came in world.came_true(round_)])


def tables(lesson: Lesson) -> list[TableRecord]:
    """Return every table at which somebody sits, and what it has decided."""
    over = [round_ for round_ in ROUNDS if is_shown(lesson, round_)]
    return [
        TableRecord(
            table,
            seats,
            [(round_, lesson.decision(table, round_), lesson.has_decided(table, round_)) for round_ in over],
        )
        for table in range(1, lesson.tables + 1)
        if (seats := lesson.at_table(table))
    ]


_HEADER = (
    *("at", "round", "table", "nickname", "role", "decision", "decision_of_the_table", "move"),
    *("question", "chance_of_yes", "came_true", "brier", "receipt", "salt"),
)


def history(lesson: Lesson, world: World, records: Iterable[Record]) -> str:
    """Return all that was decided and foreseen as CSV, a row an answer; what is not shown yet is left empty."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(_HEADER)
    for record in records:
        if record["do"] == "seal" and (sealed := lesson.sealed.get((record["seat"], record["round"]))):
            table.writerows(_safe(row) for row in _rows(lesson, world, str(record["at"]), sealed))
    return stream.getvalue()


def _rows(lesson: Lesson, world: World, at: str, sealed: Sealed) -> Iterable[Sequence[object]]:
    seat, shown = lesson.seats[sealed.seat], is_shown(lesson, sealed.round)
    decided = lesson.decision(seat.table, sealed.round) if shown else ""
    head = (at, sealed.round, seat.table, seat.name, seat.role, sealed.decision, decided, sealed.move)
    came = world.came_true(sealed.round)
    for question, chance, is_yes in zip(lesson.questions(sealed.round), sealed.chances, came, strict=True):
        truth = (is_yes, f"{(chance - is_yes) ** 2:.4f}") if shown else ("", "")
        yield (*head, question.asks, f"{chance:.2f}", *truth, sealed.receipt, sealed.salt)


def _safe(cells: Iterable[object]) -> list[object]:
    """Return cells of which none is a formula to a spreadsheet."""
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in cells]
