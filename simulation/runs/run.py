"""One scenario, all its replicates, on threads or processes: the same results whatever the number of either."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import replace

import numpy as np

from simulation.behaviour.own_rules import OwnRules
from simulation.model.authorities import DataBuyer
from simulation.model.blocks import Crowd
from simulation.model.model import Engine, LoyaltyModel
from simulation.model.rule_sets import rule_set
from simulation.model.shards import Host, ScatteredCrowd
from simulation.runs.executors import LOCAL, Means, executor
from simulation.runs.executors import threads as pool_of_threads
from simulation.runs.memory import fitting
from simulation.runs.outcome import Groups, Outcome, Replicate
from simulation.runs.provenance import program, refuse_another
from simulation.runs.spool import Spool
from simulation.scenario.reading import canonical_text, scenario_from_text
from simulation.scenario.schema import Scenario

Progress = Callable[[int], None]
Observer = Callable[[LoyaltyModel], None]
Finished = tuple[Replicate, Crowd | ScatteredCrowd | None]

_REPORT_EVERY = 13  # weeks


def run_scenario(
    scenario: Scenario,
    *,
    engine: Engine = "columns",
    threads: int | None = None,
    means: Means | None = None,
    progress: Progress | None = None,
    command: str = "",
    rules: OwnRules | None = None,
    observer: Observer | None = None,
) -> Outcome:
    """Return the outcome of all replicates; `progress` is called with the number of weeks just done.

    Threads serve replicates first, as many at once as memory holds, and the blocks of shoppers of each. `means` names
    processes, or a cluster, to serve replicates instead. `rules` are those of a `LoyaltyModel`. `observer` is called
    with a replicate's model after each of its weeks, on the thread that serves the replicate; what it raises ends the
    run. Raises TooLargeError if memory does not hold one, ValueError for rules that cannot be used, or for rules or an
    observer that other processes cannot be handed.
    """
    began, own = time.perf_counter(), rule_set(rules).own
    threads = threads or os.cpu_count() or 1
    if means and means.are_elsewhere:
        if own:
            raise ValueError("rules of your own cannot be handed to other processes; leave out workers and scheduler")
        if observer:
            raise ValueError("an observer cannot be handed to other processes; leave out workers and scheduler")
        finished = _on_workers(scenario, engine, means, progress)
    else:
        finished = _on_threads(scenario, engine, threads, progress or _silently, rules, observer)
    return replace(outcome_from(scenario, finished, engine, began, command), own_rules=own)


def outcome_from(
    scenario: Scenario, finished: Iterable[Finished], engine: Engine, began: float, command: str
) -> Outcome:
    """Return replicates, given in any order, as an outcome; `began` is when the first was begun.

    Books are put away in a file as they come, so that memory holds those of the latest alone.
    """
    spool = Spool()
    put_away = [(replicate.put_away(spool), crowd) for replicate, crowd in finished]
    ordered = sorted(put_away, key=lambda each: each[0].number)
    crowd = ordered[0][1] or _nobody()
    replicates = tuple(replicate for replicate, _ in ordered)
    return Outcome(scenario, replicates, crowd, engine, time.perf_counter() - began, command)


def run_replicate(
    scenario: Scenario,
    replicate: int,
    engine: Engine = "columns",
    threads: int = 1,
    progress: Progress | None = None,
    hosts: Sequence[Host] = (),
    rules: OwnRules | None = None,
    observer: Observer | None = None,
) -> Finished:
    """Return one replicate and, of replicate 0, the shoppers and what has become of them.

    `hosts` and `rules` are those of a `LoyaltyModel`; `observer` is called with the model after each week.
    """
    model = LoyaltyModel(scenario, replicate=replicate, engine=engine, threads=threads, hosts=hosts, rules=rules)
    while model.week < scenario.weeks:
        weeks = min(_REPORT_EVERY, scenario.weeks - model.week)
        for _ in range(weeks):
            model.step()
            if observer:
                observer(model)
        if progress:
            progress(weeks)
    finished = replicate_of(model), (model.engine.crowd if replicate == 0 else None)
    model.__dict__.clear()  # institutions refer to their model: all shoppers would stay until garbage is next collected
    return finished


def replicate_of(model: LoyaltyModel) -> Replicate:
    """Return what a model has lived through so far."""
    books = model.ledger.weekly, model.accounts.weekly
    return Replicate(model.replicate, *books, groups_of(model), model.overrides, model.exposed_week)


def outcome_of(model: LoyaltyModel) -> Outcome:
    """Return what a model has lived through so far as an outcome of one replicate."""
    replicates = (replicate_of(model),)
    return Outcome(model.case, replicates, model.engine.crowd, "columns", 0.0, "", model.rule_set.own)


def groups_of(model: LoyaltyModel) -> Groups:
    """Return what befell each cell of shoppers over the whole run."""
    buyers = sorted(model.agents_by_type[DataBuyer], key=lambda buyer: buyer.policy)
    return Groups(
        premiums_cents=np.array([buyer.premiums_cents for buyer in buyers]),
        misjudged=np.array([buyer.misjudged for buyer in buyers]),
        harms=model.ledger.harms / 1e6,
    )


def _on_threads(
    scenario: Scenario,
    engine: Engine,
    threads: int,
    progress: Progress,
    rules: OwnRules | None,
    observer: Observer | None,
) -> Iterator[Finished]:
    at_once = fitting(scenario, min(threads, scenario.replicates))
    inside = max(1, threads // at_once)
    with pool_of_threads(at_once) as pool:
        yield from _all(pool, scenario, run_replicate, engine, inside, progress, (), rules, observer)


def _on_workers(scenario: Scenario, engine: Engine, means: Means, progress: Progress | None) -> Iterator[Finished]:
    if means.scheduler in (None, LOCAL):
        fit = fitting(scenario, min(means.count, scenario.replicates), in_processes=True)
        means = replace(means, workers=fit)
    with executor(means, scenario.replicates) as pool:
        how = engine, program()
        for finished in _all(pool, canonical_text(scenario), _run_text, *how, replicates=scenario.replicates):
            if progress:
                progress(scenario.weeks)
            yield finished


def _run_text(text: str, replicate: int, engine: Engine, asked_by: str) -> Finished:
    refuse_another(asked_by)
    return run_replicate(scenario_from_text(text), replicate, engine)


def _all(
    pool: Executor, scenario: object, work: Callable[..., Finished], *how: object, replicates: int | None = None
) -> Iterator[Finished]:
    count = replicates or scenario.replicates  # type: ignore[attr-defined]
    futures = {pool.submit(work, scenario, replicate, *how) for replicate in range(count)}
    try:
        for future in as_completed(futures):
            futures.discard(future)  # which would hold what it has brought
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def _silently(weeks: int) -> None:
    """Report no progress."""


def _nobody() -> Crowd:
    raise RuntimeError("replicate 0 did not return its shoppers")
