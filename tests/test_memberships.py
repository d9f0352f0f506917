"""A tier that members pay for: who joins by what it is worth, what it pays and costs, and what hard cancelling does."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulation.behaviour.parameters import guesses_in, numbers
from simulation.behaviour.states import Card
from simulation.evidence.audit.books import differing, lived
from simulation.model.accounts import Party, balances, place_of
from simulation.model.ledger import Measure, Touched
from simulation.model.model import LoyaltyModel
from simulation.runs.return_sheet import return_sheet
from simulation.runs.run import run_scenario
from simulation.scenario.drawn import drawn_addresses
from simulation.scenario.memberships import PaidTier
from simulation.scenario.opening import yearly_spend
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]

TIER = {"week": 5, "do": "paid_tier", "fee_per_year": 52, "discount": 0.05, "free_delivery": True}
SOON = {"paid_tier_reach": 0.9, "paid_tier_half_joined_weeks": 4}
QUIET: dict[str, Any] = {"institutions": [], "memberships": SOON}


def tier(**terms: Any) -> PaidTier:
    return PaidTier.model_validate({**TIER, **terms})


def run(make: Make, *actions: dict[str, Any], **settings: Any) -> LoyaltyModel:
    return LoyaltyModel(make({"tier": list(actions)}, **(QUIET | settings))).run()


def paid(model: LoyaltyModel, flow: str) -> Any:
    return model.accounts.weekly[:, 1, place_of(flow)]


def payers(model: LoyaltyModel) -> Any:
    return model.ledger.touched[:, 1, :, 0, Touched.FLOWING].sum(axis=1)


# --- who joins ------------------------------------------------------------------------------------------------------


def test_it_pays_for_those_whose_year_at_the_store_is_worth_more_than_the_fee() -> None:
    spend = yearly_spend(numbers())
    between = float(spend[127] + spend[128]) / 2
    discount_alone = tier(discount=0.05, free_delivery=False, fee_per_year=0.05 * between)
    assert discount_alone.share_for_whom_it_pays(numbers()) == 0.5
    terms = {"memberships.delivered_share": 0.2, "memberships.dollars_of_an_order": 100.0}
    priced = numbers(terms | {"memberships.worth_of_a_delivery": 5.0})  # a cent of delivery for each dollar spent
    assert tier(discount=0.0, fee_per_year=0.01 * between).share_for_whom_it_pays(priced) == 0.5
    assert tier(discount=0.0, free_delivery=False).share_for_whom_it_pays(numbers()) == 0.0


def test_some_join_every_week_and_some_do_not_renew() -> None:
    ten_percent_a_week = numbers(
        {
            "memberships.paid_tier_reach": 0.5,
            "memberships.paid_tier_half_joined_weeks": 1.0,
            "memberships.paid_tier_renewal": 0.95**52,
        }
    )
    easy, hard = tier(fee_per_year=0), tier(fee_per_year=0, exit_friction=1)
    assert easy.share_paying(3, ten_percent_a_week) == pytest.approx([0.25, 0.3625, 0.413125])
    assert hard.share_paying(3, ten_percent_a_week) == pytest.approx([0.25, 0.375, 0.4375])


def test_a_dearer_fee_begins_with_those_who_belong_and_for_whom_it_still_pays() -> None:
    dearer = tier(fee_per_year=300)
    pays = dearer.share_for_whom_it_pays(numbers())
    joining, lapsing = 1 - 0.5 ** (1 / 40), 1 - 0.8 ** (1 / 52)
    left = 1.0 + joining * (0.3 - 1.0) - lapsing
    assert dearer.share_paying(1, numbers(), there=0.9) == pytest.approx([pays * left])


def test_those_who_pay_are_the_active_members_who_spend_most_and_are_counted_one_by_one(make_scenario: Make) -> None:
    model = run(make_scenario, TIER)
    threshold = float(model.levers["tier_threshold"][-1, 1, 0])
    lives = model.lives
    by_hand = (lives.patron[1] == 1) & (lives.card[1] == Card.ACTIVE) & (model.people.spend_rank >= threshold)
    assert payers(model)[-1] == by_hand.sum() > 50
    assert (payers(model)[:4] == 0).all()


# --- the money ------------------------------------------------------------------------------------------------------


def test_fees_and_deliveries_to_the_cent(make_scenario: Make) -> None:
    model = run(make_scenario, TIER)
    people, orders = payers(model), model.levers["tier_deliveries"][:, 1, 0]
    assert paid(model, "paid_tier_fees").tolist() == (100 * people).tolist()  # a dollar a week each
    assert paid(model, "deliveries").tolist() == np.floor(people * orders * 1600 / 52 + 0.5).tolist()
    assert paid(model, "worth_of_deliveries").tolist() == np.floor(people * orders * 500 / 52 + 0.5).tolist()
    half = tier(fee_per_year=26).model_dump(exclude={"markets", "until"})
    cheaper = run(make_scenario, half)
    assert paid(cheaper, "paid_tier_fees").tolist() == np.floor(50 * payers(cheaper) + 0.5).tolist()


def test_orders_are_a_share_of_what_those_who_pay_spend() -> None:
    spend = yearly_spend(numbers())
    found = tier()._orders_a_year(np.array([1.0, 1 / 256, 0.0]), numbers())
    assert found == pytest.approx([0.15 * spend.mean() / 100, 0.15 * spend.max() / 100, 0.0])


def test_the_discount_goes_to_those_who_pay_and_nobody_else(make_scenario: Make) -> None:
    model = run(make_scenario, TIER)
    lives, rank = model.lives, model.people.spend_rank
    above = rank >= float(model.levers["tier_threshold"][-1, 1, 0])
    carded = lives.cents[1] * lives.swiped[1].astype(np.int64)
    by_hand = np.floor(carded * np.where(above, 0.01 + 0.05, 0.01) + 0.5).sum()
    assert model.ledger.weekly[-1, 1, ..., Measure.REWARDS].sum() == by_hand


def test_the_books_close_with_what_the_tier_brings(make_scenario: Make) -> None:
    model = run(make_scenario, TIER)
    accounts = model.accounts.weekly
    assert not np.sum([balances(accounts, party) for party in Party], axis=0).any()
    extra = paid(model, "paid_tier_fees") - paid(model, "deliveries")
    contribution = model.ledger.weekly[:, 1, ..., Measure.CONTRIBUTION].sum(axis=(1, 2))
    assert np.array_equal(balances(accounts, Party.RETAILER)[:, 1], contribution + extra)
    assert extra.any()


# --- what it does ---------------------------------------------------------------------------------------------------


def test_having_paid_keeps_patrons_and_makes_them_buy_more(make_scenario: Make) -> None:
    none = {**SOON, "hold_of_paying": 0.0, "lift_of_paying": 0.0}
    plain, held, lifted = (
        run(make_scenario, TIER, population={"shoppers": 2000}, weeks=60, memberships=none | more)
        for more in ({}, {"hold_of_paying": 3.0}, {"lift_of_paying": 0.5})
    )
    left, sales = (Measure.LEFT, Measure.SALES)
    total = {
        name: model.ledger.weekly[:, 1].sum(axis=(0, 1, 2))
        for name, model in (("plain", plain), ("held", held), ("lifted", lifted))
    }
    assert total["held"][left] < total["plain"][left] and total["lifted"][sales] > 1.05 * total["plain"][sales]


def test_hard_cancelling_holds_more_and_those_alone_who_pay_resent_it(make_scenario: Make) -> None:
    noticed = SOON | {"noticing_a_trap_per_week": 0.5}
    easy, hard = (
        run(make_scenario, TIER | {"exit_friction": friction}, weeks=60, memberships=noticed) for friction in (0, 1)
    )
    assert payers(hard)[-1] > payers(easy)[-1]
    lost = hard.lives.trust[1] < hard.people.opening_trust - 0.01
    above = hard.people.spend_rank >= float(hard.levers["tier_threshold"][-1, 1, 0])
    assert lost.any() and not lost[~above].any()
    assert np.array_equal(easy.lives.trust[1], easy.lives.trust[0])


def test_the_press_looks_at_a_tier_that_cannot_be_left(make_scenario: Make) -> None:
    easy, hard = (run(make_scenario, TIER | {"exit_friction": friction}) for friction in (0, 1))
    assert not easy.practices["discovery"].any() and hard.practices["discovery"][5:, 1].all()


def test_cancelling_made_easy_later_lets_go_those_who_were_held(make_scenario: Make) -> None:
    hard, easy = TIER | {"exit_friction": 1}, TIER | {"week": 30, "exit_friction": 0}
    often = SOON | {"paid_tier_renewal": 0.2}
    held, freed = (run(make_scenario, *actions, weeks=60, memberships=often) for actions in ([hard], [hard, easy]))
    assert np.array_equal(payers(held)[:29], payers(freed)[:29]) and payers(freed)[-1] < payers(held)[-1]
    assert not freed.practices["departure"][30:, 1].any()


def test_a_naive_sheet_counts_on_fees_of_the_heaviest_members(make_scenario: Make) -> None:
    outcome = run_scenario(make_scenario({"tier": [TIER]}, **QUIET))
    members = outcome.replicates[0].weekly[:, 0, ..., Measure.MEMBERS].sum(axis=(1, 2))
    share = np.zeros(26)
    share[4:] = tier().share_paying(22, outcome.scenario.numbers)
    line = next(each for each in return_sheet(outcome, 1) if each.name == "fees of the paid tier")
    assert line.naive == pytest.approx(np.floor(members * share).sum())  # a dollar a week each
    assert line.simulated == pytest.approx(outcome.flow("paid_tier_fees")[0, :, 1].sum() / 100)


# --- contracts ------------------------------------------------------------------------------------------------------


def test_a_tier_that_is_worth_nothing_to_anybody_changes_exactly_nothing(make_scenario: Make) -> None:
    model = run(make_scenario, {"week": 5, "do": "paid_tier", "fee_per_year": 59, "exit_friction": 1})
    weekly, accounts = model.ledger.weekly, model.accounts.weekly
    assert np.array_equal(weekly[:, 0], weekly[:, 1]) and np.array_equal(accounts[:, 0], accounts[:, 1])
    assert not model.ledger.touched.any()


def test_the_twin_is_the_same_until_the_tier_begins(make_scenario: Make) -> None:
    weekly = run(make_scenario, TIER).ledger.weekly
    assert np.array_equal(weekly[:4, 0], weekly[:4, 1]) and not np.array_equal(weekly[4:, 0], weekly[4:, 1])


def test_both_engines_agree_to_the_bit(make_scenario: Make) -> None:
    markets = {"north": 0.4, "south": 0.6}
    here = TIER | {"exit_friction": 0.8, "markets": ["north"], "until": 20}
    story = {"week": 9, "do": "press_story", "about": "paid_tier", "reach": 0.9}
    case = make_scenario({"tier": [here, story], "all": [TIER]}, markets=markets, population={"shoppers": 150}, **QUIET)
    assert not differing(lived(case), lived(case, engine="agents"))


def test_a_tier_that_has_ended_leaves_nothing_behind(make_scenario: Make) -> None:
    model = run(make_scenario, TIER | {"until": 12})
    before, after = model.levers[0, 1, 0], model.levers[12, 1, 0]
    assert all(before[name] == after[name] for name in before.dtype.names)
    assert not paid(model, "paid_tier_fees")[12:].any() and not payers(model)[12:].any()


def test_its_numbers_are_drawn_where_it_stands_and_nowhere_else(make_scenario: Make) -> None:
    own = set(guesses_in(["memberships"]))
    with_it = make_scenario({"tier": [TIER]}, uncertain="evidence")
    without = make_scenario({"tier": [{"week": 5, "do": "member_prices"}]}, uncertain="evidence")
    assert own and own <= set(drawn_addresses(with_it)) and not own & set(drawn_addresses(without))


def test_two_kinds_of_tier_at_once_are_refused_with_the_line() -> None:
    text = (
        "title: t\nquestion: q?\nweeks: 60\npopulation: {shoppers: 500}\npolicies:\n  status quo: []\n  both:\n"
        "    - {week: 3, do: top_tier_only, threshold: 0.9}\n"
        "    - {week: 9, do: paid_tier, fee_per_year: 59, discount: 0.02}\n"
    )
    with pytest.raises(ScenarioError) as error:
        scenario_from_text(text)
    (found,) = error.value.problems
    assert found.line == 9 and "paid_tier begins in week 9 while top_tier_only goes on" in found.message
    assert "'until: 8'" in found.advice
    scenario_from_text(text.replace("threshold: 0.9", "threshold: 0.9, until: 8"))
