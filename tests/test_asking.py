"""What asking first is worth: worked out by hand for two worlds, and heard from the model's shoppers."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import SALE

from simulation.cli.questions import verb_of
from simulation.model.institutions import Retailer
from simulation.model.model import LoyaltyModel
from simulation.questions.survey.answer import in_words, of_survey
from simulation.questions.survey.question import Survey as SurveyQuestion
from simulation.questions.survey.survey import Worlds, survey, worlds_of
from simulation.runs.run import run_scenario
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.schema import Scenario

# in one world the deal gains 100 and a fifth say no, in the other it loses 60 and four fifths do
LEAVING = np.array([0.01, 0.03])
TWO = Worlds(
    "sale", "share_data", 1_000, 500, np.array([100.0, -60.0]), np.array([0.2, 0.8]), LEAVING, 5.0, 0.5, seed=1
)
FORTY = replace(TWO, deal=np.tile(TWO.deal, 20), refusing=np.tile(TWO.refusing, 20), leaving=np.tile(TWO.leaving, 20))


def test_what_knowing_the_world_is_worth() -> None:
    assert TWO.goes_without and TWO.without == 20
    assert TWO.perfect == 30, "100 in one world and nothing in the other are 50 on average"
    losing = replace(TWO, deal=np.array([60.0, -100.0]))
    assert not losing.goes_without and losing.without == 0 and losing.perfect == 30


@pytest.mark.parametrize(
    ("sample", "worth", "stop_above", "changed"),
    [
        # one answer, a no drops the deal: (100 x 0.8 - 60 x 0.2) / 2 - 20; dropped in 0.2 and 0.8 of cases
        (1, 14.0, 0.0, 0.5),
        # two answers, both a no: (100 x 0.96 - 60 x 0.36) / 2 - 20; dropped in 0.04 and 0.64 of cases
        (2, 17.2, 0.5, 0.34),
    ],
)
def test_a_small_survey_worked_out_by_hand(sample: int, worth: float, stop_above: float, changed: float) -> None:
    found = survey(TWO, sample)
    assert (found.worth, found.stop_above, found.changed) == pytest.approx((worth, stop_above, changed))
    assert found.cost == 5 + 0.5 * sample and found.net == pytest.approx(worth - 5 - 0.5 * sample)


def test_a_large_survey_knows_the_world_where_answers_tell_them_apart() -> None:
    found = survey(TWO, 10_000)
    assert found.worth == pytest.approx(TWO.perfect) and found.changed == pytest.approx(0.5)
    assert 0.25 < found.stop_above < 0.75
    # of resamples, a quarter know one world alone, where there is nothing to learn, and half know both
    assert (found.low, found.high) == pytest.approx((0, 30))
    # what one world alone teaches lies midway between its answers and nobody's, or everybody's: right for the other
    assert found.held_out == pytest.approx(30)


def test_where_the_worlds_cannot_tell_it_is_said_and_nothing_is_tabulated(tmp_path: Path) -> None:
    # one answer, rules from the other worlds: dropped in a fifth of cases where it gains 100, in four fifths where it
    # loses 60: 20 less in one half of the worlds, 48 more in the other
    told = survey(FORTY, 1)
    assert told.held_out == pytest.approx(14) and told.error == pytest.approx(34 * (40 / 39) ** 0.5 / 40**0.5)
    assert told.can_tell and told.worlds_to_tell == np.ceil(40 * (2 * told.error / 14) ** 2)
    few = replace(told, error=20.0)
    assert not few.can_tell and few.worlds_to_tell == 327  # 40 x (2 x 20 / 14)^2 = 326.5
    said = in_words(FORTY, [few], 1)
    assert said[0] == (
        "40 worlds cannot tell what a survey of 1 is worth: +$14, with a standard error of $20, which is the larger "
        "of the two. About 327 replicates would tell, if value and spread stay as they are."
    )
    answer = of_survey(FORTY, [few], 1)
    assert [table.name for table in answer.tables] == ["worlds"] and [each.name for each in answer.figures] == [
        "worlds"
    ]
    assert answer.values["surveys"] == []
    hopeless = in_words(FORTY, [replace(few, held_out=0.01)], 1)[0]
    assert "No practical number of replicates would resolve" in hopeless


def test_answers_that_go_with_nothing_are_worth_nothing() -> None:
    alike = replace(TWO, refusing=np.array([0.4, 0.4]))
    for sample in (1, 100, 10_000):
        assert survey(alike, sample).worth == pytest.approx(0) and survey(alike, sample).changed == pytest.approx(0)
    upside_down = replace(TWO, refusing=np.array([0.8, 0.2]))
    found = survey(upside_down, 1_000)
    assert found.worth == pytest.approx(0), "no rule drops a deal because few mind"
    # what the losing world teaches drops the gaining one, and what the gaining one teaches goes into the losing one
    assert found.held_out == pytest.approx((0 - 60) / 2 - 20)


def test_answers_that_differ_by_the_luck_of_who_is_simulated_are_called_the_same() -> None:
    # with 500 shoppers a share of 0.4 is off by 0.022 by luck alone
    assert TWO.answers_differ
    near = replace(TWO, refusing=np.array([0.38, 0.42]))
    assert not near.answers_differ and replace(near, simulated=500_000).answers_differ
    said = " ".join(in_words(near, [survey(near, 1)], 1))
    assert "In every world about 40% would say that they mind. Nothing that is uncertain here changes" in said


def test_a_survey_is_never_worth_more_than_knowing_and_no_less_when_larger() -> None:
    deal, refusing = np.array([90.0, 40.0, -10.0, -80.0, 20.0]), np.array([0.3, 0.35, 0.4, 0.5, 0.45])
    worlds = replace(TWO, deal=deal, refusing=refusing)
    worths = [survey(worlds, sample).worth for sample in (10, 100, 1_000, 100_000)]
    assert worths == sorted(worths) and worths[-1] <= worlds.perfect + 1e-9
    # told apart, the best rule drops the deal above 0.45: it keeps 90, 40, -10 and 20, and gives up nothing but -80
    assert worths[-1] == pytest.approx((90 + 40 - 10 + 20) / 5 - 60 / 5)
    assert worlds.relation == pytest.approx(-0.9)  # ranks 1 2 3 5 4 against 5 4 2 1 3: 1 - 6 x 38 / 120


def test_shoppers_answer_as_they_feel_and_not_as_they_act(make_scenario: Callable[..., Scenario]) -> None:
    survey_first = {"week": 5, "do": "survey_first", "about": "share_data", "cost": 70, "stop_if_refusing_above": 0}
    uncertain = {"practices.departure_to_insurer": [0.3, 1.0], "behaviour.stated_weight_in_action": [0.1, 0.5]}
    numbers_set = {"attitudes": {"minding_from": 0.35}, "practices": {"blame_on_the_buyer": 0.15}}
    settings = {"weeks": 12, "replicates": 3, "uncertain": uncertain, "institutions": [], **numbers_set}
    case = make_scenario({"sale": [SALE, survey_first]}, **settings)
    worlds = worlds_of(case.with_changes(chain={"households": 4_000}), "sale")
    for replicate in range(3):
        model = LoyaltyModel(case, replicate=replicate)
        felt = model.overrides["practices.departure_to_insurer"] * (1 - 0.15) * model.people.sensitivity
        assert worlds.refusing[replicate] == pytest.approx((felt > 0.35).mean())
    bare = run_scenario(make_scenario({"sale": [SALE]}, **settings))
    assert worlds.deal == pytest.approx(10 * bare.difference()[:, 1]), "without the survey that it holds"
    assert worlds.leaving == pytest.approx(bare.staying()[:, -1, 0] - bare.staying()[:, -1, 1])
    assert len(set(worlds.refusing)) == 3


def test_a_cost_that_nobody_knows_is_taken_on_average(make_scenario: Callable[..., Scenario]) -> None:
    case = make_scenario({"sale": [SALE]}, weeks=8, replicates=2, uncertain={"money.survey_cost": [1_000, 2_000]})
    drawn = [drawn_numbers(case, replicate)["money.survey_cost"] for replicate in range(2)]
    worlds = worlds_of(case, "sale")
    assert worlds.cost == pytest.approx(sum(drawn) / 2) and drawn[0] != drawn[1]
    assert worlds.households == 400


def test_a_sample_of_everybody_says_what_all_would(make_scenario: Callable[..., Scenario]) -> None:
    action = {"week": 5, "do": "survey_first", "about": "share_data", "sample": 4_000}
    model = LoyaltyModel(make_scenario({"sale": [SALE, action]}, population={"shoppers": 4_000}))
    for _ in range(5):
        model.step()
    retailer = next(each for each in model.agents_by_type[Retailer] if each.policy == 1)
    asked = retailer.share_refusing(model.actions[1][1])
    assert asked == pytest.approx(float(retailer.minding("share_data", 5).mean()), abs=0.03)


def test_what_cannot_be_asked_is_said(make_scenario: Callable[..., Scenario]) -> None:
    case = make_scenario({"sale": [SALE], "promise": [{"week": 1, "do": "public_promise"}]})
    with pytest.raises(ValueError, match="known here: sale, promise"):
        worlds_of(case, "sail")
    with pytest.raises(ValueError, match="starts no practice"):
        worlds_of(case, "promise")


def test_the_answer_is_said_in_words_and_written_whole(tmp_path: Path) -> None:
    surveys = [survey(FORTY, sample) for sample in (1, 2)]
    said = " ".join(in_words(FORTY, surveys, 2))
    for part in (
        "A survey of 2 would change the decision about 'sale' in 34% of cases over 40 worlds and is worth at most "
        "$17.2, +$11.2 after its cost (1,000 households).",
        "Without a survey the retailer goes ahead: the deal is worth +$20 on average over 40 worlds, and loses in 20",
        "Perfect information would be worth $30.",
        "From 20% to 80% would say that they mind, by world; the more people mind, the less the deal is worth",
        "On average 50% would say that they mind, and 2.00% of opening patrons leave because of it",
        "The cost of a survey, $5 and $0.5 an answer, is a guess",
    ):
        assert part in said
    alone = replace(TWO, deal=np.array([3.0]), refusing=np.array([0.3]), leaving=np.array([0.0]))
    said = " ".join(in_words(alone, [survey(alone, 1)], 1))
    assert "One world cannot tell what a survey is worth" in said
    paths = of_survey(FORTY, surveys, 2).write(tmp_path / "a")
    names = ["asked.json", "asking.csv", "asking.svg", "worlds.csv", "worlds.svg"]
    assert [path.name for path in paths] == names
    before = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in of_survey(FORTY, surveys, 2).write(tmp_path / "a")] == before
    rows = list(csv.DictReader((tmp_path / "a" / "asking.csv").read_text().splitlines()))
    assert [float(row["worth_dollars"]) for row in rows] == [14.0, 17.2]


SMALL_CASE = """\
title: small
question: does it pay?
weeks: 12
replicates: 2
population: {shoppers: 5000}
policies:
  status quo: []
  sale:
    - {week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 1}
"""


def test_the_command_answers_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "case.yaml").write_text(SMALL_CASE)
    out = tmp_path / "results"
    assert verb_of(SurveyQuestion)(tmp_path / "case.yaml", policy="sail", shoppers=200, out=out) == 2
    assert "no policy called 'sail'" in capsys.readouterr().err and not out.exists()
    assert verb_of(SurveyQuestion)(tmp_path / "case.yaml", policy="sale", shoppers=200, sample=50, out=out) == 0
    said = capsys.readouterr().out
    assert "A survey of 50 would change" in said and "(5,000 households)" in said
    assert (out / "case-asking" / "worlds.csv").exists()
