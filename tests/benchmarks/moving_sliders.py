"""How soon a change on a scenario's page is answered, for one browser and for thirty at once that move sliders.

Each browser makes some changes, one after another, as soon as it has an answer and a moment has passed. On loopback
only, and bounded in number: `python tests/benchmarks/moving_sliders.py`, on a machine that does nothing else.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

SCENARIO = Path(__file__).parents[2] / "scenarios" / "shopsense_ifa.yaml"
CHANGES, PAUSE, PATIENCE = 12, 0.7, 120.0  # changes of a browser, seconds between them, seconds for an answer
PORT = 8799
FOCUS = {"focus": "quiet sale", "small": "2"}


async def one_browser(number: int, base: str, waits: list[float], shares: list[int]) -> None:
    """Move a slider again and again; note how long each answer takes, and how many replicates it has."""
    async with httpx.AsyncClient(base_url=base, headers={"origin": base}, timeout=PATIENCE) as client:
        await client.get("/")
        await asyncio.sleep(PAUSE * (number % 10) / 10)
        for change in range(CHANGES):
            value = 0.016 + 0.004 * change + 0.00001 * number
            began = time.perf_counter()
            fields = {**FOCUS, "world.press_hazard_per_year": f"{value:.5f}"}
            answer = await client.post("/scenarios/shopsense_ifa/small", data=fields)
            waits.append(time.perf_counter() - began)
            answer.raise_for_status()
            shares.append(answer.json()["answer"]["replicates"])
            await asyncio.sleep(PAUSE)


async def together(browsers: int, base: str) -> str:
    waits: list[float] = []
    shares: list[int] = []
    await asyncio.gather(*(one_browser(number, base, waits, shares) for number in range(browsers)))
    late = statistics.quantiles(waits, n=20)[-1]
    said = f"{browsers} browsers, {len(waits)} changes: median {statistics.median(waits):.3f} s, 95 % {late:.3f} s"
    return f"{said}, {statistics.mean(shares):.1f} replicates on average"


def opened(base: str) -> float:
    """Wait until the first page and its picture are there; return the seconds that the picture took."""
    for _ in range(600):
        try:
            httpx.get(base)
            break
        except httpx.TransportError:
            time.sleep(0.1)
    began = time.perf_counter()
    httpx.get(f"{base}/scenarios/shopsense_ifa/picture", timeout=PATIENCE)
    return time.perf_counter() - began


def main() -> int:
    base = f"http://127.0.0.1:{PORT}"
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "simulation", "serve", str(SCENARIO), "--port", str(PORT), "--out", folder]
        server = subprocess.Popen(command)
        try:
            print(f"the picture of the first page after {opened(base):.1f} s")
            for path in ("/", "/scenarios/shopsense_ifa"):
                began = time.perf_counter()
                answer = httpx.get(base + path, headers={"accept-encoding": "gzip"})
                took, size = time.perf_counter() - began, answer.num_bytes_downloaded
                print(f"{path}: {1000 * took:.0f} ms, {size / 1000:.1f} kB as sent")
            for browsers in (1, 30):
                print(asyncio.run(together(browsers, base)))
        finally:
            server.terminate()
            server.wait(10)
    return 0


if __name__ == "__main__":
    sys.exit(main())
