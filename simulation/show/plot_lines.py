"""What can be plotted of a run's results, and the lines of its tables: by policy and group, replicates and weeks."""

import difflib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.show.drawing import percent
from simulation.study.results import FORMAT, MARK

if TYPE_CHECKING:
    import pandas

Floats = NDArray[np.float64]
Sums = Mapping[str, Floats]
Lines = Mapping[str, Mapping[str, Floats]]
"""By policy and by group: values of shape (replicates, weeks)."""

WEEKLY_BY = ("policy", "market", "segment")
SHOPPERS_BY = ("tier", "segment", "market", "older", "low_income", "vulnerable", "heard_by")
"""What shoppers can be told apart by; their table holds the first replicate only."""

FEWEST = 20  # opening patrons below which a curve is a few households' luck


@dataclass(frozen=True)
class What:
    """Something to plot: its title and definition, the columns it is read from, how, and how its axis is labelled."""

    title: str
    means: str
    columns: tuple[str, ...]
    read: Callable[[Sums], Floats]
    label: Callable[[float, object], str]
    against_baseline: bool = False


def _dollars(value: float, _: object = None) -> str:
    return f"${value:,.0f}"


def _plain(value: float, _: object = None) -> str:
    return f"{value:.3g}"


def _staying(sums: Sums) -> Floats:
    """Return the share of opening patrons who have not left; weeks are the last dimension."""
    opening = sums["patrons"][..., :1] + sums["left"][..., :1] - sums["joined"][..., :1]
    return 1.0 - np.cumsum(sums["first_left"], axis=-1) / np.maximum(1, opening)


def _share(above: str, below: str) -> Callable[[Sums], Floats]:
    return lambda sums: sums[above] / np.maximum(1, sums[below])


WHAT: Mapping[str, What] = {
    "card_use": What(
        "Card use",
        "share of the week's sales that were made on the card",
        ("carded_sales_cents", "sales_cents"),
        _share("carded_sales_cents", "sales_cents"),
        percent,
    ),
    "churn": What(
        "Churn: opening patrons who have not changed their main store",
        "a change of main store by an opening patron, not a silence (Kaplan-Meier)",
        ("patrons", "left", "joined", "first_left"),
        _staying,
        percent,
    ),
    "revenue": What(
        "Revenue",
        "weekly sales per simulated shopper, on the card and off it",
        ("sales_cents", "shoppers"),
        lambda sums: sums["sales_cents"] / 100 / np.maximum(1, sums["shoppers"]),
        _dollars,
    ),
    "contribution": What(
        "Contribution",
        "weekly margin less rewards and offer costs, plus data income and fees, per simulated shopper",
        ("contribution_cents", "shoppers"),
        lambda sums: sums["contribution_cents"] / 100 / np.maximum(1, sums["shoppers"]),
        lambda value, _: f"${value:,.2f}",
    ),
    "contribution_difference": What(
        "Contribution so far against the baseline",
        "contribution summed since the first week less the baseline's, twin by twin, per simulated shopper; "
        "undiscounted, before fines, compensation and what suppliers pay",
        ("contribution_cents", "shoppers"),
        lambda sums: np.cumsum(sums["contribution_cents"], axis=-1) / 100 / np.maximum(1, sums["shoppers"][..., :1]),
        lambda value, _: f"{'−' if value < 0 else ''}${abs(value):,.2f}",
        against_baseline=True,
    ),
    "trust": What(
        "Trust in the retailer",
        "mean trust of all shoppers, from 0 to 1",
        ("trust", "shoppers"),
        lambda sums: sums["trust"] / 10_000 / np.maximum(1, sums["shoppers"]),
        _plain,
    ),
    "awareness": What(
        "Who knows",
        "share of shoppers who know of any practice",
        ("aware", "shoppers"),
        _share("aware", "shoppers"),
        percent,
    ),
    "consent_debt": What(
        "Consent debt",
        "share of shoppers whose data flows unknown to them, and who would not have agreed",
        ("consent_debt", "shoppers"),
        _share("consent_debt", "shoppers"),
        percent,
    ),
    "complaints": What(
        "Complaints",
        "complaints so far, per 1,000 shoppers",
        ("complained", "shoppers"),
        lambda sums: 1000 * np.cumsum(sums["complained"], axis=-1) / np.maximum(1, sums["shoppers"][..., :1]),
        _plain,
    ),
}
"""All that can be plotted, by name."""


