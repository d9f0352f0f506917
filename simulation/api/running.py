"""Run, load, ask and sweep."""

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.api.finished import Run, of_folder, of_outcome
from simulation.questions.ask import Question
from simulation.questions.ask import ask as answer_to
from simulation.runs.detail import Detail, Recorder
from simulation.runs.executors import Means
from simulation.runs.growing import goal_of, run_until
from simulation.runs.outcome import Outcome
from simulation.runs.run import run_scenario
from simulation.runs.runner import Runner
from simulation.runs.tasks import Task
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas

    from simulation.questions.answer import Answer


def run(
    scenario: Scenario,
    *,
    workers: int | None = None,
    progress: bool = True,
    until_error: float | str | None = None,
    until_ranked: bool = False,
    detail: Collection[Detail] = (),
) -> Run:
    """Return what a scenario comes to under all its policies, in all its replicates.

    Parameters
    ----------
    scenario
        What to run, from `read`.
    workers
        How many processes to use; threads of this one if left out. The numbers do not depend on it.
    progress
        Whether to show a bar, in a notebook as on a terminal.
    until_error
        Add replicates until the standard error of every mean difference is at most so many dollars, or such a share of
        the baseline's value ('0.1%'); 1,024 replicates at most.
    until_ranked
        Add replicates until every two policies that differ are told apart; 1,024 replicates at most.
    detail
        What to keep of every single shopper as well, for `Run.events` and `Run.shoppers`: "events", what happened to
        whom and when; "shoppers", those of every replicate, with trips, sales and last visit. Both need this process.

    Examples
    --------
    >>> import aislefour as a4
    >>> a4.run(a4.read("member_prices").with_changes(shoppers=300, weeks=20, replicates=1), progress=False)
    <Run of ...>
    """
    means, goal = Means(workers=workers), goal_of(until_error, until_ranked)
    recorder = Recorder(detail) if detail else None

    def live(case: Scenario, after: Outcome | None = None) -> Outcome:
        """Return the outcome of a case, some replicates of which may have been lived."""
        left = case.replicates - (len(after.replicates) if after else 0)
        with _watcher(progress).progress(case.weeks * left) as advance:
            elsewhere = means if means.are_elsewhere else None
            return run_scenario(case, means=elsewhere, progress=advance, observer=recorder, split=True, after=after)

    return of_outcome(run_until(scenario, goal, live) if goal else live(scenario), recorder)


def load(folder: str | Path) -> Run:
    """Return the run whose results lie in a folder, without running it again.

    Everything that a run holds can be had again, to the bit where it is counted in people and cents. Raises ValueError,
    in plain words, for a folder that holds no results, or damaged ones.

    Examples
    --------
    >>> import aislefour as a4
    >>> from tempfile import TemporaryDirectory
    >>> case = a4.read("member_prices").with_changes(shoppers=300, weeks=20, replicates=1)
    >>> with TemporaryDirectory() as place:
    ...     a4.load(a4.run(case, progress=False).save(f"{place}/mine")).policies
    ('one price', ...)
    """
    return of_folder(Path(folder))


def ask(
    scenario: Scenario, question: Question, *, workers: int | None = None, keep: str | Path | None = None
) -> "Answer":
    """Return the answer to a question about a scenario: words, tables, figures.

    Parameters
    ----------
    scenario
        What is asked about, from `read`.
    question
        Such as BreakEven("fee_per_member_year", policy="quiet sale").
    workers
        How many processes to use; as many as pay if left out.
    keep
        A folder in which finished runs are kept, so that a question that was stopped goes on from there.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=60, replicates=2)
    >>> question = a4.BreakEven("fee_per_member_year", policy="quiet sale", tried=3)
    >>> a4.ask(case, question).table("break_even").shape
    (3, 6)
    """
    with Runner(Path(keep) if keep else None, Means(workers=workers), _watcher(True)) as runner:
        return answer_to(scenario, question, runner)


def sweep(
    scenario: Scenario,
    values: Mapping[str, Sequence[Any]],
    *,
    policy: str,
    workers: int | None = None,
    keep: str | Path | None = None,
) -> "pandas.DataFrame":
    """Return every combination of values, run in every replicate: one row each, with all measures of the policy.

    Parameters
    ----------
    scenario
        What is varied, from `read`.
    values
        By name: a term of the policy's actions, such as fee_per_member_year, or a number such as world.story_reach.
    policy
        The policy that is compared with the baseline; `difference` is its value less the baseline's.
    workers
        How many processes to use; as many as pay if left out.
    keep
        A folder in which finished runs are kept.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=20, replicates=2)
    >>> a4.sweep(case, {"world.story_reach": [0.1, 0.5]}, policy="sale exposed").shape[0]
    4
    """
    import pandas as pd

    for name, each in values.items():
        if not isinstance(each, list | tuple | np.ndarray) or not len(each):
            raise ValueError(f"values: {name} needs a list of values, such as [0.25, 0.5], not {each!r}")
    if not values:
        raise ValueError("values: there is nothing to vary; name a term or a number, and a list of values for it")
    points = [dict(zip(values, each, strict=True)) for each in product(*values.values())]
    cases = [_varied(scenario.with_changes(policies=[policy]), policy, point) for point in points]
    tasks = [Task(case, replicate, numbers) for case, numbers in cases for replicate in range(scenario.replicates)]
    with Runner(Path(keep) if keep else None, Means(workers=workers), _watcher(True)) as runner:
        found = runner(tasks)
    rows = []
    for (point, replicate), finding in zip(product(points, range(scenario.replicates)), found, strict=True):
        measures = {name: float(each[1]) for name, each in finding.measures.items()}
        rows.append({**point, "replicate": replicate, **measures, "difference": float(finding.difference("value")[1])})
    return pd.DataFrame(rows)


def _varied(scenario: Scenario, policy: str, point: Mapping[str, Any]) -> tuple[Scenario, dict[str, float]]:
    """Return the scenario with the terms of a point set, and the numbers of the point."""
    terms = {name: value for name, value in point.items() if "." not in name}
    numbers = {name: float(value) for name, value in point.items() if "." in name}
    return (scenario.set(policy, **terms) if terms else scenario), numbers


def _watcher(progress: bool) -> Any:
    from simulation.runs.runner import Watcher
    from simulation.show.progress import Bar

    return Bar() if progress else Watcher()
