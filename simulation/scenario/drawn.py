"""What a replicate does not know: its uncertain numbers.

A replicate is a point of the unit cube. One coordinate picks a row of the set, whose rows stand from the weakest
reaction to the strongest, so that points that cover the coordinate evenly cover reactions evenly; every number that is
drawn beside it has a coordinate of its own.
"""

from collections.abc import Iterable, Sequence

from simulation.behaviour.parameters import (
    SECTIONS_OF_POLICIES,
    Parameter,
    guesses,
    guesses_in,
    guesses_of,
    numbers_at,
    parameters,
)
from simulation.scenario.covering import block_size, luck_of_exposure, point_of
from simulation.scenario.evidence_set import shipped_set
from simulation.scenario.schema import Scenario
from simulation.scenario.uncertain import OTHERS, Uncertain


def drawn_numbers(scenario: Scenario, replicate: int) -> dict[str, float]:
    """Return, by address, the numbers that a replicate uses in place of the scenario's own.

    Nothing else says so: whatever lives a replicate, in whatever way, lives with these. They depend on the scenario's
    seed and on what it calls uncertain, and not on how many replicates there are.
    """
    alone, together = drawn_alone(scenario), drawn_together(scenario)
    rows = 1 if together else 0
    point = point_of(scenario.seed, rows + len(alone), replicate)
    found = numbers_at(point[rows:], alone, scenario.uncertain.ranges)
    if together:
        row = shipped_set().drawn(scenario.uncertain.others, float(point[0]))
        found |= {address: row[address] for address in together}
    return found


def size_of_block(scenario: Scenario) -> int:
    """Return how many replicates are drawn together: the spread of such blocks' means tells how sure a mean is."""
    return block_size(_coordinates(scenario))


def luck_of_first_story(scenario: Scenario, replicate: int) -> float:
    """Return a replicate's uniform luck of when the press finds out, where it is made to; nothing else goes by it."""
    return luck_of_exposure(scenario.seed, _coordinates(scenario), place=replicate)


def _coordinates(scenario: Scenario) -> int:
    """Return how many coordinates a replicate's point has."""
    return len(drawn_alone(scenario)) + bool(drawn_together(scenario))


def drawn_addresses(scenario: Scenario) -> tuple[str, ...]:
    """Return the numbers that replicates draw, in the order in which `drawn_numbers` gives them."""
    return (*drawn_alone(scenario), *drawn_together(scenario))


def drawn_alone(scenario: Scenario) -> tuple[str, ...]:
    """Return the numbers that are drawn each from a range: those that the scenario names, then guesses of no set."""
    named, others = scenario.uncertain.ranges, scenario.uncertain.others
    if others == "chance":
        return tuple(named)
    held = () if others == "prior" else shipped_set().addresses
    known = (*guesses(), *guesses_in(sections_read(scenario)), *guesses_of(scenario.plugins))
    return (*named, *(address for address in _free(scenario, known) if address not in held))


def sections_read(scenario: Scenario) -> set[str]:
    """Return the sections of numbers of single policies that some terms of a scenario read."""
    lists = (*scenario.policies.values(), scenario.events)
    return {section for actions in lists for action in actions for section in action.own_numbers}


def concerns(scenario: Scenario, number: Parameter) -> bool:
    """Return whether a number can matter to a scenario: one of a single policy or a plug-in only where it is used."""
    if number.plugin:
        return number.plugin in scenario.plugins
    return number.section not in SECTIONS_OF_POLICIES or number.section in sections_read(scenario)


def drawn_together(scenario: Scenario) -> tuple[str, ...]:
    """Return the numbers that are drawn jointly, as rows of a set; those that the scenario sets are none of them."""
    if scenario.uncertain.others in ("chance", "prior"):
        return ()
    return _free(scenario, shipped_set().addresses)


def _free(scenario: Scenario, addresses: Iterable[str]) -> tuple[str, ...]:
    """Return which numbers a scenario says nothing of."""
    said = {*scenario.uncertain.ranges, *scenario.overrides}
    return tuple(address for address in addresses if address not in said)


def spread_of(scenario: Scenario, address: str) -> tuple[float, float]:
    """Return the ends between which a number lies: of its range, of 80 % of its set's draws, or its value twice."""
    if address in drawn_alone(scenario):
        return range_of(scenario, address)
    if address in drawn_together(scenario):
        return shipped_set().spread(scenario.uncertain.others, address)
    value = scenario.overrides.get(address, parameters()[address].value)
    return value, value


def with_drawn(scenario: Scenario, addresses: Sequence[str]) -> Scenario:
    """Return the scenario with the numbers named drawn, each from its range; all others are drawn as they were.

    Ranges may overlap in what cannot be, as no scenario's own may: whoever draws from it must see to that.
    """
    others, drawn = scenario.uncertain.others, drawn_addresses(scenario)
    if set(addresses) <= set(drawn) and len(addresses) == len(drawn):
        return scenario
    ranges = {address: range_of(scenario, address) for address in (*scenario.uncertain.ranges, *addresses)}
    return scenario.model_copy(update={"uncertain": Uncertain.model_validate({OTHERS: others, **ranges})})


def range_of(scenario: Scenario, address: str) -> tuple[float, float]:
    """Return the ends between which a number is varied by itself: the scenario's own, or else its plausible range."""
    return scenario.uncertain.ranges.get(address, parameters()[address].range)
