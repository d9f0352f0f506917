"""What the population says in a survey, and what it does, against what real people said and did."""

import numpy as np
import pytest

from simulation.behaviour.parameters import numbers, parameters
from simulation.evidence.attitudes import (
    LEFT_AFTER_A_LEAK,
    SAID,
    SAID_PRIORS,
    answers,
    asked,
    distance,
    leaving_because_of_a_leak,
    points,
    posterior,
)
from simulation.scenario.population import Shoppers, market_bounds, opening_columns


def test_the_population_says_what_people_said() -> None:
    found = asked({})
    for share in SAID:
        assert found[share.name] == pytest.approx(share.observed, abs=1.5 * share.error), share.name


def test_distance_counts_standard_errors_by_hand() -> None:
    exact = {share.name: share.observed for share in SAID}
    assert distance(exact) == 0
    first = SAID[0]
    assert distance(exact | {first.name: first.observed + 2 * first.error}) == pytest.approx(2 / np.sqrt(len(SAID)))
    assert first.error == pytest.approx(np.sqrt(0.47 * 0.53 / 461))


def test_answers_follow_from_how_violated_each_would_feel() -> None:
    people, _ = opening_columns(market_bounds(10, [1.0]), 1, numbers(), 1, 0)
    four = Shoppers(*(column[:4].copy() for column in people))
    four.sensitivity[:] = [0.0, 0.3, 0.3, 1.0]
    four.older[:], four.low_income[:] = [0, 1, 0, 1], [0, 1, 1, 0]
    record = numbers(
        {"attitudes.minding_from": 0.5, "attitudes.unsure_from": 0.2, "practices.blame_on_the_buyer": 0}
        | {"practices.departure_to_broker": 1, "practices.purpose_marketing": 1}
        | {"practices.departure_to_insurer": 2, "practices.purpose_underwriting": 1}
    )
    found = answers(four, record)
    assert (found["card data sold: acceptable"], found["card data sold: it depends"]) == (0.25, 0.5)
    assert (found["insurer: it depends"], found["insurer: not acceptable"]) == (0.0, 0.75)
    assert (found["not acceptable, 50 and over"], found["acceptable, low income"]) == (0.5, 0.0)


def test_no_more_leave_after_a_leak_than_say_so_and_more_if_words_weighed_in_full() -> None:
    weight = "behaviour.stated_weight_in_action"
    usual, in_full = (leaving_because_of_a_leak({weight: value}) for value in (parameters()[weight].value, 1.0))
    assert 0 <= usual <= LEFT_AFTER_A_LEAK
    assert in_full > 2 * usual


def test_points_are_the_same_every_time_and_lie_within_their_priors() -> None:
    first, again = points(SAID_PRIORS, 64, 0), points(SAID_PRIORS, 64, 0)
    assert first == again != points(SAID_PRIORS, 64, 1)
    for address, (low, high) in SAID_PRIORS.items():
        values = [point[address] for point in first]
        assert low <= min(values) < (low + high) / 2 < max(values) <= high
    assert posterior([{"a": 1.0}, {"a": 2.0}, {"a": 3.0}])["a"] == pytest.approx((2.0, 1.2, 2.8))
