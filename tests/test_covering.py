"""What is not known covers its ranges: every stratum of a block, and no two numbers together."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import spearmanr

from simulation.runs.sampling import worlds
from simulation.scenario.covering import block_of, block_size, point_of
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.schema import Scenario

SEEDS = range(60)


def most_alike(points: np.ndarray) -> float:
    """Return the largest rank correlation between two coordinates, whatever its sign."""
    found = np.abs(np.atleast_2d(spearmanr(points).statistic))
    return float((found - np.eye(len(found))).max())


@pytest.mark.parametrize(("numbers", "size"), [(0, 16), (11, 16), (12, 32), (23, 32), (24, 64), (47, 64), (120, 64)])
def test_one_point_lies_in_each_stratum_of_each_coordinate(numbers: int, size: int) -> None:
    # Coordinates are the numbers and one more: blocks of 16 up to 12 of them, of 32 up to 24, of 64 beyond.
    assert block_size(numbers) == size
    for seed in SEEDS if numbers < 24 else range(3):
        points = block_of(seed, numbers, 0)
        assert points.shape == (size, numbers + 1)
        strata = np.sort((points * size).astype(int), axis=0)
        assert (strata == np.arange(size)[:, None]).all()


def test_no_two_of_eleven_coordinates_rise_together_in_a_block() -> None:
    assert max(most_alike(block_of(seed, 10, 0)) for seed in SEEDS) <= 0.30


def test_no_two_of_eleven_coordinates_rise_together_over_eight_blocks() -> None:
    assert max(most_alike(np.concatenate([block_of(seed, 10, each) for each in range(8)])) for seed in SEEDS) <= 0.12


def test_no_two_of_forty_one_coordinates_rise_together_in_a_block_of_sixty_four() -> None:
    assert max(most_alike(block_of(seed, 40, 0)) for seed in SEEDS) <= 0.18


def test_blocks_are_drawn_apart_and_never_move() -> None:
    first = block_of(7, 10, 0)
    for other in (block_of(7, 10, 1), block_of(8, 10, 0)):
        assert not np.isin(other, first).any()
        same = spearmanr(np.concatenate([first, other], axis=1)).statistic[:11, 11:]
        assert np.abs(same).mean() < 0.35, "of 16 points, by chance, 0.2"
    every = [point_of(7, 10, place).tolist() for place in range(32)]
    assert every == [row[1:] for each in range(2) for row in block_of(7, 10, each).tolist()]


def test_places_within_strata_are_spread_evenly() -> None:
    within = np.concatenate([(block_of(seed, 10, 0) * 16 % 1).ravel() for seed in SEEDS])
    assert np.histogram(within, 10, (0, 1))[0] == pytest.approx(within.size / 10, rel=0.12)  # five standard errors


def test_a_case_draws_hazard_and_reach_apart_and_over_their_ranges(make_scenario: Callable[..., Scenario]) -> None:
    names = ("world.press_hazard_per_year", "world.story_reach", "behaviour.trust_loss_ratio")
    case = make_scenario(uncertain=dict(zip(names, ([0.01, 0.3], [0.1, 0.6], [2, 10]), strict=True)))
    drawn = np.array([list(drawn_numbers(case, replicate).values()) for replicate in range(16)])
    assert abs(spearmanr(drawn[:, 0], drawn[:, 1]).statistic) < 0.31
    assert np.ptp(drawn[:, 2]) > 14 / 16 * (10 - 2), "the lowest and the highest of 16 strata are both visited"


def test_runs_and_studies_draw_from_one_place(make_scenario: Callable[..., Scenario]) -> None:
    case = make_scenario(uncertain={"world.story_reach": [0.1, 0.6], "behaviour.scar": [0.2, 0.6]})
    assert worlds(case, list(case.uncertain.ranges), 40) == [drawn_numbers(case, replicate) for replicate in range(40)]


def test_a_scenario_that_calls_nothing_uncertain_draws_nothing(make_scenario: Callable[..., Scenario]) -> None:
    assert drawn_numbers(make_scenario(), 3) == {}
