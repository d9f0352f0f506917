"""Tables that were cut, changed or mixed with another run's are refused by name; shoppers' cards can be recomputed."""

import csv
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulation.behaviour.states import Card
from simulation.cli.plotting import plot
from simulation.cli.questions import compare
from simulation.cli.running import run
from simulation.model.model import LoyaltyModel
from simulation.report.report import REPORT
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.scenario.schema import Scenario

TEXT = """
title: Sealed
question: Are its tables whole?
weeks: 8
replicates: 2
seed: {seed}
population: {{shoppers: 300}}
uncertain: chance
policies: {{status quo: [], offers: [{{week: 3, do: targeted_offers, intensity: 1, depth: 1}}]}}
"""


def cut(table: Path) -> None:
    table.write_bytes(b"".join(table.read_bytes().splitlines(keepends=True)[:-100]))


def cut_within_the_last_line(table: Path) -> None:
    table.write_bytes(table.read_bytes()[:-3] + b"\n")


def replace_a_digit(table: Path) -> None:
    table.write_bytes(table.read_bytes().replace(b"1", b"2", 1))


def empty(table: Path) -> None:
    table.write_bytes(b"")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a scenario, the results of its run, and of the same with another seed beside it."""
    home = tmp_path_factory.mktemp("sealed")
    for name, seed in (("sealed", 1), ("other", 2)):
        file = home / f"{name}.yaml"
        file.write_text(TEXT.format(seed=seed), encoding="utf-8")
        assert run(file, out=home / "results", quiet=True) == 0
    return home


@pytest.fixture
def folder(tmp_path: Path, home: Path) -> Path:
    """Return a copy of the results that a test can damage."""
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    return tmp_path / "results" / "sealed"


def test_a_record_tells_rows_and_hash_of_every_table(folder: Path) -> None:
    told = json.loads((folder / "run.json").read_bytes())["tables"]
    assert sorted(told) == sorted(path.name for path in folder.glob("*.csv"))
    assert told["weekly.csv"]["rows"] == 2 * 2 * 8 * 1 * 3  # policies, replicates, weeks, markets, segments
    assert told["shoppers.csv"]["rows"] == 2 * 300
    assert told["weekly.csv"]["sha256"] == hashlib.sha256((folder / "weekly.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut, "holds 0 rows, and 96 were written"),
        (cut_within_the_last_line, "was changed, or belongs to another run"),
        (replace_a_digit, "was changed, or belongs to another run"),
        (empty, "were written: it was cut"),
        (Path.unlink, "is missing"),
    ],
)
def test_a_damaged_table_is_not_plotted(
    damage: Callable[[Path], None], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(folder / "weekly.csv")
    assert plot(folder, out=folder.parent / "plot.png") == 2
    told = capsys.readouterr().err
    assert str(folder / "weekly.csv") in told and said in told
    assert not (folder.parent / "plot.png").exists()


def test_another_runs_table_is_not_plotted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(folder.parent / "other" / "shoppers.csv", folder)
    assert plot(folder, by="tier", out=folder.parent / "plot.png") == 2
    assert f"{folder / 'shoppers.csv'}: was changed, or belongs to another run" in capsys.readouterr().err
    assert plot(folder, out=folder.parent / "plot.png") == 0  # of the weeks, which are as they were


def test_a_report_names_the_damaged_table_of_an_answer(folder: Path) -> None:
    scenario = folder.parent.parent / "sealed.yaml"
    assert compare(scenario, shoppers=300, out=folder.parent) == 0
    answer = folder.parent / "sealed-compare"
    table = sorted(answer.glob("*.csv"))[0]
    whole = (folder / REPORT).read_text(encoding="utf-8")
    assert "Compare" in whole and table.name + ": " not in whole
    replace_a_digit(table)
    assert run(scenario, out=folder.parent, quiet=True) == 0
    assert f"{table.name}: was changed, or belongs to another run" in (folder / REPORT).read_text(encoding="utf-8")


def test_who_held_a_card_at_the_start_stands_in_the_table(
    make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    scenario = make_scenario({"offers": [{"week": 3, "do": "targeted_offers", "intensity": 1, "depth": 1}]})
    write_results(run_scenario(scenario), tmp_path / "run")
    with (tmp_path / "run" / "shoppers.csv").open(encoding="utf-8") as stream:
        told = [row["opening_card"] for row in csv.DictReader(stream)]
    opening = LoyaltyModel(scenario).engine.crowd.lives_columns().card
    assert told == [Card(code).name.lower() for code in np.concatenate(list(opening))]
    assert {"never", "active", "dormant"} == set(told)
