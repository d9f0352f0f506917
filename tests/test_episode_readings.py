"""What is read off an episode's weeks, worked out by hand; and an episode lived."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_episodes import LEAK, written

from simulation.evidence.fitting.episode_readings import (
    MOST_EXCESS,
    LivedEpisode,
    cells_of,
    excess,
    live_episode,
    missed_of,
    place_in_band,
    places_in_bands,
)
from simulation.evidence.fitting.episodes import Episode, Measured, read_episode
from simulation.scenario.population import CELLS

BEGINS = 5


def figure(**settings: Any) -> Measured:
    usual = {"name": "figure", "measure": "sales", "weeks": (5, 8), "tolerance": "by hand", "source": "hand"}
    band = {"observed": 0.02, "low": 0.01, "high": 0.04, "seen": "Y"}
    return Measured.model_validate(usual | band | settings)


def lived(measured: Measured, here: list[float], twin: list[float]) -> LivedEpisode:
    """Return an episode of one figure whose series all lies in the first cell."""
    total = np.zeros((len(here), 2, CELLS))
    total[:, 0, 0], total[:, 1, 0] = twin, here
    scenario: Any = type("Case", (), {"policies": {"before": (), "after": ()}})()
    return LivedEpisode(
        Episode("by hand", "", BEGINS, scenario, (measured,)), {"sales": (total, None), "trust": (total, 2 * total)}
    )


def read(here: list[float], twin: list[float], **settings: Any) -> float:
    (found,) = lived(figure(**settings), here, twin).figures().tolist()
    return float(found)


TWIN = [10.0] * 9
FALLING = [10.0, 10, 10, 10, 4, 6, 8, 9, 10]  # lost in weeks 5 to 9: 6, 4, 2, 1, 0


def test_a_mean_is_held_against_the_twin_or_the_weeks_before() -> None:
    assert read(FALLING, TWIN) == pytest.approx((4 + 6 + 8 + 9) / 4)
    assert read(FALLING, TWIN, compared="twin_ratio") == pytest.approx(27 / 40)
    assert read(FALLING, TWIN, compared="twin_loss") == pytest.approx(13 / 40)
    assert read(FALLING, [20.0] * 9, compared="before_loss") == pytest.approx(13 / 40)
    assert read(FALLING, [20.0] * 9, compared="before_ratio", weeks=(5, 5)) == pytest.approx(0.4)


def test_a_group_is_read_alone_and_a_share_is_one_of_totals() -> None:
    # Everything happens in the first cell: of fundamentalists, of the light, of those who are not vulnerable.
    assert read(FALLING, TWIN, group="light", weeks=(5, 6)) == pytest.approx(5.0)
    assert read(FALLING, TWIN, group="heavy", weeks=(5, 6)) == 0.0
    assert read(FALLING, TWIN, measure="trust") == 0.5


def test_the_shape_of_a_loss_is_its_peak_its_week_and_its_half_life() -> None:
    loss = {"compared": "twin_loss", "weeks": (5, 9)}
    assert read(FALLING, TWIN, shape="peak", **loss) == pytest.approx(0.6)
    assert read(FALLING, TWIN, shape="week_of_peak", **loss) == 1.0
    assert read(FALLING, TWIN, shape="half_life", **loss) == 2.0  # .6, .4, then .2, which is below .3
    assert read(FALLING, TWIN, shape="ratio", compared="twin_loss", weeks=(7, 8), to_weeks=(5, 5)) == pytest.approx(
        0.15 / 0.6
    )


def test_a_loss_that_never_halves_lasts_as_long_as_is_looked() -> None:
    steady = [10.0, 10, 10, 10, 5, 5, 5, 5, 5]
    assert read(steady, TWIN, shape="half_life", compared="twin_loss", weeks=(5, 9)) == 5.0


def test_what_cannot_be_read_is_no_number_and_counts_as_missed_by_far() -> None:
    found = read(FALLING, [0.0] * 9, compared="twin_loss")
    assert np.isnan(found)
    assert excess(figure(), found) == MOST_EXCESS


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (0.01, 0.0),
        (0.04, 0.0),
        (0.08, 1.0),  # twice the upper end, in a band that is a factor of two either way
        (0.005, 1.0),
        (0.16, 2.0),
        (9.0, MOST_EXCESS),
        (0.0, MOST_EXCESS),
        (-1.0, MOST_EXCESS),
    ],
)
def test_a_band_above_nothing_is_measured_in_factors(found: float, expected: float) -> None:
    assert excess(figure(), found) == pytest.approx(expected)


@pytest.mark.parametrize(("found", "expected"), [(0.02, 0.0), (0.03, 0.5), (-0.06, 2.0)])
def test_a_band_about_nothing_is_measured_evenly(found: float, expected: float) -> None:
    assert excess(figure(observed=0.0, low=-0.02, high=0.02), found) == pytest.approx(expected)


def test_a_figure_that_is_missed_counts_one_and_more_the_farther_off_and_a_check_counts_nothing() -> None:
    figures = (figure(), figure(kind="check"))
    found = missed_of(figures, np.array([[0.02, 9.0], [0.08, 0.02]]))
    assert found.tolist() == [[0.0, 0.0], [pytest.approx(2.0), 0.0]]


def test_groups_split_all_cells() -> None:
    assert len(cells_of("everybody")) == CELLS
    for names in (
        ("fundamentalist", "pragmatist", "unconcerned"),
        ("light", "middle", "heavy"),
        ("others", "vulnerable"),
    ):
        assert sorted(np.concatenate([cells_of(name) for name in names]).tolist()) == list(range(CELLS))
    with pytest.raises(ValueError, match="'heavies'"):
        cells_of("heavies")


def test_the_firms_own_numbers_go_before_those_that_are_drawn(tmp_path: Path) -> None:
    bound = LEAK.replace("  policies:", "  world: {rival_access: 0}\n  policies:")
    free, held = read_episode(written(tmp_path)), read_episode(written(tmp_path, bound, "bound.yaml"))
    angry = {"behaviour.leaving_by_grievance": 150.0, "practices.departure_of_a_leak": 1.2}
    near, far = {**angry, "world.rival_access": 1.0}, {**angry, "world.rival_access": 0.5}
    assert live_episode(free, near).figures()[0] > live_episode(free, far).figures()[0]
    assert live_episode(held, near).figures()[0] == live_episode(held, far).figures()[0]


def test_what_is_on_the_mind_is_asked_of_the_shoppers_and_nothing_is_before_the_news(tmp_path: Path) -> None:
    text = LEAK.replace("measure: patrons, compared: twin_loss", "measure: salience").replace("[6, 8]", "[2, 4]")
    by_week = live_episode(read_episode(written(tmp_path, text)), {}).series["salience"]
    assert by_week[1] is not None
    level = by_week[0][:, 1].sum(axis=1) / np.maximum(1, by_week[1][:, 1].sum(axis=1))
    assert level[1] == 0  # the leak is told in week 3
    assert level[2] > 0.3  # to everybody: on the mind of all whom it wrongs
    assert 0 < level[3] < level[2]


def test_the_place_in_a_band_runs_from_minus_one_to_one_and_farther_outside() -> None:
    even = figure(observed=0.0, low=-0.02, high=0.02)
    assert [place_in_band(even, each) for each in (-0.02, 0.0, 0.01, 0.04)] == pytest.approx([-1, 0, 0.5, 2])
    doubling = figure()  # from .01 to .04: a factor of two to either side of .02
    assert [place_in_band(doubling, each) for each in (0.01, 0.02, 0.04, 0.08)] == pytest.approx([-1, 0, 1, 2])
    assert place_in_band(doubling, -1.0) == -1 - MOST_EXCESS
    checked = figure(kind="check")
    found = np.array([[0.02, 0.0, 0.02], [0.04, 0.02, 0.02]])
    assert places_in_bands([doubling, even, checked], found) == pytest.approx(np.array([[0, 0], [1, 1]]))
