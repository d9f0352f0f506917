"""How far a policy moves with drawn numbers: by hand from a line, with errors, and none named of noise."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import SALE

from simulation.report.drawn_numbers import by_chance, looked_at, worlds
from simulation.report.figures import pictures
from simulation.report.world_swings import rows, swings_in_words, world_picture, world_swings
from simulation.runs.bootstrap import chance_correlation
from simulation.runs.outcome import Outcome
from simulation.runs.run import run_scenario
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import scenario_type


@pytest.fixture(scope="module")
def lived() -> Outcome:
    data = {
        "title": "swings",
        "question": "what moves it?",
        "weeks": 4,
        "replicates": 64,
        "population": {"shoppers": 20},
        "institutions": [],
        "policies": {"status quo": [], "sale": [SALE | {"week": 2}]},
        "uncertain": {"behaviour.scar": [0.2, 0.6], "money.gross_margin": [0.2, 0.3], "others": "chance"},
    }
    return run_scenario(scenario_type().model_validate(data), threads=2)


def worth_by(lived: Outcome, of: Any) -> Outcome:
    """Return an outcome in which a policy's difference is a function of a replicate's draws and its number."""
    worth = np.array([of(each.overrides, each.number) for each in lived.replicates])
    found = replace(lived)
    object.__setattr__(found, "difference", lambda: np.column_stack([np.zeros(64), worth]))
    return found


def test_a_policy_that_follows_a_number_moves_by_what_it_does_between_its_ends(lived: Outcome) -> None:
    # the margin is spread evenly from 0.2 to 0.3: eighty per cent of its draws span 0.08
    told = world_swings(worth_by(lived, lambda drawn, _: 1e8 * (drawn["money.gross_margin"] - 0.25)))["sale"]
    assert told[0].address == "money.gross_margin"
    assert told[0].swing.value == pytest.approx(8e6, rel=0.02)
    assert told[0].ends == pytest.approx((0.21, 0.29), abs=0.003)
    assert told[0].worths == pytest.approx((-4e6, 4e6), rel=0.03)
    assert len(told) == 1, "nobody forgets a scar in four weeks without a story, so it does not act"
    assert swings_in_words({"sale": told})[0].startswith("'sale' moves with gross margin (+$8")


def test_of_noise_nothing_is_named(lived: Outcome) -> None:
    found = world_swings(worth_by(lived, lambda _, number: 1e6 * np.sin(12.9898 * number * number)))
    assert found == {"sale": []}
    assert "no single number moves it distinguishably from zero" in swings_in_words(found)[0]


def test_under_four_blocks_nothing_is_drawn(lived: Outcome) -> None:
    few = replace(lived, replicates=lived.replicates[:48])
    assert world_swings(few) == {} and world_picture(few) is None


def test_it_stands_among_the_figures_with_zero_in_view(lived: Outcome) -> None:
    found = worth_by(lived, lambda drawn, _: 1e8 * (drawn["money.gross_margin"] - 0.15))
    drawn = {picture.name: picture for picture in pictures(found)}["world_swings"]
    assert all(each.get_xlim()[0] <= 0 <= each.get_xlim()[1] for each in drawn.figure.axes)
    assert [row[:2] for row in rows(world_swings(found))] == [("sale", "gross margin")]


def test_a_figure_of_noise_is_left_out(lived: Outcome) -> None:
    assert world_picture(worth_by(lived, lambda _, number: 1e6 * np.sin(12.9898 * number * number))) is None


def test_a_world_that_is_drawn_again_tells_nothing_new() -> None:
    case = read_scenario("shopsense_ifa").with_changes(policies=["quiet sale"], shoppers=20, weeks=2, replicates=64)
    outcome = run_scenario(case)
    rows_drawn = Counter(each.overrides["behaviour.scar"] for each in outcome.replicates).values()
    assert worlds(outcome) == round(64**2 / sum(count**2 for count in rows_drawn)) < 64
    assert by_chance(outcome) > chance_correlation(64, looked_at(outcome))
