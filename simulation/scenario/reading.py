"""YAML in, Scenario out, or every error of the file with its line and what would be right."""

import io
import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, MappingStartEvent, SequenceStartEvent

from simulation.scenario.policies import AnyAction
from simulation.scenario.problems import Located, Problem, ScenarioError
from simulation.scenario.problems import Path as KeyPath
from simulation.scenario.schema import MOST_WEEKS, Scenario, as_data, fields_type, problems_of, scenario_type
from simulation.scenario.wording import problem_from

MOST_BYTES = 1_000_000
_DEEPEST = 12


def read_scenario(path: str | Path) -> Scenario:
    """Return the scenario in a file; raises ScenarioError with all that is wrong with it."""
    return scenario_from_text(_text_of(Path(path)), str(path))


def scenario_from_text(text: str, file: str = "scenario") -> Scenario:
    """Return the scenario that a text holds; raises ScenarioError with all that is wrong with it."""
    data = _parsed(text, file)
    found = list(_all_problems(data))
    if found:
        lines = text.splitlines()
        found.sort(key=lambda problem: _place(problem, data))
        raise ScenarioError([_located(problem, data, lines, file) for problem in found])
    return scenario_type().model_validate(_plain(data))


def canonical_text(scenario: Scenario) -> str:
    """Return the scenario as YAML, as run: reading it gives an equal scenario."""
    stream = io.StringIO()
    writer = YAML()
    writer.width = 110
    writer.dump(as_data(scenario), stream)
    return stream.getvalue()


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, with which editors complete and explain keys."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **scenario_type().model_json_schema(by_alias=True),
    }


# --- from file to data --------------------------------------------------------------------------------------------


def _text_of(path: Path) -> str:
    try:
        if path.is_dir():
            raise _only(path, "this is a folder", "name a scenario file, such as scenarios/shopsense_ifa.yaml")
        if path.stat().st_size > MOST_BYTES:
            raise _only(path, f"this file is larger than {MOST_BYTES:,} bytes", "a scenario is a page or two")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _only(path, "there is no such file", "check the name") from None
    except UnicodeDecodeError as error:
        raise _only(path, f"this is not UTF-8 text (byte {error.start})", "save it as UTF-8") from None
    except OSError as error:
        raise _only(path, f"this file cannot be read: {error.strerror}", "check the permissions") from None


def _only(path: Path | str, message: str, advice: str) -> ScenarioError:
    return ScenarioError([Located(str(path), 0, 0, message, advice, "")])


def _parsed(text: str, file: str) -> CommentedMap:
    try:
        _refuse_tricks(text, file)
        data = YAML(typ="rt").load(text)
    except ScenarioError:
        raise
    except MarkedYAMLError as error:
        raise ScenarioError([_from_yaml(error, text, file)]) from None
    except (YAMLError, ValueError) as error:
        raise _only(
            file, f"this is not YAML: {str(error).splitlines()[0]}", "compare with a shipped scenario"
        ) from None
    if not isinstance(data, CommentedMap):
        raise _only(file, "a scenario is a list of keys and values", "begin with 'title: ...'")
    return data


def _refuse_tricks(text: str, file: str) -> None:
    """Refuse what could make a small file large: references, and nesting without end."""
    depth = 0
    for event in YAML(typ="rt").parse(text):
        if isinstance(event, AliasEvent):
            mark = event.start_mark
            raise _marked(mark, "a reference (*) is not allowed here", "write the value out", text, file)
        if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            depth += 1
            if depth > _DEEPEST:
                raise _marked(event.start_mark, "this is nested too deeply", f"{_DEEPEST} levels at most", text, file)
        elif type(event).__name__ in ("MappingEndEvent", "SequenceEndEvent"):
            depth -= 1


def _marked(mark: Any, message: str, advice: str, text: str, file: str) -> ScenarioError:
    line = text.splitlines()[mark.line]
    return ScenarioError([Located(file, mark.line + 1, mark.column + 1, message, advice, line)])


def _from_yaml(error: MarkedYAMLError, text: str, file: str) -> Located:
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines() or [""]
    line = min(mark.line, len(lines) - 1) if mark else 0
    message = (error.problem or "this is not YAML").splitlines()[0].replace('"', "'")
    advice = "a key may stand only once" if "duplicate key" in message else "look at this line and the one above it"
    return Located(file, line + 1, (mark.column if mark else 0) + 1, message, advice, lines[line])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool):
        return bool(value)
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _unreal(value: Any, path: KeyPath = ()) -> list[tuple[KeyPath, Any]]:
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in _unreal(item, (*path, str(key)))]
    if isinstance(value, list):
        return [found for place, item in enumerate(value) for found in _unreal(item, (*path, place))]
    return [(path, value)] if isinstance(value, float) and not math.isfinite(value) else []


# --- from errors to lines -----------------------------------------------------------------------------------------


def _all_problems(data: CommentedMap) -> Iterator[Problem]:
    """Yield what is wrong with single fields, then what does not hang together among those that are right."""
    unreal = dict(_unreal(data))
    for path, value in unreal.items():
        yield Problem(path, f"{value} is not a number one can use", "write a finite number")
    try:
        scenario: Any = fields_type().model_validate(_plain(data))
    except ValidationError as error:
        found = [problem_from(each, data) for each in error.errors()]
        yield from (problem for problem in found if problem.path not in unreal)
        scenario = _what_is_right(data)
    yield from problems_of(scenario)


def _what_is_right(data: CommentedMap) -> Any:
    """Return a stand-in for a scenario some of whose fields are wrong; an action that is wrong stands as None."""
    plain = _plain(data)
    policies = plain.get("policies") if isinstance(plain.get("policies"), dict) else {}
    return SimpleNamespace(
        weeks=_right(fields_type(), "weeks", plain, MOST_WEEKS),
        markets=_right(fields_type(), "markets", plain, {"everywhere": 1.0}),
        uncertain=_right(fields_type(), "uncertain", plain, {}),
        attitudes=_right(fields_type(), "attitudes", plain, None),
        policies={
            name: tuple(map(_action, actions)) for name, actions in policies.items() if isinstance(actions, list)
        },
    )


def _right(model: type[BaseModel], name: str, plain: dict[str, Any], otherwise: Any) -> Any:
    field = model.model_fields[name]
    try:
        kind: Any = Annotated[field.annotation, field]
        return TypeAdapter(kind).validate_python(plain[name])
    except (KeyError, ValidationError):
        return otherwise


def _action(entry: Any) -> Any:
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(AnyAction)
        return adapter.validate_python(entry)
    except ValidationError:
        return None


def _place(problem: Problem, data: CommentedMap) -> tuple[int, int]:
    """Return line and column, from 0, of the value at a path, or of its key, or of the nearest thing above it."""
    node, place = data, (0, 0)
    for depth, part in enumerate(problem.path):
        last = depth == len(problem.path) - 1
        if isinstance(node, CommentedMap) and part in node:
            nothing = node[part] is None  # stands nowhere itself
            place = node.lc.key(part) if nothing or (last and problem.at_key) else node.lc.value(part)
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            place = node.lc.item(part)
        else:
            break
        node = node[part]
    return place


def _located(problem: Problem, data: CommentedMap, lines: list[str], file: str) -> Located:
    line, column = _place(problem, data)
    text = lines[line] if line < len(lines) else ""
    return Located(file, line + 1, column + 1, problem.message, problem.advice, text)
