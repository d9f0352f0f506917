"""The books: what follows from what has been counted, drawn up for many weeks at once when somebody asks.

Nothing that acts reads what is booked here, so that it can wait until the weeks have been lived. What is added up in
fractions is added in the order of the weeks, so that it does not matter how many are drawn up at once.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.model.accounts import Accounts, Counted, Flow, own_flows
from simulation.model.ledger import Ledger, Measure, Touched
from simulation.model.scoring import accuracy_of_score, premiums_per_record, share_misjudged
from simulation.scenario.population import CELLS
from simulation.scenario.practices import Scope

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]

_PAID_ONCE = {
    Flow.FINES: "fine",
    Flow.SETTLEMENTS: "settlement",
    Flow.PAYMENTS: "payment",
    Flow.EXIT_FEES: "exit_fee",
}
"""The levers that hold sums which the retailer pays once."""


class Books:
    """The ledger and the accounts of a run, and those of each party under each policy.

    `levers`, shape (weeks, policies, markets), and `practices`, (weeks, policies, markets, practices), are the model's
    own: the rows of weeks that have been lived stay as they are.
    """

    def __init__(self, levers: NDArray[np.void], practices: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        weeks, policies, markets, kinds = practices.shape
        self.ledger, self.accounts = Ledger(weeks, policies, markets, kinds), Accounts(weeks, policies)
        self.retailers = [RetailersBook(kinds, policy) for policy in range(policies)]
        self.buyers = [BuyersBook(policy) for policy in range(policies)]
        self.levers, self.practices, self.numbers = levers, practices, numbers
        self._drawn_up = 0

    def draw_up(self, lived: int) -> "Books":
        """Book all of the first so many weeks that is not booked yet."""
        weeks, self._drawn_up = slice(self._drawn_up, lived), max(self._drawn_up, lived)
        if weeks.start < lived:
            self.ledger.close(weeks, self.levers[weeks], self.numbers)
            for policy, (retailer, buyer) in enumerate(zip(self.retailers, self.buyers, strict=True)):
                retailer.draw_up(self, weeks)
                buyer.draw_up(self, weeks)
                _book_rival(self, policy, weeks)
                _book_own(self, policy, weeks)
        return self

    def totals(self, policy: int, weeks: slice) -> Whole:
        """Return some weeks' totals. Shape (weeks, measures)."""
        totals: Whole = np.einsum("wmck->wk", self.ledger.weekly[weeks, policy])  # several times as fast as a sum
        return totals

    def number(self, name: str) -> float:
        """Return one of the model's numbers."""
        return float(self.numbers[name])


class RetailersBook:
    """What the retailer pays and is paid under one policy."""

    def __init__(self, practices: int, policy: int) -> None:
        self._policy = policy
        self.concerned = np.zeros(practices, np.int64)  # by each practice so far

    def draw_up(self, books: Books, weeks: slice) -> None:
        """Book sales and all that they cost, and what answers, orders and surveys have cost."""
        policy, money = self._policy, Measure
        week, levers = books.totals(policy, weeks), books.levers[weeks, policy]
        flows: dict[Flow, NDArray[Any]] = {
            Flow.SALES: week[:, money.SALES],
            Flow.GOODS: week[:, money.SALES] - week[:, money.MARGIN],
            Flow.GROCERIES: week[:, money.GOODS],
            Flow.REWARDS: week[:, money.REWARDS],
            Flow.OFFER_COSTS: week[:, money.OFFER_COSTS],
            Flow.DATA_INCOME: week[:, money.DATA_INCOME],
            **{flow: 100.0 * levers[lever].sum(axis=1) for flow, lever in _PAID_ONCE.items()},
        }
        compensation, settlement = self._paid_to_each(books, weeks)
        flows[Flow.COMPENSATION] = 100.0 * compensation
        flows[Flow.SETTLEMENTS] = flows[Flow.SETTLEMENTS] + 100.0 * settlement
        for flow, cents in flows.items():
            books.accounts.book_weeks(weeks, policy, flow, cents)

    def _paid_to_each(self, books: Books, weeks: slice) -> tuple[Floats, Floats]:
        """Return compensation and settlements: dollars each week to those whom each practice has concerned so far."""
        rows = books.practices[weeks, self._policy]
        touched = books.ledger.touched[weeks, self._policy, ..., Touched.FLOWING]
        taken = np.floor(touched.sum(axis=1) * rows["share"].max(axis=1) + 0.5).astype(np.int64)
        concerned = np.maximum.accumulate(np.concatenate([self.concerned[None], taken]))[1:]
        self.concerned = concerned[-1].copy()
        return _to_each(rows["compensation"], concerned), _to_each(rows["settlement"], concerned)


