"""A lesson: who sits where, what each has sealed, how far the class is. Made of records, one for each thing done.

The same records, one after another, make the same lesson again.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from simulation.classroom.case import Asked, Case
from simulation.classroom.clock import Clock

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

DECIDING = ("chief executive", "analyst")
"""The retailer's own people, whose votes decide; everybody else at a table advises."""

MOST_SEATS, MOST_TABLES, MOST_LETTERS = 150, 20, 24
_JOINERS = str.maketrans("", "", "\u200d\ufe0f")  # what holds an emoji together

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
    """What somebody has committed to: a decision, the chance given to yes for each question, and perhaps a move.

    The move is a role's own, beside the decision; a shopper's is an answer to the survey; most have none.
    The salt makes the receipt useless for guessing, and is published with the history, so that anybody can check it.
    """

    seat: int
    round: str
    decision: str
    chances: tuple[float, ...]
    salt: str
    move: str = ""

    @property
    def receipt(self) -> str:
        """What proves later that nothing was changed."""
        moved = [self.move] if self.move else []
        said = json.dumps([self.round, self.decision, list(self.chances), self.salt, *moved])
        return hashlib.sha256(said.encode()).hexdigest()[:12]


@dataclass
class Lesson:
    """A class on its way through a case, in one of the case's worlds."""

    case: Case
    tables: int
    world: int
    plan: str = ""
    phase: str = "read"
    slide: int = 0
    is_closing: bool = False
    clock: Clock = field(default_factory=Clock)
    joined: int = 0
    seats: dict[int, Seat] = field(default_factory=dict)
    sealed: dict[tuple[int, str], Sealed] = field(default_factory=dict)
    lot: str = "by lot"  # how that world was taken: by lot among all, for its story (runs, none), or named

    # --- what can be done -----------------------------------------------------------------------------------------

    def joining(self, name: str, secret_hash: str) -> Record:
        """Return the record of somebody who sits down at the emptiest table; raises LessonError."""
        name = self._free_name(name)
        if self.phase == "debrief":
            raise LessonError("This lesson is over; nobody can join it any more.")
        if len(self.seats) >= MOST_SEATS:
            raise LessonError(f"{MOST_SEATS} have joined already; there is no seat left.")
        table = min(range(1, self.tables + 1), key=lambda each: len(self.at_table(each)))
        return {"do": "join", **asdict(Seat(self.joined + 1, name, table, self._free_role(table), secret_hash))}

    def moving(self, number: int, table: int, role: str) -> Record:
        """Return the record of somebody who goes to another table or takes another role; raises LessonError."""
        self._require_seat(number)
        if not 1 <= table <= self.tables:
            raise LessonError(f"There are tables 1 to {self.tables}.")
        if role not in _SEATING:
            raise LessonError("There is no such role.")
        if any(sealed == number for sealed, _ in self.sealed):
            raise LessonError("Who has sealed a decision stays at the table and in the role in which it was sealed.")
        return {"do": "move", "number": number, "table": table, "role": role}

    def renaming(self, number: int, name: str) -> Record:
        """Return the record of another nickname for somebody; raises LessonError."""
        self._require_seat(number)
        return {"do": "rename", "number": number, "name": self._free_name(name, number)}

    def removing(self, number: int) -> Record:
        """Return the record of somebody who leaves, with all that was sealed there; raises LessonError."""
        self._require_seat(number)
        return {"do": "remove", "number": number}

    def letting_in(self, number: int, secret_hash: str) -> Record:
        """Return the record of a new secret for a seat, in place of the old one; raises LessonError."""
        self._require_seat(number)
        return {"do": "let in", "number": number, "secret_hash": secret_hash}

    def sealing(self, seat: Seat, decision: str, chances: Sequence[float], salt: str, move: str = "") -> Record:
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
        asked = self.asked_of(seat)
        if move not in (asked.answers if asked else ("",)):
            raise LessonError("Say what you do in your own role, beside your table's decision.")
        return {"do": "seal", **asdict(Sealed(seat.number, self.phase, decision, tuple(chances), salt, move))}

    def advancing(self, from_phase: str, back: bool = False) -> Record | None:
        """Return the record of going on from a phase, or back to the one before, which opens a closed round again.

        None if the class has gone on already, or is at its end.
        """
        names = list(PHASES)
        to = names.index(self.phase) + (-1 if back else 1)
        if from_phase != self.phase or not 0 <= to < len(names):
            return None
        return {"do": "advance", "to": names[to]}

    def take(self, record: Record) -> None:
        """Let a record happen."""
        what = {key: value for key, value in record.items() if key not in ("do", "at")}
        getattr(self, f"_take_{record['do'].replace(' ', '_')}")(str(record.get("at", "")), **what)

    def _take_join(self, at: str, **seat: Any) -> None:
        self.seats[seat["number"]] = Seat(**seat)
        self.joined = seat["number"]

    def _change(self, at: str, number: int, **changed: Any) -> None:
        self.seats[number] = replace(self.seats[number], **changed)

    _take_let_in = _take_move = _take_rename = _change

    def _take_remove(self, at: str, number: int) -> None:
        del self.seats[number]
        self.sealed = {key: sealed for key, sealed in self.sealed.items() if key[0] != number}

    def _take_seal(self, at: str, **sealed: Any) -> None:
        self.sealed[sealed["seat"], sealed["round"]] = Sealed(**{**sealed, "chances": tuple(sealed["chances"])})

    def _take_advance(self, at: str, to: str) -> None:
        self.phase, self.slide, self.is_closing, self.clock = to, 0, False, Clock().going(at)

    def _take_close(self, at: str) -> None:
        self.is_closing = True

    def _take_show(self, at: str, slide: int) -> None:
        self.slide = slide

    def _take_plan(self, at: str, plan: str) -> None:
        self.plan = plan

    def _take_pause(self, at: str) -> None:
        self.clock = self.clock.stopped(at)

    def _take_resume(self, at: str) -> None:
        self.clock = self.clock.going(at)

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

    def asked_of(self, seat: Seat) -> Asked | None:
        """Return what somebody is asked in this round beside the decision; None if nothing."""
        return self.case.asked_of(seat.role) if self.phase == ROUNDS[0] else None

    def open_to(self, table: int) -> tuple[str, ...]:
        """Return what a table can decide in this round."""
        return self.case.choices if self.phase == "decide" else self.case.responses(self.decision(table, "decide"))

    def decision(self, table: int, round_: str) -> str:
        """Return what a table has decided in a round that is over.

        Most votes of the retailer's own people win; of several with as many, the one of the chief executives, then the
        one that most at the table advise, else the first in the case. A table at which nobody has sealed anything takes
        what stands first.
        """
        options = self.case.choices if round_ == "decide" else self.case.responses(self.decision(table, "decide"))
        own, chiefs, all_ = (self._votes(table, round_, roles) for roles in (DECIDING, DECIDING[:1], _SEATING))
        return max(options, key=lambda each: (own[each], chiefs[each], all_[each], -options.index(each)))

    def votes(self, round_: str) -> dict[str, Counter[str]]:
        """Return how often each role sealed each decision in a round, over all tables."""
        found: dict[str, Counter[str]] = {role: Counter() for role in _SEATING}
        for (number, sealed_in), sealed in self.sealed.items():
            if sealed_in == round_:
                found[self.seats[number].role][sealed.decision] += 1
        return found

    def not_sealed(self) -> int:
        """Return how many have not sealed anything in this round."""
        return sum((number, self.phase) not in self.sealed for number in self.seats)

    def has_decided(self, table: int, round_: str) -> bool:
        """Return whether anybody at a table has sealed a decision in a round."""
        return any((seat.number, round_) in self.sealed for seat in self.at_table(table))

    def course(self, table: int) -> str:
        """Return the policy that a table lives: until it has responded, that of its choice."""
        choice = self.decision(table, "decide")
        return self.case.policy(choice, self.decision(table, "respond") if self.has_reached("outcome") else None)

    def _require_seat(self, number: int) -> None:
        if number not in self.seats:
            raise LessonError("Nobody sits there.")

    def _free_name(self, name: str, own: int | None = None) -> str:
        """Return a nickname without needless blanks if nobody else has it; emoji are letters too."""
        name = " ".join(name.split())
        bare = name.translate(_JOINERS)
        if not (bare and len(name) <= MOST_LETTERS and bare.isprintable()):
            raise LessonError(f"A nickname has 1 to {MOST_LETTERS} letters.")
        others = (seat.name.casefold() for seat in self.seats.values() if seat.number != own)
        if name.casefold() in others:
            raise LessonError(f"Somebody here is called {name} already; take another nickname.")
        return name

    def _votes(self, table: int, round_: str, roles: Sequence[str]) -> Counter[str]:
        seats = [seat for seat in self.at_table(table) if seat.role in roles]
        found = (self.sealed.get((seat.number, round_)) for seat in seats)
        return Counter(sealed.decision for sealed in found if sealed)

    def _free_role(self, table: int) -> str:
        """Return the role that is taken least at a table, the first of several."""
        taken = Counter(seat.role for seat in self.at_table(table))
        return min(_SEATING, key=lambda role: taken[role])
