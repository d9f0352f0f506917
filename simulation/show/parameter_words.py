"""The model's numbers in plain words: names, amounts with their units, limits, what they mean."""

from simulation.behaviour.parameters import parameters
from simulation.scenario.drawn import drawn_together, range_of, spread_of
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
    """Return what a number stands for, how good it is and between which ends worlds vary it, or most of them."""
    parameter, of_a_set = parameters()[address], address in drawn_together(scenario)
    low, high = spread_of(scenario, address) if of_a_set else range_of(scenario, address)
    varied = "80 % of draws lie" if of_a_set else "varied"
    return f"'{name_of(address)}': {parameter.meaning} ({parameter.grade}; {varied} from {low:.3g} to {high:.3g})"
