"""The organisations in one policy's world, each a Mesa agent: retailer and rival grocer.

Each acts weekly on last week's ledger only, and may rewrite this and later weeks' levers, never a shopper; after the
shoppers have lived their week it books what it has paid and earned.
"""

from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import exposure
from simulation.behaviour.draws import Purpose, standard_normal, uniform
from simulation.model.accounts import Flow
from simulation.model.ledger import Measure, Touched
from simulation.scenario.practices import Scope
from simulation.scenario.responses import Respond, ScaleUp, SurveyFirst
from simulation.scenario.timeline import Timeline


class Institution(mesa.Agent):
    """An organisation in the world of one policy."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model)
        self.policy = policy

    def act(self) -> None:
        """Act on last week's ledger, before the shoppers live their week."""

    def book(self) -> None:
        """Book what this week has cost and earned, after the shoppers have lived it."""

    @property
    def timeline(self) -> Timeline:
        """All weeks of the policy, to be read or rewritten from this week on."""
        timeline: Timeline = self.model.timeline(self.policy)
        return timeline

    @property
    def now(self) -> NDArray[np.void]:
        """The rows of practices of this week. Shape (markets, practices)."""
        rows: NDArray[np.void] = self.timeline.practices[self.model.week - 1]
        return rows

    def number(self, name: str) -> float:
        """Return one of the model's numbers."""
        return float(self.model.numbers[name])

    def latest(self) -> NDArray[np.int64]:
        """Return the latest week's totals by measure: last week's while acting, this week's while booking."""
        totals: NDArray[np.int64] = self.model.totals[self.policy]
        return totals

    def happens(self, per_year: float, purpose: int) -> bool:
        """Return whether something of this yearly hazard happens this week."""
        return bool(uniform(self.model.keys[purpose], 0) < exposure.chance_in_week(per_year))

    def luck(self, purpose: Purpose, practice: int) -> float:
        """Return a practice's uniform luck of the whole run, the same under every policy."""
        return float(uniform(self.model.opening_keys[purpose], practice))

    def normal(self, purpose: Purpose, practice: int) -> float:
        """Return a practice's standard normal luck of the whole run, the same under every policy."""
        return float(standard_normal(self.model.opening_keys[purpose], practice))

    def pay(self, flow: Flow, cents: float) -> None:
        """Book a payment of this week."""
        self.model.accounts.book(self.model.week, self.policy, flow, cents)

    def is_out(self, practice: int) -> bool:
        """Return whether a story about a practice has run, up to last week."""
        return bool(self.timeline.practices[: self.model.week - 1, :, practice]["press"].any())

    def came_out(self) -> NDArray[np.bool_]:
        """Return about which practices the first story broke last week."""
        press = self.timeline.practices[: self.model.week - 1]["press"]
        last = np.asarray(press[-1:].any(axis=(0, 1)))
        return last & ~press[:-1].any(axis=(0, 1)) if last.any() else last

    def people_concerned(self, practice: int) -> int:
        """Return how many shoppers a practice has touched at most in any week, up to last week."""
        touched = self.model.ledger.touched[: self.model.week - 1, self.policy, :, practice, Touched.FLOWING]
        return int(touched.sum(axis=1).max(initial=0))


_PAID_ONCE = {
    Flow.FINES: "fine",
    Flow.SETTLEMENTS: "settlement",
    Flow.PAYMENTS: "payment",
    Flow.EXIT_FEES: "exit_fee",
}
"""The levers that hold sums which the retailer pays once."""