def _to_each(dollars: Floats, concerned: Whole) -> Floats:
    """Return what some dollars for each, by market and practice, come to for those concerned. Shape (weeks,)."""
    due, found = dollars.max(axis=1), np.zeros(len(dollars))
    for week in np.flatnonzero(due.any(axis=1)).tolist():
        found[week] = due[week] @ concerned[week]
    return found


class BuyersBook:
    """What the data buyer pays and is paid under one policy, what the score brings in, and whom it hits."""

    def __init__(self, policy: int) -> None:
        self._policy = policy
        self.premiums_cents: Floats = np.zeros(CELLS)  # raised so far, by cell
        self.judged: Floats = np.zeros(CELLS)  # person-years with a raised premium, by cell
        self.misjudged: Floats = np.zeros(CELLS)  # of them, those whose risk is not high
        self.insured_lost = 0.0
        self.bought: Floats = np.zeros(CELLS)  # cents on the card since the first delivery, by cell
        self.spent: Floats = np.zeros(CELLS)

    def draw_up(self, books: Books, weeks: slice) -> None:
        """Book fees and rewards, what the score brings in, the programme, and insured people lost."""
        totals, rows = books.totals(self._policy, weeks), books.practices[weeks, self._policy]
        self._pay(books, weeks, Flow.FEES, totals[:, Measure.FEES])
        self._pay(books, weeks, Flow.PARTNER_REWARDS, totals[:, Measure.PARTNER_REWARDS])
        flowing = books.ledger.flowing[weeks, self._policy]
        shared = (rows["scope"].max(axis=1) == Scope.SHARED_RECORDS) & ~rows["audience"].any(axis=1)
        used = shared & flowing.any(axis=1)
        for practice in np.flatnonzero(used.any(axis=0)).tolist():
            people = np.where(used[:, practice], flowing[..., practice].sum(axis=1), 0).astype(np.float64)
            self._serve(books, weeks, rows[..., practice], people)
        uses = np.argwhere(used & rows["repricing"].any(axis=1))
        if len(uses):
            self._reprice(books, weeks, flowing, uses)
        self._lose_insured(books, weeks, shared & ~rows["partners"].any(axis=1))

    def _pay(self, books: Books, weeks: slice, flow: Flow, cents: NDArray[Any]) -> None:
        books.accounts.book_weeks(weeks, self._policy, flow, cents)

    def _serve(self, books: Books, weeks: slice, rows: NDArray[np.void], people: Floats) -> None:
        """Book the wellness programme of those whose data flows, and what published findings are worth."""
        number, worth = books.number, rows["worth"].max(axis=1)
        served, told = np.where(worth > 0, people, 0.0), np.where(rows["published"].any(axis=1), people, 0.0)
        self._pay(books, weeks, Flow.WORTH, 100.0 * worth * served / 52)
        self._pay(books, weeks, Flow.SERVICES, 100.0 * worth * number("cost_of_wellness") * served / 52)
        self._pay(books, weeks, Flow.HEALTH_GAINS, 100.0 * rows["saved"].max(axis=1) * served / 52)
        self._pay(books, weeks, Flow.PUBLIC_BENEFIT, 100.0 * number("public_benefit_per_record") * told / 52)

    def _reprice(self, books: Books, weeks: slice, flowing: Whole, uses: Whole) -> None:
        """Raise premiums by the score where policies are individual: groups cannot be re-priced.

        `uses` are week and practice of each delivery that is used so, in the order of the weeks.
        """
        number, (week, practice) = books.number, uses.T
        cells = np.einsum("wmck->wck", books.ledger.weekly[weeks, self._policy])[week]
        bought = _running(self.bought, cells[..., Measure.CARDED_SALES])
        spent = _running(self.spent, cells[..., Measure.SALES])
        accuracy = accuracy_of_score(bought / np.maximum(1, spent), books.numbers)
        people = flowing[week, :, practice]
        insured = people * number("insurer_market_share") * number("individually_insured")
        raised = 100.0 * people * premiums_per_record(accuracy, books.numbers) / 52
        hit = insured * number("flagged_share") / 52
        wrongly = hit * share_misjudged(accuracy, number("flagged_share"))
        self.bought, self.spent = bought[-1].copy(), spent[-1].copy()
        self.premiums_cents = _running(self.premiums_cents, raised)[-1].copy()
        self.judged = _running(self.judged, hit)[-1].copy()
        self.misjudged = _running(self.misjudged, wrongly)[-1].copy()
        cents = np.zeros(len(flowing), np.int64)
        np.add.at(cents, week, np.floor(raised.sum(axis=1) + 0.5).astype(np.int64))
        self._pay(books, weeks, Flow.PREMIUMS, cents)

    def _lose_insured(self, books: Books, weeks: slice, shared: NDArray[np.bool_]) -> None:
        """Let insured people leave who know what the buyer does; part of the blame is the buyer's."""
        number = books.number
        aware = books.ledger.touched[weeks, self._policy].sum(axis=1)[..., Touched.AWARE]
        knowing = (aware * shared).max(axis=1, initial=0) * number("insurer_market_share")
        pace = number("insured_leaving_when_aware") * number("blame_on_the_buyer") / 52
        lost = []
        for know in knowing.tolist():
            self.insured_lost += pace * max(0.0, know - self.insured_lost)
            lost.append(self.insured_lost)
        self._pay(books, weeks, Flow.INSURED_LOST, 100.0 * np.array(lost) * number("margin_per_insured_year") / 52)


