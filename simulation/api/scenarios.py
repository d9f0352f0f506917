"""Scenarios from Python: read, listed by question, copied."""

from pathlib import Path

from simulation.behaviour.shipped import shipped_data
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario
from simulation.scenario.shipped_files import ENDINGS, file_of, scenarios


def read(scenario: str | Path) -> Scenario:
    """Return the scenario in a file, or one that comes with the program, by its name.

    Raises ScenarioError, a ValueError, with all that is wrong with a file, each with its line, and with the nearest
    name for a scenario that there is not.

    Examples
    --------
    >>> import aislefour as a4
    >>> a4.read("shopsense_ifa").with_changes(shoppers=2_000, replicates=4)
    <Scenario 'ShopSense sells card data to IFA': 5 policies, 2,000 shoppers, 260 weeks, 4 replicates>
    """
    return read_scenario(scenario)


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
    if file.suffix not in ENDINGS:
        raise ValueError(f"{file}: the name of a scenario ends in .yaml; write {file.with_suffix('.yaml')}")
    if file.exists():
        raise ValueError(f"{file}: there is such a file already; name another")
    if not file.parent.is_dir():
        raise ValueError(f"{file}: there is no folder {file.parent}; make it first")
    file.write_bytes(source.read_bytes())
