"""What happens to a retailer: stories, leaks, laws, scandals elsewhere, a rival's moves."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.algorithms import PersonalPrices
from simulation.scenario.coalitions import JoinCoalition
from simulation.scenario.flows import ShareData
from simulation.scenario.laws import LawName, laws
from simulation.scenario.media import RetailMedia
from simulation.scenario.practices import Consent, Leaked, Mode, Scope, departure_of_leak
from simulation.scenario.records import MergeRecords
from simulation.scenario.sensing import Biometrics
from simulation.scenario.timeline import Action, Timeline, tell_story


class PressStory(Action):
    """A newspaper tells the public about a practice, in all markets: stories travel."""

    do: Literal["press_story"]
    about: str = Field(description="The name of the practice that comes out.")
    reach: float | None = Field(None, ge=0, le=1, description="Share of shoppers reached in the first week.")

    def refers_to(self) -> str | None:
        """Return the name of the practice."""
        return self.about

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Write the story's reach into the weeks after it breaks."""
        tell_story(timeline.practice(self.about, self.week), self.reach, numbers)


class _Incident(Action):
    """Something that befalls the records that a retailer holds, and comes out with a story."""

    name: str
    share: float
    reach: float | None

    def practice(self) -> str | None:
        """Return the name under which shoppers come to know of it."""
        return self.name

    def _befall(self, timeline: Timeline, departure: float, harm: float, numbers: NDArray[np.void]) -> None:
        rows, weeks = timeline.practice(self.name, self.week), int(numbers["incident_lasts_weeks"])
        rows["scope"] = Scope.MEMBERS
        rows["departure"] = rows["flow"] = departure
        rows["harm"][:weeks] = harm * self.share
        rows["share"] = self.share
        rows["running"][:weeks] = 1.0
        tell_story(rows, self.reach, numbers)


class Leak(_Incident):
    """Members' records leak."""

    do: Literal["leak"]
    name: str = Field("leak", description="The leak's name, for other actions to refer to.")
    share: float = Field(1.0, gt=0, le=1, description="Share of members whose records leak.")
    years_held: float = Field(
        10.0, gt=0, le=50, description="How many years of records were held: what is gone cannot leak."
    )
    fields: Leaked = Field(
        "purchases",
        description="What leaks: purchases, records that tell of illness or intimacy (sensitive), numbers of payment "
        "cards, which a bank replaces, or an identity: name, birth date and account.",
    )
    money_lost: bool = Field(False, description="Whether members lose money by it that they do not get back.")
    reach: float | None = Field(
        None, ge=0, le=1, description="Share of shoppers whom the story reaches in its first week."
    )

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Write what the leak departs, whom it harms and who hears of it."""
        held = (self.years_held / 10.0) ** 0.5
        departure = departure_of_leak(self.fields, self.money_lost, numbers) * self.share * held
        self._befall(timeline, departure, float(numbers["harm_by_a_leak"]) * held, numbers)


class GovernmentDemand(_Incident):
    """A government agency demands card records: only what has been kept can be demanded."""

    do: Literal["government_demand"]
    name: str = Field("government_demand", description="The demand's name, for other actions to refer to.")
    share: float = Field(0.01, gt=0, le=1, description="Share of members whose records are demanded.")
    years_held: float = Field(10.0, gt=0, le=50, description="How many years of records are held.")
    reach: float | None = Field(0.05, ge=0, le=1, description="Share of shoppers who hear of it in the first week.")

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Write what the demand departs, whom it harms and who hears of it."""
        held = self.years_held / 10.0
        departure = float(numbers["departure_to_government"]) * held
        self._befall(timeline, departure, float(numbers["harm_by_government"]) * held, numbers)


