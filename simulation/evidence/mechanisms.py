"""The mechanisms of the case, each shown by a minimal pair of scenarios (mechanisms.yaml) and its effect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from simulation.behaviour.shipped import shipped_data
from simulation.evidence.effect_measures import YARDSTICKS
from simulation.model.model import LoyaltyModel
from simulation.scenario.schema import Scenario, scenario_type

SOURCE = Path(__file__).with_name("mechanisms.yaml")

SMALL = {
    "title": "A mechanism at work",
    "question": "What does it change?",
    "seed": 2007,
    "weeks": 78,
    "uncertain": "chance",
    "population": {"shoppers": 6_000},
}
"""What all pairs have in common."""


@dataclass(frozen=True)
class Pair:
    """One mechanism and the two scenarios that differ in it alone."""

    row: str
    name: str
    says: str
    measure: str
    ratio: bool
    between: tuple[float, float]
    scenarios: tuple[Scenario, Scenario]  # without and with it


@dataclass(frozen=True)
class Effect:
    """What a mechanism changes, and whether that is what the literature or common sense says."""

    pair: Pair
    without: float
    with_it: float
    size: float

    @property
    def passes(self) -> bool:
        """Whether the effect lies where it must."""
        low, high = self.pair.between
        return low <= self.size <= high


@cache
def pairs() -> tuple[Pair, ...]:
    """Return all pairs, in the order of the case's mechanisms."""
    return tuple(_pair(entry) for entry in shipped_data(SOURCE))


def _pair(entry: dict[str, Any]) -> Pair:
    shared = entry.get("settings", {})
    return Pair(
        row=str(entry["row"]),
        name=entry["name"],
        says=entry["says"],
        measure=entry["measure"],
        ratio=entry.get("as") == "ratio",
        between=(float(entry["between"][0]), float(entry["between"][1])),
        scenarios=(_scenario(shared, entry["without"]), _scenario(shared, entry["with"])),
    )


def _scenario(shared: dict[str, Any], own: dict[str, Any]) -> Scenario:
    settings = {name: value for name, value in own.items() if name != "policy"}
    policies = {"status quo": [], "policy": own.get("policy", [])}
    return scenario_type().model_validate({**SMALL, "policies": policies, **shared, **settings})


def effect(pair: Pair, numbers: Mapping[str, float] | None = None) -> Effect:
    """Return what a pair's mechanism changes, with `numbers` by address in place of the usual ones."""
    read = YARDSTICKS[pair.measure]
    runs = (LoyaltyModel(scenario, overrides=dict(numbers or {})).run() for scenario in pair.scenarios)
    without, with_it = (read(run) for run in runs)
    size = (with_it / without if without else float("nan")) if pair.ratio else with_it - without
    return Effect(pair, without, with_it, size)


def effects(numbers: Mapping[str, float] | None = None) -> Iterator[Effect]:
    """Yield the effect of every mechanism, in order."""
    return (effect(pair, numbers) for pair in pairs())
