"""Would asking shoppers first change the decision?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulation.questions.ask import Question, at_least
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.runs.runner import Runner


@dataclass(frozen=True)
class Survey(Question):
    """Say what it is worth to ask shoppers before a deal: whether answers would change the decision, by how many asked.

    The scenario's uncertain numbers make the worlds, one a replicate, that a survey can tell apart.

    Parameters
    ----------
    policy
        The policy whose first practice shoppers are asked about.
    sample
        How many are asked; other sizes are shown beside it.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=40, replicates=2)
    >>> a4.ask(case, a4.Survey("quiet sale", sample=500))
    <Answer to asking: ...>
    """

    name: ClassVar[str] = "asking"

    policy: str
    sample: int = 1_000

    def __post_init__(self) -> None:
        at_least(1, sample=self.sample)

    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return what a survey is worth, by its size."""
        from simulation.questions.survey import answer, survey

        worlds = survey.worlds_of(scenario, self.policy, runner)
        surveys = [survey.survey(worlds, size) for size in sorted({*survey.SAMPLES, self.sample})]
        return answer.of_survey(worlds, surveys, self.sample)
