"""Those who use the data and those who judge: data buyer, regulator and court."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import exposure
from simulation.behaviour.arithmetic import exponential
from simulation.behaviour.draws import Purpose, standard_normal
from simulation.model.institutions import Institution
from simulation.model.ledger import Measure
from simulation.model.scoring import accuracy_of_score, worth_of_a_record
from simulation.scenario.events import Law, Leak
from simulation.scenario.laws import laws
from simulation.scenario.practices import Mode, Scope
from simulation.scenario.timeline import no_practices

_COMPLAINTS_COUNT_FOR = 26  # weeks
_JUDGED = (Scope.SHARED_RECORDS, Scope.SENSED, Scope.MERGED)  # what an authority looks into
_IS_JUDGED = np.isin(np.arange(len(Scope)), _JUDGED)  # by scope: several times as fast where there are few rows


class DataBuyer(Institution):
    """Bids for records, scores those it insures, raises some premiums, and pays less once it sees less."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.worth_at_first = 0.0

    def act(self) -> None:
        """Bid for what is on offer; once a year, renegotiate: what has become worse is worth less, or nothing."""
        rows = self.timeline.practices[self.model.week - 1 :]
        open_now = (rows["auctioned"][0] > 0) & (rows["running"][0] > 0)
        if open_now.any():
            self._bid(rows, open_now)
        if self.model.week % 52 != 1 or self.model.week == 1:
            return
        worth = self._worth_of_delivery()
        self.worth_at_first = self.worth_at_first or worth
        if self.worth_at_first and worth < self.worth_at_first:
            self._renegotiate(worth / self.worth_at_first)

    def next_week(self) -> int:
        """Return the week of the next bid or of the next renegotiation."""
        rows = self.timeline.practices
        offered = ((rows["auctioned"] > 0) & (rows["running"] > 0)).any(axis=(1, 2))
        return self.first(offered | (np.arange(1, len(rows) + 1) % 52 == 1))

    def _renegotiate(self, left: float) -> None:
        """Pay less for the coming year by what is left of the worth, or walk away: then nothing flows any more."""
        rows = self.timeline.practices[self.model.week - 1 : self.model.week + 51]
        if left >= self.number("buyer_walks_below"):
            rows["fee"] = np.floor(rows["fee"] * left)
            return
        for practice in np.flatnonzero((rows["fee"] > 0).any(axis=(0, 1))).tolist():
            self.timeline.stop(self.timeline.practice_names[practice], self.model.week)

    def _bid(self, rows: NDArray[np.void], open_now: NDArray[np.bool_]) -> None:
        """Settle a fee by what a record is worth under its terms; what is worth nothing to anybody is not bought."""
        share = self._share_bid()
        for market, practice in zip(*np.nonzero(open_now), strict=True):
            offered = rows[:, market, practice]
            worth = worth_of_a_record(offered[0], self.model.numbers)
            offered["fee"] = np.floor(offered["auctioned"] * worth * share * 10_000 + 0.5)
            offered["auctioned"] = 0.0
            if worth == 0.0:
                offered[:] = no_practices(len(offered), 1, 1)[:, 0, 0]  # nobody is asked about it either

    def _share_bid(self) -> float:
        """Return the price as a share of the middle bidder's gain: the second-best bid, or what a lone buyer gives."""
        count, key = int(self.number("possible_buyers")), self.model.opening_keys[Purpose.BUYERS]
        spread = self.number("reservation_spread")
        most = sorted(exponential(spread * standard_normal(key, each)) for each in range(count))
        return most[-2] if count > 1 else most[0] * self.number("paid_by_a_lone_buyer")

    def _worth_of_delivery(self) -> float:
        """Return what last week's delivery is worth by its coverage and accuracy."""
        last = self.counted()
        share = float(last[Measure.CARDED_SALES]) / max(1, int(last[Measure.SALES]))
        covered = float(last[Measure.SHARED]) / max(1, int(last[Measure.SHOPPERS]))
        return covered * float(accuracy_of_score(np.array(share), self.model.numbers))


