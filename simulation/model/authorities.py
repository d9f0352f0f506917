"""Those who use the data and those who judge: data buyer, regulator and court, each a Mesa agent."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import exposure
from simulation.behaviour.arithmetic import exponential
from simulation.behaviour.draws import Purpose, standard_normal
from simulation.model.accounts import Flow
from simulation.model.institutions import Institution
from simulation.model.ledger import COUNTED, Measure, Touched
from simulation.model.scoring import accuracy_of_score, premiums_per_record, share_misjudged, worth_of_a_record
from simulation.scenario.events import Leak
from simulation.scenario.population import CELLS
from simulation.scenario.practices import Mode, Scope
from simulation.scenario.timeline import no_practices

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]

_COMPLAINTS_COUNT_FOR = 26  # weeks


class DataBuyer(Institution):
    """Bids for records, scores those it insures, raises some premiums, and pays less once it sees less."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.fees_cents = 0
        self.rewards_cents = 0
        self.premiums_cents = np.zeros(CELLS)  # raised so far, by cell
        self.judged = np.zeros(CELLS)  # person-years with a raised premium, by cell
        self.misjudged = np.zeros(CELLS)  # of them, those whose risk is not high
        self.insured_lost = 0.0
        self.bought: Floats = np.zeros(CELLS)  # cents on the card since the first delivery, by cell
        self.spent: Floats = np.zeros(CELLS)
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
        last = self.latest()
        share = float(last[Measure.CARDED_SALES]) / max(1, int(last[Measure.SALES]))
        covered = float(last[Measure.SHARED]) / max(1, int(last[Measure.SHOPPERS]))
        return covered * float(accuracy_of_score(np.array(share), self.model.numbers))

    def book(self) -> None:
        """Book fees and rewards, what the score brings in and whom it hits, the programme, and insured people lost."""
        week = self.latest()
        fees, rewards = int(week[Measure.FEES]), int(week[Measure.PARTNER_REWARDS])
        self.fees_cents += fees
        self.rewards_cents += rewards
        self.pay(Flow.FEES, fees)
        self.pay(Flow.PARTNER_REWARDS, rewards)
        rows = self.now
        flowing = self._flowing()
        used = (rows["scope"].max(axis=0) == Scope.SHARED_RECORDS) & flowing.any(axis=0)
        for practice in np.flatnonzero(used).tolist():
            self._use(rows[:, practice], flowing[:, practice])
        self._lose_insured()

    def _flowing(self) -> Whole:
        """Return whose data flows this week. Shape (cells, practices)."""
        counts = self.model.ledger.counts[self.policy, ..., COUNTED:].sum(axis=0)
        flowing: Whole = counts.reshape(CELLS, -1, len(Touched))[..., Touched.FLOWING]
        return flowing

    def _use(self, rows: NDArray[np.void], people: Whole) -> None:
        count = float(people.sum())
        if rows["repricing"].any():
            self._reprice(people)
        if (worth := float(rows["worth"].max())) > 0:
            self.pay(Flow.WORTH, 100.0 * worth * count / 52)
            self.pay(Flow.SERVICES, 100.0 * worth * self.number("cost_of_wellness") * count / 52)
            self.pay(Flow.HEALTH_GAINS, 100.0 * float(rows["saved"].max()) * count / 52)
        if rows["published"].any():
            self.pay(Flow.PUBLIC_BENEFIT, 100.0 * self.number("public_benefit_per_record") * count / 52)

    def _reprice(self, people: Whole) -> None:
        """Raise premiums by the score where policies are individual: groups cannot be re-priced."""
        week = self.model.ledger.weekly[self.model.week - 1, self.policy].sum(axis=0)
        self.bought += week[:, Measure.CARDED_SALES]
        self.spent += week[:, Measure.SALES]
        accuracy = accuracy_of_score(self.bought / np.maximum(1, self.spent), self.model.numbers)
        insured = people * self.number("insurer_market_share") * self.number("individually_insured")
        raised = 100.0 * people * premiums_per_record(accuracy, self.model.numbers) / 52
        hit = insured * self.number("flagged_share") / 52
        self.premiums_cents += raised
        self.judged += hit
        self.misjudged += hit * share_misjudged(accuracy, self.number("flagged_share"))
        self.pay(Flow.PREMIUMS, float(raised.sum()))

    def _lose_insured(self) -> None:
        """Let insured people leave who know what the buyer does; part of the blame is the buyer's."""
        rows = self.now
        shared = rows["scope"].max(axis=0, initial=0) == Scope.SHARED_RECORDS
        aware = self.model.ledger.touched[self.model.week - 1, self.policy].sum(axis=0)[:, Touched.AWARE]
        knowing = float((aware * shared).max(initial=0)) * self.number("insurer_market_share")
        pace = self.number("insured_leaving_when_aware") * self.number("blame_on_the_buyer") / 52
        self.insured_lost += pace * max(0.0, knowing - self.insured_lost)
        self.pay(Flow.INSURED_LOST, 100.0 * self.insured_lost * self.number("margin_per_insured_year") / 52)


class Regulator(Institution):
    """Looks into what draws a story or complaints, or breaks the law; orders an end, and may fine, years later."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.inquiries: dict[int, int] = {}  # practice: week in which its inquiry closes

    def act(self) -> None:
        """Close inquiries that are due, and open those that a story, complaints or a broken law bring."""
        rows, complaints, told = self.now, self.complaints(), self.came_out()
        for practice in np.flatnonzero(rows["scope"].max(axis=0, initial=0) == Scope.SHARED_RECORDS).tolist():
            if practice not in self.inquiries:
                self._open(practice, rows[:, practice], complaints, bool(told[practice]))
            elif self.model.week == self.inquiries[practice]:
                self._close(practice, rows[:, practice])

    def complaints(self) -> float:
        """Return the complaints to an authority in the last half-year as a share of all shoppers."""
        first = max(0, self.model.week - 1 - _COMPLAINTS_COUNT_FOR)
        weeks = self.model.ledger.weekly[first : self.model.week - 1, self.policy]
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

    def _hazard(self, rows: NDArray[np.void], complaints: float) -> float:
        """Return inquiries a year: by complaints, by unlawfulness, more from year to year."""
        return exposure.hazard_of_an_inquiry(
            complaints,
            self.number("complaints_for_an_inquiry"),
            self.number("inquiries_per_year"),
            float(rows["unlawful"].max()),
            self.number("inquiries_into_the_unlawful"),
            1.0 + self.number("salience_growth_per_year") * self.model.week / 52,
        )

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
        self.timeline.levers["fine"][self.model.week - 1, 0] += fine


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

    def _is_actionable(self, practice: int, rows: NDArray[np.void]) -> bool:
        """Return whether a practice wronged those concerned and luck finds them a lawyer."""
        passed_on = rows["scope"].max() == Scope.SHARED_RECORDS and rows["consent"].max() <= Mode.NOTICE
        wrongs = (passed_on or practice in self.leaks) and self._class_of(practice) > 0
        return bool(wrongs and self.luck(Purpose.CLASS_ACTION, practice) < self.number("class_action_per_story"))

    def _class_of(self, practice: int) -> int:
        """Return how many shoppers' data flowed or leaked."""
        return int(self.people_concerned(practice) * self.leaks.get(practice, 1.0) + 0.5)

    def _settle(self, practice: int) -> None:
        median, spread = self.number("settlement_per_head"), self.number("settlement_spread")
        per_head = exposure.skewed(median, spread, self.normal(Purpose.SETTLEMENT, practice))
        self.timeline.levers["settlement"][self.model.week - 1, 0] += per_head * self._class_of(practice)
