"""One scenario, all its replicates, on threads or processes: the same results whatever the number of either."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import replace
from functools import partial

from simulation.behaviour.own_rules import OwnRules
from simulation.model.blocks import Crowd
from simulation.model.rule_sets import rule_set, rules_of
from simulation.model.shards import Host, ScatteredCrowd
from simulation.model.simulation import Engine, Simulation
from simulation.runs.executors import LOCAL, Means, executor
from simulation.runs.executors import threads as pool_of_threads
from simulation.runs.lived import replicate_of
from simulation.runs.memory import fitting
from simulation.runs.outcome import Outcome, Replicate
from simulation.runs.provenance import program, refuse_another
from simulation.runs.splitting import lives_of, with_both_lives
from simulation.runs.spool import Spool
from simulation.scenario.reading import canonical_text, scenario_from_text
from simulation.scenario.schema import Scenario

Progress = Callable[[int], None]
Observer = Callable[[Simulation], None]
Finished = tuple[Replicate, Crowd | ScatteredCrowd | None]

_WORTH_SHARING = 100_000  # shoppers from which threads gain by sharing a replicate: they wait for each other every week


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
    split: bool = False,
    after: Outcome | None = None,
) -> Outcome:
    """Return the outcome of all replicates; `progress` is called with the number of weeks just done.

    Threads serve replicates first, as many at once as memory holds, and the blocks of shoppers of each if these are
    many. `means` names
    processes, or a cluster, to serve replicates instead. `rules` are those of a `Simulation`. `observer` is called
    with a replicate's model after each of its weeks, on the thread that serves the replicate; what it raises ends the
    run. `split` has policies lived again where a first story can come out, so that both lives of each are known; a
    single replicate is not, nor a scenario without a press. `after` is the outcome of the same scenario,
    run in the same way with fewer replicates: those stay, and only the others are lived.
    Raises TooLargeError if memory does not hold one, ValueError for rules that cannot be used, or for rules or an
    observer that other processes cannot be handed.
    """
    began, own = time.perf_counter(), rule_set({**rules_of(scenario.rules), **(rules or {})}).own
    threads = threads or os.cpu_count() or 1
    split = split and scenario.replicates > 1 and "press" in scenario.institutions
    numbers = range(len(after.replicates) if after else 0, scenario.replicates)
    if means and means.are_elsewhere:
        if rules:
            raise ValueError("rules of your own cannot be handed to other processes; leave out workers and scheduler")
        if observer:
            raise ValueError("an observer cannot be handed to other processes; leave out workers and scheduler")
        finished = _on_workers(scenario, numbers, engine, means, progress, split)
    else:
        how = rules, observer, split
        finished = _on_threads(scenario, numbers, engine, threads, progress or _silently, *how)
    return replace(outcome_from(scenario, finished, engine, began, command, after), own_rules=own)


def outcome_from(
    scenario: Scenario,
    finished: Iterable[Finished],
    engine: Engine,
    began: float,
    command: str,
    after: Outcome | None = None,
) -> Outcome:
    """Return replicates, given in any order, as an outcome; `began` is when the first was begun.

    Those of `after` go before them. Books are put away in a file as they come, so that memory holds those of the latest
    alone.
    """
    spool = Spool()
    put_away = [(replicate.put_away(spool), crowd) for replicate, crowd in finished]
    ordered = sorted(put_away, key=lambda each: each[0].number)
    replicates = tuple(replicate for replicate, _ in ordered)
    seconds = time.perf_counter() - began
    if after:
        return replace(
            after, scenario=scenario, replicates=after.replicates + replicates, seconds=after.seconds + seconds
        )
    return Outcome(scenario, replicates, ordered[0][1] or _nobody(), engine, seconds, command)


def run_replicate(
    scenario: Scenario,
    replicate: int,
    engine: Engine = "columns",
    threads: int = 1,
    progress: Progress | None = None,
    hosts: Sequence[Host] = (),
    rules: OwnRules | None = None,
    observer: Observer | None = None,
    split: bool = False,
) -> Finished:
    """Return one replicate and, of replicate 0, the shoppers and what has become of them.

    `hosts` and `rules` are those of a `Simulation`; `observer` is called with the model after each week, `split` is
    that of `run_scenario`.
    """
    open_model = partial(_kind_of(engine), scenario, replicate=replicate, threads=threads, rules=rules)
    model = open_model(hosts=hosts)
    report = progress or _silently
    if observer:
        _watched(model, observer, report)
    else:
        model.run(report)
    lived, crowd = replicate_of(model), (model.engine.crowd if replicate == 0 else None)
    lives = lives_of(model) if split else None
    model.__dict__.clear()  # institutions refer to their model: all shoppers would stay until garbage is next collected
    if lives:
        lived = with_both_lives(lived, lives, scenario, open_model)
    return lived, crowd


def _kind_of(engine: Engine) -> Callable[..., Simulation]:
    """Return what opens models of an engine; Mesa is loaded for agents alone, which takes as long as a quick run."""
    if engine == "columns":
        return Simulation
    from simulation.model.model import LoyaltyModel

    return partial(LoyaltyModel, engine=engine)


def _watched(model: Simulation, observer: Observer, report: Progress) -> None:
    while model.running:
        model.step()
        observer(model)
        report(1)


def _on_threads(
    scenario: Scenario,
    numbers: range,
    engine: Engine,
    threads: int,
    progress: Progress,
    rules: OwnRules | None,
    observer: Observer | None,
    split: bool,
) -> Iterator[Finished]:
    at_once = fitting(scenario, min(threads, len(numbers)))
    inside = max(1, threads // at_once) if scenario.population.shoppers >= _WORTH_SHARING else 1
    with pool_of_threads(at_once) as pool:
        yield from _all(pool, scenario, numbers, run_replicate, engine, inside, progress, (), rules, observer, split)


def _on_workers(
    scenario: Scenario, numbers: range, engine: Engine, means: Means, progress: Progress | None, split: bool
) -> Iterator[Finished]:
    if means.scheduler in (None, LOCAL):
        fit = fitting(scenario, min(means.count, len(numbers)), in_processes=True)
        means = replace(means, workers=fit)
    with executor(means, len(numbers)) as pool:
        for finished in _all(pool, canonical_text(scenario), numbers, _run_text, engine, program(), split):
            if progress:
                progress(scenario.weeks)
            yield finished


def _run_text(text: str, replicate: int, engine: Engine, asked_by: str, split: bool) -> Finished:
    refuse_another(asked_by)
    return run_replicate(scenario_from_text(text), replicate, engine, split=split)


def _all(
    pool: Executor, scenario: object, numbers: range, work: Callable[..., Finished], *how: object
) -> Iterator[Finished]:
    futures = {pool.submit(work, scenario, replicate, *how) for replicate in numbers}
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
