"""Amounts are those of the retailer's whole chain, however many of its shoppers are simulated."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import SALE, slow

from simulation.behaviour.parameters import parameters
from simulation.model.accounts import Flow
from simulation.model.institutions import Retailer
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.questions.break_even.break_even import break_even
from simulation.questions.compare.answer import of_comparison
from simulation.questions.compare.comparison import compare
from simulation.questions.reserve.reserve import backlash_reserve
from simulation.questions.survey.survey import worlds_of
from simulation.runs.formats import beside, people
from simulation.runs.headline import headline
from simulation.runs.measures import MEASURES, STUDIED
from simulation.runs.naive_return import naive_return
from simulation.runs.outcome import Outcome
from simulation.runs.parties import groups, harms
from simulation.runs.payers import accounts_against_the_first
from simulation.runs.results import write_results
from simulation.runs.return_sheet import return_sheet
from simulation.runs.run import run_scenario
from simulation.runs.statement import statement
from simulation.scenario.policies import AnyAction, kinds_by_name
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import canonical_text, scenario_from_text
from simulation.scenario.schema import Scenario, as_data, scenario_hash

Make = Callable[..., Scenario]
MILLION = 1_000_000.0
STORY = {"week": 9, "do": "press_story", "about": "share_data", "reach": 0.6}
PER_PERSON = {"card_use", "churn", "trust", "aware", "exposed"}
"""Measures that do not grow with the chain."""


def of_chain(households: int) -> dict[str, int]:
    return {"households": households}


# --- what a file says ---------------------------------------------------------------------------------------------

FILE = """\
title: small
question: what happens?
weeks: 20
population: {{shoppers: 500}}
{chain}
policies:
  status quo: []
  sale:
    - {{week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.5}}
