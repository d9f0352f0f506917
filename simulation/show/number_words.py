"""The model's numbers in plain words: names, amounts with their units, limits, what they mean."""

from simulation.behaviour.parameters import parameters
from simulation.scenario.drawn import range_of
from simulation.scenario.schema import Scenario
from simulation.study.discovery import Limit


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


def limit_in_words(limit: Limit) -> str:
    """Return what a box asks of a number, such as "'story reach' lies below 28 % of shoppers"."""
    name, address = f"'{name_of(limit.address)}' lies", limit.address
    if limit.low is not None and limit.high is not None:
        return f"{name} between {_bare(address, limit.low)} and {amount_of(address, limit.high)}"
    if limit.high is not None:
        return f"{name} below {amount_of(address, limit.high)}"
    return f"{name} above {amount_of(address, limit.low or 0.0)}"


def _bare(address: str, value: float) -> str:
    """Return the first of two values with one unit."""
    return f"{100 * value:.3g}" if "%" in amount_of(address, value) else f"{value:.3g}"


def meaning_of(scenario: Scenario, address: str) -> str:
    """Return what a number stands for, how good it is and between which ends worlds vary it."""
    parameter, (low, high) = parameters()[address], range_of(scenario, address)
    return f"'{name_of(address)}': {parameter.meaning} ({parameter.grade}; varied from {low:g} to {high:g})"


def listed(parts: list[str]) -> str:
    """Return parts as a list in a sentence: a, b and c."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
