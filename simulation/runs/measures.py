"""What is read off a run: each measure once, with its words, its unit, and how it is read by week and in total."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.model.accounts import Party
from simulation.model.ledger import TRUST_UNIT
from simulation.model.ledger import Measure as Total
from simulation.runs.formats import dollars, percent, plain, signed_dollars, small_dollars, thousandths
from simulation.runs.readings import (
    YEAR,
    Floats,
    Readable,
    Series,
    dollars_of,
    each_shopper_and_week,
    harm,
    last_year,
    people_at_the_end,
    person_years,
    share_of,
    staying,
)

DIFFERENCE = "value less the baseline's, replicate by replicate: the same shoppers with the same luck"
"""What a difference is."""


@dataclass(frozen=True)
class Measure:
    """Something that is read off a run.

    Parameters
    ----------
    name
        What it is called in files and options.
    title
        What stands above a figure of it.
    unit
        Such as dollars, share, people.
    meaning
        What it is, in a clause.
    text
        Writes a value for people.
    more_is_better
        Whether the retailer's customers, or whoever it is about, would rather have more of it; None where that depends.
    weekly
        Reads it week by week from weekly totals; None for what has no weeks.
    columns
        The totals that `weekly` reads.
    total
        Reads one number a replicate and policy off an outcome; None for what is only shown by week.
    line
        The name under which every run of a study keeps it week by week.
    studied
        Whether every run of a study keeps its total.
    """

    name: str
    title: str
    unit: str
    meaning: str
    text: Callable[[float], str]
    more_is_better: bool | None = None
    weekly: Callable[[Series], Floats] | None = None
    columns: tuple[str, ...] = ()
    total: Callable[[Readable], Floats] | None = None
    line: str | None = None
    studied: bool = False
    so_far: bool = False
    """Whether `weekly` is read against the baseline's, twin by twin."""

    def of(self, outcome: Readable) -> Floats:
        """Return the total of every replicate and policy. Shape (replicates, policies)."""
        if self.total is None:
            raise ValueError(f"'{self.name}' is read by week only")
        return self.total(outcome)

    def by_week(self, outcome: Readable) -> Floats:
        """Return it week by week. Shape (replicates, weeks, policies)."""
        if self.weekly is None:
            raise ValueError(f"'{self.name}' has no weeks")
        return np.moveaxis(self.weekly(outcome.series), -1, 1)


