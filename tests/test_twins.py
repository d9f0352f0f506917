"""Twins live the same luck: the same to the bit until their policy acts, and exactly the same if it changes nothing."""

from collections.abc import Callable

import numpy as np
import pytest
from conftest import SALE

from simulation.behaviour.draws import Purpose, keys_of_week, uniforms
from simulation.behaviour.parameters import numbers, parameters
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.scenario.population import market_bounds, opening_columns
from simulation.scenario.schema import Scenario


def test_twins_are_identical_until_the_first_action(make_scenario: Callable[..., Scenario]) -> None:
    late = [SALE | {"week": 14}, {"week": 14, "do": "press_story", "about": "share_data"}]
    weekly = LoyaltyModel(make_scenario({"late": late})).run().ledger.weekly
    assert np.array_equal(weekly[:13, 0], weekly[:13, 1])
    assert not np.array_equal(weekly[13, 0], weekly[13, 1])


def test_a_policy_that_changes_nothing_makes_no_difference(make_scenario: Callable[..., Scenario]) -> None:
    usual = parameters()["money.reward_rate"].value
    policies = {
        "the reward as it is": [{"week": 3, "do": "reward_programme", "reward_rate": usual}],
        "no offers": [{"week": 3, "do": "targeted_offers", "intensity": 0, "depth": 0}],
    }
    scenario = make_scenario(policies, world={"press_hazard_per_year": 0})
    model = LoyaltyModel(scenario).run()
    for policy in (1, 2):
        assert np.array_equal(model.ledger.weekly[:, 0], model.ledger.weekly[:, policy])
        assert all(np.array_equal(column[0], column[policy]) for column in model.lives)


def test_a_quiet_sale_that_nobody_learns_of_brings_exactly_its_fee(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(
        {"sale": [SALE]}, world={"press_hazard_per_year": 0}, practices={"noticing_own_data_per_year": 0}
    )
    weekly = LoyaltyModel(scenario).run().ledger.weekly.sum(axis=(2, 3))
    gain = weekly[:, 1, Measure.CONTRIBUTION] - weekly[:, 0, Measure.CONTRIBUTION]
    assert np.array_equal(gain, weekly[:, 1, Measure.FEES])
    # 50 cents a member-year: a week's record brings 50/52 of a cent, but for a rest in each of the eighteen cells
    owed = weekly[:, 1, Measure.SHARED].sum() * 50 / 52
    assert owed - 18 < weekly[:, 1, Measure.FEES].sum() <= owed
    # who became a member this week is passed on from the next
    fresh = weekly[4:, 1, [Measure.JOINED, Measure.RESUMED, Measure.ENROLLED]].sum(axis=1)
    missing = weekly[4:, 1, Measure.MEMBERS] - weekly[4:, 1, Measure.SHARED]
    assert ((missing >= 0) & (missing <= fresh)).all()


def test_more_shoppers_leave_the_others_as_they_are() -> None:
    few, _ = opening_columns(market_bounds(1000, [1.0]), 1, numbers(), 3, 0)
    more, _ = opening_columns(market_bounds(1500, [1.0]), 1, numbers(), 3, 0)
    for name in ("sensitivity", "trip_rate", "spend_rank", "opening_patron"):
        first = {n: v for n, v in zip(more.number.tolist(), getattr(more, name).tolist(), strict=True) if n < 1000}
        assert first == dict(zip(few.number.tolist(), getattr(few, name).tolist(), strict=True))


def test_leaving_one_shopper_out_moves_nobody_elses_draws() -> None:
    everyone = np.arange(100, dtype=np.uint32)
    key = keys_of_week(1, 0, 9)[Purpose.STORE]
    without = np.delete(everyone, 40)
    assert np.array_equal(np.delete(uniforms(key, everyone), 40), uniforms(key, without))


def test_replicates_differ_and_repeat(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario()
    first, second, again = (LoyaltyModel(scenario, replicate=replicate).run().ledger.weekly for replicate in (0, 1, 0))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, second)


ACTIONS = [
    {"do": "share_data", "with": "insurer", "consent": "opt_out", "fee_per_member_year": 0.5},
    {"do": "targeted_offers", "intensity": 2, "depth": 1, "bought_data": "credit"},
    {"do": "top_tier_only", "threshold": 0.8, "visibility": 1},
    {"do": "personal_prices", "dispersion": 0.1},
    {"do": "member_prices"},
    {"do": "reward_programme", "reward_rate": 0.03, "surprise_gift": 0.01},
    {"do": "public_promise"},
    {"do": "leak"},
    {"do": "government_demand", "reach": 0.5},
    {"do": "scandal_elsewhere"},
    {"do": "boycott", "minded_by": 0.4, "reach": 0.5},
    {"do": "rival_move", "win_back": 1.0},
    {"do": "retail_media", "ads_per_visit": 4},
    {"do": "paid_tier", "fee_per_year": 10, "discount": 0.05},
    {"do": "end_programme"},
    {"do": "merge_programme", "reward_rate": 0.0},
    {"do": "price_cut", "size": 0.02},
    {"do": "join_coalition", "partners": ["fuel", "bank"]},
]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action["do"])
def test_no_action_reaches_back_in_time(action: dict[str, object], make_scenario: Callable[..., Scenario]) -> None:
    model = LoyaltyModel(make_scenario({"acts": [action | {"week": 9}]}, weeks=20)).run()
    weekly, accounts = model.ledger.weekly, model.accounts.weekly
    assert np.array_equal(weekly[:8, 0], weekly[:8, 1]) and np.array_equal(accounts[:8, 0], accounts[:8, 1])
    assert not np.array_equal(weekly[8:, 0], weekly[8:, 1]), "the action must change something"


