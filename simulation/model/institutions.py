"""The organisations in one policy's world: retailer and rival grocer; agents of Mesa's in a model of Mesa's.

Each acts on last week's ledger only, and may rewrite this and later weeks' levers, never a shopper. It says in which
week it may next have something to do; until then it is not asked.
"""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import exposure
from simulation.behaviour.draws import Purpose, standard_normal, uniform
from simulation.model.ledger import Measure, Touched
from simulation.scenario.practices import Scope
from simulation.scenario.responses import Respond, ScaleUp, SurveyFirst
from simulation.scenario.timeline import Timeline


class Actor:
    """Who acts in a model, which is told of it."""

    def __init__(self, model: Any) -> None:
        self.model = model
        model.join(self)


class Institution(Actor):
    """An organisation in the world of one policy."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model)
        self.policy = policy

    def act(self) -> None:
        """Act on last week's ledger, before the shoppers live their week."""

    def next_week(self) -> int:
        """Return the first week after this one in which it may have something to do, by what is known this week.

        Who does not say is asked every week. When one institution acts, all of its policy are asked.
        """
        return int(self.model.week) + 1

    def book(self) -> None:
        """Book what this week has cost and earned beyond what is booked anyway, after the shoppers have lived it."""

    @property
    def timeline(self) -> Timeline:
        """All weeks of the policy, to be read or rewritten from this week on."""
        timeline: Timeline = self.model.timeline(self.policy)
        return timeline

    @property
    def now(self) -> NDArray[np.void]:
        """The rows of practices of this week. Shape (markets, practices)."""
        rows: NDArray[np.void] = self.timeline.practices[self.model.week - 1]
        return rows

    def number(self, name: str) -> float:
        """Return one of the model's numbers."""
        return float(self.model.numbers[name])

    def latest(self) -> NDArray[np.int64]:
        """Return the latest week's totals by measure: last week's while acting, this week's while booking."""
        totals: NDArray[np.int64] = self.model.totals[self.policy]
        return totals

    def counted(self) -> NDArray[np.int64]:
        """Return the latest week's totals as `latest` does, those alone that are counted: what follows may be 0."""
        totals: NDArray[np.int64] = self.model.counted()[self.policy]
        return totals

    def happens(self, per_year: float, purpose: int) -> bool:
        """Return whether something of this yearly hazard happens this week."""
        return bool(uniform(self.model.keys[purpose], 0) < exposure.chance_in_week(per_year))

    def luck(self, purpose: Purpose, practice: int) -> float:
        """Return a practice's uniform luck of the whole run, the same under every policy."""
        return float(uniform(self.model.opening_keys[purpose], practice))

    def normal(self, purpose: Purpose, practice: int) -> float:
        """Return a practice's standard normal luck of the whole run, the same under every policy."""
        return float(standard_normal(self.model.opening_keys[purpose], practice))

    def luck_named(self, name: str) -> float:
        """Return this week's uniform luck of what a plug-in names, the same under every policy.

        It is the studies' stream, which no week uses otherwise.
        """
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
        return float(uniform(self.model.keys[Purpose.STUDY], number))

    def pay(self, flow: int | str, cents: float) -> None:
        """Book a payment of this week: a `Flow`, or a plug-in's by name."""
        self.model.accounts.book(self.model.week, self.policy, flow, cents)

    def is_out(self, practice: int) -> bool:
        """Return whether a story about a practice has run, up to last week."""
        return bool(self.timeline.practices[: self.model.week - 1, :, practice]["press"].any())

    def came_out(self) -> NDArray[np.bool_]:
        """Return about which practices the first story broke last week."""
        press = self.timeline.practices[: self.model.week - 1]["press"]
        last = np.asarray(press[-1:].any(axis=(0, 1)))
        return last & ~press[:-1].any(axis=(0, 1)) if last.any() else last

    def people_concerned(self, practice: int, where: NDArray[np.bool_] | None = None) -> int:
        """Return how many shoppers a practice has touched at most in any week, up to last week.

        `where` are markets; all if left out.
        """
        touched = self.model.books.ledger.touched[: self.model.week - 1, self.policy, :, practice, Touched.FLOWING]
        return int(touched.sum(axis=1, where=True if where is None else where).max(initial=0))

    # when there is next something to do

    def first(self, weeks: NDArray[np.bool_]) -> int:
        """Return the first week after this one that is marked among all weeks; one beyond the last if none is."""
        later = weeks[self.model.week :]
        return int(self.model.week + 1 + later.argmax()) if later.any() else NEVER

    def comes_out(self) -> NDArray[np.bool_]:
        """Return in which weeks `came_out` will be true of which practice. Shape (weeks, practices)."""
        told: NDArray[np.bool_] = np.logical_or.accumulate(self.timeline.practices["press"].any(axis=1))
        before = np.zeros((2, told.shape[1]), np.bool_)
        marked: NDArray[np.bool_] = np.diff(np.concatenate([before, told[:-1]]).astype(np.int8), axis=0) > 0
        return marked

    def lucky(self, per_year: float, purpose: int) -> NDArray[np.bool_]:
        """Return in which weeks something would happen of a yearly hazard that is never higher. Shape (weeks,)."""
        luck: NDArray[np.float64] = self.model.luck_of(purpose)
        return luck < exposure.chance_in_week(per_year) + _ROUNDING


