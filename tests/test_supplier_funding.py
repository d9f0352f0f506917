"""Members' prices that suppliers pay for, by hand: what they pay, and what draws to the store."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulation.behaviour.parameters import guesses_in
from simulation.model.accounts import Party, balances, place_of
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.runs.parties import gains
from simulation.runs.return_sheet import return_sheet
from simulation.runs.run import run_scenario
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
MEMBERS_PRICES = {"week": 5, "do": "member_prices", "saving": 0.1, "markup": 0.02}
FUNDED = MEMBERS_PRICES | {"funded_by_suppliers": 0.6}


def lived(make: Make, prices: dict[str, Any], engine: Any = "columns", **settings: Any) -> Any:
    usual = {"weeks": 26, "institutions": [], "population": {"shoppers": 600}}
    return LoyaltyModel(make({"prices": [prices]}, **{**usual, **settings}), engine=engine).run()


def weekly(model: Any, measure: Measure) -> Any:
    return model.ledger.weekly[:, 1, ..., measure].sum(axis=(1, 2))


def test_suppliers_pay_their_part_of_what_members_save_to_the_cent(make_scenario: Make) -> None:
    model = lived(make_scenario, FUNDED)
    carded = weekly(model, Measure.CARDED_SALES)
    # a basket of 102 dollars at the shelf price is sold to members for 91.80: of the 10.20 suppliers pay 6.12
    assert pytest.approx(6.12) == 91.8 * 0.1 / 0.9 * 0.6
    by_hand = [0] * 4 + [int(0.6 * sold * 0.1 / 0.9 + 0.5) for sold in carded[4:]]
    assert model.accounts.weekly[:, 1, place_of("supplier_funding")].tolist() == by_hand
    assert not np.sum([balances(model.accounts.weekly, party) for party in Party], axis=0).any()


def test_what_rivals_match_and_what_is_not_believed_draws_nobody(make_scenario: Make) -> None:
    for terms, passed_over in (
        ({}, 0.0),
        ({"funded_by_suppliers": 0.6}, 0.1 * 0.6 * 0.5),
        ({"funded_by_suppliers": 0.6, "reckoned_with": 0.6}, 0.1 * (1 - 0.6 * 0.7)),
        ({"reckoned_with": 0}, 0.1),
    ):
        model = lived(make_scenario, MEMBERS_PRICES | terms, weeks=6)
        assert model.levers["saving_matched"][5, 1, 0] == pytest.approx(passed_over)
        assert model.levers["member_saving"][5, 1, 0] == 0.1, "members pay the same all the while"


def test_the_less_a_saving_counts_the_fewer_patrons_it_keeps(make_scenario: Make) -> None:
    how = {"weeks": 78, "population": {"shoppers": 4000}, "behaviour": {"store_by_price": 0.3}}
    counted, doubted = (lived(make_scenario, MEMBERS_PRICES | {"reckoned_with": each}, **how) for each in (1, 0))
    assert weekly(counted, Measure.PATRONS)[-1] > weekly(doubted, Measure.PATRONS)[-1]
    first = [weekly(model, Measure.GOODS)[4] / weekly(model, Measure.PATRONS)[4] for model in (counted, doubted)]
    assert first[0] == pytest.approx(first[1], rel=0.01), "who is there buys as much either way"


def test_terms_left_out_change_nothing_to_the_bit(make_scenario: Make) -> None:
    one, other = (
        lived(make_scenario, MEMBERS_PRICES | terms) for terms in ({}, {"funded_by_suppliers": 0, "reckoned_with": 1})
    )
    assert np.array_equal(one.ledger.weekly, other.ledger.weekly)
    assert np.array_equal(one.accounts.weekly, other.accounts.weekly)
    assert np.array_equal(one.ledger.weekly[:4, 0], one.ledger.weekly[:4, 1]), "twins are the same before"


def test_both_engines_agree_to_the_bit(make_scenario: Make) -> None:
    how = {"weeks": 20, "population": {"shoppers": 120}, "behaviour": {"store_by_price": 2}}
    one, other = (
        lived(make_scenario, FUNDED | {"reckoned_with": 0.5}, engine, **how) for engine in ("columns", "agents")
    )
    assert np.array_equal(one.ledger.weekly, other.ledger.weekly)
    assert np.array_equal(one.accounts.weekly, other.accounts.weekly)


def test_it_ends_with_the_policy(make_scenario: Make) -> None:
    model = lived(make_scenario, FUNDED | {"until": 10})
    paid = model.accounts.weekly[:, 1, place_of("supplier_funding")]
    assert (paid > 0).tolist() == [False] * 4 + [True] * 6 + [False] * 16
    assert not model.levers["saving_matched"][10:].any()


def test_the_return_sheet_has_it_and_adds_up(make_scenario: Make) -> None:
    outcome = run_scenario(make_scenario({"prices": [FUNDED]}, weeks=26, institutions=[], replicates=2))
    lines = {line.name: line for line in return_sheet(outcome, 1)}
    assert sum(line.simulated for line in lines.values()) == pytest.approx(gains(outcome, Party.RETAILER)[:, 1].mean())
    carded = np.mean([each.weekly[4:, 0, ..., Measure.CARDED_SALES].sum() for each in outcome.replicates])
    funding = lines["suppliers' part of what members save"]
    assert funding.naive == pytest.approx(0.6 * 1.02 * 0.1 * carded / 100, rel=1e-3)


def test_its_guess_is_drawn_where_suppliers_pay_and_nowhere_else(make_scenario: Make) -> None:
    own = set(guesses_in({"supplier_funding"}))
    funded, usual = (make_scenario({"p": [each]}, uncertain="evidence") for each in (FUNDED, MEMBERS_PRICES))
    assert own <= set(drawn_numbers(funded, 0)) and not own & set(drawn_numbers(usual, 0))
