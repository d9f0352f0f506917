"""The institutions of one policy's world: retailer, data buyer and press, each a Mesa agent that acts weekly.

They read last week's ledger only, and may rewrite this and later weeks' levers, never a shopper.
"""

from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.arithmetic import exponential
from simulation.behaviour.draws import Purpose, uniform
from simulation.model.ledger import Measure
from simulation.scenario.policies import tell_story
from simulation.scenario.practices import Scope


class Institution(mesa.Agent):
    """An organisation in the world of one policy."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model)
        self.policy = policy

    def act(self) -> None:
        """Act on last week's ledger, before the shoppers live their week."""
        raise TypeError(f"{type(self).__name__} must say how it acts")

    def last_week(self) -> NDArray[np.int64]:
        """Return last week's totals by measure, all markets and cells together; zeros before the first week."""
        totals: NDArray[np.int64] = self.model.totals[self.policy]
        return totals


class Retailer(Institution):
    """Sees carded sales only; the less it sees, the worse its offers fit."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.seen_at_first = 0.0
        self.carded_cents = 0

    def act(self) -> None:
        """Read the dashboard and set how well this week's offers can fit."""
        last = self.last_week()
        self.carded_cents = int(last[Measure.CARDED_SALES])
        if last[Measure.SHOPPERS] == 0:
            return
        seen = last[Measure.MEMBERS] / last[Measure.SHOPPERS]
        self.seen_at_first = self.seen_at_first or seen
        if self.seen_at_first:
            self.model.levers[self.model.week - 1, self.policy]["offer_precision"] = min(1.0, seen / self.seen_at_first)


class DataBuyer(Institution):
    """Pays for the records it was sent and for the rewards it promised; keeps books of its own."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.fees_cents = 0
        self.rewards_cents = 0

    def act(self) -> None:
        """Book last week's deliveries."""
        last = self.last_week()
        self.fees_cents += int(last[Measure.FEES])
        self.rewards_cents += int(last[Measure.PARTNER_REWARDS])


class Press(Institution):
    """Finds out about practices with a hazard that grows with their reach, and tells each story once."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.told: set[int] = set()

    def act(self) -> None:
        """Break the stories that this week's luck brings out."""
        week = self.model.week
        rows = self.model.practices[:, self.policy]
        for practice in range(rows.shape[2]):
            if rows[week - 1, :, practice]["press"].any():
                self.told.add(practice)
            elif practice not in self.told and self._finds_out(rows[week - 1, :, practice], practice):
                self.told.add(practice)
                tell_story(rows[:, :, practice], week - 1, float(self.model.numbers["story_reach"]), self.model.numbers)

    def _finds_out(self, row: NDArray[np.void], practice: int) -> bool:
        hazard = float((row["discovery"] * row["running"]).max()) * self._reach(row)
        chance = 1.0 - exponential(-hazard / 52.0)
        return bool(uniform(self.model.keys[Purpose.PRESS_ABOUT + practice], 0) < chance)

    def _reach(self, row: NDArray[np.void]) -> float:
        """Return the share of shoppers whom the practice touched last week."""
        last = self.last_week()
        touched = last[Measure.SHARED if row["scope"].max() == Scope.SHARED_RECORDS else Measure.MEMBERS]
        return float(touched / max(1, last[Measure.SHOPPERS]))
