"""What other moves would have brought, and what was made of them: the worlds that a class can come to live in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulation.classroom.ballots import survey_answers, votes_by_role
from simulation.classroom.case import Case, Moves
from simulation.classroom.consequences import Consequences, consequences
from simulation.classroom.lesson import Lesson
from simulation.classroom.one_world import OneWorld, one_world
from simulation.classroom.world import Courses, World, measured
from simulation.runs.formats import dollars
from simulation.runs.roles import ROLES

_RETAILER = "chief executive"


@dataclass(frozen=True)
class Tried:
    """A move: what it is called and says, by how many it was made, whether it counts.

    `brought` is one for each course, as texts: the retailer's value against the first choice, the role's own measure.
    """

    move: str
    says: str
    votes: int
    is_made: bool
    brought: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class RoleMoves:
    """A role's moves, each with all other roles' as they were made; and what its own measure is."""

    role: str
    asks: str
    measure: str
    courses: Sequence[str]
    tried: Sequence[Tried]

    @property
    def made(self) -> str:
        """The move that counts."""
        return next(each.move for each in self.tried if each.is_made)


@dataclass(frozen=True)
class SurveyTold:
    """What the class's shoppers answered, and what the simulated ones would say and did."""

    asks: str
    yes: int
    no: int
    minding: float
    card_use: float


class Worlds:
    """One of a case's worlds by number, in each of the forms that moves give it; worked out when it is first wanted."""

    def __init__(self, case: Case, found: Consequences, number: int, folder: Path) -> None:
        self.case, self.number, self._folder = case, number, folder
        self._whole: dict[tuple[str, ...], World] = {_key(case.standing): World(case, found, number)}
        self._alone: dict[tuple[str, ...], OneWorld] = {}

    def is_known(self, moves: Moves) -> bool:
        """Return whether all worlds have been lived with these moves."""
        return _key(moves) in self._whole

    def of(self, moves: Moves) -> World:
        """Return the world with these moves, among all worlds with the same; lives them if they are not known."""
        if not self.is_known(moves):
            case = self.case.with_moves(moves)
            self._whole[_key(moves)] = World(case, consequences(case, self._folder), self.number)
        return self._whole[_key(moves)]

    def others_are_known(self, moves: Moves) -> bool:
        """Return whether it is known what each role's other moves would have brought."""
        return all(_key(each) in self._alone for each in self._around(moves))

    def live_others(self, moves: Moves) -> None:
        """Live this one world with each role's other moves, the others' staying as they are."""
        for each in self._around(moves):
            if _key(each) not in self._alone:
                self._alone[_key(each)] = one_world(self.case.with_moves(each), self.number, self._folder)

    def role_moves(self, moves: Moves, courses: Courses, votes: Mapping[str, Mapping[str, int]]) -> list[RoleMoves]:
        """Return what each role's moves bring, or would have brought, by course; lives what is not known."""
        self.live_others(moves)
        return [self._of_role(role, moves, courses, votes.get(role, {})) for role in moves]

    def survey(self, moves: Moves, answers: Mapping[str, int]) -> SurveyTold | None:
        """Return the class's answers beside what shoppers in this world say and do; None without a survey."""
        self.live_others(moves)
        asked, found = self.case.file.decide.survey, self._alone[_key(moves)]
        if asked is None or found.minding is None or found.card_use is None:
            return None
        return SurveyTold(asked.asks, answers["yes"], answers["no"], found.minding, found.card_use)

    def _around(self, moves: Moves) -> Iterable[Moves]:
        """Yield the moves that were made, then those in which one role alone moves otherwise."""
        yield moves
        for role, lever in self.case.file.decide.moves.items():
            yield from ({**moves, role: option} for option in lever.options if option != moves[role])

    def _of_role(self, role: str, moves: Moves, courses: Courses, votes: Mapping[str, int]) -> RoleMoves:
        lever = self.case.file.decide.moves[role]
        tried = [
            Tried(name, option.says, votes.get(name, 0), name == moves[role], self._brought(role, moves, name, courses))
            for name, option in lever.options.items()
        ]
        return RoleMoves(role, lever.asks, ROLES[role].measure, list(courses.values()), tried)

    def _brought(self, role: str, moves: Moves, option: str, courses: Courses) -> list[tuple[str, str]]:
        found, first = self._alone[_key({**moves, role: option})].roles, self.case.policy(self.case.choices[0])
        gains = [found[policy][_RETAILER] - found[first][_RETAILER] for policy in courses]
        own = [measured(role, found[policy][role]) for policy in courses]
        return [(dollars(gain, signed=True), text) for gain, text in zip(gains, own, strict=True)]


def of_tables(lesson: Lesson, worlds: Worlds, moves: Moves) -> list[RoleMoves]:
    """Return what each role's moves brought, or would have brought, for the tables' courses, the commonest first."""
    tables: dict[str, list[int]] = {}
    for table in sorted({seat.table for seat in lesson.seats.values()}):
        tables.setdefault(lesson.course(table), []).append(table)
    said, most_lived = worlds.of(moves).courses, sorted(tables, key=lambda policy: -len(tables[policy]))
    courses = {policy: f"{_named(tables[policy])}: {said[policy]}" for policy in most_lived}
    return worlds.role_moves(moves, courses, votes_by_role(lesson))


def surveyed(lesson: Lesson, worlds: Worlds, moves: Moves) -> SurveyTold | None:
    """Return the answers of the class's shoppers beside those of the simulated ones."""
    return worlds.survey(moves, survey_answers(lesson))


def _named(tables: Sequence[int]) -> str:
    return f"table{'s' if len(tables) > 1 else ''} {', '.join(map(str, tables))}"


def _key(moves: Moves) -> tuple[str, ...]:
    return tuple(moves.values())
