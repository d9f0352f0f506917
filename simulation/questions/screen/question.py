"""Does a policy break our principles?"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from simulation.questions.ask import Question
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.runs.runner import Runner


@dataclass(frozen=True)
class Screen(Question):
    """Hold every policy against principles: what it keeps, what it breaks, on what evidence, and what each costs.

    Parameters
    ----------
    principles
        A file of principles; those that ship with the program if left out. A copy of those used lies beside the
        results, to start one's own from.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=40, replicates=2)
    >>> a4.ask(case, a4.Screen())
    <Answer to screen: ...>
    """

    name: ClassVar[str] = "screen"

    principles: Path | None = None

    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return how each policy stands before each principle, and what each costs."""
        from simulation.questions.screen import answer, principles, screening

        file = self.principles or principles.SHIPPED
        rules = principles.read_principles(file)
        found = screening.screening_of(runner.outcome(scenario), rules)
        return answer.of_screening(found, file.read_text(encoding="utf-8"))
