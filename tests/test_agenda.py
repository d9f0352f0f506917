"""Who of a policy's institutions is asked in which week: those who have said so, and all once something has changed."""

from typing import Any

import numpy as np
import pytest

from simulation.model.agenda import Agenda
from simulation.model.institutions import NEVER, Institution
from simulation.model.model import LoyaltyModel


class Diarist(Institution):
    """An institution that says when it is to be asked, keeps the weeks in which it was, and may raise the reward."""

    def __init__(self, model: Any, weeks: list[int], raises: tuple[int, ...] = ()) -> None:
        super().__init__(model, 0)
        self.weeks, self.raises, self.asked = weeks, raises, list[int]()

    def act(self) -> None:
        """Note the week."""
        self.asked.append(self.model.week)
        if self.model.week in self.raises:
            self.timeline.levers["reward_rate"][self.model.week :] += 0.01

    def next_week(self) -> int:
        """Return the next of the weeks."""
        return min((week for week in self.weeks if week > self.model.week), default=NEVER)


@pytest.fixture
def model(make_scenario: Any) -> LoyaltyModel:
    return LoyaltyModel(make_scenario(population={"shoppers": 10}))


def asked(model: LoyaltyModel, institutions: list[Diarist], weeks: range) -> list[list[int]]:
    agenda = Agenda(institutions)
    for model.week in weeks:
        agenda.act(model.week)
    return [each.asked for each in institutions]


def test_everybody_is_asked_at_first_and_then_in_the_weeks_named(model: LoyaltyModel) -> None:
    institutions = [Diarist(model, [4, 9]), Diarist(model, [6])]
    assert asked(model, institutions, range(1, 12)) == [[1, 4, 9], [1, 6]]


def test_all_after_one_that_rewrites_what_is_to_come_are_asked(model: LoyaltyModel) -> None:
    first, second, third = Diarist(model, [8]), Diarist(model, [4], raises=(4,)), Diarist(model, [])
    assert asked(model, [first, second, third], range(1, 10)) == [[1, 8], [1, 4], [1, 4]]


def test_those_before_it_are_heard_on_when_they_act_next(model: LoyaltyModel) -> None:
    class Watcher(Diarist):
        def next_week(self) -> int:
            """Return the week after the latest in which the reward changes."""
            rates = self.timeline.levers["reward_rate"][:, 0]
            changed = np.flatnonzero(np.diff(rates)) + 3  # rows start with week 1; a change shows in the week after
            return int(min((week for week in changed if week > self.model.week), default=NEVER))

    watcher, second = Watcher(model, []), Diarist(model, [4], raises=(4,))
    assert asked(model, [watcher, second], range(1, 10)) == [[1, 6], [1, 4]]


def test_who_does_not_say_is_asked_every_week(model: LoyaltyModel) -> None:
    class Unsaid(Institution):
        asked = 0

        def act(self) -> None:
            """Count."""
            self.asked += 1

    silent, other = Unsaid(model, 0), Diarist(model, [3])
    asked(model, [silent, other], range(1, 6))  # type: ignore[list-item] # one of them keeps no diary
    assert silent.asked == 5 and other.asked == [1, 3]
