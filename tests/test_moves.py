"""Moves of roles: whose move counts, what it changes, what it would have changed; and that nothing changes without."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import refused_case

from simulation.classroom.ballots import moves_lived, moves_made, survey_answers, votes_by_role
from simulation.classroom.case import Case, read_case
from simulation.classroom.consequences import Consequences, consequences
from simulation.classroom.handouts import debrief, offline, paper
from simulation.classroom.lesson import LessonError
from simulation.classroom.one_world import one_world
from simulation.classroom.open_class import JOURNAL, OpenClass
from simulation.classroom.other_moves import Worlds, of_tables, surveyed
from simulation.model.institutions import Retailer
from simulation.model.simulation import Simulation
from simulation.scenario.drawn import drawn_numbers

BID, READY, LAW, SPEAK = "four fifths", "listen", "require agreement", "speak up in public"
ROLES = ("insurer", "regulator", "consumer advocate", "shopper")


@pytest.fixture
def opened(lesson_case: Case, lesson_found: Consequences, tmp_path: Path) -> Iterator[OpenClass]:
    found = OpenClass(lesson_case, lesson_found, tmp_path / "class", tables=3, world=2)
    yield found
    found.close()


def sit(opened: OpenClass, *seats: tuple[int, str]) -> None:
    """Let somebody sit down at each table and in each role, and open the first decision."""
    for table, role in seats:
        opened.join(f"student {opened.lesson.joined + 1}")
        opened.move(opened.lesson.joined, table, role)
    opened.advance("read")


def seal(opened: OpenClass, number: int, move: str = "", decision: str = "sell quietly") -> None:
    opened.seal(opened.lesson.seats[number], decision, (0.5, 0.5, 0.5), move)


# --- whose move counts ---------------------------------------------------------------------------------------------


def test_the_move_of_most_of_a_role_s_players_counts_at_all_tables(opened: OpenClass) -> None:
    sit(opened, (1, "insurer"), (2, "insurer"), (3, "insurer"), (1, "regulator"))
    for number, move in {1: BID, 2: "as offered", 3: BID, 4: LAW}.items():
        seal(opened, number, move)
    assert votes_by_role(opened.lesson)["insurer"] == {BID: 2, "as offered": 1}
    assert moves_made(opened.lesson) == {"insurer": BID, "regulator": LAW, "consumer advocate": "keep counting"}


def test_of_moves_made_as_often_the_first_in_the_case_counts(opened: OpenClass) -> None:
    sit(opened, (1, "regulator"), (2, "regulator"))
    seal(opened, 1, LAW)
    seal(opened, 2, READY)
    assert moves_made(opened.lesson)["regulator"] == READY


def test_where_nobody_moves_all_stands_as_it_is_and_that_is_today_s_case(opened: OpenClass) -> None:
    assert moves_made(opened.lesson) == opened.case.standing
    assert opened.case.with_moves(opened.case.standing).scenario is opened.case.scenario


def test_no_move_counts_before_the_round_is_closed(opened: OpenClass) -> None:
    sit(opened, (1, "insurer"))
    seal(opened, 1, BID)
    assert moves_lived(opened.lesson) == opened.case.standing
    opened.advance("decide")
    assert moves_lived(opened.lesson)["insurer"] == BID
    opened.advance("reveal", back=True)
    assert moves_lived(opened.lesson) == opened.case.standing


def test_somebody_removed_takes_a_move_along_and_shoppers_are_counted_apart(opened: OpenClass) -> None:
    sit(opened, (1, "insurer"), (1, "shopper"), (2, "shopper"), (2, "chief executive"))
    for number, move in {1: BID, 2: "yes", 3: "no", 4: ""}.items():
        seal(opened, number, move)
    assert survey_answers(opened.lesson) == {"yes": 1, "no": 1}
    opened.remove(1)
    assert moves_made(opened.lesson)["insurer"] == "as offered"


@pytest.mark.parametrize(
    ("role", "move"),
    [("insurer", ""), ("insurer", LAW), ("shopper", "perhaps"), ("chief executive", BID), ("analyst", "yes")],
)
def test_a_role_makes_its_own_move_and_no_other(opened: OpenClass, role: str, move: str) -> None:
    sit(opened, (1, role))
    with pytest.raises(LessonError, match="in your own role"):
        seal(opened, 1, move)
    assert opened.lesson.sealed == {}


def test_nobody_moves_in_the_second_round(opened: OpenClass) -> None:
    sit(opened, (1, "insurer"))
    seal(opened, 1, BID)
    opened.advance("decide")
    opened.advance("reveal")
    assert opened.lesson.asked_of(opened.lesson.seats[1]) is None
    seal(opened, 1, "", "say nothing")


def test_a_receipt_proves_the_move_too(opened: OpenClass) -> None:
    sit(opened, (1, "insurer"), (2, "chief executive"))
    seal(opened, 1, BID)
    seal(opened, 2)
    sealed = opened.lesson.sealed[1, "decide"]
    assert json.loads((opened.folder / JOURNAL).read_text().splitlines()[-2])["move"] == BID
    assert sealed.receipt != type(sealed)(1, "decide", sealed.decision, sealed.chances, sealed.salt).receipt


def test_a_killed_server_keeps_the_moves(
    opened: OpenClass, lesson_case: Case, lesson_found: Consequences, tmp_path: Path
) -> None:
    sit(opened, (1, "insurer"), (1, "consumer advocate"))
    seal(opened, 1, BID)
    seal(opened, 2, SPEAK)
    opened.advance("decide")
    opened.close()
    again = OpenClass(lesson_case, lesson_found, tmp_path / "class", tables=3)
    assert moves_lived(again.lesson) == {"insurer": BID, "regulator": "wait", "consumer advocate": SPEAK}
    assert again.lesson == opened.lesson
    again.close()


def test_a_journal_from_before_there_were_moves_is_taken_up(opened: OpenClass) -> None:
    sit(opened, (1, "insurer"))
    record = {"do": "seal", "seat": 1, "round": "decide", "decision": "decline", "chances": [0.5, 0.5, 0.5]}
    opened.lesson.take({**record, "salt": "salt"})
    assert opened.lesson.sealed[1, "decide"].move == "" and moves_made(opened.lesson) == opened.case.standing


# --- what a move changes -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which worlds are kept for all tests."""
    return tmp_path_factory.mktemp("worlds")