def next_week_of(institution: Institution) -> int:
    """Return its next week; who acts in another way than the one this was said for, or books, is asked every week."""
    kinds = type(institution).__mro__
    speaker = next(kind for kind in kinds if "next_week" in vars(kind) or "act" in vars(kind))
    says = "next_week" in vars(speaker) and type(institution).book is Institution.book
    return institution.next_week() if says else Institution.next_week(institution)


NEVER = 2**31
"""A week that no run reaches."""

_ROUNDING = 1e-9  # more than what a chance can be off from what it is exactly


class Retailer(Institution):
    """Sees carded sales only; the less it sees, the worse its offers fit. Answers, asks and scales up as planned."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.answered: set[int] = set()

    def act(self) -> None:
        """Do what has been planned for such a week."""
        for place, action in enumerate(self.model.actions[self.policy]):
            if isinstance(action, Respond) and action.to != "date":
                self._respond(place, action)
            elif isinstance(action, ScaleUp) and action.week == self.model.week:
                self._read_out(action)
            elif isinstance(action, SurveyFirst) and action.week == self.model.week:
                self._survey(action)

    def next_week(self) -> int:
        """Return the week of what is dated, or in which what an answer waits for may have come."""
        actions = enumerate(self.model.actions[self.policy])
        return min((self._next_for(place, action) for place, action in actions), default=NEVER)

    def _next_for(self, place: int, action: Any) -> int:
        week = int(self.model.week)
        if isinstance(action, ScaleUp | SurveyFirst):
            return action.week if action.week > week else NEVER
        if not isinstance(action, Respond) or action.to == "date" or place in self.answered:
            return NEVER
        if action.to == "complaints" or action.week > week:
            return max(week, action.week) + 1
        rows = self.timeline.practices[:-1, :, self.timeline.practice_names.index(action.about)]
        came = rows["press" if action.to == "exposure" else "unlawful"].any(axis=1)
        return self.first(np.concatenate([[False], came]))

    def _respond(self, place: int, action: Respond) -> None:
        week = self.model.week
        if place not in self.answered and week > action.week and self._is_called_for(action):
            self.answered.add(place)
            action.answer(self.timeline, max(week, week - 1 + action.after), self.model.numbers)

    def _is_called_for(self, action: Respond) -> bool:
        """Return whether last week brought what an answer waits for."""
        if action.to == "complaints":
            return self._is_known(action.about) and self.share_complaining() > action.complaints_tolerated
        rows = self.timeline.practice(action.about, self.model.week - 1)[0]
        return bool(rows["press" if action.to == "exposure" else "unlawful"].any())

    def _is_known(self, name: str) -> bool:
        """Return whether anybody knew of a practice last week."""
        practice = self.timeline.practice_names.index(name)
        touched = self.model.books.ledger.touched
        return bool(touched[self.model.week - 2, self.policy, :, practice, Touched.AWARE].any())

    def share_complaining(self) -> float:
        """Return the share of members who complained last week, whether they called, wrote or went to an authority.

        Where the programme has ended everywhere, it is the share of patrons.
        """
        last, ended = self.counted(), self.timeline.levers["card_refused"][max(0, self.model.week - 2)].all()
        return float(last[Measure.COMPLAINED] / max(1, last[Measure.PATRONS if ended else Measure.MEMBERS]))

    def _read_out(self, action: ScaleUp) -> None:
        if self.effect_of_pilot(action.about) >= action.if_effect_above:
            action.extend(self.timeline)

    def effect_of_pilot(self, name: str) -> float:
        """Return a pilot's relative effect on carded sales, all that is seen, by difference in differences."""
        running = self.timeline.practices[: self.model.week - 1, :, self.timeline.practice_names.index(name)]["running"]
        began, pilot = int(np.argmax(running.any(axis=1))), running[-1] > 0
        weekly = self.model.books.ledger.weekly[: self.model.week - 1, self.policy]
        carded = weekly[..., Measure.CARDED_SALES].sum(axis=2)
        if not began or pilot.all() or not pilot.any():
            return 0.0
        means = [carded[part][:, where].sum(axis=1).mean() for where in (pilot, ~pilot) for part in _halves(began)]
        return float((means[1] / max(1.0, means[0])) / max(1e-9, means[3] / max(1.0, means[2])) - 1.0)

    def _survey(self, action: SurveyFirst) -> None:
        if self.share_refusing(action) > action.stop_if_refusing_above:
            action.drop(self.timeline)

    def share_refusing(self, action: SurveyFirst) -> float:
        """Return the share of a sample who say that they would mind."""
        minds = self.minding(action.about, action.week)
        key, size = self.model.keys[Purpose.SURVEY], len(minds)
        sample = min(action.sample, self.model.case.chain.households)
        asked = [int(uniform(key, each) * size) for each in range(sample)]
        return float(np.mean(minds[asked]))

    def minding(self, practice: str, week: int) -> NDArray[np.bool_]:
        """Return who would say that they mind a practice: what is said weighs in full, unlike in action."""
        flow = float(self.timeline.practice(practice, week)["flow"].max())
        minds: NDArray[np.bool_] = flow * self.model.people.sensitivity > self.number("minding_from")
        return minds


