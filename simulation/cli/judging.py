"""The verbs that judge a scenario's policies: screen, asking."""

from pathlib import Path

from cyclopts.types import PositiveInt

from simulation.cli.common import QUICK_SHOPPERS, chosen, command, loading, refused, told


def screen(
    scenario: Path,
    *,
    principles: Path | None = None,
    shoppers: PositiveInt = QUICK_SHOPPERS,
    replicates: PositiveInt | None = None,
    out: Path = Path("results"),
) -> int:
    """Hold every policy against principles: what it keeps, what it breaks, on what evidence, and what each costs.

    Parameters
    ----------
    scenario
        The scenario file.
    principles
        A file of principles; those that ship with the program if left out. A copy of those used lies beside the
        results, to start one's own from.
    shoppers
        How many households to simulate.
    replicates
        How many times to simulate with other luck.
    out
        Folder that receives a folder named after the scenario file and "screen", with tables and a figure.
    """
    with loading():
        from simulation.questions.screen.answer import screening_of, show_screening, write_screening
        from simulation.questions.screen.principles import SHIPPED, read_principles
        from simulation.runs.folders import ASKED, refuse_foreign
        from simulation.runs.run import run_scenario
        from simulation.scenario.problems import ScenarioError

    file, folder = principles or SHIPPED, out / f"{scenario.stem}-screen"
    try:
        rules, case = read_principles(file), chosen(scenario, shoppers=shoppers, replicates=replicates)
        refuse_foreign(folder, ASKED)
        found = screening_of(run_scenario(case, command=command()), rules)
        show_screening(found, told(write_screening(found, folder, file)))
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0


def asking(
    scenario: Path,
    *,
    policy: str,
    sample: PositiveInt = 1_000,
    shoppers: PositiveInt = QUICK_SHOPPERS,
    replicates: PositiveInt | None = None,
    out: Path = Path("results"),
) -> int:
    """Say what it is worth to ask shoppers before a deal: whether answers would change the decision, by how many asked.

    Parameters
    ----------
    scenario
        The scenario file; its uncertain numbers make the worlds that a survey can tell apart.
    policy
        The policy whose first practice shoppers are asked about.
    sample
        How many are asked; other sizes are shown beside it.
    shoppers
        How many households to simulate; the deal's value is scaled to the file's number.
    replicates
        How many worlds to simulate.
    out
        Folder that receives a folder named after the scenario file and "asking", with tables and figures.
    """
    with loading():
        from simulation.questions.survey.answer import show_asking, write_asking
        from simulation.questions.survey.survey import SAMPLES, survey, worlds_of
        from simulation.runs.folders import ASKED, refuse_foreign
        from simulation.runs.provenance import origin
        from simulation.scenario.problems import ScenarioError

    folder = out / f"{scenario.stem}-asking"
    try:
        case, households = (
            chosen(scenario, shoppers=shoppers, replicates=replicates),
            chosen(scenario).population.shoppers,
        )
        refuse_foreign(folder, ASKED)
        worlds = worlds_of(case, policy, households)
        surveys = [survey(worlds, size) for size in sorted({*SAMPLES, sample})]
        paths = told(write_asking(worlds, surveys, sample, folder, origin(case, command())))
        show_asking(worlds, surveys, sample, paths)
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)
    return 0
