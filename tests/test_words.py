"""What a run says depends on what was asked and on what came of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import SALE
from test_asking import TWO

from simulation.questions.churn import words as churn_words
from simulation.questions.reserve import answer as reserve_sheet
from simulation.questions.survey import answer as asking_sheet
from simulation.questions.survey.survey import survey
from simulation.report.report import in_words, report_of
from simulation.report.tipping_points import Split, split_in_words, splits
from simulation.runs.caveats import CAVEAT, NOT_MODELLED, caveat, not_modelled
from simulation.runs.naive_return import naive_in_words
from simulation.runs.run import run_scenario
from simulation.scenario.schema import Scenario, scenario_type

Make = Callable[..., Scenario]
PRICES = {"week": 5, "do": "member_prices", "saving": 0.1, "markup": 0.0}
NOTHING = {"week": 5, "do": "targeted_offers", "intensity": 0, "depth": 0}
BROKER = SALE | {"with": "broker"}
DRAWN = {"uncertain": {"others": "chance", "money.gross_margin": [0.25, 0.3]}, "replicates": 5}


@pytest.fixture(scope="module")
def page() -> str:
    data = {
        "title": "prices",
        "uncertain": "chance",
        "question": "who pays?",
        "weeks": 30,
        "replicates": 2,
        "population": {"shoppers": 500},
        "policies": {"status quo": [], "cheaper": [PRICES], "nothing": [NOTHING]},
    }
    return report_of(run_scenario(scenario_type().model_validate(data)), [])


def test_an_insurer_is_named_where_one_gets_data(make_scenario: Make) -> None:
    sold, broker = make_scenario({"sale": [SALE]}), make_scenario({"sale": [BROKER]})
    resold = make_scenario({"sale": [BROKER, {"week": 9, "do": "change_terms", "about": "share_data"}]})
    for scenario, named in (
        (sold, True),
        (resold, True),
        (broker, False),
        (make_scenario({"prices": [PRICES]}), False),
    ):
        assert ("insurer" in caveat(scenario), "insurer" in not_modelled(scenario)) == (named, named)
    assert "insurer" in NOT_MODELLED and "insurer" not in CAVEAT


def test_intervals_cover_what_was_drawn(make_scenario: Make) -> None:
    assert caveat(make_scenario()).endswith("One replicate cannot tell how far chance carries.")
    assert "chance alone" in caveat(make_scenario(replicates=3))
    assert "chance and the number drawn from its range" in caveat(make_scenario(**DRAWN))
    two = DRAWN["uncertain"] | {"world.story_reach": [0.1, 0.2]}  # type: ignore[operator] # a mapping
    assert "the 2 numbers" in caveat(make_scenario(uncertain=two, replicates=3))


def test_nothing_is_said_of_draws_where_nothing_was_drawn() -> None:
    assert split_in_words(Split("b", 6, 6, drawn=2), "a") == "it paid in each of 6 replicates, whatever was drawn"
    assert split_in_words(Split("b", 0, 6, drawn=2), "a") == "it paid in none of 6 replicates, whatever was drawn"
    for paid, words in ((6, "paid in each of 6"), (0, "paid in none of 6")):
        said = split_in_words(Split("b", paid, 6), "a")
        assert words in said and "every number was held fixed" in said and "whatever was drawn" not in said
    assert "--replicates" in split_in_words(Split("b", 1, 2, drawn=1), "a")
    assert split_in_words(Split("b", 1, 2), "a").endswith("No number was drawn that could explain which.")
    assert split_in_words(Split("b", 0, 6, drawn=2, same=6), "the status quo").startswith("it changes nothing")


def test_a_split_counts_what_was_drawn(make_scenario: Make) -> None:
    lived = run_scenario(make_scenario({"b": [NOTHING]}, weeks=8, **DRAWN))
    (split,) = splits(lived)
    assert (split.drawn, split.same, split.of) == (1, 5, 5)


def test_a_survey_s_cases_are_those_of_the_worlds_lived() -> None:
    (first, *_) = asking_sheet.in_words(TWO, [survey(TWO, 2)], 2)
    assert first.startswith("A survey of 2 would change the decision about 'sale' in 34% of cases over 2 worlds")
    alike = replace(TWO, deal=np.array([100.0, 100.0]))
    (first, *_) = asking_sheet.in_words(alike, [survey(alike, 2)], 2)
    assert "would change the decision about 'sale' in no case over 2 worlds" in first


def test_a_report_about_prices_is_about_prices(page: str) -> None:
    for absent in ("insurer", "Data buyer", "data flowing", "premium", "where consent is asked", "was drawn makes"):
        assert absent not in page[: page.index("What the numbers rest on")], absent
    assert "weeks of secrecy" not in page and "what a raised premium does" not in page
    assert "<strong>Shoppers</strong>: rewards, gifts and offers redeemed" in page
    assert "shoppers stay and buy as under status quo, at each policy&#39;s own prices and rewards. Simulated" in page
    assert "naive $0" not in page, "the price cut is in the naive sheet, and who changes nothing has no sheet"
    assert "it changes nothing: its value is that of status quo in each of 2 replicates" in page


def test_what_a_naive_sheet_takes_for_granted(make_scenario: Make) -> None:
    small = {"weeks": 6, "population": {"shoppers": 50}}
    sold = naive_in_words(run_scenario(make_scenario({"sale": [SALE]}, **small)))
    asked = naive_in_words(run_scenario(make_scenario({"sale": [SALE | {"consent": "opt_in"}]}, **small)))
    assert sold.endswith("; all members' data is passed on")
    assert asked.endswith("; where consent is asked, that of 47% of members is, as a survey promises")
    assert "all members" not in asked
    assert "passed on" not in naive_in_words(run_scenario(make_scenario({"prices": [PRICES]}, **small)))


def test_no_template_names_what_only_some_scenarios_hold() -> None:
    template = (Path(__file__).parents[1] / "simulation" / "report" / "report.html").read_text(encoding="utf-8")
    assert "insurer" not in template and "47" not in template


def test_a_policy_is_told_as_it_was_written(make_scenario: Make) -> None:
    offers = {"week": 9, "do": "targeted_offers", "intensity": 1, "depth": 0.5, "control": True}
    written = {"prices": [{"week": 9, "do": "member_prices", "saving": 0.045, "markup": 0}], "offers": [offers]}
    told = {name: [in_words(action) for action in each] for name, each in make_scenario(written).policies.items()}
    assert told["prices"] == ["from week 9: member prices, saving 0.045, markup 0"], "though 0.045 is the usual saving"
    assert told["offers"] == ["from week 9: targeted offers, intensity 1, depth 0.5, control"]


def test_differences_of_nothing_have_no_sign() -> None:
    assert churn_words._than(0.0, "a") == "as many as under 'a'" and churn_words._when(-0.01) == "at the same time"
    assert churn_words._than(0.012, "a") == "1.2 points more than under 'a'"
    assert churn_words._than(-0.012, "a") == "1.2 points fewer than under 'a'"
    assert (churn_words._when(-2.0), churn_words._when(2.0)) == ("2.0 weeks earlier", "2.0 weeks later")


def test_a_sign_turns_the_words_round() -> None:
    stay = " ".join(asking_sheet.in_words(replace(TWO, leaving=np.array([-0.02, -0.02])), [survey(TWO, 2)], 2))
    assert "2.00% of opening patrons stay who would have left because of it" in stay
    leave = " ".join(asking_sheet.in_words(TWO, [survey(TWO, 2)], 2))
    assert "2.00% of opening patrons leave because of it" in leave
    assert "not related" in asking_sheet._tied(0.0) and "the more the deal" in asking_sheet._tied(0.4)
    assert reserve_sheet._costs(-1200.0) == "bring $1.2 k" and reserve_sheet._costs(1200.0) == "cost $1.2 k"


def test_a_split_of_luck_alone_has_drawn_nothing(make_scenario: Make) -> None:
    lived = run_scenario(make_scenario({"b": [PRICES]}, weeks=8, replicates=2, population={"shoppers": 50}))
    assert splits(lived)[0].drawn == 0
