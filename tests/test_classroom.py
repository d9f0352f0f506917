"""A class: everybody lives with the same luck, what is sealed stays sealed, nothing is lost, nobody's weights rule."""

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import FileIO
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import refused_case

from simulation.classroom.board import COLUMNS, board
from simulation.classroom.calibration import brier, chance, levels
from simulation.classroom.case import Case, read_case
from simulation.classroom.clock import Clock
from simulation.classroom.consequences import Consequences, Stage, consequences
from simulation.classroom.handouts import debrief, offline, paper
from simulation.classroom.journal import Journal, JournalError
from simulation.classroom.lesson import PHASES, Lesson, LessonError
from simulation.classroom.open_class import JOURNAL, OpenClass, drawn_world
from simulation.classroom.other_moves import Worlds
from simulation.classroom.record import class_levels, history, model_score, score, scores
from simulation.classroom.slides import foreseen, shown, slides
from simulation.classroom.world import World
from simulation.cli.serving import classroom
from simulation.model.accounts import Flow
from simulation.model.ledger import Measure
from simulation.runs.readings import YEAR
from simulation.runs.run import run_scenario
from simulation.scenario.problems import ScenarioError

QUIET = "sell quietly"
SEATING = ("chief executive", "consumer advocate", "insurer", "shopper", "regulator", "analyst")


@pytest.fixture
def opened(lesson_case: Case, lesson_found: Consequences, tmp_path: Path) -> Iterator[OpenClass]:
    found = OpenClass(lesson_case, lesson_found, tmp_path / "class", tables=2, world=2)
    yield found
    found.close()


def seated(opened: OpenClass, *names: str, table: int = 1) -> None:
    """Let some join, and sit at a table in the roles that would be dealt there."""
    for name in names:
        opened.join(name)
        number = max(opened.lesson.seats)
        others = len(opened.lesson.at_table(table)) - (opened.lesson.seats[number].table == table)
        opened.move(number, table, SEATING[others % len(SEATING)])


def all_seal(opened: OpenClass, decisions: dict[int, str], chances: tuple[float, ...] = (0.5, 0.5, 0.5)) -> None:
    for number, decision in decisions.items():
        opened.seal(opened.lesson.seats[number], decision, chances, first_move(opened, number))


def first_move(opened: OpenClass, number: int) -> str:
    """Return the first answer to what somebody is asked in this round beside the decision, if anything."""
    asked = opened.lesson.asked_of(opened.lesson.seats[number])
    return next(iter(asked.answers)) if asked else ""


# --- the case as a file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line_with", "message"),
    [
        (
            "stop and apologise: quiet sale, stopped",
            "stop and apologise: quiet sail",
            "quiet sail",
            "no policy 'quiet sail'",
        ),
        ("part: read, minutes: 5", "part: reed, minutes: 5", "part: reed", "part"),
        ("  week: 157", "  week: 160", "", "parts from 'declined' before the class responds"),
        ("  week: 157", "  week: 830", "week: 830", "week 830 lies after the end of the scenario, week 170"),
        ("  regulator: |", "  referee: |", "referee", "no role 'referee'"),
        ("of: data buyer, above: 0", "of: data owner, above: 0", "data owner", "cannot be read for 'data owner'"),
        ("measure: trust_lost", "measure: trust", "measure: trust", "no measure 'trust'"),
        ("about: sell quietly, measure: value", "about: sell it, measure: value", "sell it", "no choice 'sell it'"),
        ("title: Big", "titel: Big", "titel", "unknown key 'titel'"),
        ("look_at: board", "look_at: bored", "bored", "look_at"),
        ("scenario: paths.yaml", "scenario: nowhere.yaml", "", "there is no such file"),
    ],
)
def test_a_mistake_in_a_case_is_shown_where_it_stands(
    lesson_file: Path, tmp_path: Path, old: str, new: str, line_with: str, message: str
) -> None:
    error, lines = refused_case(lesson_file, tmp_path, old, new)
    assert message in str(error)
    if line_with:
        number = 1 + [line_with in line for line in lines].index(True)
        assert number in [problem.line for problem in error.problems]


