"""How far do outcomes spread, and how much of that is chance?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulation.questions.ask import Question, at_least
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.questions.ensemble.ensemble import Ensemble as Runs
    from simulation.runs.runner import Runner


@dataclass(frozen=True)
class Ensemble(Question):
    """Say how far outcomes spread, how much of that is chance and how much not knowing, and how sure the means are.

    A study that is stopped goes on where it was when asked again.

    Parameters
    ----------
    over
        Numbers to draw, such as world.press_hazard_per_year, or a word for many: uncertain (all that the scenario's
        replicates draw), assumptions (every guess graded so), all. Each is drawn from its plausible range, or the
        scenario's own, and with it the others as the scenario draws them. What the replicates draw if left out.
    draws
        How many sets of numbers to draw; multiples of 16, or of 64 for many ranges, are spread most evenly.
    replicates
        How many replicates to simulate with each of them.
    until_error
        Go on until no policy's mean difference has a larger standard error than this, in dollars; 8,192 runs at most.
    policies
        Names of the policies to compare; the baseline, the first in the file, always is.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=40, replicates=2)
    >>> a4.ask(case, a4.Ensemble(draws=4, replicates=2))
    <Answer to ensemble: ...>
    """

    name: ClassVar[str] = "ensemble"

    over: tuple[str, ...] = ()
    draws: int = 64
    replicates: int = 8
    until_error: float | None = None
    policies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        at_least(1, draws=self.draws, replicates=self.replicates)

    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return the spread of every policy's difference, and what it comes from."""
        from simulation.questions.ensemble import answer, ensemble
        from simulation.runs.sampling import addresses_of

        case = scenario.with_changes(self.policies) if self.policies else scenario
        addresses = addresses_of(case, self.over)

        def live(draws: int, replicates: int) -> "Runs":
            runner.announce(ensemble.tasks_of(case, addresses, draws, replicates))
            return ensemble.ensemble(case, addresses, draws, replicates, runner)

        size = self.draws, self.replicates
        found = live(*size) if self.until_error is None else ensemble.until_error(live, *size, self.until_error)
        return answer.of_ensemble(found, self.until_error)
