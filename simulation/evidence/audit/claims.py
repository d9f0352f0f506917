"""(+ claims.yaml) What the program promises: each promise in a sentence, and how it is checked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulation.evidence.audit.books import WAYS
from simulation.model.ledger import Measure
from simulation.runs.measures import LINES, STUDIED
from simulation.scenario.documents import read_document

SOURCE = Path(__file__).with_name("claims.yaml")

Text = Annotated[str, Field(min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Claim(BaseModel):
    """One promise; `scenario` is the file it is checked on, by a path from the file of claims."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    claim: Text
    scenario: Text = "everything.yaml"
    slow: bool = False


class SameBits(Claim):
    """Another way to live the scenario changes nothing."""

    check: Literal["same_bits"]
    way: Literal[*WAYS]  # type: ignore[valid-type] # the list is made from what there is


class NoDifference(Claim):
    """A policy makes exactly no difference."""

    check: Literal["no_difference"]
    policy: Text


class SameUntilItActs(Claim):
    """Every policy is the same as the baseline to the bit until its first action, and differs afterwards."""

    check: Literal["same_until_it_acts"]
    but_for: tuple[Text, ...] = ()


class BooksClose(Claim):
    """People and money add up."""

    check: Literal["books_close"]


class Within(Claim):
    """Weekly lines stay between two bounds, under every policy."""

    check: Literal["within"]
    lines: Annotated[tuple[Literal[*LINES], ...], Field(min_length=1)]  # type: ignore[valid-type]
    low: Number
    high: Number


class Ordered(Claim):
    """Each measure is at most the next one, in every week, market and cell."""

    check: Literal["ordered"]
    measures: Annotated[tuple[Literal[*Measure.__members__], ...], Field(min_length=2)]  # type: ignore[valid-type]


class Moves(Claim):
    """A policy's difference from the baseline rises, or falls, with one of the model's numbers."""

    check: Literal["moves"]
    policy: Text
    number: Text
    values: Annotated[tuple[Number, ...], Field(min_length=2)]
    measure: Literal[*STUDIED]  # type: ignore[valid-type]
    direction: Literal["up", "down"]


class MovesAlong(Claim):
    """A measure rises, or falls, from one policy to the next."""

    check: Literal["moves_along"]
    policies: Annotated[tuple[Text, ...], Field(min_length=2)]
    measure: Literal[*STUDIED]  # type: ignore[valid-type]
    direction: Literal["up", "down"]


class MoreShoppers(Claim):
    """Further shoppers leave the others as they are."""

    check: Literal["more_shoppers"]


class PerHead(Claim):
    """Results per head depend neither on size nor on how markets are split."""

    check: Literal["per_head"]
    errors: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Signs(Claim):
    """Every mechanism moves what it should, the way it should."""

    check: Literal["signs"]


class Refused(Claim):
    """A scenario is refused, with these words in what is said."""

    check: Literal["refused"]
    text: Text
    says: Annotated[tuple[Text, ...], Field(min_length=1)]


class SameFiles(Claim):
    """The same command leaves the same files."""

    check: Literal["same_files"]


class GoesOn(Claim):
    """A study that was stopped goes on where it stopped, and finds the same."""

    check: Literal["goes_on"]


class Unmoved(Claim):
    """Numbers are those that were last agreed on."""

    check: Literal["unmoved"]


AnyClaim = Annotated[
    SameBits
    | NoDifference
    | SameUntilItActs
    | BooksClose
    | Within
    | Ordered
    | Moves
    | MovesAlong
    | MoreShoppers
    | PerHead
    | Signs
    | Refused
    | SameFiles
    | GoesOn
    | Unmoved,
    Field(discriminator="check"),
]


class Claims(BaseModel):
    """A file of claims."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claims: Annotated[tuple[AnyClaim, ...], Field(min_length=1)]


def read_claims(file: Path | None = None) -> tuple[Any, ...]:
    """Return the claims of a file, the shipped ones if none is named; raises ScenarioError with all that is wrong."""
    return read_document(file or SOURCE, Claims).claims


def chosen_claims(claims: Sequence[Any], names: Sequence[str], full: bool) -> list[Any]:
    """Return the claims named, or all but the slow ones; raises ValueError for a name that none has."""
    known = [claim.name for claim in claims]
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"there is no claim called '{unknown[0]}'; known: {', '.join(known)}")
    return [claim for claim in claims if (claim.name in names if names else full or not claim.slow)]
