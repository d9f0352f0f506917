"""The answer: one sentence and one row a policy, with intervals, definitions and caveats."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from simulation.runs.caveats import caveat
from simulation.runs.formats import beside, dollars
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import DEFINITIONS, Outcome, spread
from simulation.runs.readings import YEAR


@dataclass(frozen=True)
class Row:
    """One policy: medians over replicates, and its difference from the baseline; dollars of the whole chain.

    Beside amounts stand dollars a household of the chain and year, and shares of the baseline's median value, None if
    that is nothing.
    """

    policy: str
    card_use: float
    churn: float
    revenue: float
    value: float
    value_per_patron_year: float
    value_per_household_year: float
    difference: float
    difference_per_household_year: float
    difference_share: float | None
    difference_low: float
    difference_high: float
    difference_mean: float
    difference_mean_per_household_year: float
    difference_mean_share: float | None
    loses: float
    gains: float
    exposed: int


@dataclass(frozen=True)
class Headline:
    """What a run says first; `simulated` says in words how many shoppers were, and for how many households."""

    title: str
    question: str
    answer: str
    simulated: str
    replicates: int
    clauses: tuple[str, ...]
    rows: tuple[Row, ...]
    caveat: str

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, with what the measures mean."""
        return {**asdict(self), "definitions": DEFINITIONS}


def headline(outcome: Outcome) -> Headline:
    """Return the answer that an outcome gives to its scenario's question."""
    rows = tuple(_row(outcome, policy) for policy in range(len(outcome.policies)))
    scenario = outcome.scenario
    clauses = _clauses(rows, scenario.replicates)
    answer = f"Against {rows[0].policy}: {'; '.join(clauses) or 'there is no other policy to compare'}."
    about = scenario.title, scenario.question, answer, scenario.simulated, scenario.replicates
    return Headline(*about, clauses, rows, caveat(scenario))


def _row(outcome: Outcome, policy: int) -> Row:
    difference = outcome.difference()[:, policy]
    middle, low, high = spread(difference)
    mean, value = float(difference.mean()), float(np.median(outcome.value()[:, policy]))
    patrons, years = float(outcome.opening_patrons()[:, policy].mean()), outcome.scenario.weeks / YEAR
    return Row(
        policy=outcome.policies[policy],
        card_use=float(np.median(MEASURES["card_use"].of(outcome)[:, policy])),
        churn=float(np.median(1 - outcome.staying()[:, -1, policy])),
        revenue=float(np.median(outcome.revenue()[:, policy])),
        value=value,
        value_per_patron_year=value / patrons / years,
        value_per_household_year=value / outcome.household_years,
        difference=middle,
        difference_per_household_year=middle / outcome.household_years,
        difference_share=_share_of_the_baseline(outcome, middle),
        difference_low=low,
        difference_high=high,
        difference_mean=mean,
        difference_mean_per_household_year=mean / outcome.household_years,
        difference_mean_share=_share_of_the_baseline(outcome, mean),
        loses=float((difference < 0).mean()),
        gains=float((difference > 0).mean()),
        exposed=int(outcome.exposed()[:, policy].sum()),
    )


def _share_of_the_baseline(outcome: Outcome, amount: float) -> float | None:
    baseline = abs(float(np.median(outcome.value()[:, 0])))
    return amount / baseline if baseline else None


def _clauses(rows: tuple[Row, ...], replicates: int) -> tuple[str, ...]:
    """Return what to say of each policy but the baseline, the best on average first."""
    return tuple(_clause(row, replicates) for row in sorted(rows[1:], key=lambda row: -row.difference_mean))


def _verdict(gaining: int, losing: int, replicates: int) -> str:
    """Return in how many replicates a policy gains, loses and changes nothing; the most first."""
    counts = {"gains": gaining, "loses": losing, "changes nothing": replicates - gaining - losing}
    told = sorted((name for name in counts if counts[name]), key=lambda name: -counts[name])
    if len(told) == 1:
        return f"{told[0]} in every replicate"
    first, *others = told
    rest = " and ".join(f"{name} in {counts[name]}" for name in others)
    return f"{first} in {counts[first]} of {replicates} replicates, {rest}"


def _clause(row: Row, replicates: int) -> str:
    if row.difference_low == row.difference_high == row.difference_mean == 0:
        return f"{row.policy} changes nothing"
    per_year, of_value = beside(row.difference_mean_per_household_year, row.difference_mean_share)
    apiece = f"{per_year} a household and year, {of_value} of value"
    if replicates == 1:
        verb = "gains" if row.difference > 0 else "loses"
        return f"{row.policy} {verb} {dollars(abs(row.difference))} ({apiece}; one replicate, so no interval)"
    said = _verdict(round(row.gains * replicates), round(row.loses * replicates), replicates)
    apart = "; the interval holds both gain and loss" if row.difference_low < 0 < row.difference_high else ""
    interval = f"80 % lie between {dollars(row.difference_low, True)} and {dollars(row.difference_high, True)}"
    mean, middle = dollars(row.difference_mean, signed=True), dollars(row.difference, signed=True)
    return f"{row.policy} {said} (median {middle}; mean {mean}: {apiece}; {interval}{apart})"
