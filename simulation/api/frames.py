"""The frames of a run, of the same kinds and values whether it has just been lived or lies in a folder."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.report.plot_lines import WORDS, table_in
from simulation.runs.detail import Recorder
from simulation.runs.folders import DamagedError
from simulation.runs.outcome import Outcome
from simulation.runs.result_tables import tables_of

if TYPE_CHECKING:
    import pandas

Frames = Callable[[str], "pandas.DataFrame"]
"""Gives a table of a run by its name."""

_NO_EVENTS = (
    'this run kept no events; ask for them: run(scenario, detail=["events"]), or `aislefour run --detail events`'
)
_DESCRIPTION = "datapackage.json"


def frames_of(outcome: Outcome, recorder: Recorder | None = None) -> Frames:
    """Return the frames of an outcome; `recorder` has kept what was asked of single shoppers."""

    def frame(name: str) -> "pandas.DataFrame":
        """Return a table, whole."""
        import pandas as pd

        tables = tables_of(outcome, recorder)
        if name not in tables:
            raise ValueError(_NO_EVENTS)
        return pd.concat(list(tables[name]), ignore_index=True)

    return frame


def frames_in(folder: Path, record: Mapping[str, Any]) -> Frames:
    """Return the frames that lie in a folder of results, given its record."""

    def frame(name: str) -> "pandas.DataFrame":
        """Return a table of the folder, its words and whole numbers of the kinds that they had."""
        if name == "events" and not {"events.csv", "events.parquet"} & set(record["tables"]):
            raise ValueError(_NO_EVENTS)
        table = table_in(folder / f"{name}.csv")
        whole = dict.fromkeys(filter(_is_whole, map(str, table)), "Int64")
        return table.astype({**whole, **_words(table, name, folder / _DESCRIPTION)})

    return frame


def _is_whole(column: str) -> bool:
    """Return whether a column holds weeks or numbers of shoppers, which may be missing; not a number of the model."""
    return (column.endswith("_week") and "." not in column) or column == "from_shopper"


def _words(table: "pandas.DataFrame", called: str, description: Path) -> "dict[str, pandas.CategoricalDtype]":
    """Return the kinds of those columns of a table that hold some of a few words, in the order in which these stand.

    Where nobody has kept a description of the folder, they hold the words that occur in them.
    """
    import pandas as pd

    if description.exists():
        return {column: pd.CategoricalDtype(words) for column, words in _described(description, called).items()}
    return {name: pd.CategoricalDtype(list(table[name].dropna().unique())) for name in table if name in WORDS}


def _described(description: Path, table: str) -> dict[str, list[str]]:
    """Return the words that columns of a table can hold, as a folder's description has them."""
    try:
        resources = json.loads(description.read_text(encoding="utf-8"))["resources"]
        fields = next(each["schema"]["fields"] for each in resources if Path(each["path"]).stem == table)
        return {each["name"]: each["constraints"]["enum"] for each in fields if "constraints" in each}
    except (OSError, ValueError, LookupError, TypeError, StopIteration):
        raise DamagedError(f"{description}: was changed; run the scenario again") from None
