"""The verbs that weigh policies against each other where nobody knows: robust, optimise."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.types import PositiveInt

from simulation.cli.carrying import AS_IT_PAYS, Carrier, Means
from simulation.cli.choosing import chosen, command, refused, told

if TYPE_CHECKING:
    from simulation.scenario.schema import Scenario

_SHOPPERS = 2_000


def robust(
    scenario: Path,
    *,
    over: Annotated[list[str] | None, Parameter(consume_multiple=True, negative="")] = None,
    worlds: PositiveInt = 256,
    fresh: PositiveInt = 128,
    replicates: PositiveInt = 1,
    same_luck: Annotated[bool, Parameter(negative="")] = False,
    policies: Annotated[list[str] | None, Parameter(consume_multiple=True, negative="")] = None,
    shoppers: PositiveInt = _SHOPPERS,
    out: Path = Path("results"),
    means: Means = AS_IT_PAYS,
) -> int:
    """Say how policies do across worlds that nobody can tell apart: expected, at worst, by regret; and when each pays.

    Parameters
    ----------
    scenario
        The scenario file.
    over
        Numbers that worlds differ in, such as world.press_hazard_per_year, or the word assumptions for all that are
        guesses; what the scenario calls uncertain if left out.
    worlds
        How many worlds to live; multiples of 16, or of 64 for many numbers, are spread most evenly.
    fresh
        How many further worlds to check the conditions on.
    replicates
        How many times to live each world, and average.
    same_luck
        Give all worlds the same luck, so that numbers alone tell them apart; what is found then holds for that luck.
    policies
        Names of the policies to compare; the baseline, the first in the file, always is.
    shoppers
        How many households to simulate.
    out
        Folder that receives a folder named after the scenario file and "robust", with figures, tables and a record.
    means
        How runs are carried out; the numbers do not depend on it.
    """
    from simulation.scenario.problems import ScenarioError
    from simulation.study.extras import require

    try:
        require("ema_workbench", "scenario discovery")
        case = chosen(scenario, policies, shoppers=shoppers)
        with Carrier(out, means) as carry:
            _robust(case, over or [], (worlds, fresh), replicates, same_luck, out / f"{scenario.stem}-robust", carry)
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0


def _robust(
    case: "Scenario",
    over: Sequence[str],
    counts: tuple[int, int],
    replicates: int,
    same_luck: bool,
    folder: Path,
    carry: Carrier,
) -> None:
    from simulation.show.robust_sheet import Sheet, write_robustness
    from simulation.show.robust_words import how_lived, show_robustness
    from simulation.study.discovery import discover
    from simulation.study.folders import ASKED, refuse_foreign
    from simulation.study.provenance import origin
    from simulation.study.robustness import Robustness
    from simulation.study.worlds import addresses_of, lived, tasks_of, worlds

    refuse_foreign(folder, ASKED)
    every = worlds(case, addresses_of(case, over), sum(counts))
    tasks = tasks_of(case, every, replicates, same_luck)
    carry.announce(tasks)
    value = lived(tasks, replicates, carry)["value"]
    whole = Robustness(tuple(case.policies), every, value - value[:, :1])
    found, fresh = whole.part(0, counts[0]), whole.part(counts[0], sum(counts))
    discoveries = [discover(found, fresh, policy) for policy in whole.policies[1:]]
    notes = how_lived(case, every, replicates, same_luck)
    paths = told(write_robustness(Sheet(found, fresh, discoveries, notes), folder, origin(case, command())))
    show_robustness(case, found, discoveries, notes, paths)


def optimise(
    scenario: Path,
    *,
    policy: str,
    vary: Annotated[list[str], Parameter(negative="")],
    aims: Annotated[list[str] | None, Parameter(name="--for", consume_multiple=True, negative="")] = None,
    trials: PositiveInt = 96,
    worlds: PositiveInt = 16,
    fresh: PositiveInt = 64,
    shoppers: PositiveInt = _SHOPPERS,
    out: Path = Path("results"),
    means: Means = AS_IT_PAYS,
) -> int:
    """Say what a policy could be: the settings of its terms that nothing tried beats in value, trust and harm at once.

    Parameters
    ----------
    scenario
        The scenario file.
    policy
        The policy whose terms are varied; it is compared with the baseline.
    vary
        A term and what it may be, such as fee_per_member_year=0.1:10 or consent=none,notice,opt_out,opt_in; may be
        given several times.
    aims
        What to look for, two at least of value, trust and harm; all three if left out.
    trials
        How many settings to try.
    worlds
        In how many worlds to try each.
    fresh
        In how many further worlds to live what was found again.
    shoppers
        How many households to simulate.
    out
        Folder that receives a folder named after the scenario file and "optimise", with a figure, a table and a record.
    means
        How runs are carried out; the numbers do not depend on it.
    """
    from simulation.scenario.problems import ScenarioError
    from simulation.study.extras import require

    try:
        require("optuna", "optimising a policy")
        case = chosen(scenario, shoppers=shoppers)
        with Carrier(out, means) as carry:
            _optimise(case, policy, vary, aims, (trials, worlds, fresh), out / f"{scenario.stem}-optimise", carry)
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0


def _optimise(
    case: "Scenario",
    policy: str,
    vary: Sequence[str],
    aims: Sequence[str] | None,
    counts: tuple[int, int, int],
    folder: Path,
    carry: Carrier,
) -> None:
    from simulation.show.optimise_sheet import write_front
    from simulation.show.optimise_words import how_searched, show_front
    from simulation.study.folders import ASKED, refuse_foreign
    from simulation.study.levers import levers_of
    from simulation.study.optimise import AIMS, aims_of, first_tasks, runs_of
    from simulation.study.optimise import optimise as find_front
    from simulation.study.provenance import origin
    from simulation.study.worlds import lived

    refuse_foreign(folder, ASKED)
    levers, wanted = levers_of(case, policy, vary), aims_of(aims or list(AIMS))
    carry.announce(first_tasks(case, policy, levers, wanted, *counts[:2]), runs_of(*counts))
    front = find_front(case, policy, levers, wanted, lambda tasks: lived(tasks, 1, carry), *counts)
    notes = how_searched(case, front)
    show_front(case, front, notes, told(write_front(case, front, notes, folder, origin(case, command()))))
