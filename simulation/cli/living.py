"""A run as the command line asks for it: lived, answered on the screen, then written."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from simulation.cli.common import command, loading, refused
from simulation.cli.written import Written

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


@dataclass(frozen=True)
class Wanted:
    """How a run is to be carried out, and what is to be said and written of it."""

    engine: Literal["columns", "agents"]
    threads: int | None
    means: "executors.Means"
    shards: int | None
    goal: "Goal | None"
    terms: bool
    slides: Path | None
    tables: Written
    quiet: bool
    as_json: bool


def carry_out(scenario: "Scenario", folder: Path, wanted: Wanted) -> int:
    """Run a scenario, answer, and write its results to a folder; return the exit code."""
    with loading():
        from simulation.runs.executors import started_once
        from simulation.runs.folders import refuse_foreign
        from simulation.runs.results import MARK

    try:
        recorder = wanted.tables.recorder(wanted.means, wanted.shards)
        refuse_foreign(folder, MARK)
        with started_once(), _lived(scenario, wanted, recorder) as outcome:
            read = _read(outcome)
            try:
                _answer(*read, wanted)
            finally:  # whoever reads no further than the answer has results all the same
                moved = _moved(scenario, wanted) if wanted.terms else None
                paths = _write(outcome, folder, moved, read[1], wanted, recorder)
    except (OSError, ValueError) as error:
        return refused(error)
    if not wanted.quiet:
        _say_where(paths, scenario, to_stderr=wanted.as_json)
    return 0


def _read(outcome: "Outcome") -> "tuple[Headline, Board]":
    """Return the answer of a run in numbers, and what a board reads of it."""
    with loading():
        from simulation.report.board import board
        from simulation.runs.headline import headline

    found = headline(outcome)
    return found, board(outcome, found)


def _answer(found: "Headline", read: "Board", wanted: Wanted) -> None:
    """Print the answer, which is known before tables are written and figures drawn."""
    with loading():
        from simulation.report.terminal import show_answer
        from simulation.runs.growing import shortfall

    if wanted.as_json:
        print(json.dumps(found.as_data() | read.as_data(), ensure_ascii=False), flush=True)
    if wanted.goal and (short := shortfall(wanted.goal, found)):
        print(short, file=sys.stderr)
    if not wanted.quiet:
        show_answer(found, read, to_stderr=wanted.as_json)


def _write(
    outcome: "Outcome",
    folder: Path,
    moved: "TermSwings | None",
    read: "Board",
    wanted: Wanted,
    recorder: "Recorder | None",
) -> Sequence[Path]:
    """Write results with their report, and slides if they are wanted; return the paths of the results."""
    with loading():
        from simulation.report.answers import renew
        from simulation.report.report import REPORT, add_report
        from simulation.report.slides import write_slides
        from simulation.runs.results import write_results

    report = partial(add_report, terms=moved, png=wanted.tables.png, read=read)
    paths = write_results(outcome, folder, report, format=wanted.tables.format, recorder=recorder)
    renew(folder / REPORT)
    if wanted.slides:
        write_slides(folder / REPORT, wanted.slides)
    return paths


def _moved(scenario: "Scenario", wanted: Wanted) -> "TermSwings | None":
    """Return what the policies' own terms move, in a small run; None where there is nothing to compare."""
    from simulation.runs.own_terms import move_terms, terms_of
    from simulation.runs.run import run_scenario

    if not terms_of(scenario):
        return None
    return move_terms(scenario, run=lambda case: run_scenario(case, threads=wanted.threads, means=wanted.means))


@contextmanager
def _lived(scenario: "Scenario", wanted: Wanted, recorder: "Recorder | None") -> "Iterator[Outcome]":
    """Give the outcome of a run while its shoppers can still be asked for."""
    with loading():
        from simulation.runs.growing import run_until
        from simulation.runs.run import run_scenario
        from simulation.runs.sharding import run_sharded

    how = partial(
        run_scenario, engine=wanted.engine, threads=wanted.threads, means=wanted.means, split=True, observer=recorder
    )

    def lived(more: "Scenario", after: "Outcome | None" = None) -> "Outcome":
        """Return the outcome of a scenario, some replicates of which may have been lived."""
        with _progress(more, wanted.quiet, len(after.replicates) if after else 0) as advance:
            return how(more, progress=advance, command=command(), after=after)

    with ExitStack() as held:
        if wanted.shards is None:
            yield run_until(scenario, wanted.goal, lived) if wanted.goal else lived(scenario)
        else:
            with _progress(scenario, wanted.quiet) as advance:
                sharded = run_sharded(scenario, wanted.shards, wanted.means, advance, command())
                outcome = held.enter_context(sharded)
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
