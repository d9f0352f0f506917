"""The verbs that live a scenario hundreds of times: ensemble, sensitivity."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.types import PositiveFloat, PositiveInt

from simulation.cli.carrying import AS_IT_PAYS, Carrier, Means
from simulation.cli.choosing import chosen, command, refused, told

if TYPE_CHECKING:
    from simulation.scenario.schema import Scenario
    from simulation.study.ensemble import Ensemble
    from simulation.study.influence import Effort

_SHOPPERS = 5_000

Names = Annotated[list[str] | None, Parameter(consume_multiple=True)]


def ensemble(
    scenario: Path,
    *,
    over: Names = None,
    draws: PositiveInt = 64,
    replicates: PositiveInt = 8,
    until_error: PositiveFloat | None = None,
    policies: Names = None,
    shoppers: PositiveInt = _SHOPPERS,
    out: Path = Path("results"),
    means: Means = AS_IT_PAYS,
) -> int:
    """Say how far outcomes spread, how much of that is chance and how much not knowing, and how sure the means are.

    A study that is stopped goes on where it was when asked again.

    Parameters
    ----------
    scenario
        The scenario file.
    over
        Numbers to draw, such as world.press_hazard_per_year, or a word for many: uncertain (what the scenario calls
        so), assumptions (every guess, over its plausible range), all. What the scenario calls uncertain if left out.
    draws
        How many sets of numbers to draw; multiples of 16, or of 64 for many numbers, are spread most evenly.
    replicates
        How many kinds of luck to live each of them with, no two of them with the same.
    until_error
        Go on until no policy's mean difference has a larger standard error than this, in dollars; 8,192 runs at most.
    policies
        Names of the policies to compare; the baseline, the first in the file, always is.
    shoppers
        How many households to simulate.
    out
        Folder that receives a folder named after the scenario file and "ensemble", with figures, tables and a record.
    means
        How runs are carried out; the numbers do not depend on it.
    """
    from simulation.scenario.problems import ScenarioError

    try:
        case = chosen(scenario, policies, shoppers=shoppers)
        folder = out / f"{scenario.stem}-ensemble"
        with Carrier(out, means) as carry:
            _ensemble(case, over or [], (draws, replicates), until_error, folder, carry)
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0


def _ensemble(
    case: "Scenario",
    over: Sequence[str],
    size: tuple[int, int],
    until_error: float | None,
    folder: Path,
    carry: Carrier,
) -> None:
    from simulation.show.ensemble_sheet import write_ensemble
    from simulation.show.ensemble_words import show_ensemble
    from simulation.study.ensemble import ensemble as lived
    from simulation.study.ensemble import tasks_of
    from simulation.study.ensemble import until_error as grown
    from simulation.study.folders import ASKED, refuse_foreign
    from simulation.study.provenance import origin
    from simulation.study.worlds import addresses_of

    refuse_foreign(folder, ASKED)
    addresses = addresses_of(case, over)

    def live(draws: int, replicates: int) -> "Ensemble":
        tasks = tasks_of(case, addresses, draws, replicates)
        carry.announce(tasks)
        return lived(case, addresses, draws, replicates, carry)

    found = live(*size) if until_error is None else grown(live, *size, until_error)
    paths = told(write_ensemble(found, until_error, folder, origin(case, command())))
    show_ensemble(found, until_error, paths)


def sensitivity(
    scenario: Path,
    *,
    policy: str,
    measure: str = "value",
    over: Names = None,
    few: PositiveInt = 8,
    trajectories: PositiveInt = 6,
    samples: PositiveInt = 64,
    replicates: PositiveInt = 8,
    shoppers: PositiveInt = _SHOPPERS,
    out: Path = Path("results"),
    means: Means = AS_IT_PAYS,
) -> int:
    """Say which numbers a policy's difference from the baseline hangs on, and how much of its variance is guesses.

    All numbers are screened, the most influential weighed and swung one by one. A study that is stopped goes on where
    it was when asked again.

    Parameters
    ----------
    scenario
        The scenario file.
    policy
        The policy that is compared with the baseline.
    measure
        What is looked at: value, revenue, card_use, churn, trust, aware, complaints, consent_debt, harm and others.
    over
        Numbers to vary, such as world.press_hazard_per_year, or a word for many: all, assumptions (every guess),
        uncertain (what the scenario calls so). All numbers over their plausible ranges if left out.
    few
        How many of the most influential to look at closely.
    trajectories
        How many times to change every number once, to find the most influential (Morris).
    samples
        How many samples to weigh them with (Sobol), a power of 2.
    replicates
        How many kinds of luck to average over where single numbers are swung.
    shoppers
        How many households to simulate.
    out
        Folder that receives a folder named after the scenario file and "sensitivity", with figures, tables and a
        record; the next question about the scenario replaces it.
    means
        How runs are carried out; the numbers do not depend on it.
    """
    from simulation.scenario.problems import ScenarioError
    from simulation.study.extras import require
    from simulation.study.influence import Effort

    try:
        require("SALib", "sensitivity")
        case = chosen(scenario, shoppers=shoppers)
        effort = Effort(trajectories, few, samples, replicates)
        folder = out / f"{scenario.stem}-sensitivity"
        with Carrier(out, means) as carry:
            _sensitivity(case, (policy, measure), over or ["all"], effort, folder, carry)
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0


def _sensitivity(
    case: "Scenario", asked: tuple[str, str], over: Sequence[str], effort: "Effort", folder: Path, carry: Carrier
) -> None:
    from simulation.show.sensitivity_sheet import write_sensitivity
    from simulation.show.sensitivity_words import show_sensitivity
    from simulation.study.folders import ASKED, refuse_foreign
    from simulation.study.influence import influence, planned_runs, question_of
    from simulation.study.plan import Task
    from simulation.study.provenance import origin
    from simulation.study.worlds import addresses_of

    refuse_foreign(folder, ASKED)
    addresses = addresses_of(case, over)
    question = question_of(case, *asked, addresses, carry)
    carry.announce([Task(case.with_changes(policies=[asked[0]]))], planned_runs(question, effort))
    found = influence(case, *asked, addresses, effort, carry)
    show_sensitivity(found, told(write_sensitivity(found, folder, origin(case, command()))))
