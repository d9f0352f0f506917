"""A case for a class, as a file: what is read and decided, and under which policy of a scenario each course is lived.

The class decides twice: a choice at first, and a response some time later. Every pair of both is a policy of one
scenario, so that all tables live with the same shoppers and the same luck. Whether a newspaper has told of a choice by
then is up to each world.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulation.classroom.moves import ANSWERS, Lever, Survey, moved, problems_of_moves
from simulation.classroom.questions import Question, problems_of_question
from simulation.runs.roles import ROLES
from simulation.scenario.documents import read_document
from simulation.scenario.problems import Path as KeyPath
from simulation.scenario.problems import Problem
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Name, Scenario, Text
from simulation.scenario.shipped_files import cases, file_of

_STRICT = ConfigDict(frozen=True, extra="forbid")
_Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
_Questions = Annotated[tuple[Question, ...], Field(min_length=1, max_length=6)]


class Choice(BaseModel):
    """One thing that a table can choose: what it says, and the policy lived for each response open to it afterwards."""

    model_config = _STRICT

    says: Text
    responses: dict[Name, Name] = Field(min_length=1, max_length=8)


class FirstRound(BaseModel):
    """What is decided first; the first choice is what all others are measured against.

    Beside it, roles that have levers make moves of their own, and shoppers answer a survey.
    """

    model_config = _STRICT

    asks: Text
    choices: dict[Name, Choice] = Field(min_length=2, max_length=8)
    moves: dict[Text, Lever] = {}
    survey: Survey | None = None
    predict: _Questions


class Story(BaseModel):
    """What tables read before they respond: those of whose choice a newspaper has told by then, and all others."""

    model_config = _STRICT

    headline: Text
    text: Text
    otherwise: Text


class SecondRound(BaseModel):
    """What is decided some time after the first choice, from a week on."""

    model_config = _STRICT

    week: int = Field(ge=2)
    asks: Text
    responses: dict[Name, Text] = Field(min_length=1, max_length=12)
    predict: _Questions


class Step(BaseModel):
    """What is done in a part of a lesson, and for how long."""

    model_config = _STRICT

    part: Literal["read", "decide", "reveal", "respond", "outcome", "debrief"]
    minutes: int = Field(ge=1, le=240)
    does: Text


class Talk(BaseModel):
    """A question of the debrief and what to look at."""

    model_config = _STRICT

    asks: Text
    look_at: Literal["until the response", "after the response", "all worlds", "board"]


class Key(BaseModel):
    """What the instructor knows: what the model can settle and what it cannot, and where lessons go astray."""

    model_config = _STRICT

    settles: _Texts
    cannot_settle: _Texts
    watch_for: _Texts


class CaseFile(BaseModel):
    """A case as it stands in its file; `called` gives roles another name in this case."""

    model_config = _STRICT

    title: Text
    scenario: Name
    source: Text
    briefing: Text
    roles: dict[Text, Text]
    called: dict[Text, Name] = {}
    decide: FirstRound
    story: Story
    respond: SecondRound
    plans: dict[Text, Annotated[tuple[Step, ...], Field(min_length=1)]] = Field(min_length=1)
    debrief: Annotated[tuple[Talk, ...], Field(min_length=1)]
    key: Key


@dataclass(frozen=True)
class Course:
    """A choice and a response to the story, lived under a policy of the case's scenario."""

    choice: str
    response: str
    policy: str


Moves = Mapping[str, str]  # what each role that has a lever does, by role


