"""What a record is worth to its buyer, and what it pays where the fee is left to it; expected values by hand."""

from collections.abc import Callable

import numpy as np
import pytest
from conftest import SALE

from simulation.behaviour.parameters import numbers
from simulation.model.accounts import Flow
from simulation.model.ledger import Measure
from simulation.model.scoring import worth_of_a_record
from simulation.runs.return_sheet import return_sheet
from simulation.runs.run import run_scenario
from simulation.scenario.flows import ShareData
from simulation.scenario.practices import PRACTICE
from simulation.scenario.schema import Scenario

WORLD = {
    "possible_buyers": 1,
    "reservation_spread": 0,
    "reservation_fee": 0.4,
    "paid_by_a_lone_buyer": 0.5,
    "insurer_market_share": 0.2,
    "individually_insured": 0.5,
    "worth_of_a_perfect_score": 100,
    "predictive_strength": 0.5,
    "food_bought_here": 1.0,
    "bought_for_others": 0.75,
    "health_gain_per_participant": 30,
    "cost_of_wellness": 0.5,
}
OPEN = {name: value for name, value in SALE.items() if name != "fee_per_member_year"}
PROGRAMME = OPEN | {"consent": "opt_in", "purpose": "wellness", "worth_to_participant": 20}


def worth(**terms: object) -> float:
    p, rows = numbers({f"world.{name}": value for name, value in WORLD.items()}), np.zeros(1, PRACTICE)
    ShareData.model_validate(OPEN | terms).set_terms(rows, p)
    return worth_of_a_record(rows[0], p)


@pytest.mark.parametrize(
    ("terms", "by_hand"),
    [
        # a fifth is insured there, half of them by person; a quarter of the food is seen: 0.5 x 0.5 of 100 dollars
        ({}, 0.2 * 0.5 * 0.25 * 100),
        # of a fifth of those who take part 30 dollars of claims are saved, for a service that costs half of 20
        (PROGRAMME, 0.2 * (30 - 10)),
        # at twice the worth to participants it costs 20 of the 30
        (PROGRAMME | {"worth_to_participant": 40}, 0.2 * 10),
        # at a worth of 60 it costs all that it saves, beyond that more: nobody would pay for that
        (PROGRAMME | {"worth_to_participant": 80}, 0.0),
        # a broker's gain, a brand's and that of a programme without a service are not in the books: the usual price
        ({"with": "broker"}, 0.4),
        ({"purpose": "marketing"}, 0.4),
        (PROGRAMME | {"worth_to_participant": 0}, 0.4),
        # aggregates tell nothing of one person whose premium could be raised
        ({"fields": "aggregates"}, 0.4),
    ],
)
def test_a_record_is_worth_what_it_brings_its_buyer(terms: dict[str, object], by_hand: float) -> None:
    assert worth(**terms) == pytest.approx(by_hand)


def test_a_lone_buyer_pays_half_of_it_under_every_policy(make_scenario: Callable[..., Scenario]) -> None:
    policies = {
        "sale": [OPEN],
        "at 1.25": [OPEN | {"fee_per_member_year": 1.25}],
        "programme": [PROGRAMME],
        "at 2": [PROGRAMME | {"fee_per_member_year": 2}],
        "guarded": [OPEN | {"restricted_access": True, "exclusive": True}],
    }
    case = make_scenario(policies, world=WORLD, institutions=["data_buyer"], population={"shoppers": 1000})
    outcome = run_scenario(case)
    fees = outcome.flow(Flow.FEES)[0].sum(axis=0)
    assert fees[1] == fees[2] > 0 and fees[3] == fees[4] > 0
    # a safeguard costs a tenth, exclusivity brings three tenths more
    assert fees[5] == pytest.approx(1.17 * fees[1], rel=1e-3)
    assert return_sheet(outcome, 1)[0].naive == pytest.approx(return_sheet(outcome, 2)[0].naive), "so counts an analyst"


def test_the_buyers_account_holds_what_it_bids_for(make_scenario: Callable[..., Scenario]) -> None:
    case = make_scenario({"programme": [PROGRAMME]}, world=WORLD, institutions=["data_buyer"], weeks=104)
    outcome = run_scenario(case)
    years = outcome.weekly(Measure.SHARED)[0, :, 1].sum() / 52
    assert years > 5
    each = {flow: outcome.flow(flow)[0, :, 1].sum() / 100 / years for flow in Flow}
    assert each[Flow.HEALTH_GAINS] == pytest.approx(0.2 * 30, rel=0.01)
    assert each[Flow.SERVICES] == pytest.approx(0.2 * 10, rel=0.01)
    assert each[Flow.WORTH] == pytest.approx(0.2 * 20, rel=0.01), "the others have no use of the insurer's nurse line"
    assert each[Flow.FEES] == pytest.approx(2, rel=0.05), "half of 4, less what a yearly look at the data takes off"


def test_what_brings_its_buyer_nothing_is_not_bought(make_scenario: Callable[..., Scenario]) -> None:
    policies = {"too dear": [PROGRAMME | {"worth_to_participant": 80}]}
    outcome = run_scenario(make_scenario(policies, world=WORLD, replicates=2))
    assert outcome.weekly(Measure.SHARED)[..., 1].sum() == 0
    assert (outcome.difference() == 0).all(), "no data flows, so nothing differs"


def test_a_discount_saves_no_claims(make_scenario: Callable[..., Scenario]) -> None:
    discount = PROGRAMME | {"purpose": "underwriting", "fee_per_member_year": 1}
    outcome = run_scenario(make_scenario({"discount": [discount]}, world=WORLD, institutions=["data_buyer"]))
    assert outcome.flow(Flow.HEALTH_GAINS).sum() == 0 and outcome.flow(Flow.WORTH)[0, :, 1].sum() > 0
