"""Policies and files side by side: pairs are twins where they can be, and it is said where they cannot."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import SALE

from simulation.cli.app import app
from simulation.cli.questions import compare as compare_files
from simulation.questions.compare.comparison import Comparison, caveats, compare, pairs, side_by_side
from simulation.runs.run import run_scenario
from simulation.scenario.schema import Scenario

STORY = {"week": 9, "do": "press_story", "about": "share_data", "reach": 0.8}
POLICIES = {"sale": [SALE], "exposed": [SALE, STORY]}


def test_values_and_differences_are_those_of_a_run(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(POLICIES, replicates=2, uncertain={"world.story_reach": [0.1, 0.6]})
    comparison, outcome = compare({"small": scenario}), run_scenario(scenario)
    for policy in range(3):
        assert comparison.values("value_dollars", 0, policy).tolist() == outcome.value()[:, policy].tolist()
        found = comparison.paired("value_dollars", (0, 0), (0, policy))
        assert found.tolist() == outcome.difference()[:, policy].tolist()
        churn = comparison.values("churn", 0, policy)
        assert churn.tolist() == (1 - outcome.staying()[:, -1, policy]).tolist()
    assert comparison.paired("value_dollars", (0, 1), (0, 2)).tolist() == pytest.approx(
        (outcome.value()[:, 2] - outcome.value()[:, 1]).tolist()
    )


def two_files(make_scenario: Callable[..., Scenario], **other: object) -> Comparison:
    one = make_scenario(POLICIES, weeks=15)
    return compare({"one": one, "other": make_scenario(POLICIES, **({"weeks": 15} | other))})


def test_twins_of_two_files_are_paired_and_the_same_policy_differs_by_nothing(
    make_scenario: Callable[..., Scenario],
) -> None:
    comparison = two_files(make_scenario, replicates=2)
    table = pairs(comparison).set_index(["one", "other", "measure"]).sort_index()
    assert (table.loc[("one: sale", "other: sale")]["difference"] == 0).all()
    across = table.loc[("one: status quo", "other: exposed", "value_dollars")]
    within = table.loc[("one: status quo", "one: exposed", "value_dollars")]
    assert across["difference"] == within["difference"] < 0
    assert across["replicates"] == 1 and len(table) == 15 * 6  # 15 pairs of six policies, six measures
    assert list(caveats(comparison)) == ["one and other have 1 and 2 replicates: the first 1 are paired."]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"seed": 8}, "seed 7 and 8"),
        ({"population": {"shoppers": 500}}, "shoppers 400 and 500; households of the chain 400 and 500"),
        ({"chain": {"households": 500}}, "households of the chain 400 and 500"),
        ({"weeks": 16}, "weeks 15 and 16"),
        ({"markets": {"north": 0.5, "south": 0.5}}, "markets everywhere 1.0 and north 0.5, south 0.5"),
    ],
)
def test_files_that_are_not_twins_stand_side_by_side_and_it_is_said_why(
    other: dict[str, object], said: str, make_scenario: Callable[..., Scenario]
) -> None:
    comparison = two_files(make_scenario, **other)
    assert list(caveats(comparison)) == [
        f"one and other are not twins ({said}): they stand side by side, without paired differences."
    ]
    assert len(side_by_side(comparison)) == 6
    within_a_file = pairs(comparison)
    assert len(within_a_file) == 2 * 3 * 6
    assert (within_a_file["one"].str[:3] == within_a_file["other"].str[:3]).all()


def test_other_numbers_under_the_same_luck_are_pointed_out(make_scenario: Callable[..., Scenario]) -> None:
    said = list(caveats(two_files(make_scenario, world={"story_reach": 0.9})))
    assert said == [
        "one and other live the same luck under other numbers: a paired difference holds what these change, too."
    ]


def test_the_spread_is_over_replicates(make_scenario: Callable[..., Scenario]) -> None:
    comparison = compare({"small": make_scenario(POLICIES, replicates=3)})
    row = side_by_side(comparison).iloc[2]
    found = comparison.paired("value_dollars", (0, 0), (0, 2))
    assert row["value_dollars_difference"] == np.median(found)
    assert row["value_dollars_difference_low"] == pytest.approx(np.quantile(found, 0.1))
    assert row["policy"] == "exposed" and row["file"] == "small"


# --- the command --------------------------------------------------------------------------------------------------

FILE = """title: t
question: q
weeks: 40
replicates: 2
population: {shoppers: 20000}
uncertain: chance
policies:
  none: []
  "[odd] name":
    - {week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.5}
    - {week: 9, do: press_story, about: share_data}
