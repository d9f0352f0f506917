"""A whole class: thirty students with phones, an instructor and a screen, and a server that is killed half-way.

What it measures is printed (`pytest -m slow`): no test asserts a time.
"""

import csv
import html
import io
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from signal import Signals
from typing import Any

import httpx
import numpy as np
import pytest
from serving import free_port
from serving_classes import served

pytestmark = pytest.mark.slow
STUDENTS, TABLES = 30, 6
FORM = {f"answer-{place}": "yes" for place in range(3)} | {f"sure-{place}": "70" for place in range(3)}
_WATCH = """() => {
  window.seen = [];
  const note = () => window.seen.push([Date.now(), Number(document.querySelector("[data-sealed]").textContent)]);
  new MutationObserver(note).observe(document.querySelector("[data-sealed]"), {childList: true, characterData: true});
}"""


@dataclass
class Student:
    """Somebody with a phone, as a plain HTTP client: what was fetched, how long it took, what the stream told."""

    name: str
    address: str
    bytes: int = 0
    told: list[tuple[float, str]] = field(default_factory=list)
    is_here: bool = True

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            base_url=self.address, headers={"origin": self.address}, follow_redirects=True, timeout=60
        )

    def fetch(self, path: str, sent: Mapping[str, str] | None = None) -> tuple[str, float]:
        """Return a page and the seconds until it was there."""
        began = time.time()
        answer = self.client.post(path, data=sent) if sent else self.client.get(path)
        assert answer.status_code == 200, (self.name, path, answer.status_code, answer.text[:300])
        self.bytes += len(answer.content)
        return answer.text, time.time() - began

    def join(self, code: str) -> float:
        """Join as the QR code leads, load what a page needs, and listen from then on; return the seconds."""
        door, first = self.fetch(f"/?code={code}")
        for file in set(re.findall(r'(?:href|src)="(/files/[^"]+)"', door)):
            self.fetch(file)
        page, then = self.fetch("/join", {"code": code, "name": self.name})
        assert "Your instructor will open the first decision" in page
        threading.Thread(target=self._listen, daemon=True).start()
        return first + then

    def _listen(self) -> None:
        """Note each part that the class comes to, and connect anew where the connection is lost, as a browser does."""
        while self.is_here:
            try:
                with self.client.stream("GET", "/changes") as stream:
                    for line in stream.iter_lines():
                        self.bytes += len(line)
                        if found := re.search(r'"phase": "(\w+)"', line):
                            self.told.append((time.time(), found[1]))
            except httpx.HTTPError:
                time.sleep(0.5)

    def heard(self, phase: str) -> float:
        """Return when the stream first told of a part, after waiting for it."""
        for _ in range(1200):
            if when := next((when for when, part in list(self.told) if part == phase), None):
                return when
            time.sleep(0.1)
        raise AssertionError(f"{self.name} never heard of {phase}")

    def seal(self, round_: str, place: int) -> float:
        """Seal one of what can be decided, by place; return when it was sent."""
        page, _ = self.fetch("/seat")
        options, moves = (re.findall(rf'name="{name}" value="([^"]*)"', page) for name in ("decision", "move"))
        sent = {"round": round_, "decision": html.unescape(options[place % len(options)]), **FORM}
        if moves:
            sent["move"] = html.unescape(moves[1])
        began = time.time()
        answer, _ = self.fetch("/seal", sent)
        assert "Receipt" in answer
        return began


@pytest.fixture
def students() -> Iterator[list[Student]]:
    found: list[Student] = []
    yield found
    for each in found:
        each.is_here = False
        each.client.close()


