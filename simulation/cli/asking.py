"""The verbs that ask a scenario one question: mechanisms, break-even, reserve."""

from pathlib import Path

from cyclopts.types import PositiveInt

from simulation.cli.choosing import QUICK_SHOPPERS, chosen, loading, refused


def mechanisms() -> int:
    """Show every mechanism of the case at work: what it changes between two small scenarios, pass or fail."""
    with loading():
        from simulation.show.terminal import show_mechanisms
        from simulation.study.mechanisms import effects

    return 0 if show_mechanisms(effects()) else 1


def break_even(
    scenario: Path,
    number: str,
    *,
    policy: str,
    between: tuple[float, float] | None = None,
    tried: PositiveInt = 9,
    shoppers: PositiveInt = QUICK_SHOPPERS,
    replicates: PositiveInt | None = None,
) -> int:
    """Say at which fee, hazard or other number a policy stops paying.

    Parameters
    ----------
    scenario
        The scenario file.
    number
        A term of the policy's actions, such as fee_per_member_year, or one of the model's numbers, such as
        world.press_hazard_per_year.
    policy
        The policy that is compared with the baseline.
    between
        Low and high end of the values tried; around the policy's own, or the plausible range, if left out.
    tried
        How many values to try.
    shoppers
        How many households to simulate.
    replicates
        How many times to simulate with other luck.
    """
    with loading():
        from simulation.scenario.problems import ScenarioError
        from simulation.show.terminal import show_break_even
        from simulation.study.break_even import break_even as find_break_even

    try:
        case = chosen(scenario, shoppers=shoppers, replicates=replicates)
        show_break_even(find_break_even(case, policy, number, between, tried))
    except (ScenarioError, ValueError) as error:
        return refused(error)
    return 0


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
        from simulation.scenario.problems import ScenarioError
        from simulation.show.reserve_sheet import write_reserve
        from simulation.show.terminal import show_reserve
        from simulation.study.reserve import backlash_reserve, first_sale

    try:
        case = chosen(scenario, shoppers=shoppers)
        found = backlash_reserve(case, policy or first_sale(case), every)
        show_reserve(found, write_reserve(found, out / f"{scenario.stem}-reserve"))
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0
