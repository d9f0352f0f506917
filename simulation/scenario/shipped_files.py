"""The files that come with the program, by name: scenarios, cases for a class, notebooks."""

from collections.abc import Mapping
from pathlib import Path

import simulation
from simulation.behaviour.spelling import did_you_mean
from simulation.scenario.parsing import only

_PROGRAM = Path(simulation.__file__).parents[1]
_FOLDERS = (_PROGRAM / "aislefour" / "shipped", _PROGRAM / "scenarios")  # in an installation, and in a checkout
ENDINGS = {".yaml", ".yml"}
"""How the name of a scenario's file ends."""


def scenarios() -> dict[str, Path]:
    """Return the scenarios that come with the program, by name.

    Examples
    --------
    >>> import aislefour as a4
    >>> list(a4.scenarios())[:2]
    ['ask_first', 'bookseller_prices']
    """
    return {path.stem: path for path in sorted(_folder().glob("*.yaml"))}


def cases() -> dict[str, Path]:
    """Return the cases for a class that come with the program, by name."""
    return {path.parent.name: path for path in sorted(_folder().glob("classroom/*/case.yaml"))}


def notebooks() -> dict[str, Path]:
    """Return the notebooks that come with the program, as scripts in jupytext's percent format, by name.

    Examples
    --------
    >>> import aislefour as a4
    >>> "first_run" in a4.notebooks()
    True
    """
    return {path.stem: path for path in sorted(_folder().glob("notebooks/*.py"))}


def file_of(named: str | Path, shipped: Mapping[str, Path], kind: str = "scenario") -> Path:
    """Return the file that is named, or that of this name among those that come with the program.

    Raises ScenarioError for a name that is neither. A missing YAML file is returned as it is, for its reader to refuse,
    unless the program comes with one of its name.
    """
    path = Path(named)
    if path.is_file():
        return path
    if str(named) in shipped:
        return shipped[str(named)]
    if path.suffix in ENDINGS:
        return _missing(path, shipped)
    if path.is_dir():
        return path
    known = f"known here: {', '.join(shipped)}; or name a file"
    raise only(path, f"there is no such {kind}", did_you_mean(str(named), shipped) + known)


def _missing(path: Path, shipped: Mapping[str, Path]) -> Path:
    """Return a missing YAML file; raises ScenarioError if the program comes with one of its name."""
    for name in (path.stem, path.parent.name):
        if name in shipped and not path.exists():
            raise only(path, "there is no such file", f"'{name}' alone names the one that comes with the program")
    return path


def _folder() -> Path:
    return next(each for each in _FOLDERS if each.is_dir())
