"""Every number with its unit, range, source, grade and meaning, read once from `parameters.yaml`.

The engines receive the values as one record, `numbers["trust_loss_ratio"]`, that plain and compiled code read alike.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.plugins import Extra, extras, remembered
from simulation.behaviour.shipped import shipped_data
from simulation.behaviour.spelling import did_you_mean

SOURCE = Path(__file__).with_name("parameters.yaml")
DISTRIBUTIONS = ("uniform", "log-uniform")
SECTIONS_OF_POLICIES = (
    *("retail_media", "algorithmic_prices", "supplier_funding", "memberships", "endings", "coalitions"),
    *("requests", "sensing", "records", "suits", "boycotts"),
)
"""The sections that some terms of policies read and nothing else: their guesses are drawn where such terms stand."""
SHARES_TOLERANCE = 1e-6
"""Shares add up to 1 within this, whatever way they were typed."""
FITTED = "fitted"
GRADES = ("measured", "quoted", FITTED, "abstract", "recalled", "assumption")
GUESSED = ("assumption", "abstract", "recalled")
"""The grades of numbers that no source gives in figures."""


@dataclass(frozen=True)
class Before:
    """What a number was before it was fitted to observed episodes."""

    value: float
    range: tuple[float, float]
    grade: str


@dataclass(frozen=True)
class Parameter:
    """One number of the model and what it rests on."""

    section: str
    name: str
    value: float
    unit: str
    limits: tuple[float, float]
    range: tuple[float, float]
    distribution: str
    grade: str
    source: str
    meaning: str
    before: Before | None = None
    """What it was before it was fitted to observed episodes; None if it was not."""
    plugin: str = ""
    """The package that adds it; "" for the program's own."""

    @property
    def unfitted(self) -> Before:
        """What it is, or was before any fit: the prior from which a fit starts."""
        return self.before or Before(self.value, self.range, self.grade)

    @property
    def is_guess(self) -> bool:
        """Whether no source gives it in figures, be it narrowed by a fit or not."""
        return self.unfitted.grade in GUESSED and self.unfitted.range[0] < self.unfitted.range[1]

    @property
    def address(self) -> str:
        """The name by which a scenario refers to it, such as `behaviour.trust_loss_ratio`."""
        return f"{self.section}.{self.name}"

    def drawn(self, point: float, between: tuple[float, float] | None = None) -> float:
        """Return the value at a point from 0 to 1 of the distribution between two ends, the range's if left out.

        From 0 or below a number cannot be spread evenly in logarithms, and is spread evenly as it is.
        """
        low, high = between or self.range
        if self.distribution == "log-uniform" and low > 0:
            return float(low * (high / low) ** point)
        return low + point * (high - low)


@cache
def _in_the_file() -> Mapping[str, Parameter]:
    return parameters_in(shipped_data(SOURCE))


@cache
def shipped_parameters() -> Mapping[str, Parameter]:
    """Return the program's own parameters by address, but for those of single policies, in the order of the file."""
    return {address: each for address, each in _in_the_file().items() if each.section not in SECTIONS_OF_POLICIES}


@cache
def policy_parameters() -> Mapping[str, Parameter]:
    """Return the parameters that single policies read, by address, in the order of the file."""
    return {address: each for address, each in _in_the_file().items() if each.section in SECTIONS_OF_POLICIES}


@remembered
def parameters() -> Mapping[str, Parameter]:
    """Return all parameters by address: the program's own, those of single policies, then those of plug-ins."""
    own = [number for added in extras("parameters", _own_parameters).values() for number in added]
    return {**shipped_parameters(), **policy_parameters(), **{number.address: number for number in own}}


def _own_parameters(extra: Extra) -> list[Parameter]:
    """Return the parameters that a plug-in adds; raises ValueError for one that could not be used."""
    found = [replace(each, plugin=extra.plugin.name) for each in parameters_in(extra.value).values()]
    taken = {each.name for each in _in_the_file().values()}
    for number in found:
        _refuse_unusable(number, taken)
        taken.add(number.name)
    return found


def _refuse_unusable(number: Parameter, taken: Collection[str]) -> None:
    if number.name in taken:
        raise ValueError(f"there is a number called '{number.name}' already; give it another name")
    if number.grade not in GRADES or number.distribution not in DISTRIBUTIONS:
        raise ValueError(f"{number.address}: grade is one of {', '.join(GRADES)}, distribution of {DISTRIBUTIONS}")
    ends = (number.limits[0], number.range[0], number.value, number.range[1], number.limits[1])
    if list(ends) != sorted(ends):
        raise ValueError(f"{number.address}: value lies within range, and range within limits; these do not: {ends}")


