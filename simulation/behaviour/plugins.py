"""What other people's packages add to the program: found by their entry points, or given in Python."""

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from simulation.behaviour.spelling import unknown

GROUPS = ("actions", "institutions", "flows", "parameters", "measures", "rules")
"""What a package can add; the group of its entry points is `aislefour.` and one of these."""

_PREFIX = "aislefour."
_SOURCES = {".py", ".yaml", ".json"}

Result = TypeVar("Result")
Added = Mapping[str, Any]


@dataclass(frozen=True)
class Plugin:
    """A package that adds to the program, each thing by the name that a scenario or a table calls it.

    Parameters
    ----------
    name, version
        Those of the package.
    actions
        Classes of actions, by what stands after `do`.
    institutions
        Classes of institutions, by what a scenario's `institutions` calls them.
    flows
        Payments, by name.
    parameters
        Numbers: under any name, a mapping of sections and names as in `parameters.yaml`.
    measures
        Measures of runs, by name.
    rules
        Functions in the place of shipped rules, by the shipped rule's name; a scenario says which it wants.

    Examples
    --------
    >>> import aislefour as a4
    >>> print(a4.Plugin("paid-tier", "0.1.0"))
    paid-tier 0.1.0
    """

    name: str
    version: str = "unknown"
    actions: Added = field(default_factory=dict)
    institutions: Added = field(default_factory=dict)
    flows: Added = field(default_factory=dict)
    parameters: Added = field(default_factory=dict)
    measures: Added = field(default_factory=dict)
    rules: Added = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def added(self, group: str) -> Added:
        """Return what the package adds of a group, by name; what has not been loaded stands as its entry point."""
        found: Added = getattr(self, group)
        return found


class Extra(NamedTuple):
    """Something that a package adds."""

    name: str
    value: Any
    plugin: Plugin


_GIVEN: dict[str, Plugin] = {}
_BROKEN: dict[str, str] = {}
_TO_FORGET: list[Callable[[], None]] = []


def remembered(function: Callable[[], Result]) -> Callable[[], Result]:
    """Return a function that works its result out once, and anew when a package has been plugged in or out."""
    kept = cache(function)
    _TO_FORGET.append(kept.cache_clear)
    return kept


def plug_in(plugin: Plugin) -> None:
    """Let a package given in Python add to the program in this process; raises ValueError for a name that is taken."""
    if plugin.name in plugins():
        raise ValueError(f"there is a plug-in called '{plugin.name}' already: {plugins()[plugin.name]}")
    _GIVEN[plugin.name] = plugin
    _forget()


def plug_out(name: str) -> None:
    """Take away what a package given in Python has added; raises ValueError for one that was not given so."""
    if name not in _GIVEN:
        raise ValueError(unknown("plug-in given in Python called", name, _GIVEN))
    del _GIVEN[name]
    _forget()


def _forget() -> None:
    for forget in _TO_FORGET:
        forget()


@remembered
def plugins() -> Mapping[str, Plugin]:
    """Return all packages that add to the program, by name, in the order of names."""
    every = {**_installed(), **_GIVEN}
    return {name: every[name] for name in sorted(every)}


@cache
def _installed() -> Mapping[str, Plugin]:
    """Return the packages whose entry points say that they add something; none of their code is loaded."""
    groups: dict[str, dict[str, dict[str, EntryPoint]]] = {}
    versions: dict[str, str] = {}
    for package in metadata.distributions():
        points = [point for point in package.entry_points if point.group.startswith(_PREFIX)]
        if points and package.name not in versions:  # the first on the path goes before others of its name
            versions[package.name] = package.version
            for point in points:
                group = point.group.removeprefix(_PREFIX)
                groups.setdefault(package.name, {}).setdefault(group, {})[point.name] = point
    return {name: _plugin(name, versions[name], found) for name, found in groups.items()}


def _plugin(name: str, version: str, found: Mapping[str, Added]) -> Plugin:
    known = {group: added for group, added in found.items() if group in GROUPS}
    for group in found.keys() - known.keys():
        _BROKEN[name] = f"its entry points name a group that there is not: {_PREFIX}{group}"
    return Plugin(name, version, **known)


def extras(group: str, checked: Callable[[Extra], Any]) -> dict[str, Any]:
    """Return what packages add of a group, by name, as `checked` returns it, in the order of the packages' names.

    What `checked` refuses by ValueError raises it if it was given in Python; of an installed package it is left out,
    and `broken` says why, so that one bad package does not keep everybody from the program.
    """
    found: dict[str, Any] = {}
    for plugin in plugins().values():
        for name, value in plugin.added(group).items():
            try:
                _refuse_twice(group, name)
                found[name] = checked(Extra(name, loaded(value), plugin))
            except Exception as error:
                if plugin.name in _GIVEN:
                    raise
                _BROKEN[plugin.name] = f"{group}: {name}: {error}"
    return found


def loaded(value: Any) -> Any:
    """Return what a package adds, loaded if it stands as its entry point."""
    return value.load() if isinstance(value, EntryPoint) else value


def _refuse_twice(group: str, name: str) -> None:
    adding = [str(plugin) for plugin in plugins().values() if name in plugin.added(group)]
    if len(adding) > 1:
        raise ValueError(f"{' and '.join(adding)} both add it")


def owner(group: str, name: str) -> str | None:
    """Return which package adds something of this name; None if none does."""
    found = (plugin.name for plugin in plugins().values() if name in plugin.added(group))
    return next(found, None)


def broken(name: str) -> str:
    """Return why a package cannot be used, as far as has been found out; "" if it can."""
    return _BROKEN.get(name, "")


def called(name: str) -> str:
    """Return a package's name with its version, if it is here."""
    return str(plugins().get(name, name))


def identity(name: str) -> str:
    """Return the version of a package and a hash of its sources."""
    plugin, digest = plugins()[name], hashlib.sha256()
    for path in sorted(_files_of(plugin)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{plugin.version}+{digest.hexdigest()[:12]}"


def _files_of(plugin: Plugin) -> Iterator[Path]:
    """Yield the source files of the modules, or of the whole packages, that hold what a plug-in adds."""
    for top in sorted({module.partition(".")[0] for module in _modules_of(plugin)}):
        origin = getattr(sys.modules[top], "__file__", None) if top in sys.modules else _origin(top)
        path = Path(origin) if origin else None
        if path is not None and path.name == "__init__.py":
            yield from (each for each in path.parent.rglob("*") if each.suffix in _SOURCES)
        elif path is not None and path.is_file():
            yield path


def _origin(module: str) -> str | None:
    spec = find_spec(module)
    return spec.origin if spec else None


def _modules_of(plugin: Plugin) -> Iterator[str]:
    for group in GROUPS:
        for value in plugin.added(group).values():
            module = value.module if isinstance(value, EntryPoint) else getattr(value, "__module__", "")
            if module and not module.startswith("simulation."):
                yield module
