"""The press in one policy's world, a Mesa agent."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import exposure
from simulation.behaviour.draws import Purpose
from simulation.model.institutions import Institution
from simulation.model.ledger import Measure
from simulation.scenario.practices import Scope
from simulation.scenario.timeline import tell_story

_TIRED_OF_THE_TRADE = 43  # weeks: ten months


class FirstStory(NamedTuple):
    """The first story that the press finds out: its week, and the name of the practice that it is about."""

    week: int
    about: str


class Press(Institution):
    """Finds out about practices, the sooner the more they reach and the longer they run; comes back to what goes on."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.stories: dict[int, int] = {}
        self.reached: dict[int, float] = {}  # by the first story about each practice
        self.last_in_print: dict[int, int] = {}  # practice: week
        self.weeks_run = np.zeros(len(model.case.practice_names), np.int64)
        self.weeks_of_the_rival = 0
        self.has_found_out = False
        self.chances = np.zeros((model.case.weeks, len(model.case.practice_names)))  # of that, each week, until it has

    def act(self) -> None:
        """Break the stories that this week's luck brings out; follow-ups reach fewer each time."""
        rows = self.now
        in_print, running = rows["press"].max(axis=0), rows["running"].any(axis=0)
        for practice in np.flatnonzero((in_print > 0.0) | running).tolist():
            if in_print[practice]:
                self._note(practice, float(in_print[practice]))
            elif self._comes_out(practice, self._hazard(rows[:, practice], practice)):
                self._tell(practice)
        self._refuse_untold()

    def _refuse_untold(self) -> None:
        """Raise ValueError if a story was foreseen for this week that cannot break in it."""
        story = self.model.first_stories.get(self.model.policies[self.policy])
        if story and story.week == self.model.week and not self.has_found_out:
            why = "it does not run then, or is known already"
            raise ValueError(f"no first story about '{story.about}' can break in week {story.week}: {why}")

    def _comes_out(self, practice: int, per_year: float) -> bool:
        """Return whether a story about a practice breaks: by luck, unless the first was foreseen otherwise."""
        policy, week = self.model.policies[self.policy], self.model.week
        if self.has_found_out or practice in self.stories:
            return self.happens(per_year, Purpose.PRESS_ABOUT + practice)
        self.chances[week - 1, practice] = exposure.chance_in_week(per_year)
        if policy in self.model.first_stories:
            self.has_found_out = self.model.first_stories[policy] == (week, self.model.case.practice_names[practice])
        else:
            self.has_found_out = self.happens(per_year, Purpose.PRESS_ABOUT + practice)
        return self.has_found_out

    def _note(self, practice: int, reach: float) -> None:
        """Note what is in print, be it a story that was not this institution's to tell."""
        self.last_in_print[practice] = self.model.week
        self.stories.setdefault(practice, 1)
        self.reached.setdefault(practice, reach)

    def _tell(self, practice: int) -> None:
        told = self.stories.get(practice, 0)
        reach = self.reached.setdefault(practice, self._reach_of_first(practice))
        self.stories[practice] = told + 1
        rows = self.timeline.practices[self.model.week - 1 :, :, practice]
        tell_story(rows, reach * self.number("story_fatigue") ** told, self.model.numbers)

    def _reach_of_first(self, practice: int) -> float:
        """Return what a chance story reaches: the public tires of a trade about which it has just read."""
        since = self.model.week - _TIRED_OF_THE_TRADE
        others = sum(week >= since for other, week in self.last_in_print.items() if other != practice)
        return exposure.reach_of_a_story(
            self.number("chance_story_reach"),
            self.number("story_reach_spread"),
            self.normal(Purpose.PRESS_REACH, practice),
            self.number("story_reach_most"),
            self.number("trade_fatigue"),
            others,
        )

    def _hazard(self, rows: NDArray[np.void], practice: int) -> float:
        """Return stories a year: of a first one by reach, secrecy, sensitivity and time; then of follow-ups."""
        if practice in self.stories:
            comes_back = rows["scope"].max() != Scope.LEANING  # a boycott's reminders are its own
            return (
                comes_back * self.number("follow_ups_per_year") * self.number("story_fatigue") ** self.stories[practice]
            )
        usual = self.number("departure_to_insurer") * (1.0 - self.number("blame_on_the_buyer"))
        telling = min(2.0, float(rows["flow"].max()) / max(1e-9, usual))
        mean = float((rows["discovery"] * rows["running"]).max()) * self._reach(rows) * telling
        years, rivals = int(self.weeks_run[practice]) / 52.0, self._rival_sells * self.weeks_of_the_rival / 52.0
        sells_too = rows["scope"].max() == Scope.SHARED_RECORDS
        shape, shared = self.number("exposure_shape"), self.number("shared_exposure") * sells_too
        return exposure.hazard_of_a_story(mean, years, rivals, shape, shared)

    def _reach(self, rows: NDArray[np.void]) -> float:
        """Return the share of shoppers whom the practice touched last week."""
        last = self.latest()
        touched = last[Measure.SHARED if rows["scope"].max() == Scope.SHARED_RECORDS else Measure.MEMBERS]
        return float(touched / max(1, last[Measure.SHOPPERS]))

    def book(self) -> None:
        """Note for how many weeks each practice has run, and the rival's sale."""
        self.weeks_run += self.now["running"].any(axis=0)
        self.weeks_of_the_rival += self._rival_sells

    @property
    def _rival_sells(self) -> int:
        """1 if the rival sells data this week."""
        return int((self.timeline.levers[self.model.week - 1]["rival_sells"] > 0.0).any())
