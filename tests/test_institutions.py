"""Retailer, press, rival, data buyer and regulator act of their own accord, on last week's ledger."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import SALE

from simulation.model import institutions
from simulation.model.accounts import Flow
from simulation.model.authorities import Regulator
from simulation.model.institutions import Retailer
from simulation.model.ledger import Measure, Touched
from simulation.model.model import LoyaltyModel
from simulation.model.press import Press
from simulation.scenario.schema import Scenario

STORY = {"week": 10, "do": "press_story", "about": "share_data", "reach": 0.9}
LOUD = {"complaints_for_an_inquiry": 0.00001, "inquiries_per_year": 50.0, "inquiry_weeks": 5}
Make = Callable[..., Scenario]


def of(model: LoyaltyModel, kind: type[Any]) -> Any:
    """Return the institution of the second policy."""
    return next(each for each in model.agents_by_type[kind] if each.policy == 1)


def test_a_rival_answers_a_story_after_eight_weeks_and_for_a_year(make_scenario: Make) -> None:
    model = LoyaltyModel(make_scenario({"sale": [SALE, STORY]}, weeks=80, institutions=["rival"])).run()
    privacy, pull = (model.levers[:, 1, 0][lever] for lever in ("rival_privacy", "rival_pull"))
    campaign = np.flatnonzero(privacy) + 1
    # told in week 10; eight weeks later is week 18
    assert campaign.tolist() == list(range(18, 18 + 52))
    assert set(privacy[campaign - 1]) == {0.3} and set(pull[campaign - 1]) == {0.03}
    assert not model.levers[:, 0]["rival_privacy"].any(), "the baseline's rival has nothing to answer"


def test_a_rival_follows_a_sale_that_goes_unpunished(make_scenario: Make) -> None:
    world = {"rival_follows_after_weeks": 20}
    model = LoyaltyModel(make_scenario({"sale": [SALE]}, weeks=40, institutions=["rival"], world=world)).run()
    refuge = model.levers[:, 1, 0]["rival_privacy"]
    # on sale from week 5, so week 24 is the twentieth
    assert not refuge[:23].any() and (refuge[23:] == -0.5).all()
    assert model.levers[:, 1, 0]["rival_sells"].tolist() == [0.0] * 23 + [1.0] * 17


def test_the_press_comes_back_to_what_goes_on_and_reaches_fewer(make_scenario: Make) -> None:
    world = {"follow_ups_per_year": 50.0, "press_hazard_per_year": 0.0}
    policies = {"goes on": [SALE, STORY | {"reach": 0.3}]}
    model = LoyaltyModel(make_scenario(policies, weeks=40, institutions=["press"], world=world)).run()
    told = of(model, Press).stories[0]
    reach = model.practices[:, 1, 0, 0]["press"]
    assert told >= 2 and reach[9] == 0.3
    later = reach[15:]  # the first story is over after six weeks
    assert 0 < later.max() <= 0.3 * 0.6 + 1e-12
    stopped = [SALE, STORY | {"reach": 0.3}, {"week": 11, "do": "respond", "about": "share_data", "stop": True}]
    model = LoyaltyModel(make_scenario({"stops": stopped}, weeks=40, institutions=["press"], world=world)).run()
    assert not model.practices[15:, 1, 0, 0]["press"].any(), "what has stopped is no news"


def after_a_loud_story(make_scenario: Make, walks_below: float) -> LoyaltyModel:
    loud = {"card_dropping_by_grievance": 50.0, "swiping_by_grievance": 50.0, "stated_weight_in_action": 1.0}
    late = STORY | {"week": 60, "reach": 1.0}
    settings = {"weeks": 110, "institutions": ["data_buyer"], "world": {"buyer_walks_below": walks_below}}
    return LoyaltyModel(make_scenario({"sale": [SALE, late]}, behaviour=loud, **settings)).run()


def test_a_buyer_pays_less_for_less(make_scenario: Make) -> None:
    model = after_a_loud_story(make_scenario, walks_below=0.0)
    fee = model.practices[:, 1, 0, 0]["fee"]
    assert (fee[4:104] == 5_000).all(), "50 cents in hundredths of a cent, until a year has shown less"
    assert 0 <= fee[104] < 5_000
    week = model.ledger.weekly[103, 1].sum(axis=(0, 1))
    first = model.ledger.weekly[51, 1].sum(axis=(0, 1))

    def worth(totals: Any) -> float:  # coverage times accuracy; accuracy goes with the root of the carded share
        carded = totals[Measure.CARDED_SALES] / totals[Measure.SALES]
        return float(totals[Measure.SHARED] / totals[Measure.SHOPPERS] * carded**0.5)

    assert fee[104] == np.floor(5_000 * worth(week) / worth(first))
    assert model.ledger.weekly[105, 1].sum(axis=(0, 1))[Measure.SHARED] > 0


def test_a_buyer_that_walks_away_takes_no_more_data(make_scenario: Make) -> None:
    model = after_a_loud_story(make_scenario, walks_below=1.0)
    running = model.practices[:, 1, 0, 0]["running"]
    assert (running[4:104] == 1).all() and not running[104:].any()
    weekly = model.ledger.weekly[:, 1].sum(axis=(1, 2))
    assert weekly[103, Measure.SHARED] > 0 and not weekly[104:, Measure.SHARED].any()
    assert not weekly[104:, Measure.FEE_UNITS].any()


def test_an_inquiry_ends_in_a_fine_for_all_whose_data_flowed(make_scenario: Make) -> None:
    world = LOUD | {"fined_share": 1, "fine_spread": 0, "fine_per_concerned_shopper": 2}
    behaviour = {"complaining_per_week": 0.5}
    scenario = make_scenario(
        {"sale": [SALE, STORY]}, weeks=40, institutions=["regulator"], world=world, behaviour=behaviour
    )
    model = LoyaltyModel(scenario).run()
    regulator, fine = of(model, Regulator), model.levers[:, 1, 0]["fine"]
    closed = regulator.inquiries[0]
    assert np.flatnonzero(fine).tolist() == [closed - 1]
    flowing = model.ledger.touched[:, 1, 0, 0, Touched.FLOWING]
    assert fine[closed - 1] == 2.0 * flowing.max(), "two dollars a head"
    assert (flowing[closed - 1 :] == 0).all() and flowing[closed - 2] > 0


def test_who_asked_is_not_fined(make_scenario: Make) -> None:
    world = LOUD | {"fined_share": 1}
    asked = [SALE | {"consent": "opt_in"}, STORY]
    behaviour = {"complaining_per_week": 0.5, "considering_enrolment_per_week": 0.5}
    scenario = make_scenario({"asked": asked}, weeks=40, institutions=["regulator"], world=world, behaviour=behaviour)
    model = LoyaltyModel(scenario).run()
    assert of(model, Regulator).inquiries and not model.levers[:, 1]["fine"].any()


def test_a_pilot_is_read_out_by_difference_in_differences(make_scenario: Make) -> None:
    pilot = SALE | {"markets": ["pilot"], "week": 13}
    scenario = make_scenario({"pilot": [pilot]}, weeks=30, markets={"pilot": 0.4, "elsewhere": 0.6}, institutions=[])
    model = LoyaltyModel(scenario).run()
    carded = model.ledger.weekly[:29, 1, ..., Measure.CARDED_SALES].sum(axis=2)
    before, after = carded[:12].mean(axis=0), carded[12:].mean(axis=0)
    by_hand = (after[0] / before[0]) / (after[1] / before[1]) - 1
    assert of(model, Retailer).effect_of_pilot("share_data") == pytest.approx(by_hand)


@pytest.mark.parametrize(("trigger", "comes"), [("exposure", STORY), ("order", {"do": "regulator_order", "week": 10})])
def test_an_answer_comes_by_itself(trigger: str, comes: dict[str, Any], make_scenario: Make) -> None:
    answer = {"week": 5, "do": "respond", "about": "share_data", "to": trigger, "after": 3, "compensation": 4.0}
    policies = {"answers": [SALE, comes | {"about": "share_data"}, answer], "silent": [SALE, answer]}
    model = LoyaltyModel(make_scenario(policies, weeks=20, institutions=[])).run()
    paid = model.practices[:, :, 0, 0]["compensation"]
    assert np.flatnonzero(paid[:, 1]).tolist() == [12], "three weeks after week 10"
    assert not paid[:, 2].any(), "nothing has come to answer"


def test_a_survey_hears_what_people_say(make_scenario: Make) -> None:
    survey = {"week": 5, "do": "survey_first", "about": "share_data", "sample": 400, "stop_if_refusing_above": 1}
    numbers = {"attitudes": {"minding_from": 0.35}, "practices": {"departure_to_insurer": 0.8}}
    case = make_scenario({"asked": [SALE, survey]}, weeks=6, population={"shoppers": 3000}, **numbers)
    model = LoyaltyModel(case).run()
    retailer, action = of(model, Retailer), model.actions[1][1]
    flow = 0.8 * 0.85  # to an insurer, for underwriting, less the buyer's part of the blame
    minding = float((flow * model.people.sensitivity > 0.35).mean())
    assert retailer.share_refusing(action) == pytest.approx(minding, abs=0.08)


def test_only_those_named_act(make_scenario: Make) -> None:
    world = {"press_hazard_per_year": 50.0}
    model = LoyaltyModel(make_scenario({"sale": [SALE]}, weeks=20, institutions=["data_buyer"], world=world)).run()
    assert not of(model, Press).stories and model.accounts.weekly[:, 1, Flow.FEES].sum() > 0


def test_a_yearly_hazard_strikes_in_a_week_by_its_fifty_second_part(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = LoyaltyModel(make_scenario())
    press = next(iter(model.agents_by_type[Press]))
    chance = 1 - math.exp(-5.2 / 52)  # 0.0952
    for luck, strikes in ((chance - 1e-6, True), (chance + 1e-6, False)):
        monkeypatch.setattr(institutions, "uniform", lambda key, number, luck=luck: luck)
        assert press.happens(5.2, 0) is strikes
