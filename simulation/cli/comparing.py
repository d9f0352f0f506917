"""The verbs that look at what policies change for whom: compare, explain."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cyclopts.types import NonNegativeInt, PositiveInt

from simulation.cli.common import QUICK_SHOPPERS, chosen, command, loading, refused, told

if TYPE_CHECKING:
    from simulation.questions.explain.two_lives import TwoLives
    from simulation.scenario.schema import Scenario

Pick = Literal["first-leaver", "median", "never-knew", "biggest-loss", "returned"]


def compare(
    *scenarios: Path,
    shoppers: PositiveInt = QUICK_SHOPPERS,
    replicates: PositiveInt | None = None,
    out: Path = Path("results"),
) -> int:
    """Set policies, of one scenario file or several, side by side: twin by twin, and why more shoppers left.

    Parameters
    ----------
    scenarios
        Scenario files. Of two, it is also said what the second asks otherwise.
    shoppers
        How many households to simulate, in each file.
    replicates
        How many times to simulate with other luck, instead of the files' numbers.
    out
        Folder that receives a folder named after the files and "compare", with figures and tables.
    """
    from simulation.scenario.problems import ScenarioError

    if not scenarios:
        return refused(ValueError("compare needs a scenario file, such as scenarios/shopsense_ifa.yaml"))
    try:
        files = dict(zip(_names(scenarios), scenarios, strict=True))
        cases = {name: chosen(file, shoppers=shoppers, replicates=replicates) for name, file in files.items()}
        written = {name: chosen(file) for name, file in files.items()}
        _compare(cases, written, out / "-".join([*(file.stem for file in scenarios), "compare"]))
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0


def _names(files: tuple[Path, ...]) -> list[str]:
    """Return a name for each file: its stem, or its whole path where stems are the same."""
    stems = [file.stem for file in files]
    names = stems if len(set(stems)) == len(stems) else [str(file) for file in files]
    if len(set(names)) < len(names):
        raise ValueError("a scenario file stands there twice; name each once")
    return names


def _compare(cases: "dict[str, Scenario]", written: "dict[str, Scenario]", folder: Path) -> None:
    with loading():
        from simulation.questions.compare.answer import write_comparison
        from simulation.questions.compare.comparison import compare as set_side_by_side
        from simulation.questions.compare.words import show_comparison
        from simulation.report.terminal import progress
        from simulation.runs.folders import ASKED, refuse_foreign

    refuse_foreign(folder, ASKED)
    with progress(sum(case.weeks * case.replicates for case in cases.values())) as advance:
        found = set_side_by_side(cases, written, progress=advance)
    show_comparison(found, told(write_comparison(found, folder, command())))


def explain(
    scenario: Path,
    *,
    policy: str,
    shopper: NonNegativeInt | None = None,
    pick: Pick | None = None,
    shoppers: PositiveInt = QUICK_SHOPPERS,
    out: Path = Path("results"),
) -> int:
    """Tell one shopper's two lives, week by week: what was heard, felt and done, and what the twin did instead.

    The lives are those of the first replicate.

    Parameters
    ----------
    scenario
        The scenario file.
    policy
        The policy that is set beside the baseline.
    shopper
        Number of the shopper, from 0.
    pick
        Which shopper to look for instead: first-leaver (if nothing is said), median, never-knew, biggest-loss,
        returned.
    shoppers
        How many households to simulate.
    out
        Folder that receives a folder named after the scenario file, "explain" and the shopper.
    """
    from simulation.scenario.problems import ScenarioError

    try:
        if shopper is not None and pick is not None:
            raise ValueError("--shopper and --pick exclude each other; name one")
        case = chosen(scenario, shoppers=shoppers)
        found, why = _lived_twice(case, policy, shopper, pick or "first-leaver")
        with loading():
            from simulation.questions.explain.answer import show_lives, write_lives
        folder = out / f"{scenario.stem}-explain-{found.shopper}"
        show_lives(found, why, told(write_lives(found, why, folder, command())))
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0


def _lived_twice(case: "Scenario", policy: str, shopper: int | None, pick: Pick) -> "tuple[TwoLives, str]":
    """Return the two lives, and why this shopper's."""
    with loading():
        from simulation.questions.explain.selection import MEANINGS, pick_shopper
        from simulation.questions.explain.two_lives import two_lives
        from simulation.report.terminal import progress

    threads = os.cpu_count() or 1
    with progress(case.weeks * (2 if shopper is None else 1)) as advance:
        number = pick_shopper(case, policy, pick, threads=threads, progress=advance) if shopper is None else shopper
        found = two_lives(case, policy, number, threads=threads, progress=advance)
    return found, "" if shopper is not None else f"Picked as {pick}: {MEANINGS[pick]}."
