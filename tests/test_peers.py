"""The plain versions that the benchmark compares with live the same week: their totals agree with the engine's."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))

import numpy_week
import plain_mesa

from simulation.evidence.bench.cases import basic_case
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel

WEEKS = 30


def engine_totals(shoppers: int) -> dict[str, float]:
    model = LoyaltyModel(basic_case(shoppers, weeks=WEEKS)).run()
    totals = model.ledger.weekly[:, 0].sum(axis=(0, 1, 2))
    heard = sum(totals[measure] for measure in Measure if measure.name.startswith("HEARD"))
    named = {"trips": Measure.TRIPS, "sales": Measure.SALES, "carded": Measure.CARDED_SALES, "left": Measure.LEFT}
    named |= {"complained": Measure.COMPLAINED, "rewards": Measure.REWARDS}
    return {"heard": float(heard), **{name: float(totals[measure]) for name, measure in named.items()}}


@pytest.mark.parametrize(("peer", "shoppers"), [(numpy_week, 40_000), (plain_mesa, 4_000)], ids=["numpy", "mesa"])
def test_a_peer_lives_the_same_week(peer: Any, shoppers: int) -> None:
    grocer = peer.Grocer(shoppers)
    for _ in range(WEEKS):
        grocer.step()
    agrees_with_the_engine(grocer, shoppers)


def test_the_week_in_jax_is_the_same_one_by_one_and_in_one_call() -> None:
    pytest.importorskip("jax", reason="a peer that the benchmark names as absent")
    grocer = importlib.import_module("jax_week").Grocer(40_000)
    grocer.live_weeks(WEEKS - 5)
    for _ in range(5):
        grocer.step()
    agrees_with_the_engine(grocer, 40_000)


def test_the_week_in_amber_is_the_same() -> None:
    pytest.importorskip("ambr", reason="a peer that the benchmark names as absent")
    grocer = importlib.import_module("amber_week").Grocer(40_000)
    for _ in range(WEEKS):
        grocer.step()
    agrees_with_the_engine(grocer, 40_000)


def agrees_with_the_engine(grocer: Any, shoppers: int) -> None:
    for name, expected in engine_totals(shoppers).items():
        # four standard errors of the difference of two counts, and 3 % for sums of money
        within = 4 * (2 * expected) ** 0.5 if name in ("heard", "left", "complained") else 0.03 * expected
        assert grocer.totals[name] == pytest.approx(expected, abs=within), name
    assert sum(grocer.by_cell) == pytest.approx(grocer.totals["sales"], rel=1e-6)  # JAX adds in single precision
