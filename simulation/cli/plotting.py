"""The verbs that show what a run has left: plot, report."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from simulation.cli.common import loading, refused


def plot(
    results: Path,
    *,
    what: str = "churn",
    by: str = "policy",
    policies: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    out: Path | None = None,
) -> int:
    """Plot any line of a run's results; nothing is run again.

    Parameters
    ----------
    results
        A folder that `aislefour run` has made, such as results/shopsense_ifa.
    what
        card_use, churn, revenue, contribution, contribution_difference, trust, awareness, consent_debt or complaints.
    by
        policy, market or segment; churn also by tier, older, low_income, vulnerable or heard_by.
    policies
        Names of the policies to show; all if left out.
    out
        The file to write, ending in .png, .svg or .pdf; beside the results if left out.
    """
    with loading():
        from simulation.report.plotting import plot as drawn
        from simulation.report.plotting import save_plot

    path = out or results.with_name(f"{results.name}-{what}-by-{by}.png")
    try:
        save_plot(drawn(results, what, by, policies), path)
    except (OSError, ValueError) as error:
        return refused(error)
    print(path)
    return 0


def report(results: Path, *, slides: Path | None = None) -> int:
    """Say where the report of a run is, or write its first two pages as slides; nothing is run again.

    Parameters
    ----------
    results
        A folder that `aislefour run` has made, such as results/shopsense_ifa.
    slides
        The file of the deck to write, an HTML file that prints 16:9.
    """
    with loading():
        from simulation.report.plot_lines import record_of
        from simulation.report.report import REPORT
        from simulation.report.slides import write_slides

    try:
        record_of(results)
        if slides:
            write_slides(results / REPORT, slides)
    except (OSError, ValueError) as error:
        return refused(error)
    print(slides or results / REPORT)
    return 0
