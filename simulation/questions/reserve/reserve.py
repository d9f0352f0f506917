"""The backlash reserve: what exposure now would cost over the following year, beside the income earned so far."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.model.accounts import Flow, Party
from simulation.model.press import Press
from simulation.model.simulation import Simulation
from simulation.runs.estimates import Estimate, ratio
from simulation.runs.lived import outcome_of
from simulation.runs.outcome import Outcome
from simulation.runs.readings import YEAR
from simulation.runs.splitting import chances_of_the_first
from simulation.runs.tasks import Arrays, Carrier, Progress, Work, carry_out, lived
from simulation.scenario.flows import ShareData
from simulation.scenario.schema import Scenario, as_data, data_with_policies, scenario_type

Floats = NDArray[np.float64]

EVERY = 13
"""Weeks between the exposures that are tried, if nothing else is asked for."""

_SIDE_BY_SIDE = 60  # twins in one run
_QUIET = "kept quiet"  # what the policy is called of which no story breaks


@dataclass(frozen=True)
class Reserve:
    """What exposure would cost, by the week in which it came; dollars, shape (replicates, weeks tried)."""

    policy: str
    practice: str
    weeks: NDArray[np.int64]
    cost: Floats
    earned: Floats  # fees so far
    chances: Floats | None = None  # that the press finds out from that week on, up to the next one tried; None without

    @property
    def uncovered(self) -> NDArray[np.bool_]:
        """In which weeks the median cost of exposure exceeds the median income so far."""
        return np.median(self.cost, axis=0) > np.median(self.earned, axis=0)

    def expected(self, size: int) -> Estimate | None:
        """Return the mean cost, each week weighted by the chance that the press finds out then; None if it cannot.

        `size` replicates are a block.
        """
        if self.chances is None or not self.chances.any():
            return None
        return ratio((self.chances * self.cost).sum(axis=1), self.chances.sum(axis=1), size)


def first_sale(scenario: Scenario) -> str:
    """Return the first policy that shares data; raises ValueError if none does."""
    for name, actions in scenario.policies.items():
        if any(isinstance(action, ShareData) for action in actions):
            return name
    raise ValueError("no policy of this scenario shares data, so that there is nothing to expose")


def backlash_reserve(scenario: Scenario, policy: str, every: int = EVERY, carry: Carrier = carry_out) -> Reserve:
    """Return the reserve of a policy that shares data, tried every so many weeks.

    The press is kept from finding out by itself: each week tried is a twin in which the story breaks then.
    `carry` simulates the replicates. Raises ValueError if the policy shares nothing or leaves no year to be seen.
    """
    if policy not in scenario.policies:
        raise ValueError(f"there is no policy called {policy}; known here: {', '.join(scenario.policies)}")
    actions = as_data(scenario)["policies"][policy]
    sale = next((action for action in actions if action["do"] == "share_data"), None)
    if sale is None:
        raise ValueError(f"{policy} shares no data, so that there is nothing to expose")
    practice = sale.get("name", "share_data")
    weeks = np.arange(sale["week"] + 1, scenario.weeks - YEAR + 2, every)
    if not weeks.size:
        raise ValueError(f"{policy} leaves no week after which a whole year could be seen; simulate longer")
    parts = [weeks[start : start + _SIDE_BY_SIDE] for start in range(0, len(weeks), _SIDE_BY_SIDE)]
    works = [
        Exposing(_exposed_in(scenario, actions, practice, part), replicate, tuple(part.tolist()))
        for replicate in range(scenario.replicates)
        for part in parts
    ]
    found = iter(carry(works))
    cost, earned = zip(*(_joined([next(found) for _ in parts]) for _ in range(scenario.replicates)), strict=True)
    chances = _chances(scenario, actions, practice, weeks, carry)
    return Reserve(policy, practice, weeks, np.array(cost), np.array(earned), chances)


def _chances(
    scenario: Scenario, actions: list[dict[str, Any]], practice: str, weeks: NDArray[np.int64], carry: Carrier
) -> Floats | None:
    """Return the press's chance of finding out in the weeks from each one tried on, the first taking what lies before.

    None without a press.
    """
    if "press" not in scenario.institutions:
        return None
    data = data_with_policies(scenario, {_QUIET: _without_stories(actions)})
    case = scenario_type().model_validate(data)
    place = case.practice_names.index(practice)
    found = carry([FindingOut(case, replicate, place) for replicate in range(scenario.replicates)])
    return np.array([np.add.reduceat(each, [0, *(weeks[1:] - 1)]) for each in found])


@dataclass(frozen=True)
class FindingOut(Work[Floats]):
    """One replicate in which the press finds out nothing: the chance, by week, that it would about one practice."""

    place: int = 0

    def live(self, threads: int, progress: Progress) -> Floats:
        """Return the chances. Shape (weeks,)."""
        model = Simulation(self.scenario, replicate=self.replicate, threads=threads, first_stories={_QUIET: None})
        (press,) = lived(model, progress).institutions(Press)
        return chances_of_the_first(press.chances)[:, self.place]

    def packed(self, found: Floats) -> Arrays:
        """Return the chances by name."""
        return {"chances": found}

    def unpacked(self, arrays: Arrays) -> Floats:
        """Return the chances."""
        return arrays["chances"]


Exposed = tuple[Floats, Floats]
"""What exposure costs and what has been earned until then, by the week of exposure; dollars."""


def _joined(parts: list[Exposed]) -> Exposed:
    cost, earned = (np.concatenate(each) for each in zip(*parts, strict=True))
    return cost, earned


@dataclass(frozen=True)
class Exposing(Work[Exposed]):
    """One replicate in which the story breaks in each of some weeks, in a policy each after the quiet one."""

    weeks: tuple[int, ...] = ()

    def live(self, threads: int, progress: Progress) -> Exposed:
        """Return what exposure costs in each of the weeks, and what has been earned until then."""
        model = Simulation(self.scenario, replicate=self.replicate, threads=threads)
        outcome, weeks = outcome_of(lived(model, progress)), np.array(self.weeks)
        return _cost(outcome, weeks)[0], _earned(outcome, weeks)[0]

    def packed(self, found: Exposed) -> Arrays:
        """Return both by name."""
        return dict(zip(("cost", "earned"), found, strict=True))

    def unpacked(self, arrays: Arrays) -> Exposed:
        """Return both."""
        return arrays["cost"], arrays["earned"]


def _exposed_in(scenario: Scenario, actions: list[dict[str, Any]], practice: str, weeks: NDArray[np.int64]) -> Scenario:
    quiet = _without_stories(actions)
    told = {
        f"exposed in week {week}": [*quiet, {"week": int(week), "do": "press_story", "about": practice}]
        for week in weeks
    }
    by_themselves = [name for name in scenario.institutions if name != "press"]
    data = data_with_policies(scenario, {_QUIET: quiet, **told}) | {"institutions": by_themselves}
    return scenario_type().model_validate(data)


def _without_stories(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [action for action in actions if action["do"] != "press_story"]


def _cost(outcome: Outcome, weeks: NDArray[np.int64]) -> Floats:
    balance = outcome.balance(Party.RETAILER) / 100
    return np.stack(
        [
            (balance[:, week - 1 : week - 1 + YEAR, 0] - balance[:, week - 1 : week - 1 + YEAR, place]).sum(axis=1)
            for place, week in enumerate(weeks.tolist(), 1)
        ],
        axis=1,
    )


def _earned(outcome: Outcome, weeks: NDArray[np.int64]) -> Floats:
    fees: Floats = np.cumsum(outcome.flow(Flow.FEES)[..., 0], axis=1)[:, weeks - 2] / 100
    return fees
