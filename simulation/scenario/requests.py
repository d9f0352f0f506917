"""What members ask about their records: to see or delete them, or, by their browsers, not to sell them."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.practices import Mode, Scope
from simulation.scenario.timeline import Programme, Timeline

Honoured = Literal["everywhere", "by_law", "nowhere"]

_YEAR = 52  # weeks


class DeletionRequests(Programme):
    """Members ask to see or delete their records: each request costs, and what is deleted flows no more."""

    do: Literal["deletion_requests"]
    per_million: float = Field(
        ge=0, le=1e6, description="Requests for deletion a year for every million members; 84 were counted in 2021."
    )
    access_per_million: float = Field(
        0.0, ge=0, le=1e6, description="Requests a year to see a record, for every million members."
    )
    cost_per_request: float | None = Field(
        None, ge=0, le=10_000, description="Dollars that answering one costs; by hand, as much as 1,524, if left out."
    )
    own_levers: ClassVar[Mapping[str, str]] = {
        "requests": "requests a year for each member, to see or delete a record",
        "request_cost": "dollars that answering one request costs",
    }

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The section of numbers of single policies that it reads."""
        return ("requests",)

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Set what requests cost, let deleted records flow no more, and offers fit worse until records fill again."""
        super().apply(timeline, numbers)
        deleting = self._deleted_per_week(numbers)
        for market in timeline.market_indices(self.markets):
            levers, rows = timeline.levers[self.weeks, market], timeline.practices[self.weeks, market]
            levers["offer_fit"] *= 1.0 - self._thin(len(levers), numbers)
            _take_out(rows, (rows["running"] > 0) & may_be_left(rows), deleting)

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how many requests come in and what each costs."""
        usual = float(numbers["cost_of_a_request"])
        rows["requests"] = (self.per_million + self.access_per_million) / 1e6
        rows["request_cost"] = usual if self.cost_per_request is None else self.cost_per_request

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """Let no more requests come in after the end."""
        rows["requests"] = rows["request_cost"] = 0.0

    def _deleted_per_week(self, numbers: NDArray[np.void]) -> float:
        """Return the share of members whose record is deleted in a week: who cannot be verified is turned down."""
        return self.per_million / 1e6 * float(numbers["requests_verified"]) / _YEAR

    def _thin(self, weeks: int, numbers: NDArray[np.void]) -> NDArray[np.float64]:
        """Return the share of members whose record is still too thin to choose offers by. Shape (weeks,)."""
        filling = np.minimum(np.arange(weeks), float(numbers["record_fills_again_weeks"]))
        return np.minimum(1.0, filling * self._deleted_per_week(numbers))


class OptOutSignal(Programme):
    """Some browsers say by themselves that records must not be sold, such as by Global Privacy Control."""

    do: Literal["opt_out_signal"]
    share: float = Field(ge=0, le=1, description="Share of shoppers whose browser sends it in the first week.")
    share_at_end: float | None = Field(
        None, ge=0, le=1, description="Share in the last week, reached evenly; as in the first if left out."
    )
    honoured: Honoured = Field(
        "everywhere",
        description="everywhere: flows that members can leave pass over whoever sends it; by_law: where a law binds to "
        "it; nowhere: it is ignored, against the law where there is one.",
    )
    own_levers: ClassVar[Mapping[str, str]] = {"signal_binds": "1 where a law binds a retailer to opt-out signals"}

    def contradiction(self) -> tuple[str, str, str] | None:
        """Return the key `share_at_end` if it lies below the share at first: who is out stays out."""
        if self.share_at_end is None or self.share_at_end >= self.share:
            return None
        return "share_at_end", "the share at the end lies below that at first", f"write {self.share:g} or more"

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Take those who send it out of every flow that can be left, or mark one that ignores it as unlawful."""
        for market in timeline.market_indices(self.markets):
            rows, levers = timeline.practices[self.weeks, market], timeline.levers[self.weeks, market]
            binds = (levers["signal_binds"] > 0)[:, None]
            runs = (rows["running"] > 0) & may_be_left(rows)
            if self.honoured == "nowhere":
                rows["unlawful"][runs & binds & (self.share > 0)] = 1.0
            else:
                _take_out(rows, *self._leaving(runs & (binds | (self.honoured == "everywhere"))))

    def _leaving(self, heeded: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Return when, and with which chance, who has not left yet is out; shapes (weeks, practices).

        All who send it are out in the first week in which it is heeded; later, those who have begun to send it since.
        """
        last = self.share if self.share_at_end is None else self.share_at_end
        sending = np.linspace(self.share, last, len(heeded))[:, None] * np.ones(heeded.shape)
        out = np.maximum.accumulate(np.where(heeded, sending, 0.0), axis=0)
        before = np.vstack([np.zeros((1, heeded.shape[1])), out[:-1]])
        chance = (out - before) / np.maximum(1e-12, 1.0 - before)
        return chance > 0, chance


def may_be_left(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Return which practices take records that members can have taken out. The shape of `rows`."""
    passed_on = (rows["scope"] == Scope.SHARED_RECORDS) | (rows["scope"] == Scope.MERGED)
    found: NDArray[np.bool_] = passed_on & (rows["consent"] == Mode.OPT_OUT)
    return found


def _take_out(rows: NDArray[np.void], where: NDArray[np.bool_], chance: NDArray[np.float64] | float) -> None:
    """Raise the chance that a record is taken out, in some weeks of some practices, whatever else takes it out."""
    left = (1.0 - rows["taken_out"]) * (1.0 - chance)
    rows["taken_out"] = np.where(where, 1.0 - left, rows["taken_out"])
