"""A class action that is settled on a date: so much a head, for those whom it has concerned, and nobody sues again."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from test_engines import same

from simulation.model.accounts import Flow, Party, balances
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.scenario.drawn import drawn_addresses
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
LEAK = {"week": 5, "do": "leak", "share": 0.3, "fields": "payment_cards"}
SUIT = {"week": 9, "do": "class_action", "about": "leak", "settlement_per_head": 12}


def lived(make: Make, *actions: dict[str, Any], **settings: Any) -> LoyaltyModel:
    """Return a status quo and a policy of some actions lived, with nobody acting of their own accord."""
    usual: dict[str, Any] = {"weeks": 16, "institutions": [], "population": {"shoppers": 1000}}
    return LoyaltyModel(make({"sued": list(actions)}, **(usual | settings))).run()


def paid(model: LoyaltyModel, policy: int = 1) -> dict[int, int]:
    """Return the cents that settle suits, by week."""
    booked = model.accounts.weekly[:, policy, Flow.SETTLEMENTS]
    return {int(week) + 1: int(booked[week]) for week in np.flatnonzero(booked)}


def concerned(model: LoyaltyModel) -> int:
    """Return three tenths of the most members while the hole was open, weeks 5 to 8."""
    members = model.ledger.weekly[4:8, 1, ..., Measure.MEMBERS].sum(axis=(1, 2))
    return int(0.3 * members.max() + 0.5)


def test_each_whose_record_leaked_is_paid_for(make_scenario: Make) -> None:
    model = lived(make_scenario, LEAK, SUIT)
    assert paid(model) == {9: 1200 * concerned(model)} and 100 < concerned(model) < 300
    received = balances(model.accounts.weekly, Party.RETAILER).sum(axis=0)
    contribution = model.ledger.weekly[..., Measure.CONTRIBUTION].sum(axis=(0, 2, 3))
    assert (contribution - received).tolist() == [0, 1200 * concerned(model)]


def test_it_is_settled_for_those_of_its_own_week_as_well_and_twice_if_there_are_two(make_scenario: Make) -> None:
    at_once, later = SUIT | {"week": 5}, SUIT | {"week": 12, "settlement_per_head": 0.5}
    model = lived(make_scenario, LEAK, at_once, later)
    members = model.ledger.weekly[:, 1, ..., Measure.MEMBERS].sum(axis=(1, 2))
    assert paid(model) == {5: 1200 * int(0.3 * members[4] + 0.5), 12: 50 * concerned(model)}


def test_what_is_settled_is_not_sued_about_again(make_scenario: Make) -> None:
    world = {"class_action_per_story": 1, "class_action_weeks": 6, "settlement_spread": 0, "settlement_per_head": 1.5}
    how: dict[str, Any] = {"institutions": ["court"], "world": world}
    sued, settled = lived(make_scenario, LEAK, **how), lived(make_scenario, LEAK, SUIT, **how)
    # the story of week 5 is taken up in week 6, and settled in week 12
    assert paid(sued) == {12: 150 * concerned(sued)} and paid(settled) == {9: 1200 * concerned(settled)}


def test_a_settlement_mends_a_little(make_scenario: Make) -> None:
    model = lived(make_scenario, LEAK, SUIT)
    before, after = model.practices["departure"][[7, 8], 1, 0, 0]
    # 12 of 25 dollars, three tenths of what as much compensation takes away: .2
    assert after / before == pytest.approx(1 - 12 / 25 * 0.2 * 0.3)
    rich = lived(make_scenario, LEAK, SUIT | {"settlement_per_head": 1000})
    assert rich.practices["departure"][8, 1, 0, 0] / before == pytest.approx(1 - 0.2 * 0.3)


def test_news_of_it_reminds(make_scenario: Make) -> None:
    quiet, loud = (lived(make_scenario, LEAK, SUIT | {"reach": reach}) for reach in (0.0, 0.5))
    assert quiet.practices["press"][8, 1, 0, 0] < 0.01
    assert loud.practices["press"][8:10, 1, 0, 0].tolist() == pytest.approx([0.5, 0.15])


def test_a_sale_can_be_sued_about_too(make_scenario: Make) -> None:
    sale = {"week": 5, "do": "share_data", "with": "broker", "consent": "none", "fee_per_member_year": 1}
    model = lived(make_scenario, sale, SUIT | {"about": "share_data"})
    shared = model.ledger.weekly[4:9, 1, ..., Measure.SHARED].sum(axis=(1, 2))
    assert paid(model) == {9: 1200 * int(shared.max())}


def test_a_suit_about_nothing_or_for_nothing(make_scenario: Make) -> None:
    one, other = lived(make_scenario, LEAK), lived(make_scenario, LEAK, SUIT | {"settlement_per_head": 0})
    same(one, other)
    head = "title: t\nquestion: q?\nweeks: 60\npopulation: {shoppers: 500}\npolicies:\n  status quo: []\n  new:\n"
    with pytest.raises(ScenarioError, match="starts no practice called 'leak'"):
        scenario_from_text(head + "    - {week: 9, do: class_action, about: leak, settlement_per_head: 3}\n")


def test_twins_are_the_same_until_the_week_and_engines_agree(make_scenario: Make) -> None:
    policies = {"leak": [LEAK], "sued": [LEAK, SUIT | {"reach": 0.6}]}
    case = make_scenario(policies, weeks=16, population={"shoppers": 150})
    columns = LoyaltyModel(case).run()
    assert np.array_equal(columns.ledger.weekly[:8, 1], columns.ledger.weekly[:8, 2])
    assert np.array_equal(columns.accounts.weekly[:8, 1], columns.accounts.weekly[:8, 2])
    assert not np.array_equal(columns.ledger.weekly[8:, 1], columns.ledger.weekly[8:, 2])
    same(LoyaltyModel(case, engine="agents").run(), columns)


def test_its_number_is_drawn_where_it_is_used_alone(make_scenario: Make) -> None:
    plain, used = (make_scenario({"sued": actions}, uncertain="prior") for actions in ([LEAK], [LEAK, SUIT]))
    assert {*drawn_addresses(used)} - {*drawn_addresses(plain)} == {"suits.settlement_counts_as_compensation"}