def _halves(began: int) -> tuple[slice, slice]:
    return slice(0, began), slice(began, None)


class Rival(Institution):
    """Another grocer: takes up those who leave, brands itself on privacy after a story, or follows a quiet sale."""

    def __init__(self, model: Any, policy: int) -> None:
        super().__init__(model, policy)
        self.moved = False

    def act(self) -> None:
        """Answer a story with a campaign, or sell data too once a sale has long gone unpunished."""
        sales = np.flatnonzero(self.now["scope"].max(axis=0, initial=0) == Scope.SHARED_RECORDS)
        sold = [int(k) for k in sales if self.timeline.practices[: self.model.week, :, k]["running"].any()]
        if self.moved or not sold:
            return
        out = [self._weeks_out(k) for k in sold if self.is_out(k)]
        if out and max(out) >= self.number("rival_answers_after_weeks"):
            weeks = int(self.number("rival_campaign_weeks"))
            self._set_refuge(self.number("rival_privacy_claim"), weeks, self.number("rival_win_back"))
        elif not out and max(map(self._weeks_running, sold)) >= self.number("rival_follows_after_weeks"):
            self._set_refuge(-self.number("refuge_lost_if_rival_sells"), self.model.case.weeks)
            self.timeline.levers["rival_sells"][self.model.week - 1 :] = 1.0

    def next_week(self) -> int:
        """Return the week in which a story will have been out, or a quiet sale have gone on, for long enough."""
        if self.moved:
            return NEVER
        rows, number = self.timeline.practices, self.number
        told, ran = np.asarray(rows["press"].any(axis=1)), np.cumsum(rows["running"].any(axis=1), axis=0)
        sold = (rows["scope"].max(axis=1) == Scope.SHARED_RECORDS) & (ran > 0)
        since = np.where(told.any(axis=0), np.arange(len(told))[:, None] - told.argmax(axis=0), 0)
        out = sold & (since > 0)
        answers = (out & (since >= number("rival_answers_after_weeks"))).any(axis=1)
        follows = (sold & (ran >= number("rival_follows_after_weeks"))).any(axis=1) & ~out.any(axis=1)
        return self.first(answers | follows)

    def _set_refuge(self, privacy: float, weeks: int, pull: float = 0.0) -> None:
        self.moved = True
        rows = self.timeline.levers[self.model.week - 1 : self.model.week - 1 + weeks]
        rows["rival_privacy"], rows["rival_pull"] = privacy, pull

    def _weeks_out(self, practice: int) -> int:
        told = self.timeline.practices[: self.model.week, :, practice]["press"].any(axis=1)
        return self.model.week - 1 - int(np.argmax(told))

    def _weeks_running(self, practice: int) -> int:
        return int(self.timeline.practices[: self.model.week, :, practice]["running"].any(axis=1).sum())
