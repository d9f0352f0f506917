"""Models of the same shoppers share their opening: drawn once, lived apart, to the bit what each would draw itself."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import SALE

from simulation.model import openings
from simulation.model.simulation import Simulation
from simulation.scenario.population import Opening
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
LATER = "behaviour.trust_lost_by_violation"  # which nobody reads before the first week
AT_FIRST = "attitudes.opening_trust"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the replicates whose shoppers were drawn; nothing is kept from before."""
    noted: list[int] = []

    def noting(numbers: Any, seed: int, replicate: int) -> Opening:
        noted.append(replicate)
        return Opening(numbers, seed, replicate)

    monkeypatch.setattr(openings, "_latest", [])
    monkeypatch.setattr(openings, "Opening", noting)
    return noted


def books(case: Scenario, **how: Any) -> bytes:
    return Simulation(case, **how).run().ledger.weekly.tobytes()


def afresh(monkeypatch: pytest.MonkeyPatch, case: Scenario, **how: Any) -> bytes:
    with monkeypatch.context() as patch:
        patch.setattr(openings, "_latest", [])
        return books(case, **how)


def test_shoppers_are_drawn_again_only_where_a_number_that_they_open_with_moves(
    make_scenario: Make, drawn: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = {"week": 9, "do": "press_story", "about": "share_data"}
    case = make_scenario({"sale": [SALE, story]}, population={"shoppers": 300})
    ways: list[dict[str, Any]] = [
        {}, {}, {"overrides": {LATER: 0.2}}, {"overrides": {AT_FIRST: 0.5}}, {"replicate": 1}, {"policies": ["sale"]}
    ]  # fmt: skip
    found = [books(case, **how) for how in ways]
    assert drawn == [0, 0, 1]
    assert found == [afresh(monkeypatch, case, **how) for how in ways]
    assert len(set(found)) == 5, "each way is another life but the second, which is the first again"


def test_as_many_openings_are_kept_as_there_is_room_for(make_scenario: Make, drawn: list[int]) -> None:
    case = make_scenario({}, weeks=2, population={"shoppers": 60})
    for replicate in (*range(openings._MOST + 1), 0, openings._MOST):
        Simulation(case, replicate=replicate)
    assert drawn == [*range(openings._MOST + 1), 0]


def test_openings_too_large_to_keep_are_drawn_each_time(
    make_scenario: Make, drawn: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openings, "_LARGEST", 50)
    case = make_scenario({}, weeks=2, population={"shoppers": 60})
    people = [Simulation(case).people for _ in range(2)]
    assert drawn == [0, 0] and all(map(np.array_equal, *people))