def test_the_first_moves_bring_exactly_what_the_case_without_moves_brings(
    lesson_case: Case, lesson_found: Consequences, lesson_file: Path, tmp_path: Path
) -> None:
    text = lesson_file.read_text(encoding="utf-8")
    bare = re.sub(r"\n  moves:\n.*?\n  predict:\n", "\n  predict:\n", text, count=1, flags=re.DOTALL)
    (tmp_path / "case.yaml").write_text(bare, encoding="utf-8")
    (tmp_path / "paths.yaml").write_bytes(lesson_file.with_name("paths.yaml").read_bytes())
    without = read_case(tmp_path / "case.yaml")
    assert without.file.decide.moves == {} and without.standing == {}
    assert consequences(without, tmp_path) == lesson_found
    assert lesson_case.with_moves(lesson_case.standing).scenario == without.scenario


def test_one_world_alone_is_the_world_among_all(lesson_case: Case, lesson_found: Consequences, folder: Path) -> None:
    for number in range(lesson_found.end.worlds):
        alone = one_world(lesson_case, number, folder)
        for policy, roles in lesson_found.end.roles.items():
            for role, values in roles.items():
                assert alone.roles[policy][role] == pytest.approx(values[number], rel=1e-6), (policy, role)


def test_a_raised_bid_raises_the_fees_for_every_sale_in_every_world(
    lesson_case: Case, lesson_found: Consequences, folder: Path
) -> None:
    raised = consequences(lesson_case.with_moves({"insurer": BID}), folder)
    for policy in ("quiet sale", "exclusive sale"):
        usual = np.array(lesson_found.end.facts[policy]["data_income"])
        now = np.array(raised.end.facts[policy]["data_income"])
        assert (now[usual > 0] > usual[usual > 0]).all() and (usual > 0).any()
    assert raised.end.facts["declined"] == lesson_found.end.facts["declined"]


