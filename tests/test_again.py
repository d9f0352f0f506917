"""A replicate lived again: to the bit what a run finds, and no more of it lived than has changed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import SALE

from simulation.model.simulation import Simulation
from simulation.runs import again as module
from simulation.runs.again import Again
from simulation.runs.findings import Finding, finding_of
from simulation.runs.lived import outcome_of
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
STORY = {"week": 9, "do": "press_story", "about": "share_data"}
UNCERTAIN = {"world.story_reach": [0.3, 0.9]}


def made(make_scenario: Make, fee: float = 0.5) -> Scenario:
    sale = {**SALE, "fee_per_member_year": fee}
    policies = {"sale": [sale], "exposed": [SALE, STORY]}
    return make_scenario(policies, population={"shoppers": 300}, uncertain=UNCERTAIN)


def same(found: Finding, other: Finding) -> bool:
    measures = all(np.array_equal(found.measures[name], other.measures[name]) for name in other.measures)
    return measures and all(np.array_equal(found.lines[name], other.lines[name]) for name in other.lines)


@pytest.fixture
def lived(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Return which policies were lived, at every time that any were."""
    noted: list[tuple[str, ...]] = []

    def noting(scenario: Scenario, **how: Any) -> Simulation:
        noted.append(tuple(how["policies"]))
        return Simulation(scenario, **how)

    monkeypatch.setattr(module, "Simulation", noting)
    return noted


def test_terms_that_change_have_their_own_policy_alone_lived_again(
    make_scenario: Make, lived: list[tuple[str, ...]]
) -> None:
    again = Again()
    for fee in (0.5, 2.0, 0.5):
        case = made(make_scenario, fee)
        assert same(finding_of(again(case)), finding_of(outcome_of(Simulation(case).run())))
    assert lived == [("status quo", "sale", "exposed"), ("sale",)]


def test_numbers_that_change_have_all_policies_lived_again(make_scenario: Make, lived: list[tuple[str, ...]]) -> None:
    again, case = Again(), made(make_scenario)
    for numbers in ({}, {"world.story_reach": 0.9}, {"world.story_reach": 0.9}):
        found = Simulation(case, overrides=numbers, replicate=1).run()
        assert same(finding_of(again(case, numbers, replicate=1)), finding_of(outcome_of(found)))
    assert len(lived) == 2


def test_a_policy_lives_otherwise_where_another_brings_in_a_practice(
    make_scenario: Make, lived: list[tuple[str, ...]]
) -> None:
    again, case = Again(), made(make_scenario)
    again(case)
    more = make_scenario(
        {"sale": [SALE], "exposed": [{"week": 3, "do": "member_prices", "saving": 0.045, "markup": 0.0}, SALE, STORY]},
        population={"shoppers": 300}, uncertain=UNCERTAIN,
    )  # fmt: skip
    assert same(finding_of(again(more)), finding_of(outcome_of(Simulation(more).run())))


def test_what_nobody_asks_for_any_more_is_forgotten(make_scenario: Make, lived: list[tuple[str, ...]]) -> None:
    again = Again(most=3)
    for fee in (0.5, 2.0, 0.5):
        again(made(make_scenario, fee))
    assert len(lived) == 3 and len(again._kept) == 3


def test_a_life_that_is_wanted_no_longer_ends_on_the_way(make_scenario: Make, lived: list[tuple[str, ...]]) -> None:
    again, case = Again(), made(make_scenario)

    def unwanted(weeks: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        again(case, progress=unwanted)
    assert same(finding_of(again(case)), finding_of(outcome_of(Simulation(case).run())))
    assert len(lived) == 2, "what ended on the way is not kept"


def test_a_number_that_there_is_not_is_refused(make_scenario: Make) -> None:
    with pytest.raises(ValueError, match="story_reach"):
        Again()(made(make_scenario), {"world.story_reech": 0.5})
