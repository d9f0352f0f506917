"""Who gains and who loses: return sheet, reserve, roles."""

import json
from collections.abc import Callable

import numpy as np
import pytest
from conftest import SALE

from simulation.model.accounts import Flow, Party
from simulation.model.ledger import Measure
from simulation.model.scoring import share_misjudged
from simulation.questions.reserve.answer import of_reserve
from simulation.questions.reserve.reserve import backlash_reserve, first_sale
from simulation.questions.screen.principles import shipped_principles
from simulation.questions.screen.screening import screen
from simulation.runs.formats import dollars
from simulation.runs.outcome import Outcome
from simulation.runs.parties import gains, groups, harms, what_moves
from simulation.runs.payers import accounts_against_the_first
from simulation.runs.return_sheet import return_sheet
from simulation.runs.roles import policy_by_vote, policy_points, rankings
from simulation.runs.run import run_scenario
from simulation.scenario.schema import Scenario

STORY = {"week": 20, "do": "press_story", "about": "share_data", "reach": 0.8}
ASKED = SALE | {"consent": "opt_in", "purpose": "wellness", "worth_to_participant": 20, "years_kept": 1}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    from simulation.scenario.schema import scenario_type

    data = {
        "title": "parties",
        "uncertain": "chance",
        "question": "who?",
        "weeks": 60,
        "replicates": 1,
        "population": {"shoppers": 3000},
        "institutions": [],
        "policies": {"status quo": [], "sale": [SALE], "exposed": [SALE, STORY], "asked": [ASKED]},
    }
    return run_scenario(scenario_type().model_validate(data))


def test_the_return_sheet_adds_up_to_what_the_retailer_has_more(outcome: Outcome) -> None:
    for policy in range(1, 4):
        lines = return_sheet(outcome, policy)
        assert sum(line.simulated for line in lines) == pytest.approx(gains(outcome, Party.RETAILER)[0, policy])
    assert all(line.naive == line.simulated == 0 for line in return_sheet(outcome, 0))


def test_the_naive_sheet_lets_everybody_stay(outcome: Outcome) -> None:
    members = outcome.replicates[0].weekly[4:, 0, ..., 2].sum()  # of the baseline, from week 5 on
    sale = return_sheet(outcome, 1)[0]
    assert sale.naive == pytest.approx(0.5 * members / 52)
    asked = return_sheet(outcome, 3)[0]
    assert asked.naive == pytest.approx(0.47 * 0.5 * members / 52), "where it is asked, 47 % say that it is acceptable"
    assert sale.simulated == pytest.approx(outcome.flow(Flow.FEES)[0, :, 1].sum() / 100)


def test_groups_hold_everybody_once(outcome: Outcome) -> None:
    table = groups(outcome)
    for _, part in table.groupby(["policy", "grouping"]):
        assert part["households"].sum() == 3000
    sale = table[(table["policy"] == "sale") & (table["grouping"] == "group")].set_index("label")
    each = sale["harmful_events"] / sale["shared_person_years"]
    assert each["others"] == pytest.approx(0.01, rel=1e-3), "one event in a hundred years, by the insurer"
    assert each["vulnerable"] == pytest.approx(0.03, rel=1e-3)
    assert (sale["unwitting_person_years"] <= sale["shared_person_years"]).all()
    assert (sale["consent_debt_person_years"] <= sale["unwitting_person_years"]).all()


def test_harm_is_told_by_recipient_and_fields(outcome: Outcome) -> None:
    table, total = harms(outcome), groups(outcome)
    assert set(table["recipient"]) == {"insurer"} and set(table["fields"]) == {"purchases"}
    sale = table[(table["policy"] == "sale")].set_index("group")["harmful_events"]
    same = total[(total["policy"] == "sale") & (total["grouping"] == "group")].set_index("label")["harmful_events"]
    assert sale.to_dict() == pytest.approx(same.to_dict())


