"""What a scenario has no need of and is refused: it makes a small file large, or hides what a file says."""

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent

_DEEPEST = 12


def refuse_tricks(text: str) -> None:
    """Refuse what a scenario does not need, such as references and deep nesting: they make a small file large."""
    depth = documents = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        documents += isinstance(event, DocumentStartEvent)
        deep = f"a value more than {_DEEPEST} levels deep" if depth > _DEEPEST else ""
        if trick := deep or _trick(event) or ("a second document" if documents > 1 else ""):
            raise MarkedYAMLError(problem=f"{trick} is not allowed here", problem_mark=event.start_mark)


def _trick(event: Any) -> str:
    if isinstance(event, DocumentStartEvent) and event.version not in (None, (1, 2)):
        return "a version of YAML other than 1.2"
    if isinstance(event, AliasEvent):
        return "a reference (*)"
    if getattr(event, "anchor", None):
        return "an anchor (&)"
    return "a tag (!)" if getattr(event, "tag", None) else ""
