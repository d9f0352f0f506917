"""What a replicate does not know: its uncertain numbers."""

from collections.abc import Iterable

from simulation.behaviour.parameters import parameters
from simulation.scenario.covering import Floats, block_size, luck_of_exposure, point_of
from simulation.scenario.schema import Scenario


def drawn_numbers(scenario: Scenario, replicate: int) -> dict[str, float]:
    """Return, by address, the numbers that a replicate uses in place of the scenario's own.

    Nothing else says so: whatever lives a replicate, in whatever way, lives with these. They depend on the scenario's
    seed and on what it calls uncertain, and not on how many replicates there are.
    """
    point = point_of(scenario.seed, len(scenario.uncertain), replicate)
    return numbers_at(scenario, scenario.uncertain, point)


def size_of_block(scenario: Scenario) -> int:
    """Return how many replicates are drawn together: the spread of such blocks' means tells how sure a mean is."""
    return block_size(len(scenario.uncertain))


def luck_of_first_story(scenario: Scenario, replicate: int) -> float:
    """Return a replicate's uniform luck of when the press finds out, where it is made to; nothing else goes by it."""
    return luck_of_exposure(scenario.seed, len(scenario.uncertain), place=replicate)


def numbers_at(scenario: Scenario, addresses: Iterable[str], point: Floats) -> dict[str, float]:
    """Return the values of the numbers named at a point of the unit cube."""
    return {
        address: parameters()[address].drawn(float(place), range_of(scenario, address))
        for address, place in zip(addresses, point, strict=True)
    }


def range_of(scenario: Scenario, address: str) -> tuple[float, float]:
    """Return the ends between which a number is drawn: the scenario's own, or else its plausible range."""
    return scenario.uncertain.get(address, parameters()[address].range)