"""


def test_a_file_without_a_chain_stands_for_the_households_it_simulates() -> None:
    case = scenario_from_text(FILE.format(chain=""))
    assert case.chain.households == 500 and case.households_per_shopper == 1
    assert case == scenario_from_text(FILE.format(chain="chain: {households: 500}"))
    assert repr(case).count("500") == 1 and case.simulated == "500 shoppers"


def test_the_number_of_shoppers_changes_how_finely_a_chain_is_seen_and_never_the_chain() -> None:
    for text, households in ((FILE.format(chain=""), 500), (FILE.format(chain="chain: {households: 9000}"), 9_000)):
        case = scenario_from_text(text)
        few = case.with_changes(shoppers=50, policies=["sale"], numbers={"world.story_reach": 0.5})
        few = few.set("sale", fee_per_member_year=1.25)
        assert few.population.shoppers == 50 and few.chain.households == households
        assert few.households_per_shopper == households / 50
        assert few.simulated == f"50 shoppers for a chain of {households:,} households"
        again = scenario_from_text(canonical_text(few))
        assert again == few and scenario_hash(again) == scenario_hash(few) != scenario_hash(case)
        assert few.with_changes(chain=of_chain(80)).chain.households == 80


@pytest.mark.parametrize(
    ("chain", "line", "said"),
    [
        ("chain: {households: 9}", 5, "households must be at least 10, not 9"),
        ("chain: {households: 1000000001}", 5, "households must be at most 1,000,000,000, not 1,000,000,001"),
        ("chain: {households: 9e6}", 5, "households must be a whole number"),
        ("chain: {households: many}", 5, "households must be a whole number, not 'many'"),
        ("chain: {}", 5, "chain needs 'households'"),
        ("chain: 9000000", 5, "chain must hold keys and values"),
        ("chain:", 5, "chain has no value"),
        ("chain: {household: 500}", 5, "unknown key 'household'"),
    ],
)
def test_a_chain_that_cannot_be_is_refused_at_its_line(chain: str, line: int, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        scenario_from_text(FILE.format(chain=chain))
    found = refused.value.problems
    assert {each.line for each in found} == {line} and any(said in str(each) for each in found)


def test_python_refuses_what_a_file_does() -> None:
    case = scenario_from_text(FILE.format(chain=""))
    with pytest.raises(ValueError, match="households must be at least 10, not 9"):
        case.with_changes(chain=of_chain(9))
    with pytest.raises(ValueError, match="shoppers must be at least 10, not 9"):
        case.with_changes(shoppers=9)


# --- fixed sums are paid once for the whole chain -----------------------------------------------------------------

ONCE = {
    Flow.FINES: {"week": 13, "do": "regulator_order", "about": "share_data", "fine": MILLION},
    Flow.EXIT_FEES: {"week": 13, "do": "respond", "about": "share_data", "stop": True, "exit_fee": MILLION},
    Flow.PAYMENTS: {
        **{"week": 13, "do": "survey_first", "about": "share_data", "cost": MILLION, "stop_if_refusing_above": 1}
    },
}
TERMS = {Flow.FINES: "fine", Flow.EXIT_FEES: "exit_fee", Flow.PAYMENTS: "cost"}


@pytest.mark.parametrize("flow", ONCE)
@pytest.mark.parametrize(("shoppers", "households"), [(200, 200), (200, 1_000_000), (500, 1_000_000), (500, 100)])
def test_a_million_dollars_cost_the_chain_a_million_dollars(
    flow: Flow, shoppers: int, households: int, make_scenario: Make
) -> None:
    free = {name: value for name, value in ONCE[flow].items() if name != TERMS[flow]}
    settings: dict[str, Any] = {"institutions": [], "population": {"shoppers": shoppers}, "chain": of_chain(households)}
    outcome = run_scenario(make_scenario({"paid": [SALE, ONCE[flow]], "free": [SALE, free]}, **settings))
    assert outcome.flow(flow)[0, :, 1].sum() / 100 == MILLION and not outcome.flow(flow)[0, :, 2].any()
    discounted = MILLION * 1.08 ** (-13 / 52)
    value = outcome.value()[0]
    assert value[2] - value[1] == pytest.approx(discounted, abs=0.005)
    naive = [naive_return(outcome, policy).answering for policy in (1, 2)]
    assert naive[1] - naive[0] == pytest.approx(MILLION)
    lines = [{line.name: line.simulated for line in return_sheet(outcome, policy)} for policy in (1, 2)]
    assert lines[1]["answering for it"] - lines[0]["answering for it"] == pytest.approx(MILLION)


def test_a_part_of_a_fixed_sum_is_rounded_half_up_to_a_whole_cent(make_scenario: Make) -> None:
    order = {**ONCE[Flow.FINES], "fine": 100}
    settings: dict[str, Any] = {"institutions": [], "population": {"shoppers": 200}}
    for households, cents in ((300, 6_667), (30_000, 67), (800_000, 3), (4_000_001, 0)):
        model = LoyaltyModel(make_scenario({"fined": [SALE, order]}, chain=of_chain(households), **settings)).run()
        assert model.accounts.weekly[:, 1, Flow.FINES].sum() == cents, households


def test_what_is_paid_a_head_grows_with_the_chain(make_scenario: Make) -> None:
    answer = {"week": 12, "do": "respond", "about": "share_data", "compensation": 10}
    world = {"inquiry_after_story": 1, "fined_share": 1, "inquiry_weeks": 6, "class_action_per_story": 1}
    world |= {"class_action_weeks": 8}
    settings: dict[str, Any] = {"institutions": ["regulator", "court"], "world": world, "weeks": 52}
    small, large = (
        run_scenario(make_scenario({"sale": [SALE, STORY, answer]}, chain=of_chain(households), **settings))
        for households in (400, 1_200)
    )
    for flow in (Flow.COMPENSATION, Flow.FINES, Flow.SETTLEMENTS, Flow.FEES):
        paid = small.flow(flow)[..., 1].sum()
        assert paid > 0 and large.flow(flow)[..., 1].sum() == 3 * paid, flow
    concerned = int(
        small.replicates[0].weekly[:, 1, ..., Measure.SHARED].sum(axis=(1, 2)).max()
    )  # members whose data flows
    assert large.flow(Flow.COMPENSATION)[..., 1].sum() == 3 * 1_000 * concerned


def test_as_many_answer_a_survey_as_are_asked_however_few_are_simulated(make_scenario: Make) -> None:
    action = {"week": 5, "do": "survey_first", "about": "share_data", "sample": 300}
    case = make_scenario({"sale": [SALE, action]}, chain=of_chain(50_000), population={"shoppers": 20})
    model = LoyaltyModel(case)
    for _ in range(5):
        model.step()
    retailer = next(each for each in model.agents_by_type[Retailer] if each.policy == 1)
    said = 300 * retailer.share_refusing(model.actions[1][1])
    assert said == pytest.approx(round(said)), "a share of three hundred answers"


FIXED = {"survey_first cost", "respond exit_fee", "regulator_order fine", "money.survey_cost"}
PER_HEAD = {
    *("paid_tier fee_per_year", "memberships.dollars_of_an_order"),
    *("memberships.worth_of_a_delivery", "memberships.cost_of_a_delivery"),
    *("share_data fee_per_member_year", "share_data worth_to_participant", "respond compensation"),
    *("world.fine_per_concerned_shopper", "world.settlement_per_head", "world.worth_of_a_perfect_score"),
    *("world.reservation_fee", "world.margin_per_insured_year", "world.health_gain_per_participant"),
    *("world.public_benefit_per_record", "money.offer_cost", "money.cost_of_demographics_data"),
    *("money.cost_of_credit_data", "money.survey_cost_per_answer"),
    *("retail_media price_per_thousand", "retail_media.price_of_a_thousand_ads"),  # an ad, whoever sees it
    *("deletion_requests cost_per_request", "requests.cost_of_a_request", "class_action settlement_per_head"),
    *("sensing.gain_by_measured_faces", "sensing.settlement_per_face"),
    *("records.gain_of_a_merged_record", "records.cost_of_a_merged_record"),
}
NO_SUMS = {
    *("shopping.basket_log_mean", "shopping.basket_fall_with_trips", "behaviour.appeal_of_worth"),
    *("world.fine_spread", "world.settlement_spread"),
}


def test_every_amount_of_dollars_is_known_to_be_fixed_or_a_head() -> None:
    terms = {
        f"{kind} {name}"
        for kind, action in kinds_by_name(AnyAction).items()
        for name, field in action.model_fields.items()
        if "dollar" in (field.description or "").lower()
    }
    named = {address for address, each in parameters().items() if "dollar" in each.unit.lower()}
    assert terms | named == FIXED | PER_HEAD | NO_SUMS, "a new one must be decided on: see Timeline.simulated_part"
    assert not FIXED & PER_HEAD


# --- what is shown is the chain's ---------------------------------------------------------------------------------


def of_three_times(make: Make, **settings: Any) -> tuple[Outcome, Outcome]:
    """Return a sale that comes out, of a chain as large as what is simulated and of one three times as large."""
    usual: dict[str, Any] = {"weeks": 60, "replicates": 2, "population": {"shoppers": 600}}
    own, large = (
        make({"sale": [SALE, STORY]}, **(usual | settings), **chain) for chain in ({}, {"chain": of_chain(1_800)})
    )
    return run_scenario(own), run_scenario(large)


def test_measures_of_people_and_dollars_grow_with_the_chain_and_others_do_not(make_scenario: Make) -> None:
    own, large = of_three_times(make_scenario)
    for name, measure in {**STUDIED, "patrons": MEASURES["patrons"], "carded_sales": MEASURES["carded_sales"]}.items():
        times = 1 if name in PER_PERSON else 3
        assert large.difference().shape == own.difference().shape
        assert measure.of(large) == pytest.approx(times * measure.of(own), rel=1e-12), name
    for one, other in zip(own.replicates, large.replicates, strict=True):
        assert np.array_equal(one.weekly, other.weekly) and np.array_equal(one.accounts, other.accounts)
    for name in ("revenue", "contribution", "complaints", "trust", "churn"):
        assert MEASURES[name].by_week(large) == pytest.approx(MEASURES[name].by_week(own), rel=1e-12), name
    parties = [accounts_against_the_first(each) for each in (own, large)]
    for party, rows in parties[0].items():
        assert [each.value for each in parties[1][party]] == pytest.approx([3 * each.value for each in rows])
    for table in (groups, harms):
        numbers = [table(each).drop(columns="replicate").select_dtypes("number") for each in (own, large)]
        assert numbers[1].to_numpy() == pytest.approx(3 * numbers[0].to_numpy())


def test_first_causes_are_told_for_the_whole_chain(make_scenario: Make) -> None:
    told = []
    for chain in ({}, {"chain": of_chain(1_200)}):
        case = make_scenario({"sale": [SALE, STORY]}, institutions=[], **chain)
        tables = of_comparison(compare({"case": case})).tables
        told.append(tables[1].frame.drop(columns="cause"))
        books = next(table.frame for table in tables if table.name == "attribution")
        assert books["sales_cents"].dtype == np.int64
    assert told[0].to_numpy().any()
    assert told[1].to_numpy(np.float64) == pytest.approx(3 * told[0].to_numpy(np.float64))


def test_beside_an_amount_stand_dollars_a_household_and_year_and_its_share_of_value(make_scenario: Make) -> None:
    lived = of_three_times(make_scenario)
    own, large = map(headline, lived)
    for found, households in ((own, 600), (large, 1_800)):
        baseline, row = found.rows
        years = households * 60 / 52
        assert row.difference_per_household_year == pytest.approx(row.difference / years)
        assert row.difference_mean_per_household_year == pytest.approx(row.difference_mean.value / years)
        assert row.value_per_household_year == pytest.approx(row.value / years)
        assert row.difference_share == pytest.approx(row.difference / baseline.value)
        assert row.difference_mean_share == pytest.approx(row.difference_mean.value / baseline.value)
    assert large.rows[1].difference_share == pytest.approx(own.rows[1].difference_share)
    per_year, of_value = beside(large.rows[1].difference_mean_per_household_year, large.rows[1].difference_mean_share)
    assert f"{per_year} per household and year, {of_value} of value" in statement(large, lived[1].scenario).verdict


def test_amounts_beside_are_written_alike() -> None:
    assert beside(-0.4712, -0.00236) == ("−$0.47", "−0.24 %")
    assert beside(0.0000213, 0.0000001) == ("+$0.000021", "+0.000010 %"), "never in powers of ten"
    assert beside(-0.1, 0.25) == ("−$0.10", "+25 %")
    assert beside(123.4, 1.25) == ("+$120", "+120 %")
    assert beside(0.0, None) == ("$0", "-")


def test_many_people_are_written_in_three_digits() -> None:
    assert [people(count) for count in (0, 99_999.4, 100_000, 8_539_200)] == ["0", "99,999", "100 k", "8.54 M"]


def test_books_stay_whole_and_the_tables_say_whose_they_are(make_scenario: Make, tmp_path: Path) -> None:
    for name, outcome in zip(("own", "large"), of_three_times(make_scenario), strict=True):
        write_results(outcome, tmp_path / name)
    for table in ("weekly", "ledger", "accounts", "shoppers"):
        own, large = (pd.read_csv(tmp_path / name / f"{table}.csv", dtype={"run": str}) for name in ("own", "large"))
        assert own.drop(columns="run").equals(large.drop(columns="run")) and set(own["run"]) != set(large["run"])
    people_there = pd.read_csv(tmp_path / "large" / "groups.csv").groupby(["policy", "replicate", "grouping"])
    assert (people_there["households"].sum() == 1_800).all()
    record = json.loads((tmp_path / "large" / "run.json").read_text())
    assert (record["shoppers"], record["households"], record["households_per_shopper"]) == (600, 1_800, 3.0)
    weekly, summary = (pd.read_csv(tmp_path / "large" / f"{name}.csv") for name in ("weekly", "summary"))
    last = weekly[(weekly["week"] > 8) & (weekly["policy"] == "status quo")].groupby("replicate")["sales_cents"].sum()
    lower = last.min()  # the median of two replicates is one of them: nothing lies between two worlds
    assert summary["revenue_dollars"][0] == pytest.approx(record["households_per_shopper"] * lower / 100)
    package = json.loads((tmp_path / "large" / "datapackage.json").read_text())
    said = {each["name"]: each["description"] for each in package["resources"]}
    assert "simulated shoppers" in said["weekly"] and "whole chain" in said["summary"]


# --- one answer, however finely it is seen ------------------------------------------------------------------------


def differences_of(case: Scenario) -> tuple[float, float]:
    """Return a mean difference in value and its standard error over replicates, which differ by chance alone."""
    found = run_scenario(case).difference()[:, 1]
    return float(found.mean()), float(found.std(ddof=1) / np.sqrt(len(found)))


@pytest.mark.parametrize("shoppers", [2_000, *slow(10_000, 20_000, 50_000)])
def test_one_file_gives_one_answer_at_any_number_of_shoppers(shoppers: int, make_scenario: Make) -> None:
    order = {**ONCE[Flow.FINES], "week": 40, "fine": 5 * MILLION}
    written = make_scenario(
        {"sale": [SALE, STORY, order]},
        **{"weeks": 52, "replicates": 12, "institutions": [], "population": {"shoppers": 5_000}},
        chain=of_chain(9_000_000),
    )
    (usual, its_error), (found, error) = map(differences_of, (written, written.with_changes(shoppers=shoppers)))
    assert usual < -5 * MILLION and error < abs(found) / 5
    assert abs(found - usual) < 3.5 * np.hypot(error, its_error), (found, error, usual, its_error)


def test_questions_about_one_case_speak_of_one_scale_whatever_each_simulates(make_scenario: Make) -> None:
    case = make_scenario(
        {"sale": [SALE, STORY]}, weeks=70, replicates=6, institutions=[], chain=of_chain(2_000_000),
        population={"shoppers": 3_000},
    )  # fmt: skip
    answer = differences_of(case)
    compared = compare({"case": case.with_changes(shoppers=1_500)}).paired("value_dollars", (0, 0), (0, 1))
    curve = break_even(case.with_changes(shoppers=1_000), "sale", "fee_per_member_year", (0.5, 1.5), tried=2)
    worlds = worlds_of(case.with_changes(shoppers=2_000), "sale")
    assert worlds.households == 2_000_000
    for found in (compared, curve.difference[:, 0], worlds.deal):
        error = np.hypot(answer[1], found.std(ddof=1) / np.sqrt(len(found)))
        assert abs(found.mean() - answer[0]) < 4 * error < abs(answer[0])
    more, fewer = (
        backlash_reserve(case.with_changes(shoppers=shoppers, weeks=70), "sale", every=52)
        for shoppers in (3_000, 1_000)
    )
    assert fewer.earned.mean() == pytest.approx(more.earned.mean(), rel=0.05)


def test_a_file_without_a_chain_shows_what_its_books_hold(make_scenario: Make) -> None:
    case = make_scenario({"sale": [SALE]})
    outcome = run_scenario(case)
    assert as_data(case)["chain"] == {"households": 400}
    sales = outcome.replicates[0].weekly[..., Measure.SALES].sum(axis=(2, 3))
    assert np.array_equal(outcome.revenue()[0], sales.mean(axis=0) * 52 / 100)