def test_the_baseline_is_the_first_choice_left_alone(lesson_file: Path, tmp_path: Path) -> None:
    text = lesson_file.read_text(encoding="utf-8")
    swapped = text.replace("        say nothing: declined\n", "", 1)
    (tmp_path / "case.yaml").write_text(swapped, encoding="utf-8")
    (tmp_path / "paths.yaml").write_bytes(lesson_file.with_name("paths.yaml").read_bytes())
    with pytest.raises(ScenarioError, match="begin with 'declined'"):
        read_case(tmp_path / "case.yaml")


# --- what comes of it ----------------------------------------------------------------------------------------------


def test_until_the_class_responds_all_responses_live_the_same_life(
    lesson_case: Case, lesson_found: Consequences
) -> None:
    points = len(lesson_found.first.points)
    assert lesson_found.first.week == 156 and points == 78
    for choice in lesson_case.choices:
        told = lesson_found.first.lines[lesson_case.policy(choice)]
        for response in lesson_case.responses(choice):
            later = lesson_found.end.lines[lesson_case.policy(choice, response)]
            for name in ("value", "trust", "left"):
                assert [world[:points] for world in later[name]] == told[name], (choice, response, name)


def test_the_facts_are_those_of_an_ordinary_run_of_the_same_scenario(
    lesson_case: Case, lesson_found: Consequences
) -> None:
    policies = list(lesson_found.end.facts)
    data = lesson_case.scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data["policies"] = {name: data["policies"][name] for name in policies}
    outcome = run_scenario(type(lesson_case.scenario).model_validate(data))
    place, facts = policies.index("asked"), lesson_found.end.facts["asked"]
    assert facts["value"] == pytest.approx(outcome.difference()[:, place])
    assert facts["complaints"] == pytest.approx(outcome.weekly(Measure.COMPLAINED)[..., place].sum(axis=1))
    assert facts["consent_debt"] == pytest.approx(outcome.weekly(Measure.CONSENT_DEBT)[..., place].sum(axis=1) / YEAR)
    given = sum(outcome.flow(flow) for flow in (Flow.REWARDS, Flow.PARTNER_REWARDS, Flow.COMPENSATION, Flow.WORTH))
    purse = (given - outcome.flow(Flow.PREMIUMS)).sum(axis=1) / 100
    assert facts["members"] == pytest.approx(purse[:, place] - purse[:, 0], abs=0.01)
    assert lesson_found.end.lines["asked"]["value"][0][-1] == pytest.approx(outcome.difference()[0, place])


def test_each_question_is_answered_by_its_own_measure(lesson_case: Case, lesson_found: Consequences) -> None:
    first, end = lesson_found.first, lesson_found.end
    assert first.truths[0] == [value > 2_000_000 for value in first.facts["quiet sale"]["value"]]
    assert first.truths[1] == [value > 0 for value in first.facts["asked"]["data_buyer"]]
    assert end.truths[2] == [value > 0 for value in end.facts["asked"]["value"]]
    good = zip(end.facts["declined"]["trust"], end.facts["quiet sale, made good"]["trust"], strict=True)
    assert end.truths[1] == [usual > then for usual, then in good]


def test_what_was_lived_once_is_not_lived_again(lesson_case: Case, lesson_found: Consequences, tmp_path: Path) -> None:
    first = consequences(lesson_case, tmp_path)
    (kept,) = tmp_path.glob("consequences-*/consequences.json")
    data = json.loads(kept.read_text())
    data["end"]["week"] = 77
    kept.write_text(json.dumps(data))
    assert consequences(lesson_case, tmp_path).end.week == 77
    kept.write_text("{ damaged")
    assert consequences(lesson_case, tmp_path) == first


# --- scores and the board ------------------------------------------------------------------------------------------


def test_brier_scores_by_hand() -> None:
    assert chance(True, 90) == 0.9 and chance(False, 90) == pytest.approx(0.1)
    assert brier([0.9, 0.2], [True, False]) == pytest.approx((0.01 + 0.04) / 2)
    assert brier([0.5] * 4, [True, False, True, True]) == 0.25
    assert brier([1.0], [False]) == 1.0


