"""Data that ship with the program as YAML, read once and kept as JSON."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from ruamel.yaml import YAML

from simulation.behaviour.caching import writable_home


def shipped_data(source: Path) -> Any:
    """Return what a file holds; reading YAML takes a quarter of a second, so it is kept as JSON under its hash."""
    content = source.read_bytes()
    kept = writable_home() / f"{source.stem}-{hashlib.sha256(content).hexdigest()[:16]}.json"
    try:
        return json.loads(kept.read_bytes())
    except (OSError, ValueError):
        found = data_of(content)
    keep(kept, lambda stream: stream.write(json.dumps(found).encode()))
    return found


def data_of(text: bytes | str) -> Any:
    """Return what the text of such a file holds."""
    return YAML(typ="safe", pure=True).load(text)


def keep(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a file whole, or not at all where that is not possible: it can be made again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as fresh:
            write(fresh)
        Path(fresh.name).replace(path)
    except OSError:
        return
