"""Every number carries what it rests on, and somebody reads it."""

from pathlib import Path

import pytest

from simulation.behaviour.parameters import DISTRIBUTIONS, GRADES, Parameter, numbers, parameters
from simulation.behaviour.shipped import shipped_data
from simulation.evidence.passport import PACKAGE, find, moves, readers, yard
from simulation.evidence.passport_sheet import page


@pytest.mark.parametrize("parameter", parameters().values(), ids=lambda parameter: parameter.address)
def test_a_number_is_complete_and_read(parameter: Parameter) -> None:
    low, high = parameter.range
    assert parameter.limits[0] <= low <= parameter.value <= high <= parameter.limits[1]
    assert low < high or parameter.name == "purpose_underwriting"
    assert parameter.grade in GRADES
    assert parameter.distribution in DISTRIBUTIONS
    first, last = parameter.unfitted.range  # a fit may leave less than a decade
    assert parameter.distribution == "uniform" or 0 < 10 * first <= last * (1 + 1e-12)
    assert parameter.unit and parameter.source and parameter.meaning.endswith(".")
    assert readers(parameter), "nobody reads it"


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


def test_the_page_of_all_numbers_is_in_step() -> None:
    assert (PACKAGE / "behaviour" / "PARAMETERS.md").read_text(encoding="utf-8") == page()


def test_readers_of_a_number_are_found_by_whole_names_and_by_names_put_together() -> None:
    ratio = {reader.place for reader in readers(parameters()["behaviour.trust_loss_ratio"])}
    assert {"model.hearing.feel", "model.shopper.feel"} <= ratio
    to_employer = {reader.place for reader in readers(parameters()["practices.departure_to_employer"])}
    assert to_employer == {"scenario.practices.departure_of_flow"}


def test_a_number_moves_what_it_is_about_and_nothing_under_policies_without_it() -> None:
    found = moves(parameters()["world.story_reach"], yard())
    assert {move.policy for move in found} == {"sale exposed"}
    aware = next(move for move in found if move.measure == "aware")
    assert aware.low < aware.high


def test_an_unknown_number_is_refused_with_what_is_near() -> None:
    assert [each.address for each in find("story_reach")] == ["world.story_reach"]
    assert {each.section for each in find("money")} == {"money"}
    for wrong, near in (
        ("world.story_reech", "world.story_reach"),
        ("story_reech", "story_reach"),
        ("worlds", "world"),
    ):
        with pytest.raises(ValueError, match=f"section called '{wrong}'; did you mean '{near}'"):
            find(wrong)
    with pytest.raises(ValueError, match="'qqqq'; 'aislefour parameters' lists them"):
        find("qqqq")


def test_shipped_data_are_read_again_when_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.behaviour.shipped.writable_home", lambda: tmp_path / "kept")
    source = tmp_path / "data.yaml"
    for text, held in (("a: {b: [1, two]}", {"a": {"b": [1, "two"]}}), ("- row: 2b", [{"row": "2b"}])):
        source.write_text(text)
        assert shipped_data(source) == shipped_data(source) == held
    kept = list((tmp_path / "kept").iterdir())
    assert len(kept) == 2
    for path in kept:
        path.write_text("{")  # one that is damaged is made again
    assert shipped_data(source) == [{"row": "2b"}]
