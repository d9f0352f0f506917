"""How many households are simulated, and for how many of a chain they stand."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt

MOST_SHOPPERS = 100_000_000
MOST_HOUSEHOLDS = 1_000_000_000  # about half of all there are

STRICT = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
"""What holds of every part of a scenario."""


class Population(BaseModel):
    """Who is simulated."""

    model_config = STRICT

    shoppers: StrictInt = Field(
        ge=10, le=MOST_SHOPPERS, description="How many households to simulate, in digits alone."
    )
    file: Annotated[str, Field(strict=True, min_length=1)] | None = Field(
        None,
        alias="from",
        description="A population file, as `aislefour calibrate` writes it: its numbers of shopping stand for those "
        "that the scenario does not set itself. The path starts at the scenario file's folder.",
    )


class Chain(BaseModel):
    """Whom the simulated shoppers stand for."""

    model_config = STRICT

    households: StrictInt = Field(
        ge=10,
        le=MOST_HOUSEHOLDS,
        description="How many households the retailer serves, in digits alone. Every amount that is shown is theirs, "
        "and every fixed sum in the file, such as a fine, is paid once for all of them.",
    )
