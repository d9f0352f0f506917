"""A card that is shared with partners: points earned and spent at all, data known to all, blame that falls on all."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulation.behaviour.parameters import guesses_in
from simulation.evidence.audit.books import differing, lived
from simulation.model.accounts import Flow, Party, balances, place_of
from simulation.model.ledger import Measure, Touched
from simulation.model.model import LoyaltyModel
from simulation.scenario.drawn import drawn_addresses
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]

JOIN = {"week": 5, "do": "join_coalition", "partners": ["fuel", "pharmacy", "bank"]}
MISUSE = {"week": 9, "do": "partner_misuse", "reach": 0.8}
NUMBERS = {
    "points_from_a_partner": 0.004,
    "points_spent_here": 0.5,
    "operators_margin": 0.2,
    "insight_by_a_partner": 0.001,
    "joining_by_a_partner": 0.0,
}
SETTLED: dict[str, Any] = {  # nobody comes or goes: who joins in a week is a member of the coalition from the next
    "shopping": {"main_store_changes_per_year": 0.0},
    "behaviour": {"card_drops_per_year": 0.0, "card_joins_per_year": 0.0, "card_dropping_by_grievance": 0.0},
}
NOTHING = {**NUMBERS, "points_from_a_partner": 0.001, "points_spent_here": 0.0, "operators_margin": 0.0}


def run(make: Make, *actions: dict[str, Any], **settings: Any) -> LoyaltyModel:
    usual = {"institutions": [], "coalitions": NUMBERS}
    return LoyaltyModel(make({"new": list(actions)}, **(usual | settings))).run()


def paid(model: LoyaltyModel, flow: int | str) -> Any:
    return model.accounts.weekly[:, 1, place_of(flow)]


def weekly(model: LoyaltyModel, measure: Measure, policy: int = 1) -> Any:
    return model.ledger.weekly[:, policy, ..., measure].sum(axis=(1, 2))


# --- the money ------------------------------------------------------------------------------------------------------


def test_points_of_partners_are_spent_here_and_paid_by_them(make_scenario: Make) -> None:
    model = run(make_scenario, JOIN, **SETTLED)
    lives = model.lives
    carded = lives.cents[1] * lives.swiped[1].astype(np.int64)
    by_hand = np.floor(carded * (3 * (0.004 * 0.5)) + 0.5).sum()  # two tenths of a per cent of spend from each
    assert weekly(model, Measure.PARTNER_REWARDS)[-1] == by_hand > 0
    assert paid(model, Flow.PARTNER_REWARDS)[-1] == by_hand and not paid(model, Flow.PARTNER_REWARDS)[:4].any()
    assert balances(model.accounts.weekly, Party.DATA_BUYER)[-1, 1] == -by_hand


def test_the_operator_keeps_a_part_and_partners_data_are_worth_something(make_scenario: Make) -> None:
    model = run(make_scenario, JOIN, **SETTLED)
    carded, after = weekly(model, Measure.CARDED_SALES), np.arange(26) >= 4
    assert paid(model, "kept_by_the_operator").tolist() == np.floor(carded * after * (0.01 * 0.2) + 0.5).tolist()
    assert paid(model, "insight_from_partners").tolist() == np.floor(carded * after * 0.003 + 0.5).tolist()


def test_of_members_who_are_asked_those_alone_take_part_who_agree(make_scenario: Make) -> None:
    eager = {"considering_enrolment_per_week": 0.2}
    model = run(make_scenario, JOIN | {"consent": "opt_in"}, behaviour=eager)
    part = model.ledger.touched[:, 1, 0, 0, Touched.FLOWING] / weekly(model, Measure.MEMBERS)
    assert 0 < part[-1] < 1
    carded = weekly(model, Measure.CARDED_SALES)
    assert paid(model, "insight_from_partners")[5:].tolist() == np.floor(carded * part * 0.003 + 0.5)[5:].tolist()
    assert weekly(model, Measure.PARTNER_REWARDS)[-1] < 0.006 * carded[-1]


def test_the_books_close(make_scenario: Make) -> None:
    model = run(make_scenario, JOIN, MISUSE)
    accounts = model.accounts.weekly
    assert not np.sum([balances(accounts, party) for party in Party], axis=0).any()
    extra = paid(model, "insight_from_partners") - paid(model, "kept_by_the_operator")
    contribution = weekly(model, Measure.CONTRIBUTION)
    assert np.array_equal(balances(accounts, Party.RETAILER)[:, 1], contribution + extra)
    assert not paid(model, Flow.INSURED_LOST).any(), "no partner is the insurer of the case"


# --- what it does ---------------------------------------------------------------------------------------------------


def test_partners_bring_new_members(make_scenario: Make) -> None:
    bring = NUMBERS | {"points_spent_here": 0.0, "joining_by_a_partner": 0.5}
    often = {"card_joins_per_year": 0.3}
    settings = {"behaviour": often, "population": {"shoppers": 3000}, "weeks": 52}
    with_partners = run(make_scenario, JOIN, coalitions=bring, **settings)
    without = run(make_scenario, JOIN, coalitions=bring | {"joining_by_a_partner": 0.0}, **settings)
    enrolled = [weekly(model, Measure.ENROLLED).sum() for model in (with_partners, without)]
    assert enrolled[0] > 1.3 * enrolled[1] > 0


def test_the_more_partners_and_the_less_they_ask_the_farther_it_departs(make_scenario: Make) -> None:
    own = {"departure_to_a_partner": 0.2, "departure_by_a_further_partner": 0.5}
    practices = {"with_notice_only": 1.1, "with_opt_in": 0.15, "aggregated_fields": 0.3}

    def terms(**changed: Any) -> Any:
        case = make_scenario({"new": [JOIN | changed]}, coalitions=own, practices=practices)
        return LoyaltyModel(case).practices[-1, 1, 0, 0]

    assert terms(partners=["fuel"])["departure"] == pytest.approx(0.2 * 1.1)
    assert terms()["departure"] == pytest.approx(0.2 * (1 + 0.5 * 2) * 1.1)
    assert terms(consent="opt_in")["departure"] == pytest.approx(0.4 * 0.15)
    assert terms(shared="aggregates")["departure"] == pytest.approx(0.4 * 0.3 * 1.1)
    one, three = (terms(partners=partners)["discovery"] for partners in (["fuel"], ["fuel"] * 3))
    assert three == pytest.approx(3 * 2 * one)  # three may be found out, each of which departs twice as far


def test_what_a_partner_does_is_felt_toward_the_grocer(make_scenario: Make) -> None:
    alone, misused = run(make_scenario, JOIN), run(make_scenario, JOIN, MISUSE)
    numbers = misused.numbers
    wrong = numbers["departure_to_broker"] * (1 - numbers["blame_on_the_buyer"]) * numbers["purpose_underwriting"]
    blamed = wrong * numbers["changed_without_notice"] * numbers["blame_for_a_partner"]
    departure = misused.practices["departure"][:, 1, 0, 0]
    assert departure[8] == pytest.approx(float(blamed)) and departure[7] < departure[8]
    assert weekly(misused, Measure.TRUST)[-1] < weekly(alone, Measure.TRUST)[-1]
    assert np.array_equal(alone.ledger.weekly[:8], misused.ledger.weekly[:8])


def test_a_law_that_asks_for_consent_ends_a_coalition_that_only_tells(make_scenario: Make) -> None:
    law = {"week": 9, "do": "law", "requires": "opt_in"}
    told = run(make_scenario, JOIN, law)
    assert weekly(told, Measure.SHARED)[4:8].all() and not weekly(told, Measure.SHARED)[8:].any()
    assert not paid(told, Flow.PARTNER_REWARDS)[8:].any() and not paid(told, "insight_from_partners")[8:].any()
    eager = {"considering_enrolment_per_week": 0.2}
    asked = run(make_scenario, JOIN | {"consent": "opt_in"}, law, behaviour=eager)
    assert weekly(asked, Measure.SHARED)[8:].all()


# --- contracts ------------------------------------------------------------------------------------------------------


def test_a_coalition_that_gives_and_costs_nothing_moves_no_money(make_scenario: Make) -> None:
    idle = NOTHING | {"insight_by_a_partner": 0.0, "departure_to_a_partner": 0.0}
    model = run(make_scenario, JOIN, coalitions=idle)
    for party in (Party.RETAILER, Party.SHOPPERS, Party.DATA_BUYER):
        found = balances(model.accounts.weekly, party)
        assert np.array_equal(found[:, 0], found[:, 1]), party
    assert np.array_equal(model.lives.trust[0], model.lives.trust[1])


def test_the_twin_is_the_same_until_then(make_scenario: Make) -> None:
    found = run(make_scenario, JOIN).ledger.weekly
    assert np.array_equal(found[:4, 0], found[:4, 1]) and not np.array_equal(found[4:, 0], found[4:, 1])


def test_both_engines_agree_to_the_bit(make_scenario: Make) -> None:
    policies = {
        "told": [JOIN, MISUSE],
        "asked": [JOIN | {"consent": "opt_out", "until": 15, "markets": ["north"]}, MISUSE | {"week": 18}],
    }
    markets = {"north": 0.4, "south": 0.6}
    more = {"card_joins_per_year": 0.5}
    case = make_scenario(policies, markets=markets, population={"shoppers": 150}, behaviour=more)
    assert not differing(lived(case), lived(case, engine="agents"))


def test_leaving_the_coalition_gives_the_own_card_back(make_scenario: Make) -> None:
    model = run(make_scenario, JOIN | {"until": 12, "reward_rate": 0.02})
    row = model.levers[12, 1, 0]
    assert row["reward_rate"] == 0.01 and not any(row[name] for name in ("operator_share", "joining_drive"))
    assert not paid(model, "insight_from_partners")[12:].any() and not paid(model, Flow.PARTNER_REWARDS)[12:].any()


def test_its_numbers_are_drawn_where_it_stands_and_nowhere_else(make_scenario: Make) -> None:
    own = set(guesses_in(["coalitions"]))
    assert own <= set(drawn_addresses(make_scenario({"new": [JOIN]}, uncertain="evidence")))
    assert not own & set(drawn_addresses(make_scenario({"new": []}, uncertain="evidence")))


def test_misuse_of_a_coalition_that_there_is_not_is_refused() -> None:
    text = (
        "title: t\nquestion: q?\nweeks: 60\npopulation: {shoppers: 500}\npolicies:\n  status quo: []\n  new:\n"
        "    - {week: 9, do: partner_misuse}\n"
    )
    with pytest.raises(ScenarioError) as error:
        scenario_from_text(text)
    (found,) = error.value.problems
    assert found.line == 8 and "starts no practice called 'coalition'" in found.message
