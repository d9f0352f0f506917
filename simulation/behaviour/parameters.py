"""Every number with its unit, range, source, grade and meaning, read once from `parameters.yaml`.

The engines receive the values as one record, `numbers["trust_loss_ratio"]`, that plain and compiled code read alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

SOURCE = Path(__file__).with_name("parameters.yaml")
GRADES = ("measured", "quoted", "abstract", "recalled", "assumption")


@dataclass(frozen=True)
class Parameter:
    """One number of the model and what it rests on."""

    section: str
    name: str
    value: float
    unit: str
    limits: tuple[float, float]
    range: tuple[float, float]
    grade: str
    source: str
    meaning: str

    @property
    def address(self) -> str:
        """The name by which a scenario refers to it, such as `behaviour.trust_loss_ratio`."""
        return f"{self.section}.{self.name}"


@cache
def parameters() -> Mapping[str, Parameter]:
    """Return all parameters by address, in the order of the file."""
    sections = YAML(typ="safe", pure=True).load(SOURCE)
    found = [_parameter(section, name, entry) for section, names in sections.items() for name, entry in names.items()]
    return {parameter.address: parameter for parameter in found}


def _parameter(section: str, name: str, entry: dict[str, Any]) -> Parameter:
    entry = entry | {"limits": tuple(entry["limits"]), "range": tuple(entry["range"])}
    return Parameter(section, name, **entry)


def sections() -> Mapping[str, Mapping[str, Parameter]]:
    """Return the parameters by section and name."""
    names: dict[str, dict[str, Parameter]] = {}
    for parameter in parameters().values():
        names.setdefault(parameter.section, {})[parameter.name] = parameter
    return names


@cache
def numbers_type() -> np.dtype[np.void]:
    """Return the record that holds one 64-bit float per parameter, named as in the file."""
    return np.dtype([(parameter.name, np.float64) for parameter in parameters().values()])


def numbers(overrides: Mapping[str, float] | None = None) -> NDArray[np.void]:
    """Return the values as one record, with overrides by address in place of the file's. Shape ()."""
    overrides = overrides or {}
    values = tuple(float(overrides.get(p.address, p.value)) for p in parameters().values())
    return np.array(values, dtype=numbers_type())
