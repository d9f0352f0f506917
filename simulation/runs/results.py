"""A run's results as files: tables that describe themselves, the scenario as run, and how to make them again.

Everything is written to a temporary folder beside the target and renamed whole.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.behaviour.parameters import numbers, parameters
from simulation.behaviour.states import Card, Source
from simulation.model.blocks import Crowd
from simulation.model.ledger import Measure
from simulation.runs.columns import TABLES, descriptions
from simulation.runs.csv_tables import write_table
from simulation.runs.folders import write_record, write_whole
from simulation.runs.headline import headline
from simulation.runs.measures import STUDIED
from simulation.runs.memory import state_bytes
from simulation.runs.outcome import Outcome, Replicate
from simulation.runs.parties import accounts, groups, harms
from simulation.runs.provenance import origin
from simulation.runs.readings import YEAR
from simulation.runs.room import peak_bytes
from simulation.runs.statement import statement
from simulation.scenario.drawn import drawn_alone, drawn_together
from simulation.scenario.evidence_set import SETS, shipped_set
from simulation.scenario.population import GROUPS, SEGMENTS, TIERS, Opening
from simulation.scenario.reading import canonical_text
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas

FORMAT = 3
"""The version of the results' layout."""

MARK = "run.json"
_EXACT = ("summary", "replicates", "groups", "harms")
"""Tables with all digits: what is left of two values of hundreds of millions is a few thousand dollars, and
people add up to all households."""

_ROWS_AT_ONCE = 20_000
_MONEY_FROM = Measure.SALES
_LEDGER = (
    "SALES",
    "CARDED_SALES",
    "MARGIN",
    "REWARDS",
    "OFFER_COSTS",
    "DATA_INCOME",
    "FEES",
    "CONTRIBUTION",
    "PARTNER_REWARDS",
)


def write_results(outcome: Outcome, folder: Path, extras: Callable[[Outcome, Path], None] | None = None) -> list[Path]:
    """Write all results to a folder, replacing earlier results there whole; `extras` adds figures and a report.

    Raises ResultsError, and leaves what was there, if the folder cannot be written or holds something else.
    """

    def fill(fresh: Path) -> None:
        _write_all(outcome, fresh)
        if extras:
            extras(outcome, fresh)

    return write_whole(folder, MARK, fill)


def _write_all(outcome: Outcome, folder: Path) -> None:
    tables: dict[str, Iterable[pandas.DataFrame]] = {
        "weekly": weekly(outcome),
        "summary": [summary(outcome)],
        "replicates": [replicates(outcome)],
        "ledger": ledger(outcome),
        "accounts": [accounts(outcome)],
        "groups": [groups(outcome)],
        "harms": [harms(outcome)],
        "shoppers": shoppers(outcome),
    }
    kinds = {name: write_table(parts, folder / f"{name}.csv", exact=name in _EXACT) for name, parts in tables.items()}
    (folder / "scenario.yaml").write_text(canonical_text(outcome.scenario), encoding="utf-8")
    write_record(folder / MARK, run_record(outcome))
    write_record(folder / "datapackage.json", _package(outcome, kinds))


# --- tables -------------------------------------------------------------------------------------------------------


def weekly(outcome: Outcome) -> "Iterator[pandas.DataFrame]":
    """Yield one row a policy, replicate, week, market and segment, one column a measure; in parts, whole cents."""
    return _tidy(outcome, _by_segment, ("week", "policy", "market", "segment"), 1)


def ledger(outcome: Outcome) -> "Iterator[pandas.DataFrame]":
    """Yield the year's accounts: one row a policy, replicate, year, market and cell, in whole cents; in parts."""
    keys = ("year", "policy", "market", "segment", "tier", "group")
    columns = [column_of(Measure[name]) for name in _LEDGER]
    for table in _tidy(outcome, _by_year, keys, 1):
        gains = table["rewards_cents"] + table["partner_rewards_cents"]
        yield table[["replicate", *keys, *columns]].assign(shoppers_gain_cents=gains)


def _by_segment(weekly: np.ndarray) -> np.ndarray:
    return weekly.reshape(*weekly.shape[:3], len(SEGMENTS), len(TIERS) * len(GROUPS), -1).sum(axis=4)


