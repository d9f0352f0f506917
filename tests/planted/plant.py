"""Put faults into a copy of the program, one at a time, and say which check catches each.

`python tests/planted/plant.py [--jobs N] [words of a fault ...]` prints a table and writes it as Markdown beside this
file with `--write`. The promises of `aislefour audit` are asked first, then the tests, until one fails. The promise
that numbers do not move catches nearly all of them, so it is asked only where nothing else does. Exit code 1 if a
fault survives.
"""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FAULTS = Path(__file__).with_name("faults.yaml")
TABLE = Path(__file__).with_name("CAUGHT.md")
TESTS = (
    *("rules", "draws", "arithmetic", "network", "twins", "reactions", "ledger", "institutions", "engines", "parties"),
    *("survival", "study", "plan", "scenario", "churn", "baseline", "mechanisms", "reserve", "validate"),
    *("compensation", "return_sheet", "screen", "words", "chain"),
    *("covering", "copies", "from_python", "ensemble"),
    *("own_rules", "caches", "audit"),
    *("screen_width", "names", "empty_market", "sealed", "memory", "speaking", "stopping"),
    *("exposure", "press", "weeks", "episode_readings", "fitting", "evidence_set", "drawing"),
    *("requests", "sensing", "merged_records", "suits", "boycotts"),
    *("in_model_survey", "going_on", "plugins", "laws", "hints", "beginning"),
    *("retail_media", "algorithmic_prices", "supplier_funding"),
    *("memberships", "endings", "coalitions"),
)
OF_CLASSES = ("classroom", "class_pages")
OF_TRANSACTIONS = ("doubtful_transactions", "exports", "transaction_files", "transactions")


def faults() -> list[dict[str, Any]]:
    """Return the faults to be planted."""
    found: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(FAULTS)
    return found


def promises() -> list[str]:
    """Return the promises that are asked first: all but that numbers do not move, and that size does not matter."""
    text = (ROOT / "simulation" / "evidence" / "audit" / "claims.yaml").read_text(encoding="utf-8")
    names = [claim["name"] for claim in YAML(typ="safe", pure=True).load(text)["claims"]]
    return [name for name in names if name not in ("unmoved", "size")]


def planted(fault: dict[str, Any], text: str) -> str:
    """Return a source with a fault in it; raises ValueError if the place is not to be found just once."""
    for old, new in ((fault["replace"], fault["by"]), *fault.get("also", ())):
        if text.count(old) != 1:
            raise ValueError(f"{fault['fault']}: '{old}' stands {text.count(old)} times in {fault['file']}")
        text = text.replace(old, new)
    return text


def catch(fault: dict[str, Any]) -> str:
    """Return what catches a fault, "" if nothing does."""
    with TemporaryDirectory() as home:
        for name in ("simulation", "tests", "scenarios", "pyproject.toml", "README.md", "CHANGELOG.md", "results"):
            source = ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, Path(home) / name)
        source = Path(home) / "simulation" / fault["file"]
        source.write_text(planted(fault, source.read_text(encoding="utf-8")), encoding="utf-8")
        if fault["file"].startswith(("classroom/", "serve/")):  # no promise looks at these
            return _by_test(home, OF_CLASSES)
        if "transaction" in fault["file"]:
            return _by_test(home, OF_TRANSACTIONS)
        return _by_promise(home, promises()) or _by_test(home, TESTS) or _by_promise(home, ["unmoved"])


def _by_promise(home: str, names: list[str]) -> str:
    said = _run(home, [sys.executable, "-m", "simulation", "audit", *names])
    broken = re.search(r"broken: (.*?)\.$", said.stdout, flags=re.M)
    if broken:
        return f"promise {broken[1]}"
    return "" if said.returncode == 0 else f"the audit does not run: {said.stderr.strip().splitlines()[-1][:80]}"


def _by_test(home: str, names: tuple[str, ...]) -> str:
    files = [f"tests/test_{name}.py" for name in names if (Path(home) / f"tests/test_{name}.py").exists()]
    said = _run(home, [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *files])
    failed = re.search(r"(?:FAILED|ERROR) tests/(\S+)", said.stdout)
    return f"test {failed[1]}" if failed else ""


def _run(home: str, command: list[str]) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": home, "XDG_CACHE_HOME": f"{home}/.cache"}
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=1200, check=False)


def main() -> int:
    """Plant the faults that the command line names, all if it names none."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    jobs = int(words.pop(0)) if "--jobs" in sys.argv else 1
    chosen = [fault for fault in faults() if not words or any(word in fault["fault"] for word in words)]
    lines = ["| fault | where | caught by |", "|---|---|---|"]
    survivors = 0
    with ThreadPoolExecutor(jobs) as pool:
        for fault, caught in zip(chosen, pool.map(catch, chosen), strict=True):
            survivors += not caught
            lines.append(f"| {fault['fault']} | `{fault['file']}` | {caught or 'NOTHING'} |")
            print(lines[-1], flush=True)
    print(f"{len(chosen)} faults planted, {survivors} survived")
    if "--write" in sys.argv:
        TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
