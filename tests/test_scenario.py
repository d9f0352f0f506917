"""Scenario files: the shipped ones read; bad ones are refused with the line, what is wrong and what is right."""

# ruff: noqa: E501 (a table of cases reads better unbroken)

import csv
import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import canonical_text, read_scenario, scenario_from_text, schema
from simulation.scenario.schema import scenario_hash, scenario_type

ROOT = Path(__file__).parent.parent
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))

GOOD = """\
title: A sale
question: Does it pay?
weeks: 52
population: {shoppers: 1000}
policies:
  status quo: []
  sale:
    - {week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.5}
"""

# what to change in the good file: (old, new), then line:column, what the message says, what the advice says
BAD = {
    "unknown key": ("title: A sale", "titel: A sale", "1:1", "unknown key 'titel'", "did you mean 'title'"),
    "missing key": ("question: Does it pay?\n", "", "1:1", "a scenario needs 'question'", "add 'question: ...'"),
    "text for a number": ("weeks: 52", "weeks: 5Z", "3:8", "weeks must be a whole number, not '5Z'", ""),
    "separators": ("1000}", "1_000}", "4:24", "shoppers must be a whole number, not '1_000'", "write 1000, without"),
    "too few shoppers": ("1000}", "3}", "4:24", "shoppers must be at least 10, not 3", ""),
    "fraction of a week": ("weeks: 52", "weeks: 52.5", "3:8", "weeks must be a whole number, not '52.5'", ""),
    "yes for a number": ("weeks: 52", "weeks: true", "3:8", "weeks must be a whole number, not 'true'", ""),
    "nothing": ("weeks: 52", "weeks:", "3:1", "weeks has no value", "write one"),
    "unknown action": ("do: share_data", "do: sell_data", "8:21", "unknown action 'sell_data'", "share_data"),
    "no action": ("do: share_data, ", "", "8:7", "an action needs 'do'", "write one of: share_data"),
    "unknown recipient": ("with: insurer", "with: insuror", "8:39", "with cannot be 'insuror'", "did you mean 'insurer'"),
    "misspelt consent": ("consent: none", "consent: optin", "8:57", "consent cannot be 'optin'", "did you mean 'opt_in'"),
    "missing consent": (", consent: none", "", "8:7", "share_data needs 'consent'", "add 'consent"),
    "negative fee": ("year: 0.5", "year: -0.5", "8:84", "fee_per_member_year must be at least 0, not -0.5", ""),
    "not a number": ("year: 0.5", "year: .nan", "8:84", "nan is not a number one can use", "finite"),
    "infinite": ("year: 0.5", "year: .inf", "8:84", "inf is not a number one can use", "finite"),
    "week after the end": ("week: 5,", "week: 53,", "8:14", "week 53 lies after the end, week 52", "start earlier"),
    "ends before it starts": ("week: 5,", "week: 5, until: 4,", "8:24", "until 4 lies before week 5", "end later"),
    "unknown market": ("week: 5,", "week: 5, markets: [here],", "8:27", "no market called 'here'", "everywhere"),
    "shares": ("weeks: 52", "weeks: 52\nmarkets: {a: 0.5, b: 0.4}", "4:10", "add up to 0.9, not to 1", "change a share"),
    "unknown number": ("weeks: 52", "weeks: 52\nworld: {story_rich: 1}", "4:9", "unknown key 'story_rich'", "story_reach"),
    "out of limits": ("weeks: 52", "weeks: 52\nworld: {story_reach: 2}", "4:22", "story_reach must be at most 1, not 2", "0.3"),
    "unknown address": ("weeks: 52", "weeks: 52\nuncertain: {world.x: [0, 1]}", "4:13", "no number called 'world.x'", ""),
    "reversed range": ("weeks: 52", "weeks: 52\nuncertain: {behaviour.scar: [0.9, 0.1]}", "4:29", "low end", "[low, high]"),
    "one end": ("weeks: 52", "weeks: 52\nuncertain: {behaviour.scar: 0.3}", "4:29", "needs a low and a high end", "[low, high]"),
    "segments": (
        "weeks: 52", "weeks: 52\nattitudes: {fundamentalists: 0.5}", "4:12", "more than all shoppers", "lower one share"
    ),
    "story about nothing": ("    - {week: 5, do: share_data", "    - {week: 6, do: press_story, about: sael}\n    - {week: 5, "
                            "do: share_data", "8:41", "starts no practice called 'sael'", "known here: share_data"),
    "story too early": ("    - {week: 5, do: share_data", "    - {week: 4, do: press_story, about: share_data}\n    - {week: 5,"
                        " do: share_data", "8:14", "before share_data starts in week 5", "later"),
    "twice": ("year: 0.5}\n", "year: 0.5}\n    - {week: 5, do: share_data, with: broker, consent: none, fee_per_member_year: 1}\n",
              "9:7", "share_data is set twice from week 5 on", "another name"),
    "a key twice": ("weeks: 52", "weeks: 52\nweeks: 53", "4:1", "duplicate key 'weeks'", "only once"),
    "broken yaml": ("{shoppers: 1000}", "{shoppers: 1000", "4:13", "a bracket is never closed", "] or }"),
    "a reference": ("weeks: 52", "notes: &a x\nsource: *a\nweeks: 52", "3:8", "an anchor (&) is not allowed", "write the value"),
    "no policies": (GOOD[GOOD.index("policies:") :], "policies: {}\n", "5:11", "policies is empty", ""),
    "policy without a list": ("status quo: []", "status quo: nothing", "6:15", "must be a list of actions", "write []"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_where_it_is_wrong(name: str) -> None:
    old, new, place, message, advice = BAD[name]
    assert old in GOOD
    with pytest.raises(ScenarioError) as refusal:
        scenario_from_text(GOOD.replace(old, new, 1), "bad.yaml")
    said = [problem for problem in refusal.value.problems if message in problem.message]
    assert said, str(refusal.value)
    assert f"{said[0].line}:{said[0].column}" == place
    assert advice in said[0].advice
    assert f"bad.yaml:{place}: " in str(refusal.value)
    assert "pydantic" not in str(refusal.value).lower() and "Input should" not in str(refusal.value)


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "bad_scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_bad_file_yields_exactly_the_problems_that_it_expects(path: Path) -> None:
    mark = "# expect: "
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = [line.removeprefix(mark) for line in lines if line.startswith(mark)]
    with pytest.raises(ScenarioError) as refusal:
        read_scenario(path)
    assert [f"{each.line}:{each.column} {each.message}" for each in refusal.value.problems] == expected
    assert all(each.advice or "must be" in each.message for each in refusal.value.problems)


ONE_FAULT_EACH = (ROOT / "tests" / "bad_scenarios" / "one_fault_each.csv").read_text(encoding="utf-8")
FAULTS = list(csv.DictReader(io.StringIO(ONE_FAULT_EACH, newline="")))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["by"][:40] or f"without {fault['replace'][:30]}")
def test_one_fault_yields_exactly_what_is_expected_of_it(fault: dict[str, str]) -> None:
    folder = ROOT / "tests" / "bad_scenarios"
    good = (folder / "base.txt").read_text(encoding="utf-8")
    assert good.count(fault["replace"]) >= 1
    with pytest.raises(ScenarioError) as refusal:
        scenario_from_text(good.replace(fault["replace"], fault["by"], 1), "bad.yaml", folder)
    problems = refusal.value.problems
    found = " | ".join(f"{each.line}:{each.column} {each.message}" for each in problems)
    assert found.replace(str(folder), "tests/bad_scenarios") == fault["expect"]
    assert all(each.advice or "must be" in each.message for each in problems)


def test_the_scenario_without_faults_is_taken() -> None:
    scenario_from_text((ROOT / "tests" / "bad_scenarios" / "base.txt").read_text(encoding="utf-8"))
    assert len(FAULTS) + len(list((ROOT / "tests" / "bad_scenarios").glob("*.yaml"))) >= 250


def test_all_errors_of_a_file_are_said_at_once_in_order() -> None:
    bad = (
        GOOD.replace("weeks: 52", "weeks: x").replace("none", "non").replace("week: 5", "week: 0").replace("1000", "1")
    )
    with pytest.raises(ScenarioError) as refusal:
        scenario_from_text(bad)
    places = [(problem.line, problem.column) for problem in refusal.value.problems]
    assert len(places) == 4 and places == sorted(places)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_scenario_reads_fits_the_schema_and_survives_a_round_trip(path: Path) -> None:
    scenario = read_scenario(path)
    assert scenario.question.endswith("?")
    Draft202012Validator(schema()).validate(YAML(typ="safe", pure=True).load(path))
    again = scenario_from_text(canonical_text(scenario))
    assert again == scenario and scenario_hash(again) == scenario_hash(scenario)


@pytest.mark.parametrize(
    "text",
    ["yes", "1_000", "2007-05-01", "<<", "=", "a: b # c", "two\nlines\n", " 'quoted\" ", "%*&!", "é漢😀", "x" * 500],
)
def test_any_text_survives_a_round_trip(text: str) -> None:
    scenario = scenario_from_text(GOOD).model_copy(update={"notes": text, "source": text})
    assert scenario_from_text(canonical_text(scenario)) == scenario


def test_names_that_look_like_numbers_are_names() -> None:
    scenario = scenario_from_text(GOOD.replace("status quo", "2007").replace("sale:", "true:"))
    assert list(scenario.policies) == ["2007", "true"]
    assert scenario_from_text(canonical_text(scenario)) == scenario


def test_a_hash_tells_another_baseline_and_another_order_of_draws_apart() -> None:
    scenario = scenario_from_text(GOOD)
    turned = scenario.model_copy(update={"policies": dict(reversed(scenario.policies.items()))})
    assert scenario_hash(turned) != scenario_hash(scenario)


def test_a_scenario_made_in_python_is_held_to_the_same_rules() -> None:
    data = scenario_from_text(GOOD).model_dump(mode="json", by_alias=True)
    with pytest.raises(ValueError, match="policy 'sale', action 1: week 5 lies after the end"):
        scenario_type().model_validate(data | {"weeks": 4})


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    checker = Draft202012Validator(schema())
    good = scenario_from_text(GOOD).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert checker.is_valid(good)
    for wrong in ({"weeks": "52"}, {"titel": "x"}, {"behaviour": {"scar": None}}, {"uncertain": {"scar": [0, 1]}}):
        assert not checker.is_valid(good | wrong), wrong


def test_the_committed_schema_is_in_step() -> None:
    committed = json.loads((ROOT / "simulation" / "scenario" / "schema.json").read_text(encoding="utf-8"))
    assert committed == schema(), "renew it: aislefour schema > simulation/scenario/schema.json"


def test_files_that_are_not_scenarios_are_refused_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("- 1\n")
    (tmp_path / "latin.yaml").write_bytes(b"title: caf\xe9\n")
    (tmp_path / "huge.yaml").write_text("#" * 1_000_001)
    (tmp_path / "empty.yaml").write_text("")
    for name, said in {
        "list.yaml": "keys and values", "latin.yaml": "not UTF-8", "huge.yaml": "larger than 100,000 bytes",
        "empty.yaml": "keys and values", "missing.yaml": "no such file", ".": "this is a folder",
    }.items():  # fmt: skip
        with pytest.raises(ScenarioError, match=said):
            read_scenario(tmp_path / name)


def test_the_command_line_changes_what_it_names() -> None:
    scenario = scenario_from_text(GOOD)
    shorter = scenario.with_changes(weeks=4, shoppers=50, seed=9, replicates=3)
    assert (shorter.weeks, shorter.population.shoppers, shorter.seed, shorter.replicates) == (4, 50, 9, 3)
    assert shorter.policies["sale"] == ()  # it would have started after the new end
    assert list(scenario.with_changes(["sale"]).policies) == ["status quo", "sale"]
    with pytest.raises(ValueError, match="no policy 'sell'; did you mean 'sale'"):
        scenario.with_changes(["sell"])
    with pytest.raises(ValueError, match="shoppers must be at least 10, not 1"):
        scenario.with_changes(shoppers=1)
