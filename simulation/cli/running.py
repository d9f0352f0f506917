"""The verbs that take a scenario file as it is: run, check, schema."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from cyclopts.types import PositiveInt

from simulation.cli.common import (
    AS_IT_PAYS,
    BAD_INPUT,
    QUICK_REPLICATES,
    QUICK_SHOPPERS,
    Means,
    chosen,
    loading,
    note_empty_markets,
    refused,
)
from simulation.cli.living import Wanted, carry_out
from simulation.cli.written import AS_CSV, Written

if TYPE_CHECKING:
    from simulation.runs import executors
    from simulation.runs.growing import Goal
    from simulation.scenario.schema import Scenario


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
    wanted = Wanted(engine, threads, means, shards, goal, terms, slides, tables, quiet, as_json)
    return carry_out(case, out / scenario.stem, wanted)


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
