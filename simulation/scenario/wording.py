"""The validator's findings in plain words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from simulation.behaviour.parameters import sections
from simulation.behaviour.spelling import nearest
from simulation.scenario.evidence_set import SETS
from simulation.scenario.meant import action_meant, choice_meant, number_meant, spelled_here
from simulation.scenario.policies import kinds, kinds_of_event
from simulation.scenario.problems import Path, Problem
from simulation.scenario.uncertain import OTHERS

_ACTION_DEPTH: dict[Any, int] = {"policies": 3, "events": 2}  # so many keys lead to an entry of either list


def problem_from(error: Any, data: Mapping[str, Any], settings: Iterable[str] = ()) -> Problem:
    """Return one finding of the validator as a problem; `data` is the file as it stands, `settings` its own keys."""
    path = _path_of(error["loc"])
    path = path[:1] if path[:1] == ("uncertain",) and isinstance(data["uncertain"], str) else path
    name = next((str(part) for part in reversed(path) if isinstance(part, str)), "the file")
    words: Callable[..., Problem] = _WORDS.get(error["type"], _otherwise)
    found = words(path, name, error, data)
    return replace(found, among=tuple(settings)) if found.at_key and len(path) == 1 else found


def _path_of(location: tuple[Any, ...]) -> Path:
    """Drop what the validator adds to a path: the kind of an action, and marks for a key."""
    path = [part for part in location if part != "[key]"]
    depth = _ACTION_DEPTH.get(path[0], len(path)) if path else 0
    if len(path) > depth > 0 and path[depth] in kinds():
        del path[depth]
    return tuple(path)


def _action_at(path: Path, data: Mapping[str, Any]) -> Any:
    """Return the class of the action that a path lies in, if it lies in one."""
    depth = _ACTION_DEPTH.get(path[0], len(path)) if path else 0
    if len(path) <= depth:
        return None
    entry: Any = data
    for part in path[:depth]:
        entry = entry[part]
    return kinds().get(entry.get("do"))


def _keys_at(path: Path, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys that are known where a path ends."""
    action = _action_at(path, data)
    if action is not None:
        return tuple(sorted(field.alias or name for name, field in action.model_fields.items()))
    if len(path) > 1 and path[0] in sections():
        return tuple(sections()[str(path[0])])
    return ("shoppers", "from") if path[0] == "population" and len(path) > 1 else ()