class Regulator(Institution):
    """Looks into what draws a story or complaints, or breaks the law; orders an end, and may fine, years later."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.inquiries: dict[int, int] = {}  # practice: week in which its inquiry closes

    def act(self) -> None:
        """Close inquiries that are due, and open those that a story, complaints or a broken law bring."""
        rows, complaints, told = self.now, self.complaints(), self.came_out()
        judged = _IS_JUDGED[rows["scope"].max(axis=0, initial=0)]
        for practice in np.flatnonzero(judged | self._priced_against_the_law(rows)).tolist():
            if practice not in self.inquiries:
                self._open(practice, rows[:, practice], complaints, bool(told[practice]))
            elif self.model.week == self.inquiries[practice]:
                self._close(practice, rows[:, practice])

    def next_week(self) -> int:
        """Return the week of a first story, of an inquiry's end, or in which luck opens one if all complain."""
        rows, week = self.timeline.practices, int(self.model.week)
        judged = np.asarray(_IS_JUDGED[rows["scope"]].any(axis=1)) | self._priced_against_the_law(rows)
        running = np.asarray(rows["running"].any(axis=1))
        may, story = np.zeros(len(rows), np.bool_), self.comes_out()
        for practice in np.flatnonzero(judged[week:].any(axis=0)).tolist():
            if practice in self.inquiries:
                may |= np.arange(1, len(rows) + 1) == self.inquiries[practice]
            else:
                most = self._most(rows[week:, :, practice])
                may |= story[:, practice] | running[:, practice] & self.lucky(most, Purpose.REGULATOR_ABOUT + practice)
        return self.first(may)

    def _priced_against_the_law(self, rows: NDArray[np.void]) -> NDArray[np.bool_]:
        """Return which practices are personal prices that a law forbids, or are looked into. Shape (..., practices)."""
        priced = (rows["scope"] == Scope.PAYING_MORE) & (rows["unlawful"] > 0) & (rows["running"] > 0)
        looked_into = np.zeros(rows.shape[-1], np.bool_)
        looked_into[list(self.inquiries)] = True
        return np.asarray(priced.any(axis=-2)) | looked_into

    def complaints(self) -> float:
        """Return the complaints to an authority in the last half-year as a share of all shoppers."""
        first = max(0, self.model.week - 1 - _COMPLAINTS_COUNT_FOR)
        weeks = self.model.books.ledger.weekly[first : self.model.week - 1, self.policy]
        complained = float(weeks[..., Measure.COMPLAINED].sum()) / max(1, self.model.case.population.shoppers)
        return complained * self.number("complaints_to_an_authority")

    def _open(self, practice: int, rows: NDArray[np.void], complaints: float, told: bool) -> None:
        """Begin an inquiry if luck has it: after a story even into what has stopped, else only into what goes on."""
        begins = told and self.luck(Purpose.INQUIRY, practice) < self.number("inquiry_after_story")
        hazard = self._hazard(rows, complaints) if rows["running"].any() else 0.0
        if begins or self.happens(hazard, Purpose.REGULATOR_ABOUT + practice):
            normal = self.normal(Purpose.INQUIRY_LENGTH, practice)
            median, spread = self.number("inquiry_weeks"), self.number("inquiry_weeks_spread")
            self.inquiries[practice] = self.model.week + exposure.length_of_an_inquiry(median, spread, normal)

    def _hazard(self, rows: NDArray[np.void], complaints: float, week: int | None = None) -> float:
        """Return inquiries a year: by complaints, by unlawfulness, more from year to year."""
        return exposure.hazard_of_an_inquiry(
            complaints,
            self.number("complaints_for_an_inquiry"),
            self.number("inquiries_per_year"),
            float(rows["unlawful"].max()),
            self.number("inquiries_into_the_unlawful"),
            1.0 + self.number("salience_growth_per_year") * (week or self.model.week) / 52,
        )

    def _most(self, rows: NDArray[np.void]) -> float:
        """Return what `_hazard` does not exceed in weeks to come, rows of shape (weeks, markets), if all complain."""
        ends = self.model.week, self.model.week + len(rows)
        return max(self._hazard(rows, float("inf"), week) for week in ends)

    def _close(self, practice: int, rows: NDArray[np.void]) -> None:
        """Forbid, and perhaps fine, what is unlawful or went on behind people's backs; otherwise drop the matter."""
        unlawful = bool(rows["unlawful"].any())
        if not unlawful and rows["consent"].max() > Mode.NOTICE:
            return
        name = self.timeline.practice_names[practice]
        self.timeline.stop(name, self.model.week)
        self.timeline.practice(name, self.model.week)["unlawful"] = 1.0
        median, spread = self.number("fine_per_concerned_shopper"), self.number("fine_spread")
        per_head = exposure.skewed(median, spread, self.normal(Purpose.FINE, practice))
        luck, fined = self.luck(Purpose.FINED, practice), self.number("fined_share")
        fine = exposure.fine_for(luck, fined, per_head, self.people_concerned(practice), int(unlawful))
        self.timeline.levers["fine"][self.model.week - 1, 0] += min(fine, self._most_fined(practice))

    def _most_fined(self, practice: int) -> float:
        """Return the most that the laws in force allow for the simulated shoppers; infinite where none says so."""
        week, people = int(self.model.week), self.people_concerned(practice)
        weekly = self.model.books.ledger.weekly[max(0, week - 53) : week - 1, self.policy, ..., Measure.SALES]
        year = float(weekly.sum()) / 100 / max(1, len(weekly)) * 52
        named = [each.law for each in self.model.actions[self.policy] if isinstance(each, Law) and each.week <= week]
        part = 1.0 / self.model.case.households_per_shopper
        return max((laws()[law].most_fined(people, year, part) for law in named if law), default=float("inf"))


