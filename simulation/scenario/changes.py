"""A scenario with what the command line changes, or why not, in plain words."""

import difflib
from collections.abc import Sequence

from pydantic import ValidationError

from simulation.scenario.schema import Scenario
from simulation.scenario.wording import problem_from


def changed(scenario: Scenario, policies: Sequence[str] | None = None, **settings: int | None) -> Scenario:
    """Return the scenario with seed, shoppers, weeks or replicates replaced and some policies kept.

    Raises ValueError naming the option, what is wrong and what would be right.
    """
    for name in policies or ():
        if name not in scenario.policies:
            near = difflib.get_close_matches(name, scenario.policies, 1, 0.5)
            hint = f"did you mean '{near[0]}'? " if near else ""
            raise ValueError(f"policies: there is no policy '{name}'; {hint}known here: {', '.join(scenario.policies)}")
    try:
        return scenario.with_changes(policies, **settings)
    except ValidationError as error:
        first = problem_from(error.errors()[0], {})
        option = f"{first.path[-1]}: " if first.path else ""
        raise ValueError(f"{option}{first.message}") from None
