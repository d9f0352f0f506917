"""What can be plotted of a run's results, and the lines of its tables: by policy and group, replicates and weeks."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.plugins import remembered
from simulation.behaviour.spelling import did_you_mean
from simulation.model.ledger import TRUST_UNIT
from simulation.runs.folders import as_named, refuse_damaged
from simulation.runs.measures import SHOWN
from simulation.runs.measuring import Measure
from simulation.runs.results import FORMAT, MARK

if TYPE_CHECKING:
    import pandas

Floats = NDArray[np.float64]
Lines = Mapping[str, Mapping[str, Floats]]
"""By policy and by group: values of shape (replicates, weeks)."""

Tables = Callable[[str, Sequence[str]], "pandas.DataFrame"]
"""Gives some columns of a run's table, by its name."""

WEEKLY_BY = ("policy", "market", "segment")
SHOPPERS_BY = ("tier", "segment", "market", "older", "low_income", "vulnerable", "heard_by")
"""What shoppers can be told apart by; their table holds the first replicate only."""

_MAY_BE_MISSING = (
    *("_week", "_chance", "_error", "_low", "_high", "if_secret", "if_exposed"),
    *("trust", "from_shopper", "about", "source"),
)
WORDS = {*WEEKLY_BY, *("run", "scenario", "tier", "heard_by", "opening_card", "card", "what", "about", "source")}
"""The columns of a run's tables that hold one of a few words."""

FEWEST = 20  # opening patrons below which a curve is a few households' luck


@remembered
def plottable() -> Mapping[str, Measure]:
    """Return all that can be plotted, by name: the program's measures that have weeks, and those of plug-ins."""
    return {"awareness" if name == "aware" else name: each for name, each in SHOWN.items()}


def record_of(folder: Path) -> dict[str, Any]:
    """Return the record of a run's folder; raise ValueError, in plain words, for a folder that is none."""
    try:
        record: dict[str, Any] = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(f"{folder}: holds no results of a run; name a folder that `aislefour run` made") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{folder / MARK}: cannot be read: {error}") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        found = record.get("format") if isinstance(record, dict) else None
        raise ValueError(f"{folder}: results of format {found}; this version reads {FORMAT}: run the scenario again")
    return record


def named(option: str, name: str, known: Mapping[str, object]) -> str:
    """Return a name if it is known; raise ValueError with the nearest that is."""
    if name in known:
        return name
    raise ValueError(f"{option}: there is no '{name}'; {did_you_mean(name, known)}known: {', '.join(known)}")


def tables_in(folder: Path) -> Tables:
    """Return what reads the tables of a run's folder; it raises ValueError, in plain words, for one that is damaged."""
    return lambda name, columns: table_in(folder / f"{name}.csv", columns)


def table_in(path: Path, columns: Sequence[str] | None = None) -> "pandas.DataFrame":
    """Return a table of a run's folder, all columns or some; raises ValueError, in plain words, for a damaged one."""
    import pandas as pd

    record = record_of(path.parent)
    other = path.with_suffix(".parquet")
    if path.name not in record.get("tables", {}) and other.name in record.get("tables", {}):
        refuse_damaged(path.parent, record, other.name)
        return _of_parquet(other, columns)
    refuse_damaged(path.parent, record, path.name)
    try:
        known = columns or list(pd.read_csv(path, nrows=0).columns)
        words = dict.fromkeys(set(known) & WORDS, str)  # a policy may be called 2024, or None
        blank = {name: [""] for name in known if any(mark in name for mark in _MAY_BE_MISSING)}
        table = pd.read_csv(path, usecols=list(known), dtype=words, keep_default_na=False, na_values=blank)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: cannot be read as results: {error}") from None
    for name in words:
        table[name] = table[name].map({word: as_named(word) for word in table[name].dropna().unique()})
    return table


def _of_parquet(path: Path, columns: Sequence[str] | None) -> "pandas.DataFrame":
    """Return a table as it would be read from CSV."""
    import pandas as pd

    table = pd.read_parquet(path, columns=list(columns) if columns else None, engine="pyarrow")
    words = {name: str for name in table if table[name].dtype == "category"}
    return table.astype(words)


def from_weeks(tables: Tables, what: Measure, by: str) -> Lines:
    """Return the lines of every replicate, from the weekly table."""
    if what.weekly is None:
        raise ValueError(f"what: '{what.name}' has no weeks")
    keys = list(dict.fromkeys(("policy", by, "replicate", "week")))
    table = tables("weekly", list(dict.fromkeys((*keys, *what.columns, "shoppers"))))
    if "trust" in what.columns:  # which adds up over rows, and a mean does not
        table["trust"] = (table["trust"].fillna(0.0) * table["shoppers"] * TRUST_UNIT).round()
    sums = table.groupby(keys, observed=True)[list(what.columns)].sum()
    found: dict[str, dict[str, Floats]] = {}
    for policy in table["policy"].unique():  # in the order of the file
        for group in table[by].unique() if by != "policy" else [policy]:
            part = sums.loc[policy] if by == "policy" else sums.loc[policy, group]
            wide = {name: part[name].unstack("week").to_numpy(dtype=np.float64) for name in what.columns}
            found.setdefault(policy, {})[group] = what.weekly(wide.__getitem__)
    return _against_first(found) if what.so_far else found


def _against_first(lines: Lines) -> Lines:
    """Return each policy's lines less those of the baseline, which is the first policy of every table."""
    (baseline, twins), *others = lines.items()
    if not others:
        raise ValueError(f"what: there is no policy beside '{baseline}' to set against it")
    return {
        name: {group: values - twin for (group, values), twin in zip(groups.items(), twins.values(), strict=True)}
        for name, groups in others
    }


def from_shoppers(tables: Tables, by: str) -> Lines:
    """Return churn by a trait, from the table of the first replicate's shoppers."""
    table = tables("shoppers", ["policy", by, "opening_patron", "left_week"])
    last = int(tables("weekly", ["week"])["week"].max())
    patrons = table[table["opening_patron"] == 1]
    found: dict[str, dict[str, Floats]] = {}
    for keys, part in patrons.groupby(["policy", by], sort=False, observed=True):
        policy, group = keys
        if len(part) < FEWEST:
            continue
        left = np.bincount(part["left_week"].dropna().astype(int), minlength=last + 1)[1 : last + 1]
        found.setdefault(str(policy), {})[_said(by, group)] = 1.0 - np.cumsum(left)[None] / len(part)
    if not found:
        raise ValueError(f"by: no group by {by} holds {FEWEST} opening patrons; run more shoppers")
    return found


def _said(by: str, group: object) -> str:
    if group in (0, 1) and by in ("older", "low_income", "vulnerable"):
        words = by.replace("_", " ")
        return words if group else f"not {words}"
    return str(group).replace("_", " ") if by == "heard_by" else str(group)
