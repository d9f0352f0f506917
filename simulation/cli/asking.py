"""The verbs that ask a scenario one question: mechanisms, break-even, reserve."""

from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts.types import PositiveInt

from simulation.cli.common import QUICK_SHOPPERS, chosen, command, loading, refused, told
from simulation.cli.means import AS_IT_PAYS, Carrier, Means

if TYPE_CHECKING:
    from simulation.scenario.schema import Scenario


def mechanisms() -> int:
    """Show every mechanism of the case at work: what it changes between two small scenarios, pass or fail."""
    with loading():
        from simulation.evidence.mechanisms import effects
        from simulation.report.terminal import show_mechanisms

    return 0 if show_mechanisms(effects()) else 1


def break_even(
    scenario: Path,
    number: str,
    *,
    policy: str,
    against: str | None = None,
    between: tuple[float, float] | None = None,
    against_between: tuple[float, float] | None = None,
    tried: PositiveInt = 9,
    shoppers: PositiveInt = QUICK_SHOPPERS,
    replicates: PositiveInt | None = None,
    out: Path = Path("results"),
    means: Means = AS_IT_PAYS,
) -> int:
    """Say at which fee, hazard, secrecy or other number a policy stops paying.

    Parameters
    ----------
    scenario
        The scenario file.
    number
        A term of the policy's actions, such as fee_per_member_year; one of the model's numbers, such as
        world.press_hazard_per_year; or concealment_weeks: how long its first practice is kept from the press.
    policy
        The policy that is compared with the baseline.
    against
        A second number: then every pair of values is tried, and the line drawn at which the policy breaks even.
    between
        Low and high end of the values tried; around the policy's own, or the plausible range, if left out.
    against_between
        The same for the second number.
    tried
        How many values to try, of each number.
    shoppers
        How many households to simulate.
    replicates
        How many times to simulate with other luck.
    out
        Folder that receives a folder named after the scenario file and "break-even", with figure, table and record;
        the next question about the scenario replaces it. Runs are kept there too, and not lived twice.
    means
        How runs are carried out; the numbers do not depend on it.
    """
    from simulation.scenario.problems import ScenarioError

    try:
        case, folder = chosen(scenario, shoppers=shoppers, replicates=replicates), out / f"{scenario.stem}-break-even"
        if against is None and against_between is not None:
            raise ValueError("--against-between: there is no second number; name it with --against")
        with Carrier(out, means) as carry:
            if against is None:
                _break_even(case, policy, number, between, tried, folder, carry)
            else:
                _frontier(case, policy, (number, against), (between, against_between), tried, folder, carry)
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0


def _break_even(
    case: "Scenario",
    policy: str,
    number: str,
    between: tuple[float, float] | None,
    tried: int,
    folder: Path,
    carry: Carrier,
) -> None:
    with loading():
        from simulation.questions.break_even.answer import write_break_even
        from simulation.questions.break_even.break_even import break_even as find_break_even
        from simulation.questions.break_even.words import show_break_even
        from simulation.runs.folders import ASKED, refuse_foreign
        from simulation.runs.provenance import origin

    refuse_foreign(folder, ASKED)
    found = find_break_even(case, policy, number, between, tried, carry)
    show_break_even(found, told(write_break_even(found, folder, origin(case, command()))))


def _frontier(
    case: "Scenario",
    policy: str,
    numbers: tuple[str, str],
    between: tuple[tuple[float, float] | None, tuple[float, float] | None],
    tried: int,
    folder: Path,
    carry: Carrier,
) -> None:
    with loading():
        from simulation.questions.break_even.answer import write_frontier
        from simulation.questions.break_even.break_even import frontier
        from simulation.questions.break_even.words import show_frontier
        from simulation.runs.folders import ASKED, refuse_foreign
        from simulation.runs.provenance import origin

    refuse_foreign(folder, ASKED)
    found = frontier(case, policy, numbers, between, tried, carry)
    show_frontier(found, told(write_frontier(found, folder, origin(case, command()))))


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
