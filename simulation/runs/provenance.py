"""Which sources and which packages made a result."""

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from simulation.scenario.schema import Scenario, scenario_hash

PACKAGE = Path(__file__).parent.parent


class OtherProgramError(ValueError):
    """Why a worker's results would be of no use."""


@cache
def source_hash() -> str:
    """Return a hash of every source file of the package."""
    return _hash_of(path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".yaml", ".html"})


@cache
def hash_behind(module: str) -> str:
    """Return a hash of the sources that a module of the package runs on, by what they import, and of their data."""
    behind: set[Path] = set()
    _gather(PACKAGE / f"{module.replace('.', '/')}.py", behind)
    data = {data for path in behind for data in path.parent.glob(f"{path.stem}.*") if data.suffix in {".yaml", ".json"}}
    return _hash_of(behind | data)


def program() -> str:
    """Return a hash of the sources that a run depends on."""
    return hash_behind("runs.tasks")


def refuse_another(asked_by: str) -> None:
    """Raise OtherProgramError if the program that asks for a run is not the one that is here."""
    if asked_by != program():
        raise OtherProgramError("a worker runs another version of this program; install the same one everywhere")


def _gather(path: Path, found: set[Path]) -> None:
    if path in found:
        return
    found.add(path)
    for name in _imported(path):
        _gather(name, found)


def _imported(path: Path) -> Iterator[Path]:
    """Yield the files of the package that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("simulation."):
            module = PACKAGE / (node.module or "").removeprefix("simulation.").replace(".", "/")
            candidates = [module.with_suffix(".py"), *(module / f"{alias.name}.py" for alias in node.names)]
            yield from (each for each in candidates if each.exists())


def _hash_of(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that numbers depend on."""
    packages = ("aislefour", "mesa", "numba", "numpy", "pandas", "scipy")
    found = {"python": sys.version.split()[0]}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def origin(scenario: Scenario, command: str) -> dict[str, Any]:
    """Return what one needs to make a result again."""
    return {
        "title": scenario.title,
        "command": command,
        "seed": scenario.seed,
        "shoppers": scenario.population.shoppers,
        "weeks": scenario.weeks,
        "replicates": scenario.replicates,
        "versions": versions(),
        "source_hash": source_hash(),
        "scenario_hash": scenario_hash(scenario),
    }
