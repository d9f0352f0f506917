"""The model's numbers in plain words: names, amounts with their units, limits, what they mean."""

from simulation.behaviour.parameters import parameters
from simulation.scenario.drawn import range_of
from simulation.scenario.schema import Scenario


def name_of(address: str) -> str:
    """Return a number's name as words."""
    return address.rpartition(".")[2].replace("_", " ")


def amount_of(address: str, value: float) -> str:
    """Return a value with its unit: shares and chances in percent, things counted, others with the unit in brackets."""
    unit = parameters()[address].unit
    kind, _, rest = unit.partition(" ")
    if kind in ("share", "chance"):
        return f"{100 * value:.3g} % {rest}".strip()
    return f"{value:.3g} {unit}" if kind.endswith("s") else f"{value:.3g} ({unit})"


def meaning_of(scenario: Scenario, address: str) -> str:
    """Return what a number stands for, how good it is and between which ends worlds vary it."""
    parameter, (low, high) = parameters()[address], range_of(scenario, address)
    return f"'{name_of(address)}': {parameter.meaning} ({parameter.grade}; varied from {low:g} to {high:g})"
