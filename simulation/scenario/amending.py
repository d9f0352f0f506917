"""A scenario's plain data with weeks cut off, or numbers set, and what the terms of an action are called."""

from collections.abc import Mapping
from typing import Any

from simulation.behaviour.parameters import refuse_wrong
from simulation.scenario.strictly import plainly
from simulation.scenario.timeline import Action


def ended(data: dict[str, Any], last: Any) -> dict[str, Any]:
    """Return a scenario's data without what begins after a new end, if that is a week."""
    if not isinstance(last, int):
        return data
    lists = {name: [row for row in rows if row["week"] <= last] for name, rows in data["policies"].items()}
    return data | {"policies": lists, "events": [row for row in data.get("events", ()) if row["week"] <= last]}


def with_numbers(data: dict[str, Any], values: Mapping[str, float]) -> dict[str, Any]:
    """Return a scenario's data with numbers set by address; what is set is not drawn.

    Raises ValueError for an address that no number has, and for a value that the number cannot have.
    """
    refuse_wrong(values)
    sections: dict[str, Any] = {}
    for address, value in values.items():
        section, name = address.split(".")
        sections[section] = {**sections.get(section, data.get(section, {})), name: float(value)}
    drawn = plainly(data.get("uncertain", {}))
    if isinstance(drawn, dict):
        drawn = {name: ends for name, ends in drawn.items() if name not in values}
    return data | sections | {"uncertain": drawn}


def terms_of(action: Action) -> dict[str, str]:
    """Return what an action's terms are called in a file, by that and by what Python calls them."""
    fields = {name: field.alias or name for name, field in type(action).model_fields.items() if name != "do"}
    return fields | {name: name for name in fields.values()}
