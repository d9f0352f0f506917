"""Which assumptions does the answer hang on?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulation.questions.ask import Question, at_least
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.runs.runner import Runner

TERMS = "terms"
"""The word that asks for the policy's own terms instead of numbers of the model."""


@dataclass(frozen=True)
class Sensitivity(Question):
    """Say which numbers a policy's difference from the baseline hangs on, and how much of its variance is guesses.

    All numbers are screened, the most influential weighed and swung one by one. A study that is stopped goes on where
    it was when asked again.

    Parameters
    ----------
    policy
        The policy that is compared with the baseline.
    measure
        What is looked at: value, revenue, card_use, churn, trust, aware, complaints, consent_debt, harm and others.
    over
        Numbers to vary, such as world.press_hazard_per_year, or a word for many: all, assumptions (every guess graded
        so), uncertain (all that the scenario's replicates draw). Each is varied by itself over its plausible range, or
        the scenario's own; others are drawn with the luck, as in a run. All numbers if left out. Or the word terms,
        alone: each number in the policy's own actions moved down and up, which takes one small run.
    few
        How many of the most influential to look at closely.
    trajectories
        How many times to change every number once, to find the most influential (Morris).
    samples
        How many samples to weigh them with (Sobol), a power of 2.
    replicates
        How many replicates to average over where single numbers are swung.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=40, replicates=2)
    >>> over = ("behaviour.trust_loss_ratio", "world.story_reach")
    >>> question = a4.Sensitivity("sale exposed", over=over, few=2, trajectories=2, samples=2, replicates=2)
    >>> a4.ask(case, question, workers=1)
    <Answer to sensitivity: ...>
    """

    name: ClassVar[str] = "sensitivity"
    needs: ClassVar[str | None] = "SALib"

    policy: str
    measure: str = "value"
    over: tuple[str, ...] = ("all",)
    few: int = 8
    trajectories: int = 6
    samples: int = 64
    replicates: int = 8

    def __post_init__(self) -> None:
        at_least(1, few=self.few, trajectories=self.trajectories, samples=self.samples, replicates=self.replicates)

    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return what the policy's difference hangs on."""
        return self._of_terms(scenario, runner) if TERMS in self.over else self._of_the_world(scenario, runner)

    def _of_terms(self, scenario: Scenario, runner: "Runner") -> "Answer":
        from simulation.questions.sensitivity import answer
        from simulation.runs.own_terms import move_terms
        from simulation.runs.variants import refuse_unknown

        if self.over != (TERMS,) or self.measure != "value":
            raise ValueError(f"over: '{TERMS}' stands alone, and moves value only; ask for other numbers by themselves")
        refuse_unknown(scenario, self.policy)
        return answer.of_terms(self.policy, move_terms(scenario, [self.policy], runner.outcome))

    def _of_the_world(self, scenario: Scenario, runner: "Runner") -> "Answer":
        from simulation.questions.sensitivity import answer, sensitivity
        from simulation.runs.sampling import addresses_of
        from simulation.runs.tasks import Task

        addresses = addresses_of(scenario, self.over or ("all",))
        effort = sensitivity.Effort(self.trajectories, self.few, self.samples, self.replicates)
        question = sensitivity.question_of(scenario, self.policy, self.measure, addresses, runner)
        first = [Task(scenario.with_changes(policies=[self.policy]))]
        runner.announce(first, sensitivity.planned_runs(question, effort))
        found = sensitivity.influence(scenario, self.policy, self.measure, addresses, effort, runner)
        return answer.of_influence(found)
