"""Compensation that is promised is paid: to those whom the practice has concerned, in the week of the answer."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import SALE

from simulation.behaviour import rules
from simulation.model.accounts import Flow, Party, balances
from simulation.model.ledger import Measure, Touched
from simulation.model.model import LoyaltyModel
from simulation.model.simulation import Engine
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
LEAK = {"week": 6, "do": "leak", "share": 0.1}
PAYS = {"week": 6, "do": "respond", "about": "leak", "compensation": 10}
STORY = {"week": 8, "do": "press_story", "about": "share_data", "reach": 0.5}


def lived(make: Make, *actions: dict[str, Any], engine: Engine = "columns", **settings: Any) -> LoyaltyModel:
    """Return a policy of some actions lived to the end, with nobody acting of their own accord."""
    usual: dict[str, Any] = {"weeks": 12, "institutions": [], "population": {"shoppers": 600}}
    return LoyaltyModel(make({"answered": list(actions)}, **(usual | settings)), engine=engine).run()


def paid(model: LoyaltyModel) -> dict[int, int]:
    """Return the cents booked as compensation, by week; nothing under the baseline."""
    booked = model.accounts.weekly[..., Flow.COMPENSATION]
    assert not booked[:, 0].any()
    return {int(week) + 1: int(booked[week, 1]) for week in np.flatnonzero(booked[:, 1])}


def members(model: LoyaltyModel, *weeks: int, measure: Measure = Measure.MEMBERS) -> int:
    """Return the most active members, or of another measure, in any of some weeks."""
    of_weeks = model.ledger.weekly[:, 1, ..., measure].sum(axis=(1, 2))
    return max(int(of_weeks[week - 1]) for week in weeks)


def flowing(model: LoyaltyModel, practice: str, until: int) -> int:
    """Return the most shoppers whose data a practice has passed on in a week so far."""
    place = model.case.practice_names.index(practice)
    return int(model.ledger.touched[:until, 1, :, place, Touched.FLOWING].sum(axis=1).max())


@pytest.mark.parametrize("engine", ["columns", "agents"])
@pytest.mark.parametrize("week", [6, 7])
def test_a_tenth_of_members_is_paid_whose_records_leaked(week: int, engine: Engine, make_scenario: Make) -> None:
    model = lived(make_scenario, LEAK, PAYS | {"week": week}, engine=engine)
    tenth = int(0.1 * members(model, *range(6, week + 1)) + 0.5)
    assert 30 < tenth < 60 and paid(model) == {week: 1000 * tenth}
    received = balances(model.accounts.weekly, Party.RETAILER).sum(axis=0)
    contribution = model.ledger.weekly[..., Measure.CONTRIBUTION].sum(axis=(0, 2, 3))
    assert (contribution - received).tolist() == [0, 1000 * tenth]


def test_the_order_in_the_file_does_not_matter(make_scenario: Make) -> None:
    before, after = lived(make_scenario, PAYS, LEAK), lived(make_scenario, LEAK, PAYS)
    event = LoyaltyModel(
        make_scenario({"answered": [PAYS]}, weeks=12, institutions=[], population={"shoppers": 600}, events=[LEAK])
    ).run()
    assert paid(before) == paid(after) == {6: 1000 * int(0.1 * members(after, 6) + 0.5)}
    assert np.array_equal(before.ledger.weekly[:, 1], after.ledger.weekly[:, 1])
    assert np.array_equal(event.ledger.weekly[:, 1], after.ledger.weekly[:, 1])
    unanswered = lived(make_scenario, LEAK).practices["departure"][-1, 1].max()
    # 25 dollars are forgiven in full, so 10 of them for two fifths
    forgiven = 1 - before.practices["departure"][-1, 1].max() / unanswered
    assert forgiven == pytest.approx(10 / 25 * float(before.numbers["forgiven_for_compensation"]))


def test_a_scandal_elsewhere_can_be_answered_for(make_scenario: Make) -> None:
    scandal = {"week": 6, "do": "scandal_elsewhere"}
    silent, sorry = (lived(make_scenario, scandal, *answer) for answer in ([], [PAYS | {"about": "scandal_elsewhere"}]))
    ratio = sorry.practices["departure"][-1, 1].max() / silent.practices["departure"][-1, 1].max()
    assert ratio == pytest.approx(1 - 10 / 25 * float(sorry.numbers["forgiven_for_compensation"]))
    assert paid(sorry) == {6: 1000 * members(sorry, 6)}


def test_an_answer_pays_for_the_practice_that_it_is_about(make_scenario: Make) -> None:
    asked = SALE | {"consent": "opt_in", "reward": 0.01}
    model = lived(make_scenario, asked, LEAK | {"share": 1.0}, PAYS | {"about": "share_data", "week": 9})
    took_part = flowing(model, "share_data", 9)
    assert 0 < took_part < members(model, 9) and paid(model) == {9: 1000 * took_part}


def test_a_sale_that_is_answered_in_its_first_week_pays_those_whose_data_flowed(make_scenario: Make) -> None:
    model = lived(make_scenario, SALE, PAYS | {"about": "share_data", "week": 5})
    assert paid(model) == {5: 1000 * members(model, 5, measure=Measure.SHARED)}


def test_nobody_is_paid_for_what_never_ran(make_scenario: Make) -> None:
    survey = {"week": 5, "do": "survey_first", "about": "share_data", "sample": 100, "stop_if_refusing_above": 0}
    model = lived(make_scenario, SALE, survey, PAYS | {"about": "share_data", "week": 9})
    assert not model.practices["running"][:, 1].any() and paid(model) == {}


def test_who_answers_twice_pays_twice(make_scenario: Make) -> None:
    model = lived(make_scenario, LEAK, PAYS, PAYS | {"week": 12, "compensation": 2.5})
    first, last = int(0.1 * members(model, 6) + 0.5), int(0.1 * members(model, 6, 7, 8, 9) + 0.5)
    assert paid(model) == {6: 1000 * first, 12: 250 * last}, "the leak stays open for four weeks; 12 is the last"


@pytest.mark.parametrize("engine", ["columns", "agents"])
def test_an_answer_to_a_story_is_paid_once(engine: Engine, make_scenario: Make) -> None:
    answer = {"week": 5, "do": "respond", "about": "share_data", "to": "exposure", "after": 2, "compensation": 4}
    model = lived(make_scenario, SALE, STORY, answer, engine=engine, weeks=20)
    assert paid(model) == {10: 400 * flowing(model, "share_data", 10)}, "two weeks after week 8"


def test_a_leak_is_not_undone_by_stopping_it_in_its_week(make_scenario: Make) -> None:
    model = lived(make_scenario, LEAK, PAYS | {"stop": True})
    ran = model.practices["running"][:, 1, 0, 0]
    assert np.flatnonzero(ran).tolist() == [5] and paid(model) == {6: 1000 * int(0.1 * members(model, 6) + 0.5)}
    ordered = lived(make_scenario, LEAK, {"week": 6, "do": "regulator_order", "about": "leak"})
    assert np.flatnonzero(ordered.practices["running"][:, 1, 0, 0]).tolist() == [5]
    sold = lived(make_scenario, SALE, PAYS | {"about": "share_data", "week": 5, "stop": True})
    assert not sold.practices["running"][:, 1].any() and paid(sold) == {}, "a sale can be called off in its week"


def test_a_pilot_s_compensation_is_for_its_market(make_scenario: Make) -> None:
    markets = {"pilot": 0.3, "elsewhere": 0.7}
    sale, answer = SALE | {"markets": ["pilot"]}, PAYS | {"about": "share_data", "week": 7}
    model = lived(make_scenario, sale, answer, markets=markets)
    here = members(model, 5, 6, 7, measure=Measure.SHARED)
    assert paid(model) == {7: 1000 * here} and 0 < here < 0.4 * members(model, 7)


def test_each_policy_pays_for_itself(make_scenario: Make) -> None:
    policies = {"silent": [LEAK], "a tenth": [LEAK, PAYS], "all": [LEAK | {"share": 1.0}, PAYS]}
    model = LoyaltyModel(make_scenario(policies, weeks=7, institutions=[])).run()
    booked = model.accounts.weekly[..., Flow.COMPENSATION].sum(axis=0).tolist()
    each = int(model.ledger.weekly[5, 3, ..., Measure.MEMBERS].sum())
    assert booked == [0, 0, 1000 * int(0.1 * each + 0.5), 1000 * each]


@pytest.mark.parametrize(
    ("scope", "concerned"),  # by hand; of: a patron whose data flows, a member, a heavy one, one left out, no card
    [(0, [1, 0, 0, 0, 0]), (1, [1, 1, 1, 1, 0]), (2, [0, 0, 0, 1, 0]), (3, [0, 0, 1, 0, 0]), (4, [0, 0, 0, 0, 1])],
)
def test_a_practice_concerns_those_at_whose_expense_it_is(scope: int, concerned: list[int]) -> None:
    #            flows, patron, member, below, spend_rank
    shoppers = [(1, 1, 1, 0, 0.4), (0, 1, 1, 0, 0.4), (0, 1, 1, 0, 0.9), (0, 1, 1, 2, 0.4), (0, 1, 0, 0, 0.9)]
    assert [rules.is_concerned(scope, *each) for each in shoppers] == concerned
    assert rules.is_concerned(scope, 0, 0, 0, 0, 0.9) == 0, "who shops elsewhere is not concerned"


@pytest.mark.parametrize("engine", ["columns", "agents"])
def test_who_paid_more_gets_it_back(engine: Engine, make_scenario: Make) -> None:
    prices = {"week": 5, "do": "personal_prices", "dispersion": 0.1}
    model = lived(
        make_scenario, prices, PAYS | {"about": "personal_prices", "week": 5, "compensation": 3}, engine=engine
    )
    heavier = paid(model)[5] / 300
    assert heavier == flowing(model, "personal_prices", 5) and 0.4 < heavier / members(model, 5) < 0.75
