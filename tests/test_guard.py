"""Nobody gets past the guard of the site, and every answer carries what protects its reader."""

import asyncio
from collections.abc import Callable

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from simulation.serve.application import application
from simulation.serve.guard import MOST_BODY, Guard, Pace
from simulation.serve.pages import Part, page

HERE = {"origin": "http://localhost"}


async def _hello(request: Request) -> Response:
    return PlainTextResponse("hello")


async def _echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _broken(request: Request) -> Response:
    raise RuntimeError("secret detail")


async def _named(request: Request) -> Response:
    return page("error.html", title="name", said=request.query_params["name"])


PART = Part([Route("/", _hello), Route("/echo", _echo, methods=["POST"]), Route("/broken", _broken),
             Route("/named", _named)], {})  # fmt: skip


@pytest.fixture
def client() -> TestClient:
    return TestClient(application([PART]), base_url="http://localhost")


ANSWERS: dict[str, tuple[Callable[[TestClient], Response], int]] = {
    "a page": (lambda client: client.get("/"), 200),
    "a style sheet": (lambda client: client.get("/files/style.css"), 200),
    "a foreign host": (lambda client: client.get("/", headers={"host": "evil.example"}), 421),
    "an address that was not allowed": (lambda client: client.get("/", headers={"host": "192.0.2.1"}), 421),
    "a host that is none": (lambda client: client.get("/", headers={"host": "[::1"}), 421),
    "a foreign origin": (lambda client: client.post("/echo", headers={"origin": "http://evil.example"}), 403),
    "another port": (lambda client: client.post("/echo", headers={"origin": "http://localhost:1"}), 403),
    "no origin": (lambda client: client.post("/echo"), 403),
    "a hidden origin": (lambda client: client.post("/echo", headers={"origin": "null"}), 403),
    "a body": (lambda client: client.post("/echo", headers=HERE, content=b"x" * MOST_BODY), 200),
    "a large body": (lambda client: client.post("/echo", headers=HERE, content=b"x" * (MOST_BODY + 1)), 413),
    "a large body in parts": (lambda client: client.post("/echo", headers=HERE, content=iter([b"x" * MOST_BODY] * 2)),
                              413),
    "a length that is none": (lambda client: client.post("/echo", headers={**HERE, "content-length": "1e3"}), 413),
    "a wrong method": (lambda client: client.put("/echo", headers=HERE), 405),
    "an unknown page": (lambda client: client.get("/nothing"), 404),
    "a folder": (lambda client: client.get("/files/"), 404),
    "a source file": (lambda client: client.get("/files/guard.py"), 404),
    "a way up": (lambda client: client.get("/files/..%2fguard.py"), 404),
    "a failure": (lambda client: client.get("/broken"), 500),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_protects_its_reader_whatever_was_asked(client: TestClient, name: str) -> None:
    ask, status = ANSWERS[name]
    answer = ask(client)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_a_failure_tells_nothing_of_its_cause(client: TestClient) -> None:
    answer = client.get("/broken").text
    assert "secret" not in answer
    assert "Traceback" not in answer


def test_what_a_page_is_given_is_escaped(client: TestClient) -> None:
    answer = client.get("/named", params={"name": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in answer
    assert "&lt;script&gt;alert(1)" in answer


def test_an_address_is_let_in_only_where_that_was_asked_for() -> None:
    open_to_all = TestClient(application([PART], any_address=True), base_url="http://192.0.2.1:8000")
    assert open_to_all.get("/").status_code == 200
    assert open_to_all.get("/", headers={"host": "evil.example"}).status_code == 421


def test_haste_is_refused_with_when_to_try_again() -> None:
    client = TestClient(application([PART], pace=Pace(burst=3, a_second=0)), base_url="http://localhost")
    answers = [client.get("/") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["retry-after"] == "10"


def test_too_many_at_once_are_asked_to_come_back() -> None:
    async def ask() -> list[int]:
        inside, leave = asyncio.Event(), asyncio.Event()

        async def slow(request: Request) -> Response:
            inside.set()
            await leave.wait()
            return PlainTextResponse("done")

        app = Guard(Route("/", slow).app, hosts=["localhost"], most_open=1)
        async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
            first = asyncio.create_task(client.get("/"))
            await inside.wait()
            second = await client.get("/")
            leave.set()
            return [(await first).status_code, second.status_code, (await client.get("/")).status_code]

    assert asyncio.run(ask()) == [200, 503, 200]