def test_buyers_bid_up_to_what_the_second_best_would_pay(make_scenario: Callable[..., Scenario]) -> None:
    to_a_broker = SALE | {"with": "broker"}  # what a record brings a broker is not in the books: the usual price
    open_sale = {name: value for name, value in to_a_broker.items() if name != "fee_per_member_year"}
    world = {"possible_buyers": 5, "reservation_spread": 0, "reservation_fee": 0.8}
    policies = {"auction": [open_sale], "fixed": [to_a_broker | {"fee_per_member_year": 0.8}]}
    balance = run_scenario(make_scenario(policies, world=world, institutions=["data_buyer"])).flow(Flow.FEES)[0]
    assert balance[:, 1].sum() == balance[:, 2].sum() > 0, "if all would pay the same, that is the price"
    alone = run_scenario(make_scenario(policies, world=world | {"possible_buyers": 1}, institutions=["data_buyer"]))
    fees = alone.flow(Flow.FEES)[0].sum(axis=0)
    assert fees[1] == pytest.approx(fees[2] / 2, abs=20), "a lone buyer need not pay more than half"


def test_a_score_that_knows_nothing_misjudges_by_chance() -> None:
    # independent: of those flagged, the share not among the worst fifth is four fifths
    assert share_misjudged(np.array(0.0), 0.2) == pytest.approx(0.8)
    # both above the median at correlation 0.5: 1/4 + arcsin(0.5) / (2 pi) = 1/3, so a third of the half is wrong
    assert share_misjudged(np.array(0.5), 0.5) == pytest.approx(1 / 3, abs=1e-6)
    assert share_misjudged(np.array(0.9999), 0.2) < 0.02


