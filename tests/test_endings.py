"""A programme that is ended or merged, and prices that are lowered for all: what is withdrawn, saved, lost and felt."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulation.behaviour.parameters import guesses_in, numbers
from simulation.behaviour.states import Card
from simulation.evidence.audit.books import differing, lived
from simulation.model.accounts import Party, balances, place_of
from simulation.model.institutions import Retailer
from simulation.model.ledger import Measure, Touched
from simulation.model.model import LoyaltyModel
from simulation.scenario.drawn import drawn_addresses
from simulation.scenario.opening import yearly_spend
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]

END = {"week": 5, "do": "end_programme"}
MERGE = {"week": 5, "do": "merge_programme", "reward_rate": 0.005}
CUT = {"week": 5, "do": "price_cut", "size": 0.02}
UNFELT = {"unfairness_of_an_ending": 0.0}


def run(make: Make, *actions: dict[str, Any], **settings: Any) -> LoyaltyModel:
    return LoyaltyModel(make({"new": list(actions)}, **({"institutions": []} | settings))).run()


def paid(model: LoyaltyModel, flow: str) -> Any:
    return model.accounts.weekly[:, 1, place_of(flow)]


def weekly(model: LoyaltyModel, measure: Measure, policy: int = 1) -> Any:
    return model.ledger.weekly[:, policy, ..., measure].sum(axis=(1, 2))


# --- what ends ------------------------------------------------------------------------------------------------------


def test_no_card_is_accepted_taken_or_put_away_any_more(make_scenario: Make) -> None:
    model = run(make_scenario, END, behaviour={"card_joins_per_year": 0.9})
    for measure in (Measure.MEMBERS, Measure.CARDED_SALES, Measure.CARDED_TRIPS, Measure.REWARDS, Measure.DATA_INCOME):
        assert weekly(model, measure)[:4].all() and not weekly(model, measure)[4:].any(), measure
    for event in (Measure.ENROLLED, Measure.DROPPED, Measure.RESUMED):
        assert weekly(model, event, 0)[4:].any() and not weekly(model, event)[4:].any(), event


def test_offers_tiers_members_prices_and_flows_of_data_end_with_it(make_scenario: Make) -> None:
    programme = [
        {"week": 2, "do": "targeted_offers", "intensity": 2, "depth": 1},
        {"week": 2, "do": "top_tier_only", "threshold": 0.5},
        {"week": 2, "do": "member_prices", "markup": 0.1},
        {"week": 2, "do": "share_data", "with": "broker", "consent": "notice", "fee_per_member_year": 1},
    ]
    model = run(make_scenario, *programme, END)
    for measure in (Measure.OFFERS, Measure.REDEEMED, Measure.SHARED, Measure.FEE_UNITS):
        assert weekly(model, measure)[2:4].any() and not weekly(model, measure)[4:].any(), measure
    assert not model.practices["running"][4:, 1, :, :4].any()
    row, usual = model.levers[5, 1, 0], model.levers[0, 1, 0]
    assert row["shelf_price"] == usual["shelf_price"] == 1.0 and row["tier_put_out"] == usual["tier_put_out"]


def test_ads_end_with_it(make_scenario: Make) -> None:
    ads = {"week": 2, "do": "retail_media", "ads_per_visit": 4, "audiences": "purchases", "consent": "notice"}
    model = run(make_scenario, ads, END)
    for flow in ("media_income", "media_costs"):
        assert paid(model, flow)[1:4].all() and not paid(model, flow)[4:].any(), flow
    assert model.levers["nuisance"][3, 1, 0] > 0 and not model.levers["nuisance"][4:, 1].any(), "on nobody any more"


def test_a_leak_of_what_was_kept_goes_on_concerning_those_who_held_the_card(make_scenario: Make) -> None:
    model = run(make_scenario, END, {"week": 8, "do": "leak"})
    assert model.practices["running"][7:9, 1, :, 1].all()


# --- the money ------------------------------------------------------------------------------------------------------


def test_what_running_it_costs_is_saved_and_what_its_data_told_is_lost(make_scenario: Make) -> None:
    model = run(make_scenario, END, endings={"cost_of_a_programme": 0.002, "insight_in_decisions": 0.001})
    sales = weekly(model, Measure.SALES)
    after = np.arange(26) >= 4
    assert paid(model, "running_saved").tolist() == np.floor(0.002 * sales * after + 0.5).tolist()
    assert paid(model, "insight_lost").tolist() == np.floor(0.001 * sales * after + 0.5).tolist()


def test_points_that_lapse_are_paid_once_by_all_who_held_an_active_card(make_scenario: Make) -> None:
    model = run(make_scenario, END | {"points": "lapse"}, endings={"points_unspent_weeks": 10.0})
    each = 0.01 * float(yearly_spend(numbers()).mean()) / 52 * 10  # a per cent of ten weeks' mean spend
    holders = int(model.ledger.touched[4, 1, :, 0, Touched.FLOWING].sum())
    assert holders == pytest.approx(weekly(model, Measure.MEMBERS)[3], abs=4) and 3.5 < each < 4.1
    lapsed = np.zeros(26)
    lapsed[4] = np.floor(100 * holders * each + 0.5)
    assert paid(model, "points_lapsed").tolist() == lapsed.tolist()
    assert not paid(run(make_scenario, END), "points_lapsed").any()


def test_who_held_an_active_card_is_counted_one_by_one(make_scenario: Make) -> None:
    model = run(make_scenario, END, weeks=12)
    by_hand = ((model.lives.patron[1] == 1) & (model.lives.card[1] == Card.ACTIVE)).sum()
    assert model.ledger.touched[-1, 1, :, 0, Touched.FLOWING].sum() == by_hand > 100


def test_the_books_close(make_scenario: Make) -> None:
    model = run(make_scenario, END | {"points": "lapse"}, CUT)
    accounts = model.accounts.weekly
    assert not np.sum([balances(accounts, party) for party in Party], axis=0).any()
    extra = paid(model, "points_lapsed") + paid(model, "running_saved") - paid(model, "insight_lost")
    contribution = weekly(model, Measure.CONTRIBUTION)
    assert np.array_equal(balances(accounts, Party.RETAILER)[:, 1], contribution + extra)


# --- lower prices ---------------------------------------------------------------------------------------------------


def test_a_price_cut_is_paid_by_all_and_sells_more_by_the_elasticity(make_scenario: Make) -> None:
    settled = {"store_by_price": 0.0, "demand_by_price": 1.5}
    model = run(make_scenario, CUT, behaviour=settled, population={"shoppers": 3000})
    goods, sales = weekly(model, Measure.GOODS), weekly(model, Measure.SALES)
    usual = weekly(model, Measure.GOODS, 0)
    assert goods[4:].sum() / usual[4:].sum() == pytest.approx(1.03, abs=1e-4)  # 1.5 x 2 %
    assert sales[4:].sum() / goods[4:].sum() == pytest.approx(0.98, abs=1e-5)


def test_lower_prices_keep_patrons(make_scenario: Make) -> None:
    model = run(make_scenario, CUT, behaviour={"store_by_price": 0.3}, population={"shoppers": 3000}, weeks=52)
    assert weekly(model, Measure.PATRONS)[-1] > weekly(model, Measure.PATRONS, 0)[-1]


@pytest.mark.parametrize("order", [0, 1])
def test_a_cut_lowers_whatever_prices_there_are_whenever_they_are_set(make_scenario: Make, order: int) -> None:
    prices = {"week": 9, "do": "member_prices", "saving": 0.1, "markup": 0.05}
    model = LoyaltyModel(make_scenario({"new": [CUT, prices][:: 1 - 2 * order]}))
    shelf = model.levers["shelf_price"][:, 1, 0]
    assert shelf[[3, 4, 8]].tolist() == pytest.approx([1.0, 0.98, 0.98 * 1.05])


def test_a_cut_in_the_week_of_the_end_stands(make_scenario: Make) -> None:
    model = LoyaltyModel(make_scenario({"new": [CUT, END]}))
    assert model.levers["shelf_price"][-1, 1, 0] == pytest.approx(0.98)


# --- what is felt ---------------------------------------------------------------------------------------------------


def test_those_who_held_the_card_mind_and_the_heaviest_most(make_scenario: Make) -> None:
    model = run(make_scenario, END, weeks=12, population={"shoppers": 3000})
    held, people = model.lives.card[1] == Card.ACTIVE, model.people
    lost = 1.0 - model.lives.trust[1] / people.opening_trust
    patron = model.lives.patron[1] == 1
    heavy, light = (lost[held & patron & who].mean() for who in (people.spend_rank > 0.9, people.spend_rank < 0.4))
    assert heavy > 2 * light > 0
    assert not (lost[~held] > 1e-6).any()


def test_points_that_lapse_are_minded_more(make_scenario: Make) -> None:
    honoured, lapsed = (
        run(make_scenario, END | {"points": points}, weeks=12).lives.trust[1].mean() for points in ("honoured", "lapse")
    )
    assert lapsed < honoured


def test_the_loss_is_felt_for_some_weeks_and_leaves_a_scar(make_scenario: Make) -> None:
    model = LoyaltyModel(make_scenario({"new": [END]}, endings={"loss_is_felt_weeks": 6.0}))
    assert model.practices["running"][:, 1, 0, 0].tolist() == [0.0] * 4 + [1.0] * 6 + [0.0] * 16
    assert model.practices["departure"][4:, 1].all()


def test_lost_rewards_drive_patrons_away_though_nothing_is_felt(make_scenario: Make) -> None:
    settings = {"endings": UNFELT, "population": {"shoppers": 4000}, "weeks": 52}
    model = run(make_scenario, END, behaviour={"store_by_reward": 0.15}, **settings)
    assert weekly(model, Measure.PATRONS)[-1] < weekly(model, Measure.PATRONS, 0)[-1]


def test_complaints_are_counted_among_patrons_when_there_are_no_members(make_scenario: Make) -> None:
    loud = {"complaining_per_week": 1.0, "trust_lost_by_violation": 2.0}
    model = run(make_scenario, END, weeks=8, behaviour=loud)
    retailer = model.institutions(Retailer)[1]
    complained, patrons = weekly(model, Measure.COMPLAINED)[-1], weekly(model, Measure.PATRONS)[-1]
    model.week += 1  # as it is asked, before the shoppers live the next week
    assert 0 < retailer.share_complaining() == complained / patrons < 0.5


# --- merging --------------------------------------------------------------------------------------------------------


def test_merging_goes_on_at_another_reward_and_saves_a_part_of_the_cost(make_scenario: Make) -> None:
    saved = {"cost_of_a_programme": 0.002, "saved_by_merging": 0.5, "points_unspent_weeks": 10.0}
    model = run(make_scenario, MERGE | {"points_kept": 0.75}, endings=saved)
    sales, carded = weekly(model, Measure.SALES), weekly(model, Measure.CARDED_SALES)
    assert carded[4:].all()
    assert weekly(model, Measure.REWARDS)[4:].sum() == pytest.approx(0.005 * carded[4:].sum(), rel=2e-3)
    assert paid(model, "running_saved").tolist() == np.floor(0.001 * sales * (np.arange(26) >= 4) + 0.5).tolist()
    each = 0.01 * float(yearly_spend(numbers()).mean()) / 52 * 10 * 0.25
    holders = int(model.ledger.touched[4, 1, :, 0, Touched.FLOWING].sum())
    assert paid(model, "points_lapsed")[4] == np.floor(100 * holders * each + 0.5)


def test_merging_wrongs_by_what_is_lost(make_scenario: Make) -> None:
    def departure(**terms: Any) -> float:
        own = {"unfairness_of_an_ending": 0.1, "lapsing_is_worse": 3.0}
        case = make_scenario({"new": [MERGE | terms]}, endings=own)
        return float(LoyaltyModel(case).practices["departure"][-1, 1, 0, 0])

    assert departure(reward_rate=0.01) == departure(reward_rate=0.02) == 0.0
    assert departure(reward_rate=0.0025) == pytest.approx(0.075)  # three quarters of the reward
    assert departure(reward_rate=0.01, points_kept=0.5) == pytest.approx(0.1)  # half of what lapsing adds


# --- contracts ------------------------------------------------------------------------------------------------------


def test_a_merger_on_the_same_terms_that_saves_nothing_changes_nothing(make_scenario: Make) -> None:
    model = run(make_scenario, MERGE | {"reward_rate": 0.01}, endings={"saved_by_merging": 0.0})
    assert np.array_equal(model.ledger.weekly[:, 0], model.ledger.weekly[:, 1])
    assert np.array_equal(model.accounts.weekly[:, 0], model.accounts.weekly[:, 1])


@pytest.mark.parametrize("action", [END, MERGE, CUT], ids=lambda action: action["do"])
def test_the_twin_is_the_same_until_then(action: dict[str, Any], make_scenario: Make) -> None:
    found = run(make_scenario, action).ledger.weekly
    assert np.array_equal(found[:4, 0], found[:4, 1]) and not np.array_equal(found[4:, 0], found[4:, 1])


def test_both_engines_agree_to_the_bit(make_scenario: Make) -> None:
    programme = [
        {"week": 2, "do": "targeted_offers", "intensity": 2, "depth": 1},
        {"week": 2, "do": "share_data", "with": "broker", "consent": "opt_out", "reward": 0.01},
    ]
    policies = {
        "ended": [*programme, END | {"points": "lapse", "markets": ["north"]}, CUT],
        "for a while": [*programme, END | {"until": 14}],
        "merged": [MERGE | {"points_kept": 0.2}],
    }
    markets = {"north": 0.4, "south": 0.6}
    case = make_scenario(policies, markets=markets, population={"shoppers": 150}, institutions=[])
    assert not differing(lived(case), lived(case, engine="agents"))


def test_numbers_are_drawn_where_they_are_read(make_scenario: Make) -> None:
    own = set(guesses_in(["endings"]))
    for action, reads in ((END, True), (MERGE, True), (CUT, False)):
        drawn = set(drawn_addresses(make_scenario({"new": [action]}, uncertain="evidence")))
        assert own <= drawn if reads else not own & drawn


def test_what_needs_a_programme_is_refused_after_its_end_with_the_line() -> None:
    text = (
        "title: t\nquestion: q?\nweeks: 60\npopulation: {shoppers: 500}\npolicies:\n  status quo: []\n  both:\n"
        "    - {week: 3, do: end_programme}\n    - {week: 9, do: member_prices}\n"
    )
    with pytest.raises(ScenarioError) as error:
        scenario_from_text(text)
    (found,) = error.value.problems
    assert found.line == 9 and found.message == "member_prices begins in week 9, when the programme has ended"
    assert "before week 3" in found.advice and "'until: 8'" in found.advice
    scenario_from_text(text.replace("do: end_programme", "do: end_programme, until: 8"))
