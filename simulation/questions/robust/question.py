"""Which policy is best if nobody can say which world we live in?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulation.questions.ask import Question, at_least
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.runs.runner import Runner


@dataclass(frozen=True)
class Robust(Question):
    """Say how policies do across worlds that nobody can tell apart: expected, at worst, by regret; and when each pays.

    Parameters
    ----------
    over
        Numbers that worlds differ in, such as world.press_hazard_per_year, each drawn from its plausible range or the
        scenario's own, or a word for many: uncertain (all that the scenario's replicates draw), assumptions, all. What
        the replicates draw, as they draw it, if left out. What else they draw is drawn anew for each world.
    worlds
        How many worlds to simulate; multiples of 16, or of 64 for many ranges, are spread most evenly.
    fresh
        How many further worlds to check the conditions on.
    replicates
        How many times to simulate each world, and average.
    same_luck
        Give all worlds the same random numbers, so that parameters alone tell them apart; what is found then holds for
        these random numbers.
    policies
        Names of the policies to compare; the baseline, the first in the file, always is.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=40, replicates=2)
    >>> a4.ask(case, a4.Robust(worlds=16, fresh=8))
    <Answer to robust: ...>
    """

    name: ClassVar[str] = "robust"
    shoppers: ClassVar[int] = 2_000

    over: tuple[str, ...] = ()
    worlds: int = 256
    fresh: int = 128
    replicates: int = 1
    same_luck: bool = False
    policies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        at_least(1, worlds=self.worlds, fresh=self.fresh, replicates=self.replicates)

    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return how the policies do across worlds, and under which conditions each pays or loses."""
        from simulation.questions.robust import answer
        from simulation.questions.robust.discovery import discover
        from simulation.questions.robust.robustness import Robustness
        from simulation.questions.robust.words import how_lived
        from simulation.runs.sampling import addresses_of, draws, lived, tasks_of, worlds
        from simulation.scenario.drawn import with_drawn

        case = scenario.with_changes(self.policies) if self.policies else scenario
        addresses, count = addresses_of(case, self.over), self.worlds + self.fresh
        every = worlds(case, addresses, count)
        tasks = tasks_of(case, draws(case, addresses, count), self.replicates, self.same_luck)
        runner.announce(tasks)
        value = lived(tasks, self.replicates, runner)["value"]
        whole = Robustness(tuple(case.policies), every, value - value[:, :1])
        found, held_out = whole.part(0, self.worlds), whole.part(self.worlds, self.worlds + self.fresh)
        discoveries = [discover(found, held_out, policy) for policy in whole.policies[1:]]
        varied = with_drawn(case, addresses)
        notes = how_lived(varied, every, self.replicates, self.same_luck)
        return answer.of_study(answer.Study(varied, found, held_out, discoveries, notes))