def _by_year(weekly: np.ndarray) -> np.ndarray:
    starts = np.arange(0, weekly.shape[0], YEAR)
    years = np.add.reduceat(weekly, starts, axis=0)
    return years.reshape(*years.shape[:3], len(SEGMENTS), len(TIERS), len(GROUPS), -1)


def _tidy(
    outcome: Outcome, arrange: Callable[[np.ndarray], np.ndarray], keys: tuple[str, ...], first: int
) -> "Iterator[pandas.DataFrame]":
    import pandas as pd

    names = {
        "policy": outcome.policies,
        "market": tuple(outcome.scenario.markets),
        "segment": SEGMENTS,
        "tier": TIERS,
        "group": GROUPS,
    }
    for some in _in_parts(outcome):
        data = np.stack([arrange(replicate.weekly) for replicate in some])
        which, *places = np.indices(data.shape[:-1]).reshape(1 + len(keys), -1)
        columns: dict[str, Any] = {"replicate": np.array([replicate.number for replicate in some])[which]}
        for key, place in zip(keys, places, strict=True):
            columns[key] = _named(place, names[key]) if key in names else place + first
        flat = data.reshape(-1, data.shape[-1])
        columns |= {column_of(measure): flat[:, measure] for measure in Measure if measure != Measure.FEE_UNITS}
        yield pd.DataFrame(columns)