def test_calibration_counts_what_came_true_of_each_confidence() -> None:
    said = [(0.9, True), (0.1, False), (1 - 0.9, True), (0.6, False), (0.5, True)]
    assert [(level.sure, level.answers, level.right) for level in levels(said)] == [(50, 1, 1), (60, 1, 0), (90, 3, 2)]


def stage(facts: dict[str, dict[str, list[float]]]) -> Stage:
    return Stage(10, facts, {}, [], {}, [[True, False]])


def of(value: float, rest: float) -> dict[str, list[float]]:
    """Return facts of one course in two worlds: one number for value, one for all else, where more is better."""
    less = {"harmful_events", "consent_debt"}
    return {column.fact: [-rest if column.fact in less else rest] * 2 for column in COLUMNS} | {"value": [value, value]}


def test_the_board_has_no_weights_of_its_own() -> None:
    rows = board(stage({"greedy": of(10, 0), "kind": of(-10, 5)}), ["greedy", "kind"], world=0)
    assert rows[0].scaled == (1, 0, 0, 0, 0, 0) and rows[1].scaled == (0, 1, 1, 1, 1, 1)
    # Weights of six measures in tenths: so many ways to share them out, and so many that give value at least a half.
    assert len(COLUMNS) == 6
    assert rows[0].best_share == pytest.approx(comb(10, 5) / comb(15, 5))
    assert rows[1].best_share == pytest.approx(1 - comb(9, 5) / comb(15, 5))


def test_where_all_are_equal_nobody_is_worse() -> None:
    rows = board(stage({"one": of(3, 3), "other": of(3, 3)}), ["one", "other"])
    assert [row.scaled for row in rows] == [(1,) * 6] * 2 and [row.best_share for row in rows] == [1, 1]


def test_a_board_over_all_worlds_takes_their_median() -> None:
    facts = {"steady": of(4, 0), "wild": of(0, 0) | {"value": [-10.0, 50.0, 5.0]}}
    facts["steady"]["value"].append(4)
    assert [row.values[0] for row in board(stage(facts), ["steady", "wild"])] == [4, 5]
    assert [row.values[0] for row in board(stage(facts), ["steady", "wild"], world=0)] == [4, -10]


# --- the lesson ----------------------------------------------------------------------------------------------------


def test_roles_are_dealt_so_that_each_table_has_a_chief_executive_first(opened: OpenClass) -> None:
    seated(opened, "Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus")
    seated(opened, "Hal", table=2)
    roles = [seat.role for seat in opened.lesson.at_table(1)]
    assert roles[0] == roles[6] == "chief executive" and len(set(roles)) == 6
    assert [seat.role for seat in opened.lesson.at_table(2)] == ["chief executive"]


def test_the_retailer_s_own_people_decide_and_the_others_advise(opened: OpenClass) -> None:
    seated(opened, "Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus")
    lesson, alone, asked = opened.lesson, "sell to IFA alone", "ask each member"
    assert [lesson.seats[number].role for number in (1, 6, 7)] == ["chief executive", "analyst", "chief executive"]
    opened.advance("read")
    all_seal(opened, {1: QUIET, 2: "decline", 3: "decline", 4: "decline", 5: alone, 6: asked, 7: asked})
    assert lesson.decision(1, "decide") == asked, "two of the retailer's three, whatever the others advise"
    assert (
        lesson.votes("decide")["chief executive"] == {QUIET: 1, asked: 1} and lesson.votes("respond")["shopper"] == {}
    )
    del lesson.sealed[7, "decide"]
    assert lesson.decision(1, "decide") == QUIET, "as many votes: the chief executive's"
    del lesson.sealed[1, "decide"], lesson.sealed[6, "decide"]
    assert lesson.decision(1, "decide") == "decline", "none of them has sealed anything: what most advise"
    assert lesson.decision(2, "decide") == "decline" and not lesson.has_decided(2, "decide")


def test_seats_are_dealt_at_the_emptiest_table_and_names_may_be_emoji(opened: OpenClass) -> None:
    for name in ("Ada", "\N{FOX FACE}", "\N{WOMAN}\u200d\N{EAR OF RICE}", "Dan", "Eve"):
        opened.join(name)
    assert [seat.table for seat in opened.lesson.seats.values()] == [1, 2, 1, 2, 1]
    assert [seat.role for seat in opened.lesson.at_table(1)] == list(SEATING[:3])
    opened.remove(4)
    opened.join("Fay")
    assert (opened.lesson.seats[6].table, opened.lesson.seats[6].role) == (2, "consumer advocate")