class Retailer(Institution):
    """Sees carded sales only; the less it sees, the worse its offers fit. Answers, asks and scales up as planned."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.seen_at_first = 0.0
        self.carded_cents = 0
        self.concerned = np.zeros(len(model.case.practice_names), np.int64)
        self.answered: set[int] = set()

    def act(self) -> None:
        """Read the dashboard, set how well this week's offers can fit, and do what has been planned for such a week."""
        self._look()
        for place, action in enumerate(self.model.actions[self.policy]):
            if isinstance(action, Respond) and action.to != "date":
                self._respond(place, action)
            elif isinstance(action, ScaleUp) and action.week == self.model.week:
                self._read_out(action)
            elif isinstance(action, SurveyFirst) and action.week == self.model.week:
                self._survey(action)

    def _look(self) -> None:
        last = self.latest()
        self.carded_cents = int(last[Measure.CARDED_SALES])
        seen = last[Measure.MEMBERS] / max(1, last[Measure.SHOPPERS])
        self.seen_at_first = self.seen_at_first or seen
        if self.seen_at_first:
            self.timeline.levers[self.model.week - 1]["offer_precision"] = min(1.0, seen / self.seen_at_first)

    def _respond(self, place: int, action: Respond) -> None:
        week = self.model.week
        if place not in self.answered and week > action.week and self._is_called_for(action):
            self.answered.add(place)
            action.answer(self.timeline, max(week, week - 1 + action.after), self.model.numbers)

    def _is_called_for(self, action: Respond) -> bool:
        """Return whether last week brought what an answer waits for."""
        if action.to == "complaints":
            return self._is_known(action.about) and self.share_complaining() > action.complaints_tolerated
        rows = self.timeline.practice(action.about, self.model.week - 1)[0]
        return bool(rows["press" if action.to == "exposure" else "unlawful"].any())

    def _is_known(self, name: str) -> bool:
        """Return whether anybody knew of a practice last week."""
        practice = self.timeline.practice_names.index(name)
        return bool(self.model.ledger.touched[self.model.week - 2, self.policy, :, practice, Touched.AWARE].any())

    def share_complaining(self) -> float:
        """Return the share of members who complained last week, whether they called, wrote or went to an authority."""
        last = self.latest()
        return float(last[Measure.COMPLAINED] / max(1, last[Measure.MEMBERS]))

    def _read_out(self, action: ScaleUp) -> None:
        if self.effect_of_pilot(action.about) >= action.if_effect_above:
            action.extend(self.timeline)

    def effect_of_pilot(self, name: str) -> float:
        """Return a pilot's relative effect on carded sales, all that is seen, by difference in differences."""
        running = self.timeline.practices[: self.model.week - 1, :, self.timeline.practice_names.index(name)]["running"]
        began, pilot = int(np.argmax(running.any(axis=1))), running[-1] > 0
        carded = self.model.ledger.weekly[: self.model.week - 1, self.policy, ..., Measure.CARDED_SALES].sum(axis=2)
        if not began or pilot.all() or not pilot.any():
            return 0.0
        means = [carded[part][:, where].sum(axis=1).mean() for where in (pilot, ~pilot) for part in _halves(began)]
        return float((means[1] / max(1.0, means[0])) / max(1e-9, means[3] / max(1.0, means[2])) - 1.0)

    def _survey(self, action: SurveyFirst) -> None:
        if self.share_refusing(action) > action.stop_if_refusing_above:
            action.drop(self.timeline)

    def share_refusing(self, action: SurveyFirst) -> float:
        """Return the share of a sample who say that they would mind."""
        minds = self.minding(action.about, action.week)
        key, size = self.model.keys[Purpose.SURVEY], len(minds)
        sample = min(action.sample, self.model.case.chain.households)
        asked = [int(uniform(key, each) * size) for each in range(sample)]
        return float(np.mean(minds[asked]))

    def minding(self, practice: str, week: int) -> NDArray[np.bool_]:
        """Return who would say that they mind a practice: what is said weighs in full, unlike in action."""
        flow = float(self.timeline.practice(practice, week)["flow"].max())
        minds: NDArray[np.bool_] = flow * self.model.people.sensitivity > self.number("minding_from")
        return minds

    def book(self) -> None:
        """Book sales and all that they cost, and what answers, orders and surveys have cost."""
        week, money = self.latest(), Measure
        levers = self.timeline.levers[self.model.week - 1]
        self.pay(Flow.SALES, int(week[money.SALES]))
        self.pay(Flow.GOODS, int(week[money.SALES] - week[money.MARGIN]))
        self.pay(Flow.GROCERIES, int(week[money.GOODS]))
        for measure in (money.REWARDS, money.OFFER_COSTS, money.DATA_INCOME):
            self.pay(Flow[measure.name], int(week[measure]))
        self.pay(Flow.COMPENSATION, 100.0 * self._compensation())
        for flow, lever in _PAID_ONCE.items():
            self.pay(flow, 100.0 * float(levers[lever].sum()))

    def _compensation(self) -> float:
        """Return the dollars due this week to those whom each practice has concerned so far, this week included."""
        rows, touched = self.now, self.model.ledger.touched[self.model.week - 1, self.policy, ..., Touched.FLOWING]
        taken = np.floor(touched.sum(axis=0) * rows["share"].max(axis=0) + 0.5).astype(np.int64)
        self.concerned = np.maximum(self.concerned, taken)
        return float(rows["compensation"].max(axis=0) @ self.concerned)


def _halves(began: int) -> tuple[slice, slice]:
    return slice(0, began), slice(began, None)


class Rival(Institution):
    """Another grocer: takes up those who leave, brands itself on privacy after a story, or follows a quiet sale."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.moved = False

    def act(self) -> None:
        """Answer a story with a campaign, or sell data too once a sale has long gone unpunished."""
        sales = np.flatnonzero(self.now["scope"].max(axis=0, initial=0) == Scope.SHARED_RECORDS)
        sold = [int(k) for k in sales if self.timeline.practices[: self.model.week, :, k]["running"].any()]
        if self.moved or not sold:
            return
        out = [self._weeks_out(k) for k in sold if self.is_out(k)]
        if out and max(out) >= self.number("rival_answers_after_weeks"):
            weeks = int(self.number("rival_campaign_weeks"))
            self._set_refuge(self.number("rival_privacy_claim"), weeks, self.number("rival_win_back"))
        elif not out and max(map(self._weeks_running, sold)) >= self.number("rival_follows_after_weeks"):
            self._set_refuge(-self.number("refuge_lost_if_rival_sells"), self.model.case.weeks)
            self.timeline.levers["rival_sells"][self.model.week - 1 :] = 1.0

    def _set_refuge(self, privacy: float, weeks: int, pull: float = 0.0) -> None:
        self.moved = True
        rows = self.timeline.levers[self.model.week - 1 : self.model.week - 1 + weeks]
        rows["rival_privacy"], rows["rival_pull"] = privacy, pull

    def _weeks_out(self, practice: int) -> int:
        told = self.timeline.practices[: self.model.week, :, practice]["press"].any(axis=1)
        return self.model.week - 1 - int(np.argmax(told))

    def _weeks_running(self, practice: int) -> int:
        return int(self.timeline.practices[: self.model.week, :, practice]["running"].any(axis=1).sum())

    def book(self) -> None:
        """Book the margin on lost shoppers, who get groceries for it, and what suspicion costs the rival itself."""
        week = self.latest()
        each = float(week[Measure.SALES]) / max(1, int(week[Measure.PATRONS])) * self.number("gross_margin")
        lost = int(week[Measure.SHOPPERS] - week[Measure.PATRONS]) * self.number("rival_access")
        for flow in (Flow.RIVAL_MARGIN, Flow.GROCERIES):
            self.pay(flow, lost * each)
        suspicious = float(week[Measure.AWARE]) * self.number("rival_size")
        self.pay(Flow.RIVAL_SPILL_OVER, suspicious * each * self.number("rival_spill_over"))
