"""When do which shoppers leave?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulation.questions.ask import Question
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.runs.runner import Runner


@dataclass(frozen=True)
class Churn(Question):
    """Say who churns, when and by which cause, and whether that depends on what is called churn.

    Parameters
    ----------
    policy
        The policy that is compared with the baseline in each stratum; the one whose churn differs most from it if
        left out.
    by
        How to tell shoppers apart: segment, tier, awareness, vulnerable, age; the first three if left out.
    definition
        What counts as churn: left (changed the main store), card (gave the card up), any (either, or opted out),
        silent-8, silent-13, silent-26 (no trip for so many weeks), unseen-8, unseen-13, unseen-26 (no trip with the
        card). All are shown beside it.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=40, replicates=2)
    >>> a4.ask(case, a4.Churn("sale exposed", by=("tier",)))
    <Answer to churn: ...>
    """

    name: ClassVar[str] = "churn"

    policy: str | None = None
    by: tuple[str, ...] | None = None
    definition: str = "left"

    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return churn by policy, definition, stratum and cause."""
        from simulation.questions.churn import answer, churn

        return answer.of_study(churn.churn(scenario, self.definition, self.policy, self.by, runner))
