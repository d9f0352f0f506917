"""What one scenario asks otherwise than another is told in words; how either is written does not count."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulation.behaviour.parameters import parameters
from simulation.questions.compare.differences import differences, other_order
from simulation.scenario.reading import read_scenario, scenario_from_text
from simulation.scenario.schema import Scenario, as_data, scenario_type

SHIPPED = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))

BEFORE = {
    "title": "t",
    "question": "q",
    "weeks": 60,
    "markets": {"north": 0.4, "south": 0.6},
    "replicates": 1,
    "population": {"shoppers": 100},
    "policies": {
        "none": [],
        "sale": [
            {"week": 10, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5},
            {"week": 20, "do": "press_story", "about": "share_data"},
        ],
    },
    "events": [{"week": 30, "do": "leak", "share": 0.5}],
    "world": {"press_hazard_per_year": 0.5},
    "uncertain": {"others": "chance", "behaviour.trust_loss_ratio": [2, 10]},
}


def scenario(**changes: Any) -> Scenario:
    return scenario_type().model_validate(BEFORE | changes)


def policies(**changes: Any) -> dict[str, Any]:
    return {"policies": {**BEFORE["policies"], **changes}}  # type: ignore[dict-item]


def sale(place: int, **terms: Any) -> list[dict[str, Any]]:
    actions = [dict(action) for action in BEFORE["policies"]["sale"]]  # type: ignore[index]
    actions[place] |= terms
    return actions


def backwards(data: Any, first: str | None = None) -> Any:
    """Return data with all keys in the opposite order, all lists of actions too, but for one key that stays first."""
    if isinstance(data, dict):
        keys = [*(key for key in data if key == first), *(key for key in reversed(data) if key != first)]
        return {key: backwards(data[key], next(iter(data[key]), None) if key == "policies" else None) for key in keys}
    actions = isinstance(data, list | tuple) and data and isinstance(data[0], dict)
    return [backwards(each) for each in reversed(data)] if actions else data


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_file_written_otherwise_asks_the_same(file: Path) -> None:
    one = read_scenario(file)
    assert differences(one, scenario_type().model_validate(backwards(as_data(one)))) == ()
    in_full = one.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert differences(one, scenario_type().model_validate(in_full)) == ()


def test_formatting_comments_and_a_usual_number_written_out_do_not_count() -> None:
    text = "title: t\nquestion: q\nweeks: 9\npopulation: {shoppers: 10}\nuncertain: chance\npolicies:\n  none: []\n"
    again = text.replace("none: []", "none:   # nothing\n    []") + "behaviour: {trust_loss_ratio: 4.5}\nseed: 1\n"
    one, other = scenario_from_text(text), scenario_from_text(again)
    assert one.numbers["trust_loss_ratio"] == 4.5
    assert differences(one, other) == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 20070501}, "seed: 20070501 instead of 1"),
        ({"weeks": 70}, "weeks: 70 instead of 60"),
        ({"replicates": 8}, "replicates: 8 instead of 1"),
        ({"population": {"shoppers": 20000}}, "shoppers: 20,000 instead of 100"),
        ({"title": "other"}, "title: 'other' instead of 't'"),
        ({"institutions": ["press", "court", "rival", "data_buyer"]},
         "institutions: the regulator no longer acts of its own accord"),
        ({"world": {"press_hazard_per_year": 0.7}}, "number world.press_hazard_per_year: 0.7 instead of 0.5"),
        ({"world": {"press_hazard_per_year": 0.5, "story_reach": 0.9}},
         "number world.story_reach: 0.9 instead of 0.3 (the usual)"),
        (
            {"uncertain": {"others": "chance", "behaviour.trust_loss_ratio": [3, 10]}},
            "uncertain behaviour.trust_loss_ratio: drawn between 3 and 10 instead of between 2 and 10",
        ),
        ({"uncertain": "chance"}, "uncertain behaviour.trust_loss_ratio: no longer drawn from a range"),
        (
            {"uncertain": {**BEFORE["uncertain"], "others": "prior"}},  # type: ignore[dict-item] # a mapping
            "uncertain: drawn from the set 'prior' (every guess drawn from its plausible range, whatever was observed) "
            "instead of 'chance'",
        ),
        ({"events": []}, "events: removed: leak (week 30, share 0.5)"),
        ({"events": [{"week": 31, "do": "leak", "share": 0.5}]}, "events: leak of week 30: week 31 instead of 30"),
        (policies(quiet=[]), "policy 'quiet': added: does nothing"),
        (policies(sale=sale(0, fee_per_member_year=None)),
         "policy 'sale': share_data of week 10: fee per member year what the possible buyers bid instead of 0.5"),
        (policies(sale=sale(0, **{"with": "broker"})),
         "policy 'sale': share_data of week 10: with broker instead of insurer"),
        (policies(sale=sale(0, exclusive=True)), "policy 'sale': share_data of week 10: exclusive yes instead of no"),
        (policies(sale=sale(0, until=40)), "policy 'sale': share_data of week 10: until 40 instead of to the end"),
        (policies(sale=sale(0, markets=["north"])),
         "policy 'sale': share_data of week 10: markets north instead of in all markets"),
        (policies(sale=sale(1, week=25, reach=0.9)),
         "policy 'sale': press_story about share_data of week 20: week 25 instead of 20; "
         "reach 0.9 instead of the usual reach"),
        (policies(sale=sale(0)[:1]), "policy 'sale': removed: press_story about share_data (week 20)"),
        (policies(sale=[*sale(0), {"week": 30, "do": "press_story", "about": "share_data", "reach": 0.2}]),
         "policy 'sale': added: press_story about share_data (week 30, reach 0.2)"),
        ({"policies": {"none": [], "renamed": BEFORE["policies"]["sale"]}}, "policy 'sale': now called 'renamed'"),  # type: ignore[index]
        ({"policies": {"none": []}}, "policy 'sale': removed"),
        ({"policies": dict(reversed(BEFORE["policies"].items()))}, "baseline: 'sale' instead of 'none'"),  # type: ignore[attr-defined]
    ],
)  # fmt: skip
def test_every_kind_of_change_is_told_in_words(changes: dict[str, Any], said: str) -> None:
    assert [str(change) for change in differences(scenario(), scenario(**changes))] == [said]


def test_markets_added_and_removed_are_told_with_their_shares() -> None:
    told = [str(change) for change in differences(scenario(), scenario(markets={"north": 0.5, "west": 0.5}))]
    assert told == [
        "market 'north': a share of 0.5 instead of 0.4",
        "market 'west': added, with a share of 0.5",
        "market 'south': removed",
    ]


def test_what_is_implied_is_no_difference() -> None:
    explicit = sale(0, until=60, markets=["south", "north"])
    explicit[1]["reach"] = 0.3  # the usual reach of a story
    assert differences(scenario(), scenario(**policies(sale=explicit))) == ()
    drawn = {"uncertain": {"others": "chance", "world.story_reach": [0.1, 0.6]}}
    told = differences(scenario(**drawn), scenario(**drawn, **policies(sale=explicit)))
    assert [change.what for change in told] == [
        "press_story about share_data of week 20: reach 0.3 instead of the usual reach"
    ]


def test_an_order_that_decides_draws_is_told_apart_from_what_is_asked(make_scenario: Callable[..., Scenario]) -> None:
    ranges = {"behaviour.trust_loss_ratio": [2, 10], "world.story_reach": [0.1, 0.6]}
    one, other = make_scenario(uncertain=ranges), make_scenario(uncertain=dict(reversed(ranges.items())))
    assert differences(one, other) == ()
    assert [words.split(" stand")[0] for words in other_order(one, other)] == ["uncertain numbers"]
    assert other_order(one, one) == ()


def test_a_number_that_a_set_draws_is_told_from_one_that_is_set_to_its_usual_value(
    make_scenario: Callable[..., Scenario],
) -> None:
    drawn = make_scenario(uncertain="evidence")
    usual = parameters()["behaviour.scar"].value
    (change,) = differences(drawn, drawn.with_changes(numbers={"behaviour.scar": usual}))
    assert str(change) == f"number behaviour.scar: {usual:g} (the usual) instead of what the set draws"
    (change,) = differences(drawn, make_scenario(uncertain={"others": "evidence", "behaviour.scar": [0.1, 0.2]}))
    assert str(change) == "uncertain behaviour.scar: drawn between 0.1 and 0.2, where it had no range"