@dataclass(frozen=True)
class Asked:
    """What a role is asked of its own, and its answers: what each is called, and what it says."""

    asks: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """A case with its scenario."""

    name: str
    file: CaseFile
    scenario: Scenario

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be chosen at first."""
        return tuple(self.file.decide.choices)

    @property
    def courses(self) -> tuple[Course, ...]:
        """All courses in order of choice and response."""
        return tuple(
            Course(name, response, policy)
            for name, choice in self.file.decide.choices.items()
            for response, policy in choice.responses.items()
        )

    @property
    def standing(self) -> Moves:
        """The first move of every role that has a lever: how things stand."""
        return {role: next(iter(lever.options)) for role, lever in self.file.decide.moves.items()}

    def asked_of(self, role: str) -> Asked | None:
        """Return what a role is asked of its own in the first round, and what it can answer; None if nothing."""
        decide = self.file.decide
        if role in decide.moves:
            lever = decide.moves[role]
            return Asked(lever.asks, {name: option.says for name, option in lever.options.items()})
        return Asked(decide.survey.asks, ANSWERS) if decide.survey and role == "shopper" else None

    def with_moves(self, moves: Moves) -> "Case":
        """Return the case in the world in which some moves are made; moves that are not named stay as things stand."""
        levers = self.file.decide.moves
        return replace(self, scenario=moved(self.scenario, (levers[role].options[moves[role]] for role in moves)))

    def called(self, role: str) -> str:
        """Return what a role is called in this case."""
        return self.file.called.get(role, role)

    def responses(self, choice: str) -> tuple[str, ...]:
        """Return the responses that a choice leaves open; the first is that of a table that says nothing."""
        return tuple(self.file.decide.choices[choice].responses)

    def policy(self, choice: str, response: str | None = None) -> str:
        """Return the policy of a course; until the response, that of the first one stands for all."""
        return self.file.decide.choices[choice].responses[response or self.responses(choice)[0]]

    def minutes(self, plan: str, part: str) -> int:
        """Return how long a part of the lesson takes under a plan, 0 if it has none of it."""
        return sum(step.minutes for step in self.file.plans[plan] if step.part == part)


def read_case(path: str | Path) -> Case:
    """Return the case in a file, or one that comes with the program, by its name, with its scenario.

    Raises ScenarioError with all that is wrong with either.
    """
    path = file_of(path, cases(), "case")
    read: list[Scenario] = []

    def further(file: CaseFile) -> Iterator[Problem]:
        """Yield what is wrong with a case that is well formed, beside the scenario that it names."""
        read.append(read_scenario(path.parent / file.scenario))
        yield from _problems(file, read[0])

    file = read_document(path, CaseFile, further)
    return Case(path.parent.name if path.stem == "case" else path.stem, file, read[0])


# --- what does not hang together -----------------------------------------------------------------------------------


def _problems(file: CaseFile, scenario: Scenario) -> Iterator[Problem]:
    yield from _role_problems(file)
    yield from _course_problems(file, scenario)
    yield from problems_of_moves(file.decide.moves, scenario, ("decide", "moves"))
    yield from _survey_problems(file, scenario)
    if not file.respond.week <= scenario.weeks:
        message = f"week {file.respond.week} lies after the end of the scenario, week {scenario.weeks}"
        yield Problem(("respond", "week"), message, "respond earlier")
    for part, questions in (("decide", file.decide.predict), ("respond", file.respond.predict)):
        for place, question in enumerate(questions):
            yield from problems_of_question(question, (part, "predict", place))
            yield from _about_problems(file, question, (part, "predict", place))


def _role_problems(file: CaseFile) -> Iterator[Problem]:
    for part, names in (("roles", file.roles), ("called", file.called)):
        for name in names:
            if name not in ROLES:
                yield _unknown((part, name), "role", name, ROLES, at_key=True)
    if missing := [name for name in ROLES if name not in file.roles]:
        yield Problem(("roles",), f"there is no sheet for: {', '.join(missing)}", "write one for each role")


def _survey_problems(file: CaseFile, scenario: Scenario) -> Iterator[Problem]:
    """Yield a survey about what is no choice, or about a choice that starts nothing to ask about."""
    if file.decide.survey is None:
        return
    about, at = file.decide.survey.about, ("decide", "survey", "about")
    if about not in file.decide.choices:
        yield _unknown(at, "choice", about, file.decide.choices)
        return
    policy = next(iter(file.decide.choices[about].responses.values()))
    if policy in scenario.policies and not any(action.practice() for action in scenario.policies[policy]):
        yield Problem(at, f"'{about}' starts nothing that shoppers could mind", "ask about another choice")


def _course_problems(file: CaseFile, scenario: Scenario) -> Iterator[Problem]:
    """Yield policies and responses that are not there, and policies that part before the class responds."""
    for name, choice in file.decide.choices.items():
        at: KeyPath = ("decide", "choices", name, "responses")
        for response, policy in choice.responses.items():
            if response not in file.respond.responses:
                yield _unknown((*at, response), "response", response, file.respond.responses, at_key=True)
            if policy not in scenario.policies:
                yield _unknown((*at, response), "policy", policy, scenario.policies)
        known = [policy for policy in choice.responses.values() if policy in scenario.policies]
        before = {policy: _before(scenario, policy, file.respond.week) for policy in known}
        for policy in known[1:]:
            if before[policy] != before[known[0]]:
                message = f"policy '{policy}' parts from '{known[0]}' before the class responds"
                yield Problem(at, message, f"let both do the same before week {file.respond.week}")
    first = next(iter(next(iter(file.decide.choices.values())).responses.values()))
    if first in scenario.policies and first != next(iter(scenario.policies)):
        message = f"the first response to the first choice is '{first}', and not the scenario's first policy"
        yield Problem(
            ("decide", "choices"), message, f"begin with '{next(iter(scenario.policies))}': it is the baseline"
        )


def _before(scenario: Scenario, policy: str, week: int) -> list[object]:
    return [action for action in scenario.policies[policy] if action.week < week]


def _about_problems(file: CaseFile, question: Question, path: KeyPath) -> Iterator[Problem]:
    """Yield a choice or response that a question is about and that is not there."""
    if question.about not in file.decide.choices:
        yield _unknown((*path, "about"), "choice", question.about, file.decide.choices)
        return
    known = file.decide.choices[question.about].responses
    if path[0] == "decide" and question.response is not None:
        yield Problem((*path, "response"), "nobody has responded yet in the first round", "leave 'response' out")
    if path[0] == "respond" and question.response not in known:
        yield _unknown((*path, "response"), f"response to '{question.about}'", str(question.response), known)


def _unknown(path: KeyPath, kind: str, name: str, among: Iterable[str], at_key: bool = False) -> Problem:
    return Problem(path, f"there is no {kind} '{name}'", among=tuple(among), wrong=name, at_key=at_key)
