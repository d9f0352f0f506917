"""Prices that an algorithm sets, by hand: who pays what, who may decline, what is told, and what laws do about it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulation.behaviour import rules
from simulation.behaviour.parameters import guesses_in
from simulation.model.accounts import Flow
from simulation.model.ledger import Measure, Touched
from simulation.model.model import LoyaltyModel
from simulation.model.shopper import Shopper
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
PRICES = {"week": 5, "do": "personal_prices", "dispersion": 0.1}
ASKING = {"considering_enrolment_per_week": 0.3, "considering_prompt_per_week": 0.5}
BLIND = {"comparing_prices_per_week": 0}


def lived(make: Make, prices: dict[str, Any], *others: dict[str, Any], engine: Any = "columns", **settings: Any) -> Any:
    usual = {"weeks": 12, "institutions": [], "population": {"shoppers": 400}}
    return LoyaltyModel(make({"prices": [prices, *others]}, **{**usual, **settings}), engine=engine).run()


def charged(model: Any) -> list[tuple[Any, float]]:
    """Return the agents who bought with the card in the last week, each with the price as a multiple of the usual."""
    agents = [each for each in model.agents if isinstance(each, Shopper) and each.policy == 1]
    return [(each, each.cents / each.goods) for each in agents if each.swiped and each.goods > 1000]


def row(model: Any, term: str) -> float:
    return float(model.practices[term][4, 1, 0, 0])


def test_a_cap_lowers_what_lies_above_it_and_leaves_discounts(make_scenario: Make) -> None:
    assert rules.spread_of_price(0.1, 0.05, 0.9) * 0.8 == pytest.approx(0.05), "8 % above would break a cap of 5 %"
    assert rules.spread_of_price(0.1, 0.05, 0.7) == 0.1, "4 % above does not"
    assert rules.spread_of_price(0.1, 0.05, 0.2) == 0.1, "nor does a discount"
    prices = charged(lived(make_scenario, PRICES | {"cap": 0.05}, engine="agents", population={"shoppers": 150}))
    assert len(prices) > 20
    for shopper, price in prices:
        assert price == pytest.approx(1 + min(0.05, 0.1 * (2 * shopper.spend_rank - 1)), abs=0.001)


def test_who_has_not_agreed_pays_the_usual_price(make_scenario: Make) -> None:
    nobody = lived(
        make_scenario,
        PRICES | {"consent": "opt_in"},
        behaviour={"considering_enrolment_per_week": 0},
        practices=BLIND,
    )
    assert np.array_equal(nobody.accounts.weekly[:, 0], nobody.accounts.weekly[:, 1])
    some = charged(
        lived(make_scenario, PRICES | {"consent": "opt_in"}, behaviour=ASKING, engine="agents",
              population={"shoppers": 150})
    )  # fmt: skip
    agreed = [(each.opted_in, price, each.spend_rank) for each, price in some]
    assert {bool(opted_in) for opted_in, *_ in agreed} == {True, False}
    for opted_in, price, rank in agreed:
        assert price == pytest.approx(1 + bool(opted_in) * 0.1 * (2 * rank - 1), abs=0.001)


def test_who_declines_pays_the_usual_price_and_is_paid_nothing_back(make_scenario: Make) -> None:
    refund = {"week": 11, "do": "respond", "about": "personal_prices", "compensation": 3}
    terms = PRICES | {"consent": "opt_out", "asked": "prompt"}
    how = {"behaviour": ASKING | {"agreeing_without_reward": 0}, "practices": BLIND}
    model = lived(make_scenario, terms, refund, **how)
    lives, people = model.lives, model.people
    declined, charged_more = lives.opted_out[1] != 0, people.spend_rank > 0.5
    members = (lives.card[1] == 1) & (lives.patron[1] == 1)
    assert (members & charged_more & declined).sum() > 20
    last = model.ledger.touched[-1, 1, :, 0, Touched.FLOWING].sum()
    assert last == (members & charged_more & ~declined).sum()
    most = model.ledger.touched[:11, 1, :, 0, Touched.FLOWING].sum(axis=1).max()
    assert model.accounts.weekly[10, 1, Flow.COMPENSATION] == 300 * most


def test_what_is_told_and_where_it_stands_by_hand(make_scenario: Make) -> None:
    told = lived(make_scenario, PRICES | {"disclosed": True})
    assert row(told, "departure") == pytest.approx(0.6 * 0.85)
    assert row(told, "experience") == pytest.approx(0.01 + 0.99 * 0.1)
    assert row(told, "discovery") == pytest.approx(0.05 * 0.6)
    assert row(lived(make_scenario, PRICES | {"shown": "shelf"}), "experience") == pytest.approx(0.03)
    capped = lived(make_scenario, PRICES | {"cap": 0.05})
    assert row(capped, "departure") == pytest.approx(0.3), "half as much above the usual price wrongs half as much"
    assert row(capped, "experience") == pytest.approx(0.0075), "10 % below and 5 % above"
    asked = lived(make_scenario, PRICES | {"consent": "opt_in"})
    assert row(asked, "departure") == pytest.approx(0.6 * 0.15)


def test_a_disclosure_makes_it_known_and_costs_trust(make_scenario: Make) -> None:
    quiet, told = (lived(make_scenario, PRICES | {"disclosed": each}, weeks=40) for each in (False, True))
    known, trust = (
        [model.ledger.weekly[-1, 1, ..., each].sum() for model in (quiet, told)]
        for each in (Measure.AWARE, Measure.TRUST)
    )
    assert 0 < known[0] < known[1] and trust[0] > trust[1]


def test_terms_left_out_are_the_usual_ones_to_the_bit(make_scenario: Make) -> None:
    said = {"disclosed": False, "consent": "none", "shown": "app", "cap": 0.5}
    one, other = (lived(make_scenario, PRICES | terms, weeks=26) for terms in ({}, said))
    assert np.array_equal(one.ledger.weekly, other.ledger.weekly)
    assert np.array_equal(one.ledger.weekly[:4, 0], one.ledger.weekly[:4, 1]), "twins are the same before"


@pytest.mark.parametrize(
    "terms",
    [{"cap": 0.03, "disclosed": True}, {"consent": "opt_in", "shown": "shelf"}, {"consent": "opt_out", "cap": 0}],
)
def test_both_engines_agree_to_the_bit(terms: dict[str, Any], make_scenario: Make) -> None:
    story = {"week": 8, "do": "press_story", "about": "personal_prices", "reach": 0.7}
    how = {"weeks": 20, "population": {"shoppers": 120}, "behaviour": ASKING}
    one, other = (lived(make_scenario, PRICES | terms, story, engine=each, **how) for each in ("columns", "agents"))
    assert np.array_equal(one.ledger.weekly, other.ledger.weekly)
    assert np.array_equal(one.ledger.touched, other.ledger.touched)
    for name in one.lives._fields:
        assert np.array_equal(getattr(one.lives, name), getattr(other.lives, name)), name


@pytest.mark.parametrize(
    ("law", "terms", "lawful"),
    [
        ("new_york_prices", {}, False),
        ("new_york_prices", {"consent": "opt_in"}, False),
        ("new_york_prices", {"disclosed": True}, True),
        ("maryland_prices", {"disclosed": True}, False),
        ("maryland_prices", {"consent": "opt_in"}, True),
        ("california", {}, True),
    ],
)
def test_a_law_asks_prices_to_be_told_or_agreed_to(
    law: str, terms: dict[str, Any], lawful: bool, make_scenario: Make
) -> None:
    model = lived(make_scenario, PRICES | terms, {"week": 8, "do": "law", "law": law})
    apart = model.levers["price_dispersion"][:, 1, 0]
    assert apart[6] == 0.1 and apart[7] == (0.1 if lawful else 0.0)
    assert model.practices["running"][7, 1, 0, 0] == lawful
    broken = lived(make_scenario, PRICES | terms, {"week": 8, "do": "law", "law": law, "obeyed": False})
    assert broken.practices["unlawful"][7, 1, 0, 0] == (not lawful)
    assert (broken.levers["price_dispersion"][7:, 1] == 0.1).all()


def test_a_law_holds_in_its_market_alone(make_scenario: Make) -> None:
    law = {"week": 8, "do": "law", "law": "new_york_prices", "markets": ["New York"]}
    model = lived(make_scenario, PRICES, law, markets={"New York": 0.4, "elsewhere": 0.6})
    assert model.levers["price_dispersion"][7, 1].tolist() == [0.0, 0.1]


def test_a_regulator_fines_prices_against_the_law_by_what_the_law_allows(make_scenario: Make) -> None:
    world = {"inquiries_into_the_unlawful": 50, "inquiry_weeks": 4, "fined_share": 1}
    world |= {"fine_per_concerned_shopper": 900, "fine_spread": 0}  # twice that where a law is broken
    law = {"week": 8, "do": "law", "law": "new_york_prices", "obeyed": False}
    how = {"weeks": 60, "institutions": ["regulator"], "world": world}
    model = lived(make_scenario, PRICES, law, **how)
    fined = model.accounts.weekly[:, 1, Flow.FINES]
    week = int(np.argmax(fined > 0))
    concerned = model.ledger.touched[:week, 1, :, 0, Touched.FLOWING].sum(axis=1).max()
    assert (fined > 0).sum() == 1 and fined[week] == 100 * 1000 * concerned
    assert not model.practices["running"][week:, 1].any() and not model.levers["price_dispersion"][week:].any()
    assert not lived(make_scenario, PRICES, **how).accounts.weekly[..., Flow.FINES].any(), "no law, no inquiry"


def test_its_guesses_are_drawn_where_these_terms_stand_and_nowhere_else(make_scenario: Make) -> None:
    own = set(guesses_in({"algorithmic_prices"}))
    told, usual = (make_scenario({"p": [PRICES | each]}, uncertain="evidence") for each in ({"disclosed": True}, {}))
    assert own <= set(drawn_numbers(told, 0)) and not own & set(drawn_numbers(usual, 0))


def test_consent_that_cannot_be_given_that_way_is_refused(make_scenario: Make) -> None:
    with pytest.raises(ValueError, match="consent 'none' cannot be asked for by prompt"):
        make_scenario({"prices": [PRICES | {"asked": "prompt"}]})
