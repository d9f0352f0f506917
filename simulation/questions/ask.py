"""What every question has in common: it is a frozen dataclass of its own options, and answers for a scenario."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.runs.runner import Runner


class Question(ABC):
    """Something that can be asked of a scenario; its options are the fields of the dataclass that it is."""

    name: ClassVar[str]
    """What it is called on the command line, in records and in names of folders."""

    shoppers: ClassVar[int] = 5_000
    """Households that are simulated if nothing else is asked for."""

    named_by_place: ClassVar[tuple[str, ...]] = ()
    """Options that the command line takes by their place, after the scenario file."""

    given_again: ClassVar[tuple[str, ...]] = ()
    """Options with several values that the command line takes one at a time."""

    spelled: ClassVar[Mapping[str, str]] = {}
    """Options that the command line spells otherwise."""

    needs: ClassVar[str | None] = None
    """A package that not every installation has."""

    @abstractmethod
    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return the answer; raises ValueError, in plain words, for what cannot be asked of this scenario."""


def ask(scenario: Scenario, question: Question, runner: "Runner | None" = None, command: str = "") -> "Answer":
    """Return the answer to a question about a scenario, with what one needs to make it again.

    Raises ValueError, in plain words, for what cannot be asked of this scenario.
    """
    from simulation.runs.provenance import origin
    from simulation.runs.runner import Runner

    if runner is None:
        with Runner() as own:
            return ask(scenario, question, own, command)
    return replace(question.answer(scenario, runner), origin=origin(scenario, command))


def at_least(least: int, **options: int | None) -> None:
    """Raise ValueError, with the option's name, for a count that is too small."""
    for name, value in options.items():
        if value is not None and value < least:
            raise ValueError(f"{name} must be at least {least}, not {value}")
