"""The pages of a class before requests that try: what is sealed, and what is the instructor's, stays so."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from time import sleep

import pytest
from starlette.testclient import TestClient

from simulation.classroom.case import Case
from simulation.classroom.consequences import Consequences
from simulation.classroom.lesson import MOST_SEATS
from simulation.classroom.open_class import JOURNAL, OpenClass
from simulation.classroom.world import World
from simulation.serve.application import application
from simulation.serve.classroom import classroom

ORIGIN = {"origin": "http://localhost"}
NASTY = "<img src=x onerror>"
GUESSES = {f"{field}-{place}": value for place in range(3) for field, value in (("answer", "yes"), ("sure", "80"))}
INSTRUCTORS = ("", "/tables", "/history.csv", "/debrief.html", "/paper.html")


class Room:
    """A class on a server, and browsers that come to it."""

    def __init__(self, opened: OpenClass) -> None:
        self.opened = opened
        self.site = application([classroom(opened, "http://10.0.0.7:8000/")])
        self._clients: list[TestClient] = []

    def browser(self, **headers: str) -> TestClient:
        client = TestClient(self.site, base_url="http://localhost", headers=ORIGIN | headers)
        self._clients.append(client)
        return client

    def instructor(self) -> TestClient:
        client = self.browser()
        assert client.get("/instructor", params={"key": self.opened.key}).status_code == HTTPStatus.OK
        return client

    def student(self, name: str) -> TestClient:
        client = self.browser()
        answer = client.post("/join", data={"code": self.opened.code, "name": name})
        assert answer.status_code == HTTPStatus.OK and answer.url.path == "/seat", answer.text
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.opened.close()


def sealing(decision: str, round_: str = "decide", move: str = "") -> dict[str, str]:
    return {"round": round_, "decision": decision, **GUESSES} | ({"move": move} if move else {})


def go_on(instructor: TestClient, phase: str) -> None:
    sent = {"from": phase, "at_once": "yes"}
    assert instructor.post("/instructor/next", data=sent).status_code == HTTPStatus.OK


@pytest.fixture
def room(lesson_case: Case, lesson_found: Consequences, tmp_path: Path) -> Iterator[Room]:
    found = Room(OpenClass(lesson_case, lesson_found, tmp_path / "class", tables=2, world=2))
    yield found
    found.close()


def test_the_instructor_s_pages_are_nobody_else_s(room: Room) -> None:
    instructor, student, stranger = room.instructor(), room.student("Ada"), room.browser()
    for page in INSTRUCTORS:
        for somebody in (student, stranger):
            assert somebody.get(f"/instructor{page}").status_code == HTTPStatus.FORBIDDEN, page
    for somebody in (student, stranger):
        assert somebody.post("/instructor/next", data={"from": "read"}).status_code == HTTPStatus.FORBIDDEN
        assert somebody.post("/instructor/end", data={"sure": "yes"}).status_code == HTTPStatus.FORBIDDEN
        assert somebody.get("/instructor", params={"key": room.opened.key[:-1]}).status_code == HTTPStatus.FORBIDDEN
    assert room.opened.lesson.phase == "read"
    go_on(instructor, "read")
    assert room.opened.lesson.phase == "decide"


def test_the_instructor_can_point_at_where_and_how_to_join(room: Room) -> None:
    shown = room.instructor().get("/instructor").text
    assert "http://10.0.0.7:8000/" in shown and room.opened.code in shown


def test_what_others_have_sealed_is_not_shown_before_its_time(room: Room) -> None:
    instructor, ada, ben = room.instructor(), room.student("Ada"), room.student("Ben")
    go_on(instructor, "read")
    sealed = ada.post("/seal", data=sealing("sell to IFA alone"))
    receipt = room.opened.lesson.sealed[1, "decide"].receipt
    assert receipt in sealed.text and "What has come of your choice" not in sealed.text
    seen = ben.get("/seat").text
    assert receipt not in seen and "Sealed: " not in seen and "What the tables did" not in seen
    shown = instructor.get("/instructor").text
    assert receipt in shown and "sell to IFA alone; chances of yes 80%" in shown
    go_on(instructor, "decide")
    later = ben.get("/seat").text
    assert receipt not in later and "Your table: <strong>decline</strong> (nobody sealed anything)" in later
    assert "Your table: <strong>sell to IFA alone</strong>." in ada.get("/seat").text, "who comes second sits elsewhere"


def test_outcomes_and_other_roles_measures_wait_for_their_phase(room: Room) -> None:
    instructor, ada = room.instructor(), room.student("Ada")
    seen = {"read": ada.get("/seat").text}
    for phase in ("read", "decide", "reveal", "respond", "outcome"):
        go_on(instructor, phase)
        seen[room.opened.lesson.phase] = ada.get("/seat").text
    after = {phase: "At the end, week 170" in page for phase, page in seen.items()}
    assert after == dict.fromkeys(("read", "decide", "reveal", "respond"), False) | {"outcome": True, "debrief": True}
    own = [phase for phase, page in seen.items() if "of-choice-0" in page]
    all_ = [phase for phase, page in seen.items() if "until-response" in page]
    assert own == ["reveal", "respond"] and all_ == ["debrief"], "one's own table first, the others after responding"
    regulators = [phase for phase, page in seen.items() if "complaints, fewer is better" in page]
    assert regulators == ["debrief"], "a chief executive does not see the regulator's measure before"


def test_nobody_joins_without_the_code_and_guessing_is_slow(room: Room) -> None:
    browser = room.browser()
    wrong = {"code": "AAAAAA", "name": "Ada"}
    answers = [browser.post("/join", data=wrong).status_code for _ in range(70)]
    assert answers[0] == HTTPStatus.UNPROCESSABLE_ENTITY and answers[-1] == HTTPStatus.TOO_MANY_REQUESTS
    assert room.opened.lesson.seats == {}
    typed = f" {room.opened.code[:3].lower()}-{room.opened.code[3:]} "
    assert browser.post("/join", data=wrong | {"code": typed}).url.path == "/seat"


def test_a_seat_belongs_to_one_browser(room: Room) -> None:
    room.student("Ada")
    for secret in ("", "x", "%C3%A9", "0" * 4000):
        stranger = room.browser(cookie=f"seat={secret}")
        assert stranger.get("/seat").url.path == "/"
        assert stranger.post("/seal", data=sealing("decline")).url.path == "/"
        assert stranger.get("/changes").status_code == HTTPStatus.FORBIDDEN


def test_what_is_kept_of_a_student_is_a_nickname_and_what_was_said(room: Room, tmp_path: Path) -> None:
    ada = room.student("Ada")
    kept = (tmp_path / "class" / JOURNAL).read_text().splitlines()
    record = json.loads(kept[1])
    assert sorted(record) == ["at", "do", "name", "number", "role", "secret_hash", "table"]
    assert ada.cookies["seat"] not in "".join(kept), "who reads the journal cannot sit down in a student's seat"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        sealing("sell everything"),
        sealing("stop and apologise"),
        sealing("decline", "respond"),
        sealing("decline") | {"answer-1": "maybe"},
        sealing("decline") | {"sure-2": "55"},
        sealing("decline") | {"sure-0": "-80"},
        sealing("decline") | {"sure-0": "9" * 5000},
        {"round": "decide", "decision": "decline"},
    ],
)
def test_what_cannot_be_sealed_is_refused_in_words(room: Room, sent: dict[str, str]) -> None:
    ada = room.student("Ada")
    go_on(room.instructor(), "read")
    answer = ada.post("/seal", data=sent)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and 'role="alert"' in answer.text
    assert room.opened.lesson.sealed == {}


def test_a_request_from_another_site_does_nothing(room: Room) -> None:
    instructor = room.instructor()
    elsewhere = {"origin": "http://evil.example"}
    assert (
        instructor.post("/instructor/next", data={"from": "read"}, headers=elsewhere).status_code
        == HTTPStatus.FORBIDDEN
    )
    assert room.opened.lesson.phase == "read"
    assert instructor.get("/instructor", headers={"host": "evil.example"}).status_code == HTTPStatus.MISDIRECTED_REQUEST


def test_a_nickname_is_text_wherever_it_stands(room: Room) -> None:
    ada = room.student(NASTY)
    instructor = room.instructor()
    for page in (ada.get("/seat"), instructor.get("/instructor"), instructor.get("/instructor/tables")):
        assert NASTY not in page.text and "&lt;img src=x onerror&gt;" in page.text
        assert "script-src 'self';" in page.headers["content-security-policy"]
    doors = room.browser().post("/join", data={"code": '"><script>', "name": NASTY})
    assert "<script>" not in doors.text and NASTY not in doors.text


def test_a_cookie_is_kept_from_scripts_and_other_sites(room: Room) -> None:
    browser = room.browser()
    joined = browser.post("/join", data={"code": room.opened.code, "name": "Ada"}, follow_redirects=False)
    link = browser.get("/instructor", params={"key": room.opened.key}, follow_redirects=False)
    for answer in (joined, link):
        said = answer.headers["set-cookie"].lower()
        assert "httponly" in said and "samesite=strict" in said
    assert room.opened.key not in browser.get("/instructor").text


def test_a_class_has_so_many_seats(room: Room) -> None:
    for number in range(MOST_SEATS):
        room.opened.join(f"student {number}")
    answer = room.browser().post("/join", data={"code": room.opened.code, "name": "one more"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "no seat left" in answer.text
    assert room.instructor().get("/instructor").status_code == HTTPStatus.OK


def test_the_instructor_takes_everything_away_and_ends_the_class(room: Room, tmp_path: Path) -> None:
    instructor, ada = room.instructor(), room.student("Ada")
    go_on(instructor, "read")
    ada.post("/seal", data=sealing("decline"))
    assert instructor.get("/instructor/debrief.html").status_code == HTTPStatus.CONFLICT
    for phase in ("decide", "reveal", "respond", "outcome"):
        go_on(instructor, phase)
    taken = {name: instructor.get(f"/instructor/{name}") for name in ("history.csv", "debrief.html", "paper.html")}
    for name, answer in taken.items():
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert taken["history.csv"].text.count("\n") == 1 + 3 and "Ada" in taken["debrief.html"].text
    unsure = instructor.post("/instructor/end", data={})
    assert unsure.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and (tmp_path / "class" / JOURNAL).exists()
    assert "Nothing is kept of it" in instructor.post("/instructor/end", data={"sure": "yes"}).text
    assert not (tmp_path / "class" / JOURNAL).exists()
    for client, page in ((instructor, "/instructor"), (ada, "/seat"), (ada, "/changes"), (room.browser(), "/")):
        assert client.get(page).status_code == HTTPStatus.GONE
    assert room.browser().get("/instructor", params={"key": room.opened.key}).status_code == HTTPStatus.GONE


def test_no_page_refers_to_another_host(room: Room) -> None:
    instructor, ada = room.instructor(), room.student("Ada")
    for phase in ("read", "decide", "reveal", "respond", "outcome", "debrief"):
        for page in (ada.get("/seat").text, instructor.get("/instructor").text.replace("http://10.0.0.7:8000/", "/")):
            shown = re.sub(r"xmlns(:\w+)?=\"[^\"]*\"", "", page)
            assert re.findall(r"(?:src|href|action)=\"(?!/|#|data:)[^\"]*\"|https?://", shown) == [], phase
        if phase != "debrief":
            go_on(instructor, phase)


def test_what_cannot_be_kept_is_said_and_did_not_happen(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    instructor, ada = room.instructor(), room.student("Ada")
    go_on(instructor, "read")

    def full(record: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room.opened._journal, "add", full)
    joining = {"code": room.opened.code, "name": "Ben"}
    for answer in (
        ada.post("/seal", data=sealing("decline")),
        instructor.post("/instructor/next", data={"from": "decide", "at_once": "yes"}),
        room.browser().post("/join", data=joining),
    ):
        assert answer.status_code == HTTPStatus.INSUFFICIENT_STORAGE and "did not happen" in answer.text
    assert (
        room.opened.lesson.sealed == {} and room.opened.lesson.phase == "decide" and len(room.opened.lesson.seats) == 1
    )


def test_who_has_lost_a_browser_is_let_back_in_and_the_lost_one_is_out(room: Room) -> None:
    instructor, ada = room.instructor(), room.student("Ada")
    go_on(instructor, "read")
    ada.post("/seal", data=sealing("decline"))
    page = instructor.post("/instructor/let-in", data={"seat": "1"})
    (link,) = re.findall(r'href="http://10.0.0.7:8000(/back[^"]+)"', page.text)
    assert "<svg" in page.text
    phone = room.browser()
    assert phone.get(link).url.path == "/seat" and "Sealed: <strong>decline</strong>" in phone.get("/seat").text
    assert ada.get("/seat").url.path == "/", "a seat belongs to one browser"
    for somebody in (ada, phone, room.browser()):
        assert somebody.post("/instructor/let-in", data={"seat": "1"}).status_code == HTTPStatus.FORBIDDEN
    assert instructor.post("/instructor/let-in", data={"seat": "9"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    guesses = [room.browser().get("/back?with=x").status_code for _ in range(70)]
    assert guesses[0] == HTTPStatus.FORBIDDEN and guesses[-1] == HTTPStatus.TOO_MANY_REQUESTS


def test_a_round_closes_after_a_warning_unless_all_have_sealed(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.serve.class_console.WARNING", 0.2)
    ada = room.student("Ada")
    with room.instructor() as instructor:  # one loop for all its requests, as a server has
        instructor.get("/instructor", params={"key": room.opened.key})
        go_on(instructor, "read")
        assert "1</span> have not sealed: close in ten seconds" in instructor.get("/instructor").text
        instructor.post("/instructor/next", data={"from": "decide"})
        assert room.opened.lesson.is_closing and room.opened.lesson.phase == "decide"
        assert ada.post("/seal", data=sealing("decline")).status_code == HTTPStatus.OK, "there is still time"
        for _ in range(100):
            if room.opened.lesson.phase != "decide":
                break
            sleep(0.05)
        assert room.opened.lesson.phase == "reveal"


def test_the_screen_shows_no_names_and_needs_the_code(room: Room) -> None:
    instructor, ada = room.instructor(), room.student("Ada the Great")
    assert room.browser().get("/screen").status_code == HTTPStatus.FORBIDDEN
    joining = room.browser().get("/screen", params={"code": room.opened.code})
    assert joining.status_code == HTTPStatus.OK and "<svg" in joining.text and room.opened.code in joining.text
    go_on(instructor, "read")
    ada.post("/seal", data=sealing("sell quietly"))
    assert "have sealed" in instructor.get("/screen").text
    shown = []
    for phase in ("decide", "reveal", "respond", "outcome"):
        go_on(instructor, phase)
        for slide in range(10):
            if instructor.post("/instructor/slide", data={"slide": str(slide)}).status_code != HTTPStatus.OK:
                break
            shown.append(instructor.get("/screen").text)
    assert not [page for page in shown if "Ada the Great" in page]
    assert any("You said 80%" in page for page in shown)


def test_the_instructor_changes_seats(room: Room) -> None:
    instructor = room.instructor()
    room.student("Ada")
    room.student("Ben")
    moved = {"seat": "2", "table": "1", "role": "analyst"}
    assert instructor.post("/instructor/move", data=moved).status_code == HTTPStatus.OK
    assert instructor.post("/instructor/rename", data={"seat": "2", "name": "Bea"}).status_code == HTTPStatus.OK
    assert instructor.post("/instructor/remove", data={"seat": "1"}).status_code == HTTPStatus.OK
    (seat,) = room.opened.lesson.seats.values()
    assert (seat.number, seat.name, seat.table, seat.role) == (2, "Bea", 1, "analyst")
    assert (
        instructor.post("/instructor/move", data=moved | {"table": "9"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    )
    assert instructor.post("/instructor/slide", data={"slide": "7"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def seated(room: Room, *roles: str) -> list[TestClient]:
    """Return a browser for each role, all at the first table."""
    found = [room.student(f"student {number}") for number in range(1, len(roles) + 1)]
    for number, role in enumerate(roles, start=1):
        room.opened.move(number, 1, role)
    return found


def test_each_role_is_asked_what_it_does_of_its_own(room: Room) -> None:
    instructor = room.instructor()
    chief, insurer, shopper = seated(room, "chief executive", "insurer", "shopper")
    go_on(instructor, "read")
    decide = room.opened.case.file.decide
    assert decide.survey
    for browser, asked in ((chief, []), (insurer, [decide.moves["insurer"].asks]), (shopper, [decide.survey.asks])):
        page = browser.get("/seat").text
        legends = [*(lever.asks for lever in decide.moves.values()), decide.survey.asks]
        assert [each for each in legends if f"<legend>{each}</legend>" in page] == asked
    refused = insurer.post("/seal", data=sealing("decline"))
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "in your own role" in refused.text
    assert (
        "in your own role: <strong>four fifths</strong>"
        in insurer.post("/seal", data=sealing("decline", move="four fifths")).text
    )
    assert "four fifths: 1" in instructor.get("/instructor").text
    assert "four fifths" not in chief.get("/seat").text, "sealed until the round is closed"


def test_what_roles_do_is_lived_before_it_is_shown_and_stays_after_a_restart(
    room: Room, lesson_case: Case, lesson_found: Consequences, tmp_path: Path
) -> None:
    instructor = room.instructor()
    chief, insurer, regulator = seated(room, "chief executive", "insurer", "regulator")
    go_on(instructor, "read")
    chief.post("/seal", data=sealing("sell quietly"))
    insurer.post("/seal", data=sealing("decline", move="four fifths"))
    regulator.post("/seal", data=sealing("decline", move="wait"))
    go_on(instructor, "decide")
    assert "<strong>four fifths</strong>" in chief.get("/seat").text
    usual = World(lesson_case, lesson_found, 1)
    alone = usual.alone("sell quietly")
    before = usual.table(lesson_found.first, alone)[0][1][1]
    income = re.findall(r"<td>(\$[^<]+)</td>", chief.get("/seat").text)
    assert before not in income and len(list((tmp_path / "class").glob("consequences-*"))) == 1
    shown = chief.get("/seat").text
    room.close()
    again = Room(OpenClass(lesson_case, lesson_found, tmp_path / "class", tables=2))
    browser = again.browser(cookie=f"seat={chief.cookies['seat']}")
    assert browser.get("/seat").text == shown
    again.close()


def test_the_screen_and_the_debrief_show_moves_by_role(room: Room) -> None:
    instructor = room.instructor()
    chief, insurer, shopper = seated(room, "chief executive", "insurer", "shopper")
    go_on(instructor, "read")
    chief.post("/seal", data=sealing("sell quietly"))
    insurer.post("/seal", data=sealing("decline", move="as offered"))
    shopper.post("/seal", data=sealing("decline", move="yes"))
    go_on(instructor, "decide")
    instructor.post("/instructor/slide", data={"slide": "1"})
    screen = instructor.get("/screen").text
    assert "What each role did of its own" in screen and "1 yes, 0 no" in screen and "as offered" in screen
    assert "what other moves would have brought" not in instructor.get("/instructor").text.lower()
    for phase in ("reveal", "respond", "outcome"):
        go_on(instructor, phase)
    for page in (chief.get("/seat").text, instructor.get("/instructor").text):
        assert "what one role&#39;s other moves would have brought" in page.replace("'", "&#39;")
        assert "would say that they mind" in page and "table 1: sell quietly; say nothing" in page
