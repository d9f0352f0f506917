"""The five-year return as an analyst without a model of behaviour would write it, beside the simulated one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.model.accounts import Flow
from simulation.model.ledger import Measure
from simulation.scenario.flows import ShareData
from simulation.study.outcome import YEAR, Outcome

Floats = NDArray[np.float64]

STATED_TAKE_UP = 0.47
"""Share who call a grocery card whose data is sold acceptable (Pew Research Center 2016): what a survey promises."""


@dataclass(frozen=True)
class Line:
    """One line of the sheet: dollars over all weeks, undiscounted, mean over replicates; signs as the retailer's."""

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

    def extra(*flows: Flow, sign: int = 1) -> float:
        total = sum(outcome.flow(flow).sum(axis=1) for flow in flows)
        return float(sign * np.mean(total[:, policy] - total[:, 0]) / 100)

    stayed, left = _margin_by_cause(outcome, policy)
    promised = _promised(outcome, policy)
    return [
        Line(
            "fees for records", promised["fees"], extra(Flow.FEES), "members who drop the card, opt out or never opt in"
        ),
        Line(
            "rewards to shoppers", -promised["rewards"], extra(Flow.REWARDS, sign=-1), "fewer take part; less is carded"
        ),
        Line("margin: shoppers who leave", 0.0, left, "fewer patrons"),
        Line("margin: shoppers who stay", 0.0, stayed, "smaller or larger baskets, other prices"),
        Line("suppliers' payments for insight", 0.0, extra(Flow.DATA_INCOME), "sales that the card no longer sees"),
        Line("offers", 0.0, extra(Flow.OFFER_COSTS, sign=-1), "offers sent, data bought"),
        Line(
            "answering for it",
            0.0,
            extra(Flow.COMPENSATION, Flow.FINES, Flow.SETTLEMENTS, Flow.PAYMENTS, Flow.EXIT_FEES, sign=-1),
            "fines, settlements, compensation, surveys, exit fees",
        ),
    ]


def _margin_by_cause(outcome: Outcome, policy: int) -> tuple[float, float]:
    """Return the extra margin of those who stay, by what each buys, and of those who leave, by how many there are."""
    margin = outcome.flow(Flow.SALES) - outcome.flow(Flow.GOODS)
    patrons = np.maximum(1, outcome.weekly(Measure.PATRONS))
    each, fewer = margin / patrons, patrons[..., policy] - patrons[..., 0]
    left = (fewer * each[..., 0]).sum(axis=1).mean() / 100
    total = (margin[..., policy] - margin[..., 0]).sum(axis=1).mean() / 100
    return float(total - left), float(left)


def _offered(outcome: Outcome, action: ShareData) -> float:
    """Return the fee in the contract; where it is left to buyers, the one an analyst would take for usual."""
    fee = action.fee_per_member_year
    return outcome.number("world.reservation_fee", outcome.replicates[0]) if fee is None else fee


def _promised(outcome: Outcome, policy: int) -> dict[str, float]:
    """Return what the contract yields if the baseline's members all take part who say they would."""
    members = outcome.weekly(Measure.MEMBERS)[..., 0].mean(axis=0)
    carded = outcome.weekly(Measure.CARDED_SALES)[..., 0].mean(axis=0) / 100
    fees = rewards = 0.0
    for action in outcome.sharing(policy):
        share = STATED_TAKE_UP if action.consent == "opt_in" else 1.0
        where = sum(outcome.scenario.markets[name] for name in action.markets or outcome.scenario.markets)
        fees += share * where * _offered(outcome, action) * float(members[action.weeks].sum()) / YEAR
        by_retailer = action.reward if action.reward_paid_by == "retailer" else 0.0
        rewards += share * where * by_retailer * float(carded[action.weeks].sum())
    return {"fees": fees, "rewards": rewards}
