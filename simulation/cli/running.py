"""The verbs that take a scenario file as it is: run, check, schema."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter
from cyclopts.types import PositiveInt

from simulation.cli.common import (
    AS_IT_PAYS,
    BAD_INPUT,
    QUICK_REPLICATES,
    QUICK_SHOPPERS,
    Means,
    chosen,
    command,
    loading,
    note_empty_markets,
    refused,
)
from simulation.cli.written import AS_CSV, Written

if TYPE_CHECKING:
    from simulation.report.board import Board
    from simulation.runs import executors
    from simulation.runs.detail import Recorder
    from simulation.runs.growing import Goal
    from simulation.runs.headline import Headline
    from simulation.runs.outcome import Outcome
    from simulation.runs.own_terms import TermSwings
    from simulation.scenario.schema import Scenario

_MANY = 1_000_000  # shoppers from which on memory is worth a word


def run(
    scenario: Path,
    *,
    out: Path = Path("results"),
    seed: int | None = None,
    shoppers: PositiveInt | None = None,
    weeks: PositiveInt | None = None,
    replicates: PositiveInt | None = None,
    policies: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    engine: Literal["columns", "agents"] = "columns",
    threads: PositiveInt | None = None,
    means: Means = AS_IT_PAYS,
    shards: PositiveInt | None = None,
    terms: Annotated[bool, Parameter(negative="--no-terms")] = True,
    until_error: str | None = None,
    until_ranked: Annotated[bool, Parameter(negative="")] = False,
    slides: Path | None = None,
    tables: Annotated[Written, Parameter(name="*")] = AS_CSV,
    quick: Annotated[bool, Parameter(negative="")] = False,
    quiet: Annotated[bool, Parameter(negative="")] = False,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Run a scenario and answer its question, with tables, figures and a report.

    Parameters
    ----------
    scenario
        The scenario: its file, or the name of one that comes with the program, such as shopsense_ifa.
    out
        Folder that receives a folder of results named after the scenario file.
    seed
        Decides all draws, instead of the file's seed.
    shoppers
        How many households to simulate, instead of the file's number.
    weeks
        How long to simulate; actions after the end fall away.
    replicates
        How many times to simulate with other luck.
    policies
        Names of the policies to run; the baseline, the first in the file, always runs.
    engine
        columns (compiled, fast) or agents (each shopper a Mesa agent); both give the same numbers.
    threads
        How many threads to use; all processors if left out. The numbers do not depend on it.
    means
        How replicates are carried out; the numbers do not depend on it.
    shards
        Scatter the shoppers of each replicate over so many workers, market by market, instead of replicates: for a
        population that one machine cannot hold. The workers are processes of this machine, or those of --scheduler,
        and serve it with as many threads as they were started with.
    terms
        Whether each number that the policies' own actions set is moved down and up in a small run beside this one;
        --no-terms leaves that out, and saves its time.
    until_error
        Add replicates, in whole blocks, until the standard error of every mean difference is at most this: dollars,
        such as 50000, or a share of the baseline's value, such as 0.1%. It ends at 1,024 replicates.
    until_ranked
        Add replicates until every two policies that differ are told apart. It ends at 1,024 replicates.
    slides
        The file of a deck to write as well: the report's first two pages as slides, an HTML file that prints 16:9.
    tables
        What is written, and how.
    quick
        A first look, in seconds: at most 1,000 of the file's shoppers and 16 of its replicates, terms left as they
        are. It shows where the answer may lie, without errors, and ranks nothing.
    quiet
        Print nothing but errors.
    as_json
        Print the headline as one JSON object; everything else goes to standard error.
    """
    from simulation.scenario.problems import ScenarioError

    try:
        case = chosen(scenario, policies, seed=seed, shoppers=shoppers, weeks=weeks, replicates=replicates)
        if quick:
            case, terms = _smaller(case, shoppers, replicates), False
        goal = _goal(until_error, until_ranked)
        if shards is not None:
            _refuse_with_shards(engine, threads, means, goal)
        _refuse_no_folder(slides)
    except (ScenarioError, ValueError) as error:
        return refused(error, {"until_error": "--until-error"})
    return _run(case, out / scenario.stem, engine, threads, means, shards, goal, terms, slides, tables, quiet, as_json)


def _smaller(case: "Scenario", shoppers: int | None, replicates: int | None) -> "Scenario":
    """Return a first look at a case: a smaller version, but for what the command line says."""
    return case.with_changes(
        shoppers=shoppers or min(case.population.shoppers, QUICK_SHOPPERS),
        replicates=replicates or min(case.replicates, QUICK_REPLICATES),
    )


def _goal(until_error: str | None, until_ranked: bool) -> "Goal | None":
    """Return how sure the answer is to be, if that is asked for; raises ValueError in plain words."""
    if until_error is None and not until_ranked:
        return None
    with loading():
        from simulation.runs.growing import goal_of

    return goal_of(until_error, until_ranked)


def _refuse_no_folder(slides: Path | None) -> None:
    """Raise ValueError for a file whose folder is not there, before anything is run."""
    if slides and not slides.parent.is_dir():
        raise ValueError(f"--slides: there is no folder {slides.parent}; make it, or name a file elsewhere")


def _refuse_with_shards(engine: str, threads: int | None, means: "executors.Means", goal: "Goal | None") -> None:
    """Raise ValueError for an option that a run over shards would pass over."""
    if goal:
        raise ValueError("--shards does not go with --until-error or --until-ranked; give the replicates wanted")
    given = {"--engine agents": engine == "agents", "--threads": threads, "--workers": means.workers}
    for option, is_given in given.items():
        if is_given:
            raise ValueError(f"--shards does not go with {option}; it says itself how many workers there are")


