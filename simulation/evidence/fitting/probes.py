"""How reactions must behave where no episode shows it: a sale that is stopped or goes on, and a quiet opt-out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.scenario.schema import Scenario, scenario_type

Whole = NDArray[np.int64]

_BEGINS, _TOLD = 5, 6
_QUARTER, _YEAR_3 = slice(_TOLD - 1, _TOLD + 12), slice(_TOLD + 103, _TOLD + 155)
_FOLLOW_UPS = range(_TOLD, _TOLD + 155, 4)
_NATIONAL = 61
_YEAR, _BEFORE, _STORM = _BEGINS + 51, slice(_NATIONAL - 25, _NATIONAL - 1), slice(_NATIONAL - 1, _NATIONAL + 3)
_QUIET_AGAIN = slice(_NATIONAL + 15, _NATIONAL + 27)
_SALE: Mapping[str, Any] = {
    "week": _BEGINS,
    "do": "share_data",
    "with": "insurer",
    "consent": "none",
    "purpose": "underwriting",
    "fee_per_member_year": 0.5,
}


@dataclass(frozen=True)
class Probe:
    """What a set of draws must show at its median: a figure that lies from `low` to `high`."""

    name: str
    says: str
    low: float
    high: float


PROBES = (
    Probe("stopped sale", "loss of sales in year 3 as a share of that in weeks 1-13, once stopped", -np.inf, 0.25),
    Probe("monthly follow-ups", "the same with a story every four weeks", 0.5, np.inf),
    Probe("quiet opt-out", "share of members who object within a year of a quiet link", 0.001, 0.02),
    Probe("national story", "objections a week while it is told, as a multiple of those before", 3.0, np.inf),
    Probe("quiet again", "objections a week from 16 weeks on, as a share of those while it was told", 0.0, 0.25),
)
"""Every probe, in the order of `live_probes`."""


@dataclass(frozen=True)
class Probed:
    """A probe, and what the median draw shows."""

    probe: Probe
    found: float

    @property
    def holds(self) -> bool:
        """Whether the figure lies where it must."""
        return self.probe.low <= self.found <= self.probe.high


def live_probes(numbers: Mapping[str, float], luck: int = 0) -> list[float]:
    """Live every probe with some numbers; return the figures in the order of `PROBES`."""
    sales = _weekly(_sale(), numbers, luck, [Measure.SALES])[..., 0]
    stopped = _ratio(_lost(sales, 1, _YEAR_3), _lost(sales, 1, _QUARTER), np.inf)
    renewed = _ratio(_lost(sales, 2, _YEAR_3), _lost(sales, 2, _QUARTER), -np.inf)
    objected, members = _weekly(_link(), numbers, luck, [Measure.OPTED_OUT, Measure.MEMBERS])[:, 0].T
    fresh = np.diff(objected, prepend=0)
    before, storm, after = (float(fresh[weeks].mean()) for weeks in (_BEFORE, _STORM, _QUIET_AGAIN))
    multiple, left = _ratio(storm, before, np.inf if storm > 0 else 0.0), _ratio(after, storm, np.inf)
    return [stopped, renewed, float(objected[_YEAR] / members[_YEAR]), multiple, left]


def _weekly(case: Scenario, numbers: Mapping[str, float], luck: int, measures: Sequence[Measure]) -> Whole:
    """Return measures by week and policy. Shape (weeks, policies, measures)."""
    weekly = LoyaltyModel(case, replicate=luck, overrides=numbers).run().ledger.weekly
    totals: Whole = weekly[..., measures].sum(axis=(2, 3))
    return totals


def _ratio(total: float, base: float, without: float) -> float:
    """Return a ratio, or what stands for it where there is no base."""
    return total / base if base > 0 else without


def _lost(sales: Whole, policy: int, weeks: slice) -> float:
    """Return the share of the twin's sales that a policy has lost in some weeks."""
    total = sales[weeks].sum(axis=0)
    return float(1 - total[policy] / total[0])


@cache
def _sale() -> Scenario:
    """Return a secret sale that a story exposes: stopped two weeks later, or told of every four weeks."""
    stop = {"week": _TOLD + 2, "do": "respond", "about": "share_data", "stop": True}
    policies = {
        "none": [],
        "stopped": [_SALE, _story(_TOLD, 0.6), stop],
        "renewed": [_SALE, *(_story(week, 0.6) for week in _FOLLOW_UPS)],
    }
    return _case("A sale comes out", _FOLLOW_UPS.stop, 6_000, policies)


@cache
def _link() -> Scenario:
    """Return a sale from which a link in the terms lets members opt out, and which the press takes up in one month."""
    told = [_story(week, 0.3) for week in range(_NATIONAL, _NATIONAL + 4)]
    return _case("A link", _QUIET_AGAIN.stop, 12_000, {"link": [{**_SALE, "consent": "opt_out"}, *told]})


def _story(week: int, reach: float) -> dict[str, Any]:
    return {"week": week, "do": "press_story", "about": "share_data", "reach": reach}


def _case(title: str, weeks: int, shoppers: int, policies: Mapping[str, Any]) -> Scenario:
    said = {"title": title, "question": "How do shoppers react?", "weeks": weeks, "institutions": []}
    said["uncertain"] = "chance"
    return scenario_type().model_validate_json(
        json.dumps(said | {"population": {"shoppers": shoppers}, "policies": policies}), strict=True
    )
