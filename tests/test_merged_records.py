"""A pharmacy's records joined to the card's: who agrees, what it brings and costs, and what the law asks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from test_engines import LOUD, same

from simulation.behaviour import rules
from simulation.model.accounts import Flow, Party, balances, place_of
from simulation.model.ledger import Measure, Touched
from simulation.model.model import LoyaltyModel
from simulation.scenario.drawn import drawn_addresses
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
MERGED = {"week": 5, "do": "merge_records", "with": "pharmacy", "consent": "notice"}
STORY = {"week": 8, "do": "press_story", "about": "merge_records", "reach": 0.8}
QUIET = {"behaviour": {"considering_terms_per_week": 0}, "records": {"noticing_a_merged_record_per_year": 0}}


def lived(make: Make, *actions: dict[str, Any], **settings: Any) -> LoyaltyModel:
    """Return a status quo and a policy of some actions lived, with nobody acting of their own accord."""
    usual: dict[str, Any] = {"weeks": 16, "institutions": [], "population": {"shoppers": 2000}}
    return LoyaltyModel(make({"merged": list(actions)}, **(usual | settings))).run()


def by_week(model: LoyaltyModel, measure: Measure, policy: int = 1) -> list[int]:
    """Return a measure of a policy, week by week."""
    counted: list[int] = model.ledger.weekly[:, policy, ..., measure].sum(axis=(1, 2)).tolist()
    return counted


def test_records_that_are_sold_or_merged_flow_elsewhere_and_no_others() -> None:
    assert [rules.passes_on(scope) for scope in range(8)] == [1, 0, 0, 0, 0, 0, 0, 1]
    assert rules.chance_of_noticing(0.5, 1.0, 7, 1, 1, 0, 0.0) == 0.5, "whose records are merged"
    assert rules.chance_of_noticing(0.5, 1.0, 7, 0, 1, 0, 0.0) == 0.0


def test_what_it_brings_and_costs_to_the_cent(make_scenario: Make) -> None:
    gains = {"gain_of_a_merged_record": 26, "fill_prescriptions_here": 0.2, "cost_of_a_merged_record": 0.52}
    settings = QUIET | {"records": QUIET["records"] | gains}
    model = lived(make_scenario, MERGED | {"until": 12}, **settings)
    merged = model.ledger.touched[:, 1, 0, 0, Touched.FLOWING].tolist()
    # a fifth brings 26 dollars a year, half a dollar a week: ten cents a record; keeping one costs a cent
    assert model.accounts.weekly[:, 1, place_of("pharmacy_gains")].tolist() == [10 * each for each in merged]
    assert model.accounts.weekly[:, 1, place_of("pharmacy_costs")].tolist() == merged
    assert merged[:4] == merged[12:] == [0] * 4 and min(merged[4:12]) > 1000
    value = balances(model.accounts.weekly, Party.RETAILER).sum(axis=0)
    assert value[1] - value[0] == 9 * sum(merged), "nobody knows of it, so nothing else has changed"


def test_only_those_who_agree_are_merged_and_are_rewarded_for_it(make_scenario: Make) -> None:
    asked = MERGED | {"consent": "opt_in", "reward": 0.02}
    model = lived(make_scenario, asked, behaviour={"considering_enrolment_per_week": 0.3})
    merged, members = by_week(model, Measure.SHARED), by_week(model, Measure.MEMBERS)
    assert 0 < merged[5] < merged[15] < members[15]
    assert sum(by_week(model, Measure.REWARDS)) > 1.2 * sum(by_week(model, Measure.REWARDS, 0))
    assert by_week(model, Measure.FEES) == [0] * 16, "it is sold to nobody"


def test_it_is_no_sale(make_scenario: Make) -> None:
    promise = {"week": 1, "do": "public_promise"}
    kept, none = lived(make_scenario, promise, MERGED), lived(make_scenario, MERGED)
    assert kept.practices["departure"][9, 1, 0, 0] == none.practices["departure"][9, 1, 0, 0] > 0
    model = lived(make_scenario, MERGED, STORY, institutions=["rival"], world={"rival_answers_after_weeks": 1})
    assert not model.levers["rival_privacy"].any()
    assert not model.accounts.weekly[:, 1, Flow.INSURED_LOST].any()


@pytest.mark.parametrize(
    ("law", "consent", "lawful"),
    [
        ("my_health_my_data", "notice", False),
        ("my_health_my_data", "opt_out", False),
        ("my_health_my_data", "opt_in", True),
        ("eu", "opt_in", True),
        ("california", "notice", False),
        ("california", "opt_out", True),
        ("none", "none", True),
    ],
)
def test_the_law_takes_it_for_health(law: str, consent: str, lawful: bool, make_scenario: Make) -> None:
    for obeyed, column in ((True, "running"), (False, "unlawful")):
        event = {"week": 6, "do": "law", "law": law, "obeyed": obeyed}
        model = lived(make_scenario, MERGED | {"consent": consent}, weeks=8, events=[event])
        after = float(lawful) if obeyed else float(not lawful)
        assert model.practices[column][5:, 1, 0, 0].tolist() == [after] * 3


def test_a_regulator_looks_into_it_once_it_is_out(make_scenario: Make) -> None:
    world = {"inquiry_after_story": 1, "inquiry_weeks": 4, "inquiry_weeks_spread": 0, "fined_share": 1}
    model = lived(make_scenario, MERGED, STORY, institutions=["regulator"], world=world | {"fine_spread": 0})
    # the story of week 8 is taken up in week 9 and closed in week 13: an end, and .2 dollars for each
    assert model.practices["running"][11:13, 1, 0, 0].tolist() == [1, 0]
    concerned = model.ledger.touched[:12, 1, 0, 0, Touched.FLOWING].max()
    assert model.accounts.weekly[12, 1, Flow.FINES] == pytest.approx(20 * concerned, abs=1)


def test_a_way_of_asking_that_does_not_go_with_the_consent_is_refused() -> None:
    text = (
        "title: t\nquestion: q?\nweeks: 60\npopulation: {shoppers: 500}\npolicies:\n  status quo: []\n  new:\n"
        "    - {week: 9, do: merge_records, with: pharmacy, consent: opt_in, asked: terms}\n"
    )
    with pytest.raises(ScenarioError, match=r"consent 'opt_in' cannot be asked for by terms[^$]*write prompt or enrol"):
        scenario_from_text(text)


def test_what_departs_by_nothing_and_brings_nothing_changes_nothing_but_whose_records_are_merged(
    make_scenario: Make,
) -> None:
    nothing = dict.fromkeys(("departure_of_merged_records", "gain_of_a_merged_record", "cost_of_a_merged_record"), 0.0)
    model = lived(make_scenario, MERGED, records=nothing | QUIET["records"], behaviour=QUIET["behaviour"])
    assert np.array_equal(model.accounts.weekly[:, 0], model.accounts.weekly[:, 1])
    assert all(np.array_equal(column[0], column[1]) for column in model.lives)
    assert by_week(model, Measure.SHARED)[-1] > 1000


def test_twins_are_the_same_until_the_week(make_scenario: Make) -> None:
    model = lived(make_scenario, MERGED | {"week": 9}, STORY | {"week": 9})
    assert np.array_equal(model.ledger.weekly[:8, 0], model.ledger.weekly[:8, 1])
    assert np.array_equal(model.accounts.weekly[:8, 0], model.accounts.weekly[:8, 1])
    assert not np.array_equal(model.accounts.weekly[8, 0], model.accounts.weekly[8, 1])


@pytest.mark.parametrize("consent", ["notice", "opt_out", "opt_in"])
def test_engines_agree(consent: str, make_scenario: Make) -> None:
    behaviour = LOUD | {"considering_enrolment_per_week": 0.3, "considering_terms_per_week": 0.3}
    signal = {"week": 6, "do": "opt_out_signal", "share": 0.2}
    policies = {"merged": [MERGED | {"consent": consent}, STORY, signal]}
    case = make_scenario(policies, weeks=20, population={"shoppers": 150}, behaviour=behaviour)
    columns = LoyaltyModel(case).run()
    same(LoyaltyModel(case, engine="agents").run(), columns)
    assert columns.ledger.weekly[:, 1, ..., Measure.SHARED].any()


def test_its_numbers_are_drawn_where_it_is_used_alone(make_scenario: Make) -> None:
    plain, used = (make_scenario({"merged": actions}, uncertain="prior") for actions in ([], [MERGED]))
    more = {*drawn_addresses(used)} - {*drawn_addresses(plain)}
    assert "records.gain_of_a_merged_record" in more and {each.partition(".")[0] for each in more} == {"records"}
