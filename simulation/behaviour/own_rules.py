"""A user's own rules, each in the place of a shipped one: checked, and compiled as the shipped ones are."""

import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

import numba
from numba.core.errors import NumbaError

from simulation.behaviour import choices, rules
from simulation.behaviour.compiling import MADE, Made, compiled_into, is_interpreted
from simulation.behaviour.fingerprints import fingerprint
from simulation.behaviour.rebuilding import Place
from simulation.behaviour.spelling import did_you_mean

OwnRules = Mapping[str, Callable[..., Any]]

_KINDS: Mapping[type, Any] = {int: numba.int64, float: numba.float64}
_NOT_CHOSEN = {
    "bit": "it says how practices are kept, not what shoppers do",
    "most_hearing": "it follows from the other rules of hearing",
    "may_act": "it follows from acts; replace that",
    "trips_in_week": "it follows from chance_of_no_trip and chance_of_one_more; replace these",
}
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def shipped_rules() -> dict[str, Made]:
    """Return the shipped rules that a user's own can take the place of, by name."""
    every = MADE[rules.__name__] | MADE[choices.__name__]
    return {name: made for name, made in every.items() if name not in _NOT_CHOSEN}


def place_of(name: str) -> Place:
    """Return where a shipped rule stands."""
    return shipped_rules()[name].function.__module__, name


def checked(own: OwnRules) -> dict[str, str]:
    """Return what each of a user's own rules comes to, as text, by name.

    Raises ValueError for a name that is no rule's, a signature that is not the shipped rule's, or a function that
    cannot be told from others by what it is made of.
    """
    for name in own:
        _refuse_name(name)
    return {name: _checked(name, own[name]) for name in sorted(own)}


def _refuse_name(name: str) -> None:
    if name in _NOT_CHOSEN:
        raise ValueError(f"the rule '{name}' cannot be replaced: {_NOT_CHOSEN[name]}")
    if name not in (known := shipped_rules()):
        meant = did_you_mean(str(name), known) or f"there are: {', '.join(sorted(known))}"
        raise ValueError(f"there is no rule called '{name}'; {meant.strip()}")


def _checked(name: str, own: Callable[..., Any]) -> str:
    function, shipped = _function_of(own), shipped_rules()[name].function
    if not isinstance(function, FunctionType):
        raise ValueError(f"the rule '{name}' must be a function, not {type(own).__name__}")
    wanted, found = inspect.signature(shipped).parameters, inspect.signature(function).parameters
    if list(wanted) != list(found) or any(each.kind not in _POSITIONAL for each in found.values()):
        raise ValueError(f"the rule '{name}' takes ({', '.join(wanted)}), not ({', '.join(map(str, found.values()))})")
    try:
        return fingerprint(function)
    except ValueError as error:
        raise ValueError(f"the rule '{name}' cannot be used: {error}") from error


def texts_of(own: OwnRules) -> dict[str, str]:
    """Return the sources of a user's own rules, by name, as far as they are at hand."""
    return {name: _text_of(_function_of(each)) for name, each in own.items()}


def _text_of(function: FunctionType) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return "(its source is not at hand)"


def compiled_rule(name: str, own: Callable[..., Any]) -> Any:
    """Return a user's own rule, compiled for the kinds of numbers that the shipped one takes and returns.

    Raises ValueError if it cannot be compiled.
    """
    shipped, function = shipped_rules()[name], _function_of(own)
    *takes, returns = _kinds_of(shipped.function)
    if is_interpreted():
        return lambda *values: returns(function(*(kind(value) for kind, value in zip(takes, values, strict=True))))
    signature = _KINDS[returns](*(_KINDS[kind] for kind in takes))
    try:
        return compiled_into(None, function, {**shipped.options, "signature_or_function": signature})
    except NumbaError as error:
        raise ValueError(f"the rule '{name}' cannot be compiled: {error}") from error


def _kinds_of(rule: FunctionType) -> list[type]:
    """Return whether a rule's arguments, and at last what it returns, are whole numbers or not."""
    signature = inspect.signature(rule)
    return [*(each.annotation for each in signature.parameters.values()), signature.return_annotation]


def _function_of(own: Callable[..., Any]) -> Any:
    """Return what is written, whether it was compiled since or not."""
    return getattr(own, "py_func", own)
