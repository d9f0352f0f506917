"""Names that people give: harmless in spreadsheets, told apart by eye, and drawn in any script."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from simulation.cli.running import check
from simulation.report.plotting import plot
from simulation.runs.folders import as_named, harmless, write_rows
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.scenario.schema import Scenario

RISKY = ["=1+1", "+SUM(A1)", "-2+3", "@SUM(1)", " =1", "＝1+1", "-5% price"]
TEXT = """title: Names
question: Can they be told apart?
weeks: 4
population: {{shoppers: 100}}
policies:
  status quo: []
  "{name}": []
"""


@pytest.mark.parametrize("name", RISKY)
def test_no_cell_of_any_table_begins_like_a_formula(
    name: str, make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    write_results(run_scenario(make_scenario({name: []}, weeks=4, markets={name: 0.5, "b": 0.5})), tmp_path / "run")
    seen = 0
    for path in (tmp_path / "run").glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as stream:
            cells = {cell for row in csv.reader(stream) for cell in row}
        begins = {cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@＝＋－＠")}
        assert not [cell for cell in begins if not cell.lstrip("-").replace(".", "").replace("e-", "").isdecimal()]
        seen += f"'{name}" in cells
    assert seen >= 3
    assert {line.get_label() for line in plot(tmp_path / "run").axes[0].get_lines()} >= {name}


@pytest.mark.parametrize("number", ["-5", "+1.5e-3", "-0.25", -5, -0.5])
def test_numbers_stay_numbers(number: object) -> None:
    assert harmless(number) == number


@pytest.mark.parametrize("name", [*RISKY, "\tx", "\rx", "plain", "'quoted", "'=1"])
def test_a_name_comes_back_as_it_was(name: str) -> None:
    assert as_named(harmless(name)) == name


def test_tables_of_answers_are_harmless_too(tmp_path: Path) -> None:
    write_rows(tmp_path / "t.csv", ["policy", "=head"], [["=1+1", -0.5], ["\tx", -3]])
    assert (tmp_path / "t.csv").read_bytes() == b"policy,'=head\n'=1+1,-0.5\n'\tx,-3\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (" ", "must have letters that can be seen"),
        ("\\u200b", "must have letters that can be seen"),
        ("\\u3000", "must have letters that can be seen"),
        ("Status Quo", "cannot be told from 'status quo'"),
        ("status  quo", "cannot be told from 'status quo'"),
        ("status quo ", "cannot be told from 'status quo'"),
        ("ｓｔａｔｕｓ ｑｕｏ", "cannot be told from 'status quo'"),
        ("status\\u200b quo", "cannot be told from 'status quo'"),
    ],
)
def test_names_that_cannot_be_seen_or_told_apart_are_refused_with_their_line(
    name: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "names.yaml"
    file.write_text(TEXT.format(name=name), encoding="utf-8")
    assert check(file) == 2
    told = capsys.readouterr().err
    assert f"{file}:7:3: " in told and said in told


def test_names_in_any_script_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "names.yaml"
    for name in ("現状維持", "🛒 vente", "Ελλάδα", "عرض", "status quo 2"):
        file.write_text(TEXT.format(name=name), encoding="utf-8")
        assert check(file) == 0