def _running(so_far: Floats, each: NDArray[Any]) -> Floats:
    """Return the sums after each week, added one after the other to what there was."""
    return np.add.accumulate(np.concatenate([so_far[None], each]))[1:]


def _book_rival(books: Books, policy: int, weeks: slice) -> None:
    """Book the margin on lost shoppers, who get groceries for it, and what suspicion costs the rival itself."""
    week, number = books.totals(policy, weeks), books.number
    each = week[:, Measure.SALES] / np.maximum(1, week[:, Measure.PATRONS]) * number("gross_margin")
    lost = (week[:, Measure.SHOPPERS] - week[:, Measure.PATRONS]) * number("rival_access")
    suspicious = week[:, Measure.AWARE] * number("rival_size")
    for flow in (Flow.RIVAL_MARGIN, Flow.GROCERIES):
        books.accounts.book_weeks(weeks, policy, flow, lost * each)
    books.accounts.book_weeks(weeks, policy, Flow.RIVAL_SPILL_OVER, suspicious * each * number("rival_spill_over"))


def _book_own(books: Books, policy: int, weeks: slice) -> None:
    """Book what single policies and plug-ins pay by what was counted; raises ValueError where that is no payment."""
    levers = books.levers[weeks, policy]
    for name, flow in own_flows().items():
        if flow.cents is not None and (not flow.lever or levers[flow.lever].any()):
            cents = np.asarray(flow.cents(_counted(books, policy, weeks)), np.float64)
            if cents.shape != (weeks.stop - weeks.start,) or not np.isfinite(cents).all():
                raise ValueError(f"the payment '{name}' must come to one finite number a week")
            books.accounts.book_weeks(weeks, policy, name, cents)


def _counted(books: Books, policy: int, weeks: slice) -> Counted:
    """Return what the payments of some weeks under one policy follow from."""
    rows = books.levers[weeks, policy], books.practices[weeks, policy]
    by_market = books.ledger.weekly[weeks, policy].sum(axis=2)
    concerned = books.ledger.touched[weeks, policy, ..., Touched.FLOWING]
    return Counted(*rows, books.totals(policy, weeks), books.numbers, by_market, concerned)
