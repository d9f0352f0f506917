"""Tables as CSV files: the bytes that a careful reader would write by hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import SALE

from simulation.questions.ask import ask
from simulation.questions.compare.question import Compare
from simulation.runs.executors import Means
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.runs.runner import Runner, Watcher
from simulation.runs.table_files import write_table
from simulation.scenario.schema import Scenario


def written(table: pd.DataFrame, folder: Path) -> str:
    write_table([table], folder / "table.csv")
    return (folder / "table.csv").read_bytes().decode()


def test_every_kind_of_column_stands_as_written_by_hand(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "policy": pd.Categorical.from_codes([1, 0, 1], ["plain", 'so-called "sale", quiet']),
            "label": ["größer", "two\nlines", "plain"],
            "week": pd.array([3, None, -1], dtype="Int32"),
            "tiny": np.array([-128, 127, 0], dtype=np.int8),
            "cents": [-(10**15), 7, 10**15],
            "share": [0.123456789, np.nan, 1e-9],
        }
    )
    assert written(table, tmp_path) == (
        "\ufeffpolicy,label,week,tiny,cents,share\n"
        '"so-called ""sale"", quiet",größer,3,-128,-1000000000000000,0.123457\n'
        'plain,"two\nlines",,127,7,\n'
        '"so-called ""sale"", quiet",plain,-1,0,1000000000000000,1e-09\n'
    )


@pytest.mark.parametrize(("name", "marked"), [("quiet sale", False), ("Verkauf über Zürich", True)])
def test_a_spreadsheet_reads_accents_and_whatever_reads_plain_text_meets_no_mark(
    name: str, marked: bool, make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    case = make_scenario({name: [SALE]}, weeks=20, population={"shoppers": 100})
    with Runner(None, Means(workers=1), Watcher()) as runner:
        answer = ask(case, Compare(), runner)
    write_results(run_scenario(case), tmp_path / "run")
    answer.tables[0].write(tmp_path)
    files = [*(tmp_path / "run").rglob("*.csv"), *tmp_path.glob("*.csv")]
    told = [path for path in files if name in path.read_text(encoding="utf-8")]
    assert len(told) >= 3  # noqa: PLR2004 # of the run, and the answer's
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") == marked for path in told)
    assert all(pd.read_csv(path).columns[0].isascii() for path in files), "pandas takes the mark for no letter"


def test_a_table_without_rows_keeps_its_head(tmp_path: Path) -> None:
    table = pd.DataFrame({"week": np.zeros(0, np.int64), "policy": pd.Series([], dtype=object), "share": np.zeros(0)})
    assert written(table, tmp_path) == "week,policy,share\n"


@pytest.mark.parametrize("farthest", [5_000, 10**9], ids=["close together", "far apart"])
def test_many_rows_come_back_in_order(farthest: int, tmp_path: Path) -> None:
    numbers = np.random.default_rng(4).integers(-farthest, farthest, 50_000)
    table = pd.DataFrame({"row": np.arange(50_000), "number": numbers})
    lines = written(table, tmp_path).splitlines()
    assert lines[1:] == [f"{row},{number}" for row, number in enumerate(numbers.tolist())]
