"""The answer: one sentence and one row a policy, with intervals, definitions and caveats."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from simulation.study.outcome import DEFINITIONS, YEAR, Outcome, spread

CAVEAT = (
    "An extrapolation, not a forecast: no public case of a grocer selling card data to an outside health insurer, with "
    "sales before and after, is known; grocers that price their own car insurance by the card come nearest. The "
    "intervals cover chance and the numbers drawn from ranges, not what the model leaves out."
)

NOT_MODELLED = (
    "Suits other than class actions, employees and investors, the insurer's other business, what a raised premium does "
    "to health, price wars between grocers, new stores, inflation, and habits of thought that change over years. "
    "Shoppers are households that decide alone, hear from a few acquaintances within their market, and never "
    "move. The rival is one grocer, the regulator one authority, and each acts by a few fixed rules."
)


@dataclass(frozen=True)
class Row:
    """One policy: medians over replicates, and its difference from the baseline. Dollars."""

    policy: str
    card_use: float
    churn: float
    revenue: float
    value: float
    value_per_patron_year: float
    difference: float
    difference_low: float
    difference_high: float
    difference_mean: float
    loses: float
    exposed: int


@dataclass(frozen=True)
class Headline:
    """What a run says first."""

    title: str
    question: str
    answer: str
    replicates: int
    clauses: tuple[str, ...]
    rows: tuple[Row, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, with what the measures mean."""
        return {**asdict(self), "definitions": DEFINITIONS, "caveat": CAVEAT}


def headline(outcome: Outcome) -> Headline:
    """Return the answer that an outcome gives to its scenario's question."""
    rows = tuple(_row(outcome, policy) for policy in range(len(outcome.policies)))
    scenario = outcome.scenario
    clauses = _clauses(rows, scenario.replicates)
    answer = f"Against {rows[0].policy}: {'; '.join(clauses) or 'there is no other policy to compare'}."
    return Headline(scenario.title, scenario.question, answer, scenario.replicates, clauses, rows)


def _row(outcome: Outcome, policy: int) -> Row:
    difference = outcome.difference()[:, policy]
    middle, low, high = spread(difference)
    value = float(np.median(outcome.value()[:, policy]))
    patrons, years = float(outcome.opening_patrons()[:, policy].mean()), outcome.scenario.weeks / YEAR
    return Row(
        policy=outcome.policies[policy],
        card_use=float(np.median(outcome.card_use()[:, -YEAR:, policy].mean(axis=1))),
        churn=float(np.median(1 - outcome.staying()[:, -1, policy])),
        revenue=float(np.median(outcome.revenue()[:, policy])),
        value=value,
        value_per_patron_year=value / patrons / years,
        difference=middle,
        difference_low=low,
        difference_high=high,
        difference_mean=float(difference.mean()),
        loses=float((difference < 0).mean()),
        exposed=int(outcome.exposed()[:, policy].sum()),
    )


def dollars(amount: float, signed: bool = False, digits: int = 3) -> str:
    """Return an amount in words, such as $1.25 M, with a sign for gains if `signed`."""
    sign = "−" if amount < 0 else "+" if signed and amount > 0 else ""
    size = float(f"{abs(amount):.{digits}g}")
    for unit, name in ((1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if size >= unit:
            return f"{sign}${size / unit:.{digits}g}{name}"
    return f"{sign}${size:.{digits}g}"


def _clauses(rows: tuple[Row, ...], replicates: int) -> tuple[str, ...]:
    """Return what to say of each policy but the baseline, the best on average first."""
    return tuple(_clause(row, replicates) for row in sorted(rows[1:], key=lambda row: -row.difference_mean))


def _clause(row: Row, replicates: int) -> str:
    if row.difference_low == row.difference_high == row.difference_mean == 0:
        return f"{row.policy} changes nothing"
    if replicates == 1:
        verb = "gains" if row.difference > 0 else "loses"
        return f"{row.policy} {verb} {dollars(abs(row.difference))} (one replicate, so no interval)"
    losing = round(row.loses * replicates)
    verdict = {0: "gains in every replicate", replicates: "loses in every replicate"}
    said = verdict.get(losing, f"loses in {losing} of {replicates} replicates")
    apart = "; the interval holds both gain and loss" if row.difference_low < 0 < row.difference_high else ""
    interval = f"80 % lie between {dollars(row.difference_low, True)} and {dollars(row.difference_high, True)}"
    mean, middle = dollars(row.difference_mean, signed=True), dollars(row.difference, signed=True)
    return f"{row.policy} {said} (median {middle}, mean {mean}; {interval}{apart})"
