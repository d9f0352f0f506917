"""The scenarios that a page offers, by name."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario

Shelf = Mapping[str, Scenario]


def shelf(files: Iterable[Path]) -> Shelf:
    """Return scenarios, each from a file or by its name, by their names.

    Raises ScenarioError or, for a name twice, ValueError.
    """
    found: dict[str, Scenario] = {}
    for file in files:
        if file.stem in found:
            raise ValueError(f"{file}: another scenario file is called {file.stem} as well; rename one")
        found[file.stem] = read_scenario(file)
    return found
