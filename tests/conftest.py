"""Small scenarios that many tests share."""

from collections.abc import Callable
from typing import Any

import pytest

from simulation.scenario.schema import Scenario, scenario_type

SALE = {"week": 5, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}


@pytest.fixture
def make_scenario() -> Callable[..., Scenario]:
    """Return a maker of small scenarios; keywords replace settings, `policies` follow the status quo."""

    def make(policies: dict[str, Any] | None = None, **settings: Any) -> Scenario:
        usual = {"title": "small", "question": "what happens?", "weeks": 26, "seed": 7, "population": {"shoppers": 400}}
        data = {**usual, **settings, "policies": {"status quo": [], **(policies or {})}}
        return scenario_type().model_validate(data)

    return make