def test_a_class_of_thirty_from_the_code_to_the_debrief(
    browser: Any, lesson_file: Path, students: list[Student], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port, out = free_port(), tmp_path / "out"
    address, figures = f"http://127.0.0.1:{port}", dict[str, Sequence[float]]()
    students += [Student(f"Student {number}", address) for number in range(2, STUDENTS + 1)]
    teacher, screen, phone = (_page(browser, size) for size in ((1280, 900), (1920, 1080), (390, 844)))
    began = time.time()
    with served(lesson_file, out, port, TABLES, Signals.SIGKILL) as (code, link):
        figures["start of the command, s"] = [time.time() - began]
        teacher.goto(link)
        screen.goto(f"{address}/screen?code={code}")
        figures["joining, s"] = _at_once([partial(each.join, code) for each in students])
        phone.goto(f"{address}/?code={code}")
        phone.get_by_label("Nickname").fill("Student 1")
        phone.get_by_role("button", name="Join").click()
        screen.get_by_text("30 have joined").wait_for()
        teacher.get_by_role("button", name="Open the first decision").click()
        screen.get_by_text("of 30 have sealed").wait_for()
        _seal_by_hand(phone)
        screen.evaluate(_WATCH)
        sent = _at_once([partial(each.seal, "decide", 1) for each in students[:14]])
        screen.get_by_text("15 of 30 have sealed").wait_for()
        figures["sealed until the screen shows it, s"] = _until_shown(screen, sent, 1)

    # The server was killed in the middle of the round; nobody has to do anything to go on.
    with served(lesson_file, out, port, TABLES) as (same_code, _):
        assert same_code == code
        screen.locator("#lost").wait_for(state="hidden")
        assert screen.get_by_text("15 of 30 have sealed").is_visible()
        sent = _at_once([partial(each.seal, "decide", 2) for each in students[14:]])
        screen.get_by_text("30 of 30 have sealed").wait_for()
        figures["sealed after the restart, s"] = _until_shown(screen, sent, 15)
        figures["closing of the first round, s"] = _go_on(teacher, students, "Close the round and reveal", "reveal")
        _walk(teacher, screen)
        _go_on(teacher, students, "Open the response", "respond")
        _seal_by_hand(phone)
        _at_once([partial(each.seal, "respond", 0) for each in students])
        closing = _go_on(teacher, students, "Close the round and show the outcome", "outcome")
        figures["closing of the second round, s"] = closing
        figures["opening of the debrief, s"] = _go_on(teacher, students, "Open the debrief", "debrief")
        pages = _at_once([partial(each.fetch, "/seat") for each in students])
        phone.get_by_role("heading", name="1 of 6").wait_for()
        _walk(teacher, screen)
        figures["page of the debrief, s"] = [seconds for _, seconds in pages]
        figures["a student's bytes, MB"] = [each.bytes / 1e6 for each in students]
        assert all("1 of 6" in page for page, _ in pages)
        history = teacher.request.get(f"{address}/instructor/history.csv").text()
    with capsys.disabled():
        print(*map(_said, figures.items()), sep="\n")
    rows = list(csv.DictReader(io.StringIO(history)))
    assert {row["nickname"] for row in rows} == {f"Student {number}" for number in range(1, STUDENTS + 1)}
    assert len(rows) == STUDENTS * 2 * 3, "two rounds of three questions"
    assert max(figures["a student's bytes, MB"]) < 5


def _page(browser: Any, size: tuple[int, int]) -> Any:
    return browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()


def _at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: call(), calls))


def _seal_by_hand(phone: Any) -> None:
    phone.locator("form.seal").wait_for()
    phone.locator("input[name=decision]").nth(1).check()
    for place in range(3):
        phone.locator(f"input[name=answer-{place}][value=yes]").check()
        phone.locator(f"select[name=sure-{place}]").select_option("70")
    for move in phone.locator("input[name=move]").all()[1:2]:
        move.check()
    phone.get_by_role("button", name="Seal").click()
    phone.get_by_text("Receipt").wait_for()


def _until_shown(screen: Any, sent: Sequence[float], before: int) -> list[float]:
    """Return the seconds from each answer, in order of sending, to the screen's count that includes as many."""
    seen = screen.evaluate("window.seen")
    return [
        min(when for when, count in seen if count >= before + place) / 1000 - began
        for place, began in enumerate(sorted(sent), 1)
    ]


def _go_on(teacher: Any, students: Sequence[Student], button: str, phase: str) -> list[float]:
    """Go on; return the seconds until each student's stream has told of it and the seat's page is there."""
    began = time.time()
    teacher.get_by_role("button", name=button).click(no_wait_after=True)

    def reached(each: Student) -> float:
        heard = each.heard(phase)
        return heard - began + each.fetch("/seat")[1]

    return _at_once([partial(reached, each) for each in students])


def _walk(teacher: Any, screen: Any) -> None:
    """Show all that this part has for the screen: nobody has to scroll, and a bar is as high as its count alone."""
    while True:
        screen.wait_for_timeout(500)
        title = screen.locator("h1").first.inner_text()
        assert screen.evaluate("document.documentElement.scrollHeight <= window.innerHeight"), title
        assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), title
        behind = screen.evaluate(
            "[...document.querySelectorAll('.bar')].map(each => getComputedStyle(each).backgroundColor)"
        )
        assert set(behind) <= {"rgba(0, 0, 0, 0)"}, title
        following = teacher.get_by_role("button", name="Next on the screen")
        if not following.count():
            return
        following.click()
        teacher.wait_for_timeout(500)


def _said(figure: tuple[str, Sequence[float]]) -> str:
    name, values = figure
    middle, late = np.quantile(values, [0.5, 0.95])
    return f"{name}: median {middle:.3f}, 95 % {late:.3f} (n = {len(values)})"
