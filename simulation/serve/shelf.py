"""The scenarios that a page offers, by name."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario

Shelf = Mapping[str, Scenario]


def shelf(files: Iterable[Path]) -> Shelf:
    """Return the scenarios in some files by the files' stems; raises ScenarioError or, for a name twice, ValueError."""
    found: dict[str, Scenario] = {}
    for file in files:
        if file.stem in found:
            raise ValueError(f"{file}: another scenario file is called {file.stem} as well; rename one")
        found[file.stem] = read_scenario(file)
    return found


def shipped(folder: Path) -> list[Path]:
    """Return the scenario files of a folder in order of name; raises ValueError if there is none."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ValueError(f"{folder}: holds no scenario files (*.yaml); name some, or start where a folder of them is")
    return files
