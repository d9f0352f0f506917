"""(+ golden.json) Small runs whose numbers are kept, so that nobody moves a number without saying so."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.audit.books import books_of, digest_of
from simulation.model.model import LoyaltyModel
from simulation.runs.findings import finding_of
from simulation.runs.run import outcome_of
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario, scenario_type

SOURCE = Path(__file__).with_name("golden.json")
_EVERYTHING = SOURCE.with_name("everything.yaml")

_QUIET = {
    "title": "Nothing is done with the card",
    "question": "How do people shop?",
    "seed": 2007,
    "weeks": 104,
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


def renew() -> list[str]:
    """Keep the numbers as they are now; return the names of the cases that have moved."""
    before = kept() if SOURCE.exists() else {}
    now = {name: golden_of(case) for name, case in golden_cases().items()}
    SOURCE.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    return [name for name in now if now[name] != before.get(name)]


def moved() -> list[str]:
    """Return, for each case whose numbers are not those kept, the name and the measures that have moved."""
    said = []
    for name, case in golden_cases().items():
        was, now = kept()[name], golden_of(case)
        if was["digest"] != now["digest"]:
            measures = [each for each, values in now["measures"].items() if values != was["measures"].get(each)]
            said.append(f"{name} ({', '.join(measures) or 'beyond the tenth digit or below what is summed up'})")
    return said
