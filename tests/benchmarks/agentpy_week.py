"""The basic week in AgentPy: `python agentpy_week.py OPENING WEEKS`, in an environment that has AgentPy.

Prints shopper-weeks a second and the totals, as JSON. `peers.py` makes the environment and the opening.
"""

import json
import pickle
import sys
import time
from pathlib import Path
from typing import Any

import agentpy
import household


class Household(agentpy.Agent, household.Household):  # type: ignore[misc] # AgentPy has no types
    """One household as an agent."""

    def setup(self, traits: dict[str, Any]) -> None:
        """Begin with these traits."""
        self.random = self.model.random
        self.open(traits)


class Grocer(agentpy.Model, household.Town):  # type: ignore[misc]
    """A grocer who sells card data, and the households around it."""

    def open_with(self, opened: dict[str, Any]) -> "Grocer":
        """Begin as `opened` says."""
        numbers = {"p": dict(opened["p"])}
        self.settle(opened | numbers)
        self.households = agentpy.AgentList(self, [Household(self, traits=traits) for traits in opened["traits"]])
        self.befriend(list(self.households))
        return self

    def live_a_week(self, weeks: tuple[int, int, int]) -> None:
        """Live one week."""
        self.open_week(*weeks)
        self.households.listen()
        self.households.live()


def main(path: str, weeks: int) -> None:
    """Live some weeks after a warm-up and say how fast."""
    opened = pickle.loads(Path(path).read_bytes())
    grocer = Grocer({"seed": 1}).open_with(opened)
    for _ in range(opened["warm_up"]):
        grocer.live_a_week(opened["dates"])
    began = time.perf_counter()
    for _ in range(weeks):
        grocer.live_a_week(opened["dates"])
    speed = len(opened["traits"]) * weeks / (time.perf_counter() - began)
    print(json.dumps({"speed": speed, "totals": grocer.totals, "weeks": grocer.week}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