def test_a_removed_seat_takes_its_votes_along_and_its_number_is_not_given_again(opened: OpenClass) -> None:
    seated(opened, "Ada", "Ben")
    opened.advance("read")
    all_seal(opened, {1: "decline", 2: QUIET})
    opened.remove(2)
    opened.join("Cleo")
    assert sorted(opened.lesson.seats) == [1, 3] and list(opened.lesson.sealed) == [(1, "decide")]
    with pytest.raises(LessonError, match="stays at the table"):
        opened.move(1, 2, "shopper")
    opened.rename(1, "Zoe")
    world = World(opened.case, opened.consequences, opened.lesson.world)
    assert {row["nickname"] for row in csv.DictReader(io.StringIO(history(opened.lesson, world, opened.records)))} == {
        "Zoe"
    }


def test_a_round_can_be_opened_again_and_what_was_sealed_stays(opened: OpenClass) -> None:
    seated(opened, "Ada", "Ben")
    opened.advance("read")
    all_seal(opened, {1: QUIET})
    assert opened.lesson.not_sealed() == 1
    opened.close_round()
    assert opened.lesson.is_closing
    opened.advance("decide")
    opened.advance("reveal", back=True)
    assert opened.lesson.phase == "decide" and not opened.lesson.is_closing
    all_seal(opened, {2: "decline"})
    assert opened.lesson.not_sealed() == 0 and opened.lesson.sealed[1, "decide"].decision == QUIET


def test_the_clock_stands_still_while_it_is_stopped() -> None:
    clock = Clock().going("2026-01-01T10:00:00+00:00").stopped("2026-01-01T10:01:30+00:00")
    again = clock.going("2026-01-01T11:00:00+00:00")
    assert not clock.is_going and clock.seconds() == 90
    assert again.seconds(datetime(2026, 1, 1, 11, 0, 30, tzinfo=UTC)) == 120


def test_the_screen_shows_one_thing_at_a_time_and_what_the_class_said(opened: OpenClass) -> None:
    seated(opened, "Ada", "Ben")
    world = World(opened.case, opened.consequences, opened.lesson.world)
    assert [each.kind for each in slides(opened.lesson)] == ["join"]
    opened.advance("read")
    opened.seal(opened.lesson.seats[1], QUIET, (0.9, 0.5, 0.1))
    opened.seal(opened.lesson.seats[2], "decline", (0.7, 0.5, 0.1), "keep counting")
    opened.advance("decide")
    assert [each.kind for each in slides(opened.lesson)] == [
        "votes",
        "moves",
        "foreseen",
        "foreseen",
        "foreseen",
        "news",
    ]
    said = foreseen(opened.lesson, world, 0)
    assert said.mean == pytest.approx(0.8) and dict(said.counts)[90] == dict(said.counts)[70] == 1
    assert sum(count for _, count in said.counts) == 2 and said.is_yes == world.came_true("decide")[0]
    opened.show(5)
    assert shown(opened.lesson).kind == "news"
    opened.advance("reveal")
    assert opened.lesson.slide == 0


def test_the_lot_can_be_drawn_among_worlds_with_a_story_or_without(lesson_case: Case) -> None:
    found = consequences_in_which_a_story_runs(lesson_case, [0.0, 40.0, 0.0, 0.0])
    assert found.with_a_story() == [1] and {drawn_world(found, None, True) for _ in range(20)} == {1}
    assert 1 not in {drawn_world(found, None, False) for _ in range(50)}
    with pytest.raises(ValueError, match="no world of this case has one in time"):
        drawn_world(consequences_in_which_a_story_runs(lesson_case, [0.0] * 4), None, True)


