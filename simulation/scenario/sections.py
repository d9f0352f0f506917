"""The numbers that a scenario may set, as sections of its file."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field, create_model

from simulation.behaviour.parameters import Parameter, sections
from simulation.behaviour.plugins import remembered
from simulation.scenario.sizes import STRICT


@remembered
def section_fields() -> dict[str, Any]:
    """Return one optional field for each section of the numbers, by name, with its annotation."""
    return {
        section: (_section_model(section, names) | None, Field(None, description=f"Numbers to set: {section}."))
        for section, names in sections().items()
    }


def _section_model(section: str, names: Mapping[str, Parameter]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: (
            float | None,
            Field(
                None,
                strict=True,
                ge=parameter.limits[0],
                le=parameter.limits[1],
                allow_inf_nan=False,
                description=f"{parameter.meaning} Unit: {parameter.unit}. Usually {parameter.value:g} "
                f"({parameter.grade}: {parameter.source}).",
            ),
        )
        for name, parameter in names.items()
    }
    return create_model(section.capitalize(), __config__=STRICT, **fields)
