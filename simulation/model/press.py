"""The press in one policy's world."""

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
        """Note which weeks were slept through."""
        self._slept += self._asleep_until(week)
        self._asked = week

    def _asleep_until(self, week: int) -> list[tuple[range, list[int]]]:
        """Return the weeks since it was last asked, and which practices had not come out by then."""
        untold = [each for each in range(self._chances.shape[1]) if each not in self.stories]
        return [] if self.has_found_out else [(range(self._asked + 1, week), untold)]

    @property
    def chances(self) -> NDArray[np.float64]:
        """The chance that a first story came out, each week until one did. Shape (weeks, practices)."""
        found, awake = self._chances.copy(), max(self._asked, self.model.lived) + 1
        for weeks, untold in [*self._slept, *self._asleep_until(awake)]:
            running = np.asarray(self.timeline.practices["running"][weeks.start - 1 : weeks.stop - 1].any(axis=1))
            for practice in [each for each in untold if running[:, each].any()]:
                hazards = self._hazards_of_first(practice, weeks)
                chances = [exposure.chance_in_week(each) for each in hazards]
                found[weeks.start - 1 : weeks.stop - 1, practice] = np.where(running[:, practice], chances, 0.0)
        return found

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
            week = int(self.model.week)
            return self._hazards_of_first(practice, range(week, week + 1))[0]
        its_own = rows["scope"].max() == Scope.LEANING  # a boycott's reminders
        return 0.0 if its_own else self._follow_ups(practice)

    def _hazards_of_first(self, practice: int, weeks: range) -> list[float]:
        """Return first stories a year about a practice in each of some weeks."""
        until, these = slice(0, weeks.stop - 1), slice(weeks.start - 1, weeks.stop - 1)
        rows, sells = self.timeline.practices[these, :, practice], self._rival_sells(until)
        ran = self.timeline.practices["running"][until, :, practice].any(axis=1)
        years, rivals = (np.cumsum(each) - each for each in (ran.astype(int), sells.astype(int)))
        sells_too = rows["scope"].max(axis=1) == Scope.SHARED_RECORDS
        each_week = (
            self._mean_hazard(rows, self._reach(rows, weeks)),
            years[these] / 52.0,
            sells[these] * rivals[these] / 52.0,
            self.number("shared_exposure") * sells_too,
        )
        shape = self.number("exposure_shape")
        cases = zip(*(each.tolist() for each in each_week), strict=True)
        return [exposure.hazard_of_a_story(mean, year, rival, shape, shared) for mean, year, rival, shared in cases]

    def _most(self, rows: NDArray[np.void], practice: int) -> float:
        """Return what `_hazard` does not exceed in the weeks of some rows, shape (weeks, markets), whoever is reached.

        A hazard that rises or falls with the years is highest at either end.
        """
        if practice in self.stories:
            return self._follow_ups(practice)
        left, now = len(rows) + 1, slice(0, int(self.model.week))
        ran = int(self.timeline.practices["running"][now, :, practice].any(axis=1).sum())
        sold = int(self._rival_sells(now).sum()) + left if self._rival_sells(slice(None)).any() else 0
        mean, shape = float(self._mean_hazard(rows, 1.0).max()), self.number("exposure_shape")
        cases = [
            (year / 52.0, rival / 52.0) for year in (max(0, ran - 1), ran + left) for rival in {min(1, sold), sold}
        ]
        shared = self.number("shared_exposure")
        return max(exposure.hazard_of_a_story(mean, year, rival, shape, shared) for year, rival in cases)

    def _mean_hazard(self, rows: NDArray[np.void], reach: Any) -> NDArray[np.float64]:
        """Return first stories a year, on average over the years, by rows of shape (weeks, markets)."""
        usual = self.number("departure_to_insurer") * (1.0 - self.number("blame_on_the_buyer"))
        telling = np.minimum(2.0, rows["flow"].max(axis=1) / max(1e-9, usual))
        mean: NDArray[np.float64] = (rows["discovery"] * rows["running"]).max(axis=1) * reach * telling
        return mean

    def _follow_ups(self, practice: int) -> float:
        return self.number("follow_ups_per_year") * self.number("story_fatigue") ** self.stories[practice]

    def _reach(self, rows: NDArray[np.void], weeks: range) -> NDArray[np.float64]:
        """Return the share of shoppers whom the practice touched in the week before each."""
        before = [max(0, week - 2) for week in weeks]
        last = self.model.books.ledger.weekly[before, self.policy].sum(axis=(1, 2))
        scope = rows["scope"].max(axis=1)
        passed_on = (scope == Scope.SHARED_RECORDS) | (scope == Scope.MERGED)
        met = np.where(scope == Scope.SENSED, last[:, Measure.PATRONS], last[:, Measure.MEMBERS])
        touched = np.where(passed_on, last[:, Measure.SHARED], met)
        return touched / np.maximum(1, last[:, Measure.SHOPPERS])

    def _rival_sells(self, weeks: slice) -> NDArray[np.bool_]:
        """Return whether the rival sells data in each of some weeks."""
        return np.asarray((self.timeline.levers["rival_sells"][weeks] > 0.0).any(axis=1))
