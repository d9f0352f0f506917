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
        self.has_found_out = False
        self._chances = np.zeros((model.case.weeks, len(model.case.practice_names)))
        self._slept: list[tuple[range, list[int]]] = []  # weeks not asked, and the practices not told of yet
        self._asked = 0  # the latest week in which it was

    def act(self) -> None:
        """Break the stories that this week's luck brings out; follow-ups reach fewer each time."""
        self._sleep_until(int(self.model.week))
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
        self._chances[week - 1, practice] = exposure.chance_in_week(per_year)
        if policy in self.model.first_stories:
            self.has_found_out = self.model.first_stories[policy] == (week, self.model.case.practice_names[practice])
        else:
            self.has_found_out = self.happens(per_year, Purpose.PRESS_ABOUT + practice)
        return self.has_found_out

    def _sleep_until(self, week: int) -> None:
        """Note which weeks were slept through, and which practices had not come out by then."""
        if not self.has_found_out:
            untold = [each for each in range(self._chances.shape[1]) if each not in self.stories]
            self._slept.append((range(self._asked + 1, week), untold))
        self._asked = week

    @property
    def chances(self) -> NDArray[np.float64]:
        """The chance that a first story came out, each week until one did. Shape (weeks, practices)."""
        self._sleep_until(max(self._asked, self.model.lived) + 1)
        self._asked -= 1
        for weeks, untold in self._slept:
            for week in weeks:
                rows = self.timeline.practices[week - 1]
                for practice in [each for each in untold if rows["running"][:, each].any()]:
                    hazard = self._hazard_of_first(rows[:, practice], practice, week)
                    self._chances[week - 1, practice] = exposure.chance_in_week(hazard)
        self._slept.clear()
        return self._chances

    def next_week(self) -> int:
        """Return the week in which something is in print, or luck would bring out what reaches everybody."""
        rows, week = self.timeline.practices, int(self.model.week)
        running, may = np.asarray(rows["running"].any(axis=1)), np.asarray(rows["press"].any(axis=(1, 2)))
        for practice in np.flatnonzero(running[week:].any(axis=0)).tolist():
            most = self._most(rows[week:, :, practice], practice)
            may |= running[:, practice] & self.lucky(most, Purpose.PRESS_ABOUT + practice)
        if story := self.model.first_stories.get(self.model.policies[self.policy]):
            may |= np.arange(1, len(rows) + 1) == story.week
        return self.first(may)

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
        if practice not in self.stories:
            return self._hazard_of_first(rows, practice, int(self.model.week))
        its_own = rows["scope"].max() == Scope.LEANING  # a boycott's reminders
        return 0.0 if its_own else self._follow_ups(practice)

    def _hazard_of_first(self, rows: NDArray[np.void], practice: int, week: int) -> float:
        """Return first stories a year, as of a week, by its rows of a practice."""
        sells = bool((self.timeline.levers[week - 1]["rival_sells"] > 0.0).any())
        years, rivals = self._weeks_run(practice, week) / 52.0, sells * self._weeks_of_the_rival(week) / 52.0
        sells_too = bool(rows["scope"].max() == Scope.SHARED_RECORDS)
        return self._first_stories(rows, self._reach(rows, week), years, rivals, sells_too)

    def _most(self, rows: NDArray[np.void], practice: int) -> float:
        """Return what `_hazard` does not exceed in the weeks of some rows, shape (weeks, markets), whoever is reached.

        A hazard that rises or falls with the years is highest at either end.
        """
        if practice in self.stories:
            return self._follow_ups(practice)
        left, week = len(rows) + 1, int(self.model.week)
        ran, sold = self._weeks_run(practice, week), self._weeks_of_the_rival(week)
        may_sell = (self.timeline.levers["rival_sells"][-left:] > 0.0).any()
        cases = [(years / 52.0, rivals / 52.0)
                 for years in (ran, ran + left) for rivals in ((1, sold + left) if may_sell else (0,))]  # fmt: skip
        return max(self._first_stories(rows, 1.0, years, rivals, True) for years, rivals in cases)

    def _follow_ups(self, practice: int) -> float:
        return self.number("follow_ups_per_year") * self.number("story_fatigue") ** self.stories[practice]

    def _first_stories(
        self, rows: NDArray[np.void], reach: float, years: float, rivals: float, sells_too: bool
    ) -> float:
        usual = self.number("departure_to_insurer") * (1.0 - self.number("blame_on_the_buyer"))
        telling = min(2.0, float(rows["flow"].max()) / max(1e-9, usual))
        mean = float((rows["discovery"] * rows["running"]).max()) * reach * telling
        shape, shared = self.number("exposure_shape"), self.number("shared_exposure") * sells_too
        return exposure.hazard_of_a_story(mean, years, rivals, shape, shared)

    def _reach(self, rows: NDArray[np.void], week: int) -> float:
        """Return the share of shoppers whom the practice touched in the week before."""
        last = self.model.books.ledger.weekly[max(0, week - 2), self.policy].sum(axis=(0, 1))
        touched = last[Measure.SHARED if rows["scope"].max() == Scope.SHARED_RECORDS else Measure.MEMBERS]
        return float(touched / max(1, last[Measure.SHOPPERS]))

    def _weeks_run(self, practice: int, week: int) -> int:
        """Return for how many weeks before this one a practice has run."""
        return int(self.timeline.practices["running"][: week - 1, :, practice].any(axis=1).sum())

    def _weeks_of_the_rival(self, week: int) -> int:
        """Return for how many weeks before this one the rival has sold data."""
        return int((self.timeline.levers["rival_sells"][: week - 1] > 0.0).any(axis=1).sum())
