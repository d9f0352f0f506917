"""Scenarios by name."""

from pathlib import Path

from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario


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