class ScandalElsewhere(Action):
    """Another firm of the kind misuses data; some of the suspicion spills over to everybody in the trade."""

    do: Literal["scandal_elsewhere"]
    name: str = Field("scandal_elsewhere", description="The scandal's name, for other actions to refer to.")
    severity: float = Field(1.0, ge=0, le=2, description="How far what the other firm did departs from its context.")
    reach: float | None = Field(None, ge=0, le=1, description="Share of shoppers who hear of it in the first week.")

    def practice(self) -> str | None:
        """Return the name under which shoppers come to know of it."""
        return self.name

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Write the spill-over; own flows are looked at more closely from now on."""
        rows = timeline.practice(self.name, self.week)
        rows["scope"] = Scope.MEMBERS
        rows["departure"] = rows["flow"] = self.severity * numbers["category_spill_over"]
        rows["running"][: int(numbers["asking_lasts_weeks"])] = 1.0
        tell_story(rows, self.reach, numbers)
        timeline.practices["discovery"][self.week - 1 :] *= 1.0 + numbers["salience_after_a_scandal"] * self.severity


class Law(Action):
    """A law comes into force: data may be passed on, or prices be set by it, only with at least this consent."""

    do: Literal["law"]
    law: LawName | None = Field(
        None,
        description="A known law in place of `requires`: it says which consent which records need, and how high a fine "
        "can be. A sketch, whose sources and dates stand in laws.yaml; my_health_my_data is Washington's.",
    )
    requires: Consent | None = Field(None, description="The least consent that is lawful; opt_in if left out.")
    markets: tuple[str, ...] | None = Field(None, min_length=1, description="Where it holds; everywhere if left out.")
    obeyed: bool = Field(True, description="Whether the retailer stops what has become unlawful.")

    @property
    def where(self) -> tuple[str, ...] | None:
        """The markets in which the law holds; None for all."""
        return self.markets

    def contradiction(self) -> tuple[str, str, str] | None:
        """Return the key `requires` if the law that is named says it already."""
        if self.law is None or self.requires is None:
            return None
        return "requires", f"the law '{self.law}' says which consent it requires", "leave out one of the two"

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Stop, or mark as unlawful, the flows that the law forbids."""
        programmes = [timeline.started_by.get(name, ()) for name in timeline.practice_names]
        least = np.array([self._least(each) for each in programmes], np.int64)
        barred = np.array([self._bars(each) for each in programmes], np.bool_)
        for market in timeline.market_indices(self.markets):
            rows = timeline.practices[self.week - 1 :, market]
            forbidden = np.isin(rows["scope"], self._scopes) & (rows["consent"] < least)
            forbidden |= barred
            forbidden &= rows["running"] > 0
            if self.obeyed:
                rows["running"][forbidden] = 0.0
                self._end_prices(timeline.levers[self.week - 1 :, market], forbidden & barred)
                self._switch_off(timeline, market, forbidden)
            else:
                rows["unlawful"][forbidden] = 1.0
            if self.law is not None and laws()[self.law].signals:
                timeline.levers["signal_binds"][self.week - 1 :, market] = 1.0

    def _switch_off(self, timeline: Timeline, market: int, forbidden: NDArray[np.bool_]) -> None:
        """Switch off what has become unlawful and is done by more than records. `forbidden`: (weeks, practices)."""
        for practice in np.flatnonzero(forbidden.any(axis=0)).tolist():
            ended = self.week - 1 + int(forbidden[:, practice].argmax())
            for programme in timeline.started_by.get(timeline.practice_names[practice], ()):
                if isinstance(programme, Biometrics):
                    programme.leave_behind(timeline.levers[ended:, market])

    @property
    def _scopes(self) -> tuple[Scope, ...]:
        """What it is about: what goes to other firms; a law that is named says something of what stays within, too."""
        return (Scope.SHARED_RECORDS,) if self.law is None else (Scope.SHARED_RECORDS, Scope.SENSED, Scope.MERGED)

    def consent_for(self, flow: ShareData | RetailMedia | JoinCoalition) -> Consent:
        """Return the least consent with which a flow is lawful."""
        return self._usual if self.law is None else laws()[self.law].consent_for(flow.recipient, flow.fields)

    def _bars(self, programmes: Sequence[Any]) -> bool:
        """Return whether personal prices of one name break the law."""
        asks = "free" if self.law is None else laws()[self.law].prices
        return any(isinstance(each, PersonalPrices) and not each.is_lawful(asks) for each in programmes)

    def _end_prices(self, levers: NDArray[np.void], ended: NDArray[np.bool_]) -> None:
        """Charge everybody the same in the weeks in which personal prices were ended. `ended`: (weeks, practices)."""
        rows = ended.any(axis=1)
        levers["price_dispersion"][rows], levers["price_cap"][rows] = 0.0, 1.0

    @property
    def _usual(self) -> Consent:
        return self.requires or "opt_in"

    def _least(self, programmes: Sequence[Any]) -> Mode:
        """Return the least consent for what some programmes pass on, all of which have one name."""
        asking = ShareData | RetailMedia | JoinCoalition
        needed = [self.consent_for(each) for each in programmes if isinstance(each, asking)]
        if self.law is not None:
            within = (each.category for each in programmes if isinstance(each, Biometrics | MergeRecords))
            needed += [laws()[self.law].consent_within(category) for category in within]
        if not needed:
            return Mode[self._usual.upper()] if self.law is None else Mode.NONE
        return max(Mode[each.upper()] for each in needed)


class RegulatorOrder(Action):
    """A regulator forbids a practice and fines the retailer."""

    do: Literal["regulator_order"]
    about: str = Field(description="The name of the practice that is forbidden.")
    fine: float = Field(0.0, ge=0, le=1e12, description="Dollars that the chain is fined.")

    def refers_to(self) -> str | None:
        """Return the name of the practice."""
        return self.about

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Stop the practice and fine the retailer."""
        timeline.stop(self.about, self.week)
        timeline.practice(self.about, self.week)["unlawful"] = 1.0
        timeline.levers["fine"][self.week - 1, 0] += timeline.simulated_part(self.fine)


class RivalMove(Action):
    """The rival grocer does something about it."""

    do: Literal["rival_move"]
    privacy: float = Field(
        0.0, ge=0, le=5, description="How much more a grievance drives shoppers to it (0 not at all)."
    )
    win_back: float = Field(0.0, ge=0, le=5, description="Log-odds by which its offers draw patrons away.")
    sells_data: bool = Field(False, description="Whether it sells data too: then it is no refuge.")
    weeks: int = Field(52, ge=1, le=5_200, description="For how many weeks.")

    def apply(self, timeline: Timeline, numbers: NDArray[np.void]) -> None:
        """Set what draws to the rival and what does not."""
        rows = timeline.levers[self.week - 1 : self.week - 1 + self.weeks]
        rows["rival_privacy"] = -float(numbers["refuge_lost_if_rival_sells"]) if self.sells_data else self.privacy
        rows["rival_pull"], rows["rival_sells"] = self.win_back, float(self.sells_data)
