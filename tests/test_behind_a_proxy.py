"""Pages reach people behind a proxy: compressed, streams at once, under the name that was given."""

import asyncio
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from simulation.cli.serving import _names, serve
from simulation.serve import answering
from simulation.serve.application import LOOPBACK, application
from simulation.serve.crew import Task
from simulation.serve.pages import AT_ONCE, Part
from simulation.serve.worker import Job


def site(*names: str) -> TestClient:
    async def long(_: object) -> PlainTextResponse:
        return PlainTextResponse("shop " * 2_000)

    async def events(_: object) -> StreamingResponse:
        return StreamingResponse(iter(["data: 1\n\n"] * 200), media_type="text/event-stream", headers=AT_ONCE)

    part = Part([Route("/long", long), Route("/events", events)], {})
    return TestClient(application([part], hosts=(*LOOPBACK, *names)), base_url="http://shop.example.edu")


def test_the_public_name_is_answered_and_no_other() -> None:
    assert site(*_names("127.0.0.1", "Shop.example.edu")).get("/long").status_code == 200
    assert site("127.0.0.1").get("/long").status_code == 421


def test_pages_are_compressed_and_streams_pass_at_once() -> None:
    client = site("shop.example.edu")
    page = client.get("/long", headers={"accept-encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip" and page.text == "shop " * 2_000
    stream = client.get("/events", headers={"accept-encoding": "gzip"})
    assert stream.headers["x-accel-buffering"] == "no" and "content-encoding" not in stream.headers


def test_a_stream_without_news_shows_that_it_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "SILENCE", 0.01)

    async def listen() -> list[str]:
        task, heard = Task("key", Job("run", "", Path("nowhere")), {"a"}), []
        async for each in answering.streamed(task, 0):
            heard.append(each)
            if len(heard) == 2:
                task.tell({"state": "done"})
        return heard

    assert asyncio.run(listen()) == [": still here\n\n"] * 2 + ['id: 0\ndata: {"state": "done"}\n\n']


@pytest.mark.parametrize("name", ["https://shop.example.edu", "shop.example.edu:80", "", "a/b"])
def test_what_is_no_bare_name_is_refused(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert serve(public_host=name, out=tmp_path) == 2
    assert "--public-host" in capsys.readouterr().err