def record_of(folder: Path) -> dict[str, object]:
    """Return the record of a run's folder; raise ValueError, in plain words, for a folder that is none."""
    try:
        record: dict[str, object] = json.loads((folder / MARK).read_text(encoding="utf-8"))
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
    near = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean '{near[0]}'? " if near else ""
    raise ValueError(f"{option}: there is no '{name}'; {hint}known: {', '.join(known)}")


def _table(path: Path, columns: Sequence[str]) -> "pandas.DataFrame":
    import pandas as pd

    words = dict.fromkeys(set(columns) & {*WEEKLY_BY, "tier", "heard_by"}, str)  # a policy may be called 2024, or None
    try:
        blank = {"left_week": [""]} if "left_week" in columns else None
        return pd.read_csv(path, usecols=list(columns), dtype=words, keep_default_na=False, na_values=blank)
    except FileNotFoundError:
        raise ValueError(f"{path}: is missing; run the scenario again") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: cannot be read as results: {error}") from None


def from_weeks(folder: Path, what: What, by: str) -> Lines:
    """Return the lines of every replicate, from the weekly table."""
    keys = list(dict.fromkeys(("policy", by, "replicate", "week")))
    table = _table(folder / "weekly.csv", [*keys, *what.columns])
    sums = table.groupby(keys, observed=True)[list(what.columns)].sum()
    found: dict[str, dict[str, Floats]] = {}
    for policy in table["policy"].unique():  # in the order of the file
        for group in table[by].unique() if by != "policy" else [policy]:
            part = sums.loc[policy] if by == "policy" else sums.loc[policy, group]
            wide = {name: part[name].unstack("week").to_numpy(dtype=np.float64) for name in what.columns}
            found.setdefault(policy, {})[group] = what.read(wide)
    return _against_first(found) if what.against_baseline else found


def _against_first(lines: Lines) -> Lines:
    """Return each policy's lines less those of the baseline, which is the first policy of every table."""
    (baseline, twins), *others = lines.items()
    if not others:
        raise ValueError(f"--what: there is no policy beside '{baseline}' to set against it")
    return {
        name: {group: values - twin for (group, values), twin in zip(groups.items(), twins.values(), strict=True)}
        for name, groups in others
    }


def from_shoppers(folder: Path, by: str) -> Lines:
    """Return churn by a trait, from the table of the first replicate's shoppers."""
    table = _table(folder / "shoppers.csv", ["policy", by, "opening_patron", "left_week"])
    last = int(_table(folder / "weekly.csv", ["week"])["week"].max())
    patrons = table[table["opening_patron"] == 1]
    found: dict[str, dict[str, Floats]] = {}
    for keys, part in patrons.groupby(["policy", by], sort=False, observed=True):
        policy, group = keys
        if len(part) < FEWEST:
            continue
        left = np.bincount(part["left_week"].dropna().astype(int), minlength=last + 1)[1 : last + 1]
        found.setdefault(str(policy), {})[_said(by, group)] = 1.0 - np.cumsum(left)[None] / len(part)
    if not found:
        raise ValueError(f"--by: no group by {by} holds {FEWEST} opening patrons; run more shoppers")
    return found


def _said(by: str, group: object) -> str:
    if group in (0, 1) and by in ("older", "low_income", "vulnerable"):
        words = by.replace("_", " ")
        return words if group else f"not {words}"
    return str(group).replace("_", " ") if by == "heard_by" else str(group)
