"""Plain data from Python, held to what a scenario file is held to."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, ValidationError

from simulation.scenario.timeline import Action
from simulation.scenario.uncertain import Uncertain
from simulation.scenario.wording import problem_from

Kind = TypeVar("Kind", bound=BaseModel)
Doing = TypeVar("Doing", bound=Action)


def strictly(kind: type[Kind], data: Mapping[str, Any]) -> Kind:
    """Return a model of plain data; raises ValueError, in plain words, with all that is wrong with the data."""
    plain = plainly(data)
    try:
        return kind.model_validate_json(json.dumps(plain), strict=True)
    except ValidationError as error:
        raise _refusal(str(problem_from(each, plain)) for each in error.errors()) from None


def action_of(kind: type[Doing], called: str, terms: Mapping[str, Any]) -> Doing:
    """Return an action of its terms, named as in Python; raises ValueError that begins with what it is `called`."""
    aliases = {term: field.alias or term for term, field in kind.model_fields.items()}
    plain = {aliases.get(term, term): plainly(value, term) for term, value in terms.items()}
    names = {alias: term for term, alias in aliases.items()}
    try:
        return kind.model_validate_json(json.dumps(plain), strict=True)
    except ValidationError as error:
        found = [{**each, "loc": tuple(names.get(str(part), part) for part in each["loc"])} for each in error.errors()]
        raise _refusal(f"{called}: {problem_from(each, plain).said}" for each in found) from None


def _refusal(found: Iterable[str]) -> ValueError:
    return ValueError("; ".join(dict.fromkeys(found)))


def plainly(value: Any, called: str = "it") -> Any:
    """Return a value as it would stand in a file; raises ValueError for what cannot stand in one."""
    if isinstance(value, Action | Uncertain):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if isinstance(value, Mapping):
        return {_name(name): plainly(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plainly(item, called) for item in value]
    if isinstance(value, np.generic):
        return plainly(value.item(), called)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{called}: {value} is not a number one can use; write a finite number")
    if value is None or isinstance(value, str | int | float):
        return value
    raise ValueError(f"{called} cannot be a {type(value).__name__}")


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise ValueError(f"a name must be text, not {name!r}")
    return name
