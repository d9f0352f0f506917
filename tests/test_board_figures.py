"""The figures of the first page: zero in view, both scales, every line named, numbers along axes told apart."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from test_statement import QUIET, Make, row, secret

from simulation.report.board_figures import exposure, strip
from simulation.runs.first_story import Split
from simulation.runs.headline import Headline, Row
from simulation.runs.outcome import Outcome
from simulation.runs.run import run_scenario
from simulation.show import ticks
from simulation.show.drawing import STYLE

PRICES = {"week": 2, "do": "member_prices", "saving": 0.1, "markup": 0.0}
STORY = {"week": 9, "do": "press_story", "about": "share_data"}
SALE = {"week": 2, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}


@pytest.fixture
def outcome(make_scenario: Make) -> Outcome:
    policies = {"sale": [SALE], "told": [SALE, STORY], "asked": [PRICES]}
    return run_scenario(make_scenario(policies, weeks=20, replicates=3, population={"shoppers": 50}))


class Known(Outcome):
    """An outcome whose two lives are set: three replicates of four policies."""

    split = Split(  # type: ignore[assignment] # set, not worked out
        chance=np.array([[0.0, 0.5, 0.0, 0.0]] * 3),
        week=np.zeros((3, 4), np.int64),
        secret={"value": np.array([[100.0, 110.0, 70.0, 103.0]] * 3)},
        exposed={
            "value": np.array([[100.0, 60.0, 70.0, 103.0], [100.0, 50.0, 70.0, 103.0], [100.0, 40.0, 70.0, 103.0]])
        },
    )


def known(outcome: Outcome) -> Outcome:
    return Known(outcome.scenario, outcome.replicates, outcome.crowd, "columns", 0.0, "")


def told(rows: list[Row]) -> Headline:
    return Headline("t", "q", "50 shoppers", 3, 0, 16, True, (row("status quo", 0.0), *rows), None, "")


ROWS = [row("sale", -20.0, 1.0, secrecy=QUIET), row("told", -30.0, 1.0, secrecy=QUIET), row("asked", 3.0, 0.2)]


def test_every_replicate_is_a_dot_in_secret_and_exposed(outcome: Outcome) -> None:
    with mpl.rc_context(STYLE):
        axes = strip(known(outcome), told(ROWS)).figure.axes[0]
    dots = [line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "o"]
    assert dots == [[10.0] * 3, [-40.0, -50.0, -60.0], [-30.0] * 3, [3.0] * 3]
    hollow = [line.get_markerfacecolor() == "white" for line in axes.lines if line.get_marker() == "o"]
    assert hollow == [True, False, False, False]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_zero_is_in_view_though_every_replicate_lies_on_one_side(sign: float, outcome: Outcome) -> None:
    split = Known.split
    values = np.array([[100.0, 100.0 + sign * 50.0, 100.0 + sign * 40.0, 100.0 + sign * 30.0]] * 3)
    one = known(outcome)
    object.__setattr__(one, "split", Split(split.chance, split.week, {"value": values}, {"value": values}))
    figure = strip(one, told(ROWS)).figure
    low, high = figure.axes[0].get_xlim()
    assert low < 0.0 < high


def test_both_edges_count_the_same_thing(outcome: Outcome) -> None:
    below, above = strip(known(outcome), told(ROWS)).figure.axes
    assert np.array(below.get_xlim()) == pytest.approx(outcome.household_years * np.array(above.get_xlim()))
    assert above.get_xlabel() == "dollars a household and year"


def test_worth_by_the_chance_marks_the_model_s_own_and_where_it_breaks_even(outcome: Outcome) -> None:
    figure = exposure(known(outcome), told(ROWS))
    assert figure is not None
    axes = figure.figure.axes[0]
    line, own, even = axes.lines[:3]
    # 10 M in secret, -96 M exposed, 29 in 100 by the model: .71 x 10 - .29 x 96 = -20.74 M
    assert line.get_ydata()[0] == 10e6 and [own.get_xdata()[0], own.get_ydata()[0]] == pytest.approx([29.0, -20.74e6])
    assert (even.get_xdata()[0], even.get_ydata()[0]) == (pytest.approx(9.8), 0)
    low, high = axes.get_ylim()
    assert low < 0.0 < high and axes.get_xlim()[0] == 0.0
    said = " ".join(text.get_text().replace("\n", " ").replace("\xa0", " ") for text in axes.texts)
    assert "sale: 29 %, pays below 9.8 %" in said and "status quo" in said and "asked" in said
    assert "-$96 M".replace("-", "−") in figure.alt


def test_a_planned_story_is_no_chance_and_what_lies_beyond_is_said(outcome: Outcome) -> None:
    rows = [row("sale", -20e6, 1.0, secrecy=QUIET), row("told", -900e6, 1.0, secrecy=QUIET), row("asked", 3e6, 0.2)]
    figure = exposure(known(outcome), told(rows))
    assert figure is not None and "Beyond the figure: told at −$900 M." in figure.caption
    assert "told" not in figure.alt


def test_where_nothing_can_come_out_there_is_no_such_figure(outcome: Outcome) -> None:
    assert exposure(outcome, told([row("sale", 1.0), row("told", 1.0), row("asked", 1.0)])) is None


def test_a_policy_that_never_breaks_even_has_no_hollow_dot(outcome: Outcome) -> None:
    loses = secret(0.2, -5e6, -9e6, "loses even if secret")
    figure = exposure(known(outcome), told([row("sale", -6e6, 1.0, secrecy=loses), *ROWS[1:]]))
    assert figure is not None and "Hollow" not in figure.caption
    assert figure.figure.axes[0].get_ylim()[1] > 0.0


@pytest.mark.parametrize("ends", [(0.0, 0.003), (-2e6, 5e5), (-7e7, 1e7), (0.9994, 1.0), (-0.02, 0.01)])
def test_no_two_numbers_along_an_axis_look_alike(ends: tuple[float, float]) -> None:
    from matplotlib.figure import Figure

    for let in (ticks.in_dollars, lambda axis: ticks.told_apart(axis, ticks.points)):
        axes = Figure().add_axes((0.1, 0.1, 0.8, 0.8))
        axes.set_xlim(*ends)
        let(axes.xaxis)
        axes.figure.draw_without_rendering()
        shown: list[Any] = [label.get_text() for label in axes.xaxis.get_ticklabels()]
        assert len(shown) == len(set(shown)) > 1
