"""A policy's dated actions, compiled to one row of levers a week; an action sets levers and never touches a shopper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from simulation.scenario.practices import PRACTICE

STORY_WEEKS = 6
"""A story is over after six weeks: press attention lasts 43 days at most (Axios/Schema/Google 2018)."""

NOBODY_PUT_OUT = 2.0
"""A spend rank that nobody has: no member has ever been put out of a top tier."""

LEVERS = np.dtype(
    [
        ("reward_rate", np.float64),  # share of carded spend given back
        ("reward_lift", np.float64),  # extra spend that a changed reward or a gift brings
        ("gift_rate", np.float64),  # share of carded spend given back as a surprise
        ("goodwill", np.float64),  # share by which trust can rise above where it opened
        ("stirred", np.float64),  # 1 once goodwill has moved anybody's trust
        ("offers", np.float64),  # targeted offers sent per active member and week
        ("offers_noticed", np.float64),  # of them, those that contact fatigue leaves a chance
        ("offer_fit", np.float64),  # extra redemption of offers that fit
        ("offer_precision", np.float64),  # how well the retailer still sees its members, 0 to 1
        ("tier_threshold", np.float64),  # spend rank from which a member belongs to the top tier, 1 = no tier
        ("tier_put_out", np.float64),  # spend rank from which a member once belonged to it
        ("tier_bonus", np.float64),  # extra share of carded spend for the top tier
        ("tier_cut", np.float64),  # share of the reward withdrawn below the top tier
        ("price_dispersion", np.float64),  # how much more, or less, than usual the heaviest, or lightest, members pay
        ("shelf_price", np.float64),  # prices without the card as a multiple of the usual ones
        ("member_saving", np.float64),  # share that members save on them
        ("rival_pull", np.float64),  # log-odds by which a rival draws patrons, whatever they feel
        ("rival_privacy", np.float64),  # how much more a grievance drives to a rival that stands for privacy
        ("rival_sells", np.float64),  # 1 while the rival sells data too
        ("data_cost", np.float64),  # dollars per member-year for data bought from others
        ("payment", np.float64),  # dollars paid out once, such as for a survey: the simulated shoppers' part
        ("fine", np.float64),  # dollars fined: their part
        ("settlement", np.float64),  # dollars that settle a class action: their part
        ("exit_fee", np.float64),  # dollars paid to the data buyer for leaving the contract: their part
        ("promised", np.float64),  # 1 after a public promise not to sell data
    ]
)
"""What an action sets, in one market and week, for one policy. Sums paid once stand in the first market's row."""


def shipped_levers(levers: NDArray[np.void]) -> NDArray[np.void]:
    """Return the levers that shoppers read, whatever single kinds of action add. The same shape."""
    return levers if levers.dtype == LEVERS else levers[list(LEVERS.names or ())].astype(LEVERS)


@dataclass(frozen=True)
class Timeline:
    """One policy, week by week: `levers` has shape (weeks, markets), `practices` (weeks, markets, practices).

    A simulated shopper stands for `households_per_shopper` of the chain.
    """

    levers: NDArray[np.void]
    practices: NDArray[np.void]
    markets: tuple[str, ...]
    practice_names: tuple[str, ...]
    households_per_shopper: float = 1.0
    started_by: "dict[str, list[Programme]]" = field(default_factory=dict)  # what each practice rests on

    def simulated_part(self, dollars: float) -> float:
        """Return the simulated shoppers' part of a fixed sum, which is the whole chain's to pay."""
        return dollars / self.households_per_shopper

    def market_indices(self, names: Sequence[str] | None) -> list[int]:
        """Return where the named markets stand (all of them for None)."""
        return [self.markets.index(name) for name in (self.markets if names is None else names)]

    def practice(self, name: str, week: int) -> NDArray[np.void]:
        """Return the rows of a practice from a week on. Shape (weeks left, markets)."""
        rows: NDArray[np.void] = self.practices[week - 1 :, :, self.practice_names.index(name)]
        return rows

    def stop(self, name: str, week: int) -> None:
        """Stop a practice from a week on, and whatever else its programmes have set going.

        What befalls the retailer has happened: nobody stops it before the week after its first.
        """
        begins = name not in self.started_by and not self._ran(name, week - 1)
        self.practice(name, week + begins)["running"] = 0.0
        for programme in self.started_by.get(name, ()):
            for market in self.market_indices(programme.where):
                programme.leave_behind(self.levers[week - 1 :, market])

    def _ran(self, name: str, week: int) -> bool:
        """Return whether a practice ran anywhere in a week; nothing ran in week 0."""
        return week > 0 and bool(self.practice(name, week)["running"][0].any())


