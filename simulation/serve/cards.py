"""Policies as cards: every action in plain words, and what may be entered for each of its terms."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from simulation.scenario.policies import AnyAction, kinds_by_name
from simulation.scenario.timeline import Action, Programme

_CONSENT = {
    "none": "nobody is asked or told",
    "notice": "the terms say so",
    "opt_out": "members may opt out",
    "opt_in": "only with members who agree",
}
_PRACTICES = {"share_data": "card data passed on"}  # what does not read well by its own name
_ALWAYS = ("do", "week", "until", "markets", "name", "with", "consent", "about")


def in_plain_words(action: Action) -> str:
    """Return an action as a sentence that begins with its week."""
    said = action.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"do": _do(action)}
    ends = f" to {action.last_week}" if action.last_week else ""
    when = f"From week {action.week}{ends}" if isinstance(action, Programme) else f"In week {action.week}"
    where = f" in {', '.join(action.where)}" if action.where else ""
    terms = [_term(name.replace("_", " "), value) for name, value in said.items() if name not in _ALWAYS]
    return f"{when}{where}: {'; '.join([_what(said), *filter(None, terms)])}."


def _do(action: Action) -> str:
    return next(name for name, kind in _kinds().items() if type(action) is kind)


def _what(said: Mapping[str, Any]) -> str:
    """Return what is done, without its terms."""
    if said["do"] == "share_data":
        return f"card data goes to the {said['with']}; {_CONSENT[said['consent']]}"
    told = _PRACTICES.get(said.get("about", ""), said.get("about", "")).replace("_", " ")
    about = f" about {told}" if told else ""
    asked = f"; {_CONSENT[said['consent']]}" if "consent" in said else ""
    return f"{said['do'].replace('_', ' ')}{about}{asked}"


def _term(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return name if value else f"no {name}"
    if isinstance(value, list):
        return f"{name} {', '.join(map(str, value))}"
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"


@cache
def _kinds() -> dict[str, type[Action]]:
    return kinds_by_name(AnyAction)


@cache
def kinds() -> list[dict[str, Any]]:
    """Return every kind of action: its name, what it does in a sentence, and its terms with what may be entered."""
    return [
        {
            "do": name,
            "label": name.replace("_", " "),
            "about": (kind.__doc__ or "").split("\n")[0],
            "terms": _terms(kind),
        }
        for name, kind in _kinds().items()
    ]


def _terms(kind: type[Action]) -> list[dict[str, Any]]:
    schema = kind.model_json_schema(by_alias=True)
    required = schema["required"]
    return [
        {"name": name, "required": name in required, **_entry(entry)}
        for name, entry in schema["properties"].items()
        if name != "do"
    ]


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be entered for a term: of what kind, which choices, from where to where."""
    inside = entry["anyOf"][0] if "anyOf" in entry else entry
    least = inside.get("minimum", inside.get("exclusiveMinimum"))
    most = inside.get("maximum", inside.get("exclusiveMaximum"))
    return {
        "kind": "choice" if "enum" in inside else inside["type"],
        "choices": inside.get("enum", []),
        "of": inside.get("items", {}).get("type", ""),
        "least": least,
        "most": most,
        "usual": entry.get("default"),
        "about": entry.get("description", ""),
    }
