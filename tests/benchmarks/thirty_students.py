"""Thirty students join a class, seal, look and seal again, all at once: `python tests/benchmarks/thirty_students.py`.

Prints how long each kind of request took, the median and the longest, and the server's memory before and after.
"""

import asyncio
import re
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

STUDENTS, TABLES, PORT = 30, 6, 8765
CASE = Path(__file__).parents[2] / "scenarios" / "classroom" / "shopsense_ifa" / "case.yaml"
BASE = f"http://127.0.0.1:{PORT}"
GUESSES = {f"{field}-{place}": value for place in range(3) for field, value in (("answer", "yes"), ("sure", "80"))}

took: dict[str, list[float]] = defaultdict(list)


def memory(process: int) -> float:
    """Return what a process holds, in MB."""
    return int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[0]) / 1000


async def timed(name: str, request: "asyncio.Future[httpx.Response] | object") -> httpx.Response:
    """Wait for an answer, note how long it took, and fail unless it is a good one."""
    began = time.perf_counter()
    answer: httpx.Response = await request  # type: ignore[misc]
    took[name].append(time.perf_counter() - began)
    answer.raise_for_status()
    return answer


async def lesson(code: str, link: str, process: int) -> None:
    """Let a class go through a lesson, everybody at once in each part."""
    limits, origin = httpx.Limits(max_connections=None), {"origin": BASE}
    browsers = [
        httpx.AsyncClient(base_url=BASE, headers=origin, limits=limits, follow_redirects=True, timeout=60)
        for _ in range(STUDENTS + 1)
    ]
    teacher, *students = browsers
    await timed("instructor", teacher.get(link))

    async def all_at_once(name: str, ask: "object") -> None:
        await asyncio.gather(*(timed(name, ask(number, each)) for number, each in enumerate(students)))  # type: ignore[operator]

    async def on(phase: str) -> None:
        await timed("instructor goes on", teacher.post("/instructor/next", data={"from": phase, "at_once": "yes"}))
        await all_at_once(f"look after {phase}", lambda _, each: each.get("/seat"))

    def joining(number: int, each: httpx.AsyncClient) -> object:
        return each.post("/join", data={"code": code, "name": f"student {number}"})

    def sealing(round_: str, decisions: tuple[str, ...]) -> object:
        said = [{"round": round_, "decision": decision, **GUESSES} for decision in decisions]
        return lambda number, each: each.post("/seal", data=said[number % TABLES % len(said)])

    before = memory(process)
    await all_at_once("join", joining)
    await on("read")
    await all_at_once("seal", sealing("decide", ("sell quietly", "decline")))
    await on("decide")
    await on("reveal")
    await all_at_once("seal", sealing("respond", ("stop and apologise", "promise in public")))
    for phase in ("respond", "outcome"):
        await on(phase)
    await timed("debrief report", teacher.get("/instructor/debrief.html"))
    for name, seconds in took.items():
        print(f"{name:22s} {len(seconds):3d} requests, median {median(seconds):.2f} s, last {max(seconds):.2f} s")
    print(f"no failure; server memory {before:.0f} MB before, {memory(process):.0f} MB after")
    await asyncio.gather(*(each.aclose() for each in browsers))


def wait_until_served() -> None:
    """Wait until somebody answers."""
    for _ in range(100):
        try:
            httpx.get(BASE)
            return
        except httpx.ConnectError:
            time.sleep(0.1)


def main() -> None:
    """Serve a class and let thirty students at it."""
    with TemporaryDirectory() as home:
        command = [
            sys.executable,
            "-m",
            "simulation",
            "classroom",
            str(CASE),
            "--port",
            str(PORT),
            "--tables",
            str(TABLES),
        ]
        server = subprocess.Popen([*command, "--out", home], stderr=subprocess.PIPE, text=True)
        assert server.stderr is not None
        said = ""
        while "Ctrl-C" not in said:
            said += server.stderr.readline()
        wait_until_served()
        try:
            asyncio.run(lesson(re.findall(r"code (\w+)", said)[0], re.findall(r"http\S+key=\S+", said)[0], server.pid))
        finally:
            server.terminate()
            server.wait(10)


if __name__ == "__main__":
    main()
