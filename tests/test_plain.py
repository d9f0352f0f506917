"""The compiled program and plain Python do the same, to the bit."""

import os
import subprocess
import sys

PROGRAM = """
import hashlib
from simulation.model.model import LoyaltyModel
from simulation.scenario.schema import scenario_type
sale = {"week": 2, "do": "share_data", "with": "insurer", "consent": "opt_out", "fee_per_member_year": 0.5}
story = {"week": 4, "do": "press_story", "about": "share_data", "reach": 0.6}
offers = {"week": 3, "do": "targeted_offers", "intensity": 2, "depth": 1}
data = {"title": "t", "question": "q", "weeks": 10, "population": {"shoppers": 90}, "markets": {"a": 0.3, "b": 0.7},
        "policies": {"none": [], "all": [sale, story, offers]}, "behaviour": {"talking_at_full_violation": 1},
        "uncertain": "chance"}
model = LoyaltyModel(scenario_type().model_validate(data)).run()
digest = hashlib.sha256(model.ledger.weekly.tobytes())
for column in (*model.lives, *model.people):
    digest.update(column.tobytes())
print(digest.hexdigest())
"""


def digest(disable: str) -> str:
    environment = os.environ | {"NUMBA_DISABLE_JIT": disable}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_compiled_and_plain_python_agree_to_the_bit() -> None:
    assert digest("1") == digest("0") != ""


COUNT = """
import numpy as np
from simulation.model.counting import count_trips_made
from simulation.model.ledger import Measure
totals, ones = np.zeros(len(Measure), np.int64), np.ones(304, np.uint8)
count_trips_made(0, 300, {"trips": ones, "swiped": ones}, {"redeemed": np.zeros(304, np.uint8)}, totals)
print(*totals[[Measure.TRIPS, Measure.CARDED_TRIPS, Measure.SHOPPED]])
"""


def test_plain_python_counts_beyond_what_a_byte_holds() -> None:
    # NumPy's small numbers stay small where a compiler makes them wide: 300 shoppers come once, and show the card
    command = [sys.executable, "-W", "error", "-c", COUNT]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    assert (
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout == "300 300 300\n"
    )
