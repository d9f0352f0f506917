"""Where the reserve falls at once, and what is named for it; expected values by hand."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from conftest import SALE

from simulation.questions.reserve.answer import earned_at_observed_fees, of_reserve
from simulation.questions.reserve.cliff import Cliff, Event, cliff_in_words, cliff_of, rival_follows
from simulation.questions.reserve.reserve import Reserve, backlash_reserve
from simulation.scenario.schema import Scenario

WEEKS = np.array([10, 20, 30, 40])


def reserve_of(*replicates: list[float]) -> Reserve:
    cost = np.array(replicates)
    return Reserve("sale", "share_data", WEEKS, cost, np.full_like(cost, 50.0))


def test_a_cliff_is_the_steepest_step_and_what_falls_within_it_is_named(make_scenario: Callable[..., Scenario]) -> None:
    found = reserve_of([100, 98, 40, 38], [90, 92, 42, 40])
    case = make_scenario({"sale": [SALE]}, weeks=100, world={"rival_follows_after_weeks": 20})
    # the sale runs for its twentieth week in week 24, when the rival follows
    cliff = cliff_of(found, case)
    assert cliff == Cliff(20, 30, (95.0, 41.0), (rival_follows(case, 5),))
    assert cliff.events[0].week == 24
    alone = make_scenario({"sale": [SALE]}, weeks=100, institutions=["data_buyer"])
    assert cliff_of(found, alone) == replace(cliff, events=())
    said = cliff_in_words(cliff)
    assert said.startswith("Between exposure in week 20 and in week 30 the reserve falls from $95 to $41: in week 24 a")
    assert "nothing that has a date in this scenario falls there" in cliff_in_words(replace(cliff, events=()))
    programme = {"week": 25, "do": "reward_programme", "until": 60}
    both = cliff_of(
        found, make_scenario({"sale": [SALE, programme]}, weeks=100, world={"rival_follows_after_weeks": 20})
    )
    assert both and [each.name for each in both.events] == ["a rival grocer sells data too", "reward programme begins"]
    assert both.events[1] == Event(25, "reward programme begins")


@pytest.mark.parametrize(
    "replicates",
    [
        ([100, 90, 80, 70], [100, 90, 80, 70]),  # a slope: no step is above a quarter of the highest
        ([100, 100, 40, 40], [40, 40, 110, 110]),  # one falls, the other rises: luck
    ],
)
def test_a_slope_and_luck_are_no_cliff(replicates: list[list[float]], make_scenario: Callable[..., Scenario]) -> None:
    assert cliff_of(reserve_of(*replicates), make_scenario({"sale": [SALE]}, weeks=100)) is None


def test_the_rival_makes_the_cliff_that_is_named_for_it(make_scenario: Callable[..., Scenario]) -> None:
    settings = {
        "weeks": 100,
        "replicates": 2,
        "population": {"shoppers": 2000},
        "behaviour": {"stated_weight_in_action": 0.6, "leaving_by_grievance": 200},
        "world": {"rival_follows_after_weeks": 20, "refuge_lost_if_rival_sells": 1.0, "story_reach": 0.6},
    }
    with_rival = make_scenario({"sale": [SALE]}, institutions=["data_buyer", "rival"], **settings)
    found = backlash_reserve(with_rival, "sale", every=6)
    cliff = cliff_of(found, with_rival)
    assert cliff and [each.name for each in cliff.events] == ["a rival grocer sells data too"]
    without = make_scenario({"sale": [SALE]}, institutions=["data_buyer"], **settings)
    assert cliff_of(backlash_reserve(without, "sale", every=6), without) is None


def test_what_observed_fees_would_earn_is_the_income_in_proportion(make_scenario: Callable[..., Scenario]) -> None:
    case, found = make_scenario({"sale": [SALE]}, weeks=100), reserve_of([100, 98, 40, 38])
    ends = earned_at_observed_fees(found, case)
    assert ends is not None
    # 50 dollars at half a dollar a record are 6 at 6 cents and 61 at 61
    assert (ends[0][0, 0], ends[1][0, 0]) == pytest.approx((6, 61))
    said = of_reserve(found, case).said
    assert "$0.06 to $0.61 a record and year, which have been observed, $6 to $61 would be earned" in said[-1]
    free = make_scenario({"sale": [SALE | {"fee_per_member_year": 0}]}, weeks=100)
    assert earned_at_observed_fees(found, free) is None
