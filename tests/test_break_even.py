"""At which number a policy stops paying."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import SALE

from simulation.cli.questions import verb_of
from simulation.model.ledger import Measure
from simulation.questions.break_even.answer import of_break_even, of_frontier
from simulation.questions.break_even.break_even import BreakEvenCurve, Frontier, break_even, crossing, frontier
from simulation.questions.break_even.question import BreakEven
from simulation.questions.break_even.words import frontier_in_words, in_words
from simulation.runs.bootstrap import RESAMPLES, resampled_means
from simulation.runs.folders import ResultsError
from simulation.runs.run import run_scenario
from simulation.runs.variants import Axis
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.schema import Scenario

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
    world = {"press_hazard_per_year": 0, "chance_story_reach": 0.9}  # for most stories by chance reach few
    settings = UNSEEN | {"institutions": ["press"], "world": world}
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
        ("sale", "fee_per_member_year", (-1.0, 1.0), "fee_per_member_year must be at least 0, not -1"),
        ("sale", "world.story_reach", (0.0, 2.0), "can only lie between 0 and 1"),
        ("sale", "concealment_weeks", (0.0, 40.0), "0 to 21 weeks after the start"),
    ):
        with pytest.raises(ValueError, match=message):
            break_even(scenario, policy, number, between)
    with pytest.raises(ValueError, match="2 to 40"):
        break_even(scenario, "sale", "fee_per_member_year", tried=1)
    with pytest.raises(ValueError, match="name another number"):
        frontier(scenario, "sale", ("fee_per_member_year", "fee_per_member_year"))
    with pytest.raises(ValueError, match="no practice that could be kept secret"):
        break_even(make_scenario({"promise": [{"week": 1, "do": "public_promise"}]}), "promise", "concealment_weeks")


def stand_in(values: list[float], *replicates: list[float]) -> BreakEvenCurve:
    axis = Axis("fee", "dollars", np.array(values), own=(0.5, 0.5))
    return BreakEvenCurve("sale", axis, np.array(replicates), seed=3)


def test_the_interval_of_the_mean_is_that_of_resamples() -> None:
    # one replicate breaks even at 1, the other at 3; a resample holds the first twice, both, or the second twice
    found = stand_in([0, 2, 4], [-1, 1, 3], [-3, -1, 1])
    assert found.on_average == 2 and found.interval == (1, 3)
    cut = stand_in([0, 1, 2.5], [-1, 0, 1.5], [-3, -2, -0.5])
    assert cut.on_average == 2 and cut.interval == (1, np.inf), "a quarter of resamples cross beyond the values tried"
    falling = stand_in([1.5, 2.5], [-0.5, -1.5], [1.5, 0.5])
    assert falling.interval == (-np.inf, np.inf)


def test_resamples_draw_every_replicate_equally_often() -> None:
    means = resampled_means(np.array([0.0, 1.0]), seed=1)
    assert means.shape == (RESAMPLES,) and set(means) == {0.0, 0.5, 1.0}
    shares = [float((means == each).mean()) for each in (0.0, 0.5, 1.0)]
    assert shares == pytest.approx([0.25, 0.5, 0.25], abs=0.04)
    assert (resampled_means(np.array([0.0, 1.0]), seed=2) != means).any()


def test_the_answer_is_said_in_words() -> None:
    said = " ".join(in_words(stand_in([0, 2, 4], [-1000, 1000, 3000], [-3000, -1000, 1000])))
    for part in (
        "Along fee (dollars), 'sale' breaks even at 2 on average, and pays above that.",
        "In 80 % of resamples of the 2 replicates the point at which the mean breaks even lies from 1 to 3.",
        "2 of 2 replicates break even between the values tried: median 2,",
        "At its own value, 0.5, it is worth −$1.5 k on average.",  # a quarter of the way from -2,000 to 0
        "2 replicates are few",
    ):
        assert part in said
    nowhere = " ".join(in_words(stand_in([0, 1], [-5, -1])))
    assert "loses on average at every value tried, from 0 to 1" in nowhere and "no interval" in nowhere
    twice = " ".join(in_words(stand_in([0, 1, 2], [-1, 1, -1], [-1, 1, -1])))
    assert "changes sign 2 times, and the first is meant" in twice


def test_the_range_of_the_evidence_is_said_and_marked() -> None:
    # the mean runs from -2,000 at 0 through 0 at 2 to 2,000 at 4
    found = stand_in([0, 2, 4], [-1000, 1000, 3000], [-3000, -1000, 1000])
    axis = replace(found.axis, number="fee_per_member_year", evidence=(1.0, 3.0))
    said = in_words(replace(found, axis=axis))
    told = "What has been observed lies from 1 to 3; there it pays in part: −$1 k at 1, +$1 k at 3."
    assert told in said
    below = in_words(replace(found, axis=replace(axis, evidence=(0.5, 1.0))))
    assert any("there it loses throughout: −$1.5 k at 0.5, −$1 k at 1" in each for each in below)
    beyond = in_words(replace(found, axis=replace(axis, evidence=(5.0, 9.0))))
    assert "What has been observed lies from 5 to 9: beyond the values tried." in beyond
    model = replace(axis, number="world.story_reach")
    assert any(
        each.startswith("What is held plausible for it lies from 1 to 3")
        for each in in_words(replace(found, axis=model))
    )
    marks = [text.get_text() for text in of_break_even(replace(found, axis=axis)).figures[0].figure.axes[0].texts]
    assert "observed" in marks


def test_a_fee_that_is_left_to_bidders_can_be_tried(make_scenario: Callable[..., Scenario]) -> None:
    settings = UNSEEN | {"institutions": ["data_buyer"]}
    world = {"possible_buyers": 1, "reservation_spread": 0, "press_hazard_per_year": 0}
    left_open = {name: value for name, value in SALE.items() if name != "fee_per_member_year"}
    found = break_even(
        make_scenario({"sale": [left_open]}, **settings | {"world": world}), "sale", "fee_per_member_year"
    )
    own = 0.5 * 2.7 * 0.2 * 0.42**0.5  # half of .15 x .3 x 60 dollars at an accuracy of .2 times the root of .6 x .7
    assert found.axis.own == pytest.approx((own, own)) and found.values[-1] == pytest.approx(4 * own)
    assert found.axis.evidence == (0.06, 0.61)
    worth = np.interp(own, found.values, found.difference.mean(axis=0))
    asked = run_scenario(make_scenario({"sale": [left_open]}, **settings | {"world": world})).difference()[0, 1]
    assert worth == pytest.approx(asked, rel=0.01)


def linear_frontier() -> Frontier:
    """10 x - 4 y - 2, and 5 dollars more in one replicate, 5 less in the other."""
    x, y = np.linspace(0, 2, 5), np.array([0.0, 1.0, 2.0, 4.0])
    surface = 10 * x[:, None] - 4 * y - 2
    axes = (Axis("fee", "dollars", x, (0.5, 0.5)), Axis("risk", "a year", y, (1.0, 2.0)))
    return Frontier("sale", *axes, np.stack([surface + 5, surface - 5]))


def test_a_linear_frontier_is_found_exactly() -> None:
    found = linear_frontier()
    assert found.line(found.mean) == pytest.approx([0.2, 0.6, 1.0, 1.8])
    # 10 % lie below the mean less 4: 10 % of the way from -5 to +5
    assert found.line(found.quantile(0.1)) == pytest.approx([0.6, 1.0, 1.4, np.nan], nan_ok=True)
    said = " ".join(frontier_in_words(found))
    assert "pays in 10 of 20 pairs tried" in said  # x > 0.2: 4 of 5; x > 0.6: 3; x > 1: 2; x > 1.8: 1
    assert "at 0 it breaks even at 0.2; at 1 it breaks even at 0.6; at 4 it breaks even at 1.8" in said


def test_two_terms_of_a_policy_against_each_other(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario({"sale": [SALE, SURVEY]}, weeks=52, **UNSEEN)
    found = frontier(scenario, "sale", ("fee_per_member_year", "cost"), (None, (20, 80)), tried=3)
    # nobody learns of it: the fee must cover the survey, whatever it costs, and does so in proportion
    outcome = run_scenario(scenario)
    weights = 1.08 ** (-np.arange(1, 53) / 52)
    years = float(outcome.weekly(Measure.SHARED)[0, :, 1] @ weights) / 52
    assert found.line(found.mean) == pytest.approx([each * weights[4] / years for each in (20, 50, 80)], rel=2e-3)
    assert found.axis.own == (0.5, 0.5) and found.against.own == (40, 40)


def test_secrecy_ends_with_a_story_and_not_by_chance(make_scenario: Callable[..., Scenario]) -> None:
    often = {"world": {"press_hazard_per_year": 5}, "population": {"shoppers": 1500}}
    told = {"week": 9, "do": "press_story", "about": "share_data"}
    scenario = make_scenario({"sale": [SALE, told]}, **often)
    found = break_even(scenario, "sale", "concealment_weeks", (4, 14), tried=3)
    assert found.values.tolist() == [4, 9, 14] and found.axis.own == (4, 4)
    alone = make_scenario(
        {"in week 9": [SALE, told], "in week 14": [SALE, told | {"week": 14}]},
        institutions=["regulator", "rival", "data_buyer"],
        **often,
    )
    assert found.difference[0, :2] == pytest.approx(run_scenario(alone).difference()[0, 1:])


def test_other_numbers_keep_what_they_draw_in_a_run(make_scenario: Callable[..., Scenario]) -> None:
    uncertain = {"world.story_reach": [0.1, 0.6], "behaviour.trust_loss_ratio": [2, 10]}
    story = {"week": 8, "do": "press_story", "about": "share_data"}
    scenario = make_scenario({"sale": [SALE, story]}, uncertain=uncertain, population={"shoppers": 1500})
    reach = drawn_numbers(scenario, 0)["world.story_reach"]
    found = break_even(scenario, "sale", "world.story_reach", (reach, 0.9), tried=2)
    assert found.difference[0, 0] == run_scenario(scenario).difference()[0, 1] != found.difference[0, 1]
    assert found.axis.own == (0.1, 0.6)


def test_answers_are_written_whole_and_the_same_every_time(tmp_path: Path) -> None:
    found, folder = stand_in([0, 2, 4], [-1, 1, 3], [-3, -1, 1]), tmp_path / "a"
    paths = replace(of_break_even(found), origin={"seed": 3}).write(folder)
    assert [path.name for path in paths] == ["asked.json", "break_even.csv", "break_even.svg"]
    before = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in replace(of_break_even(found), origin={"seed": 3}).write(folder)] == before
    table = (folder / "break_even.csv").read_text().splitlines()
    assert table[0] == "fee,median_dollars,tenth_dollars,ninetieth_dollars,mean_dollars,loses"
    assert table[2] == "2,0.00,-0.80,0.80,0.00,0.5"
    record = json.loads((folder / "asked.json").read_text())
    assert (
        record["answer"]["breaks_even_at"] == 2
        and record["answer"]["interval"] == [1, 3]
        and record["origin"]["seed"] == 3
    )
    paths = of_frontier(linear_frontier()).write(folder)
    assert [path.name for path in paths] == ["asked.json", "frontier.csv", "frontier.svg"]
    assert len((folder / "frontier.csv").read_text().splitlines()) == 1 + 5 * 4
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(ResultsError, match="something other than results"):
        of_break_even(found).write(tmp_path / "mine")


SMALL_CASE = """\
title: small
question: does it pay?
weeks: 30
population: {shoppers: 300}
uncertain: chance
policies:
  status quo: []
  sale:
    - {week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.5}
"""


def test_the_command_answers_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "case.yaml").write_text(SMALL_CASE)
    file, out = tmp_path / "case.yaml", tmp_path / "results"
    assert verb_of(BreakEven)(file, "fees", policy="sale", out=out) == 2
    assert "'fees' is neither a number of the model" in capsys.readouterr().err and not out.exists()
    assert verb_of(BreakEven)(file, "fee_per_member_year", policy="sale", against_between=(0, 1), out=out) == 2
    assert "--against-between: there is no second number; name one with 'against'" in capsys.readouterr().err
    small = {"policy": "sale", "shoppers": 300, "tried": 2, "workers": 1, "out": out}
    assert verb_of(BreakEven)(file, "fee_per_member_year", **small) == 0
    assert "Along fee per member year" in capsys.readouterr().out
    assert verb_of(BreakEven)(file, "fee_per_member_year", against="concealment_weeks", **small) == 0
    assert "pairs tried" in capsys.readouterr().out
    names = sorted(path.name for path in (out / "case-break-even").iterdir())
    assert names == ["asked.json", "frontier.csv", "frontier.svg"]