class Action(BaseModel):
    """Something a retailer does, or that happens to it, from one week to another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    own_levers: ClassVar[Mapping[str, str]] = {}
    """Levers that this kind of action adds, by name with their meaning; institutions and payments read them."""
    happens_to_all: ClassVar[bool] = False
    """Whether a plug-in's action can stand under `events` too."""
    example: ClassVar[Mapping[str, Any]] = {}
    """Terms under which a plug-in's action acts, for its documentation and for `aislefour audit`."""
    idle: ClassVar[Mapping[str, Any]] = {}
    """Terms under which it changes nothing at all, for the same audit."""

    week: int = Field(ge=1, description="First week in which the action holds; the first week of a run is 1.")

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The sections of numbers of single policies that these terms read: their guesses are drawn for them."""
        return ()

    def practice(self) -> str | None:
        """Return the name of the practice that the action starts, if it starts one."""
        return None

    def refers_to(self) -> str | None:
        """Return the name of the practice that the action is about, if it must have begun before."""
        return None

    def contradiction(self) -> tuple[str, str, str] | None:
        """Return a key at which the action contradicts itself, what is wrong and what would be right, if it does."""
        return None

    @property
    def where(self) -> tuple[str, ...] | None:
        """The markets in which the action holds; None for all."""
        return None

    @property
    def last_week(self) -> int | None:
        """The last week in which the action holds; None for the end."""
        return None

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Write into the timeline what the action sets."""
        raise TypeError(f"{type(self).__name__} must say what it sets")


class Programme(Action):
    """Something that holds in some weeks and markets, and may start a practice there."""

    until: int | None = Field(None, ge=1, description="Last week in which it holds; to the end if left out.")
    markets: tuple[str, ...] | None = Field(
        None, min_length=1, description="Markets in which it holds; all if left out."
    )

    @property
    def where(self) -> tuple[str, ...] | None:
        """The markets in which the action holds; None for all."""
        return self.markets

    @property
    def last_week(self) -> int | None:
        """The last week in which the action holds; None for the end."""
        return self.until

    @property
    def weeks(self) -> slice:
        """The weeks in which the action holds, as a slice of a timeline's rows."""
        return slice(self.week - 1, self.until)

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Set the levers and the practice of the weeks and markets in which the action holds."""
        for market in timeline.market_indices(self.markets):
            self.set_levers(timeline.levers[self.weeks, market], numbers)
            if self.until is not None:
                self.leave_behind(timeline.levers[self.until :, market])
        name = self.practice()
        if name is not None:
            timeline.started_by.setdefault(name, []).append(self)
            self._start(timeline, timeline.practice_names.index(name), numbers)

    def _start(self, timeline: Timeline, practice: int, numbers: NDArray[np.void]) -> None:
        """Set the practice's terms to the end: they outlast the practice, and news of it travels to other markets."""
        here = timeline.market_indices(self.markets)
        for market in range(len(timeline.markets)):
            column = timeline.practices[:, market, practice]
            after = column[self.week - 1 :]
            if market in here:
                self.set_terms(after, numbers)
                after["running"] = 0.0
                column["running"][self.weeks] = 1.0
            elif not after["departure"].any():
                terms = np.zeros_like(after)
                self.set_terms(terms, numbers)
                after["scope"], after["departure"] = terms["scope"], terms["departure"]

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set the general levers of one market's weeks."""

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """Set what remains in one market's weeks after the action has ended."""

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set the terms of the practice that the action starts, for one market's weeks."""


def raise_goodwill(rows: NDArray[np.void], amount: float) -> None:
    """Raise the goodwill of some weeks."""
    if amount:
        rows["goodwill"] += amount
        rows["stirred"] = 1.0


def tell_story(rows: NDArray[np.void], reach: float | None, numbers: NDArray[np.void]) -> None:
    """Raise the press reach of one practice's rows (weeks, markets) from the story's week on, fading weekly.

    `reach` is that of the first week, the usual one if None.
    """
    at_first = float(numbers["story_reach"]) if reach is None else reach
    for age, row in enumerate(rows[:STORY_WEEKS]):
        row["press"] = np.maximum(row["press"], at_first * float(numbers["story_kept_per_week"]) ** age)


def read_letters(weeks: int, numbers: NDArray[np.void]) -> NDArray[np.float64]:
    """Return how often the attentive take in a letter, by week from its first on. Shape (weeks,)."""
    fresh = np.arange(weeks) < numbers["asking_lasts_weeks"]
    return np.where(fresh, numbers["reading_a_letter_per_week"], 0.0)


def usual_levers(
    weeks: int, markets: int, numbers: NDArray[np.void], kind: np.dtype[np.void] = LEVERS
) -> NDArray[np.void]:
    """Return levers at which nothing unusual happens; those of single actions are 0. Shape (weeks, markets)."""
    levers = np.zeros((weeks, markets), kind)
    levers["reward_rate"] = numbers["reward_rate"]
    levers["offer_precision"] = levers["tier_threshold"] = levers["shelf_price"] = 1.0
    levers["tier_put_out"] = NOBODY_PUT_OUT
    return levers


def no_practices(weeks: int, markets: int, practices: int) -> NDArray[np.void]:
    """Return the rows of practices that have not begun. Shape (weeks, markets, practices)."""
    rows = np.zeros((weeks, markets, practices), PRACTICE)
    rows["relief"] = rows["share"] = 1.0
    return rows