def _unknown_key(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    return Problem(
        path, f"unknown key '{name}'", among=_keys_at(path, data), wrong=_meant(path, name, data), at_key=True
    )


def _meant(path: Path, name: str, data: Mapping[str, Any]) -> str:
    """Return the key to suggest for a name that is nearer to what the key is called inside, such as recipient."""
    action = _action_at(path, data)
    aliases = {inside: field.alias for inside, field in action.model_fields.items() if field.alias} if action else {}
    near = nearest(name, aliases, 0.8)
    return str(aliases[near]) if near else name


def _missing(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    if path[0] == "uncertain":
        return _not_list(path[:-1], name, error, data)
    if name == "do":
        return _missing_kind(path, name, error, data)
    where = (
        f"{error['loc'][_ACTION_DEPTH[path[0]]]} needs"
        if _action_at(path, data)
        else f"{path[-2] if len(path) > 1 else 'a scenario'} needs"
    )
    return Problem(path[:-1] or path, f"{where} '{name}'", f"add '{name}: ...'")


def _missing_kind(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    known = kinds_of_event() if path[0] == "events" else kinds()
    return Problem(path, "an action needs 'do'", f"write one of: {', '.join(known)}")


def _unknown_kind(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    tag = str(error["ctx"]["tag"])
    known = kinds_of_event() if path[0] == "events" else kinds()
    if path[0] == "events" and tag in kinds():
        return Problem((*path, "do"), f"'{tag}' does not happen to all policies alike", f"write {_choice(known)}")
    return Problem((*path, "do"), f"unknown action '{tag}'", among=tuple(known), meant=action_meant(tag, known))


def _choice(names: Iterable[str]) -> str:
    return f"one of: {', '.join(names)}; or put it into a policy"


def _not_one_of(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    choices = tuple(part.strip().strip("'") for part in error["ctx"]["expected"].replace(" or ", ", ").split(","))
    wrong = str(error["input"])
    said, meant = f"{name} cannot be {_shown(error['input'])}", choice_meant(wrong, choices)
    return Problem(path, said, among=choices, wrong=spelled_here(wrong) or wrong, meant=meant)


def _not_whole(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    return Problem(
        path,
        f"{_called(path)} must be a whole number, not {_shown(error['input'])}",
        number_meant(error["input"], float("inf")),
    )


def _not_number(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    advice = number_meant(error["input"], _most(path, data))
    return Problem(path, f"{_called(path)} must be a number, not {_shown(error['input'])}", advice)


def _most(path: Path, data: Mapping[str, Any]) -> float | None:
    """Return the highest that the number at a path can be, as far as is known."""
    action = _action_at(path, data)
    for name, each in action.model_fields.items() if action else ():
        if path[-1] in (name, each.alias):
            ends = (getattr(rule, "le", getattr(rule, "lt", None)) for rule in each.metadata)
            return next((float(end) for end in ends if end is not None), None)
    parameter = sections().get(str(path[0]), {}).get(str(path[-1]))
    return parameter.limits[1] if parameter else None


def _not_true_or_false(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    message = f"{_called(path)} must be true or false, not {_shown(error['input'])}"
    return Problem(path, message, "write true or false, without quotes")


def _not_text(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    advice = "write a text" if isinstance(error["input"], (list, dict)) else "put it in quotes"
    return Problem(path, f"{_called(path)} must be text, not {_shown(error['input'])}", advice)


def _bounded(word: str, key: str) -> Callable[..., Problem]:
    def words(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
        bound = error["ctx"][key]
        message = f"{_called(path)} must be {word} {_figure(bound)}, not {_figure(error['input'])}"
        return Problem(path, message, _range_of(path))

    return words


def _figure(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


def _not_list(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    if path[0] == "uncertain":
        named = f"write '{OTHERS}: {error['input']}'" if str(error["input"]) in SETS else "write [low, high]"
        return Problem(path, f"{_called(path)} needs a low and a high end", named)
    if path[:-1] == ("policies",):
        return Problem(path, f"policy '{name}' must be a list of actions", "write [] for a policy that does nothing")
    return Problem(path, f"{_called(path)} must be a list", "write [first, second]")


def _not_mapping(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    if path == ("uncertain",):
        message = f"uncertain must be a set's name or ranges of numbers, not {_shown(error['input'])}"
        return Problem(path, message, f"write one of: {', '.join(SETS)}; or 'number: [low, high]'")
    return Problem(
        path, f"{_called(path)} must hold keys and values, not {_shown(error['input'])}", "write 'key: value'"
    )


def _empty(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    if path and path[-1] == "":
        return Problem(path, "a name is empty", "give it a short name", at_key=True)
    return Problem(path, f"{_called(path)} is empty", "say at least one thing")


def _too_many(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    if path[0] == "uncertain":
        return _not_list(path, name, error, data)
    return Problem(path, f"{_called(path)} has too many entries", f"{error['ctx']['max_length']} at most")


def _bad_name(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    return Problem(path, "a name must be one line of at most 80 letters", "give it a short name", at_key=True)


def _said_already(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    return Problem(path, str(error["ctx"]["error"]))


def _otherwise(path: Path, name: str, error: Any, data: Mapping[str, Any]) -> Problem:
    return Problem(path, f"{_called(path)}: {error['msg']}")


def _called(path: Path) -> str:
    """Return what to call the thing at a path."""
    if len(path) > 1 and isinstance(path[-1], int):
        return f"entry {path[-1] + 1} of {path[-2]}"
    return str(path[-1]) if path else "the file"


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"'{str(value).lower()}'"
    return (
        f"'{value}'"
        if isinstance(value, (str, int, float))
        else f"a {'list' if isinstance(value, list) else 'mapping'}"
    )


def _range_of(path: Path) -> str:
    parameter = sections().get(str(path[0]), {}).get(str(path[-1]))
    return (
        f"usually {parameter.value:g}, plausibly {parameter.range[0]:g} to {parameter.range[1]:g}" if parameter else ""
    )


_WORDS: dict[str, Callable[..., Problem]] = {
    "value_error": _said_already,
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "union_tag_not_found": _missing_kind,
    "union_tag_invalid": _unknown_kind,
    "literal_error": _not_one_of,
    "int_type": _not_whole,
    "int_parsing": _not_whole,
    "int_from_float": _not_whole,
    "float_type": _not_number,
    "float_parsing": _not_number,
    "bool_type": _not_true_or_false,
    "bool_parsing": _not_true_or_false,
    "string_type": _not_text,
    "greater_than_equal": _bounded("at least", "ge"),
    "less_than_equal": _bounded("at most", "le"),
    "greater_than": _bounded("more than", "gt"),
    "less_than": _bounded("less than", "lt"),
    "tuple_type": _not_list,
    "list_type": _not_list,
    "dict_type": _not_mapping,
    "model_type": _not_mapping,
    "model_attributes_type": _not_mapping,
    "string_too_short": _empty,
    "too_short": _empty,
    "too_long": _too_many,
    "string_too_long": _bad_name,
    "string_pattern_mismatch": _bad_name,
}
