"""Which source files a file of the package runs on, by what they import, and a hash of them."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent

_IMPORT = re.compile(r"^\s*from simulation\.([\w.]+) import (\([^)]*\)|.*)", re.MULTILINE)


def behind(paths: Iterable[Path], package: Path = PACKAGE) -> set[Path]:
    """Return files of the package with all that they import, anywhere in them, from the package."""
    found: set[Path] = set()
    left = list(paths)
    while left:
        path = left.pop()
        if path not in found:
            found.add(path)
            left.extend(_imported(path, package))
    return found


def _imported(path: Path, package: Path) -> Iterator[Path]:
    for module, names in _IMPORT.findall(path.read_text(encoding="utf-8")):
        place = package / module.replace(".", "/")
        candidates = [place.with_suffix(".py"), *(place / f"{name}.py" for name in re.findall(r"\w+", names))]
        yield from (each for each in candidates if each.exists())


def hash_of(paths: Iterable[Path], package: Path = PACKAGE) -> str:
    """Return a hash of the names and the contents of files of the package."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
