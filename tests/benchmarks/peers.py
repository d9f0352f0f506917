"""The basic week in other packages, each in an environment of its own: `python tests/benchmarks/peers.py --install`.

Without `--install` nothing is installed and what is missing is named. AgentPy and plain Mesa take turns; mesa-frames
has no release to install. AMBER and JAX are beside the program in `aislefour bench` itself.
"""

import json
import os
import pickle
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from basic_week import SALE_WEEK, STORY_WEEK, STORY_WEEKS, plain_opening
from plain_mesa import Grocer

HERE = Path(__file__).parent
SHOPPERS, WEEKS, WARM_UP, ROUNDS = 10_000, 3, 12, 5


def agentpy_speed(python: Path, opening: Path) -> dict[str, Any]:
    """Return what the AgentPy version says of itself."""
    command = [str(python), str(HERE / "agentpy_week.py"), str(opening), str(WEEKS)]
    said: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return said


def _alone() -> dict[str, str]:
    """Return the environment without this checkout on the path."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def mesa_speed(grocer: Grocer) -> float:
    """Return the shopper-weeks a second of the plain Mesa version."""
    began = time.perf_counter()
    for _ in range(WEEKS):
        grocer.step()
    return SHOPPERS * WEEKS / (time.perf_counter() - began)


def main() -> int:
    """Print the speed of each peer and the ratio to plain Mesa, in turns."""
    if "--install" not in sys.argv:
        print("AgentPy is not installed here; --install puts it into an environment of its own, for this run")
        return 0
    with TemporaryDirectory() as home:
        venv.create(home, with_pip=True)
        python = Path(home) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "agentpy"], check=True, env=_alone())
        opening = Path(home) / "opening.pickle"
        dates = {"dates": (SALE_WEEK, STORY_WEEK, STORY_WEEKS), "warm_up": WARM_UP}
        opening.write_bytes(pickle.dumps(plain_opening(SHOPPERS) | dates))
        grocer = Grocer(SHOPPERS)
        for _ in range(WARM_UP):
            grocer.step()
        pairs = [(agentpy_speed(python, opening)["speed"], mesa_speed(grocer)) for _ in range(ROUNDS)]
    for name, values in zip(("AgentPy", "plain Mesa"), zip(*pairs, strict=True), strict=True):
        print(f"{name:12s}{statistics.median(values):10.3g} shopper-weeks a second")
    ratios = [one / other for one, other in pairs]
    print(f"AgentPy : plain Mesa {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
