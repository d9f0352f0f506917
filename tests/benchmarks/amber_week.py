"""The basic week in AMBER's vectorised lane: columns are borrowed each week, worked on with NumPy, and committed."""

from typing import Any

import ambr
import numpy as np
import numpy_week

NUMBERS = {"trust": np.float64, "resignation": np.float64, "salience": np.float64, "drift": np.float64}
STATES = NUMBERS | {"patron": bool, "card": np.int8, "aware": bool, "talks": bool, "heard_week": np.int32}
"""What changes from week to week, and as what NumPy takes it; a column holds true and false as 1 and 0."""


class Town(ambr.Model):  # type: ignore[misc] # AMBER has no types
    """The households around a grocer, whose states are AMBER's columns."""

    grocer: "Grocer"

    def setup(self) -> None:
        """Begin as the grocer's households open."""
        self.add_agents(self.grocer.size, **self.columns())

    def step_vectorized(self) -> None:
        """Live one week."""
        for name, kind in STATES.items():
            setattr(self.grocer, name, np.array(self.agents.borrow(name)[0], kind))
        self.grocer.live()
        self.agents.commit(**self.columns())

    def columns(self) -> dict[str, Any]:
        """Return what the grocer's households have become, as columns."""
        found = {name: getattr(self.grocer, name) for name in STATES}
        return {name: column.astype(np.int8) if column.dtype == bool else column for name, column in found.items()}


class Grocer(numpy_week.Grocer):
    """A grocer who sells card data; the rules are those of the week in NumPy."""

    def __init__(self, shoppers: int) -> None:
        super().__init__(shoppers)
        self._town = Town({"seed": 1, "show_progress": False})
        self._town.grocer = self

    def step(self) -> None:
        """Have AMBER take one step."""
        self._town.run_step()

    def live(self) -> None:
        """Work out one week from what was borrowed."""
        super().step()
