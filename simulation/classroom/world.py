"""The world that a class lives in: what is seen of each course there, in words, in tables and in pictures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulation.classroom.board import Row, board
from simulation.classroom.case import Case
from simulation.classroom.consequences import Consequences, Stage
from simulation.classroom.pictures import all_worlds, over_time, svg_of
from simulation.report.report import inline_svg
from simulation.runs.formats import dollars, percent, thousandths
from simulation.runs.roles import ROLES, policy_by_vote

Courses = Mapping[str, str]  # what each policy is called, by policy


@dataclass(frozen=True)
class Fact:
    """What everybody reads of a course, and how it is written."""

    name: str
    heading: str
    text: Callable[[float], str]


FACTS = (
    Fact("value", "value against the first choice", lambda value: dollars(value, signed=True)),
    Fact("data_income", "fees for records", dollars),
    Fact("members", "what members get, against the first choice", lambda value: dollars(value, signed=True)),
    Fact("data_buyer", "the data buyer's account", lambda value: dollars(value, signed=True)),
    Fact("trust", "trust, 0 to 1", thousandths),
    Fact("left", "opening patrons who have left", percent),
    Fact("complaints", "complaints", lambda value: f"{value:,.0f}"),
    Fact("consent_debt", "years of unknown flows that would be refused", lambda value: f"{value:,.0f}"),
    Fact("harmful_events", "harmful events to be expected", lambda value: f"{value:,.0f}"),
    Fact("story_week", "story", lambda value: f"week {value:.0f}" if value else "none"),
)


@dataclass(frozen=True)
class Drawing:
    """A picture as it stands in a page."""

    svg: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Private:
    """A role's own measure of a course: what it is called, in words, and its place among all, 1 for the best."""

    said: str
    text: str
    place: int


@dataclass(frozen=True)
class Spread:
    """A course in all worlds: the middle and the ends of its value, where it gains, and where a story ran.

    `untold_mean` and `told_mean` are the mean values where no story ran and where one did; None where there is no such
    world.
    """

    said: str
    middle: float
    low: float
    high: float
    gains: int
    told: int
    untold_mean: float | None
    told_mean: float | None


