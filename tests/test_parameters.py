"""Every number carries what it rests on, and somebody reads it."""

import re
from pathlib import Path

import pytest

import simulation
from simulation.behaviour.parameters import DISTRIBUTIONS, GRADES, Parameter, numbers, parameters

SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted(Path(simulation.__file__).parent.rglob("*.py")))


@pytest.mark.parametrize("parameter", parameters().values(), ids=lambda parameter: parameter.address)
def test_a_number_is_complete_and_read(parameter: Parameter) -> None:
    low, high = parameter.range
    assert parameter.limits[0] <= low <= parameter.value <= high <= parameter.limits[1]
    assert low < high or parameter.name == "purpose_underwriting"
    assert parameter.grade in GRADES
    assert parameter.distribution in DISTRIBUTIONS
    assert parameter.distribution == "uniform" or 0 < 10 * low <= high * (1 + 1e-12)
    assert parameter.unit and parameter.source and parameter.meaning.endswith(".")
    built = {f"departure_to_{who}" for who in ("insurer", "employer", "broker")} | {
        f"purpose_{what}" for what in ("underwriting", "marketing", "wellness")
    }
    built |= {f"harm_by_{who}" for who in ("insurer", "employer", "broker")}
    built |= {f"{what}_of_{data}_data" for what in ("cost", "departure") for data in ("demographics", "credit")}
    assert parameter.name in built or re.search(rf"['\"]{parameter.name}['\"]|\.{parameter.name}['\"]", SOURCES)


def test_names_are_unique_so_that_numbers_can_be_flat() -> None:
    names = [parameter.name for parameter in parameters().values()]
    assert len(set(names)) == len(names)


def test_overrides_replace_by_address() -> None:
    assert float(numbers({"behaviour.scar": 0.9})["scar"]) == 0.9
    assert float(numbers()["scar"]) == parameters()["behaviour.scar"].value


def test_a_number_is_drawn_by_its_distribution() -> None:
    hazard, ratio = parameters()["world.press_hazard_per_year"], parameters()["behaviour.trust_loss_ratio"]
    assert [round(hazard.drawn(point, (0.01, 1)), 12) for point in (0, 0.5, 1)] == [0.01, 0.1, 1]
    assert hazard.drawn(0.5, (0, 1)) == 0.5
    assert [ratio.drawn(point, (2, 10)) for point in (0, 0.25, 1)] == [2, 4, 10]
