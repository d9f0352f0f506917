"""A market so small that nobody lives in it is lived through by all, and said to be empty."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulation.cli.running import check, run
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.scenario.schema import Scenario

POLICIES = {
    "pilot": [
        {
            "week": 3,
            "do": "share_data",
            "with": "insurer",
            "consent": "none",
            "fee_per_member_year": 0.5,
            "markets": ["pilot"],
        },
        {"week": 12, "do": "scale_up", "about": "share_data"},
    ],
    "offers": [{"week": 3, "do": "targeted_offers", "intensity": 1, "depth": 1, "markets": ["last"]}],
}
EMPTY = {"pilot": 0.0005, "rest": 0.999, "last": 0.0005}
TEXT = """
title: A market where nobody lives
question: Do check and run agree?
weeks: 12
population: {shoppers: 300}
markets: {pilot: 0.001, rest: 0.999}
policies: {status quo: []}
"""


def test_both_engines_live_it_and_it_stays_empty(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(POLICIES, markets=EMPTY)
    columns, agents = LoyaltyModel(scenario).run(), LoyaltyModel(scenario, engine="agents").run()
    assert np.array_equal(columns.ledger.weekly, agents.ledger.weekly)
    assert columns.ledger.weekly[..., Measure.SHOPPERS].sum(axis=3)[-1].tolist() == 3 * [[0, 400, 0]]
    assert not columns.ledger.weekly[:, :, [0, 2]].any()


def test_what_acts_where_nobody_lives_changes_nothing(make_scenario: Callable[..., Scenario]) -> None:
    ledger = LoyaltyModel(make_scenario({"offers": POLICIES["offers"]}, markets=EMPTY)).run().ledger.weekly
    assert np.array_equal(ledger[:, 0], ledger[:, 1])


def test_check_and_run_agree_and_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text(TEXT, encoding="utf-8")
    assert check(file) == 0
    said = capsys.readouterr().err
    assert said == f"{file}: of 300 shoppers nobody lives in market pilot: its share is 0.001\n"
    assert run(file, out=tmp_path / "results", quiet=True) == 0
    assert said in capsys.readouterr().err
    assert run(file, out=tmp_path / "results", quiet=True, shoppers=1_000) == 0
    assert "nobody" not in capsys.readouterr().err
