"""Which sources and which packages made a result."""

import hashlib
import sys
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from simulation.scenario.schema import Scenario, scenario_hash


@cache
def source_hash() -> str:
    """Return a hash of every source file of the package."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix in {".py", ".yaml", ".html"}:
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
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
