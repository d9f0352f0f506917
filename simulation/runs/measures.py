"""What is read off a run: each measure once, with its words, its unit, and how it is read by week and in total."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from simulation.behaviour.plugins import Extra, extras, remembered
from simulation.model.accounts import Party
from simulation.model.ledger import TRUST_UNIT
from simulation.model.ledger import Measure as Total
from simulation.runs.formats import dollars, percent, plain, signed_dollars, small_dollars, thousandths
from simulation.runs.measuring import Known, Measure, refusing_shapes
from simulation.runs.readings import (
    YEAR,
    Floats,
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


@remembered
def own_measures() -> Mapping[str, Measure]:
    """Return the measures that plug-ins add, by name."""
    return extras("measures", _own_measure)


def _own_measure(extra: Extra) -> Measure:
    """Return a plug-in's measure; raises ValueError if it cannot be told from the program's, or is none."""
    measure = extra.value
    if not isinstance(measure, Measure) or measure.name != extra.name:
        raise ValueError(f"a measure is a Measure(name='{extra.name}', ...)")
    if measure.name in _SHIPPED or measure.line in {each.line for each in _MEASURES if each.line}:
        raise ValueError("the program has a measure of this name; give it another")
    return replace(measure, total=refusing_shapes(measure)) if measure.total else measure


def _every() -> tuple[Measure, ...]:
    return (*_MEASURES, *own_measures().values())


_SHIPPED = {each.name for each in _MEASURES}
_UNSHOWN = ("sales", "balance")

MEASURES: Mapping[str, Measure] = Known(_every, lambda each: True, lambda each: each.name)
"""Every measure by its name."""

TOTALS: Mapping[str, Measure] = Known(_every, lambda each: each.total is not None, lambda each: each.name)
"""Those that come to one number a replicate and policy."""

STUDIED: Mapping[str, Measure] = Known(_every, lambda each: each.studied, lambda each: each.name)
"""Those of which every run of a study keeps the total."""

LINES: Mapping[str, Measure] = Known(_every, lambda each: each.line is not None, lambda each: each.line)
"""Those that every run of a study keeps by week, by the name of the line."""

SHOWN: Mapping[str, Measure] = Known(
    _every, lambda each: each.weekly is not None and each.name not in _UNSHOWN, lambda each: each.name
)
"""Those that can be plotted by week."""


def discount(rates: Any, weeks: int) -> Floats:
    """Return what a dollar of each week counts: (1 + rate)^(-w/52) in week w.

    `rates` are a year's, one a replicate. Shape (replicates, weeks).
    """
    return (1 + np.asarray(rates, dtype=np.float64))[:, None] ** (-np.arange(1, weeks + 1) / YEAR)
