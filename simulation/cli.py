"""The verbs of the command line. Heavy imports wait until a verb needs them."""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, CycloptsError, Parameter
from cyclopts.types import PositiveInt

if TYPE_CHECKING:
    from simulation.scenario.schema import Scenario
    from simulation.study.headline import Headline

QUICK_SHOPPERS = 10_000
_BAD_INPUT = 2

app = App(
    name="aislefour",
    help="Simulate a loyalty programme, and the backlash when its data is misused, before anybody signs.",
    version_flags=["--version"],
)


@app.command
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
    workers: PositiveInt = 1,
    quick: Annotated[bool, Parameter(negative="")] = False,
    quiet: Annotated[bool, Parameter(negative="")] = False,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Run a scenario and answer its question, with tables, figures and a report.

    Parameters
    ----------
    scenario
        The scenario file, such as scenarios/shopsense_ifa.yaml.
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
    workers
        How many processes to use instead of threads. The numbers do not depend on it.
    quick
        A first look: 10,000 shoppers and one replicate.
    quiet
        Print nothing but errors.
    as_json
        Print the headline as one JSON object; everything else goes to standard error.
    """
    from simulation.scenario.problems import ScenarioError

    try:
        chosen = _chosen(scenario, seed, shoppers, weeks, replicates, policies, quick)
    except (ScenarioError, ValueError) as error:
        return _refused(error)
    return _run(chosen, out / scenario.stem, engine, threads, workers, quiet, as_json)


def _chosen(
    file: Path,
    seed: int | None,
    shoppers: int | None,
    weeks: int | None,
    replicates: int | None,
    policies: Sequence[str] | None,
    quick: bool,
) -> "Scenario":
    """Return the scenario with what the command line changes; raises ValueError in plain words."""
    from simulation.scenario.changes import changed
    from simulation.scenario.reading import read_scenario

    if quick:
        shoppers, replicates = shoppers or QUICK_SHOPPERS, replicates or 1
    settings = {"seed": seed, "shoppers": shoppers, "weeks": weeks, "replicates": replicates}
    return changed(read_scenario(file), policies, **settings)


def _run(
    scenario: "Scenario", folder: Path, engine: Any, threads: int | None, workers: int, quiet: bool, as_json: bool
) -> int:
    with _progress(scenario, quiet) as advance:
        from simulation.show.report import add_report
        from simulation.study.headline import headline
        from simulation.study.results import ResultsError, refuse_foreign, write_results
        from simulation.study.runs import run_scenario

        try:
            refuse_foreign(folder)
            command = _command()
            outcome = run_scenario(
                scenario, engine=engine, threads=threads, workers=workers, progress=advance, command=command
            )
            paths = write_results(outcome, folder, add_report)
        except ResultsError as error:
            return _refused(error)
    if as_json:
        print(json.dumps(headline(outcome).as_data(), ensure_ascii=False))
    if not quiet:
        _show(headline(outcome), paths, to_stderr=as_json)
    return 0


def _command() -> str:
    import shlex

    return shlex.join(["aislefour", *sys.argv[1:]])


@app.command
def check(*files: Path) -> int:
    """Read scenario files and say everything that is wrong with them; nothing is run or written.

    Parameters
    ----------
    files
        Scenario files.
    """
    from simulation.scenario.problems import ScenarioError
    from simulation.scenario.reading import read_scenario

    wrong = 0
    for file in files:
        try:
            found = read_scenario(file)
        except ScenarioError as error:
            _refused(error)
            wrong += 1
        else:
            size = f"{found.population.shoppers:,} shoppers, {found.weeks} weeks"
            print(f"{file}: fine ({len(found.policies)} policies, {size})")
    return _BAD_INPUT if wrong else 0


@app.command
def schema() -> int:
    """Print the JSON Schema of a scenario file, with which editors complete and explain its keys."""
    from simulation.scenario.reading import schema as scenario_schema

    print(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))
    return 0


@app.command
def mechanisms() -> int:
    """Show every mechanism of the case at work: what it changes between two small scenarios, pass or fail."""
    from simulation.show.terminal import show_mechanisms
    from simulation.study.mechanisms import effects

    return 0 if show_mechanisms(effects()) else 1


@app.command
def break_even(
    scenario: Path,
    number: str,
    *,
    policy: str,
    between: tuple[float, float] | None = None,
    tried: PositiveInt = 9,
    shoppers: PositiveInt = QUICK_SHOPPERS,
    replicates: PositiveInt | None = None,
) -> int:
    """Say at which fee, hazard or other number a policy stops paying.

    Parameters
    ----------
    scenario
        The scenario file.
    number
        A term of the policy's actions, such as fee_per_member_year, or one of the model's numbers, such as
        world.press_hazard_per_year.
    policy
        The policy that is compared with the baseline.
    between
        Low and high end of the values tried; around the policy's own, or the plausible range, if left out.
    tried
        How many values to try.
    shoppers
        How many households to simulate.
    replicates
        How many times to simulate with other luck.
    """
    from simulation.scenario.problems import ScenarioError
    from simulation.show.terminal import show_break_even
    from simulation.study.break_even import break_even as find_break_even

    try:
        chosen = _chosen(scenario, None, shoppers, None, replicates, None, quick=False)
        show_break_even(find_break_even(chosen, policy, number, between, tried))
    except (ScenarioError, ValueError) as error:
        return _refused(error)
    return 0


@app.command
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
    from simulation.scenario.problems import ScenarioError
    from simulation.show.reserve_sheet import write_reserve
    from simulation.show.terminal import show_reserve
    from simulation.study.reserve import backlash_reserve, first_sale

    try:
        chosen = _chosen(scenario, None, shoppers, None, None, None, quick=False)
        found = backlash_reserve(chosen, policy or first_sale(chosen), every)
        show_reserve(found, write_reserve(found, out / f"{scenario.stem}-reserve"))
    except (ScenarioError, ValueError, OSError) as error:
        return _refused(error)
    return 0


# --- what the terminal shows --------------------------------------------------------------------------------------


def _refused(error: Exception) -> int:
    print(error, file=sys.stderr)
    return _BAD_INPUT


def _progress(scenario: "Scenario", quiet: bool) -> AbstractContextManager[Callable[[int], None] | None]:
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from simulation.show.terminal import progress

    return progress(scenario.weeks * scenario.replicates)


def _show(headline: "Headline", paths: Sequence[Path], to_stderr: bool) -> None:
    from simulation.show.terminal import show

    show(headline, paths, to_stderr)


def main() -> int:
    """Run the command line; return the exit code."""
    try:
        return int(app(exit_on_error=False, print_error=True, result_action="return_value") or 0)
    except CycloptsError:  # said already
        return _BAD_INPUT
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return 130
