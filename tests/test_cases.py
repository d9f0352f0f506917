"""The shipped cases hang together: plans of the stated length, the story where it is said to be, roles for all."""

from pathlib import Path

import pytest

from simulation.classroom.case import Case, read_case
from simulation.runs.roles import ROLES

CASES = sorted((Path(__file__).parents[1] / "scenarios" / "classroom").glob("*/case.yaml"))


@pytest.fixture(params=CASES, ids=lambda path: path.parent.name)
def case(request: pytest.FixtureRequest) -> Case:
    return read_case(request.param)


def stories(case: Case, policy: str) -> list[int]:
    return [action.week for action in case.scenario.policies[policy] if action.do == "press_story"]


def test_there_are_three_and_each_is_told_in_the_pack(case: Case) -> None:
    readme = (CASES[0].parents[1] / "README.md").read_text(encoding="utf-8")
    assert len(CASES) == 3 and f"({case.name}/case.yaml)" in readme


def test_plans_take_as_long_as_they_say(case: Case) -> None:
    assert list(case.file.plans) == ["45", "75", "90"]
    for name, steps in case.file.plans.items():
        assert sum(step.minutes for step in steps) == int(name)


def test_every_role_has_a_sheet_and_a_reason_to_disagree(case: Case) -> None:
    assert set(case.file.roles) == set(ROLES)
    assert len(set(case.file.roles.values())) == len(ROLES)


def test_the_story_breaks_for_those_it_is_about_before_they_respond(case: Case) -> None:
    for course in case.courses:
        told = stories(case, course.policy)
        assert bool(told) == (course.choice in case.file.story.befalls), course
        assert all(week < case.file.respond.week for week in told), course


def test_each_choice_that_the_story_befalls_is_lived_without_it_as_well(case: Case) -> None:
    assert set(case.untold) == set(case.file.story.befalls)
    for choice, policy in case.untold.items():
        told = case.scenario.policies[case.policy(choice)]
        assert [action for action in told if action.do != "press_story"] == list(case.scenario.policies[policy])


def test_every_policy_of_the_scenario_is_somebody_s_course(case: Case) -> None:
    lived = {course.policy for course in case.courses} | set(case.untold.values())
    assert lived == set(case.scenario.policies)


def test_every_response_can_be_given_by_somebody(case: Case) -> None:
    assert {course.response for course in case.courses} == set(case.file.respond.responses)


def test_the_debrief_looks_at_worlds_and_weights(case: Case) -> None:
    looked_at = {talk.look_at for talk in case.file.debrief}
    assert {"until the story", "after the story", "all worlds", "board"} <= looked_at
    assert len(case.file.key.cannot_settle) >= 3
