"""At which number a policy stops paying."""

from collections.abc import Callable

import numpy as np
import pytest
from conftest import SALE

from simulation.model.ledger import Measure
from simulation.scenario.schema import Scenario
from simulation.study.break_even import break_even, crossing
from simulation.study.runs import run_scenario

UNSEEN = {"world": {"press_hazard_per_year": 0}, "practices": {"noticing_own_data_per_year": 0}, "institutions": []}
SURVEY = {"week": 5, "do": "survey_first", "about": "share_data", "cost": 40.0, "stop_if_refusing_above": 1}


def test_a_broken_line_is_followed_to_where_it_meets_nothing() -> None:
    values = np.array([0.0, 1.0, 2.0, 4.0])
    assert crossing(values, np.array([-1.0, 1.0, 2.0, 3.0])) == 0.5
    assert crossing(values, np.array([-3.0, -2.0, -1.0, 3.0])) == 2.5
    assert crossing(values, np.array([1.0, 0.0, 1.0, 1.0])) == 1.0
    assert np.isnan(crossing(values, np.array([-1.0, -1.0, -1.0, -1.0])))


def test_a_fee_must_cover_what_the_deal_costs(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario({"sale": [SALE, SURVEY]}, weeks=52, replicates=2, **UNSEEN)
    found = break_even(scenario, "sale", "fee_per_member_year")
    # nobody learns of it, so the difference is the fee on member-weeks, less 40 dollars, each discounted to its week
    outcome = run_scenario(scenario)
    weights = 1.08 ** (-np.arange(1, 53) / 52)
    years = outcome.weekly(Measure.SHARED)[..., 1] @ weights / 52
    by_hand = 40 * weights[4] / years
    assert found.crossings == pytest.approx(by_hand, rel=2e-3)
    assert found.values[0] == 0 and found.values[-1] == 2


def test_a_hazard_at_which_it_stops_paying(make_scenario: Callable[..., Scenario]) -> None:
    settings = UNSEEN | {"institutions": ["press"]}
    scenario = make_scenario({"sale": [SALE]}, weeks=52, population={"shoppers": 1500}, **settings)
    found = break_even(scenario, "sale", "world.press_hazard_per_year", (0, 50), tried=3)
    assert found.difference[0, 0] > 0 > found.difference[0, -1]
    assert 0 < found.on_average < 50


def test_what_cannot_be_asked_is_said(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario({"sale": [SALE]})
    for policy, number, between, message in (
        ("sail", "fee_per_member_year", None, "known here: sale"),
        ("status quo", "fee_per_member_year", None, "compare with the baseline"),
        ("sale", "fee", None, "its terms: exit_friction, fee_per_member_year, readability, reward, worth_to"),
        ("sale", "fee_per_member_year", (2.0, 1.0), "must lie below"),
    ):
        with pytest.raises(ValueError, match=message):
            break_even(scenario, policy, number, between)
    with pytest.raises(ValueError, match="2 to 40"):
        break_even(scenario, "sale", "fee_per_member_year", tried=1)
