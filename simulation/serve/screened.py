"""Which numbers act in a scenario, and how much: each is moved from one end of its range to the other by itself.

What is compared is the worth of the policy asked about, in few shoppers of one replicate with both lives of each
policy; all else stays as that replicate draws it.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from simulation.behaviour.parameters import parameters
from simulation.runs.acting import effects
from simulation.runs.again import Again
from simulation.scenario.drawn import range_of
from simulation.scenario.schema import Scenario

_SHOPPERS = 1_000
AT_ONCE = 5
"""Numbers of one job, which takes a second or two: somebody may be waiting for the worker."""


def parts_of(scenario: Scenario) -> list[tuple[str, ...]]:
    """Return all numbers that have a range in a scenario, by address, in the parts in which they are screened."""
    found = [address for address in parameters() if len(set(range_of(scenario, address))) > 1]
    return [tuple(found[first : first + AT_ONCE]) for first in range(0, len(found), AT_ONCE)]


def write_effects(scenario: Scenario, addresses: Sequence[str], file: Path, progress: Callable[[int], None]) -> None:
    """Write what moving each number changes, in dollars a household of the chain and year, as JSON by address."""
    about = scenario.asks_about or list(scenario.policies)[-1]
    few = scenario.with_changes([about], _SHOPPERS, replicates=2)
    again, found = Again(), {}
    for address in addresses:
        found[address] = abs(float(effects(again, few, address)[-1]))
        progress(1)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".part")
    fresh.write_text(json.dumps(found), encoding="utf-8")
    fresh.replace(file)


def by_effect(files: Iterable[Path]) -> dict[str, float]:
    """Return the effects that have been written so far, the largest first; numbers without any are left out."""
    found: dict[str, float] = {}
    for file in files:
        if file.is_file():
            found |= json.loads(file.read_bytes())
    return dict(sorted(((name, by) for name, by in found.items() if by > 0.0), key=lambda each: -each[1]))