def _run(
    scenario: "Scenario",
    folder: Path,
    engine: Any,
    threads: int | None,
    means: "executors.Means",
    shards: int | None,
    goal: "Goal | None",
    terms: bool,
    slides: Path | None,
    tables: Written,
    quiet: bool,
    as_json: bool,
) -> int:
    with loading():
        from simulation.runs.executors import started_once
        from simulation.runs.folders import refuse_foreign
        from simulation.runs.results import MARK

    try:
        recorder = tables.recorder(means, shards)
        refuse_foreign(folder, MARK)
        with started_once(), _lived(scenario, engine, threads, means, shards, goal, recorder, quiet) as outcome:
            read = _read(outcome)
            try:
                _answer(*read, goal, quiet, as_json)
            finally:  # whoever reads no further than the answer has results all the same
                moved = _moved(scenario, threads, means) if terms else None
                paths = _write(outcome, folder, moved, read[1], slides, tables, recorder)
    except (OSError, ValueError) as error:
        return refused(error)
    if not quiet:
        _say_where(paths, scenario, to_stderr=as_json)
    return 0


def _read(outcome: "Outcome") -> "tuple[Headline, Board]":
    """Return the answer of a run in numbers, and what a board reads of it."""
    with loading():
        from simulation.report.board import board
        from simulation.runs.headline import headline

    found = headline(outcome)
    return found, board(outcome, found)


def _answer(found: "Headline", read: "Board", goal: "Goal | None", quiet: bool, as_json: bool) -> None:
    """Print the answer, which is known before tables are written and figures drawn."""
    with loading():
        from simulation.report.terminal import show_answer
        from simulation.runs.growing import shortfall

    if as_json:
        print(json.dumps(found.as_data() | read.as_data(), ensure_ascii=False), flush=True)
    if goal and (short := shortfall(goal, found)):
        print(short, file=sys.stderr)
    if not quiet:
        show_answer(found, read, to_stderr=as_json)


def _write(
    outcome: "Outcome",
    folder: Path,
    moved: "TermSwings | None",
    read: "Board",
    slides: Path | None,
    tables: Written,
    recorder: "Recorder | None",
) -> Sequence[Path]:
    """Write results with their report, and slides if they are wanted; return the paths of the results."""
    with loading():
        from simulation.report.answers import renew
        from simulation.report.report import REPORT, add_report
        from simulation.report.slides import write_slides
        from simulation.runs.results import write_results

    report = partial(add_report, terms=moved, png=tables.png, read=read)
    paths = write_results(outcome, folder, report, format=tables.format, recorder=recorder)
    renew(folder / REPORT)
    if slides:
        write_slides(folder / REPORT, slides)
    return paths


def _moved(scenario: "Scenario", threads: int | None, means: "executors.Means") -> "TermSwings | None":
    """Return what the policies' own terms move, in a small run; None where there is nothing to compare."""
    from simulation.runs.own_terms import move_terms, terms_of
    from simulation.runs.run import run_scenario

    if not terms_of(scenario):
        return None
    return move_terms(scenario, run=lambda case: run_scenario(case, threads=threads, means=means))


@contextmanager
def _lived(
    scenario: "Scenario",
    engine: Any,
    threads: int | None,
    means: "executors.Means",
    shards: int | None,
    goal: "Goal | None",
    recorder: "Recorder | None",
    quiet: bool,
) -> "Iterator[Outcome]":
    """Give the outcome of a run while its shoppers can still be asked for."""
    with loading():
        from simulation.runs.growing import run_until
        from simulation.runs.run import run_scenario
        from simulation.runs.sharding import run_sharded

    def lived(more: "Scenario", after: "Outcome | None" = None) -> "Outcome":
        """Return the outcome of a scenario, some replicates of which may have been lived."""
        how = {"engine": engine, "threads": threads, "means": means, "split": True, "after": after}
        how["observer"] = recorder
        with _progress(more, quiet, len(after.replicates) if after else 0) as advance:
            return run_scenario(more, progress=advance, command=command(), **how)

    with ExitStack() as held:
        if shards is None:
            yield run_until(scenario, goal, lived) if goal else lived(scenario)
        else:
            with _progress(scenario, quiet) as advance:
                outcome = held.enter_context(run_sharded(scenario, shards, means, advance, command()))
            yield outcome


def _progress(
    scenario: "Scenario", quiet: bool, lived: int = 0
) -> AbstractContextManager[Callable[[int], None] | None]:
    if quiet:
        return nullcontext()
    from simulation.show.progress import progress

    return progress(scenario.weeks * (scenario.replicates - lived))


def _say_where(paths: Sequence[Path], scenario: "Scenario", to_stderr: bool) -> None:
    from simulation.report.terminal import say_memory, say_where

    say_where(paths, to_stderr)
    if scenario.population.shoppers >= _MANY:
        say_memory(scenario, to_stderr)


def check(*files: Path) -> int:
    """Read scenario files and say everything that is wrong with them; nothing is run or written.

    Parameters
    ----------
    files
        Scenario files, or names of scenarios that come with the program.
    """
    with loading():
        from simulation.scenario.problems import ScenarioError
        from simulation.scenario.reading import read_scenario

    wrong = 0
    for file in files:
        try:
            found = read_scenario(file)
        except ScenarioError as error:
            refused(error)
            wrong += 1
        else:
            note_empty_markets(file, found)
            size = f"{found.simulated}, {found.weeks} weeks"
            print(f"{file}: fine ({len(found.policies)} policies, {size})")
    return BAD_INPUT if wrong else 0


def schema() -> int:
    """Print the JSON Schema of a scenario file, with which editors complete and explain its keys."""
    from simulation.scenario.reading import schema as scenario_schema

    print(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))
    return 0
