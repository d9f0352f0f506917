"""One model, two engines, any number of threads: the same bits in the ledger and in every shopper's life."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import SALE

from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.model.shopper import Shopper
from simulation.model.terms import Week
from simulation.scenario.practices import Scope
from simulation.scenario.schema import Scenario

LOUD = {"talking_at_full_violation": 1.0, "believing_word_of_mouth": 0.9, "trust_lost_by_violation": 1.5}

SCENARIOS: dict[str, dict[str, Any]] = {
    "a sale that comes out": {
        "policies": {"sale": [SALE], "exposed": [SALE, {"week": 9, "do": "press_story", "about": "share_data"}]},
        "behaviour": LOUD,
    },
    "consent, offers and a reward": {
        "policies": {
            "opt in": [SALE | {"consent": "opt_in", "reward": 0.02, "reward_paid_by": "partner"}],
            "opt out": [
                SALE | {"consent": "opt_out", "until": 15, "asked": "prompt"},
                {"week": 3, "do": "reward_programme", "reward_rate": 0.03},
            ],
            "letter": [SALE | {"consent": "opt_out", "asked": "letter", "exit_friction": 0.3}],
            "offers": [{"week": 2, "do": "targeted_offers", "intensity": 2, "depth": 0.9}],
            "offers that please": [
                {"week": 2, "do": "targeted_offers", "intensity": 2, "depth": 0.2, "control": True},
                SALE | {"consent": "opt_in", "purpose": "wellness", "bound_to_purpose": True},
            ],
        },
        "behaviour": LOUD | {"considering_enrolment_per_week": 0.3, "considering_letter_per_week": 0.3},
        "practices": {"noticing_offers_per_week": 0.2},
    },
    "everything at once, in markets": {
        "markets": {"north": 0.13, "south": 0.3, "west": 0.57},
        "policies": {
            "all": [
                SALE | {"markets": ["north", "west"], "consent": "notice"},
                {"week": 3, "do": "targeted_offers", "intensity": 1.5, "depth": 0.5},
                {"week": 4, "do": "top_tier_only", "threshold": 0.8, "visibility": 1},
                {
                    "week": 6,
                    "do": "share_data",
                    "name": "list",
                    "with": "broker",
                    "consent": "none",
                    "fee_per_member_year": 3,
                },
                {"week": 8, "do": "press_story", "about": "list", "reach": 0.5},
                {"week": 12, "do": "press_story", "about": "top_tier_only"},
            ]
        },
        "behaviour": LOUD | {"far_acquaintances": 2, "near_acquaintances": 8},
        "world": {"press_hazard_per_year": 10},
    },
    "being put out of a tier that others do not see": {
        "policies": {
            "tier": [
                {"week": 3, "do": "top_tier_only", "threshold": 0.4, "visibility": 0},
                {"week": 6, "do": "top_tier_only", "threshold": 0.9, "visibility": 0},
            ]
        },
        "behaviour": LOUD,
    },
    "a boycott, courts and an answer to complaints": {
        "policies": {
            "sale": [
                SALE,
                {"week": 6, "do": "press_story", "about": "share_data", "reach": 0.8},
                {"week": 5, "do": "respond", "about": "share_data", "to": "complaints", "stop": True},
            ]
        },
        "events": [{"week": 9, "do": "boycott", "minded_by": 0.4, "reminders_every": 4, "until": 16}],
        "behaviour": LOUD | {"complaining_per_week": 0.1},
        "world": {"inquiry_after_story": 1, "inquiry_weeks": 5, "class_action_per_story": 1, "class_action_weeks": 6},
    },
    "every mechanism": {
        "markets": {"north": 0.4, "south": 0.6},
        "events": [
            {"week": 6, "do": "leak", "share": 0.5},
            {"week": 9, "do": "scandal_elsewhere"},
            {"week": 14, "do": "law", "markets": ["north"], "requires": "opt_in", "obeyed": False},
        ],
        "policies": {
            "all": [
                {"week": 1, "do": "public_promise"},
                SALE | {"week": 2, "exclusive": True, "fields": "sensitive_purchases", "consent": "opt_out"},
                {"week": 2, "do": "survey_first", "about": "share_data", "sample": 50, "stop_if_refusing_above": 1},
                {"week": 3, "do": "targeted_offers", "intensity": 2, "depth": 0.9, "bought_data": "credit"},
                {"week": 3, "do": "top_tier_only", "threshold": 0.4},
                {"week": 8, "do": "top_tier_only", "threshold": 0.9, "until": 15},
                {"week": 4, "do": "personal_prices", "dispersion": 0.1, "until": 12},
                {"week": 4, "do": "member_prices", "saving": 0.1, "markup": 0.03},
                {"week": 5, "do": "reward_programme", "surprise_gift": 0.01, "until": 9},
                {"week": 7, "do": "change_terms", "about": "share_data", "told": True},
                {"week": 7, "do": "press_story", "about": "share_data", "reach": 0.7},
                {
                    "week": 2,
                    "do": "respond",
                    "about": "share_data",
                    "to": "exposure",
                    "notify": True,
                    "compensation": 9,
                },
                {"week": 10, "do": "government_demand", "share": 0.2},
                {"week": 11, "do": "rival_move", "privacy": 1, "win_back": 0.5},
                {"week": 16, "do": "regulator_order", "about": "share_data", "fine": 100},
            ],
            "asked": [
                SALE
                | {
                    "week": 2,
                    "consent": "opt_in",
                    "worth_to_participant": 50,
                    "publish": True,
                    "markets": ["south"],
                    "purpose": "wellness",
                },
                {"week": 10, "do": "scale_up", "about": "share_data", "if_effect_above": -1},
                {"week": 12, "do": "onward_sale", "about": "share_data"},
            ],
        },
        "attitudes": {"vulnerable": 0.3},
        "behaviour": LOUD
        | {
            "considering_terms_per_week": 0.3,
            "considering_enrolment_per_week": 0.3,
            "deciding_when_told": 0.9,
            "card_joins_per_year": 0.9,
            "avoiding_by_grievance": 20,
            "salience_half_life_weeks": 6,
        },
        "world": {
            "free_to_leave": 0.7,
            "press_hazard_per_year": 5,
            "complaints_for_an_inquiry": 0.00001,
            "inquiries_per_year": 40,
        },
    },
}


def same(one: LoyaltyModel, other: LoyaltyModel) -> None:
    assert np.array_equal(one.ledger.weekly, other.ledger.weekly)
    assert np.array_equal(one.ledger.touched, other.ledger.touched)
    assert np.array_equal(one.ledger.harms, other.ledger.harms)
    assert np.array_equal(one.accounts.weekly, other.accounts.weekly)
    for columns, others in ((one.lives, other.lives), (one.people, other.people)):
        for name in columns._fields:
            assert np.array_equal(getattr(columns, name), getattr(others, name)), name


@pytest.mark.parametrize("name", SCENARIOS)
def test_agents_and_columns_agree_to_the_bit(name: str, make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(**SCENARIOS[name], weeks=20, population={"shoppers": 120})
    columns = LoyaltyModel(scenario).run()
    same(LoyaltyModel(scenario, engine="agents").run(), columns)
    totals = columns.ledger.weekly.sum(axis=(0, 1, 2, 3))
    assert totals[Measure.AWARE] and totals[Measure.HEARD_TALK], "the scenario must reach what it tests"


def test_engines_agree_on_a_flow_that_departs_by_nothing(make_scenario: Callable[..., Scenario]) -> None:
    asked = [SALE | {"consent": "opt_in", "reward": 0.05}]
    settings = {"practices": {"with_opt_in": 0.0}, "behaviour": {"considering_enrolment_per_week": 0.3}}
    scenario = make_scenario({"asked": asked}, weeks=20, population={"shoppers": 120}, **settings)
    columns = LoyaltyModel(scenario).run()
    same(LoyaltyModel(scenario, engine="agents").run(), columns)
    assert columns.lives.opted_in[1].any()


@pytest.mark.parametrize("departure", [0.8, -0.5])
def test_engines_agree_on_a_dispute(departure: float, make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(**SCENARIOS["a sale that comes out"], weeks=20, population={"shoppers": 120})
    columns, agents = LoyaltyModel(scenario), LoyaltyModel(scenario, engine="agents")
    for model in (columns, agents):
        begun = model.practices["departure"] > 0
        model.practices["scope"][begun], model.practices["departure"][begun] = Scope.LEANING, departure
        model.practices["minded"][begun], model.practices["counter"][begun] = 0.4, 0.3
        model.run()
    same(agents, columns)
    assert not np.array_equal(columns.lives.trust[0], columns.lives.trust[2])


def test_threads_do_not_matter(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(**SCENARIOS["every mechanism"], weeks=20, population={"shoppers": 13_000})
    one = LoyaltyModel(scenario, threads=1).run()
    same(LoyaltyModel(scenario, threads=2).run(), one)
    same(LoyaltyModel(scenario, threads=3).run(), one)


def test_policies_do_not_disturb_each_other(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(**SCENARIOS["a sale that comes out"])
    together = LoyaltyModel(scenario).run()
    alone = LoyaltyModel(scenario.with_changes(policies=["exposed"])).run()
    assert np.array_equal(together.ledger.weekly[:, [0, 2]], alone.ledger.weekly)


class Stubborn(Shopper):
    """A shopper who never leaves the store."""

    def log_odds_of_changing_store(self, week: Week) -> float:
        """Return log-odds that rule leaving out."""
        return -100.0


def test_a_shopper_can_be_subclassed(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(**SCENARIOS["a sale that comes out"], population={"shoppers": 100})
    model = LoyaltyModel(scenario, engine="agents", shopper=Stubborn).run()
    assert model.ledger.weekly[..., Measure.LEFT].sum() == 0
    assert model.ledger.weekly[..., Measure.TRIPS].sum() > 0


def test_a_mesa_user_finds_what_she_expects(make_scenario: Callable[..., Scenario]) -> None:
    model = LoyaltyModel(make_scenario({"sale": [SALE]}), engine="agents")
    model.step()
    assert {type(agent).__name__ for agent in model.agents} == {
        "Shopper",
        "Retailer",
        "DataBuyer",
        "Press",
        "Regulator",
        "Court",
        "Rival",
    }
    table = model.run().datacollector.get_model_vars_dataframe()
    assert len(table) == 26 and "patrons [sale]" in table.columns
