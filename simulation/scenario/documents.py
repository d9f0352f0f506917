"""Other files than scenarios: YAML checked against a model, or every error of the file with its line."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from simulation.scenario.parsing import data_of, text_of, unusable
from simulation.scenario.problems import Path as KeyPath
from simulation.scenario.problems import Problem
from simulation.scenario.wording import problem_from

Document = TypeVar("Document", bound=BaseModel)


def _nothing_further(document: BaseModel) -> Iterable[Problem]:
    return ()


def read_document(
    path: str | Path, kind: type[Document], further: Callable[[Document], Iterable[Problem]] = _nothing_further
) -> Document:
    """Return what a file holds, as a model; raises ScenarioError with all that is wrong with it.

    `further` says what does not hang together in a document whose single fields are right.
    """
    data = data_of(text_of(Path(path)), str(path), lambda data: _all_problems(data, kind, further))
    return kind.model_validate_json(json.dumps(data), strict=True)


def _all_problems(
    data: Any, kind: type[Document], further: Callable[[Document], Iterable[Problem]]
) -> Iterable[Problem]:
    """Return what is wrong with single fields, one finding a field, or else what does not hang together."""
    problems = {problem.path: problem for problem in unusable(data)}
    try:
        document = kind.model_validate_json(json.dumps(data), strict=True)
        problems |= {problem.path: problem for problem in further(document)}
    except ValidationError as error:
        for each in (_problem(each, data, kind) for each in error.errors()):
            problems.setdefault(each.path, each)
    return problems.values()


def _problem(error: Any, data: Any, kind: type[BaseModel]) -> Problem:
    path: KeyPath = tuple(error["loc"])
    if error["type"] == "extra_forbidden":
        return Problem(path, f"unknown key '{path[-1]}'", among=tuple(_keys_at(kind, path[:-1])), at_key=True)
    if error["type"] == "missing":
        return Problem(path[:-1] or path, f"'{path[-1]}' is missing", f"add '{path[-1]}: ...'")
    return problem_from(error, data)


def _keys_at(kind: Any, path: KeyPath) -> Iterator[str]:
    """Yield the keys that a model knows at a path of keys and places."""
    for part in path:
        if isinstance(part, str):
            kind = next(_models(kind.model_fields[part].annotation)) if part in kind.model_fields else kind
    yield from (field.alias or name for name, field in kind.model_fields.items())


def _models(hint: Any) -> Iterator[Any]:
    """Yield the models that an annotation names, from the outside in."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for part in get_args(hint):
        yield from _models(part)
