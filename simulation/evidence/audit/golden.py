"""(+ golden.json) Small runs whose numbers are kept, so that nobody moves a number without saying so."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.compiling import cache_folder, is_interpreted
from simulation.evidence.audit.books import books_of, digest_of
from simulation.model.model import LoyaltyModel
from simulation.runs.findings import finding_of
from simulation.runs.lived import outcome_of
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario, scenario_type

SOURCE = Path(__file__).with_name("golden.json")
_EVERYTHING = SOURCE.with_name("everything.yaml")

_PATIENCE = 900.0  # seconds for a process that compiles everything and lives all cases

_QUIET = {
    "title": "Nothing is done with the card",
    "question": "How do people shop?",
    "seed": 2007,
    "weeks": 104,
    "uncertain": "chance",
    "population": {"shoppers": 2000},
    "policies": {"status quo": []},
}


def golden_cases() -> dict[str, Scenario]:
    """Return the cases whose numbers are kept, by name."""
    return {"status quo": scenario_type().model_validate(_QUIET), "something of everything": read_scenario(_EVERYTHING)}


def golden_of(scenario: Scenario) -> dict[str, Any]:
    """Return what is kept of a case: a hash of all its books, and what each policy comes to, to read what has moved."""
    model = LoyaltyModel(scenario).run()
    measures = finding_of(outcome_of(model)).measures
    found = {name: _to_ten_digits(values) for name, values in measures.items()}
    return {"digest": digest_of(books_of(model)), "policies": list(scenario.policies), "measures": found}


def _to_ten_digits(values: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.10g}") for value in values]


def kept() -> Mapping[str, Any]:
    """Return what was last agreed on, by the name of the case."""
    found: Mapping[str, Any] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return found


class ForeignCodeError(ValueError):
    """Why numbers say nothing: compiled code that is kept does not come from the sources."""


def renew() -> list[str]:
    """Keep the numbers as they are now; return the names of the cases that have moved.

    Raises ForeignCodeError, and keeps nothing, if they come from compiled code that is not that of the sources.
    """
    before = kept() if SOURCE.exists() else {}
    now = {name: golden_of(case) for name, case in golden_cases().items()}
    if now != before:
        refuse_foreign_code({name: each["digest"] for name, each in now.items()})
    SOURCE.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    return [name for name in now if now[name] != before.get(name)]


def moved() -> list[str]:
    """Return, for each case whose numbers are not those kept, the name and the measures that have moved.

    Raises ForeignCodeError if they come from compiled code that is not that of the sources.
    """
    found = {name: (kept()[name], golden_of(case)) for name, case in golden_cases().items()}
    if any(was["digest"] != now["digest"] for was, now in found.values()):
        refuse_foreign_code({name: now["digest"] for name, (_, now) in found.items()})
    return [f"{name} ({_measures(was, now)})" for name, (was, now) in found.items() if was["digest"] != now["digest"]]


def _measures(was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    measures = [each for each, values in now["measures"].items() if values != was["measures"].get(each)]
    return ", ".join(measures) or "beyond the tenth digit or below what is summed up"


def refuse_foreign_code(digests: Mapping[str, str]) -> None:
    """Raise ForeignCodeError if a process that compiles everything anew finds other digests of the cases."""
    if not is_interpreted() and digests_by_fresh_code() != digests:
        raise ForeignCodeError(
            f"the compiled code in {cache_folder()} gives other numbers than the sources that it is kept for; "
            "remove that folder and ask again"
        )


def digests_by_fresh_code() -> Mapping[str, str]:
    """Return the digests of all cases as another process finds them that compiles everything from the sources."""
    with TemporaryDirectory() as home:
        environment = os.environ | {"XDG_CACHE_HOME": home, "PYTHONPATH": str(Path(__file__).parents[3])}
        command = [sys.executable, "-m", "simulation.evidence.audit.golden"]
        found = subprocess.run(command, env=environment, capture_output=True, timeout=_PATIENCE, check=True)
    digests: Mapping[str, str] = json.loads(found.stdout)
    return digests


if __name__ == "__main__":
    print(json.dumps({name: golden_of(case)["digest"] for name, case in golden_cases().items()}))