@pytest.mark.parametrize(
    ("told", "said"),
    [(None, "as the lot drawn among all worlds had it"), (False, "your instructor had it drawn among those without")],
)
def test_the_debrief_says_how_many_worlds_have_a_story_and_how_this_one_was_taken(
    told: bool | None, said: str, lesson_case: Case, lesson_found: Consequences, tmp_path: Path
) -> None:
    opened = OpenClass(lesson_case, lesson_found, tmp_path / "class", tables=2, told=told)
    seated(opened, "Ada")
    for phase in PHASES:
        opened.advance(phase)
    page = debrief(opened.lesson, worlds_of(opened))
    assert said in page and f"{len(lesson_found.with_a_story())} of {lesson_found.end.worlds}</strong> worlds" in page
    opened.close()


def consequences_in_which_a_story_runs(case: Case, weeks: list[float]) -> Consequences:
    """Return consequences of which nothing is known but the week of the story, in each world."""
    facts = {course.policy: {"story_week": weeks} for course in case.courses}
    first = Stage(156, facts, {}, [], {}, [[True] * len(weeks)])
    return Consequences(first, first)


def test_a_table_responds_to_what_it_has_chosen(opened: OpenClass) -> None:
    seated(opened, "Ada")
    seated(opened, "Ben", table=2)
    opened.advance("read")
    all_seal(opened, {1: QUIET})
    for phase in ("decide", "reveal"):
        opened.advance(phase)
    assert opened.lesson.open_to(1)[1] == "stop and apologise" and opened.lesson.open_to(2)[1] == "promise in public"
    with pytest.raises(LessonError, match="open to your table"):
        opened.seal(opened.lesson.seats[2], "stop and apologise", (0.5, 0.5, 0.5))
    all_seal(opened, {1: "stop and apologise", 2: "promise in public"})
    opened.advance("respond")
    assert opened.lesson.course(1) == "quiet sale, stopped"
    assert opened.lesson.course(2) == "declined, then a promise"


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (lambda o: o.join("ada"), "called ada already"),
        (lambda o: o.join("  "), "1 to 24 letters"),
        (lambda o: o.join("\u200d"), "1 to 24 letters"),
        (lambda o: o.join("x" * 25), "1 to 24 letters"),
        (lambda o: o.join("a\u202eb"), "1 to 24 letters"),
        (lambda o: o.move(1, 3, "analyst"), "tables 1 to 2"),
        (lambda o: o.move(1, 2, "king"), "no such role"),
        (lambda o: o.move(9, 1, "analyst"), "Nobody sits there"),
        (lambda o: o.rename(1, ""), "1 to 24 letters"),
        (lambda o: o.remove(2), "Nobody sits there"),
        (lambda o: o.take_plan("60"), "no such plan"),
        (lambda o: o.seal(o.lesson.seats[1], "decline", (0.5, 0.5, 0.5)), "Nothing can be sealed now"),
    ],
)
def test_what_cannot_be_done_is_said(opened: OpenClass, what: Callable[[OpenClass], Any], message: str) -> None:
    seated(opened, "Ada")
    before = len(opened.records)
    with pytest.raises(LessonError, match=message):
        what(opened)
    assert len(opened.records) == before


def test_what_is_sealed_stays_as_it_is(opened: OpenClass) -> None:
    seated(opened, "Ada")
    opened.advance("read")
    all_seal(opened, {1: QUIET})
    for chances in ((0.9, 0.9, 0.9), (0.5, 0.5)):
        with pytest.raises(LessonError):
            opened.seal(opened.lesson.seats[1], "decline", chances)
    assert opened.lesson.sealed[1, "decide"].decision == QUIET


def test_going_on_twice_from_one_page_goes_on_once(opened: OpenClass) -> None:
    opened.advance("read")
    opened.advance("read")
    assert opened.lesson.phase == "decide"
    for phase in ("decide", "reveal", "respond", "outcome", "debrief"):
        opened.advance(phase)
    assert opened.lesson.phase == "debrief"


# --- nothing is lost -----------------------------------------------------------------------------------------------


