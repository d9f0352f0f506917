"""mechanisms, reserve."""

from pathlib import Path

from cyclopts.types import PositiveInt

from simulation.cli.common import QUICK_SHOPPERS, chosen, command, loading, refused, told


def mechanisms() -> int:
    """Show every mechanism of the case at work: what it changes between two small scenarios, pass or fail."""
    with loading():
        from simulation.evidence.mechanisms import effects
        from simulation.report.terminal import show_mechanisms

    return 0 if show_mechanisms(effects()) else 1


def reserve(
    scenario: Path,
    *,
    policy: str | None = None,
    every: PositiveInt = 13,
    shoppers: PositiveInt = QUICK_SHOPPERS,
    out: Path = Path("results"),
) -> int:
    """Say what exposure would cost over the following year, week by week, beside the income earned until then.

    Parameters
    ----------
    scenario
        The scenario file.
    policy
        The policy that shares data; the first that does if left out.
    every
        Weeks between the exposures that are tried; 1 tries them all, and takes its time.
    shoppers
        How many households to simulate.
    out
        Folder that receives a folder named after the scenario file and "reserve", with a figure and a table.
    """
    with loading():
        from simulation.questions.reserve.answer import write_reserve
        from simulation.questions.reserve.reserve import backlash_reserve, first_sale
        from simulation.report.terminal import show_reserve
        from simulation.runs.provenance import origin
        from simulation.scenario.problems import ScenarioError

    try:
        case = chosen(scenario, shoppers=shoppers)
        found = backlash_reserve(case, policy or first_sale(case), every)
        paths = write_reserve(found, out / f"{scenario.stem}-reserve", origin(case, command()))
        show_reserve(found, told(paths))
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0
