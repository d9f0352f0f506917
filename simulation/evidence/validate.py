"""(+ validation.yaml) The model against what it was not fitted to: observed episodes and the signs of mechanisms."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from simulation.evidence.passport import find
from simulation.evidence.unfitted_facts import GAPS, unfitted_facts
from simulation.model.model import LoyaltyModel
from simulation.runs.findings import Finding, finding_of
from simulation.runs.lived import outcome_of
from simulation.runs.measures import LINES
from simulation.scenario.documents import read_document
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario, scenario_type

SOURCE = Path(__file__).with_name("validation.yaml")
SHOPPERS, MORE_SHOPPERS = 12_000, 60_000

_FACTS = (
    "trips in a week",
    "dollars in a week",
    *(f"return after {gap} empty weeks" for gap in GAPS),
    "heaviest tenth stays heaviest",
    "later trips per earlier trip",
    "lightest half gone quiet",
    "heaviest tenth gone quiet",
)
MEASURES = (*_FACTS, *LINES)
"""What can be checked: a fact of shopping in a window, or the mean of a weekly line over it."""

Text = Annotated[str, Field(min_length=1)]


class Check(BaseModel):
    """One observed number that the model should come near to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    says: Text
    source: Text
    measure: Literal[MEASURES]  # type: ignore[valid-type] # the list is made from parts
    weeks: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]
    observed: Annotated[float, Field(allow_inf_nan=False)]
    tolerance: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    scenario: Text | None = None
    policy: Text | None = None
    compared: Literal["level", "difference", "ratio"] = "level"


class Checks(BaseModel):
    """A file of checks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    checks: Annotated[tuple[Check, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Verdict:
    """What the model makes of a check."""

    check: Check
    found: float

    @property
    def distance(self) -> float:
        """How far the model lies from what was observed, in tolerances."""
        return (self.found - self.check.observed) / self.check.tolerance

    @property
    def passes(self) -> bool:
        """Whether it lies within the tolerance."""
        return abs(self.distance) <= 1.0


@dataclass(frozen=True)
class Lived:
    """A case lived once: weekly trips and dollars of all shoppers, (policies, shoppers, weeks), and the findings."""

    policies: tuple[str, ...]
    trips: NDArray[np.int64]
    spend: NDArray[np.float64]
    finding: Finding

    def read(self, check: Check, policy: int) -> float:
        """Return what a check asks for, under a policy; shopping is that of those who came at all."""
        first, last = check.weeks
        window = slice(first - 1, last)
        if check.measure in LINES:
            return float(self.finding.lines[check.measure][window, policy].mean())
        came = self.trips[policy].sum(axis=1) > 0
        return unfitted_facts(self.trips[policy][came][:, window], self.spend[policy][came][:, window])[check.measure]


def read_checks(file: Path | None = None) -> tuple[Check, ...]:
    """Return the checks of a file, the shipped ones if none is named; raises ScenarioError with all that is wrong."""
    return read_document(file or SOURCE, Checks).checks


def case_beside(file: Path | None) -> Callable[[str | None], Scenario]:
    """Return what finds the scenario that a check names, by a path from the file that holds the check."""
    folder = (file or SOURCE).parent
    return lambda name: _at_given_numbers(read_scenario(folder / name)) if name else status_quo()


def _at_given_numbers(scenario: Scenario) -> Scenario:
    """Return the scenario with nothing drawn: what is checked are the numbers as they stand."""
    return scenario.with_changes(uncertain="chance")


def set_numbers(assignments: Sequence[str]) -> dict[str, float]:
    """Return numbers by address from texts such as `world.story_reach=0.5`; raises ValueError in plain words."""
    found = {}
    for text in assignments:
        name, _, value = text.partition("=")
        (parameter, *others) = find(name)
        try:
            found[parameter.address] = float(value)
        except ValueError:
            raise ValueError(f"'{text}' sets no number; write {parameter.address}={parameter.value:g}") from None
        low, high = parameter.limits
        if others or not low <= found[parameter.address] <= high:
            raise ValueError(f"{name} must be one number's name, with a value from {low:g} to {high:g}")
    return found


def status_quo(weeks: int = 52) -> Scenario:
    """Return a grocer with whose card nothing is done."""
    data = {"title": "Status quo", "question": "How do people shop?", "weeks": weeks, "seed": 2007}
    data["uncertain"] = "chance"
    return scenario_type().model_validate(data | {"population": {"shoppers": SHOPPERS}, "policies": {"status quo": []}})


def verdicts(
    checks: Sequence[Check],
    case_of: Callable[[str | None], Scenario],
    shoppers: int = SHOPPERS,
    numbers: Mapping[str, float] | None = None,
) -> Iterator[Verdict]:
    """Yield the verdict on each check; each scenario is lived once, with `numbers` by address before its own.

    Raises ValueError for a policy or a window that the scenario does not have.
    """
    lived: dict[str | None, Lived] = {}
    for check in checks:
        if check.scenario not in lived:
            case = case_of(check.scenario).with_changes(shoppers=shoppers)
            lived[check.scenario] = live(case, numbers or {})
        yield Verdict(check, _found(check, lived[check.scenario]))


def _found(check: Check, lived: Lived) -> float:
    last = lived.trips.shape[2]
    if not check.weeks[0] <= check.weeks[1] <= last:
        raise ValueError(f"{check.name}: weeks {list(check.weeks)} do not lie within the {last} weeks of the scenario")
    if check.policy is not None and check.policy not in lived.policies:
        raise ValueError(f"{check.name}: no policy '{check.policy}'; known: {', '.join(lived.policies)}")
    here = lived.read(check, lived.policies.index(check.policy) if check.policy else 0)
    if check.compared == "level":
        return here
    usual = lived.read(check, 0)
    return here - usual if check.compared == "difference" else here / usual if usual else float("nan")


def live(case: Scenario, numbers: Mapping[str, float]) -> Lived:
    """Live the first replicate of a case and keep every shopper's weekly trips and dollars."""
    model = LoyaltyModel(case, overrides=numbers)
    shape = (len(case.policies), case.population.shoppers, case.weeks)
    trips, spend = np.zeros(shape, np.int64), np.zeros(shape)
    while model.week < case.weeks:
        model.step()
        lives = model.lives
        trips[:, :, model.week - 1], spend[:, :, model.week - 1] = lives.trips, lives.cents / 100
    return Lived(model.policies, trips, spend, finding_of(outcome_of(model)))
