"""The books close: people in and out, money in its parts, and what one party pays the other receives."""

from collections.abc import Callable

import numpy as np
import pytest
from conftest import SALE
from test_engines import SCENARIOS

from simulation.behaviour.parameters import numbers, parameters
from simulation.model.accounts import ROUTES, Flow, Party, balances
from simulation.model.ledger import FEE_UNITS_PER_CENT, Event, Ledger, Measure, Touched, touched_by
from simulation.model.model import LoyaltyModel
from simulation.scenario.practices import PRACTICE
from simulation.scenario.schema import Scenario
from simulation.scenario.timeline import LEVERS

POLICIES = {
    "sale": [
        SALE | {"reward": 0.01, "reward_paid_by": "partner"},
        {"week": 8, "do": "press_story", "about": "share_data"},
    ],
    "offers": [{"week": 2, "do": "targeted_offers", "intensity": 3, "depth": 1}],
}


@pytest.fixture
def model(make_scenario: Callable[..., Scenario]) -> LoyaltyModel:
    return LoyaltyModel(make_scenario(POLICIES, population={"shoppers": 3000}, weeks=40)).run()


def test_patrons_are_opening_plus_joined_less_left(model: LoyaltyModel) -> None:
    weekly = model.ledger.weekly
    patrons, joined, left = (weekly[..., measure] for measure in (Measure.PATRONS, Measure.JOINED, Measure.LEFT))
    assert np.array_equal(patrons[1:], patrons[:-1] + joined[1:] - left[1:])
    assert left.sum() > 0 and joined.sum() > 0
    assert np.array_equal(patrons[-1].sum(axis=(1, 2)), model.lives.patron.sum(axis=1))


def test_every_shopper_is_counted_every_week(model: LoyaltyModel) -> None:
    assert (model.ledger.weekly[..., Measure.SHOPPERS].sum(axis=(2, 3)) == 3000).all()


def test_the_parts_of_revenue_and_contribution_add_up(model: LoyaltyModel) -> None:
    weekly = model.ledger.weekly
    money = {measure: weekly[..., measure] for measure in Measure}
    assert (money[Measure.CARDED_SALES] <= money[Measure.SALES]).all()
    paid = money[Measure.MARGIN] - money[Measure.REWARDS] - money[Measure.OFFER_COSTS]
    assert np.array_equal(money[Measure.CONTRIBUTION], paid + money[Measure.DATA_INCOME] + money[Measure.FEES])
    assert (abs(money[Measure.MARGIN] - 0.25 * money[Measure.SALES]) <= 0.5).all()


def test_smaller_groups_lie_within_larger_ones(model: LoyaltyModel) -> None:
    weekly = model.ledger.weekly
    order = (Measure.UNWITTING, Measure.SHARED, Measure.MEMBERS, Measure.PATRONS, Measure.SHOPPERS)
    for smaller, larger in zip(order, order[1:], strict=False):
        assert (weekly[..., smaller] <= weekly[..., larger]).all()
    assert (weekly[..., Measure.SHOPPED] <= weekly[..., Measure.TRIPS]).all()


def test_what_the_retailer_has_is_its_contribution_less_what_it_answers_for(
    make_scenario: Callable[..., Scenario],
) -> None:
    answer = {"week": 10, "do": "respond", "about": "share_data", "stop": True, "compensation": 5.0, "exit_fee": 700}
    fined = [SALE, {"week": 20, "do": "regulator_order", "about": "share_data", "fine": 1234}]
    model = LoyaltyModel(make_scenario({"answer": [SALE, answer], "fined": fined}, weeks=30)).run()
    balance = balances(model.accounts.weekly, Party.RETAILER).sum(axis=0)
    contribution = model.ledger.weekly[..., Measure.CONTRIBUTION].sum(axis=(0, 2, 3))
    concerned = int(model.ledger.touched[:, 1, :, 0, Touched.FLOWING].sum(axis=1).max())
    assert (contribution - balance).tolist() == [0, 500 * concerned + 70_000, 123_400]
    assert concerned > 0 and (model.ledger.touched[10:, 1, :, 0, Touched.FLOWING] == 0).all()