class World:
    """One of a case's worlds, by number from 0, with what is known of all of them."""

    def __init__(self, case: Case, found: Consequences, number: int) -> None:
        self.case, self.found, self.number = case, found, number

    # --- who is seen ----------------------------------------------------------------------------------------------

    @cached_property
    def choices(self) -> Courses:
        """What can be chosen at first."""
        return {self.case.policy(choice): choice for choice in self.case.choices}

    @cached_property
    def courses(self) -> Courses:
        """All courses."""
        return {each.policy: f"{each.choice}; {each.response}" for each in self.case.courses}

    def alone(self, *choices: str) -> Courses:
        """Return some of the choices."""
        return {self.case.policy(choice): choice for choice in choices}

    def after(self, choice: str) -> Courses:
        """Return the courses that a choice leaves open, called by the response."""
        return {self.case.policy(choice, response): response for response in self.case.responses(choice)}

    def told(self, choice: str) -> int:
        """Return the week in which a newspaper tells of a choice before the class responds; 0 if none does."""
        return int(self.found.first.fact(self.case.policy(choice), "story_week", self.number))

    # --- what is seen of them -------------------------------------------------------------------------------------

    @property
    def worlds(self) -> int:
        """How many worlds there are."""
        return self.found.end.worlds

    def table(self, stage: Stage, courses: Courses) -> list[tuple[str, list[str]]]:
        """Return what each course is called, and its facts as texts, in order of FACTS."""
        return [
            (said, [fact.text(stage.fact(policy, fact.name, self.number)) for fact in FACTS])
            for policy, said in courses.items()
        ]

    def private(self, stage: Stage, role: str, courses: Courses) -> list[Private]:
        """Return a role's own measure of each course, the best first."""
        values = {policy: stage.roles[policy][role][self.number] for policy in courses}
        found = [
            Private(courses[policy], measured(role, value), 1 + sum(other > value for other in values.values()))
            for policy, value in values.items()
        ]
        return sorted(found, key=lambda each: each.place)

    def board(self, everywhere: bool = False) -> list[Row]:
        """Return the board of all courses here, or at the median of all worlds."""
        return board(self.found.end, list(self.courses), None if everywhere else self.number)

    def spreads(self) -> list[Spread]:
        """Return all courses over all worlds."""
        return [self._spread(policy, said) for policy, said in self.courses.items()]

    def by_vote(self) -> str:
        """Return the course that wins if every role ranks all by its own measure, at the median of all worlds."""
        return self.courses[policy_by_vote({role: self._ranked(role) for role in ROLES})]

    def came_true(self, round_: str) -> list[bool]:
        """Return the true answers to a round's questions, here."""
        return [truths[self.number] for truths in self._stage(round_).truths]

    def shares(self, round_: str) -> list[float]:
        """Return in which share of all worlds the answer to each of a round's questions is yes."""
        return [sum(truths) / len(truths) for truths in self._stage(round_).truths]

    # --- pictures -------------------------------------------------------------------------------------------------

    @cached_property
    def until_response(self) -> Drawing:
        """All choices until the class responds."""
        return self._over_time("until-response", self.found.first, self.choices)

    @cached_property
    def of_choice(self) -> Mapping[str, Drawing]:
        """Each choice until the class responds, beside the first one alone: what its own table sees at first."""
        first = self.case.choices[0]
        return {
            choice: self._over_time(f"of-choice-{place}", self.found.first, self.alone(first, choice))
            for place, choice in enumerate(self.case.choices)
        }

    @cached_property
    def after_response(self) -> Sequence[Drawing]:
        """What comes of the responses, a picture for each choice."""
        return [
            self._over_time(f"after-response-{place}", self.found.end, self.after(choice))
            for place, choice in enumerate(self.case.choices)
        ]

    @cached_property
    def all_worlds(self) -> Drawing:
        """All courses but the first, in all worlds."""
        return self._all_worlds("all-worlds")

    @cached_property
    def on_wall(self) -> Mapping[str, Drawing]:
        """What the debrief looks at, drawn for the screen of a room: by what it is, or by the choice responded to."""
        after = {
            choice: self._over_time(f"wall-{place}", self.found.end, self.after(choice), True)
            for place, choice in enumerate(self.case.choices)
        }
        until = self._over_time("wall-until-response", self.found.first, self.choices, True)
        return {"until the response": until, "all worlds": self._all_worlds("wall-all-worlds", True), **after}

    def drawings(self) -> list[Drawing]:
        """Return all pictures; once they are drawn, nobody waits for one."""
        each = (*self.of_choice.values(), *self.after_response, *self.on_wall.values())
        return [self.until_response, *each, self.all_worlds]

    def _all_worlds(self, name: str, on_wall: bool = False) -> Drawing:
        courses = dict(list(self.courses.items())[1:])
        picture = all_worlds(name, self.found.end, courses, self.number, on_wall)
        return Drawing(inline_svg(svg_of(picture), picture.name), picture.alt, picture.caption)

    def _over_time(self, name: str, stage: Stage, courses: Courses, on_wall: bool = False) -> Drawing:
        stories = (int(stage.fact(policy, "story_week", self.number)) for policy in courses)
        weeks = {"first story": min(filter(None, stories), default=0), "response": self.case.file.respond.week}
        marks = {name: week for name, week in weeks.items() if week}
        picture = over_time(name, stage, courses, self.number, marks, on_wall)
        return Drawing(inline_svg(svg_of(picture), picture.name), picture.alt, picture.caption)

    def _ranked(self, role: str) -> list[str]:
        """Return all courses' policies, best first by a role's own measure, at the median of all worlds."""
        middle = {policy: float(np.median(self.found.end.roles[policy][role])) for policy in self.courses}
        return sorted(middle, key=lambda policy: -middle[policy])

    def _spread(self, policy: str, said: str) -> Spread:
        values = np.array(self.found.end.facts[policy]["value"])
        low, middle, high = (float(each) for each in np.quantile(values, [0.1, 0.5, 0.9]))
        told = np.array(self.found.end.facts[policy]["story_week"]) > 0
        means = (float(values[where].mean()) if where.any() else None for where in (~told, told))
        return Spread(said, middle, low, high, int((values > 0).sum()), int(told.sum()), *means)

    def _stage(self, round_: str) -> Stage:
        return self.found.first if round_ == "decide" else self.found.end


def measured(role: str, value: float) -> str:
    """Return a role's measure as its reader would say it: of what should be little, how much there is."""
    shown = abs(value) if ROLES[role].fewer else value
    if ROLES[role].in_dollars:
        return dollars(shown, digits=5)
    return f"{shown:,.0f}" if ROLES[role].fewer else f"{shown:.3f}"
