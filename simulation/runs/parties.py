"""Who gains and who loses: the accounts of every party, and what befalls each group of shoppers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.model.accounts import Party, names_of_flows, routes
from simulation.model.ledger import Measure
from simulation.runs.outcome import Outcome
from simulation.runs.readings import YEAR
from simulation.scenario.population import CELLS, GROUPS, SEGMENTS, TIERS

if TYPE_CHECKING:
    import pandas

Floats = NDArray[np.float64]

PARTIES = (Party.RETAILER, Party.SHOPPERS, Party.DATA_BUYER, Party.RIVAL, Party.PUBLIC)
"""Those whose gains and losses are told."""

GROUPINGS: dict[str, tuple[tuple[str, ...], Callable[[int], int]]] = {
    "segment": (SEGMENTS, lambda cell: cell // (len(TIERS) * len(GROUPS))),
    "tier": (TIERS, lambda cell: cell // len(GROUPS) % len(TIERS)),
    "group": (GROUPS, lambda cell: cell % len(GROUPS)),
}
"""The ways in which shoppers are told apart in the books, and how a cell's number says which it is."""


def accounts(outcome: Outcome) -> "pandas.DataFrame":
    """Return one row a policy, replicate, year and payment: payer, payee, whole cents of the simulated shoppers."""
    import pandas as pd

    starts = np.arange(0, outcome.scenario.weeks, YEAR)
    rows = []
    for replicate in outcome.replicates:
        years = np.add.reduceat(replicate.accounts, starts, axis=0)
        for (year, policy, flow), cents in np.ndenumerate(years):
            if cents:
                payer, payee, _ = routes()[flow]
                name = names_of_flows()[flow]
                rows.append((outcome.policies[policy], replicate.number, year + 1, name, payer, payee, cents))
    return pd.DataFrame(rows, columns=["policy", "replicate", "year", "payment", "payer", "payee", "paid_cents"])


def gains(outcome: Outcome, party: Party) -> Floats:
    """Return what a party has over all weeks more than under the baseline, dollars. Shape (replicates, policies)."""
    total = outcome.balance(party).sum(axis=1) / 100
    return total - total[:, :1]


def what_moves(outcome: Outcome, party: Party) -> list[str]:
    """Return the payments of a party that any policy moves: those received, then those paid, as "less ..."."""
    ways = [way for flow, way in enumerate(routes()) if np.ptp(outcome.flow(flow).sum(axis=1), axis=1).any()]
    received = [meaning for _, payee, meaning in ways if payee == party]
    return received + [f"less {meaning}" for payer, _, meaning in ways if payer == party]


def groups(outcome: Outcome) -> "pandas.DataFrame":
    """Return one row a policy, replicate and group of shoppers: people, money gained and lost, harm, exposure.

    All are the chain's. Premiums, misjudgements and harmful events are expected values; person-years count weeks of
    1/52.
    """
    import pandas as pd

    rows = []
    for replicate in outcome.replicates:
        for policy, name in enumerate(outcome.policies):
            cells = _cells(replicate, policy)
            for grouping, (labels, which) in GROUPINGS.items():
                of = np.array([which(cell) for cell in range(CELLS)])
                for place, label in enumerate(labels):
                    sums = {key: outcome.per_shopper * values[of == place].sum() for key, values in cells.items()}
                    rows.append(
                        {"policy": name, "replicate": replicate.number, "grouping": grouping, "label": label, **sums}
                    )
    return pd.DataFrame(rows)


def harm_per_thousand(outcome: Outcome) -> dict[tuple[str, str], float]:
    """Return harmful events to be expected per thousand shoppers, by policy and group: means."""
    found = {}
    for place, policy in enumerate(outcome.policies):
        cells = [_cells(replicate, place) for replicate in outcome.expected.replicates]
        for which, group in enumerate(GROUPS):
            events, people = (np.mean([each[key][which :: len(GROUPS)].sum() for each in cells]) for key in _HARMED)
            found[policy, group] = float(1000 * events / max(1 / outcome.per_shopper, people))
    return found


_HARMED = ("harmful_events", "households")


def harms(outcome: Outcome) -> "pandas.DataFrame":
    """Return the chain's harmful events to be expected: one row a policy, replicate, practice and group."""
    import pandas as pd

    rows = []
    for policy, name in enumerate(outcome.policies):
        to = {each.name: (each.recipient, each.fields) for each in outcome.sharing(policy)}
        for replicate in outcome.replicates:
            for (cell, practice), events in np.ndenumerate(replicate.groups.harms[policy]):
                if events:
                    label = outcome.scenario.practice_names[practice]
                    recipient, fields = to.get(label, (label, "records held"))
                    group = GROUPS[cell % len(GROUPS)]
                    what = label, recipient, fields, group
                    rows.append((name, replicate.number, *what, outcome.per_shopper * events))
    keys = ["policy", "replicate", "practice", "recipient", "fields", "group"]
    table = pd.DataFrame(rows, columns=[*keys, "harmful_events"])
    return table.groupby(keys, sort=False, as_index=False).sum()


def _cells(replicate: Any, policy: int) -> dict[str, Floats]:
    """Return what befell each cell of simulated shoppers under one policy. Values of shape (cells,)."""
    total, weeks = replicate.by_cell[policy].astype(np.float64), len(replicate.accounts)
    given = total[:, Measure.REWARDS] + total[:, Measure.PARTNER_REWARDS]
    dearer = total[:, Measure.SALES] - total[:, Measure.GOODS]
    of = replicate.groups
    return {
        "households": total[:, Measure.SHOPPERS] / weeks,
        "ever_left": total[:, Measure.FIRST_LEFT],
        "returned": of.returned[policy].astype(np.float64),
        "given_dollars": given / 100,
        "dearer_dollars": dearer / 100,
        "premiums_dollars": of.premiums_cents[policy] / 100,
        "misjudged_person_years": of.misjudged[policy],
        "harmful_events": of.harms[policy].sum(axis=1),
        "shared_person_years": total[:, Measure.SHARED] / YEAR,
        "unwitting_person_years": total[:, Measure.UNWITTING] / YEAR,
        "consent_debt_person_years": total[:, Measure.CONSENT_DEBT] / YEAR,
        "complaints": total[:, Measure.COMPLAINED],
    }