"""


def test_compare_says_what_differs_why_and_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one.yaml").write_text(FILE)
    (tmp_path / "two.yaml").write_text(FILE.replace("week: 9", "week: 15").replace("20000", "50000"))
    monkeypatch.chdir(tmp_path)
    words = ["compare", "one.yaml", "two.yaml", "--shoppers", "1000"]
    assert app(words, exit_on_error=False, result_action="return_value") == 0
    flat = " ".join(capsys.readouterr().out.split())
    assert "policy '[odd] name': press_story about share_data of week 9: week 15 instead of 9" in flat
    assert (
        "shoppers: 50,000 instead of 20,000" in flat
        and "two: simulated with 1,000 shoppers for a chain of 50,000 households" in flat
    )
    assert "more patrons per 10,000 than 'none'" in flat
    assert "first heard of it from the press" in flat and "not a forecast" in flat
    folder = tmp_path / "results" / "one-two-compare"
    names = [
        "asked.json",
        "attribution.csv",
        "changes.csv",
        "comparison.csv",
        "left_because_of.svg",
    ]
    assert sorted(path.name for path in folder.iterdir()) == [
        *names,
        "left_by_group.svg",
        "pairs.csv",
    ]
    rows = list(csv.DictReader((folder / "attribution.csv").read_text().splitlines()))
    assert {row["file"] for row in rows} == {"one", "two"} and {row["policy"] for row in rows} == {"[odd] name"}
    split = {by: [row for row in rows if row["split_by"] == by] for by in ("first cause", "first feeling")}
    assert all(int(row["sales_cents"]) == 0 for row in split["first cause"] if row["cause"] == "none")
    sums = [sum(int(row["sales_cents"]) for row in part) for part in split.values()]
    assert len(rows) == sum(map(len, split.values())) and sums[0] == sums[1] != 0
    files = (tmp_path / "one.yaml", tmp_path / "two.yaml")
    assert compare_files(*files, shoppers=1000, out=tmp_path / "again") == 0
    written = [path for path in folder.iterdir() if path.name != "asked.json"]  # which holds the command
    for path in written:
        assert (tmp_path / "again" / "one-two-compare" / path.name).read_bytes() == path.read_bytes(), path.name


def test_one_policy_alone_is_compared_with_nothing(tmp_path: Path) -> None:
    (tmp_path / "alone.yaml").write_text(FILE[: FILE.index('  "[odd]')])
    assert compare_files(tmp_path / "alone.yaml", shoppers=100, out=tmp_path) == 0
    assert sorted(path.suffix for path in (tmp_path / "alone-compare").iterdir()) == [*[".csv"] * 3, ".json"]


def test_nothing_is_drawn_where_nobody_leaves_for_it_and_the_table_says_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = FILE[: FILE.index('  "[odd]')] + "  more: [{week: 5, do: reward_programme, reward_rate: 0.1}]\n"
    more += "behaviour: {store_by_reward: 0}\n"  # or a reward would keep patrons
    (tmp_path / "more.yaml").write_text(more)
    assert compare_files(tmp_path / "more.yaml", shoppers=300, out=tmp_path) == 0
    assert "Under 'more' as many patrons left as under 'none', cause by cause." in capsys.readouterr().out
    assert not list((tmp_path / "more-compare").glob("*.svg"))
    table = (tmp_path / "more-compare" / "attribution.csv").read_text().splitlines()
    rows = [row for row in csv.DictReader(table) if row["split_by"] == "first cause"]
    assert {row["cause"] for row in rows if int(row["living_differently"])} == {"benefit"}
    assert sum(int(row["sales_cents"]) for row in rows) > 0


@pytest.mark.parametrize(
    ("files", "said"),
    [((), "compare needs a scenario"), (("missing",), "no such file"), (("one", "one"), "stands there twice")],
)
def test_bad_input_is_refused_and_nothing_is_written(
    files: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.yaml").write_text(FILE)
    assert compare_files(*(tmp_path / f"{name}.yaml" for name in files), out=tmp_path) == 2
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["one.yaml"]
