"""Requests that strangers send: any path, query, form and header, to the page for one user and to a class."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote

from folders import lesson
from starlette.testclient import TestClient

from simulation.classroom.case import Case
from simulation.classroom.consequences import Consequences, Stage
from simulation.classroom.open_class import OpenClass
from simulation.scenario.schema import scenario_type
from simulation.serve.application import application
from simulation.serve.classroom import classroom
from simulation.serve.crew import Crew
from simulation.serve.guard import Pace
from simulation.serve.kept import Kept
from simulation.serve.user import single_user

ENDLESS = ("/changes", "/events")
"""Pages that go on as long as somebody listens."""

UNKIND = (500, 501, 502, 504)
"""What an answer must never be: something went wrong that nobody had thought of."""


@cache
def sites() -> tuple[TestClient, TestClient]:
    """Return clients of both sites: nobody in particular, and somebody with a seat who is the instructor as well."""
    sale = {"week": 3, "do": "share_data", "with": "insurer", "consent": "none"}
    said = {"title": "t", "question": "q", "weeks": 12, "population": {"shoppers": 200}}
    scenario = scenario_type().model_validate(said | {"policies": {"none": [], "sale": [sale]}})
    home, quick = Path(mkdtemp(prefix="aislefour-fuzz-")), Pace(burst=1e9, a_second=1e9)
    user = application([single_user({"case": scenario}, Kept(home / "kept"), Crew(1))], pace=quick)
    opened = OpenClass(lesson()[0], told(lesson()[0]), home / "class", tables=3, world=1)
    taught = application([classroom(opened)], pace=quick)
    clients = [
        TestClient(site, base_url="http://localhost", headers={"origin": "http://localhost"}) for site in (user, taught)
    ]
    clients[1].get("/instructor", params={"key": opened.key})
    clients[1].post("/join", data={"code": opened.code, "name": "Ada"})
    return clients[0], clients[1]


def told(case: Case) -> Consequences:
    """Return consequences of a case in two worlds in which nothing happens."""
    from simulation.classroom.world import FACTS
    from simulation.runs.roles import ROLES

    policies = [course.policy for course in case.courses]
    nothing: dict[str, Any] = {fact.name: [0.0, 0.0] for fact in FACTS} | {"card_use": [0.0, 0.0]}
    lines = {name: [[0.0, 0.0]] * 2 for name in ("value", "trust", "left")}
    stages = [
        Stage(
            week,
            dict.fromkeys(policies, nothing),
            dict.fromkeys(policies, {role: [0.0, 0.0] for role in ROLES}),
            [2, 4],
            dict.fromkeys(policies, lines),
            [[True, False] for _ in questions],
        )
        for week, questions in ((82, case.file.decide.predict), (260, case.file.respond.predict))
    ]
    return Consequences(*stages)


def request(content: bytes) -> None:
    """Send a request: which site and method by the first byte, then lines: the path, a header, the body."""
    which, lines = (content[0] if content else 0), content[1:].split(b"\n", 2)
    path = "/" + quote(lines[0].lstrip(b"/") if lines else b"", safe="/?&=%.+:;@")
    header = lines[1].decode("latin-1").partition(":") if len(lines) > 1 else ("", "", "")
    body = lines[2] if len(lines) > 2 else b""
    if any(word in path.lower() for word in ENDLESS) or "/end" in path:
        return
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if header[0].strip() and header[0].isascii() and header[0].replace("-", "").isalnum():
        headers[header[0].strip().lower()] = header[2].strip().replace("\r", "")
    method = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS")[which // 2 % 6]
    try:
        answer = sites()[which % 2].request(method, path, headers=headers, content=body, follow_redirects=False)
    except (UnicodeError, ValueError) as error:  # what the client itself does not send
        assert (
            "client" in type(error).__module__ or "httpx" in type(error).__module__ or isinstance(error, UnicodeError)
        )
        return
    assert answer.status_code not in UNKIND, f"{method} {path}: {answer.status_code}"
    assert "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers


def seeds() -> list[bytes]:
    """Return good requests to begin with; the sites are there from now on, and nobody waits for them."""
    sites()
    return SEEDS


SEEDS = [
    b"\x00scenarios/case?policy=sale&world.story_reach=0.5\naccept: text/html\n",
    b"\x02scenarios/case/runs\norigin: http://localhost\npolicy=sale&shoppers=300&weeks=12&replicates=2",
    b"\x02scenarios/case/small\norigin: http://localhost\nsmall=1&focus=sale&terms=%7B%22mine%22%3A%5B%5D%7D",
    b"\x00runs/0123456789abcdef0123/report.html\nlast-event-id: 3\n",
    b"\x00files/style.css\nif-none-match: x\n",
    b"\x01seat\ncookie: seat=x\n",
    b"\x01?code=ABC\nhost: localhost\n",
    b"\x03join\ncontent-length: 5\ncode=ABC&name=Ada",
    b"\x03seal\nreferer: x\nround=decide&decision=decline&answer-0=yes&sure-0=50&answer-1=no&sure-1=60&answer-2=no",
    b"\x03instructor/next\nx-y: z\nfrom=read",
    b"\x01instructor?key=x\nrange: bytes=0-10\n",
]
