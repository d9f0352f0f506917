"""Results do not depend on how shoppers are stored and, per head, not on their number or the split of markets."""

import numpy as np
import pytest

from simulation.evidence.invariance import Sameness, case, samenesses
from simulation.model import openings
from simulation.model.model import LoyaltyModel
from simulation.scenario import population
from simulation.scenario.population import Shoppers


def backwards(people: Shoppers) -> Shoppers:
    """Order the columns of a block by cell, as the engine wants it, but each cell from its last to its first."""
    order = np.lexsort((-people.number.astype(np.int64), people.cell))
    return Shoppers(*(np.ascontiguousarray(column[order]) for column in people))


def test_the_order_in_which_shoppers_are_kept_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = LoyaltyModel(case(5000)).run()
    monkeypatch.setattr(population, "_ordered", backwards)
    monkeypatch.setattr(openings, "_latest", [])  # those already drawn stand in the usual order
    other = LoyaltyModel(case(5000)).run()
    assert not np.array_equal(usual.people.number, other.people.number)
    assert np.array_equal(usual.ledger.weekly, other.ledger.weekly)
    assert np.array_equal(usual.accounts.weekly, other.accounts.weekly)


def test_per_head_nothing_depends_on_size_or_markets() -> None:
    found = samenesses()
    assert {each.claim for each in found} == {"100,000 shoppers", "four markets instead of one"}
    assert all(each.error > 0 for each in found)
    assert max(abs(each.distance) for each in found) < 4  # fourteen comparisons that share their sample


def test_distance_is_counted_in_standard_errors() -> None:
    assert Sameness("c", "m", 1.0, 1.5, 0.25).distance == 2.0
