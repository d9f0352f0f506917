"""A lesson: who sits where, what each has sealed, how far the class is. Made of records, one for each thing done.

The same records, one after another, make the same lesson again.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from simulation.classroom.case import Case

PHASES = {
    "read": "Read",
    "decide": "Decide",
    "reveal": "Reveal",
    "respond": "Respond",
    "outcome": "Outcome",
    "debrief": "Debrief",
}
"""The parts of a lesson in order, and what they are called."""

ROUNDS = ("decide", "respond")
"""The phases in which everybody seals a decision."""

_SEATING = ("chief executive", "consumer advocate", "insurer", "shopper", "regulator", "analyst")

MOST_SEATS, MOST_TABLES, MOST_LETTERS = 150, 20, 24

Record = Mapping[str, Any]


class LessonError(ValueError):
    """Why something cannot be done in a lesson, in a sentence."""


@dataclass(frozen=True)
class Seat:
    """Somebody who takes part, under a nickname; known again by the hash of a secret that only the browser has."""

    number: int
    name: str
    table: int
    role: str
    secret_hash: str


@dataclass(frozen=True)
class Sealed:
    """What somebody has committed to: a decision, and the chance given to yes for each question.

    The salt makes the receipt useless for guessing, and is published with the history, so that anybody can check it.
    """

    seat: int
    round: str
    decision: str
    chances: tuple[float, ...]
    salt: str

    @property
    def receipt(self) -> str:
        """What proves later that nothing was changed."""
        said = json.dumps([self.round, self.decision, list(self.chances), self.salt])
        return hashlib.sha256(said.encode()).hexdigest()[:12]


@dataclass
class Lesson:
    """A class on its way through a case, in one of the case's worlds."""

    case: Case
    tables: int
    world: int
    phase: str = "read"
    seats: dict[int, Seat] = field(default_factory=dict)
    sealed: dict[tuple[int, str], Sealed] = field(default_factory=dict)

    # --- what can be done -----------------------------------------------------------------------------------------

    def joining(self, name: str, table: int, secret_hash: str) -> Record:
        """Return the record of somebody who sits down at a table; raises LessonError."""
        name = " ".join(name.split())
        if self.phase == "debrief":
            raise LessonError("This lesson is over; nobody can join it any more.")
        if not (0 < len(name) <= MOST_LETTERS and name.isprintable()):
            raise LessonError(f"A nickname has 1 to {MOST_LETTERS} letters.")
        if any(seat.name.casefold() == name.casefold() for seat in self.seats.values()):
            raise LessonError(f"Somebody here is called {name} already; take another nickname.")
        if not 1 <= table <= self.tables:
            raise LessonError(f"There are tables 1 to {self.tables}.")
        if len(self.seats) >= MOST_SEATS:
            raise LessonError(f"{MOST_SEATS} have joined already; there is no seat left.")
        seat = Seat(len(self.seats) + 1, name, table, self._free_role(table), secret_hash)
        return {"do": "join", **asdict(seat)}

    def letting_in(self, number: int, secret_hash: str) -> Record:
        """Return the record of a new secret for a seat, in place of the old one; raises LessonError."""
        if number not in self.seats:
            raise LessonError("Nobody sits there.")
        return {"do": "let in", "number": number, "secret_hash": secret_hash}

    def sealing(self, seat: Seat, decision: str, chances: Sequence[float], salt: str) -> Record:
        """Return the record of somebody who seals a decision and predictions in this round; raises LessonError."""
        if self.phase not in ROUNDS:
            raise LessonError("Nothing can be sealed now.")
        if (seat.number, self.phase) in self.sealed:
            raise LessonError("You have sealed your decision already; it stays as it is.")
        if decision not in self.open_to(seat.table):
            raise LessonError("Choose one of the decisions that are open to your table.")
        questions = self.questions(self.phase)
        if len(chances) != len(questions) or not all(0 <= each <= 1 for each in chances):
            raise LessonError("Answer every question, and say how sure you are.")
        return {"do": "seal", **asdict(Sealed(seat.number, self.phase, decision, tuple(chances), salt))}

    def advancing(self, from_phase: str) -> Record | None:
        """Return the record of going on from a phase; None if the class has gone on already, or is at its end."""
        names = list(PHASES)
        if from_phase != self.phase or self.phase == names[-1]:
            return None
        return {"do": "advance", "to": names[names.index(self.phase) + 1]}

    def take(self, record: Record) -> None:
        """Let a record happen."""
        what = {key: value for key, value in record.items() if key not in ("do", "at")}
        if record["do"] == "join":
            self.seats[what["number"]] = Seat(**what)
        elif record["do"] == "let in":
            self.seats[what["number"]] = replace(self.seats[what["number"]], secret_hash=what["secret_hash"])
        elif record["do"] == "seal":
            sealed = Sealed(**{**what, "chances": tuple(what["chances"])})
            self.sealed[sealed.seat, sealed.round] = sealed
        else:
            self.phase = what["to"]

    # --- what can be seen -----------------------------------------------------------------------------------------

    def has_reached(self, phase: str) -> bool:
        """Return whether the class is in a phase, or past it."""
        names = list(PHASES)
        return names.index(self.phase) >= names.index(phase)

    def seat_of(self, secret_hash: str) -> Seat | None:
        """Return whose secret it is."""
        return next((seat for seat in self.seats.values() if seat.secret_hash == secret_hash), None)

    def at_table(self, table: int) -> list[Seat]:
        """Return who sits at a table."""
        return [seat for seat in self.seats.values() if seat.table == table]

    def questions(self, round_: str) -> Sequence[Any]:
        """Return what is to be foreseen in a round."""
        return self.case.file.decide.predict if round_ == "decide" else self.case.file.respond.predict

    def open_to(self, table: int) -> tuple[str, ...]:
        """Return what a table can decide in this round."""
        return self.case.choices if self.phase == "decide" else self.case.responses(self.decision(table, "decide"))

    def decision(self, table: int, round_: str) -> str:
        """Return what a table has decided in a round that is over.

        Most votes win; of several with as many, the one of the table's chief executives, else the first in the case.
        A table at which nobody has sealed anything takes what stands first.
        """
        options = self.case.choices if round_ == "decide" else self.case.responses(self.decision(table, "decide"))
        votes, chiefs = self._votes(table, round_), self._votes(table, round_, "chief executive")
        return max(options, key=lambda option: (votes[option], chiefs[option], -options.index(option)))

    def has_decided(self, table: int, round_: str) -> bool:
        """Return whether anybody at a table has sealed a decision in a round."""
        return any((seat.number, round_) in self.sealed for seat in self.at_table(table))

    def course(self, table: int) -> str:
        """Return the policy that a table lives: until it has responded, that of its choice."""
        choice = self.decision(table, "decide")
        return self.case.policy(choice, self.decision(table, "respond") if self.has_reached("outcome") else None)

    def _votes(self, table: int, round_: str, role: str | None = None) -> Counter[str]:
        seats = [seat for seat in self.at_table(table) if role in (None, seat.role)]
        found = (self.sealed.get((seat.number, round_)) for seat in seats)
        return Counter(sealed.decision for sealed in found if sealed)

    def _free_role(self, table: int) -> str:
        """Return the role that is taken least at a table, the first of several."""
        taken = Counter(seat.role for seat in self.at_table(table))
        return min(_SEATING, key=lambda role: taken[role])
