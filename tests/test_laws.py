"""Laws as data: what each finds unlawful, and how high a fine it allows."""

from collections.abc import Callable
from datetime import date
from typing import Any, get_args

import numpy as np
import pytest

from simulation.model.authorities import Regulator
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.scenario.laws import LawName, laws
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
HEAD = "title: t\nquestion: q\nweeks: 30\npopulation: {shoppers: 90}\npolicies: {status quo: []}\nevents:\n"


def sale(**terms: Any) -> dict[str, Any]:
    return {"week": 3, "do": "share_data", "with": "broker", "purpose": "marketing", "fee_per_member_year": 1, **terms}


def test_every_law_that_can_be_named_has_its_source_and_the_day_it_was_read() -> None:
    assert set(laws()) == set(get_args(LawName))
    for known in laws().values():
        assert known.source and known.says
        assert date.fromisoformat(known.since) <= date.fromisoformat(known.read)


@pytest.mark.parametrize(
    ("law", "terms", "lawful"),
    [
        ("california", {"consent": "notice"}, False),
        ("california", {"consent": "opt_out"}, True),
        ("eu", {"consent": "opt_out"}, False),
        ("eu", {"consent": "opt_in"}, True),
        ("uk", {"consent": "opt_out"}, False),
        ("eu", {"consent": "none", "fields": "aggregates"}, True),
        ("my_health_my_data", {"consent": "none"}, True),
        ("my_health_my_data", {"consent": "opt_out", "fields": "sensitive_purchases"}, False),
        ("my_health_my_data", {"consent": "opt_out", "with": "insurer"}, False),
        ("my_health_my_data", {"consent": "opt_in", "with": "insurer"}, True),
        ("none", {"consent": "none", "with": "insurer"}, True),
    ],
)
def test_a_law_forbids_what_it_requires_more_consent_for(
    law: str, terms: dict[str, Any], lawful: bool, make_scenario: Make
) -> None:
    for obeyed, column in ((True, "running"), (False, "unlawful")):
        event = {"week": 6, "do": "law", "law": law, "obeyed": obeyed}
        model = LoyaltyModel(make_scenario({"sold": [sale(**terms)]}, weeks=9, events=[event]))
        rows = model.practices[column][:, 1, 0, 0]
        before, after = (1, float(lawful)) if obeyed else (0, float(not lawful))
        assert rows[2:5].tolist() == [before] * 3 and rows[5:].tolist() == [after] * 4


def test_it_holds_in_its_market_alone(make_scenario: Make) -> None:
    event = {"week": 1, "do": "law", "law": "eu", "markets": ["there"]}
    markets = {"here": 0.5, "there": 0.5}
    case = make_scenario({"sold": [sale(consent="none")]}, weeks=6, events=[event], markets=markets)
    assert LoyaltyModel(case).practices["running"][4, 1, :, 0].tolist() == [1, 0]


def test_a_fine_is_at_most_what_the_law_allows() -> None:
    eu, california = laws()["eu"], laws()["california"]
    assert eu.most_fined(people=10, turnover=1e9, part=1.0) == 40e6, "4 % of a billion is more than 22 million"
    assert eu.most_fined(people=10, turnover=1e8, part=1.0) == 22e6
    assert eu.most_fined(people=10, turnover=1e5, part=0.001) == 22e3, "the simulated part of the fixed sum"
    assert california.most_fined(people=10, turnover=1e9, part=1.0) == 26_630
    assert laws()["none"].most_fined(10, 1e9, 1.0) == np.inf


def test_a_regulator_fines_no_more_than_the_law_in_force_allows(make_scenario: Make) -> None:
    world = {"fine_per_concerned_shopper": 1000, "fined_share": 1, "inquiry_weeks": 4, "inquiry_after_story": 1}
    story = {"week": 5, "do": "press_story", "about": "share_data", "reach": 0.9}
    policies = {"sold": [sale(consent="none"), story]}
    fined = {}
    for law in ("eu", "none"):
        event = {"week": 1, "do": "law", "law": law, "obeyed": False}
        how = {"institutions": ["regulator"], "weeks": 40, "chain": {"households": 400_000_000}, "world": world}
        model = LoyaltyModel(make_scenario(policies, events=[event], **how)).run()
        (week,) = np.flatnonzero(model.levers["fine"][:, 1, 0])
        sales = model.ledger.weekly[:week, 1, ..., Measure.SALES].sum()
        fined[law] = model.levers["fine"][week, 1, 0], 0.04 * 52 * sales / 100 / week
        assert len(model.institutions(Regulator)) == 2
    assert fined["eu"][0] == pytest.approx(fined["eu"][1]) and fined["none"][0] > fined["eu"][0]


def test_two_answers_to_one_question_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"(?s)law 'eu' says which consent it requires.*leave out one of the two"):
        scenario_from_text(HEAD + "  - {week: 1, do: law, law: eu, requires: opt_out}\n")
    with pytest.raises(ScenarioError, match="known here: california, my_health_my_data, eu, uk, none"):
        scenario_from_text(HEAD + "  - {week: 1, do: law, law: brazil}\n")
