"""The report says what would have to be true, and every figure has its table."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulation.report.figure_tables import sheet_under
from simulation.report.figures import DRAWN
from simulation.report.report import add_report, split_in_words
from simulation.report.terminal import show_answer
from simulation.report.tipping_points import Split, splits
from simulation.runs.headline import headline
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import Outcome
from simulation.runs.run import run_scenario
from simulation.scenario.schema import Scenario

SALE = [
    {"week": 5, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5},
    {"week": 20, "do": "press_story", "about": "share_data", "reach": 0.5},
]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    from simulation.scenario.schema import scenario_type

    data = {
        "title": "t",
        "uncertain": "chance",
        "question": "q?",
        "weeks": 60,
        "population": {"shoppers": 600},
        "replicates": 5,
        "seed": 3,
    }
    policies = {
        "status quo": [],
        "sale": SALE,
        "offers": [{"week": 3, "do": "targeted_offers", "intensity": 1, "depth": 1}],
    }
    return run_scenario(scenario_type().model_validate(data | {"policies": policies}))


def fake(paid: list[bool], exposed: list[bool] | None = None, **drawn: list[float]) -> Any:
    """Return what `splits` reads of an outcome: one policy that pays in some replicates, and numbers drawn for each."""
    replicates = [
        SimpleNamespace(overrides={name: values[place] for name, values in drawn.items()}) for place in range(len(paid))
    ]
    difference = np.array([[0.0, 1.0 if each else -1.0] for each in paid])
    scenario = SimpleNamespace(seed=1)
    stories = np.array([[False, each] for each in exposed or [False] * len(paid)])
    return SimpleNamespace(
        policies=("a", "b"),
        replicates=replicates,
        scenario=scenario,
        difference=lambda: difference,
        exposed=lambda: stories,
    )


def test_the_number_that_tells_paying_from_losing_is_found() -> None:
    paid = [True, True, True, True, False, False, False, False]
    (split,) = splits(fake(paid, noise=[5, 1, 4, 2, 6, 3, 8, 7], cause=[0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]))
    assert (split.address, split.below, split.wrong, split.paid) == ("cause", True, 0, 4)
    assert split.edge == pytest.approx(0.5)
    # two numbers and two sides: of 70 ways to pay four times, at most 4 are as clean
    assert split.by_chance < 0.15


def test_a_policy_that_pays_above_an_edge_but_for_one_replicate() -> None:
    (split,) = splits(fake([False, False, True, False, True, True], cause=[1, 2, 3, 4, 5, 6]))
    assert (split.below, split.wrong) == (False, 1)
    assert split.edge in (2.5, 4.5)


def test_a_policy_that_pays_unless_it_is_found_out() -> None:
    exposed = [False, False, True, False, True, False]
    (split,) = splits(fake([True, True, False, True, True, True], exposed, cause=[3, 1, 6, 2, 5, 4]))
    assert (split.exposed, split.paid_exposed) == (2, 1)
    assert "in 4 of the 4 without a newspaper story, in 1 of the 2 with one" in split_in_words(split, "a")


@pytest.mark.parametrize("paid", [[True] * 6, [False] * 6])
def test_what_always_or_never_pays_has_nothing_to_tell(paid: list[bool]) -> None:
    (split,) = splits(fake(paid, cause=[1, 2, 3, 4, 5, 6]))
    assert split.address == "" and split.paid == sum(paid)
    assert f"in {'each' if paid[0] else 'none'} of 6" in split_in_words(split, "a")


def test_a_split_is_said_with_how_often_it_is_right_and_comes_by_chance() -> None:
    found = {"address": "world.press_hazard_per_year", "edge": 0.175, "wrong": 1}
    said = split_in_words(Split("b", 6, 8, **found, by_chance=0.04), "a")
    assert "6 of 8" in said and "world.press_hazard_per_year below 0.175" in said and "right in 7 of 8" in said
    assert "4%" in said and "story" not in said
    guess = split_in_words(Split("b", 6, 8, **found, by_chance=0.25), "a")
    assert "better than chance" in guess and "25%" in guess and "0.175" not in guess
    assert "too few" in split_in_words(Split("b", 1, 2, drawn=1), "a")


def test_every_figure_has_a_table_with_every_policy(outcome: Outcome) -> None:
    for name in DRAWN:
        sheet = sheet_under(name, outcome)
        text = " ".join([*sheet.heads, *(cell for row in sheet.rows for cell in row)])
        assert sheet.rows and all(len(row) == len(sheet.heads) for row in sheet.rows), name
        assert "sale" in text and "offers" in text, name


def test_the_tables_hold_the_outcomes_numbers(outcome: Outcome) -> None:
    (year,) = sheet_under("consent_debt", outcome).rows
    debt = np.median(MEASURES["consent_debt"].by_week(outcome)[:, 51], axis=0)
    assert year == ("1", *(f"{share:.1%}" for share in debt)) and debt[1] > 0
    rows = sheet_under("difference", outcome).rows
    assert [row[0] for row in rows] == ["0", "1", "2", "3", "4"]
    short = replace(outcome, scenario=outcome.scenario.with_changes(weeks=40))
    assert sheet_under("trust", short).heads[0] == "Week"


def test_the_report_is_one_small_file_that_refers_to_nothing(outcome: Outcome, tmp_path: Path) -> None:
    add_report(outcome, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(page) < 2_000_000
    assert "What would have to be true" in page and page.count("<figure") == len(DRAWN) == page.count("as a table")
    references = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!#|data:)([a-z]+:[^"')\s]+)""", page)
    assert [each for each in references if "w3.org" not in each] == []


def test_a_run_of_one_policy_can_be_reported(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    add_report(run_scenario(make_scenario()), tmp_path)
    assert (tmp_path / "report.html").exists()


def test_one_replicate_has_no_interval(make_scenario: Callable[..., Scenario], tmp_path: Path, capsys: Any) -> None:
    alone = run_scenario(make_scenario({"sale": SALE}, weeks=30))
    show_answer(headline(alone))
    said = capsys.readouterr().out
    add_report(alone, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    row = page[page.index('<th scope="row">sale</th>') :].split("</tr>")[0]
    (line,) = [line for line in said.splitlines() if line.startswith("sale ")]
    assert "(" not in row and "(" not in line and "$" in row and "$" in line
