"""A class that is open: code, instructor's key, lesson, and the journal from which it can be taken up again."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from simulation.classroom.case import Case
from simulation.classroom.clock import Clock
from simulation.classroom.consequences import Consequences
from simulation.classroom.journal import Journal, JournalError
from simulation.classroom.lesson import MOST_TABLES, Lesson, LessonError, Record, Sealed, Seat

JOURNAL = "journal.jsonl"

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is mistaken for another
_CODE_LETTERS = 6
_NOT_TYPED = re.compile(r"[^A-Z0-9]")


class OpenClass:
    """A class, and all that can be asked of it; whatever is done is on disk before it happens."""

    def __init__(
        self,
        case: Case,
        found: Consequences,
        folder: Path,
        tables: int,
        world: int | None = None,
        told: bool | None = None,
    ) -> None:
        """Open a class, or take up the one whose journal lies in the folder.

        `world` counts from 1; one is drawn if it is left out, among those alone in which a newspaper tells of some
        choice in time if `told`, in which none does if not. Raises ValueError, or OSError where nothing can be kept.
        """
        self.case, self.consequences, self.folder = case, found, folder
        if not 1 <= tables <= MOST_TABLES:
            raise ValueError(f"tables: from 1 to {MOST_TABLES} are possible, not {tables}")
        self._journal = Journal(folder / JOURNAL)
        self.is_taken_up = bool(self._journal.records)
        try:
            if not self.is_taken_up:
                self._journal.add(_opening(case, found, tables, world, told))
            self._take_up(folder / JOURNAL)
        except (OSError, ValueError):
            self._journal.close()
            raise

    def _take_up(self, path: Path) -> None:
        """Let everything happen that stands in the journal."""
        first, *others = self._journal.records
        if first.get("case") != _mark(self.case, self.consequences):
            message = f"{path}: a class with another case, or another program, is kept here"
            raise JournalError(f"{message}; end it, delete the file, or name another folder with --out")
        try:
            self.code, self.key = str(first["code"]), str(first["key"])
            plan = next(iter(self.case.file.plans))
            clock = Clock().going(str(first["at"]))
            where = int(first["tables"]), int(first["world"])
            self.lesson = Lesson(self.case, *where, plan, clock=clock, lot=str(first["lot"]))
            for record in others:
                self.lesson.take(record)
        except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise JournalError(f"{path}: this class's journal is damaged; move the file away") from error

    @property
    def records(self) -> tuple[Record, ...]:
        """What has been done so far, in order, without secrets of the class."""
        return self._journal.records[1:]

    def is_instructor(self, key: str) -> bool:
        """Return whether somebody knows the instructor's key."""
        return secrets.compare_digest(key.encode(), self.key.encode())

    def is_code(self, text: str) -> bool:
        """Return whether a text is the class's code, however it is typed."""
        return secrets.compare_digest(_NOT_TYPED.sub("", text.upper()).encode(), self.code.encode())

    def seat(self, secret: str) -> Seat | None:
        """Return the seat of a browser's secret."""
        return self.lesson.seat_of(_hash(secret))

    def join(self, name: str) -> str:
        """Seat somebody; return the secret by which the browser is known from now on. Raises LessonError, OSError."""
        secret = secrets.token_urlsafe(24)
        self._do(self.lesson.joining(name, _hash(secret)))
        return secret

    def let_in(self, number: int) -> str:
        """Return a new secret for a seat; the old one is worth nothing any more. Raises LessonError, OSError."""
        secret = secrets.token_urlsafe(24)
        self._do(self.lesson.letting_in(number, _hash(secret)))
        return secret

    def move(self, number: int, table: int, role: str) -> None:
        """Let somebody go to another table, or take another role. Raises LessonError, OSError."""
        self._do(self.lesson.moving(number, table, role))

    def rename(self, number: int, name: str) -> None:
        """Give somebody another nickname. Raises LessonError, OSError."""
        self._do(self.lesson.renaming(number, name))

    def remove(self, number: int) -> None:
        """Remove somebody, with all that was sealed there. Raises LessonError, OSError."""
        self._do(self.lesson.removing(number))

    def seal(self, seat: Seat, decision: str, chances: Sequence[float], move: str = "") -> Sealed:
        """Seal what somebody has decided and foreseen, and the move of a role that has one.

        Raises LessonError, OSError.
        """
        round_ = self.lesson.phase
        self._do(self.lesson.sealing(seat, decision, chances, secrets.token_hex(8), move))
        return self.lesson.sealed[seat.number, round_]

    def advance(self, from_phase: str, back: bool = False) -> None:
        """Go on from a phase, or back to the one before, once however often it is asked for. Raises OSError."""
        record = self.lesson.advancing(from_phase, back)
        if record:
            self._do(record)

    def close_round(self) -> None:
        """Say that the round will close at once. Raises OSError."""
        self._do({"do": "close"})

    def show(self, slide: int) -> None:
        """Show a slide of this part, counted from 0. Raises OSError."""
        self._do({"do": "show", "slide": slide})

    def take_plan(self, plan: str) -> None:
        """Time the parts of the lesson by a plan of the case; raises LessonError, OSError."""
        if plan not in self.case.file.plans:
            raise LessonError("There is no such plan.")
        self._do({"do": "plan", "plan": plan})

    def pause(self) -> None:
        """Stop the clock, or let it go on. Raises OSError."""
        self._do({"do": "pause" if self.lesson.clock.is_going else "resume"})

    def delete(self) -> None:
        """End the class and delete all that is kept of it."""
        self._journal.delete()

    def close(self) -> None:
        """Let go of the journal; the class can be taken up again."""
        self._journal.close()

    def _do(self, record: Record) -> None:
        self.lesson.take(self._journal.add(record))


def drawn_world(found: Consequences, world: int | None = None, told: bool | None = None) -> int:
    """Return a world's place from its number, counted from 1, or one drawn by lot; raises ValueError.

    `told` says whether a newspaper must tell of some choice in time, or must not; None leaves that to the lot.
    """
    worlds = found.end.worlds
    if world is None:
        with_a_story = found.with_a_story()
        among = [each for each in range(worlds) if told is None or (each in with_a_story) == told]
        if not among:
            raise ValueError(
                f"story: {'no' if told else 'every'} world of this case has one in time; leave it to the lot"
            )
        return secrets.choice(among)
    if not 1 <= world <= worlds:
        raise ValueError(f"world: the case has worlds 1 to {worlds}, not {world}")
    return world - 1


def _opening(case: Case, found: Consequences, tables: int, world: int | None, told: bool | None) -> Record:
    return {
        "do": "open",
        "case": _mark(case, found),
        "code": "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LETTERS)),
        "key": secrets.token_urlsafe(24),
        "world": drawn_world(found, world, told),
        "lot": "named" if world is not None else {None: "by lot", True: "runs", False: "none"}[told],
        "tables": tables,
    }


def _mark(case: Case, found: Consequences) -> str:
    """Return what a class must agree in to be taken up again: the case, and what comes of it."""
    return _hash(f"{case.file.model_dump_json()} {found.end.facts}")[:16]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
