"""A run's results as files: tables that describe themselves, the scenario as run, and how to make them again.

Everything is written to a temporary folder beside the target and renamed whole.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.behaviour.parameters import parameters
from simulation.runs.columns import KEYS, TABLES, meaning_of, unit_of
from simulation.runs.detail import Recorder
from simulation.runs.folders import write_record, write_whole
from simulation.runs.headline import headline
from simulation.runs.memory import state_bytes
from simulation.runs.outcome import Outcome
from simulation.runs.provenance import origin
from simulation.runs.result_tables import tables_of
from simulation.runs.room import peak_bytes
from simulation.runs.statement import statement
from simulation.runs.table_files import ENDINGS, Format, write_table
from simulation.scenario.drawn import concerns, drawn_alone, drawn_together
from simulation.scenario.evidence_set import SETS, shipped_set
from simulation.scenario.reading import canonical_text
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas

FORMAT = 4
"""The version of the results' layout."""

MARK = "run.json"
_EXACT = ("summary", "replicates", "groups", "harms", "weekly", "payments")
"""Tables with all digits: what is left of two values of hundreds of millions is a few thousand dollars, people add up
to all households, and a mean times its people is a whole number again."""


def write_results(
    outcome: Outcome,
    folder: Path,
    extras: Callable[[Outcome, Path], None] | None = None,
    *,
    format: Format = "csv",
    recorder: Recorder | None = None,
) -> list[Path]:
    """Write all results to a folder, replacing earlier results there whole; `extras` adds figures and a report.

    `recorder` has kept what is asked of single shoppers. Raises ResultsError, and leaves what was there, if the folder
    cannot be written or holds something else.
    """

    def fill(fresh: Path) -> None:
        _write_all(outcome, fresh, format, recorder)
        if extras:
            extras(outcome, fresh)

    return write_whole(folder, MARK, fill)


def _write_all(outcome: Outcome, folder: Path, format: Format, recorder: Recorder | None) -> None:
    kinds = {
        name: write_table(parts, folder / name, format, exact=name in _EXACT)
        for name, parts in tables_of(outcome, recorder).items()
    }
    (folder / "scenario.yaml").write_text(canonical_text(outcome.scenario), encoding="utf-8")
    write_record(folder / MARK, run_record(outcome))
    write_record(folder / "datapackage.json", _package(outcome, kinds, format))


# --- how it was made ----------------------------------------------------------------------------------------------


def run_record(outcome: Outcome) -> dict[str, Any]:
    """Return what one needs to know about a run, and to make it again."""
    return {
        "format": FORMAT,
        **origin(outcome.scenario, outcome.command),
        **({"own_rules": dict(outcome.own_rules)} if outcome.own_rules else {}),
        "engine": outcome.engine,
        "seconds": round(outcome.seconds, 2),
        "memory": {
            "state_bytes_a_shopper": round(state_bytes(outcome.scenario) / outcome.scenario.population.shoppers, 1),
            "most_bytes": peak_bytes(),
        },
        "headline": (first := headline(outcome)).as_data(),
        "statement": statement(first, outcome.scenario).as_data(),
        "drawn": _drawn(outcome.scenario),
        "numbers": {
            address: _number(outcome, address)
            for address, number in parameters().items()
            if concerns(outcome.scenario, number)
        },
    }


def _drawn(scenario: Scenario) -> dict[str, Any]:
    """Return from which set replicates drew which numbers, and which from ranges; what they drew is in a table."""
    together = drawn_together(scenario)
    return {
        "set": scenario.uncertain.others,
        "what": SETS[scenario.uncertain.others],
        "made_from": dict(shipped_set().made_from) if together else None,
        "together": list(together),
        "from_ranges": list(drawn_alone(scenario)),
        "values": "replicates.csv",
    }


def _number(outcome: Outcome, address: str) -> dict[str, Any]:
    parameter = parameters()[address]
    drawn = list(outcome.scenario.uncertain.ranges.get(address, ()))
    return {
        "value": outcome.scenario.overrides.get(address, parameter.value),
        "set_by_scenario": address in outcome.scenario.overrides,
        "drawn_between": drawn or None,
        "unit": parameter.unit,
        "range": list(parameter.range),
        "distribution": parameter.distribution,
        "grade": parameter.grade,
        "source": parameter.source,
    }


def _package(outcome: Outcome, kinds: "dict[str, pandas.Series[Any]]", format: Format) -> dict[str, Any]:
    """Return the Frictionless description of the tables, given the kinds of their columns."""
    endings = ENDINGS[format]
    return {
        "profile": "tabular-data-package",
        "name": "aislefour-results",
        "title": outcome.scenario.title,
        "households_per_shopper": outcome.per_shopper,
        "resources": [_resource(name, columns, ending) for name, columns in kinds.items() for ending in endings],
    }


def _resource(name: str, columns: "pandas.Series[Any]", ending: str) -> dict[str, Any]:
    return {
        "name": name if ending == "csv" else f"{name}-{ending}",
        "path": f"{name}.{ending}",
        "profile": "tabular-data-resource",
        "description": TABLES[name],
        "schema": {
            "fields": [_field(name, str(column), kind) for column, kind in columns.items()],
            "primaryKey": ["run", *KEYS[name]],
            "missingValues": [""],
        },
    }


def _field(table: str, column: str, kind: Any) -> dict[str, Any]:
    said = str(kind)
    family = "integer" if "int" in said.lower() else "number" if "float" in said else "string"
    field: dict[str, Any] = {"name": column, "type": family, "description": meaning_of(table, column)}
    if unit := unit_of(table, column):
        field["unit"] = unit
    if said == "category":
        field["constraints"] = {"enum": [str(each) for each in kind.categories]}
    return field
