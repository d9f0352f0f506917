"""A scenario with what the command line changes, or why not, in plain words."""

from collections.abc import Sequence

from pydantic import ValidationError

from simulation.behaviour.spelling import unknown
from simulation.scenario.schema import Scenario
from simulation.scenario.wording import problem_from


def changed(scenario: Scenario, policies: Sequence[str] | None = None, **settings: int | None) -> Scenario:
    """Return the scenario with seed, shoppers, weeks or replicates replaced and some policies kept.

    Raises ValueError naming the option, what is wrong and what would be right.
    """
    for name in policies or ():
        if name not in scenario.policies:
            raise ValueError(f"policies: {unknown('policy', name, scenario.policies)}")
    try:
        return scenario.with_changes(policies, **settings)
    except ValidationError as error:
        first = problem_from(error.errors()[0], {})
        option = f"{first.path[-1]}: " if first.path else ""
        raise ValueError(f"{option}{first.message}") from None
