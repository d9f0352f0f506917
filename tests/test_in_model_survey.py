"""What shoppers would answer is more than what they do, and both are worked out by hand."""

from typing import Any

import numpy as np
import pytest

from simulation.behaviour.parameters import numbers
from simulation.evidence.fitting.in_model_survey import asked_about_a_leak, have_stopped, would_mind, would_stop
from simulation.scenario.population import Lives, Shoppers, market_bounds, opening_columns


def people(count: int = 4, **columns: Any) -> Shoppers:
    """Return shoppers with some columns set."""
    found, _ = opening_columns(market_bounds(count, [1.0]), 1, numbers(), 7, 0)
    return found._replace(**{name: np.asarray(values) for name, values in columns.items()})


def test_who_minds_feels_a_violation_from_the_threshold_on() -> None:
    record = numbers({"attitudes.minding_from": 0.2})
    asked = people(sensitivity=np.array([0.0, 0.3, 0.5, 1.0], np.float32))
    assert would_mind(0.4, asked, record).tolist() == [False, False, True, True]  # 0, .12, .2, .4
    assert not would_mind(0.0, asked, record).any()


def test_who_would_stop_more_likely_than_not_leaves_at_once_and_has_somewhere_to_go() -> None:
    record = numbers(
        {
            "shopping.main_store_changes_per_year": 0.1667,
            "behaviour.leaving_by_grievance": 20.0,
            "behaviour.leaving_bend": 0.0,
            "behaviour.trust_lost_by_violation": 1.0,
            "behaviour.forgiveness_of_the_heaviest": 0.0,
            "behaviour.stated_weight_in_action": 0.01,
        }
    )
    asked = people(
        sensitivity=np.array([0.25, 0.35, 1.0, 1.0], np.float32),
        has_rival=np.array([1, 1, 0, 1], np.uint8),
        free=np.array([1, 1, 1, 0], np.uint8),
    )
    # One in six a year is .0035 a week: log-odds -5.65. A grievance of .25 brings 5, one of .35 brings 7.
    assert would_stop(1.0, asked, record).tolist() == [False, True, False, False]


def lives(left: list[list[int]], away: list[int]) -> Lives:
    _, found = opening_columns(market_bounds(len(away), [1.0]), 2, numbers(), 7, 0)
    weeks = np.zeros((2, len(away)), np.uint8)
    weeks[1] = away
    return found._replace(left_week=np.array(left, np.int16), away_weeks=weeks)


def test_who_left_as_the_twin_did_not_or_stayed_away_for_two_weeks_says_so() -> None:
    found = lives([[0, 5, 0, 0], [9, 9, 0, 0]], [0, 0, 1, 2])
    assert have_stopped(found, 1).tolist() == [True, False, False, True]
    assert not have_stopped(found, 0).any()


@pytest.mark.parametrize("departure", [0.2, 0.8])
def test_a_population_that_is_asked_minds_more_often_than_it_would_stop(departure: float) -> None:
    mind, stop = asked_about_a_leak({"practices.departure_of_a_leak": departure})
    assert 0 < stop <= mind < 1
    free = asked_about_a_leak({"practices.departure_of_a_leak": departure, "world.rival_access": 0.0})
    assert free == (mind, 0.0)  # who has nowhere to go minds as much