def test_a_law_ends_what_nobody_agreed_to_and_leaves_the_rest(
    lesson_case: Case, lesson_found: Consequences, folder: Path
) -> None:
    bound = consequences(lesson_case.with_moves({"regulator": LAW}), folder)
    debts = [np.array(each.end.facts["quiet sale"]["consent_debt"]) for each in (bound, lesson_found)]
    assert (debts[0] < debts[1] / 2).all()
    assert bound.end.facts["asked"] == lesson_found.end.facts["asked"]


def test_moves_change_what_they_say_and_leave_each_world_its_luck(lesson_case: Case) -> None:
    moves = {"insurer": BID, "regulator": READY, "consumer advocate": SPEAK}
    usual, now = lesson_case.scenario, lesson_case.with_moves(moves).scenario
    said = {"world.paid_by_a_lone_buyer": 0.8, "world.inquiries_per_year": 2}
    said |= {"world.complaints_to_an_authority": 0.5, "world.complaints_for_an_inquiry": 1e-5}
    assert {name: now.overrides[name] for name in said} == said
    for world in range(3):
        before, after = drawn_numbers(usual, world), drawn_numbers(now, world)
        assert after["world.press_hazard_per_year"] == pytest.approx(3 * before["world.press_hazard_per_year"])
        others = before.keys() - {*said, "world.press_hazard_per_year"}
        assert {name: after[name] for name in others} == {name: before[name] for name in others}


def test_the_wording_of_moves_is_no_part_of_what_is_kept(
    lesson_case: Case, lesson_found: Consequences, lesson_file: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    consequences(lesson_case, kept)
    text = lesson_file.read_text(encoding="utf-8").replace("Leave the offer as it is.", "Stay with it.")
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "paths.yaml").write_bytes(lesson_file.with_name("paths.yaml").read_bytes())
    (folder,) = kept.iterdir()
    (folder / "consequences.json").write_text(json.dumps(_marked(folder / "consequences.json")))
    assert consequences(read_case(tmp_path / "case.yaml"), kept).end.week == 77


def _marked(path: Path) -> dict[str, dict[str, int]]:
    data: dict[str, dict[str, int]] = json.loads(path.read_text())
    data["end"]["week"] = 77
    return data


# --- what other moves would have brought ---------------------------------------------------------------------------


def test_the_debrief_sets_each_move_beside_those_that_were_not_made(
    opened: OpenClass, lesson_found: Consequences
) -> None:
    sit(opened, (1, "insurer"), (1, "chief executive"), (2, "shopper"), (3, "regulator"))
    for number, move in {1: BID, 2: "", 3: "yes", 4: "wait"}.items():
        seal(opened, number, move)
    for phase in ("decide", "reveal", "respond", "outcome"):
        opened.advance(phase)
    worlds = Worlds(opened.case, lesson_found, opened.lesson.world, opened.folder)
    insurer, regulator, advocate = of_tables(opened.lesson, worlds, moves_lived(opened.lesson))
    assert (insurer.role, insurer.made, regulator.made, advocate.made) == ("insurer", BID, "wait", "keep counting")
    assert list(insurer.courses) == ["tables 1, 2, 3: sell quietly; say nothing"]
    assert [each.votes for each in insurer.tried] == [0, 1, 0] and [each.votes for each in regulator.tried] == [1, 0, 0]
    as_made = {each.tried[[t.is_made for t in each.tried].index(True)].brought[0][0] for each in (insurer, regulator)}
    assert len(as_made) == 1, "what was made is the same whoever's other moves stand beside it"
    assert insurer.tried[0].brought != insurer.tried[1].brought
    told = surveyed(opened.lesson, worlds, moves_lived(opened.lesson))
    assert told and (told.yes, told.no) == (1, 0) and 0 < told.minding < 1
    page = debrief(opened.lesson, worlds)
    assert "What each role did of its own" in page and "would say that they mind" in page and BID in page