def _in_parts(outcome: Outcome) -> Iterator[tuple[Replicate, ...]]:
    """Yield some replicates at a time, few enough for their rows to take little memory."""
    scenario = outcome.scenario
    rows = scenario.weeks * len(scenario.policies) * len(scenario.markets) * len(SEGMENTS)
    count = max(1, _ROWS_AT_ONCE // rows)
    yield from (outcome.replicates[start : start + count] for start in range(0, len(outcome.replicates), count))


def column_of(measure: Measure) -> str:
    """Return the column that holds a measure."""
    return measure.name.lower() + ("_cents" if measure >= _MONEY_FROM else "")


def summary(outcome: Outcome) -> "pandas.DataFrame":
    """Return the headline, one row a policy. Dollars."""
    import pandas as pd

    return pd.DataFrame([row.as_columns() for row in headline(outcome).rows])


def replicates(outcome: Outcome) -> "pandas.DataFrame":
    """Return one row a replicate and policy: every measure, the week of the first story, the numbers drawn.

    Where first stories were split off, also the chance of one and every measure without it and with it.
    """
    import pandas as pd

    number, policy = np.indices((len(outcome.replicates), len(outcome.policies))).reshape(2, -1)
    columns: dict[str, Any] = {"replicate": number, "policy": _named(policy, outcome.policies)}
    columns |= {name: np.asarray(each.of(outcome), dtype=np.float64).ravel() for name, each in STUDIED.items()}
    columns["difference"] = outcome.difference().ravel()
    columns["exposed_week"] = np.array([each.exposed_week for each in outcome.replicates]).ravel()
    columns |= {name: values.ravel() for name, values in (outcome.split.columns() if outcome.split else {}).items()}
    for address in outcome.replicates[0].overrides:
        columns[address] = np.array([each.overrides[address] for each in outcome.replicates])[number]
    return pd.DataFrame(columns)


def shoppers(outcome: Outcome) -> "Iterator[pandas.DataFrame]":
    """Yield one row a policy and shopper of replicate 0: traits, weeks of events, cause, final state; in parts."""
    drawn = outcome.scenario.overrides | dict(outcome.replicates[0].overrides)
    opening = Opening(numbers(drawn), outcome.scenario.seed, 0)
    parts = ((policy, part) for policy in range(len(outcome.policies)) for part in outcome.crowd.parts())
    return (_lived(outcome, policy, part, opening) for policy, part in parts)


def _lived(outcome: Outcome, policy: int, crowd: Crowd, opening: Opening) -> "pandas.DataFrame":
    """Return the rows of some shoppers under a policy."""
    import pandas as pd

    people, lives = crowd.people_columns(), Crowd(crowd.people, crowd.lives[policy], crowd.blocks).lives_columns()

    def words(codes: Any, names: Iterable[str]) -> Any:
        return _named(np.asarray(codes, dtype=np.int8), tuple(names))

    columns: dict[str, Any] = {"policy": _named(np.full(crowd.size, policy), outcome.policies)}
    columns["shopper"] = people.number
    columns["market"] = _named(crowd.markets, tuple(outcome.scenario.markets))
    columns["segment"] = words(people.cell // (len(TIERS) * len(GROUPS)), SEGMENTS)
    columns["tier"] = words(people.cell // len(GROUPS) % len(TIERS), TIERS)
    for name in ("older", "low_income", "vulnerable", "has_rival", "opening_patron"):
        columns[name] = getattr(people, name)
    columns["sensitivity_percent"] = np.round(100 * people.sensitivity).astype(np.int16)
    columns["spend_rank_percent"] = np.round(100 * people.spend_rank).astype(np.int16)
    for name in ("aware_week", "dropped_week", "left_week"):
        weeks = getattr(lives, name)
        columns[name] = pd.arrays.IntegerArray(weeks.astype(np.int32), weeks == 0)
    columns["heard_by"] = words(lives.source, [source.name.lower() for source in Source])
    columns["censored"] = (lives.left_week == 0).astype(np.int8)
    columns["patron"] = lives.patron
    columns["opening_card"] = words(opening.cards(people), [card.name.lower() for card in Card])
    columns["card"] = words(lives.card, [card.name.lower() for card in Card])
    columns["trust_percent"] = np.round(100 * lives.trust).astype(np.int16)
    return pd.DataFrame(columns)


def _named(codes: Any, names: Iterable[str]) -> Any:
    import pandas as pd

    categorical: Any = pd.Categorical
    return categorical.from_codes(codes, list(names))


# --- how it was made ----------------------------------------------------------------------------------------------


def run_record(outcome: Outcome) -> dict[str, Any]:
    """Return what one needs to know about a run, and to make it again."""
    return {
        "format": FORMAT,
        **origin(outcome.scenario, outcome.command),
        **({"own_rules": dict(outcome.own_rules)} if outcome.own_rules else {}),
        "engine": outcome.engine,
        "seconds": round(outcome.seconds, 2),
        "memory": {
            "state_bytes_a_shopper": round(state_bytes(outcome.scenario) / outcome.scenario.population.shoppers, 1),
            "most_bytes": peak_bytes(),
        },
        "headline": (first := headline(outcome)).as_data(),
        "statement": statement(first, outcome.scenario).as_data(),
        "drawn": _drawn(outcome.scenario),
        "numbers": {
            address: _number(outcome, address)
            for address, number in parameters().items()
            if not number.plugin or number.plugin in outcome.scenario.plugins
        },
    }


def _drawn(scenario: Scenario) -> dict[str, Any]:
    """Return from which set replicates drew which numbers, and which from ranges; what they drew is in a table."""
    together = drawn_together(scenario)
    return {
        "set": scenario.uncertain.others,
        "what": SETS[scenario.uncertain.others],
        "made_from": dict(shipped_set().made_from) if together else None,
        "together": list(together),
        "from_ranges": list(drawn_alone(scenario)),
        "values": "replicates.csv",
    }


def _number(outcome: Outcome, address: str) -> dict[str, Any]:
    parameter = parameters()[address]
    drawn = list(outcome.scenario.uncertain.ranges.get(address, ()))
    return {
        "value": outcome.scenario.overrides.get(address, parameter.value),
        "set_by_scenario": address in outcome.scenario.overrides,
        "drawn_between": drawn or None,
        "unit": parameter.unit,
        "range": list(parameter.range),
        "distribution": parameter.distribution,
        "grade": parameter.grade,
        "source": parameter.source,
    }


def _package(outcome: Outcome, kinds: "dict[str, pandas.Series[Any]]") -> dict[str, Any]:
    """Return the Frictionless description of the tables, given the kinds of their columns."""
    resources = [
        {
            "name": name,
            "path": f"{name}.csv",
            "profile": "tabular-data-resource",
            "description": TABLES[name],
            "schema": {
                "fields": [_field(column, str(kind)) for column, kind in columns.items()],
                "missingValues": [""],
            },
        }
        for name, columns in kinds.items()
    ]
    return {
        "profile": "tabular-data-package",
        "name": "aislefour-results",
        "title": outcome.scenario.title,
        "resources": resources,
    }


def _field(column: Any, kind: str) -> dict[str, str]:
    family = "integer" if "int" in kind.lower() else "number" if "float" in kind else "string"
    return {"name": column, "type": family, "description": descriptions()[column]}