def parameters_in(content: Mapping[str, Mapping[str, dict[str, Any]]]) -> Mapping[str, Parameter]:
    """Return the parameters that a file's content describes, by address."""
    found = [_parameter(section, name, entry) for section, names in content.items() for name, entry in names.items()]
    return {parameter.address: parameter for parameter in found}


def _parameter(section: str, name: str, entry: dict[str, Any]) -> Parameter:
    entry = _with_tuples(entry)
    before = Before(**_with_tuples(entry.pop("before"))) if "before" in entry else None
    return Parameter(section, name, **entry, before=before)


def _with_tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


@remembered
def sections() -> Mapping[str, Mapping[str, Parameter]]:
    """Return the parameters by section and name."""
    names: dict[str, dict[str, Parameter]] = {}
    for parameter in parameters().values():
        names.setdefault(parameter.section, {})[parameter.name] = parameter
    return names


@cache
def guesses() -> tuple[str, ...]:
    """Return the addresses of all guesses among the numbers that every scenario reads, in the order of the file."""
    return tuple(each.address for each in shipped_parameters().values() if each.is_guess)


def guesses_in(sections: Collection[str]) -> tuple[str, ...]:
    """Return the addresses of all guesses among the numbers of single policies, in some sections."""
    return tuple(each.address for each in policy_parameters().values() if each.section in sections and each.is_guess)


def guesses_of(plugins: Collection[str]) -> tuple[str, ...]:
    """Return the addresses of all guesses among the numbers that some plug-ins add."""
    return tuple(each.address for each in parameters().values() if each.plugin in plugins and each.is_guess)


def numbers_at(
    point: NDArray[np.float64], addresses: Sequence[str], ranges: Mapping[str, tuple[float, float]] | None = None
) -> dict[str, float]:
    """Return the numbers at a point of the unit cube, by address.

    They lie within `ranges` or, if left out there, where they were plausible before any fit.
    """
    ends = {address: parameters()[address].unfitted.range for address in addresses} | dict(ranges or {})
    return {
        address: parameters()[address].drawn(float(place), ends[address])
        for address, place in zip(addresses, point, strict=True)
    }


@remembered
def numbers_type() -> np.dtype[np.void]:
    """Return the record that holds one 64-bit float per parameter, named as in the file."""
    return np.dtype([(parameter.name, np.float64) for parameter in parameters().values()])


def shipped_part(values: NDArray[np.void]) -> NDArray[np.void]:
    """Return the numbers of a record that rules read, whatever single policies and plug-ins read. Shape ()."""
    names = [parameter.name for parameter in shipped_parameters().values()]
    if len(names) == len(numbers_type().names or ()):
        return values
    return values[names].astype(np.dtype([(name, np.float64) for name in names]))


def refuse_wrong(overrides: Mapping[str, float]) -> None:
    """Raise ValueError for an address that no number has, and for a value that the number cannot have."""
    for address, value in overrides.items():
        if address not in parameters():
            hint = did_you_mean(str(address), parameters()) or "'aislefour parameters' lists them"
            raise ValueError(f"there is no number called '{address}'; {hint.strip()}")
        least, most = parameters()[address].limits
        is_number = type(value) is float or isinstance(value, Real) and not isinstance(value, bool)
        if not is_number or not least <= float(value) <= most:
            raise ValueError(f"{address} can only lie between {least:g} and {most:g}; {value!r} does not")


def numbers(overrides: Mapping[str, float] | None = None) -> NDArray[np.void]:
    """Return the values as one record, with overrides by address in place of the file's. Shape ().

    Raises ValueError for an address or a value that is wrong, and for segments that are more than everybody.
    """
    overrides = overrides or {}
    refuse_wrong(overrides)
    values = tuple(float(overrides.get(p.address, p.value)) for p in parameters().values())
    found = np.array(values, dtype=numbers_type())
    if found["fundamentalists"] + found["pragmatists"] > 1 + SHARES_TOLERANCE:
        raise ValueError("attitudes.fundamentalists and attitudes.pragmatists together are more than all shoppers")
    return found
