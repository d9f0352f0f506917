"""The verb that asks who leaves and when: churn."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.types import PositiveInt

from simulation.cli.common import QUICK_SHOPPERS, chosen, command, refused, told


def churn(
    scenario: Path,
    *,
    policy: str | None = None,
    by: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    definition: str = "left",
    shoppers: PositiveInt = QUICK_SHOPPERS,
    replicates: PositiveInt | None = None,
    out: Path = Path("results"),
) -> int:
    """Say who churns, when and by which cause, and whether that depends on what is called churn.

    Parameters
    ----------
    scenario
        The scenario file.
    policy
        The policy that is compared with the baseline in each stratum; the one whose churn differs most from it if
        left out.
    by
        How to tell shoppers apart: segment, tier, awareness, vulnerable, age; the first three if left out.
    definition
        What counts as churn: left (changed the main store), card (gave the card up), any (either, or opted out),
        silent-8, silent-13, silent-26 (no trip for so many weeks), unseen-8, unseen-13, unseen-26 (no trip with the
        card). All are shown beside it.
    shoppers
        How many households to simulate.
    replicates
        How many times to simulate with other luck, instead of the file's number.
    out
        Folder that receives a folder named after the scenario file and "churn", with figures, tables and record.
    """
    from simulation.scenario.problems import ScenarioError

    try:
        case, folder = chosen(scenario, shoppers=shoppers, replicates=replicates), out / f"{scenario.stem}-churn"
        from simulation.questions.churn.answer import MARK, write_churn
        from simulation.questions.churn.churn import churn as study_churn
        from simulation.questions.churn.words import show_churn
        from simulation.runs.folders import refuse_foreign
        from simulation.runs.provenance import origin

        refuse_foreign(folder, MARK)
        found = study_churn(case, definition, policy, by)
        show_churn(found, told(write_churn(found, folder, origin(case, command()))))
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0
