"""The first week ever, on an empty cache: the same bits with a helper, without one, and from the cache."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import hashlib, sys
if sys.argv[1]:
    sys.executable = sys.argv[1]
from simulation.behaviour.compiling import is_compiled
from simulation.model.model import LoyaltyModel
from simulation.model.weeks import live_weeks
from simulation.scenario.schema import scenario_type
sale = {"week": 2, "do": "share_data", "with": "insurer", "consent": "opt_out", "fee_per_member_year": 0.5}
data = {"title": "t", "question": "q", "weeks": 6, "population": {"shoppers": 300}, "policies": {"a": [], "b": [sale]}}
data["uncertain"] = "chance"
before = is_compiled(live_weeks)
model = LoyaltyModel(scenario_type().model_validate(data)).run()
digest = hashlib.sha256(model.ledger.weekly.tobytes()).hexdigest()
print(before, is_compiled(live_weeks), digest)
"""


def first_week(home: Path, interpreter: str = "") -> list[str]:
    environment = os.environ | {"XDG_CACHE_HOME": str(home), "NUMBA_DISABLE_JIT": "0"}
    command = [sys.executable, "-W", "error", "-c", PROGRAM, interpreter]
    ran = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert not ran.stderr, "what the helper does is not the user's concern"
    return ran.stdout.split()


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    home = tmp_path_factory.mktemp("home")
    return home, first_week(home)


@pytest.mark.slow
def test_an_empty_cache_is_filled_and_used(usual: tuple[Path, list[str]]) -> None:
    home, first = usual
    assert first[:2] == ["False", "True"]
    assert first_week(home) == ["True", "True", first[2]]
    assert not [path for path in home.rglob("tmp*") if path.is_dir()], "the helper's own folder is gone"


@pytest.mark.slow
def test_a_helper_that_cannot_start_is_done_without(usual: tuple[Path, list[str]], tmp_path: Path) -> None:
    assert first_week(tmp_path, "/no/such/python") == ["False", "True", usual[1][2]]
