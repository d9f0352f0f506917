"""The five-year return as an analyst without a model of behaviour would write it, beside the simulated one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.model.accounts import ROUTES, Flow, Party, own_flows
from simulation.model.ledger import Measure
from simulation.runs.formats import dollars
from simulation.runs.naive_return import Naive, naive_payments, naive_return
from simulation.runs.outcome import Outcome
from simulation.runs.readings import YEAR

Floats = NDArray[np.float64]

_ANSWERS = (Flow.COMPENSATION, Flow.FINES, Flow.SETTLEMENTS, Flow.PAYMENTS, Flow.EXIT_FEES)


@dataclass(frozen=True)
class Line:
    """One line of the sheet: dollars over all weeks, undiscounted, signs as the retailer's.

    What is simulated is a mean over replicates, each life weighted by its chance.

    `cause` says in figures what the naive sheet counts on and what came of it.
    """

    name: str
    naive: float
    simulated: float
    cause: str

    @property
    def difference(self) -> float:
        """What behaviour adds to the naive figure, or takes from it."""
        return self.simulated - self.naive


def return_sheet(outcome: Outcome, policy: int) -> list[Line]:
    """Return the lines of a policy's return over the baseline; the naive sheet lets shoppers stay as they are."""
    return outcome.once(_return_sheet, policy)


def _return_sheet(outcome: Outcome, policy: int) -> list[Line]:
    expected, naive = outcome.expected, naive_return(outcome, policy)

    def extra(*flows: Flow, sign: int = 1) -> float:
        total = sum(expected.flow(flow).sum(axis=1) for flow in flows)
        return float(sign * np.mean(total[:, policy] - total[:, 0]) / 100)

    stayed, left = _margin_by_cause(expected, policy)
    because = _Because(naive, _Lived(expected, policy), _Lived(expected, 0))
    return [
        Line("fees for records", naive.fees, extra(Flow.FEES), because.fees()),
        Line("rewards to shoppers", naive.rewards, extra(Flow.REWARDS, sign=-1), because.rewards()),
        Line("margin: other numbers of patrons", 0.0, left, because.patrons()),
        Line("margin: what each patron buys and pays", naive.prices, stayed, because.baskets()),
        Line("suppliers' payments for insight", naive.insight, extra(Flow.DATA_INCOME), because.carded()),
        Line("offers", naive.offers, extra(Flow.OFFER_COSTS, sign=-1), because.offers()),
        Line("answering for it", naive.answering, extra(*_ANSWERS, sign=-1), _answers(expected, policy)),
        *_own_lines(outcome, policy),
    ]


def _own_lines(outcome: Outcome, policy: int) -> list[Line]:
    """Return a line for each payment of a single policy or plug-in that the retailer makes or gets, if it moves."""
    naive, expected, found = naive_payments(outcome, policy), outcome.expected, []
    visits, usual = (float(expected.weekly(Measure.CARDED_TRIPS)[..., each].sum(axis=1).mean()) for each in (policy, 0))
    for name, flow in own_flows().items():
        sign = (flow.payee == Party.RETAILER) - (flow.payer == Party.RETAILER)
        paid = expected.flow(name).sum(axis=1)
        simulated = float(sign * np.mean(paid[:, policy] - paid[:, 0]) / 100)
        if sign and (simulated or naive.get(name)):
            cause = _instead("visits with the card", visits, usual)
            found.append(Line(flow.meaning, sign * naive.get(name, 0.0), simulated, cause))
    return found


def _margin_by_cause(outcome: Outcome, policy: int) -> tuple[float, float]:
    """Return the extra margin of those who stay, by what each buys, and of those who leave, by how many there are."""
    margin = outcome.flow(Flow.SALES) - outcome.flow(Flow.GOODS)
    patrons = np.maximum(1, outcome.weekly(Measure.PATRONS))
    each, fewer = margin / patrons, patrons[..., policy] - patrons[..., 0]
    left = (fewer * each[..., 0]).sum(axis=1).mean() / 100
    total = (margin[..., policy] - margin[..., 0]).sum(axis=1).mean() / 100
    return float(total - left), float(left)


# --- why ----------------------------------------------------------------------------------------------------------


class _Lived:
    """What a policy came to over all weeks, mean over replicates: dollars and counts."""

    def __init__(self, outcome: Outcome, policy: int) -> None:
        def total(measure: Measure) -> float:
            return float(outcome.weekly(measure)[..., policy].sum(axis=1).mean())

        self.sales, self.carded = total(Measure.SALES) / 100, total(Measure.CARDED_SALES) / 100
        self.margin = total(Measure.MARGIN) / 100
        self.member_years, self.fees = total(Measure.SHARED) / YEAR, total(Measure.FEES) / 100
        self.patron_years, self.members = total(Measure.PATRONS) / YEAR, total(Measure.MEMBERS) / YEAR
        self.offers, self.redeemed = total(Measure.OFFERS), total(Measure.REDEEMED)


@dataclass(frozen=True)
class _Because:
    """What differs between the naive sheet and what was lived, in figures."""

    naive: Naive
    lived: _Lived
    baseline: _Lived

    def fees(self) -> str:
        planned = self._planned_years()
        if not planned and not self.lived.fees:  # what flows without a contract, such as to audiences, earns no fee
            return ""
        paid = self.lived.fees / max(1.0, self.lived.member_years)
        counted = (self.baseline.fees + self.naive.fees) / planned if planned else 0.0
        return _joined(self.taking_part(), _instead("paid for each", paid, counted, money=True))

    def taking_part(self) -> str:
        return _instead("member-years of data", self.lived.member_years, self._planned_years())

    def _planned_years(self) -> float:
        return self.baseline.member_years + self.naive.member_years

    def rewards(self) -> str:
        redeemed = _instead("offers redeemed", self.lived.redeemed, self.baseline.redeemed)
        return _joined(self.taking_part() if self.naive.rewarded else "", self.carded(), redeemed)

    def carded(self) -> str:
        return _instead("sales on the card", self.lived.carded, self.naive.carded_sales, money=True)

    def patrons(self) -> str:
        return _instead("patron-years", self.lived.patron_years, self.baseline.patron_years)

    def baskets(self) -> str:
        lived, naive, patrons = self.lived, self.naive, self.baseline.patron_years
        each, planned = lived.sales / max(1.0, lived.patron_years), naive.sales / max(1.0, patrons)
        bought = _instead("sales a patron-year", each, planned, money=True)
        kept = f"{lived.margin / max(1.0, lived.sales):.1%}"
        counted = f"{(self.baseline.margin + naive.prices) / max(1.0, naive.sales):.1%}"
        return _joined(bought, f"margin on them: {kept} instead of {counted}" if kept != counted else "")

    def offers(self) -> str:
        sent = _instead("offers sent", self.lived.offers, self.naive.offers_sent)
        return sent or _instead("member-years", self.lived.members, self.baseline.members)


def _answers(outcome: Outcome, policy: int) -> str:
    """Return what was paid for answering, each kind with its amount."""
    paid = {flow: float(np.mean(outcome.flow(flow)[..., policy].sum(axis=1))) / 100 for flow in _ANSWERS}
    return ", ".join(f"{ROUTES[flow][2]}: {dollars(amount)}" for flow, amount in paid.items() if amount)


def _instead(what: str, lived: float, planned: float, money: bool = False) -> str:
    """Return what came instead of what was counted on; "" if both read the same."""
    now, then = (dollars(each, digits=4) if money else f"{each:,.0f}" for each in (lived, planned))
    return f"{what}: {now} instead of {then}" if now != then else ""


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))
