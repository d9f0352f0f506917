"""A command that is stopped, or whose process dies, leaves no process behind and no half result."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")

PATIENCE = 60  # seconds: busy machines are slow to end, and a time is not what is tested
LONG = """
title: A run of some minutes
question: Is anything left?
weeks: 260
replicates: 8
population: {shoppers: 300000}
uncertain: chance
policies:
  status quo: []
  sale:
    - {week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.5}
"""


def session_of(number: str) -> int:
    """Return the session that a living process belongs to, 0 for one that has ended."""
    try:
        state, _, _, session = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[:4]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return 0 if state == "Z" else int(session)


def living(session: int) -> list[str]:
    """Return the processes of a session that have not ended."""
    return [path.name for path in Path("/proc").iterdir() if path.name.isdigit() and session_of(path.name) == session]


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    """Wait until something is so, for so long at most; return whether it is."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.1)
    return is_so()


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give a starter of commands in a session of their own, which is ended afterwards."""
    (tmp_path / "long.yaml").write_text(LONG, encoding="utf-8")
    begun = []

    def start(*words: str, by: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
        heeding = "env", "--default-signal=INT,HUP"  # which tests in the background, or under nohup, pass on as ignored
        command = [*heeding, *by, sys.executable, "-m", "simulation", *words]
        process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True)
        begun.append(process)
        return process

    yield start
    for process in begun:
        for number in living(process.pid):
            os.kill(int(number), signal.SIGKILL)
        process.communicate()


def workers_are_at_work(process: "subprocess.Popen[str]") -> bool:
    """Wait until the command, its resource tracker and two workers are there, and the workers have begun."""
    return within(60, lambda: len(living(process.pid)) >= 4) and not within(1.5, lambda: process.poll() is not None)


@pytest.mark.parametrize(
    ("verb", "number", "code"),
    [
        ("run", signal.SIGTERM, 143),
        ("run", signal.SIGINT, 130),
        pytest.param("run", signal.SIGHUP, 129, marks=pytest.mark.slow),
        pytest.param("ensemble", signal.SIGTERM, 143, marks=pytest.mark.slow),
    ],
)
def test_a_signal_ends_a_command_and_its_workers(
    verb: str, number: int, code: int, start: Start, tmp_path: Path
) -> None:
    over = ["--over", "world.press_hazard_per_year", "--shoppers", "300000"] if verb == "ensemble" else []
    process = start(verb, "long.yaml", "--workers", "2", *over)
    assert workers_are_at_work(process)
    process.send_signal(number)
    assert process.wait(PATIENCE) == code
    assert within(PATIENCE, lambda: not living(process.pid)), living(process.pid)
    said = process.stderr.read() if process.stderr else ""
    assert "stopped; nothing is left half-written" in said and "Traceback" not in said
    assert not list(tmp_path.glob("results/[!.]*"))


def test_threads_are_not_waited_for(start: Start) -> None:
    process = start("run", "long.yaml", "--threads", "2")
    assert not within(3, lambda: process.poll() is not None)
    process.terminate()
    assert process.wait(PATIENCE) == 143


def test_a_command_that_is_killed_takes_its_workers_with_it(start: Start) -> None:
    process = start("run", "long.yaml", "--workers", "2")
    assert workers_are_at_work(process)
    process.kill()
    assert within(10, lambda: not living(process.pid)), living(process.pid)


def test_what_ignores_the_end_of_its_terminal_goes_on(start: Start) -> None:
    process = start("run", "long.yaml", "--workers", "2", by=("nohup",))
    assert workers_are_at_work(process)
    process.send_signal(signal.SIGHUP)
    assert not within(2, lambda: process.poll() is not None)


SERVER = """
import asyncio
from pathlib import Path

from simulation.serve.crew import Crew
from simulation.serve.worker import Job

async def serve():
    crew = Crew(1)
    async with crew.at_work():
        task = await crew.submit("run", "asker", Job("run", Path("long.yaml").read_text(), Path("out")))
        async for _, message in task.listen():
            print(message, flush=True)

asyncio.run(serve())
"""
"""A server that is at work, without a guard against being run again by its own workers."""


@pytest.mark.slow
def test_a_server_that_is_killed_takes_a_busy_worker_with_it(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(LONG, encoding="utf-8")
    (tmp_path / "server.py").write_text(SERVER, encoding="utf-8")
    command = [sys.executable, "server.py"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True) as server:
        try:
            said = iter(server.stdout or ())
            assert any("percent" in line for line in said), "its worker is in the middle of a run"
            server.kill()
            assert within(10, lambda: not living(server.pid)), living(server.pid)
        finally:
            for number in living(server.pid):
                os.kill(int(number), signal.SIGKILL)