def test_simulated_shoppers_are_asked_as_a_survey_asks_them(lesson_case: Case, folder: Path) -> None:
    found = one_world(lesson_case, 1, folder)
    model = Simulation(lesson_case.scenario, replicate=1)
    place = list(lesson_case.scenario.policies).index("quiet sale")
    assert found.minding == pytest.approx(float(model.institutions(Retailer)[place].minding("share_data", 5).mean()))


def test_a_room_without_a_server_has_the_moves_too(lesson_case: Case, lesson_found: Consequences, folder: Path) -> None:
    worlds = Worlds(lesson_case, lesson_found, 0, folder)
    for page in (paper(worlds), offline(worlds)):
        for role in ROLES:
            asked = lesson_case.asked_of(role)
            assert asked and asked.asks.replace("'", "&#39;") in page
        assert "could have done of their own" in page and page.count("as it was") == 3


# --- mistakes in the file ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line_with", "message"),
    [
        ("    regulator:\n      asks", "    analyst:\n      asks", "    analyst:", "'analyst' has no move of its own"),
        ("world.paid_by_a_lone_buyer: 0.8", "world.paid_by_a_lone: 0.8", "paid_by_a_lone:", "no number called"),
        ("world.paid_by_a_lone_buyer: 0.8", "world.paid_by_a_lone_buyer: 9", "lone_buyer: 9", "world.paid_by_a_lone"),
        ("world.paid_by_a_lone_buyer: 0.8", "world.paid_by_a_lone_buyer: [0.5, 0.8]", "[0.5, 0.8]", "write one number"),
        ("per_year: [0.045, 0.45]", "per_year: 0.2", "per_year: 0.2", "write another range, [low, high]"),
        ("per_year: [0.045, 0.45]", "per_year: [0.5, 0.1]", "[0.5, 0.1]", "the low end"),
        ("share_data: {reward_paid_by", "sell_data: {reward_paid_by", "sell_data", "has an action 'sell_data'"),
        ("reward_paid_by: partner", "reward_payed_by: partner", "reward_payed_by", "cannot set 'reward_payed_by'"),
        ("reward_paid_by: partner", "reward_paid_by: nobody", "paid_by: nobody", "reward_paid_by"),
        ("reward_paid_by: partner", "week: 9", "{week: 9}", "cannot set 'week'"),
        ("do: law, requires: opt_in", "do: law, requires: consent", "requires: consent", "requires"),
        ("{week: 53, do: law", "{week: 530, do: law", "week: 530", "after the end"),
        (
            "says: Leave the offer as it is.",
            "says: Leave it.\n          numbers: {world.paid_by_a_lone_buyer: 0.4}",
            "as offered:",
            "the first option is how things stand",
        ),
        ("          numbers: {world.paid_by_a_lone_buyer: 0.8}\n", "", "four fifths:", "'four fifths' changes nothing"),
        (
            "practices.noticing_own_data_per_year: 0.1",
            "world.inquiries_per_year: 3",
            "inquiries_per_year: 3",
            "moved by",
        ),
        ("    about: sell quietly\n", "    about: sell it\n", "about: sell it", "no choice 'sell it'"),
        ("    about: sell quietly\n", "    about: decline\n", "    about: decline", "nothing that shoppers could mind"),
    ],
)
def test_a_mistake_in_a_move_is_shown_where_it_stands(
    lesson_file: Path, tmp_path: Path, old: str, new: str, line_with: str, message: str
) -> None:
    error, lines = refused_case(lesson_file, tmp_path, old, new)
    assert message in str(error)
    number = 1 + [line_with in line for line in lines].index(True)
    assert number in [problem.line for problem in error.problems], str(error)
