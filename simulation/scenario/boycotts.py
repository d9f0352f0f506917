"""What people do together in a store's place: they call on each other to buy elsewhere."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.practices import Scope
from simulation.scenario.timeline import Action, Timeline, tell_story


class Boycott(Action):
    """People call on each other to buy elsewhere, for a reason that has nothing to do with data."""

    do: Literal["boycott"]
    name: str = Field("boycott", description="The boycott's name, for other actions to refer to.")
    departure: float = Field(1.0, ge=0, le=2, description="How great an affront it is to those who mind.")
    minded_by: float = Field(ge=0, le=1, description="Share of shoppers who mind.")
    counter_movement: float = Field(
        0.0, ge=0, le=1, description="Share of shoppers, none of them the same, it pleases."
    )
    reach: float | None = Field(None, ge=0, le=1, description="Share of shoppers who hear of it in the first week.")
    reminders_every: int = Field(
        0, ge=0, le=520, description="Weeks from one reminder, as loud as the first call, to the next; 0 for none."
    )
    until: int | None = Field(None, ge=1, description="Last week in which it is called for; to the end if left out.")
    calls: tuple[int, ...] | None = Field(
        None,
        min_length=1,
        description="Weeks of further calls on which people agree, in place of reminders that come by themselves.",
    )
    reminder_reach: float | None = Field(
        None, ge=0, le=1, description="Share of shoppers whom a later call reaches; as many as the first if left out."
    )
    visibility: float = Field(
        0.0, ge=0, le=1, description="How plainly all see who takes part, by pickets and posts: 0 not at all, 1 fully."
    )
    counter_from: int | None = Field(
        None, ge=1, description="Week in which the counter-movement begins; with the boycott if left out."
    )
    demands_met: bool = Field(False, description="Whether it ends because the firm gives in: then nothing is felt on.")

    def practice(self) -> str | None:
        """Return the name under which shoppers come to know of it."""
        return self.name

    @property
    def last_week(self) -> int | None:
        """The last week in which it is called for; None for the end."""
        return self.until

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The section of numbers of single policies that it reads, where it can be seen."""
        return ("boycotts",) if self.visibility > 0 else ()

    def contradiction(self) -> tuple[str, str, str] | None:
        """Return a key that does not go with the others: two ways of calling, or a call outside of its weeks."""
        if self.calls is not None and self.reminders_every:
            return "calls", "calls on agreed weeks and reminders every so many weeks do not go together", "keep one"
        last = self.until or max(self.calls or (self.week,))
        outside = [week for week in self.calls or () if not self.week < week <= last]
        if outside:
            return "calls", f"a call in week {outside[0]} lies outside of the boycott", "call after it has begun"
        if self.demands_met and self.until is None:
            return "demands_met", "it never ends", "say in which week, by 'until: ...'"
        return None

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Write who minds, when it is called for, and the calls themselves."""
        rows = timeline.practice(self.name, self.week)
        rows["scope"] = Scope.LEANING
        rows["departure"] = rows["flow"] = self.departure
        rows["minded"], rows["counter"] = self.minded_by, self.counter_movement
        rows["counter"][: max(0, (self.counter_from or self.week) - self.week)] = 0.0
        weeks = len(rows) if self.until is None else min(len(rows), self.until - self.week + 1)
        rows["running"][:weeks] = 1.0
        if self.visibility > 0:
            rows["experience"] = numbers["noticing_a_boycott_per_week"] * self.visibility
        if self.demands_met:
            rows["departure"][weeks:] = 0.0
        tell_story(rows, self.reach, numbers)
        for call in self._later_calls(weeks):
            tell_story(rows[call:], self.reach if self.reminder_reach is None else self.reminder_reach, numbers)

    def _later_calls(self, weeks: int) -> Sequence[int]:
        """Return the later calls within its weeks, counted from its first."""
        if self.calls is not None:
            return [week - self.week for week in self.calls if week - self.week < weeks]
        return range(self.reminders_every, weeks, self.reminders_every) if self.reminders_every else ()
