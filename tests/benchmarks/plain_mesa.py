"""The basic week as a user of Mesa would write it: households as agents, Python's own random numbers."""

from typing import Any

import household
import mesa
from basic_week import SALE_WEEK, STORY_WEEK, STORY_WEEKS, plain_opening


class Household(mesa.Agent, household.Household):  # type: ignore[misc] # Mesa has no types
    """One household as an agent."""

    def __init__(self, model: "Grocer", traits: dict[str, Any]) -> None:
        super().__init__(model)
        self.open(traits)


class Grocer(mesa.Model, household.Town):  # type: ignore[misc]
    """A grocer who sells card data, and the households around it."""

    def __init__(self, shoppers: int) -> None:
        super().__init__(rng=1)
        opened = plain_opening(shoppers)
        self.settle(opened)
        self.befriend([Household(self, traits) for traits in opened["traits"]])

    def step(self) -> None:
        """Live one week."""
        self.open_week(SALE_WEEK, STORY_WEEK, STORY_WEEKS)
        self.agents.do("listen")
        self.agents.do("live")
