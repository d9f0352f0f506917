"""YAML in, Scenario out, or every error of the file with its line and what would be right."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from simulation.behaviour.plugins import called, owner, remembered
from simulation.scenario.checks import problems_of
from simulation.scenario.parsing import data_of, text_of, unusable
from simulation.scenario.policies import kinds, one_of
from simulation.scenario.population_file import take_population
from simulation.scenario.problems import Located, Problem
from simulation.scenario.schema import MOST_WEEKS, Scenario, as_data, fields_type, scenario_type
from simulation.scenario.shipped_files import file_of, scenarios
from simulation.scenario.uncertain import OTHERS, Range, schema_of_uncertain
from simulation.scenario.wording import problem_from


def read_scenario(path: str | Path) -> Scenario:
    """Return the scenario in a file, or one that comes with the program, by its name.

    Raises ScenarioError with all that is wrong with it.
    """
    file = file_of(path, scenarios())
    return scenario_from_text(text_of(file), str(file), file.parent)


def scenario_from_text(text: str, file: str = "scenario", folder: Path | None = None) -> Scenario:
    """Return the scenario that a text holds; raises ScenarioError with all that is wrong with it.

    A population file is looked for from `folder` on; a text without a folder cannot name one.
    """

    def problems_in(data: CommentedMap) -> Iterator[Problem | Located]:
        yield from _all_problems(data)
        yield from take_population(data, folder)

    data = data_of(text, file, problems_in)
    return scenario_type().model_validate_json(json.dumps(data), strict=True)


def canonical_text(scenario: Scenario) -> str:
    """Return the scenario as YAML, as run: reading it gives an equal scenario."""
    stream = io.StringIO()
    writer = YAML()
    writer.width = 1_000_000  # a text that is wrapped between two spaces loses one of them
    writer.dump(as_data(scenario), stream)
    return stream.getvalue()


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, with which editors complete and explain keys."""
    found = _without_null(scenario_type().model_json_schema(by_alias=True))
    found["properties"]["uncertain"] = schema_of_uncertain()
    del found["$defs"]["Uncertain"]
    for do, kind in kinds().items():
        if (package := owner("actions", do)) and kind.__name__ in found["$defs"]:
            found["$defs"][kind.__name__]["description"] += f" Added by {called(package)}."
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def _without_null(part: Any) -> Any:
    """Return a part of a schema in which what may be left out may not be left empty."""
    if isinstance(part, list):
        return [_without_null(item) for item in part]
    if not isinstance(part, dict):
        return part
    choices = [choice for choice in part.get("anyOf", ()) if choice != {"type": "null"}]
    kept = {key: item for key, item in part.items() if key != "anyOf" and (key, item) != ("default", None)}
    if len(choices) > 1:
        kept["anyOf"] = choices
    return {key: _without_null(item) for key, item in (kept | (choices[0] if len(choices) == 1 else {})).items()}


# --- from errors to lines -----------------------------------------------------------------------------------------


def _all_problems(data: CommentedMap) -> Iterator[Problem]:
    """Yield what is wrong with single fields, then what does not hang together among those that are right."""
    of_no_use = {problem.path: problem for problem in unusable(data)}
    yield from of_no_use.values()
    try:
        scenario: Any = fields_type().model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        settings = fields_type().model_fields
        found = [problem_from(each, data, settings) for each in error.errors() if not _is_said_otherwise(each)]
        yield from (problem for problem in found if problem.path not in of_no_use)
        scenario = _what_is_right(data)
    yield from problems_of(scenario)


def _is_said_otherwise(error: Any) -> bool:
    """Return whether a finding only follows from another: half a character, or a list whose entries are all wrong."""
    return error["type"] == "json_invalid" or (error["type"] == "too_short" and bool(error["input"]))


def _what_is_right(data: CommentedMap) -> Any:
    """Return a stand-in for a scenario some of whose fields are wrong; an action that is wrong stands as None."""
    markets = data.get("markets", ["everywhere"])
    names = [str(name) for name in markets] if isinstance(markets, dict | list) else []
    ranges = {
        address: _valid(_RANGE, ends) for address, ends in _mapping(data, "uncertain").items() if address != OTHERS
    }
    lists = {name: actions for name, actions in _mapping(data, "policies").items() if isinstance(actions, list)}
    return SimpleNamespace(
        weeks=_right("weeks", data, MOST_WEEKS),
        markets=_right("markets", data, {name: 1 / len(names) for name in names}),
        uncertain=SimpleNamespace(ranges={address: ends for address, ends in ranges.items() if ends is not None}),
        attitudes=_right("attitudes", data, None),
        asks_about=_right("asks_about", data, None),
        plugins=_right("plugins", data, ()),
        rules=_right("rules", data, {}),
        policies={name: tuple(_valid(_action(), entry) for entry in actions) for name, actions in lists.items()},
        events=tuple(_valid(_action(), entry) for entry in _list(data.get("events"))),
    )


_RANGE: TypeAdapter[Any] = TypeAdapter(Range)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(data: CommentedMap, name: str) -> dict[str, Any]:
    return data[name] if isinstance(data.get(name), dict) else {}


def _right(name: str, data: CommentedMap, otherwise: Any) -> Any:
    field = fields_type().model_fields[name]
    kind: Any = Annotated[field.annotation, field]
    return _valid(TypeAdapter(kind), data[name], otherwise) if name in data else otherwise


@remembered
def _action() -> TypeAdapter[Any]:
    return TypeAdapter(one_of(kinds()))


def _valid(adapter: TypeAdapter[Any], value: Any, otherwise: Any = None) -> Any:
    try:
        return adapter.validate_json(json.dumps(value), strict=True)
    except ValidationError:
        return otherwise
