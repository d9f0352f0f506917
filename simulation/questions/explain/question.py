"""What happened to one shopper, and to the twin?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from simulation.questions.ask import Question
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.runs.runner import Runner

Pick = Literal["first-leaver", "median", "never-knew", "biggest-loss", "returned"]


@dataclass(frozen=True)
class Explain(Question):
    """Tell one shopper's two lives, week by week: what was heard, felt and done, and what the twin did instead.

    The lives are those of the first replicate.

    Parameters
    ----------
    policy
        The policy that is set beside the baseline.
    shopper
        Number of the shopper, from 0.
    pick
        Which shopper to look for instead: first-leaver (if nothing is said), median, never-knew, biggest-loss,
        returned.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=40, replicates=2)
    >>> a4.ask(case, a4.Explain("sale exposed", shopper=7))
    <Answer to explain: ...>
    """

    name: ClassVar[str] = "explain"

    policy: str
    shopper: int | None = None
    pick: Pick | None = None

    def __post_init__(self) -> None:
        if self.shopper is not None and self.pick is not None:
            raise ValueError("shopper: pick looks for one already; name one of the two")

    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return the shopper's two lives, and why this shopper's."""
        from simulation.questions.explain import answer, selection, two_lives

        number, why, pick = self.shopper, "", self.pick or "first-leaver"
        advance = runner.expect(1, scenario.weeks * (2 if number is None else 1))
        if number is None:
            number = selection.pick_shopper(scenario, self.policy, pick, carry=runner)
            why = f"Picked as {pick}: {selection.MEANINGS[pick]}."
        threads = runner.means.count
        return answer.of_lives(
            two_lives.two_lives(scenario, self.policy, number, threads=threads, progress=advance), why
        )
