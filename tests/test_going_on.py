"""Every question that was stopped goes on from the runs that it had; its answer does not depend on processes."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from conftest import SALE

from simulation.questions.answer import Answer
from simulation.questions.ask import Question, ask
from simulation.questions.break_even.question import BreakEven
from simulation.questions.catalogue import QUESTIONS
from simulation.questions.churn.question import Churn
from simulation.questions.compare.question import Compare
from simulation.questions.ensemble.question import Ensemble
from simulation.questions.explain.question import Explain
from simulation.questions.optimise.question import Optimise
from simulation.questions.reserve.question import Reserve
from simulation.questions.robust.question import Robust
from simulation.questions.screen.question import Screen
from simulation.questions.sensitivity.question import Sensitivity
from simulation.questions.survey.question import Survey
from simulation.runs import executors, runner, tasks
from simulation.runs.executors import Means
from simulation.runs.runner import Runner, Watcher
from simulation.scenario.schema import Scenario

STORY = {"week": 9, "do": "press_story", "about": "share_data", "reach": 0.8}
DRAWN = {"world.story_reach": [0.1, 0.6], "behaviour.trust_loss_ratio": [2, 10]}
ASKED = (
    Compare(),
    Explain("exposed", pick="biggest-loss"),
    Churn("exposed", by=("tier",)),
    BreakEven("fee_per_member_year", policy="sale", tried=3),
    Reserve("sale", every=2),
    Ensemble(draws=2, replicates=2),
    Sensitivity("exposed", over=("uncertain",), few=2, trajectories=2, samples=2, replicates=2),
    Robust(worlds=4, fresh=2),
    Optimise("sale", vary=("fee_per_member_year=0.1:2",), trials=3, worlds=2, fresh=2),
    Survey("sale", sample=100),
    Screen(),
)
"""Every question, asked in a few seconds."""

DAILY = {"compare", "churn", "reserve", "asking", "screen"}  # each is kept in a way of its own; others as findings

each_question = pytest.mark.parametrize(
    "question",
    [pytest.param(each, id=each.name, marks=[] if each.name in DAILY else pytest.mark.slow) for each in ASKED],
)


@pytest.fixture
def case(make_scenario: Callable[..., Scenario]) -> Scenario:
    policies = {"sale": [SALE], "exposed": [SALE, STORY]}
    return make_scenario(policies, weeks=64, replicates=3, uncertain=DRAWN, population={"shoppers": 300})


class Stopped(BaseException):
    """What stops a question, as a signal does."""


class Counting(Watcher):
    """Counts the weeks that it is told of, and stops after so many."""

    def __init__(self, most: float = float("inf")) -> None:
        self.weeks, self.most, self.told = 0, most, 0

    def progress(self, total: int) -> Any:
        return nullcontext(self._take)

    def _take(self, weeks: int) -> None:
        self.weeks, self.told = self.weeks + weeks, self.told + 1
        if self.weeks > self.most:
            raise Stopped


def asked(case: Scenario, question: Question, folder: Path | None, means: Means, watcher: Watcher) -> Answer:
    with Runner(folder, means, watcher) as carrying:
        return ask(case, question, carrying)


def told(answer: Answer) -> str:
    """Return all of an answer that does not tell of the time when it was made."""
    tables = [[list(row) for row in each.rows()] for each in answer.tables if each.columns]
    return json.dumps([answer.said, answer.values, tables])


def test_every_question_is_asked_here() -> None:
    assert sorted(each.name for each in ASKED) == sorted(QUESTIONS)


@each_question
def test_a_question_that_is_stopped_goes_on_and_answers_the_same(
    question: Question, case: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_LEAST_SECONDS", 0.0)  # one run at a time, so that there is a middle
    one = Means(workers=1)
    whole = asked(case, question, None, one, Counting())
    stopping = Counting(most=int(1.5 * case.weeks))  # in the middle of the second run
    with pytest.raises(Stopped):
        asked(case, question, tmp_path, one, stopping)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npz")}
    assert kept and stopping.weeks < 2.5 * case.weeks, "it stopped within the runs that were under way"
    again = asked(case, question, tmp_path, one, Counting())
    assert {path: path.stat().st_mtime_ns for path in kept} == kept, "what was there is not simulated again"
    assert told(again) == told(whole)


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    """Give two processes that serve all questions in turn, for it takes seconds to start them."""
    with executors.executor(Means(workers=2), 2) as pool:
        yield pool


@each_question
def test_an_answer_does_not_depend_on_the_number_of_processes(
    question: Question, case: Scenario, processes: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = asked(case, question, None, Means(workers=1), Counting())
    handed = list[Means]()

    def the_two(means: Means, *_: Any) -> AbstractContextManager[Executor]:
        handed.append(means)
        return nullcontext(processes)

    monkeypatch.setattr(runner, "executor", the_two)
    watching = Counting()
    assert told(asked(case, question, None, Means(workers=2), watching)) == told(here)
    assert set(handed) == {Means(workers=2)} and watching.told > 0, "processes are asked for, and tell how far it is"


@pytest.mark.slow
@each_question
def test_a_picture_has_its_caption_so_that_no_page_shows_it_beside(question: Question, case: Scenario) -> None:
    for picture in asked(case, question, None, Means(workers=1), Counting()).figures:
        written = " ".join(text.get_text() for text in picture.figure.texts)
        assert " ".join(picture.caption.split()) in " ".join(written.split()), picture.name
