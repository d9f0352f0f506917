"""Thirty browsers press Run at once: how long each waits, whether the page stays responsive, what memory it takes.

Twice, so that what is never given back shows. Each asks for a run of its own of 10,000 shoppers, 260 weeks, two to
five policies and one replicate. Bounded in number
and time, on loopback only: `python tests/benchmarks/thirty_clients.py`.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

CLIENTS, SHOPPERS, LONGEST = 30, 10_000, 120.0
SCENARIOS = Path(__file__).parents[2] / "scenarios"
POLICIES = ("status quo", "quiet sale", "sale exposed", "opt-out notice", "opt-in wellness")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def resident_megabytes(pid: int) -> float:
    """Return what a process and its children hold."""
    pages = sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in family(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def one_client(number: int, base: str, pages: list[float]) -> float:
    """Ask for a run as a browser does, listen to the end, read the answer; return the seconds it took."""
    began = time.perf_counter()
    async with httpx.AsyncClient(base_url=base, headers={"origin": base}, timeout=LONGEST) as client:
        await client.get("/scenarios/shopsense_ifa")
        wanted = {"policy": list(POLICIES[: 2 + number % 4]), "shoppers": SHOPPERS + number, "replicates": 1}
        answer = await client.post("/scenarios/shopsense_ifa/runs", data=wanted)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise RuntimeError(f"{answer.status_code}: {answer.text[:200]}")
        run = answer.headers["location"]
        await client.get(run)
        pages.append(time.perf_counter() - began)
        async with client.stream("GET", f"{run}/events") as events:
            told = [line async for line in events.aiter_lines() if '"state"' in line]
        if '"done"' not in told[-1]:
            raise RuntimeError(told[-1])
        (await client.get(f"{run}/answer")).raise_for_status()
    return time.perf_counter() - began


async def look_about(base: str, waits: list[float]) -> None:
    """Open the first page again and again, as somebody does who has nothing to do with the runs."""
    async with httpx.AsyncClient(base_url=base, timeout=LONGEST) as client:
        while True:
            began = time.perf_counter()
            (await client.get("/")).raise_for_status()
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.25)


async def all_clients(base: str, first: int) -> tuple[list[float | BaseException], list[float], list[float]]:
    pages: list[float] = []
    waits: list[float] = []
    looking = asyncio.create_task(look_about(base, waits))
    clients = [one_client(number, base, pages) for number in range(first, first + CLIENTS)]
    took = await asyncio.wait_for(asyncio.gather(*clients, return_exceptions=True), LONGEST)
    looking.cancel()
    return took, pages, waits


def wait_until_open(base: str) -> None:
    for _ in range(300):
        try:
            httpx.get(base)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the server did not open")


def main() -> int:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        scenario = str(SCENARIOS / "shopsense_ifa.yaml")
        command = [sys.executable, "-m", "simulation", "serve", scenario, "--port", str(port), "--out", folder]
        server = subprocess.Popen(command)
        try:
            wait_until_open(base)
            asyncio.run(one_client(0, base, []))  # all that is loaded once is loaded before memory is looked at
            failures = sum(one_round(server.pid, base, 1 + turn * CLIENTS) for turn in range(2))
        finally:
            server.terminate()
            server.wait(10)
    return 1 if failures else 0


def one_round(server: int, base: str, first: int) -> int:
    """Let all clients loose at once and print what came of it; return the number of failures."""
    before = resident_megabytes(server)
    took, pages, waits = asyncio.run(all_clients(base, first))
    after = resident_megabytes(server)
    done = sorted(each for each in took if isinstance(each, float))
    failed = [each for each in took if not isinstance(each, float)]
    print(f"{len(done)} of {CLIENTS} runs done: median {statistics.median(done):.1f} s, last {done[-1]:.1f} s")
    print(f"  a run's own page stood after {statistics.median(pages):.2f} s (median), {max(pages):.2f} s (longest)")
    print(f"  the first page meanwhile: median {statistics.median(waits):.3f} s, longest {max(waits):.3f} s")
    print(f"  memory of the server and its workers: {before:.0f} MB before, {after:.0f} MB after")
    print(f"  failures: {len(failed)}", *map(repr, failed))
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