def test_the_books_close_with_everything_going_on(make_scenario: Callable[..., Scenario]) -> None:
    model = LoyaltyModel(make_scenario(**SCENARIOS["every mechanism"], weeks=40, population={"shoppers": 1000})).run()
    weekly, accounts = model.ledger.weekly, model.accounts.weekly
    patrons, joined, left = (weekly[..., measure] for measure in (Measure.PATRONS, Measure.JOINED, Measure.LEFT))
    assert np.array_equal(patrons[1:], patrons[:-1] + joined[1:] - left[1:])
    total = weekly.sum(axis=(2, 3))
    for measure in (Measure.SALES, Measure.REWARDS, Measure.OFFER_COSTS, Measure.FEES, Measure.PARTNER_REWARDS):
        assert np.array_equal(accounts[..., Flow[measure.name]], total[..., measure])
    paid = [Flow.COMPENSATION, Flow.FINES, Flow.SETTLEMENTS, Flow.PAYMENTS, Flow.EXIT_FEES]
    assert np.array_equal(
        balances(accounts, Party.RETAILER), total[..., Measure.CONTRIBUTION] - accounts[..., paid].sum(axis=-1)
    )
    assert (total[..., Measure.CONSENT_DEBT] <= total[..., Measure.UNWITTING]).all()
    assert total[:, 1, Measure.ENROLLED].sum() > 0 and total[:, 1, Measure.COMPLAINED].sum() > 0
    assert accounts[:, 1, Flow.FINES].sum() >= 10_000 and accounts[:, 1, Flow.COMPENSATION].sum() > 0


def test_every_payment_has_a_payer_and_a_payee() -> None:
    assert set(ROUTES) == set(Flow)
    one = np.ones(len(Flow), np.int64)
    paid = {party: sum(payer == party for payer, _, _ in ROUTES.values()) for party in Party}
    received = {party: sum(payee == party for _, payee, _ in ROUTES.values()) for party in Party}
    assert all(balances(one, party) == received[party] - paid[party] for party in Party)
    assert sum(int(balances(one, party)) for party in Party) == 0


def test_what_the_buyer_pays_the_retailer_receives(model: LoyaltyModel) -> None:
    for flow, measure in ((Flow.FEES, Measure.FEES), (Flow.PARTNER_REWARDS, Measure.PARTNER_REWARDS)):
        received = model.ledger.weekly[..., measure].sum(axis=(2, 3))
        assert np.array_equal(model.accounts.weekly[..., flow], received) and received[:, 1].sum() > 0


def test_fractions_of_cents_are_carried_not_lost() -> None:
    ledger = Ledger(weeks=10, policies=1, markets=1)
    sheets = ledger.sheets(10)
    sheets[:, 0, 0, 0, Measure.FEE_UNITS] = 3 * FEE_UNITS_PER_CENT // 10  # 0.3 cents a week: 0 0 0 1 0 0 1 0 0 1
    ledger.count(0, sheets, np.zeros((10, 1, 1, 0), PRACTICE), numbers())
    for weeks in (slice(0, 5), slice(5, 6), slice(6, 10)):
        ledger.close(weeks, np.zeros((weeks.stop - weeks.start, 1, 1), LEVERS), numbers())
    assert ledger.weekly[:, 0, 0, 0, Measure.FEES].tolist() == [0, 0, 0, 1, 0, 0, 1, 0, 0, 1]


def test_every_event_is_counted_under_its_own_name() -> None:
    counted = {name: Measure.JOINED + bit for name, bit in Event.__members__.items()}
    assert counted == {name: measure for name, measure in Measure.__members__.items() if name in counted}
    assert len(set(counted.values())) == len(counted) == Measure.COMPLAINED - Measure.JOINED + 1