def test_a_class_goes_on_after_the_server_was_stopped(
    opened: OpenClass, lesson_case: Case, lesson_found: Consequences, tmp_path: Path
) -> None:
    secret = opened.join("Ada")
    opened.advance("read")
    opened.seal(opened.lesson.seats[1], QUIET, (0.9, 0.1, 0.5))
    opened.close()
    with (tmp_path / "class" / JOURNAL).open("ab") as stream:
        stream.write(b'{"do": "seal", "seat": 1, "rou')  # cut off by a crash: nobody was told that it was sealed
    again = OpenClass(lesson_case, lesson_found, tmp_path / "class", tables=7)
    assert (again.code, again.key, again.lesson) == (opened.code, opened.key, opened.lesson)
    assert again.is_taken_up and again.lesson.world == 1 and again.lesson.tables == 2
    seat = again.seat(secret)
    assert seat and seat.name == "Ada" and again.seat("another") is None
    again.advance("decide")
    again.close()
    last = OpenClass(lesson_case, lesson_found, tmp_path / "class", tables=7)
    assert last.lesson.phase == "reveal"
    last.close()


def test_two_servers_do_not_write_one_class(opened: OpenClass, lesson_case: Case, lesson_found: Consequences) -> None:
    with pytest.raises(JournalError, match="being served already"):
        OpenClass(lesson_case, lesson_found, opened._journal.path.parent, tables=2)


def test_another_case_does_not_take_up_a_class(
    opened: OpenClass, lesson_file: Path, lesson_found: Consequences, tmp_path: Path
) -> None:
    opened.close()
    (tmp_path / "case.yaml").write_text(lesson_file.read_text().replace("twenty cents", "thirty cents"))
    (tmp_path / "paths.yaml").write_bytes(lesson_file.with_name("paths.yaml").read_bytes())
    with pytest.raises(JournalError, match="another case"):
        OpenClass(read_case(tmp_path / "case.yaml"), lesson_found, tmp_path / "class", tables=2)


@pytest.mark.parametrize("line", ["{ nothing", '["do"]', '{"at": "now"}', '{"do": "join", "name": "Ada"}'])
def test_a_damaged_journal_is_said_and_left_alone(
    opened: OpenClass, lesson_case: Case, lesson_found: Consequences, line: str
) -> None:
    path = opened._journal.path
    opened.close()
    whole = path.read_text() + line + "\n"
    path.write_text(whole)
    with pytest.raises(JournalError, match="move the file away"):
        OpenClass(lesson_case, lesson_found, path.parent, tables=2)
    assert path.read_text() == whole


def test_a_journal_that_is_refused_is_left_as_it_was(
    opened: OpenClass, lesson_case: Case, lesson_found: Consequences
) -> None:
    """Found by fuzzing: a number without end, and a line cut off that was cut away all the same."""
    path = opened._journal.path
    opened.close()
    damaged = re.sub(r'"tables": 2', '"tables": 1e999', path.read_text()) + '{"do": "jo'
    path.write_text(damaged)
    with pytest.raises(JournalError, match="damaged"):
        OpenClass(lesson_case, lesson_found, path.parent, tables=2)
    assert path.read_text() == damaged


def test_what_cannot_be_written_does_not_happen(opened: OpenClass, monkeypatch: pytest.MonkeyPatch) -> None:
    seated(opened, "Ada")
    before = opened._journal.path.read_bytes()
    written = FileIO.write

    class Full(FileIO):
        def write(self, data: Any) -> int:
            return written(self, data[:20])

    opened._journal._stream.close()
    opened._journal._stream = Full(opened._journal.path, "r+b")
    opened._journal._stream.seek(0, 2)
    with pytest.raises(OSError, match="No space left"):
        opened.join("Ben")
    assert list(opened.lesson.seats) == [1] and opened._journal.path.read_bytes() == before


def test_nobody_else_on_the_machine_reads_a_journal_and_it_goes_with_the_class(opened: OpenClass) -> None:
    seated(opened, "Ada")
    path = opened._journal.path
    assert path.stat().st_mode & 0o077 == 0
    opened.delete()
    assert not path.exists()


