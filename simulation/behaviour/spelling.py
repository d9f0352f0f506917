"""The right name that is nearest to a wrong one."""

import difflib
from collections.abc import Collection, Iterable


def nearest(name: str, known: Iterable[str], likeness: float = 0.5) -> str:
    """Return the known name that is spelled most like this one, "" if none comes near."""
    found = difflib.get_close_matches(name, list(known), 1, likeness)
    return found[0] if found else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the question whether the nearest known name was meant, "" if none comes near."""
    near = nearest(name, known)
    return f"did you mean '{near}'? " if near else ""


def unknown(kind: str, name: str, known: Collection[str]) -> str:
    """Return what is wrong with a name that is none of those known, and what would be right."""
    return f"there is no {kind} '{name}'; {did_you_mean(name, known)}known here: {', '.join(known) or 'none'}"
