"""The scenarios that come with the program: by name, with the question of each, to be copied."""

from pathlib import Path

import simulation
from simulation.behaviour.shipped import shipped_data
from simulation.behaviour.spelling import did_you_mean
from simulation.scenario.problems import Located, ScenarioError

ENDINGS = (".yaml", ".yml")
_PROGRAM = Path(simulation.__file__).parents[1]
_SHIPPED = (_PROGRAM / "aislefour" / "shipped", _PROGRAM / "scenarios")  # in an installation, and in a checkout


def scenarios() -> dict[str, Path]:
    """Return the scenarios that come with the program, by name.

    Examples
    --------
    >>> import aislefour as a4
    >>> list(a4.scenarios())[:2]
    ['ask_first', 'bookseller_prices']
    """
    folder = next(each for each in _SHIPPED if each.is_dir())
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def questions() -> dict[str, tuple[str, str]]:
    """Return question and source of the scenarios that come with the program, by name."""
    found = {name: shipped_data(path) for name, path in scenarios().items()}
    return {name: (said["question"], said.get("source", "")) for name, said in found.items()}


def copy(name: str, file: Path) -> None:
    """Write a copy of a scenario that comes with the program, word for word, comments and all.

    Raises ScenarioError for a name that none has, ValueError for a file that is there or would be no scenario's, and
    OSError where it cannot be written.
    """
    source = file_of(name, "'aislefour scenarios' says what each asks")
    if file.suffix not in ENDINGS:
        raise ValueError(f"{file}: the name of a scenario ends in .yaml; write {file.with_suffix('.yaml')}")
    if file.exists():
        raise ValueError(f"{file}: there is such a file already; name another")
    if not file.parent.is_dir():
        raise ValueError(f"{file}: there is no folder {file.parent}; make it first")
    file.write_bytes(source.read_bytes())


def file_of(name: str, otherwise: str) -> Path:
    """Return the file of a scenario that comes with the program; raises ScenarioError with the nearest name."""
    known = scenarios()
    if name not in known:
        advice = f"{did_you_mean(name, known)}known here: {', '.join(known)}; {otherwise}"
        raise ScenarioError([Located(name, 0, 0, "there is no such scenario", advice, "")])
    return known[name]
