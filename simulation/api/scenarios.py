"""Scenarios by name."""

from pathlib import Path

import simulation
from simulation.behaviour.spelling import did_you_mean
from simulation.scenario.problems import Located, ScenarioError
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario

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
    known, name = scenarios(), str(scenario)
    if Path(scenario).is_file() or Path(name).suffix in {".yaml", ".yml"}:
        return read_scenario(scenario)
    if name not in known:
        advice = f"{did_you_mean(name, known)}known here: {', '.join(known)}; or name a file"
        raise ScenarioError([Located(name, 0, 0, "there is no such scenario", advice, "")])
    return read_scenario(known[name])
