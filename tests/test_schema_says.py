"""The schema says what it can of what `check` refuses."""

from typing import Any

import jsonschema
import pytest

from simulation.scenario.reading import schema

FINE: dict[str, Any] = {
    "title": "t",
    "question": "q",
    "weeks": 4,
    "population": {"shoppers": 100},
    "policies": {"a": []},
}


@pytest.mark.parametrize("ends", [[0.0, 2.0], [-0.5, 0.5], [0.1], [0.1, 0.2, 0.3], ["a", "b"], 0.5])
def test_a_range_outside_a_number_s_limits_is_refused(ends: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**FINE, "uncertain": {"world.story_reach": ends}}, schema())


def test_what_is_right_is_taken() -> None:
    jsonschema.validate({**FINE, "uncertain": {"world.story_reach": [0.1, 0.6]}}, schema())


def test_what_a_schema_cannot_compare_is_said() -> None:
    told = schema()["properties"]
    assert "add up to 1" in told["markets"]["description"]
    assert "below the high end" in told["uncertain"]["description"]