def test_the_reserve_is_the_difference_of_twins(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario({"sale": [SALE]}, weeks=60, population={"shoppers": 1500})
    assert first_sale(scenario) == "sale"
    reserve = backlash_reserve(scenario, "sale")
    assert reserve.weeks.tolist() == [6], "the last that leaves a whole year is week 9; the next tried would be 19"
    each = backlash_reserve(scenario, "sale", every=1)
    assert each.weeks.tolist() == [6, 7, 8, 9] and each.cost[0, 0] == reserve.cost[0, 0]
    by_hand = run_scenario(
        make_scenario(
            {"sale": [SALE], "told": [SALE, STORY | {"week": 6, "reach": None}]},
            weeks=60,
            population={"shoppers": 1500},
            institutions=["regulator", "rival", "data_buyer"],
        )
    )
    year = by_hand.balance(Party.RETAILER)[0, 5:57]
    assert reserve.cost[0, 0] == pytest.approx((year[:, 1] - year[:, 2]).sum() / 100)
    assert reserve.earned[0, 0] == pytest.approx(by_hand.flow(Flow.FEES)[0, :5, 1].sum() / 100)


def test_the_reserve_is_weighted_by_the_press_s_own_chances(make_scenario: Callable[..., Scenario]) -> None:
    loud = {"press_hazard_per_year": 0.8, "exposure_shape": 1}
    scenario = make_scenario({"sale": [SALE]}, weeks=64, replicates=2, population={"shoppers": 60}, world=loud)
    reserve, split = backlash_reserve(scenario, "sale", every=3), run_scenario(scenario, split=True).split
    assert split is not None and reserve.chances is not None
    # the stretches that begin in weeks 6, 9 and 12 take all weeks together
    assert reserve.weeks.tolist() == [6, 9, 12]
    assert reserve.chances.sum(axis=1) == pytest.approx(split.chance[:, 1])
    by_hand = (reserve.chances * reserve.cost).sum() / reserve.chances.sum()
    expected = reserve.expected(16)
    assert expected is not None and expected.value == pytest.approx(by_hand) and expected.error is None
    assert "Weighted by when the model has the press find out (" in of_reserve(reserve, scenario).said[1]
    quiet = backlash_reserve(make_scenario({"sale": [SALE]}, weeks=60, institutions=[]), "sale")
    assert quiet.chances is None and quiet.expected(16) is None


def test_what_has_no_reserve_is_said(make_scenario: Callable[..., Scenario]) -> None:
    with pytest.raises(ValueError, match="shares no data"):
        backlash_reserve(make_scenario(), "status quo")
    with pytest.raises(ValueError, match="no policy of this scenario shares data"):
        first_sale(make_scenario())
    with pytest.raises(ValueError, match="known here: status quo, sale"):
        backlash_reserve(make_scenario({"sale": [SALE]}), "sail")
    with pytest.raises(ValueError, match="simulate longer"):
        backlash_reserve(make_scenario({"sale": [SALE]}, weeks=30), "sale")


def test_the_reserve_is_written_whole(make_scenario: Callable[..., Scenario], tmp_path) -> None:  # type: ignore[no-untyped-def]
    scenario = make_scenario({"sale": [SALE]}, weeks=75, population={"shoppers": 300})
    reserve = backlash_reserve(scenario, "sale")
    paths = of_reserve(reserve, scenario).write(tmp_path / "reserve")
    assert [path.name for path in paths] == ["asked.json", "reserve.csv", "reserve.svg"]
    record = json.loads(paths[0].read_text())
    rows = record["shown"][0]["rows"]
    assert [row[0] for row in rows[1:]] == [str(week) for week in reserve.weeks]
    assert rows[-1][1].startswith(dollars(float(np.median(reserve.cost[:, -1]))))
    lines = paths[1].read_text().splitlines()
    assert len(lines) == 1 + reserve.cost.size
    assert float(lines[1].split(",")[4]) == pytest.approx(reserve.cost[0, 0], abs=0.006)


def test_votes_are_counted_as_borda_did() -> None:
    ranked = {"one": ["a", "b", "c"], "two": ["b", "c", "a"], "three": ["b", "a", "c"]}
    assert policy_points(ranked) == {"a": 3.0, "b": 5.0, "c": 1.0}
    assert policy_by_vote(ranked) == "b"
    assert policy_by_vote(ranked, {"one": 10.0}) == "a"
    assert policy_by_vote({"one": ["z", "y"], "two": ["y", "z"]}) == "y"


def test_roles_rank_by_measures_of_their_own(outcome: Outcome) -> None:
    ranked = rankings(outcome)
    assert ranked["shopper"][-1] == "exposed" and ranked["regulator"][-1] == "exposed"
    assert ranked["consumer advocate"].index("asked") < ranked["consumer advocate"].index("sale")
    assert all(sorted(each) == sorted(outcome.policies) for each in ranked.values())


@pytest.fixture(scope="module")
def prices() -> Outcome:
    from simulation.scenario.schema import scenario_type

    dearer = {"week": 1, "do": "member_prices", "saving": 0, "markup": 0.03}
    cut = {"week": 1, "do": "reward_programme", "reward_rate": 0}
    data = {
        "title": "prices",
        "uncertain": "chance",
        "question": "who pays?",
        "weeks": 30,
        "replicates": 1,
        "population": {"shoppers": 2000},
        "institutions": [],
        "policies": {"status quo": [], "dearer for all": [dearer], "no rewards": [cut]},
    }
    return run_scenario(scenario_type().model_validate(data))


def test_shoppers_have_an_account_of_rewards_and_prices(prices: Outcome) -> None:
    table = accounts_against_the_first(prices)
    assert set(table) == {Party.RETAILER, Party.SHOPPERS, Party.RIVAL}, "no data buyer and no public is concerned"
    weekly = prices.replicates[0].weekly.sum(axis=(0, 2, 3))
    rewards, sales, goods = (weekly[:, measure] / 100 for measure in (Measure.REWARDS, Measure.SALES, Measure.GOODS))
    lost = rewards[0] - rewards[2]  # all that was given back; nobody pays another price
    assert rewards[2] == 0 and table[Party.SHOPPERS][2].value == pytest.approx(-lost)
    assert sales[1] == pytest.approx(1.03 * goods[1], rel=1e-4), "three cents more for a dollar's worth"
    paid_more = sales[1] - goods[1]
    assert table[Party.SHOPPERS][1].value == pytest.approx(rewards[1] - rewards[0] - paid_more)


def test_the_books_of_all_parties_close(prices: Outcome, outcome: Outcome) -> None:
    for lived in (prices, outcome):
        every = np.array([lived.balance(party) for party in Party])
        assert every.any() and (every.sum(axis=0) == 0).all()


def test_who_takes_rewards_away_breaks_the_win_win(prices: Outcome) -> None:
    rules = [each for each in shipped_principles() if each.name == "win-win"]
    (finding,) = screen(prices, 2, rules)
    assert not finding.passes and "gain over the baseline (shoppers): -" in finding.evidence


def test_what_a_party_s_account_is_made_of(prices: Outcome, outcome: Outcome) -> None:
    assert what_moves(prices, Party.DATA_BUYER) == []
    assert what_moves(outcome, Party.DATA_BUYER)[0] == "premiums raised by the score"
    assert "less fees for records" in what_moves(outcome, Party.DATA_BUYER)
    assert "compensation" not in what_moves(outcome, Party.SHOPPERS)
