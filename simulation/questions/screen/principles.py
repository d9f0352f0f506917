"""Principles that a board may set itself, as data: read from YAML, or every error of the file with its line."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from ruamel.yaml.comments import CommentedMap

from simulation.questions.screen.conditions import CHECKS, AnyCondition
from simulation.scenario.parsing import data_of, text_of, unusable
from simulation.scenario.problems import Path as KeyPath
from simulation.scenario.problems import Problem
from simulation.scenario.schema import Name, Text
from simulation.scenario.wording import problem_from

SHIPPED = Path(__file__).with_name("principles.yaml")
_CONDITION_DEPTH = 4  # so many keys lead to a condition
_MOST_PRINCIPLES, _MOST_CONDITIONS = 64, 32


class Principle(BaseModel):
    """One rule that a board may set itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name = Field(description="What it is called.")
    sentence: Text = Field(description="What it says.")
    source: Text = Field(description="Where it comes from.")
    conditions: tuple[AnyCondition, ...] = Field(
        min_length=1, max_length=_MOST_CONDITIONS, description="What it demands; all of it."
    )


class _Principles(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    principles: tuple[Principle, ...] = Field(min_length=1, max_length=_MOST_PRINCIPLES)


def read_principles(path: Path) -> tuple[Principle, ...]:
    """Return the principles in a file; raises ScenarioError with all that is wrong with it."""
    data = data_of(text_of(path), str(path), _all_problems)
    return _Principles.model_validate_json(json.dumps(data), strict=True).principles


@cache
def shipped_principles() -> tuple[Principle, ...]:
    """Return the principles that ship with the program."""
    return read_principles(SHIPPED)


# --- what is wrong with a file ------------------------------------------------------------------------------------


def _all_problems(data: CommentedMap) -> Iterator[Problem]:
    """Yield what is wrong with single fields, then what does not hang together among those that are right."""
    idle = {problem.path: problem for problem in unusable(data)}
    yield from idle.values()
    try:
        _Principles.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        found = [_problem_from(each, data) for each in error.errors() if not _only_fails(each)]
        yield from (problem for problem in found if problem.path not in idle)
    yield from _same_names(data)
    for path, entry in _conditions(data):
        condition = _valid(entry)
        if condition is not None:
            yield from condition.problems(path)


def _conditions(data: CommentedMap) -> Iterator[tuple[KeyPath, Any]]:
    for place, principle in enumerate(_entries(data, "principles")):
        for number, entry in enumerate(_entries(principle, "conditions")):
            yield ("principles", place, "conditions", number), entry


def _entries(holder: Any, key: str) -> list[Any]:
    found = holder.get(key) if isinstance(holder, dict) else None
    return found if isinstance(found, list) else []


@cache
def _condition_type() -> TypeAdapter[Any]:
    return TypeAdapter(AnyCondition)


def _valid(entry: Any) -> Any:
    try:
        return _condition_type().validate_json(json.dumps(entry), strict=True)
    except ValidationError:
        return None


def _same_names(data: CommentedMap) -> Iterator[Problem]:
    seen = set()
    for place, principle in enumerate(_entries(data, "principles")):
        name = principle.get("name") if isinstance(principle, dict) else None
        if isinstance(name, str) and name in seen:
            yield Problem(("principles", place, "name"), f"two principles are called '{name}'", "give one another name")
        seen.add(str(name))


def _problem_from(error: Any, data: Mapping[str, Any]) -> Problem:
    """Return one finding of the validator as a problem, in the words of scenario files where those fit."""
    path = list(error["loc"])
    if len(path) > _CONDITION_DEPTH and path[_CONDITION_DEPTH] in CHECKS:
        del path[_CONDITION_DEPTH]
    words = {
        "extra_forbidden": _unknown_key,
        "missing": _missing,
        "union_tag_not_found": _missing_check,
        "union_tag_invalid": _unknown_check,
    }.get(error["type"])
    return words(tuple(path), error, data) if words else problem_from({**error, "loc": tuple(path)}, data)


def _only_fails(error: Any) -> bool:
    """Return whether the validator calls a list too short because its entries are wrong, which is said already."""
    return error["type"] == "too_short" and bool(error["input"])


def _unknown_key(path: KeyPath, error: Any, data: Mapping[str, Any]) -> Problem:
    return Problem(path, f"unknown key '{path[-1]}'", among=_keys_at(path, data), at_key=True)


def _missing(path: KeyPath, error: Any, data: Mapping[str, Any]) -> Problem:
    holder = {1: "a file of principles", 3: "a principle"}.get(len(path), "this condition")
    return Problem(path[:-1] or path, f"{holder} needs '{path[-1]}'", f"add '{path[-1]}: ...'")


def _missing_check(path: KeyPath, error: Any, data: Mapping[str, Any]) -> Problem:
    return Problem(path, "a condition needs 'check'", f"write one of: {', '.join(CHECKS)}")


def _unknown_check(path: KeyPath, error: Any, data: Mapping[str, Any]) -> Problem:
    tag = str(error["ctx"]["tag"])
    return Problem((*path, "check"), f"unknown check '{tag}'", among=tuple(CHECKS), wrong=tag)


def _keys_at(path: KeyPath, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys that are known where a path ends."""
    if len(path) == 1:
        return tuple(_Principles.model_fields)
    if len(path) <= _CONDITION_DEPTH:
        return tuple(Principle.model_fields)
    entry: Any = data
    for part in path[:_CONDITION_DEPTH]:
        entry = entry[part]
    return tuple(field.alias or name for name, field in CHECKS[entry["check"]].model_fields.items())
