"""Where does a policy stop paying?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulation.questions.ask import Question, at_least
from simulation.scenario.schema import Scenario

if TYPE_CHECKING:
    from simulation.questions.answer import Answer
    from simulation.runs.runner import Runner


@dataclass(frozen=True)
class BreakEven(Question):
    """Say at what fee, exposure risk, period of secrecy or other number a policy stops paying.

    Parameters
    ----------
    number
        A term of the policy's actions, such as fee_per_member_year; one of the model's numbers, such as
        world.press_hazard_per_year; or concealment_weeks: how long its first practice is kept from the press.
    policy
        The policy that is compared with the baseline.
    against
        A second number: then every pair of values is tried, and the line drawn at which the policy breaks even.
    between
        Low and high end of the values tried; around the policy's own, or the plausible range, if left out.
    against_between
        The same for the second number.
    tried
        How many values to try, of each number.

    Examples
    --------
    >>> import aislefour as a4
    >>> case = a4.read("shopsense_ifa").with_changes(shoppers=300, weeks=40, replicates=2)
    >>> question = a4.BreakEven("fee_per_member_year", policy="quiet sale", tried=3)
    >>> a4.ask(case, question)
    <Answer to break-even: ...>
    """

    name: ClassVar[str] = "break-even"
    named_by_place: ClassVar[tuple[str, ...]] = ("number",)

    number: str
    policy: str
    against: str | None = None
    between: tuple[float, float] | None = None
    against_between: tuple[float, float] | None = None
    tried: int = 9

    def __post_init__(self) -> None:
        at_least(1, tried=self.tried)
        if self.against is None and self.against_between is not None:
            raise ValueError("against_between: there is no second number; name one with 'against'")

    def answer(self, scenario: Scenario, runner: "Runner") -> "Answer":
        """Return where the policy breaks even along one number, or along one by a second."""
        from simulation.questions.break_even import answer, break_even

        if self.against is None:
            return answer.of_break_even(
                break_even.break_even(scenario, self.policy, self.number, self.between, self.tried, runner)
            )
        numbers, between = (self.number, self.against), (self.between, self.against_between)
        return answer.of_frontier(break_even.frontier(scenario, self.policy, numbers, between, self.tried, runner))
