"""The shipped cases hang together and hold a dilemma: nobody's choice is everybody's, and nothing is certain."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from simulation.classroom.at_hand import at_hand, shipped
from simulation.classroom.case import Case, read_case
from simulation.classroom.consequences import Consequences, consequences
from simulation.classroom.dilemma import preferences, weighed
from simulation.classroom.world import World
from simulation.runs.roles import ROLES

CASES = sorted((Path(__file__).parents[1] / "scenarios" / "classroom").glob("*/case.yaml"))
NEWS = re.compile(r"newspaper|\bstory\b|stories|headline|journalist|reporter|\bpress\b|backlash|scandal", re.IGNORECASE)
Lived = Callable[[Case], Consequences]


@pytest.fixture(params=CASES, ids=lambda path: path.parent.name)
def case(request: pytest.FixtureRequest) -> Case:
    return read_case(request.param)


def test_there_are_four_and_each_is_told_in_the_pack(case: Case) -> None:
    readme = (CASES[0].parents[1] / "README.md").read_text(encoding="utf-8")
    assert len(CASES) == 4 and f"({case.name}/case.yaml)" in readme


def test_a_shipped_case_is_found_by_its_name(case: Case) -> None:
    assert read_case(case.name) == case


def test_plans_take_as_long_as_they_say_with_five_minutes_for_joining(case: Case) -> None:
    assert list(case.file.plans) == ["45", "75", "90"]
    for name, steps in case.file.plans.items():
        assert sum(step.minutes for step in steps) == int(name)
        assert steps[0].minutes == 5 and steps[0].does.startswith("Join")
        assert all(
            case.minutes(name, part) > 0 for part in ("read", "decide", "reveal", "respond", "outcome", "debrief")
        )


def test_every_role_has_a_sheet_and_a_reason_to_disagree(case: Case) -> None:
    assert set(case.file.roles) == set(ROLES)
    assert len(set(case.file.roles.values())) == len(ROLES)


def test_every_role_but_the_retailer_s_own_has_a_say_of_its_own(case: Case) -> None:
    asked = {role: case.asked_of(role) for role in case.file.roles}
    assert [role for role, each in asked.items() if each is None] == ["chief executive", "analyst"]
    assert all(move in case.file.decide.moves[role].options for role, move in case.standing.items())


def test_no_story_is_planned(case: Case) -> None:
    actions = [action.do for policy in case.scenario.policies.values() for action in policy]
    assert "press_story" not in actions


def test_nothing_that_is_read_before_the_first_decision_speaks_of_the_press(case: Case) -> None:
    file = case.file
    choices = [text for name, choice in file.decide.choices.items() for text in (name, choice.says)]
    asked = [asked for role in file.roles if (asked := case.asked_of(role))]
    said = [
        *(text for each in asked for text in (each.asks, *each.answers, *each.answers.values())),
        file.briefing,
        *file.roles.values(),
        file.decide.asks,
        *choices,
        *(each.asks for each in file.decide.predict),
    ]
    assert [text for text in said if NEWS.search(text)] == []


def test_every_policy_of_the_scenario_is_somebody_s_course(case: Case) -> None:
    assert {course.policy for course in case.courses} == set(case.scenario.policies)


def test_every_response_can_be_given_by_somebody(case: Case) -> None:
    assert {course.response for course in case.courses} == set(case.file.respond.responses)


def test_the_debrief_looks_at_worlds_and_weights(case: Case) -> None:
    looked_at = {talk.look_at for talk in case.file.debrief}
    assert {"until the response", "after the response", "all worlds", "board"} <= looked_at
    assert len(case.file.key.cannot_settle) >= 3


def test_what_ships_beside_a_case_is_what_the_program_finds(case: Case, tmp_path: Path) -> None:
    """It is to be worked out anew where this fails: `python -m simulation.classroom.at_hand`."""
    found = shipped(case)
    assert found is not None
    few = replace(case, scenario=case.scenario.with_changes(replicates=2))
    for policy, facts in consequences(few, tmp_path).end.facts.items():
        assert {name: values[:2] for name, values in found.end.facts[policy].items()} == facts


# --- the dilemma, in all worlds of the case as it is taught ---------------------------------------------------------


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Return what comes of a case, as it ships."""
    folder = tmp_path_factory.mktemp("cases")
    return lambda case: at_hand(case, folder)


@pytest.mark.release
def test_roles_differ_in_their_best_first_choice(case: Case, lived: Lived) -> None:
    best = {each.role: each.choice for each in preferences(case, lived(case))}
    assert len(set(best.values())) >= 3, best


@pytest.mark.release
def test_every_first_choice_is_best_under_some_weights(case: Case, lived: Lived) -> None:
    shares = {each.choice: each.best_share for each in weighed(case, lived(case))}
    assert min(shares.values()) >= 0.05, shares


@pytest.mark.release
def test_the_data_buyer_gains_by_some_course_and_so_does_the_retailer(case: Case, lived: Lived) -> None:
    found = lived(case)
    assert max(each.buyer for each in weighed(case, found)) > 0
    values = {course.policy: found.end.fact(course.policy, "value") for course in case.courses}
    assert max(values.values()) > 0, values


@pytest.mark.release
def test_no_question_s_answer_is_nearly_certain(case: Case, lived: Lived) -> None:
    world = World(case, lived(case), 0)
    asked = [*case.file.decide.predict, *case.file.respond.predict]
    shares = [*world.shares("decide"), *world.shares("respond")]
    assert {each.asks: share for each, share in zip(asked, shares, strict=True) if not 0.1 <= share <= 0.9} == {}


@pytest.mark.release
def test_a_story_runs_in_time_in_some_worlds_and_in_most_not(case: Case, lived: Lived) -> None:
    told = len(lived(case).with_a_story()) / case.scenario.replicates
    assert told < 0.5 and (told > 0 or case.name == "algorithm_prices"), "half a per cent is hardly a story"


@pytest.mark.release
def test_no_choice_is_certain_to_be_told_of(case: Case, lived: Lived) -> None:
    assert all(each.told <= 0.9 for each in weighed(case, lived(case)))
