"""Compiled functions once more, with others in the place of some that they call, near or far."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from simulation.behaviour.compiling import MADE, Made, compiled_into

Place = tuple[str, str]
"""Where a compiled function stands: module and name."""


def rebuilt(replaced: Mapping[Place, Any], folder: Path, mark: str) -> dict[str, ModuleType]:
    """Return the modules that hold what was replaced, or what leads to it, with all of that in the new form.

    What leads to nothing that was replaced is shared with the shipped modules. Code is kept in `folder`; `mark` tells
    the modules' names, and so the compiler's, from the shipped ones'.
    """
    again = _leading_to(set(replaced))
    modules = {name: _copied(name, mark) for name, _ in again}
    new = dict(replaced)
    for place in again - set(replaced):
        made = MADE[place[0]][place[1]]
        new[place] = compiled_into(folder, _moved(made.function, modules[place[0]]), made.options)
    by_old = {id(MADE[module][name].compiled): each for (module, name), each in new.items()}
    for module in modules.values():
        for name, value in list(vars(module).items()):
            found = modules.get(value.__name__) if isinstance(value, ModuleType) else by_old.get(id(value))
            setattr(module, name, value if found is None else found)
    return modules


def _copied(name: str, mark: str) -> ModuleType:
    """Return a module that has what another one has, under another name."""
    (shipped,) = {id(made.function.__globals__): made.function.__globals__ for made in MADE[name].values()}.values()
    copy = ModuleType(f"{name}_{mark}")
    vars(copy).update(
        {each: value for each, value in shipped.items() if each == "__builtins__" or not each.startswith("__")}
    )
    sys.modules[copy.__name__] = copy  # where kept code looks for it
    return copy


def _moved(function: FunctionType, module: ModuleType) -> FunctionType:
    """Return a function that reads another module's names."""
    return FunctionType(function.__code__, vars(module), function.__name__, function.__defaults__, function.__closure__)


def _leading_to(places: set[Place]) -> set[Place]:
    """Return the places with all those that call them, whatever comes between."""
    calls = {(module, name): _called_by(made) for module, each in MADE.items() for name, made in each.items()}
    found = {id(MADE[module][name].compiled) for module, name in places}
    leading = set(places)
    while more := {place for place, called in calls.items() if place not in leading and found & called}:
        leading |= more
        found |= {id(MADE[module][name].compiled) for module, name in more}
    return leading


def _called_by(made: Made) -> set[int]:
    return {id(value) for value in _read_by(made.function)}


def _read_by(function: FunctionType) -> Iterator[Any]:
    """Yield what a function reads by name, itself or in a module that it reads."""
    names = function.__code__.co_names
    for value in (function.__globals__.get(name) for name in names):
        yield from (
            (vars(value)[name] for name in names if name in vars(value)) if isinstance(value, ModuleType) else (value,)
        )
