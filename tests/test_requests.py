"""Requests about records and browsers' opt-out signals: what they cost, whom they take out, and whom law binds."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from test_engines import same

from simulation.behaviour import rules
from simulation.model.accounts import Flow, Party, balances, place_of
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.scenario.drawn import drawn_addresses
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
SOLD = {"week": 5, "do": "share_data", "with": "broker", "purpose": "marketing", "fee_per_member_year": 5.2}
LEFT = SOLD | {"consent": "opt_out"}
ASKED = {"week": 5, "do": "deletion_requests", "per_million": 520_000, "cost_per_request": 5}
SIGNAL = {"week": 5, "do": "opt_out_signal", "share": 0.3}


def lived(make: Make, *actions: dict[str, Any], **settings: Any) -> LoyaltyModel:
    """Return a status quo and a policy of some actions lived, with nobody acting of their own accord."""
    usual: dict[str, Any] = {"weeks": 12, "institutions": [], "population": {"shoppers": 2000}}
    return LoyaltyModel(make({"asked": list(actions)}, **(usual | settings))).run()


def by_week(model: LoyaltyModel, measure: Measure, policy: int = 1) -> list[int]:
    """Return a measure of a policy, week by week."""
    counted: list[int] = model.ledger.weekly[:, policy, ..., measure].sum(axis=(1, 2)).tolist()
    return counted


def out(model: LoyaltyModel, policy: int = 1) -> float:
    """Return the share of shoppers who are out of the first practice."""
    return float(model.lives.opted_out[policy].mean())


@pytest.mark.parametrize(
    ("luck", "chance", "out"), [(0.95, 0.1, 1), (0.9, 0.1, 1), (0.8999, 0.1, 0), (0.99, 0.0, 0), (0.0, 1.0, 1)]
)
def test_the_high_end_of_a_luck_takes_a_record_out(luck: float, chance: float, out: int) -> None:
    assert rules.taken_out(luck, chance) == out


def test_each_request_costs_what_is_said(make_scenario: Make) -> None:
    model = lived(make_scenario, ASKED | {"until": 8})
    members = by_week(model, Measure.MEMBERS)
    # .52 requests a member-year are a hundredth a week, at five dollars: five cents for each member
    due = [0] * 4 + [5 * each for each in members[4:8]] + [0] * 4
    assert model.accounts.weekly[:, 1, place_of("request_costs")].tolist() == due and min(members) > 1000
    assert not model.accounts.weekly[:, 0, place_of("request_costs")].any()
    value = balances(model.accounts.weekly, Party.RETAILER).sum(axis=0)
    assert value[0] - value[1] == sum(due), "nothing else has changed"


def test_a_request_to_see_a_record_costs_as_much_and_one_by_hand_costs_what_is_published(make_scenario: Make) -> None:
    seen = ASKED | {"per_million": 0, "access_per_million": 520_000}
    assert lived(make_scenario, seen).accounts.weekly[4, 1, place_of("request_costs")] > 0
    by_hand = {key: value for key, value in ASKED.items() if key != "cost_per_request"}
    model = lived(make_scenario, by_hand)
    assert model.accounts.weekly[4, 1, place_of("request_costs")] == 1524 * by_week(model, Measure.MEMBERS)[4]


def test_only_those_who_can_be_verified_are_out_and_week_by_week_more(make_scenario: Make) -> None:
    model = lived(make_scenario, LEFT, ASKED)
    # seven of ten requests can be verified: .7 % of the records a week, for the eight weeks up to the twelfth
    assert out(model) == pytest.approx(1 - 0.993**8, abs=0.02)
    assert out(lived(make_scenario, SOLD | {"consent": "notice"}, ASKED)) == 0, "what cannot be left fills up again"


def test_a_deleted_record_chooses_offers_no_better_than_none(make_scenario: Make) -> None:
    offers = {"week": 2, "do": "targeted_offers", "intensity": 1, "depth": 0.5}
    model = lived(make_scenario, offers, ASKED, weeks=60)
    fit = model.levers["offer_fit"][:, 1, 0]
    # .7 % are deleted a week, and tell as much as before after 26
    assert fit[3] == fit[4] and fit[14] == pytest.approx(0.93 * fit[3])
    assert fit[40] == fit[59] == pytest.approx((1 - 26 * 0.007) * fit[3])


def test_those_whose_browser_signals_are_out_at_once_and_hear_of_nothing(make_scenario: Make) -> None:
    still = {"behaviour": {"considering_terms_per_week": 0}, "practices": {"noticing_own_data_per_year": 0}}
    model = lived(make_scenario, LEFT, SIGNAL, **still)
    everybody = lived(make_scenario, LEFT, **still)
    assert out(model) == pytest.approx(0.3, abs=0.04), "600 of 2,000, give or take two standard errors"
    assert by_week(model, Measure.AWARE) == [0] * 12
    shared, all_shared = by_week(model, Measure.SHARED), by_week(everybody, Measure.SHARED)
    assert all(0.66 < few / many < 0.74 for few, many in zip(shared[4:], all_shared[4:], strict=True))
    # 5.20 dollars a member-year: ten cents a record and week, but for a rest in each of the eighteen cells
    paid = model.accounts.weekly[:, 1, Flow.FEES].sum()
    assert 10 * sum(shared) - 18 < paid <= 10 * sum(shared)
    assert by_week(model, Measure.SALES) == by_week(everybody, Measure.SALES)


def test_more_browsers_signal_as_years_go_by(make_scenario: Make) -> None:
    model = lived(make_scenario, LEFT, SIGNAL | {"share": 0.1, "share_at_end": 0.5}, weeks=45)
    chance = model.practices["taken_out"][:, 1, 0, 0]
    # one per cent more a week, of those who have not left: a tenth, then .01 / .9, .01 / .89 ...
    assert chance[3:6].tolist() == pytest.approx([0, 0.1, 0.01 / 0.9]) and chance[44] == pytest.approx(0.01 / 0.51)
    assert out(model) == pytest.approx(0.5, abs=0.04)


def test_a_buyer_that_gets_fewer_records_pays_less(make_scenario: Make) -> None:
    grown = SIGNAL | {"share": 0.0, "share_at_end": 0.4}
    how: dict[str, Any] = {"weeks": 106, "institutions": ["data_buyer"], "population": {"shoppers": 800}}
    fees = lived(make_scenario, LEFT, grown, **how).practices["fee"][:, 1, 0, 0]
    assert fees[60] == 52_000 and 0.5 * fees[60] < fees[105] < 0.9 * fees[60]


@pytest.mark.parametrize(
    ("honoured", "here", "there", "unlawful"),
    [("everywhere", True, True, False), ("by_law", True, False, False), ("nowhere", False, False, True)],
)
def test_a_signal_is_honoured_by_choice_or_by_law(
    honoured: str, here: bool, there: bool, unlawful: bool, make_scenario: Make
) -> None:
    law = {"week": 1, "do": "law", "law": "california", "markets": ["here"]}
    markets = {"here": 0.5, "there": 0.5}
    model = lived(make_scenario, LEFT, SIGNAL | {"honoured": honoured}, events=[law], markets=markets)
    first, second = (model.lives.opted_out[1][model.people.number // 1000 == side].mean() > 0.2 for side in (0, 1))
    assert (first, second) == (here, there)
    assert (model.practices["unlawful"][8, 1, :, 0] > 0).tolist() == [unlawful, False]


def test_a_pilot_that_is_scaled_up_heeds_signals_everywhere(make_scenario: Make) -> None:
    grown = {"week": 9, "do": "scale_up", "about": "share_data", "if_effect_above": -1}
    markets = {"pilot": 0.5, "elsewhere": 0.5}
    model = lived(make_scenario, LEFT | {"markets": ["pilot"]}, SIGNAL, grown, markets=markets)
    assert model.practices["taken_out"][7:9, 1, 1, 0].tolist() == pytest.approx([0, 0.3])
    assert model.lives.opted_out[1][model.people.number >= 1000].mean() == pytest.approx(0.3, abs=0.05)


def test_what_asks_for_no_leave_takes_no_notice_of_signals(make_scenario: Make) -> None:
    for consent in ("none", "notice", "opt_in"):
        one, other = (
            lived(make_scenario, SOLD | {"consent": consent}),
            lived(make_scenario, SOLD | {"consent": consent}, SIGNAL),
        )
        assert np.array_equal(one.ledger.weekly, other.ledger.weekly)


def test_nobody_who_asks_and_nobody_who_signals_changes_exactly_nothing(make_scenario: Make) -> None:
    idle = ASKED | {"per_million": 0}, SIGNAL | {"share": 0}
    one, other = lived(make_scenario, LEFT), lived(make_scenario, LEFT, *idle)
    same(one, other)


def test_twins_are_the_same_until_the_week(make_scenario: Make) -> None:
    late = ASKED | {"week": 9}, SIGNAL | {"week": 9}
    one, other = lived(make_scenario, LEFT), lived(make_scenario, LEFT, *late)
    assert np.array_equal(one.ledger.weekly[:8], other.ledger.weekly[:8])
    assert np.array_equal(one.accounts.weekly[:8], other.accounts.weekly[:8])
    assert not np.array_equal(one.ledger.weekly[8, 1], other.ledger.weekly[8, 1])


def test_engines_agree(make_scenario: Make) -> None:
    offers = {"week": 2, "do": "targeted_offers", "intensity": 2, "depth": 0.9}
    policies = {"asked": [LEFT, SIGNAL, ASKED, offers, {"week": 7, "do": "press_story", "about": "share_data"}]}
    case = make_scenario(policies, weeks=20, population={"shoppers": 150})
    columns = LoyaltyModel(case).run()
    same(LoyaltyModel(case, engine="agents").run(), columns)
    assert columns.lives.opted_out[1].any()


def test_its_numbers_are_drawn_where_it_is_used_alone(make_scenario: Make) -> None:
    plain = make_scenario({"sold": [LEFT]}, uncertain="prior")
    used = make_scenario({"sold": [LEFT, ASKED]}, uncertain="prior")
    assert {*drawn_addresses(used)} - {*drawn_addresses(plain)} == {"requests.record_fills_again_weeks"}


def test_a_share_that_falls_is_refused() -> None:
    text = (
        "title: t\nquestion: q?\nweeks: 60\npopulation: {shoppers: 500}\npolicies:\n  status quo: []\n  new:\n"
        "    - {week: 9, do: opt_out_signal, share: 0.3, share_at_end: 0.1}\n"
    )
    with pytest.raises(ScenarioError, match=r"share at the end lies below that at first[^$]*write 0.3 or more"):
        scenario_from_text(text)
