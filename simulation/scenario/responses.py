"""What a retailer can do about what it does or has done: promise, ask, read out a pilot, answer for it."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.practices import Scope
from simulation.scenario.timeline import Action, Timeline, raise_goodwill, read_letters

Trigger = Literal["date", "exposure", "order", "complaints"]

_USUALLY_TOLERATED = 0.0003  # a story that half of all shoppers meet brings .0002 to .0006

_COMPENSATION = (
    "Dollars for everybody whom the practice has concerned by then: whose data flowed or leaked, who paid more, whom "
    "a tier left out, or who had no card where members paid less."
)


class PublicPromise(Action):
    """Say in public that card data is not sold: believed while it holds, remembered when it is broken."""

    do: Literal["public_promise"]

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Set the goodwill of the promise and what every flow to others departs more for it, kept or not yet known."""
        timeline.levers["promised"][self.week - 1 :] = 1.0
        raise_goodwill(timeline.levers[self.week - 1 :], float(numbers["goodwill_of_a_promise"]))


class Respond(Action):
    """Answer for a practice, on a date or by itself once it is exposed, forbidden or complained of."""

    do: Literal["respond"]
    about: str = Field(description="The name of the practice to answer for.")
    to: Trigger = Field(
        "date",
        description="date: in `week`; exposure, order, complaints: `after` weeks after a story, an order, or a week of "
        "many complaints, from `week` on.",
    )
    if_complaints_above: float | None = Field(
        None,
        ge=0,
        le=1,
        description="With `to: complaints`: share of members who complain in one week above which the answer comes; "
        "0.0003 if left out.",
    )
    after: int = Field(1, ge=0, le=520, description="Weeks between the trigger and the answer.")
    stop: bool = Field(False, description="Stop the practice.")
    exit_fee: float = Field(0.0, ge=0, le=1e12, description="Dollars that stopping costs the chain under the contract.")
    apologise: bool = Field(False, description="Apologise in public.")
    notify: bool = Field(False, description="Tell every member what was done.")
    compensation: float = Field(0.0, ge=0, le=10_000, description=_COMPENSATION)

    def refers_to(self) -> str | None:
        """Return the name of the practice."""
        return self.about

    @property
    def complaints_tolerated(self) -> float:
        """The share of members who may complain in a week before an answer to complaints comes."""
        return _USUALLY_TOLERATED if self.if_complaints_above is None else self.if_complaints_above

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Write a dated answer into the timeline; one with a trigger is the retailer's to give when it comes."""
        if self.to == "date":
            self.answer(timeline, self.week, numbers)

    def answer(self, timeline: Timeline, week: int, numbers: NDArray[np.void]) -> None:
        """Give the answer from a week on."""
        rows, levers = timeline.practice(self.about, week), timeline.levers[week - 1 :]
        if not len(rows):
            return
        if self.stop:
            levers["exit_fee"][0, 0] += timeline.simulated_part(self.exit_fee) * bool(rows["running"].any())
            timeline.stop(self.about, week)
        rows["departure"] *= 1.0 - self._forgiven(numbers)
        raise_goodwill(levers, float(numbers["goodwill_of_an_apology"]) * self.apologise)
        rows["compensation"][0] += self.compensation
        if self.notify:
            rows["notice"] = np.maximum(rows["notice"], read_letters(len(rows), numbers)[:, None])

    def _forgiven(self, numbers: NDArray[np.void]) -> float:
        """Return the share of the violation that apology, candour and compensation take away."""
        paid = float(numbers["forgiven_for_compensation"]) * min(1.0, self.compensation / 25.0)
        kept = (1.0 - numbers["forgiven_for_an_apology"] * self.apologise) * (1.0 - paid)
        return float(1.0 - kept * (1.0 - numbers["forgiven_for_candour"] * self.notify))


class ScaleUp(Action):
    """Read out a pilot as an analyst would, and extend it to all markets if the read-out is good enough."""

    do: Literal["scale_up"]
    about: str = Field(description="The name of the practice that runs in the pilot's markets.")
    if_effect_above: float = Field(
        -0.01, ge=-1, le=1, description="Least relative effect on carded sales, pilot against other markets."
    )

    def refers_to(self) -> str | None:
        """Return the name of the practice."""
        return self.about

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Leave the decision to the retailer, who reads the dashboard in that week."""

    def extend(self, timeline: Timeline) -> None:
        """Let the practice hold in every market from the action's week on; who left the pilot leaves there at once."""
        rows = timeline.practice(self.about, self.week)
        pilot = int(np.argmax(rows["running"][0]))
        stayed = np.prod(1.0 - timeline.practice(self.about, 1)["taken_out"][: self.week, pilot])
        for market in range(rows.shape[1]):
            if market != pilot and not rows["running"][0, market]:
                rows[:, market] = rows[:, pilot]
                rows["taken_out"][0, market] = 1.0 - stayed


class SurveyFirst(Action):
    """Ask shoppers before the deal what they would think of it, and drop it if too many mind."""

    do: Literal["survey_first"]
    about: str = Field(description="The name of the practice that is asked about.")
    sample: int = Field(1_000, ge=10, le=1_000_000, description="How many shoppers are asked.")
    cost: float = Field(0.0, ge=0, le=1e9, description="Dollars that the survey costs the chain.")
    stop_if_refusing_above: float = Field(
        0.5, ge=0, le=1, description="Share of answers against it above which the practice is dropped."
    )

    def refers_to(self) -> str | None:
        """Return the name of the practice."""
        return self.about

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Pay for the survey; its answers are the retailer's to read in that week."""
        timeline.levers["payment"][self.week - 1, 0] += timeline.simulated_part(self.cost)

    def drop(self, timeline: Timeline) -> None:
        """Drop the practice from the action's week on, as if it had never been meant."""
        timeline.stop(self.about, self.week)
        rows = timeline.practice(self.about, self.week)
        for term in ("departure", "experience", "press", "discovery", "notice", "asking", "choice"):
            rows[term] = 0.0


def break_promises(timeline: Timeline, numbers: NDArray[np.void]) -> None:
    """Let every flow to others depart farther wherever the public was told that there is none."""
    broken = 1.0 + float(numbers["broken_promise"]) * timeline.levers["promised"][:, :, None]
    shared = (timeline.practices["scope"] == Scope.SHARED_RECORDS) & (timeline.practices["departure"] > 0)
    timeline.practices["departure"] *= np.where(shared, broken, 1.0)