class Court(Institution):
    """Hears class actions, which follow some first stories about a flow without consent, or a leak, and are settled."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.actions: dict[int, int] = {}  # practice: week in which its class action is settled
        leaks = [action for action in model.actions[policy] if isinstance(action, Leak)]
        self.leaks = {model.case.practice_names.index(leak.name): leak.share for leak in leaks}

    def act(self) -> None:
        """Settle what is due, and take up what last week's first stories brought."""
        for practice in [each for each, week in self.actions.items() if week == self.model.week]:
            self._settle(practice)
        for practice in np.flatnonzero(self.came_out()).tolist():
            if self._is_actionable(practice, self.now[:, practice]):
                self.actions[practice] = self.model.week + int(self.number("class_action_weeks"))

    def next_week(self) -> int:
        """Return the week after a first story, or in which a class action is settled."""
        settled = np.isin(np.arange(1, len(self.timeline.practices) + 1), list(self.actions.values()))
        return self.first(settled | self.comes_out().any(axis=1))

    def _is_actionable(self, practice: int, rows: NDArray[np.void]) -> bool:
        """Return whether a practice wronged those concerned and luck finds them a lawyer."""
        passed_on = rows["scope"].max() in _JUDGED and rows["consent"].max() <= Mode.NOTICE
        settled = self.timeline.practices["settlement"][..., practice].any()  # on a date; nobody sues again
        wrongs = (passed_on or practice in self.leaks) and self._class_of(practice) > 0 and not settled
        return bool(wrongs and self.luck(Purpose.CLASS_ACTION, practice) < self.number("class_action_per_story"))

    def _class_of(self, practice: int) -> int:
        """Return how many shoppers' data flowed or leaked, or whose faces were taken where that is against a law."""
        against = self._of_faces(self.now[:, practice])
        concerned = self.people_concerned(practice, against if against.any() else None)
        return int(concerned * self.leaks.get(practice, 1.0) + 0.5)

    def _of_faces(self, rows: NDArray[np.void]) -> NDArray[np.bool_]:
        """Return in which markets faces are taken, or were, against a law. Shape (markets,)."""
        found: NDArray[np.bool_] = (rows["scope"] == Scope.SENSED) & (rows["unlawful"] > 0)
        return found

    def _settle(self, practice: int) -> None:
        of_faces = self._of_faces(self.now[:, practice]).any()
        median = self.number("settlement_per_face" if of_faces else "settlement_per_head")
        spread = self.number("settlement_spread")
        per_head = exposure.skewed(median, spread, self.normal(Purpose.SETTLEMENT, practice))
        self.timeline.levers["settlement"][self.model.week - 1, 0] += per_head * self._class_of(practice)
