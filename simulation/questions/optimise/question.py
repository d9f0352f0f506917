"""Which terms trade value against trust and harm?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulation.questions.ask import Question, at_least
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.runs.runner import Runner


@dataclass(frozen=True)
class Optimise(Question):
    """Say what a policy could be: the settings of its terms that nothing tried beats in value, trust and harm at once.

    Parameters
    ----------
    policy
        The policy whose terms are varied; it is compared with the baseline.
    vary
        A term and what it may be, such as fee_per_member_year=0.1:10 or consent=none,notice,opt_out,opt_in; may be
        given several times.
    aims
        What to look for, two at least of value, trust and harm; all three if left out.
    trials
        How many settings to try.
    worlds
        In how many worlds to try each.
    fresh
        In how many further worlds to simulate what was found again.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=40, replicates=2)
    >>> question = a4.Optimise("opt-in wellness", vary=("reward=0:0.02",), trials=4, worlds=2, fresh=2)
    >>> a4.ask(case, question)
    <Answer to optimise: ...>
    """

    name: ClassVar[str] = "optimise"
    shoppers: ClassVar[int] = 2_000
    needs: ClassVar[str | None] = "optuna"
    given_again: ClassVar[tuple[str, ...]] = ("vary",)
    spelled: ClassVar[Mapping[str, str]] = {"aims": "--for"}

    policy: str
    vary: tuple[str, ...]
    aims: tuple[str, ...] = ()
    trials: int = 96
    worlds: int = 16
    fresh: int = 64

    def __post_init__(self) -> None:
        at_least(1, trials=self.trials, worlds=self.worlds, fresh=self.fresh)

    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return the Pareto front of the policy's terms."""
        from simulation.questions.optimise import answer, search
        from simulation.questions.optimise.levers import levers_of
        from simulation.runs.sampling import lived

        levers = levers_of(scenario, self.policy, self.vary)
        aims = search.aims_of(self.aims or tuple(search.AIMS))
        counts = self.trials, self.worlds, self.fresh
        runner.announce(search.first_tasks(scenario, self.policy, levers, aims, *counts[:2]), search.runs_of(*counts))
        front = search.optimise(scenario, self.policy, levers, aims, lambda tasks: lived(tasks, 1, runner), *counts)
        return answer.of_front(scenario, front)