_MEASURES = (
    Measure(
        "value",
        "Value",
        "dollars",
        "what the retailer receives less what it pays (margin, rewards, offers, suppliers' and data income, fines, "
        "compensation and the like), over all weeks, discounted",
        dollars,
        True,
        total=lambda o: o.value(),
        studied=True,
    ),
    Measure(
        "revenue",
        "Revenue: weekly sales per simulated shopper",
        "dollars",
        "sales of the last 52 weeks",
        small_dollars,
        True,
        weekly=lambda of: each_shopper_and_week(of, "sales_cents"),
        columns=("sales_cents", "shoppers"),
        total=lambda o: o.revenue(),
        studied=True,
    ),
    Measure(
        "card_use",
        "Card use: share of sales made on the card",
        "share",
        "share of the last 52 weeks' sales that were made on the card",
        percent,
        weekly=share_of("carded_sales_cents", "sales_cents"),
        columns=("carded_sales_cents", "sales_cents"),
        total=last_year(Total.CARDED_SALES, Total.SALES),
        line="card_use",
        studied=True,
    ),
    Measure(
        "churn",
        "Churn: opening patrons who have not changed their main store",
        "share",
        "share of opening patrons who changed their main store at least once by the end; a silence is not churn "
        "(in Complete Journey 81.5 % of silences over 8 weeks end with a return)",
        percent,
        False,
        weekly=staying,
        columns=("patrons", "left", "joined", "first_left"),
        total=lambda o: 1.0 - o.staying()[:, -1],
        line="staying",
        studied=True,
    ),
    Measure(
        "trust",
        "Trust in the retailer",
        "0 to 1",
        "mean trust of all shoppers in the retailer, from 0 to 1",
        thousandths,
        True,
        weekly=lambda of: of("trust") / TRUST_UNIT / np.maximum(1, of("shoppers")),
        columns=("trust", "shoppers"),
        total=lambda o: MEASURES["trust"].by_week(o)[:, -1],
        line="trust",
        studied=True,
    ),
    Measure(
        "aware",
        "Who knows: shoppers aware of any practice",
        "share",
        "share of shoppers who know of any practice, from whatever source",
        percent,
        weekly=share_of("aware", "shoppers"),
        columns=("aware", "shoppers"),
        total=lambda o: MEASURES["aware"].by_week(o)[:, -1],
        line="aware",
        studied=True,
    ),
    Measure(
        "exposed", "Exposure", "0 or 1", "1 if a story ran", plain,
        total=lambda o: o.exposed().astype(np.float64), studied=True,
    ),
    Measure(
        "complaints",
        "Complaints",
        "people",
        "complaints over all weeks",
        plain,
        False,
        weekly=lambda of: 1000 * np.cumsum(of("complained"), axis=-1) / np.maximum(1, of("shoppers")[..., :1]),
        columns=("complained", "shoppers"),
        total=lambda o: o.weekly(Total.COMPLAINED).sum(axis=1),
        studied=True,
    ),
    Measure(
        "consent_debt",
        "Consent debt: unknown flows that would be refused",
        "person-years",
        "data of people who did not know and would not have agreed",
        percent,
        False,
        weekly=share_of("consent_debt", "shoppers"),
        columns=("consent_debt", "shoppers"),
        total=person_years(Total.CONSENT_DEBT),
        studied=True,
    ),
    Measure("harm", "Harm", "events", "harmful events to be expected", plain, False, total=harm, studied=True),
    Measure(
        "shoppers_account", "Shoppers", "dollars",
        "the shoppers' account, undiscounted: rewards, compensation and what programmes are worth to them, less raised "
        "premiums and what they pay beyond usual prices",
        dollars, True, total=dollars_of(Party.SHOPPERS), studied=True,
    ),
    Measure(
        "data_buyer", "Data buyer", "dollars", "the data buyer's account, undiscounted", dollars,
        total=dollars_of(Party.DATA_BUYER), studied=True,
    ),
    Measure(
        "rival", "Rival grocer", "dollars", "the rival grocer's account, undiscounted", dollars,
        total=dollars_of(Party.RIVAL), studied=True,
    ),
    Measure(
        "public", "Public", "dollars", "the public's account, undiscounted", dollars, True,
        total=dollars_of(Party.PUBLIC), studied=True,
    ),
    Measure(
        "balance", "Balance", "dollars", "what the retailer receives less what it pays, weekly", signed_dollars, True,
        weekly=lambda of: of("balance_cents") / 100, columns=("balance_cents",), line="balance",
    ),
    Measure(
        "sales", "Sales", "dollars", "weekly sales of all shoppers", dollars, True,
        weekly=lambda of: of("sales_cents") / 100, columns=("sales_cents",), line="sales",
    ),
    Measure(
        "carded_sales", "Sales that the card sees", "dollars", "sales on the card in the last 52 weeks", dollars, True,
        total=lambda o: o.weekly(Total.CARDED_SALES)[:, -YEAR:].sum(axis=1) / 100,
    ),
    Measure(
        "contribution",
        "Contribution",
        "dollars",
        "weekly margin less rewards and offer costs, plus data income and fees, per simulated shopper",
        small_dollars,
        True,
        weekly=lambda of: each_shopper_and_week(of, "contribution_cents"),
        columns=("contribution_cents", "shoppers"),
    ),
    Measure(
        "contribution_difference",
        "Contribution so far against the baseline",
        "dollars",
        "contribution summed since the first week less the baseline's, twin by twin, per simulated shopper; "
        "undiscounted, before fines, compensation and what suppliers pay",
        signed_dollars,
        True,
        weekly=lambda of: np.cumsum(of("contribution_cents"), axis=-1) / 100 / np.maximum(1, of("shoppers")[..., :1]),
        columns=("contribution_cents", "shoppers"),
        so_far=True,
    ),
    Measure(
        "returned", "Returned", "share",
        "share of opening patrons who changed their main store and are patrons again at the end; churn less this is "
        "the share that is lost on balance",
        percent, True, total=lambda o: o.returned(),
    ),
    Measure("patrons", "Patrons", "people", "patrons at the end", plain, True, total=people_at_the_end(Total.PATRONS)),
    Measure("members", "Members", "people", "members at the end", plain, True, total=people_at_the_end(Total.MEMBERS)),
)  # fmt: skip

MEASURES: Mapping[str, Measure] = {each.name: each for each in _MEASURES}
"""Every measure by its name."""

STUDIED: Mapping[str, Measure] = {name: each for name, each in MEASURES.items() if each.studied}
"""Those of which every run of a study keeps the total."""

LINES: Mapping[str, Measure] = {each.line: each for each in _MEASURES if each.line}
"""Those that every run of a study keeps by week, by the name of the line."""

_UNSHOWN = ("sales", "balance")

SHOWN: Mapping[str, Measure] = {name: each for name, each in MEASURES.items() if each.weekly and name not in _UNSHOWN}
"""Those that can be plotted by week."""


def discount(rates: Any, weeks: int) -> Floats:
    """Return what a dollar of each week counts: (1 + rate)^(-w/52) in week w.

    `rates` are a year's, one a replicate. Shape (replicates, weeks).
    """
    return (1 + np.asarray(rates, dtype=np.float64))[:, None] ** (-np.arange(1, weeks + 1) / YEAR)
