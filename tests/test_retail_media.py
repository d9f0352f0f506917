"""Retail media by hand: what brands pay, what it costs, whom ads put off, and who is asked."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulation.behaviour.parameters import guesses_in, parameters
from simulation.model.accounts import Flow, Party, balances, place_of
from simulation.model.ledger import Measure, Touched
from simulation.model.model import LoyaltyModel
from simulation.runs.parties import gains
from simulation.runs.return_sheet import return_sheet
from simulation.runs.run import run_scenario
from simulation.scenario.drawn import concerns, drawn_numbers
from simulation.scenario.media import RetailMedia
from simulation.scenario.schema import Scenario
from simulation.serve.cards import in_plain_words

Make = Callable[..., Scenario]
MEDIA = {"week": 5, "do": "retail_media", "ads_per_visit": 4, "consent": "notice", "revenue_share": 0.6}
LOUD = {"retail_media": {"nuisance_of_an_ad": 0.01, "noticing_an_audience_per_week": 0.02}}


def lived(make: Make, media: dict[str, Any], *others: dict[str, Any], engine: Any = "columns", **settings: Any) -> Any:
    usual = {"weeks": 26, "institutions": [], "population": {"shoppers": 600}}
    return LoyaltyModel(make({"media": [media, *others]}, **{**usual, **settings}), engine=engine).run()


def paid(model: Any, flow: str) -> Any:
    return model.accounts.weekly[:, 1, place_of(flow)]


def weekly(model: Any, measure: Measure, policy: int = 1) -> Any:
    return model.ledger.weekly[:, policy, ..., measure].sum(axis=(1, 2))


def reached(model: Any, week: int) -> float:
    flowing = model.ledger.touched[week - 1, 1, :, 0, Touched.FLOWING].sum()
    return float(flowing / weekly(model, Measure.MEMBERS)[week - 1])


def test_brands_pay_by_visits_to_the_cent(make_scenario: Make) -> None:
    model = lived(make_scenario, MEDIA)
    visits = weekly(model, Measure.CARDED_TRIPS)
    shares = [reached(model, week) for week in range(5, 27)]
    assert min(shares) > 0.98, "where the terms say so, all but those who join this week belong to an audience"
    each = 2 * 4 / 1.3  # 20 dollars a thousand; three further ads dull attention by .1 each
    paid_by_hand = [
        each * (share + (1 - share) * 0.48) * count for share, count in zip(shares, visits[4:], strict=True)
    ]
    assert paid(model, "media_income").tolist() == [0] * 4 + [int(cents + 0.5) for cents in paid_by_hand]
    costs = [0] * 4 + [int(0.4 * cents + 0.5) for cents in paid_by_hand]
    assert paid(model, "media_costs").tolist() == costs, "the platform gets what the retailer does not keep"
    alone = lived(make_scenario, {name: term for name, term in MEDIA.items() if name != "revenue_share"})
    by_hand = [int(0.3 * cents + 0.5) for cents in paid_by_hand]
    assert paid(alone, "media_costs").tolist()[4:] == by_hand, "or running it oneself costs"


def test_who_belongs_to_no_audience_brings_half_as_much(make_scenario: Make) -> None:
    model = lived(make_scenario, MEDIA | {"consent": "opt_in", "ads_per_visit": 1}, behaviour=LOUD_ASKING)
    share, visits = reached(model, 20), weekly(model, Measure.CARDED_TRIPS)[19]
    assert 0 < share < 1
    assert paid(model, "media_income")[19] == int(2 * visits * (share + (1 - share) * 0.48) + 0.5)


LOUD_ASKING = {"considering_enrolment_per_week": 0.1}


def test_a_price_of_its_own_goes_before_the_usual_one(make_scenario: Make) -> None:
    usual, dearer = (lived(make_scenario, MEDIA | terms) for terms in ({}, {"price_per_thousand": 40}))
    assert paid(dearer, "media_income").sum() == pytest.approx(2 * paid(usual, "media_income").sum(), abs=26)


def test_what_the_retailer_gets_others_pay(make_scenario: Make) -> None:
    model = lived(make_scenario, MEDIA)
    accounts = model.accounts.weekly
    assert not np.sum([balances(accounts, party) for party in Party], axis=0).any()
    own = paid(model, "media_income") - paid(model, "media_costs")
    without = balances(accounts[..., : len(Flow)], Party.RETAILER)[:, 1]
    assert np.array_equal(balances(accounts, Party.RETAILER)[:, 1], without + own) and own.sum() > 0
    assert not accounts[:, 1, [Flow.FEES, Flow.INSURED_LOST]].any(), "no data buyer has a part in it"


def test_who_shows_no_ad_changes_nothing(make_scenario: Make) -> None:
    model = lived(make_scenario, MEDIA | {"ads_per_visit": 0, "consent": "opt_in"}, institutions=["press", "regulator"])
    assert np.array_equal(model.ledger.weekly[:, 0], model.ledger.weekly[:, 1])
    assert np.array_equal(model.accounts.weekly[:, 0], model.accounts.weekly[:, 1])


def test_twins_are_the_same_until_the_first_ad(make_scenario: Make) -> None:
    model = lived(make_scenario, MEDIA, **LOUD)
    assert np.array_equal(model.ledger.weekly[:4, 0], model.ledger.weekly[:4, 1])
    assert not np.array_equal(model.ledger.weekly[4, 0], model.ledger.weekly[4, 1])


def test_ads_are_a_nuisance_like_a_higher_price_that_nobody_gets(make_scenario: Make) -> None:
    known = {"retail_media": {"nuisance_of_an_ad": 0.01, "noticing_an_audience_per_week": 0}}
    firm = {"card_dropping_by_reward": 0, "joining_by_reward": 0, "store_by_price": 0}
    model = lived(make_scenario, MEDIA | {"consent": "none"}, **known, behaviour=firm)
    (all_now, carded_now), (all_then, carded_then) = (
        [weekly(model, each, policy)[4] for each in (Measure.SALES, Measure.CARDED_SALES)] for policy in (1, 0)
    )
    assert carded_now == pytest.approx((1 - 1.5 * 0.04) * carded_then, rel=1e-4), "1.5 % less for each per cent dearer"
    assert all_now - carded_now == all_then - carded_then, "who shows no card meets no ad"
    assert weekly(model, Measure.GOODS)[4] == all_now, "and prices are as they were"
    assert np.array_equal(weekly(model, Measure.PATRONS), weekly(model, Measure.PATRONS, 0))
    free = lived(make_scenario, MEDIA | {"consent": "none"}, **known)
    for measure in (Measure.MEMBERS, Measure.PATRONS):
        assert weekly(free, measure)[-1] < weekly(free, measure, 0)[-1]


def test_the_more_ads_the_sooner_audiences_are_found_out(make_scenario: Make) -> None:
    few, many = (lived(make_scenario, MEDIA | {"consent": "none", "ads_per_visit": ads}, weeks=52) for ads in (1, 10))
    aware = [weekly(model, Measure.AWARE)[-1] for model in (few, many)]
    trust = [weekly(model, Measure.TRUST)[-1] for model in (few, many)]
    assert 0 < aware[0] < aware[1] and trust[0] > trust[1]


@pytest.mark.parametrize("consent", ["none", "opt_out", "opt_in"])
def test_both_engines_agree_to_the_bit(consent: str, make_scenario: Make) -> None:
    story = {"week": 12, "do": "press_story", "about": "retail_media", "reach": 0.7}
    how = {"weeks": 20, "population": {"shoppers": 120}, "behaviour": LOUD_ASKING, **LOUD}
    one, other = (
        lived(make_scenario, MEDIA | {"consent": consent}, story, engine=engine, **how)
        for engine in ("columns", "agents")
    )
    assert np.array_equal(one.ledger.weekly, other.ledger.weekly)
    assert np.array_equal(one.accounts.weekly, other.accounts.weekly)
    for name in one.lives._fields:
        assert np.array_equal(getattr(one.lives, name), getattr(other.lives, name)), name


def test_ads_end_with_the_policy_and_with_an_answer(make_scenario: Make) -> None:
    stop = {"week": 11, "do": "respond", "about": "retail_media", "stop": True}
    for model in (lived(make_scenario, MEDIA | {"until": 10}), lived(make_scenario, MEDIA, stop)):
        assert (paid(model, "media_income") > 0).tolist() == [False] * 4 + [True] * 6 + [False] * 16
        assert not model.levers["nuisance"][10:].any()


def test_a_law_ends_audiences_that_nobody_can_leave_and_not_the_ads(make_scenario: Make) -> None:
    law = {"week": 10, "do": "law", "law": "california"}
    told, asked = (lived(make_scenario, MEDIA | {"consent": mode}, law) for mode in ("notice", "opt_out"))
    assert reached(told, 9) > 0.9 and reached(told, 10) == 0.0 and reached(asked, 10) > 0.9
    visits = weekly(told, Measure.CARDED_TRIPS)[9]
    assert paid(told, "media_income")[9] == int(0.48 * 2 * 4 / 1.3 * visits + 0.5)


def test_markets_are_paid_for_by_their_own_visits(make_scenario: Make) -> None:
    markets = {"here": 0.3, "elsewhere": 0.7}
    model = lived(make_scenario, MEDIA | {"markets": ["here"]}, markets=markets)
    visits, members = (model.ledger.weekly[9, 1, 0, :, each].sum() for each in (Measure.CARDED_TRIPS, Measure.MEMBERS))
    share = model.ledger.touched[9, 1, 0, 0, Touched.FLOWING] / members
    assert paid(model, "media_income")[9] == int(2 * 4 / 1.3 * (share + (1 - share) * 0.48) * visits + 0.5)


def test_its_guesses_are_drawn_where_it_stands_and_nowhere_else(make_scenario: Make) -> None:
    used, unused = (make_scenario({"new": each}, uncertain="evidence") for each in ([MEDIA], []))
    own = set(guesses_in({"retail_media"}))
    assert own <= set(drawn_numbers(used, 0)) and not own & set(drawn_numbers(unused, 0))
    assert "retail_media.worth_of_an_untargeted_ad" not in own, "what a source gives in figures is not drawn"
    number = parameters()["retail_media.nuisance_of_an_ad"]
    assert concerns(used, number) and not concerns(unused, number)


def test_the_return_sheet_has_it_and_adds_up(make_scenario: Make) -> None:
    outcome = run_scenario(make_scenario({"media": [MEDIA]}, weeks=26, institutions=[], replicates=2))
    lines = {line.name: line for line in return_sheet(outcome, 1)}
    assert sum(line.simulated for line in lines.values()) == pytest.approx(gains(outcome, Party.RETAILER)[:, 1].mean())
    visits = np.mean([each.weekly[4:, 0, ..., Measure.CARDED_TRIPS].sum() for each in outcome.replicates])
    income = lines["brands' payments for advertising"]
    assert income.naive == pytest.approx(2 * 4 / 1.3 * visits / 100)
    cost = lines["the platform's share, or the running of media"]
    assert cost.naive == pytest.approx(-0.4 * income.naive) and cost.simulated < 0 < income.simulated


def test_consent_that_cannot_be_given_that_way_is_refused(make_scenario: Make) -> None:
    with pytest.raises(ValueError, match="consent 'opt_in' cannot be asked for by letter"):
        make_scenario({"media": [MEDIA | {"consent": "opt_in", "asked": "letter"}]})


def test_a_promise_not_to_sell_data_is_broken_by_audiences(make_scenario: Make) -> None:
    promise = {"week": 1, "do": "public_promise"}
    kept, broken = (lived(make_scenario, MEDIA, *each, weeks=6) for each in ((), (promise,)))
    departures = [float(model.practices["departure"][5, 1, 0, 0]) for model in (kept, broken)]
    assert departures == pytest.approx([0.35 * 1.1, 0.35 * 1.1 * 1.5])


def test_it_is_told_in_plain_words() -> None:
    said = in_plain_words(RetailMedia.model_validate(MEDIA | {"consent": "opt_in"}))
    assert said == "From week 5: retail media; only with members who agree; ads per visit 4; revenue share 0.6."
