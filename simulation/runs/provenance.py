"""Which sources and which packages made a result."""

import hashlib
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from typing import Any

from simulation.behaviour.plugins import identity, plugins, remembered
from simulation.behaviour.sources import PACKAGE, behind, hash_of
from simulation.runs.formats import listed
from simulation.scenario.schema import Scenario, scenario_hash


class OtherProgramError(ValueError):
    """Why a worker's results would be of no use."""


@cache
def source_hash() -> str:
    """Return a hash of every source file of the package."""
    return hash_of((path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".yaml", ".html", ".gz"}), PACKAGE)


@cache
def hash_behind(module: str, kinds: tuple[str, ...] = (".yaml", ".json", ".gz")) -> str:
    """Return a hash of the sources that a module of the package runs on, by what they import, and of their data.

    `kinds` are the endings of data files that count: those beside a source, of its name.
    """
    files = behind([PACKAGE / f"{module.replace('.', '/')}.py"], PACKAGE)
    data = {data for path in files for data in path.parent.glob(f"{path.stem}.*") if data.suffix in kinds}
    return hash_of(files | data, PACKAGE)


def program(module: str = "runs.tasks") -> str:
    """Return a hash of the sources that a module runs on, with the plug-ins that are here and what these are."""
    return " ".join([hash_behind(module), *(f"{name}={mark}" for name, mark in identities().items())])


@remembered
def identities() -> Mapping[str, str]:
    """Return the version of every plug-in that is here, and a hash of its sources, by name."""
    return {name: identity(name) for name in plugins()}


def refuse_another(asked_by: str, module: str = "runs.tasks") -> None:
    """Raise OtherProgramError if the program that asks for what a module does is not the one that is here."""
    asked, *wanted = asked_by.split(" ")
    if asked != hash_behind(module):
        raise OtherProgramError("a worker runs another version of this program; install the same one everywhere")
    here = [f"{name}={mark}" for name, mark in identities().items()]
    if differing := sorted({each.partition("=")[0] for each in {*wanted} ^ {*here}}):
        raise OtherProgramError(f"a worker has other plug-ins ({listed(differing)}); install the same ones everywhere")


def run_id(scenario: Scenario) -> str:
    """Return what a run is known by: the same for the same scenario and the same program."""
    return hashlib.sha256(f"{source_hash()} {scenario_hash(scenario)}".encode()).hexdigest()[:20]


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
        "run": run_id(scenario),
        "title": scenario.title,
        "command": command,
        "seed": scenario.seed,
        "shoppers": scenario.population.shoppers,
        "households": scenario.chain.households,
        "households_per_shopper": scenario.households_per_shopper,
        "weeks": scenario.weeks,
        "replicates": scenario.replicates,
        "versions": versions(),
        **({"plugins": {name: identities()[name] for name in scenario.plugins}} if scenario.plugins else {}),
        "source_hash": source_hash(),
        "scenario_hash": scenario_hash(scenario),
    }
