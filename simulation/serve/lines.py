"""What a page draws of a run: every replicate as a dot, four lines with bands week by week, and the weeks of events."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from simulation.model.accounts import Party
from simulation.model.ledger import Measure
from simulation.runs.headline import Headline, Row
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import Outcome
from simulation.runs.statement import secrecy_of, statement
from simulation.serve.cards import in_plain_words

Floats = NDArray[np.float64]

_SMOOTHED = 13  # weeks, as in the figures
_EVERY = 4  # weeks from one point of a line to the next: a pixel or two

TITLES = {
    "difference": ("Value so far against the baseline", "dollars"),
    "card_use": ("Card use, over the last 13 weeks", "share"),
    "staying": ("Opening patrons who have not left yet", "share"),
    "trust": ("Mean trust in the retailer", "0 to 1"),
}
"""What each line is called, and its unit."""


def answer_of(outcome: Outcome, headline: Headline) -> dict[str, Any]:
    """Return a run's answer as plain data: sentences, a row a policy with its dots, lines with bands, and events."""
    said, scenario = statement(headline, outcome.scenario), outcome.scenario
    return {
        "sentences": said.sentences,
        "about": said.about,
        "baseline": outcome.policies[0],
        "simulated": headline.simulated,
        "shoppers": scenario.population.shoppers,
        "weeks": scenario.weeks,
        "replicates": len(outcome.replicates),
        "seed": scenario.seed,
        "has_errors": headline.ranking is not None,
        "policies": [_policy(outcome, row, place) for place, row in enumerate(headline.rows)],
        "lines": _lines(outcome),
        "caveat": headline.caveat,
    }


def _policy(outcome: Outcome, row: Row, place: int) -> dict[str, Any]:
    mean = row.difference_mean
    return {
        "name": row.policy,
        "mean": mean.value,
        "error": mean.error,
        "per_household_year": row.difference_mean_per_household_year,
        "share": row.difference_mean_share,
        "loses": row.loses.value,
        "dots": _dots(outcome, row, place) if place else [],
        "events": _events(outcome, place),
    }


def _dots(outcome: Outcome, row: Row, place: int) -> list[dict[str, Any]]:
    """Return a policy's rows of dots: in secret and exposed, or one row where nothing can come out."""
    split = outcome.split
    if split is None or secrecy_of(row, outcome.scenario) is None:
        return [{"label": "", "filled": True, "values": _short(outcome.differences().by_replicate()[:, place])}]
    baseline = split.lives("value").by_replicate()[:, 0]
    lives = ("stays secret", split.secret, False), ("comes out", split.exposed, True)
    return [
        {"label": label, "filled": filled, "values": _short(values["value"][:, place] - baseline)}
        for label, values, filled in lives
    ]


def _events(outcome: Outcome, place: int) -> list[dict[str, Any]]:
    """Return what a policy does and when, and the first week of a story in each replicate in which one ran."""
    actions = outcome.scenario.policies[outcome.policies[place]]
    done = [{"week": action.week, "label": in_plain_words(action)} for action in actions]
    weeks = sorted(int(replicate.exposed_week[place]) for replicate in outcome.replicates)
    return [*done, *({"week": week, "label": ""} for week in weeks if week)]


def _lines(outcome: Outcome) -> dict[str, Any]:
    """Return each line's median over replicates and its tenths, policy by policy, and the weeks of its points."""
    last = outcome.scenario.weeks
    weeks = sorted({*range(_EVERY, last + 1, _EVERY), 1, last})
    found = {"difference": _value_so_far(outcome), "card_use": _card_use(outcome)}
    found |= {"staying": outcome.staying()[:, 1:], "trust": MEASURES["trust"].by_week(outcome)}
    points = {name: values[:, [week - 1 for week in weeks]] for name, values in found.items()}
    return {
        "weeks": weeks,
        "lines": [
            {"name": name, "title": TITLES[name][0], "unit": TITLES[name][1], "policies": _bands(values)}
            for name, values in points.items()
        ],
    }


def _bands(values: Floats) -> list[dict[str, list[float]]]:
    """Return the median, 10 % and 90 % of replicates of each policy. `values`: (replicates, weeks, policies)."""
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9), axis=0)
    parts = {"low": low, "mid": middle, "high": high}
    return [{name: _short(part[:, policy]) for name, part in parts.items()} for policy in range(values.shape[2])]


def _value_so_far(outcome: Outcome) -> Floats:
    value = np.cumsum(outcome.balance(Party.RETAILER) / 100, axis=1)
    return np.asarray(value - value[:, :, :1])


def _card_use(outcome: Outcome) -> Floats:
    """Return the carded share of the sales of the weeks up to each, so many of them or as many as there are."""
    carded, sales = (_last_weeks(outcome.weekly(measure)) for measure in (Measure.CARDED_SALES, Measure.SALES))
    return np.asarray(carded / np.maximum(1, sales))


def _last_weeks(values: Floats) -> Floats:
    padded = np.pad(values, ((0, 0), (_SMOOTHED - 1, 0), (0, 0)))
    return np.asarray(sliding_window_view(padded, _SMOOTHED, axis=1).sum(axis=-1))


def _short(values: Floats) -> list[float]:
    return [float(f"{value:.4g}") for value in values]


_HALF_A_YEAR = 26  # weeks


def tables(answer: Mapping[str, Any]) -> list[tuple[str, list[tuple[int, list[str]]]]]:
    """Return each line's title and its rows, two a year and the last: the week and every policy's median."""
    weeks = answer["lines"]["weeks"]
    places = [k for k, week in enumerate(weeks) if k + 1 == len(weeks) or week % _HALF_A_YEAR < _EVERY <= week]
    return [
        (
            line["title"],
            [
                (weeks[k], [_TEXTS[line["name"]].format(policy["mid"][k]) for policy in line["policies"]])
                for k in places
            ],
        )
        for line in answer["lines"]["lines"]
    ]


_TEXTS = {"difference": "{:,.0f}", "card_use": "{:.1%}", "staying": "{:.1%}", "trust": "{:.3f}"}
