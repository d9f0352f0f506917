"""What people who have been wronged do together before a court: they sue as a class, and the retailer settles."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.timeline import Action, Timeline, tell_story


class ClassAction(Action):
    """A class action is settled: so much for everybody whom a practice has concerned, and nobody sues again."""

    do: Literal["class_action"]
    about: str = Field(description="The name of the practice or leak that is sued about.")
    settlement_per_head: float = Field(
        ge=0,
        le=100_000,
        description="Dollars for everybody whom it has concerned by then, lawyers' fees and unclaimed shares included; "
        "0.35 to 7 after breaches, 9 to 42 for faces in Illinois.",
    )
    reach: float = Field(
        0.0, ge=0, le=1, description="Share of shoppers whom news of the settlement reaches in its first week."
    )

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The section of numbers of single policies that it reads."""
        return ("suits",)

    def refers_to(self) -> str | None:
        """Return the name of what is sued about."""
        return self.about

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Let the settlement be paid, take away a little of the violation, and remind whom its news reaches."""
        rows = timeline.practice(self.about, self.week)
        rows["settlement"][0] += self.settlement_per_head
        rows["departure"] *= 1.0 - self._forgiven(numbers)
        if self.reach > 0:
            tell_story(rows, self.reach, numbers)

    def _forgiven(self, numbers: NDArray[np.void]) -> float:
        """Return the share of the violation that it takes away: less than as much that is paid of one's own accord."""
        as_much = float(numbers["forgiven_for_compensation"]) * min(1.0, self.settlement_per_head / 25.0)
        return as_much * float(numbers["settlement_counts_as_compensation"])
