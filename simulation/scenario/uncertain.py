"""What a scenario calls uncertain: the set that draws what is not known, and single numbers drawn beside it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_serializer, model_validator

from simulation.behaviour.parameters import parameters
from simulation.scenario.evidence_set import SETS, SetName

Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]


def _from_a_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Range = Annotated[tuple[Finite, Finite], BeforeValidator(_from_a_list)]

OTHERS = "others"
"""The key beside single numbers that names the set which draws all others."""

ABOUT = (
    "What each replicate draws anew. Left out, all guesses together from the evidence set, as far as the scenario does "
    "not set them; a word names another set. Or single numbers by section and name, such as "
    "behaviour.trust_loss_ratio, each drawn between low and high, evenly or, for a number known to an order of "
    "magnitude only and a low end above 0, evenly in logarithms: a range goes before a number that the scenario sets, "
    "and 'others' names the set that draws all other guesses, evidence if left out. The low end must lie below the "
    "high end; `check` compares them."
)


class Uncertain(BaseModel):
    """The set that draws what is not known, and the ranges of single numbers drawn in its place, by address.

    In a file it is the name of a set, or a mapping of addresses to ranges in which `others` may name the set.
    """

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Range] = Field(init=False)

    others: SetName = "evidence"

    @model_validator(mode="before")
    @classmethod
    def _from_a_word(cls, value: Any) -> Any:
        return {OTHERS: value} if isinstance(value, str) else value

    @model_serializer
    def _as_in_a_file(self) -> Any:
        named = {} if self.others == "evidence" else {OTHERS: self.others}
        return {**named, **self.ranges} if self.ranges else self.others

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        """The single numbers drawn, by address, each with its low and its high end."""
        return self.__pydantic_extra__


def schema_of_uncertain() -> dict[str, Any]:
    """Return the JSON Schema of what a file may call uncertain."""
    named = {"oneOf": [{"const": name, "description": f"{what}."} for name, what in SETS.items()]}
    ranges = {
        address: {
            **{"type": "array", "minItems": 2, "maxItems": 2},
            "items": {"type": "number", "minimum": number.limits[0], "maximum": number.limits[1]},
        }
        for address, number in parameters().items()
    }
    others = {OTHERS: {"description": "The set that draws all other guesses.", **named}}
    mapping = {"type": "object", "additionalProperties": False, "properties": {**others, **ranges}}
    return {"title": "Uncertain", "description": ABOUT, "default": "evidence", "anyOf": [named, mapping]}
