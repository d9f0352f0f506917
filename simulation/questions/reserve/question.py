"""What would it cost if the story broke now?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulation.questions.ask import Question, at_least
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.runs.runner import Runner


@dataclass(frozen=True)
class Reserve(Question):
    """Say what exposure would cost over the following year, week by week, beside the income earned until then.

    Parameters
    ----------
    policy
        The policy that shares data; the first that does if left out.
    every
        Weeks between the exposures that are tried; 1 tries them all, and takes its time.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=104, replicates=2)
    >>> a4.ask(case, a4.Reserve("quiet sale", every=26))
    <Answer to reserve: ...>
    """

    name: ClassVar[str] = "reserve"

    policy: str | None = None
    every: int = 13

    def __post_init__(self) -> None:
        at_least(1, every=self.every)

    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return the cost of exposure and the income so far, by the week of exposure."""
        from simulation.questions.reserve import answer, reserve

        policy = self.policy or reserve.first_sale(scenario)
        return answer.of_reserve(reserve.backlash_reserve(scenario, policy, self.every, runner), scenario)
