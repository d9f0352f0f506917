"""Scenarios by name, and actions as they are written in Python."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import simulation
from simulation.scenario import policies
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario
from simulation.scenario.timeline import Action

_PACKAGE = Path(simulation.__file__).parent
_SHIPPED = (_PACKAGE.parent / "aislefour" / "shipped", _PACKAGE.parent / "scenarios")  # in an installation, and in a checkout


def scenarios() -> dict[str, Path]:
    """Return the scenarios that come with the program, by name.

    >>> "shopsense_ifa" in scenarios()
    True
    """
    folder = next(each for each in _SHIPPED if each.is_dir())
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def read(scenario: str | Path) -> Scenario:
    """Return the scenario in a file, or one that comes with the program, by its name.

    Raises ScenarioError with all that is wrong with a file, ValueError with the nearest name for one that is unknown.

    >>> read("shopsense_ifa").weeks
    260
    """
    known, name = scenarios(), str(scenario)
    if name in known and not Path(scenario).exists():
        return read_scenario(known[name])
    if not Path(scenario).exists() and Path(name).suffix not in {".yaml", ".yml"}:
        near = get_close_matches(name, known, 1, 0.5)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise ValueError(f"there is no scenario '{name}'; {hint}known: {', '.join(known)}; or name a file")
    return read_scenario(scenario)


def action(name: str) -> Callable[..., Action]:
    """Return what makes an action of a kind, such as ShareData, from its terms.

    Terms are those of a scenario file; `recipient` stands for `with`, which Python keeps for itself.

    >>> action("ShareData")(week=9, recipient="broker", consent="notice").do
    'share_data'
    """
    kind: type[Action] = getattr(policies, name)
    (do,) = (word for word, each in policies.kinds_by_name(policies.AnyAction).items() if each is kind)
    aliases = {field: each.alias for field, each in kind.model_fields.items() if each.alias}

    def make(**terms: Any) -> Action:
        return kind.model_validate({"do": do, **_aliased(terms, aliases)})

    make.__name__ = make.__qualname__ = name
    make.__doc__ = _described(kind)
    return make


def _aliased(terms: Mapping[str, Any], aliases: Mapping[str, str]) -> dict[str, Any]:
    return {aliases.get(name, name): value for name, value in terms.items()}


def _described(kind: type[Action]) -> str:
    """Return a kind's docstring with its terms."""
    terms = [f"{name}\n    {field.description}" for name, field in kind.model_fields.items() if field.description]
    return "\n".join([f"{(kind.__doc__ or '').strip()}\n\nParameters\n----------", *terms])
