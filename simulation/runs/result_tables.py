"""The tables of a run, made from what it has left in memory, part by part; every row says of which run it is."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.model.accounts import Party, balances, names_of_flows
from simulation.model.ledger import TRUST_UNIT, Measure
from simulation.runs.columns import KEYS, column_of_summary, column_of_total
from simulation.runs.detail import Recorder
from simulation.runs.first_story import CHANCE, IF_EXPOSED, IF_SECRET, WEEK
from simulation.runs.headline import headline
from simulation.runs.measures import MEASURES, STUDIED, TOTALS
from simulation.runs.outcome import Outcome, Replicate
from simulation.runs.parties import accounts, groups, harms
from simulation.runs.provenance import run_id
from simulation.runs.readings import YEAR
from simulation.runs.shopper_tables import events, named, shoppers, weeks_or_never
from simulation.scenario.population import GROUPS, SEGMENTS, TIERS

if TYPE_CHECKING:
    import pandas

_ROWS_AT_ONCE = 20_000
_DIGITS = 10  # of a run's name
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


def tables_of(outcome: Outcome, recorder: Recorder | None = None) -> "dict[str, Iterator[pandas.DataFrame]]":
    """Return all tables of a run by name, each in parts; nothing is made before its first part is asked for.

    There are events where a recorder has kept them, and shoppers of more than the first replicate likewise.
    """
    makers: dict[str, Callable[[], Iterable[pandas.DataFrame]]] = {
        "summary": lambda: [summary(outcome)],
        "replicates": lambda: [replicates(outcome)],
        "weekly": lambda: weekly(outcome),
        "ledger": lambda: ledger(outcome),
        "payments": lambda: payments(outcome),
        "accounts": lambda: [accounts(outcome)],
        "groups": lambda: [groups(outcome)],
        "harms": lambda: [harms(outcome)],
        "shoppers": lambda: shoppers(outcome, recorder),
    }
    if recorder and "events" in recorder.details:
        makers["events"] = lambda: events(outcome, recorder)
    return {name: _identified(outcome, name, make) for name, make in makers.items()}


def _identified(
    outcome: Outcome, table: str, make: "Callable[[], Iterable[pandas.DataFrame]]"
) -> "Iterator[pandas.DataFrame]":
    """Yield the parts of a table, in every row first what tells the run from others, then what tells rows apart."""
    which = {"run": run_id(outcome.scenario)[:_DIGITS], "scenario": outcome.scenario.title}
    for part in make():
        for name, word in which.items():
            part[name] = named(np.zeros(len(part), np.int8), [word])
        if part["policy"].dtype != "category":
            part["policy"] = part["policy"].astype("category").cat.set_categories(outcome.policies)
        first = (*which, *KEYS[table])
        yield _wide(part[[*first, *(name for name in part if name not in first)]])


def _wide(part: "pandas.DataFrame") -> "pandas.DataFrame":
    """Return a table whose whole numbers have 64 bits: narrower ones overflow where somebody subtracts them."""
    from pandas.api.types import is_extension_array_dtype, is_integer_dtype

    whole = {str(name): kind for name, kind in part.dtypes.items() if is_integer_dtype(kind)}
    return part.astype({name: "Int64" if is_extension_array_dtype(kind) else "int64" for name, kind in whole.items()})


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
            columns[key] = named(place, names[key]) if key in names else place + first
        flat = data.reshape(-1, data.shape[-1])
        columns |= {column_of(measure): flat[:, measure] for measure in Measure if measure != Measure.FEE_UNITS}
        yield pd.DataFrame(columns | {"trust": _mean_trust(flat)})


def _mean_trust(counts: np.ndarray) -> np.ndarray:
    """Return the mean trust of the shoppers of each row, missing where there are none."""
    people = counts[:, Measure.SHOPPERS]
    return np.where(people > 0, counts[:, Measure.TRUST] / TRUST_UNIT / np.maximum(1, people), np.nan)


def _in_parts(outcome: Outcome) -> Iterator[tuple[Replicate, ...]]:
    """Yield some replicates at a time, few enough for their rows to take little memory."""
    scenario = outcome.scenario
    rows = scenario.weeks * len(scenario.policies) * len(scenario.markets) * len(SEGMENTS)
    count = max(1, _ROWS_AT_ONCE // rows)
    yield from (outcome.replicates[start : start + count] for start in range(0, len(outcome.replicates), count))


def column_of(measure: Measure) -> str:
    """Return the column that holds a measure."""
    return measure.name.lower() + ("_cents" if measure >= _MONEY_FROM else "")


def payments(outcome: Outcome) -> "Iterator[pandas.DataFrame]":
    """Yield one row a policy, replicate and week, one column a payment; a part a replicate.

    The value of a policy is the sum of balances times their discount factors, times `households_per_shopper`.
    """
    import pandas as pd

    for replicate, discount in zip(outcome.replicates, outcome.discount(), strict=True):
        week, policy = np.indices(replicate.accounts.shape[:2]).reshape(2, -1)
        columns: dict[str, Any] = {"policy": named(policy, outcome.policies), "replicate": replicate.number}
        columns["week"] = week + 1
        columns |= {f"{name}_cents": replicate.accounts[..., at].ravel() for at, name in enumerate(names_of_flows())}
        columns["balance_cents"] = balances(replicate.accounts, Party.RETAILER).ravel()
        yield pd.DataFrame(columns | {"discount_factor": discount[week]})


def summary(outcome: Outcome) -> "pandas.DataFrame":
    """Return the headline, one row a policy, and what becomes of churn on balance. Dollars."""
    import pandas as pd

    table = pd.DataFrame([row.as_columns() for row in headline(outcome).rows]).rename(columns=column_of_summary)
    net = {column_of_total(name): MEASURES[name].of(outcome.expected).mean(axis=0) for name in ("returned", "patrons")}
    return table.assign(**net)


def replicates(outcome: Outcome) -> "pandas.DataFrame":
    """Return one row a replicate and policy: every measure, the week of the first story, the numbers drawn.

    Where first stories were split off, also the chance of one and every measure without it and with it.
    """
    import pandas as pd

    number, policy = np.indices((len(outcome.replicates), len(outcome.policies))).reshape(2, -1)
    columns: dict[str, Any] = {"policy": named(policy, outcome.policies), "replicate": number}
    columns["households_per_shopper"] = np.full(number.size, outcome.per_shopper)
    columns |= {column_of_total(name): _floats(each.of(outcome)) for name, each in TOTALS.items()}
    columns["difference_dollars"] = outcome.difference().ravel()
    columns["exposed_week"] = weeks_or_never(np.array([each.exposed_week for each in outcome.replicates]).ravel())
    columns |= _of_both_lives(outcome)
    for address in outcome.replicates[0].overrides:
        columns[address] = np.array([each.overrides[address] for each in outcome.replicates])[number]
    return pd.DataFrame(columns)


def _of_both_lives(outcome: Outcome) -> dict[str, Any]:
    """Return what is known of the lives with the first story untold and told, if they were split off."""
    if not (split := outcome.split):
        return {}
    columns: dict[str, Any] = {CHANCE: split.chance.ravel(), WEEK: weeks_or_never(split.week.ravel())}
    for life, measures in ((IF_SECRET, split.secret), (IF_EXPOSED, split.exposed)):
        columns |= {column_of_total(name, life): measures[name].ravel() for name in STUDIED}
    return columns


def _floats(values: Any) -> Any:
    return np.asarray(values, dtype=np.float64).ravel()