def test_a_week_is_closed_as_by_hand() -> None:
    ledger, levers = Ledger(weeks=2, policies=1, markets=2, practices=3), np.zeros((1, 1, 2), LEVERS)
    levers["offers"], levers["data_cost"] = [[2.0, 0.5]], [[5.20, 0.0]]
    practices = np.zeros((1, 2, 1, 3), PRACTICE)
    practices["harm"][0, :, 0] = [[0.0, 0.052, 0.0], [0.0, 0.104, 0.0]]
    counts = ledger.sheets(1)
    for market in range(2):
        for cell in (0, 1):  # a cell of the others, and one of the vulnerable
            sheet = counts[0, market, 0, cell]
            sheet[Measure.MEMBERS], sheet[Measure.REWARDS], sheet[Measure.GOODS] = 101, 70, 10_000
            sheet[Measure.SALES], sheet[Measure.CARDED_SALES] = 9_000, 6_000
            sheet[Measure.FEE_UNITS] = 41 * FEE_UNITS_PER_CENT
            sheet[touched_by(1, Touched.FLOWING)], sheet[touched_by(1, Touched.AWARE)] = 10, 4
            sheet[touched_by(2, Touched.AWARE)], sheet[touched_by(0, Touched.AWARE)] = 3, 2
    chosen = {"gross_margin": 0.25, "offer_cost": 0.03, "data_income": 0.005, "harm_to_the_vulnerable": 3.0}
    addresses = {
        address: value for address in parameters() for name, value in chosen.items() if address.endswith(f".{name}")
    }
    assert len(addresses) == len(chosen)
    ledger.count(1, counts, practices, numbers(addresses))
    ledger.close(slice(1, 2), levers, numbers(addresses))
    booked = ledger.weekly[1, 0, :, 0]
    assert booked[:, Measure.OFFERS].tolist() == [202, 51], "half an offer is rounded up"
    # 202 offers at 3 cents, and data on 101 members at 5.20 dollars a year: 606 + 1010; 51 offers: 153
    assert booked[:, Measure.OFFER_COSTS].tolist() == [1616, 153]
    assert booked[:, Measure.MARGIN].tolist() == [9_000 - 7_500] * 2
    assert booked[:, Measure.DATA_INCOME].tolist() == [30, 30]
    assert booked[:, Measure.FEES].tolist() == [41, 41]
    assert booked[:, Measure.CONTRIBUTION].tolist() == [1500 - 70 - cost + 30 + 41 for cost in (1616, 153)]
    assert not ledger.weekly[0].any() and not ledger.weekly[1, 0, :, 2:].any()
    assert ledger.touched[1, 0, 0].tolist() == [[0, 4], [20, 8], [0, 6]]
    # 10 people in each market at 0.001 and 0.002 harmful events a week: 30 thousandths, and three times as many
    assert ledger.harms[0, :2].tolist() == [[0, 30_000, 0], [0, 90_000, 0]] and not ledger.harms[0, 2:].any()
    assert ledger.flowing[1, 0, :2].tolist() == [[0, 20, 0]] * 2, "both markets' 10"
    assert not ledger.sheets(1).any(), "the next week begins with a clear sheet"


def test_what_is_sold_below_the_usual_price_costs_what_it_always_costs(make_scenario: Callable[..., Scenario]) -> None:
    cheaper = [{"week": 2, "do": "member_prices", "saving": 0.2, "markup": 0.0}]
    weekly = LoyaltyModel(make_scenario({"cheaper": cheaper}, population={"shoppers": 2000})).run().ledger.weekly[:, 1]
    sales, goods, margin = (weekly[..., each] for each in (Measure.SALES, Measure.GOODS, Measure.MARGIN))
    assert goods[3:].sum() > 1.1 * sales[3:].sum(), "members pay four fifths of what goods usually sell for"
    assert (abs(margin - (sales - 0.75 * goods)) <= 0.5).all()