def test_a_journal_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    """Whatever was confirmed before the process was killed is there afterwards."""
    write = (
        "import sys; from pathlib import Path; from simulation.classroom.journal import Journal\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "for number in range(10**6):\n"
        "    journal.add({'do': 'count', 'number': number}); print(number, flush=True)"
    )
    for _ in range(3):
        path = tmp_path / "journal.jsonl"
        process = subprocess.Popen([sys.executable, "-c", write, str(path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        last = [process.stdout.readline() for _ in range(25)][-1]
        process.kill()
        confirmed = [int(last), *(int(line) for line in process.stdout.read().split())][-1]
        process.wait()
        journal = Journal(path)
        numbers = [record["number"] for record in journal.records]
        journal.close()
        process.stdout.close()
        assert numbers[: confirmed + 1] == list(range(confirmed + 1)) and len(numbers) <= confirmed + 2
        path.unlink()


# --- what is handed out --------------------------------------------------------------------------------------------


def lived_through(opened: OpenClass) -> World:
    """Let two tables go through the whole lesson."""
    seated(opened, "=Ada", "<b>Ben</b>")
    seated(opened, "Cleo", table=2)
    opened.advance("read")
    all_seal(opened, {1: QUIET, 2: "decline", 3: "decline"}, (0.9, 0.2, 0.5))
    opened.advance("decide")
    opened.advance("reveal")
    all_seal(opened, {1: "stop and apologise", 3: "say nothing"}, (1.0, 0.6, 0.3))
    opened.advance("respond")
    opened.advance("outcome")
    return World(opened.case, opened.consequences, opened.lesson.world)


def test_the_history_proves_every_receipt_and_scores_every_answer(opened: OpenClass) -> None:
    world = lived_through(opened)
    rows = list(csv.DictReader(io.StringIO(history(opened.lesson, world, opened.records))))
    assert len(rows) == 5 * 3
    assert rows[0]["nickname"] == "'=Ada", "no spreadsheet takes a nickname for a formula"
    first = [row for row in rows if row["nickname"] == "'=Ada" and row["round"] == "decide"]
    said = json.dumps(["decide", QUIET, [float(row["chance_of_yes"]) for row in first], first[0]["salt"]])
    assert hashlib.sha256(said.encode()).hexdigest()[:12] == first[0]["receipt"]
    for row in rows:
        came = {"True": 1.0, "False": 0.0}[row["came_true"]]
        assert float(row["brier"]) == pytest.approx((float(row["chance_of_yes"]) - came) ** 2, abs=1e-4)
    mean = np.mean([float(row["brier"]) for row in rows if row["nickname"] == "Cleo"])
    cleo = score(opened.lesson, world, opened.lesson.seats[3])
    assert cleo and cleo.score == pytest.approx(mean, abs=1e-4) and cleo.answers == 6
    assert [each.score for each in scores(opened.lesson, world)] == sorted(
        each.score for each in scores(opened.lesson, world)
    )
    assert sum(level.answers for level in class_levels(opened.lesson, world)) == 15


def test_nothing_is_scored_before_it_is_shown(opened: OpenClass) -> None:
    seated(opened, "Ada")
    world = World(opened.case, opened.consequences, opened.lesson.world)
    opened.advance("read")
    all_seal(opened, {1: QUIET})
    assert score(opened.lesson, world, opened.lesson.seats[1]) is None and scores(opened.lesson, world) == []
    rows = list(csv.DictReader(io.StringIO(history(opened.lesson, world, opened.records))))
    assert [row["came_true"] + row["brier"] + row["decision_of_the_table"] for row in rows] == ["", "", ""]


def test_stating_the_shares_of_all_worlds_is_scored_as_well(opened: OpenClass) -> None:
    world = lived_through(opened)
    shares = [*world.shares("decide"), *world.shares("respond")]
    came = [*world.came_true("decide"), *world.came_true("respond")]
    by_hand = np.mean([(share - is_yes) ** 2 for share, is_yes in zip(shares, came, strict=True)])
    assert model_score(opened.lesson, world) == pytest.approx(by_hand)
    stages = (opened.consequences.first, opened.consequences.end)
    assert came == [truths[1] for each in stages for truths in each.truths]


def test_a_role_s_own_measure_ranks_what_is_good_for_it_first(lesson_case: Case, lesson_found: Consequences) -> None:
    world = World(lesson_case, lesson_found, 0)
    chief = world.private(lesson_found.end, "chief executive", world.courses)
    values = {
        world.courses[policy]: facts["value"][0]
        for policy, facts in lesson_found.end.facts.items()
        if policy in world.courses
    }
    assert values[chief[0].said] == max(values.values()) and values[chief[-1].said] == min(values.values())
    advocate = world.private(lesson_found.end, "consumer advocate", world.courses)
    assert advocate[0].place == 1 and advocate[0].said.startswith("decline") and advocate[0].text == "0"


def worlds_of(opened: OpenClass) -> Worlds:
    """Return the worlds that a class can come to live in."""
    return Worlds(opened.case, opened.consequences, opened.lesson.world, opened.folder)


def outside(page: str) -> list[str]:
    """Return what a page would fetch from elsewhere."""
    shown = re.sub(r"xmlns(:\w+)?=\"[^\"]*\"", "", page)
    return re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*\"|url\((?!#|\"?data:)[^)]*\)|https?://\S+", shown)


def test_the_debrief_tells_all_and_fetches_nothing(opened: OpenClass) -> None:
    lived_through(opened)
    page = debrief(opened.lesson, worlds_of(opened))
    assert outside(page) == [] and len(page) < 2_000_000
    assert "&lt;b&gt;Ben&lt;/b&gt;" in page and "<b>Ben</b>" not in page
    for talk in opened.case.file.debrief:
        assert talk.asks.replace('"', "&#34;").replace("'", "&#39;") in page
    assert (
        "stop and apologise" in page
        and "Brier score" in page
        and page.count("data-weight inputmode") == 2 * len(COLUMNS)
    )


def test_a_lesson_on_paper_holds_all_that_a_class_needs(
    lesson_case: Case, lesson_found: Consequences, tmp_path: Path
) -> None:
    page = paper(Worlds(lesson_case, lesson_found, 0, tmp_path))
    assert outside(page) == [] and len(page) < 2_000_000
    for role in lesson_case.file.roles:
        assert f"Your role: {role}" in page
    for name in ("45 minutes", "75 minutes", "90 minutes", "First slip", "Second slip", "First envelope"):
        assert name in page
    assert page.count("Second envelope") == len(lesson_case.choices)
    right = [f"{(1 - sure / 100) ** 2:.2f}" for sure in (50, 60, 70, 80, 90, 100)]
    assert "".join(f"<td>{each}</td>" for each in right) in page


def test_a_lesson_in_one_file_needs_no_server(lesson_case: Case, lesson_found: Consequences, tmp_path: Path) -> None:
    page = offline(Worlds(lesson_case, lesson_found, 1, tmp_path))
    assert outside(page) == [] and len(page) < 2_000_000


def test_the_command_hands_out_or_refuses_in_words(
    lesson_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"paper": tmp_path / "paper.html", "offline": tmp_path / "offline.html"}
    assert classroom(lesson_file, out=tmp_path / "out", world=3, **files) == 0
    assert "world 3 of 3" in capsys.readouterr().out and all(file.is_file() for file in files.values())
    assert classroom(lesson_file, out=tmp_path / "out", world=4, **files) == 2
    assert "--world: the case has worlds 1 to 3, not 4" in capsys.readouterr().err
    assert classroom(lesson_file, out=tmp_path / "out", tables=21) == 2
    assert "--tables: from 1 to 20 are possible, not 21" in capsys.readouterr().err
    assert classroom(lesson_file, out=tmp_path / "new", port=99_999) == 2
    assert "--port: 99999 is no port" in capsys.readouterr().err and not (tmp_path / "new").exists()
    assert classroom(tmp_path / "nothing.yaml", out=tmp_path / "out") == 2
    assert "there is no such file" in capsys.readouterr().err
    assert classroom(lesson_file, out=tmp_path / "out", paper=tmp_path / "no" / "where.html") == 2
    assert "no/where" in capsys.readouterr().err.replace("/.", "/")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["offline.html", "out", "paper.html"]


def test_a_lesson_replayed_is_the_same_lesson(opened: OpenClass, lesson_case: Case) -> None:
    lived_through(opened)
    again = Lesson(lesson_case, 2, opened.lesson.world, opened.lesson.plan, lot=opened.lesson.lot)
    for record in opened.records:
        again.take(json.loads(json.dumps(record)))
    assert again == opened.lesson
