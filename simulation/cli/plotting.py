"""The verb that plots what a run has left: plot."""

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
