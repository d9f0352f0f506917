"""The verbs that live a scenario hundreds of times: ensemble, sensitivity."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.types import PositiveFloat, PositiveInt

from simulation.cli.choosing import KEPT, chosen, command, refused, told

if TYPE_CHECKING:
    from simulation.scenario.schema import Scenario
    from simulation.study.ensemble import Ensemble
    from simulation.study.findings import Finding
    from simulation.study.influence import Effort
    from simulation.study.plan import Store, Task

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
    workers: PositiveInt | None = None,
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
        How many sets of numbers to draw; powers of two are spread most evenly.
    replicates
        How many kinds of luck to live each of them with.
    until_error
        Go on until no policy's mean difference has a larger standard error than this, in dollars; 8,192 runs at most.
    policies
        Names of the policies to compare; the baseline, the first in the file, always is.
    shoppers
        How many households to simulate.
    out
        Folder that receives a folder named after the scenario file and "ensemble", with figures, tables and a record.
    workers
        How many processes to use; all processors if left out. The numbers do not depend on it.
    """
    from simulation.scenario.problems import ScenarioError

    try:
        case = chosen(scenario, policies, shoppers=shoppers)
        folder = out / f"{scenario.stem}-ensemble"
        with _lives(out, workers) as lives:
            _ensemble(case, over or [], (draws, replicates), until_error, folder, lives)
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0


def _ensemble(
    case: "Scenario",
    over: Sequence[str],
    size: tuple[int, int],
    until_error: float | None,
    folder: Path,
    lives: "_Lives",
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
        lives.announce(tasks, len(tasks))
        return lived(case, addresses, draws, replicates, lives.carry)

    found = live(*size) if until_error is None else grown(live, *size, until_error)
    paths = told(write_ensemble(found, until_error, folder, origin(case, command())))
    show_ensemble(found, until_error, paths)


@dataclass(frozen=True)
class _Lives:
    """Where runs are kept and who lives them."""

    store: "Store"
    executor: Executor
    workers: int

    def announce(self, tasks: "Sequence[Task]", runs: int) -> None:
        """Say on standard error how many runs there are to come, and about how long they take."""
        from simulation.study.waiting import missing, seconds_a_task

        left = runs - len(tasks) + len(missing(tasks, self.store))
        kept = f"; {runs - left:,} are kept from before" if left < runs else ""
        if left:
            minutes = seconds_a_task(tasks, self.store) * left / self.workers / 60
            print(f"{runs:,} runs{kept}: about {minutes:.1f} minutes", file=sys.stderr)

    def carry(self, tasks: "Sequence[Task]") -> "list[Finding]":
        """Live what is not kept yet, with a bar on a terminal."""
        from simulation.study.plan import carry_out

        with _bar(len(tasks)) as advance:
            return carry_out(tasks, self.store, self.executor, advance)


@contextmanager
def _lives(out: Path, workers: int | None) -> Iterator[_Lives]:
    from multiprocessing import get_context

    from simulation.study.plan import Store

    count = workers or os.cpu_count() or 1
    pool = ThreadPoolExecutor(1) if count == 1 else ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    try:
        yield _Lives(Store(out / KEPT), pool, count)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _bar(runs: int) -> Iterator[Callable[[int], None] | None]:
    from simulation.show.terminal import progress

    with progress(runs) if sys.stderr.isatty() else nullcontext() as advance:
        yield advance


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
    workers: PositiveInt | None = None,
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
    workers
        How many processes to use; all processors if left out. The numbers do not depend on it.
    """
    from simulation.scenario.problems import ScenarioError
    from simulation.study.extras import require
    from simulation.study.influence import Effort

    try:
        require("SALib", "sensitivity")
        case = chosen(scenario, shoppers=shoppers)
        effort = Effort(trajectories, few, samples, replicates)
        folder = out / f"{scenario.stem}-sensitivity"
        with _lives(out, workers) as lives:
            _sensitivity(case, (policy, measure), over or ["all"], effort, folder, lives)
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0


def _sensitivity(
    case: "Scenario", asked: tuple[str, str], over: Sequence[str], effort: "Effort", folder: Path, lives: _Lives
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
    question = question_of(case, *asked, addresses, lives.carry)
    lives.announce([Task(case.with_changes(policies=[asked[0]]))], planned_runs(question, effort))
    found = influence(case, *asked, addresses, effort, lives.carry)
    show_sensitivity(found, told(write_sensitivity(found, folder, origin(case, command()))))
