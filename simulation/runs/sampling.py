"""Worlds: values for what nobody knows, spread evenly over their ranges, each world lived under all policies.

They are drawn as a run's replicates draw them, so that the worlds of what the scenario itself draws are its
replicates', and any first worlds stay the same when more are asked for.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.parameters import numbers_at, parameters
from simulation.behaviour.spelling import did_you_mean
from simulation.runs.measures import STUDIED
from simulation.runs.tasks import Carrier, Task, carry_out
from simulation.scenario.drawn import concerns, drawn_addresses, drawn_numbers, range_of, with_drawn
from simulation.scenario.schema import Scenario

Floats = NDArray[np.float64]
World = Mapping[str, float]

UNCERTAIN, ASSUMPTIONS, ALL = "uncertain", "assumptions", "all"
"""The words that stand for what replicates draw, for every number graded assumption, and for every number."""

_PROTECTIVE, _CASE_BY_CASE = "attitudes.fundamentalists", "attitudes.pragmatists"


def addresses_of(scenario: Scenario, over: Sequence[str] = ()) -> list[str]:
    """Return the numbers that worlds differ in: those named, all assumptions, or what the scenario's replicates draw.

    The words `uncertain`, `assumptions` and `all` stand for many; of these, numbers that the scenario sets itself stay
    as it sets them. Raises ValueError for a name that no number has, and where nothing is left to vary.
    """
    named = [address for name in over or (UNCERTAIN,) for address in _meant(scenario, name)]
    if not named:
        raise ValueError("the scenario draws no number; name some with --over, or --over assumptions")
    return list(dict.fromkeys(named))


def _meant(scenario: Scenario, name: str) -> list[str]:
    """Return the numbers that one word stands for."""
    if name == UNCERTAIN:
        return list(drawn_addresses(scenario))
    if name not in (ASSUMPTIONS, ALL):
        _refuse_unknown(name)
        return [name]
    return [
        each.address
        for each in parameters().values()
        if name == ALL or each.unfitted.grade == "assumption"
        if concerns(scenario, each)
        if each.address in scenario.uncertain.ranges or each.address not in scenario.overrides
        if each.range[0] < each.range[1]
    ]


def _refuse_unknown(name: str) -> None:
    if name not in parameters():
        hint = did_you_mean(name, (*parameters(), UNCERTAIN, ASSUMPTIONS, ALL)) or "'aislefour parameters' lists them"
        raise ValueError(f"there is no number called '{name}'; {hint.strip()}")


def worlds(scenario: Scenario, addresses: Sequence[str], count: int) -> list[dict[str, float]]:
    """Return so many worlds: values for the numbers named, the same for the same seed.

    If they are just what the scenario's replicates draw, they are drawn like that; else each is spread evenly over its
    range. A smaller count gives the first of the same worlds. Two segments that would be more than everybody are
    clipped.
    """
    return [{address: each[address] for address in addresses} for each in draws(scenario, addresses, count)]


def draws(scenario: Scenario, addresses: Sequence[str], count: int) -> list[dict[str, float]]:
    """Return the same worlds whole: with the numbers named, those others that the scenario draws, apart from them."""
    case = with_drawn(scenario, addresses)
    return [_clipped(scenario, drawn_numbers(case, place)) for place in range(count)]


def world_at(scenario: Scenario, addresses: Sequence[str], point: Floats) -> dict[str, float]:
    """Return the values of the numbers named at a point of the unit cube, each within its range."""
    ranges = {address: range_of(scenario, address) for address in addresses}
    return _clipped(scenario, numbers_at(point, addresses, ranges))


def _clipped(scenario: Scenario, world: dict[str, float]) -> dict[str, float]:
    """Return a world in which the two named segments are not more than everybody: the one varied last gives way."""
    varied = [address for address in (_PROTECTIVE, _CASE_BY_CASE) if address in world]
    excess = _named_segments(scenario, world) - 1.0
    return world | {varied[-1]: world[varied[-1]] - excess} if varied and excess > 0 else world


def _named_segments(scenario: Scenario, world: World) -> float:
    numbers = scenario.numbers
    return world.get(_PROTECTIVE, float(numbers["fundamentalists"])) + world.get(
        _CASE_BY_CASE, float(numbers["pragmatists"])
    )


def clipped_count(scenario: Scenario, worlds: Sequence[World]) -> int:
    """Return in how many worlds the two named segments were clipped to be just everybody."""
    return sum(
        _named_segments(scenario, world) >= 1.0 - 1e-9 and bool({_PROTECTIVE, _CASE_BY_CASE} & set(world))
        for world in worlds
    )


def tasks_of(
    scenario: Scenario, worlds: Sequence[World], replicates: int = 1, same_luck: bool = False, first: int = 0
) -> list[Task]:
    """Return what has to be lived: every world so many times, with luck of its own unless `same_luck`.

    `first` is the place of the first world among all, by which its luck is known. Numbers that the worlds do not name
    but the scenario draws are drawn with the luck, as in a run.
    """
    return [
        Task(scenario, replicate + (0 if same_luck else (first + place) * replicates), world)
        for place, world in enumerate(worlds)
        for replicate in range(replicates)
    ]


def lived(tasks: Sequence[Task], replicates: int = 1, carry: Carrier = carry_out) -> dict[str, Floats]:
    """Return every measure kept of the tasks of some worlds, averaged over replicates. Shape (worlds, policies)."""
    found = carry(tasks)
    return {
        name: np.array([each.measures[name] for each in found])
        .reshape(-1, replicates, found[0].measures[name].size)
        .mean(axis=1)
        for name in STUDIED
    }
