"""A class in real browsers: an instructor and five students with phones, and a room without a server."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from serving import free_port
from serving_classes import served

from simulation.classroom.case import Case
from simulation.classroom.consequences import Consequences
from simulation.classroom.handouts import offline
from simulation.classroom.other_moves import Worlds

pytestmark = pytest.mark.slow
PHONE, WALL = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve")
Barriers = Callable[[Any], list[str]]


@pytest.fixture
def visitors(browser: Any) -> Iterator[Callable[[dict[str, int]], Any]]:
    """Give pages of fresh visitors; none may have seen an error or anything of another host when all are closed."""
    contexts: list[Any] = []
    hosts: set[str] = set()
    errors: list[str] = []

    def visit(size: dict[str, int]) -> Any:
        context = browser.new_context(viewport=size, accept_downloads=True)
        contexts.append(context)
        context.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == [] and hosts <= {"127.0.0.1", ""}


def sideways(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def seal(page: Any, decision: str, answers: tuple[str, ...], sure: str) -> None:
    page.locator("form.seal").wait_for()
    page.get_by_role("radio", name=decision).check()
    for place, answer in enumerate(answers):
        page.locator(f"input[name=answer-{place}][value={answer}]").check()
        page.locator(f"select[name=sure-{place}]").select_option(sure)
    if page.locator("input[name=move]").count():
        page.locator("input[name=move]").nth(1).check()
    page.get_by_role("button", name="Seal").click()
    page.get_by_text("Receipt").wait_for()


def join(students: list[Any], address: str, code: str, barriers: Barriers) -> None:
    """Let five students join, at two tables."""
    for number, (page, name) in enumerate(zip(students, NAMES, strict=True)):
        page.goto(address)
        page.get_by_label("Code of the class").fill(code.lower())
        page.get_by_label("Nickname").fill(name)
        if not number:
            assert barriers(page) == []
        page.get_by_role("button", name="Join").click()
        page.get_by_text("Your instructor will open").wait_for()


def test_an_instructor_and_five_students_from_joining_to_the_report(
    visitors: Callable[[dict[str, int]], Any], barriers: Barriers, lesson_file: Path, tmp_path: Path
) -> None:
    port, out = free_port(), tmp_path / "out"
    address = f"http://127.0.0.1:{port}"
    with served(lesson_file, out, port) as (code, link):
        teacher, students = visitors(WALL), [visitors(PHONE) for _ in NAMES]
        teacher.goto(link)
        assert "key=" not in teacher.url
        join(students, address, code, barriers)
        teacher.get_by_role("cell", name="Eve").wait_for()
        assert barriers(teacher) == [] and barriers(students[0]) == []

        teacher.get_by_role("button", name="Open the first decision").click()
        students[0].locator("form.seal").wait_for()
        assert barriers(students[0]) == [] and sideways(students[0]) == 0
        for number, page in enumerate(students):
            decision = ("sell quietly", "ask each member")[number % 2]
            seal(page, decision, ("yes", "no", "yes"), ("90", "60", "80")[number % 3])
        teacher.get_by_text("5 have sealed").wait_for()

    # The server was stopped in the middle of the lesson; nobody has to join again.
    with served(lesson_file, out, port) as (same_code, _):
        assert same_code == code
        students[1].reload()
        assert students[1].get_by_text("Receipt").is_visible()
        teacher.reload()
        teacher.get_by_role("button", name="Close the round and reveal").click()
        students[0].get_by_text("Your table: sell quietly").wait_for()
        assert students[0].get_by_role("row", name="sell quietly yours").count() == 1
        assert barriers(students[0]) == [] and sideways(students[0]) == 0
        teacher.get_by_role("button", name="Open the response").click()
        for number, page in enumerate(students):
            seal(page, ("stop and apologise", "say nothing")[number % 2], ("no", "no", "no"), "70")
        teacher.get_by_role("button", name="Close the round and show the outcome").click()
        students[0].get_by_text("sell quietly; stop and apologise", exact=True).first.wait_for()
        assert barriers(students[0]) == [] and sideways(students[0]) == 0
        teacher.get_by_role("button", name="Open the debrief").click()
        students[4].get_by_role("heading", name="1 of 6").wait_for()
        assert barriers(students[4]) == [] and sideways(students[4]) == 0
        assert barriers(teacher) == []

        take_home(teacher, visitors(PHONE), barriers, tmp_path)

        teacher.get_by_text("End the class", exact=True).first.click()
        teacher.get_by_label("Delete all that is kept").check()
        teacher.get_by_role("button", name="End the class").click()
        teacher.get_by_role("heading", name="The class has ended").wait_for()
        students[2].get_by_text("This class has ended").wait_for()
    assert not list(out.rglob("journal.jsonl"))


def take_home(teacher: Any, report: Any, barriers: Barriers, folder: Path) -> None:
    """Download the history and the report of the debrief, and read both."""
    with teacher.expect_download() as download:
        teacher.get_by_role("link", name="all decisions and predictions").click()
    download.value.save_as(folder / "history.csv")
    rows = list(csv.DictReader((folder / "history.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(NAMES) * 2 * 3 and {row["nickname"] for row in rows} == set(NAMES)
    with teacher.expect_download() as download:
        teacher.get_by_role("link", name="report of the debrief").click()
    download.value.save_as(folder / "debrief.html")
    report.goto((folder / "debrief.html").as_uri())
    assert all(name in report.locator("main").inner_text() for name in NAMES)
    assert barriers(report) == [] and sideways(report) == 0
    weigh_by_hand(report)


def weigh_by_hand(page: Any) -> None:
    """Give weights to a board, and find the points of every course by hand, the best course first."""
    board = page.locator("[data-board]").first
    assert set(board.locator("td[data-points]").all_inner_texts()) == {"–"}
    board.get_by_label("value").fill("3")
    board.get_by_label("trust").fill("1")
    rows = board.locator("tbody tr").all()
    points = []
    for row in rows:
        scaled = [float(each) for each in row.get_attribute("data-scaled").split(",")]
        points.append((3 * scaled[0] + scaled[3]) / 4 * 100)
        assert row.locator("td[data-points]").inner_text() == f"{points[-1]:.0f}"
    assert points == sorted(points, reverse=True)
    board.get_by_label("value").fill("0")
    board.get_by_label("trust").fill("0")
    assert set(board.locator("td[data-points]").all_inner_texts()) == {"–"}


def test_a_room_without_a_server(
    visitors: Callable[[dict[str, int]], Any],
    barriers: Barriers,
    lesson_case: Case,
    lesson_found: Consequences,
    tmp_path: Path,
) -> None:
    worlds = Worlds(lesson_case, lesson_found, 0, tmp_path)
    (tmp_path / "lesson.html").write_text(offline(worlds), encoding="utf-8")
    world = worlds.of(lesson_case.standing)
    page = visitors(PHONE)
    page.goto((tmp_path / "lesson.html").as_uri())
    assert not page.get_by_role("heading", name="What has come of each choice").is_visible()
    page.get_by_label("You are the").select_option("consumer advocate")
    measures = page.get_by_text("Your own measure, which you keep to yourself")
    shown = [each.inner_text() for each in measures.all() if each.is_visible()]
    assert len(shown) == 1 and "consent debt and harmful events" in shown[0]
    assert barriers(page) == [] and sideways(page) == 0
    fill(page, "decide", "sell quietly", "1", "90")
    page.get_by_role("heading", name="What has come of each choice").wait_for()
    came = [float(each) for each in world.came_true("decide")]
    first = sum((0.9 - each) ** 2 for each in came) / 3
    assert page.locator("[data-score=decide]").inner_text() == f"{first:.3f}"
    assert not page.get_by_role("radio", name="promise in public").is_visible(), "that is for those who declined"
    page.reload()
    assert page.locator("[data-sealed=decide]").inner_text() == "sell quietly; in your own role: keep counting"
    fill(page, "respond", "stop and apologise", "0", "70")
    page.get_by_role("heading", name="To talk about").wait_for()
    after = [float(each) for each in world.came_true("respond")]
    both = (3 * first + sum((0.3 - each) ** 2 for each in after)) / 6
    assert page.locator("[data-score=both]").inner_text() == f"{both:.3f}"
    assert barriers(page) == [] and sideways(page) == 0
    weigh_by_hand(page)
    page.get_by_role("button", name="Begin again").click()
    page.get_by_label("You are the").wait_for()
    assert not page.get_by_role("heading", name="To talk about").is_visible()


def fill(page: Any, round_: str, decision: str, answer: str, sure: str) -> None:
    form = page.locator(f"form[data-round={round_}]")
    for move in form.locator("input[name=move]:visible").all()[:1]:
        move.check()
    form.locator("label:visible", has_text=f"{decision}:").locator("input").check()
    for question in form.locator("[data-question]").all():
        question.locator(f"input[value='{answer}']").check()
        question.locator("select").select_option(sure)
    form.get_by_role("button", name="Seal").click()
