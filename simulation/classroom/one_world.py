"""One world of a case lived alone: every role's own measure of each course, and what its shoppers say and do."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from simulation.classroom.case import Case
from simulation.classroom.consequences import kept, key_of, scenarios_of
from simulation.model.institutions import Retailer
from simulation.model.simulation import Simulation
from simulation.runs.lived import outcome_of
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import Outcome
from simulation.runs.roles import ROLES
from simulation.runs.tasks import lived
from simulation.runs.variants import first_practice

_FILE = "world.json"


@dataclass(frozen=True)
class OneWorld:
    """What comes of each policy by each role's own measure, by policy and role; and what shoppers say and do.

    `minding` is the share of shoppers who would say that they mind what the survey is about; `card_use` by how much
    smaller a share of sales the card then sees in the last year than after the first choice. Both None without survey.
    """

    roles: Mapping[str, Mapping[str, float]]
    minding: float | None = None
    card_use: float | None = None


def one_world(case: Case, number: int, folder: Path) -> OneWorld:
    """Return a world by its number from 0, from a folder where it is kept or by living it, then kept there.

    The same world as among all: the same shoppers with the same luck. Raises OSError where it cannot be kept.
    """
    own = folder / f"world-{number + 1}-{key_of(case)}"
    return kept(own, _FILE, lambda data: OneWorld(**data), lambda: asdict(_lived(case, number)))


def _lived(case: Case, number: int) -> OneWorld:
    scenario, survey = scenarios_of(case)[1], case.file.decide.survey
    model = Simulation(scenario, replicate=number)
    place = list(scenario.policies).index(case.policy(survey.about)) if survey else 0
    minding = _minding(model, place) if survey else None
    outcome = outcome_of(lived(model, _silently))
    roles = {
        policy: {name: float(role.read(outcome)[0, each]) for name, role in ROLES.items()}
        for each, policy in enumerate(outcome.policies)
    }
    return OneWorld(roles, minding, _lost_to_the_card(outcome, place) if survey else None)


def _minding(model: Simulation, place: int) -> float:
    """Return which share of shoppers would say that they mind the first practice of a policy, asked at the opening."""
    asked = first_practice(model.case, model.policies[place])
    minds: Any = model.institutions(Retailer)[place].minding(str(asked.practice()), asked.week)
    return float(minds.mean())


def _lost_to_the_card(outcome: Outcome, place: int) -> float:
    use = MEASURES["card_use"].of(outcome)[0]
    return float(use[0] - use[place])


def _silently(weeks: int) -> None:
    """Report to nobody."""