def test_a_practice_that_is_stopped_leaves_its_levers_as_they_were(make_scenario: Callable[..., Scenario]) -> None:
    for action in ACTIONS[1:5]:
        stop = {"week": 9, "do": "respond", "about": action["do"], "stop": True}
        model = LoyaltyModel(make_scenario({"stopped": [action | {"week": 5}, stop]}, weeks=12))
        before, after = model.levers[0, 1], model.levers[8, 1]
        left = {"tier_put_out"}  # those put out of a tier remember it
        changed = {name for name in before.dtype.names if (before[name] != after[name]).any()}
        assert changed <= left, action["do"]
        assert (model.levers[5, 1] != before).any()


def test_a_law_holds_whatever_the_order_in_the_file(make_scenario: Callable[..., Scenario]) -> None:
    law = {"week": 3, "do": "law", "requires": "opt_in"}
    for actions in ([law, SALE], [SALE, law]):
        assert LoyaltyModel(make_scenario({"sale": actions})).run().ledger.weekly[:, 1, ..., Measure.SHARED].sum() == 0


def test_an_institution_that_is_switched_off_does_nothing(make_scenario: Callable[..., Scenario]) -> None:
    world = {"press_hazard_per_year": 50, "complaints_for_an_inquiry": 0.00001, "inquiries_per_year": 50}
    alone = LoyaltyModel(make_scenario({"sale": [SALE]}, world=world, institutions=[])).run()
    assert alone.exposed_week.tolist() == [0, 0]
    watched = LoyaltyModel(make_scenario({"sale": [SALE]}, world=world)).run()
    assert watched.exposed_week[1] > 0


def test_a_programme_holds_from_its_first_week_through_its_last(make_scenario: Callable[..., Scenario]) -> None:
    weekly = LoyaltyModel(make_scenario({"sale": [SALE | {"until": 10}]}, weeks=14)).run().ledger.weekly
    flowing = weekly[:, 1, ..., Measure.SHARED].sum(axis=(1, 2)) > 0
    assert [week + 1 for week in range(14) if flowing[week]] == [5, 6, 7, 8, 9, 10]


def test_a_model_does_not_go_on_after_its_last_week(make_scenario: Callable[..., Scenario]) -> None:
    model = LoyaltyModel(make_scenario(weeks=3)).run()
    with pytest.raises(ValueError, match="ends with week 3"):
        model.step()
    assert model.week == 3
