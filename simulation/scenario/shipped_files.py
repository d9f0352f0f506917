"""The files that come with the program, by name: scenarios, cases for a class, notebooks."""

from collections.abc import Mapping
from pathlib import Path

import simulation
from simulation.behaviour.shipped import shipped_data
from simulation.behaviour.spelling import did_you_mean
from simulation.scenario.parsing import only

_PROGRAM = Path(simulation.__file__).parents[1]
_FOLDERS = (_PROGRAM / "aislefour" / "shipped", _PROGRAM / "scenarios")  # in an installation, and in a checkout
_ENDINGS = {".yaml", ".yml"}


def scenarios() -> dict[str, Path]:
    """Return the scenarios that come with the program, by name.

    Examples
    --------
    >>> import aislefour as a4
    >>> list(a4.scenarios())[:2]
    ['algorithmic_prices', 'ask_first']
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
    if path.suffix in _ENDINGS:
        return _missing(path, shipped)
    if path.is_dir():
        return path
    known = f"known here: {', '.join(shipped)}; or name a file"
    raise only(path, f"there is no such {kind}", did_you_mean(str(named), shipped) + known)


def questions() -> dict[str, tuple[str, str]]:
    """Return question and source of the scenarios that come with the program, by name."""
    found = {name: shipped_data(path) for name, path in scenarios().items()}
    return {name: (said["question"], said.get("source", "")) for name, said in found.items()}


def copy(name: str, file: Path) -> None:
    """Write a copy of a scenario that comes with the program, word for word, comments and all.

    Raises ScenarioError for a name that none has, ValueError for a file that is there or would be no scenario's, and
    OSError where it cannot be written.
    """
    source = file_of(name, scenarios())
    if file.suffix not in _ENDINGS:
        raise ValueError(f"{file}: the name of a scenario ends in .yaml; write {file.with_suffix('.yaml')}")
    if file.exists():
        raise ValueError(f"{file}: there is such a file already; name another")
    if not file.parent.is_dir():
        raise ValueError(f"{file}: there is no folder {file.parent}; make it first")
    file.write_bytes(source.read_bytes())


def _missing(path: Path, shipped: Mapping[str, Path]) -> Path:
    """Return a missing YAML file; raises ScenarioError if the program comes with one of its name."""
    for name in (path.stem, path.parent.name):
        if name in shipped and not path.exists():
            raise only(path, "there is no such file", f"'{name}' alone names the one that comes with the program")
    return path


def _folder() -> Path:
    return next(each for each in _FOLDERS if each.is_dir())
