"""Who left because of it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from simulation.questions.ask import Question
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.runs.runner import Runner


@dataclass(frozen=True)
class Compare(Question):
    """Set policies, of one scenario or several, side by side: twin by twin, and why more shoppers left.

    Parameters
    ----------
    others
        Further scenarios by name; of two in all, it is also said what the second asks otherwise.
    called
        The name of the first scenario.
    written
        The scenarios as they stand in their files, where those to run have been made smaller.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=40, replicates=2)
    >>> a4.ask(case, a4.Compare())
    <Answer to compare: ...>
    """

    name: ClassVar[str] = "compare"

    others: Mapping[str, Scenario] = field(default_factory=dict)
    called: str = "scenario"
    written: Mapping[str, Scenario] = field(default_factory=dict)

    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return the policies side by side, and what their differences are due to."""
        from simulation.questions.compare import answer, comparison

        cases = {self.called: scenario, **self.others}
        return answer.of_comparison(comparison.compare(cases, self.written or None, runner))
