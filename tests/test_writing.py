"""Tables as CSV files: the bytes that a careful reader would write by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulation.runs.table_files import write_table


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
        "policy,label,week,tiny,cents,share\n"
        '"so-called ""sale"", quiet",größer,3,-128,-1000000000000000,0.123457\n'
        'plain,"two\nlines",,127,7,\n'
        '"so-called ""sale"", quiet",plain,-1,0,1000000000000000,1e-09\n'
    )


def test_a_table_without_rows_keeps_its_head(tmp_path: Path) -> None:
    table = pd.DataFrame({"week": np.zeros(0, np.int64), "policy": pd.Series([], dtype=object), "share": np.zeros(0)})
    assert written(table, tmp_path) == "week,policy,share\n"


@pytest.mark.parametrize("farthest", [5_000, 10**9], ids=["close together", "far apart"])
def test_many_rows_come_back_in_order(farthest: int, tmp_path: Path) -> None:
    numbers = np.random.default_rng(4).integers(-farthest, farthest, 50_000)
    table = pd.DataFrame({"row": np.arange(50_000), "number": numbers})
    lines = written(table, tmp_path).splitlines()
    assert lines[1:] == [f"{row},{number}" for row, number in enumerate(numbers.tolist())]
