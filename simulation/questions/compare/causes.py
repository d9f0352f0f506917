"""Why a shopper's life departs from the twin's: one first cause each, found in the week in which it departs."""

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.states import Source
from simulation.runs.event_history import Diary
from simulation.runs.news import News
from simulation.scenario.population import Lives
from simulation.scenario.practices import Scope

Codes = NDArray[np.uint8]
Places = NDArray[np.int64]


class Cause(IntEnum):
    """What first set a shopper's life apart from the twin's under the baseline."""

    NONE = 0
    PRESS = 1
    NOTICE = 2
    EXPERIENCE = 3
    WORD_OF_MOUTH = 4
    NEIGHBOUR = 5
    PRICE = 6
    BENEFIT = 7
    REWARD = 8
    OFFERS = 9
    RIVAL = 10
    GOODWILL = 11
    ADS = 12


MEANINGS = {
    Cause.NONE: "not reached: feels, shops and carries the card as the twin does",
    Cause.PRESS: "learned of a practice from the press",
    Cause.NOTICE: "learned of a practice from a notice",
    Cause.EXPERIENCE: "learned of a practice by own experience",
    Cause.WORD_OF_MOUTH: "learned of a practice from acquaintances",
    Cause.NEIGHBOUR: "noticed that others pay less",
    Cause.PRICE: "paid another price",
    Cause.BENEFIT: "lost or gained a benefit of the programme, or noticed being left out of one",
    Cause.REWARD: "was rewarded for letting data flow",
    Cause.OFFERS: "was sent other offers",
    Cause.RIVAL: "was drawn, or no longer drawn, by the rival",
    Cause.GOODWILL: "was moved by a promise, an apology, a gift, or other terms of what both twins know",
    Cause.ADS: "was shown advertising",
}
"""What each cause means. News that only the twin has heard is a cause as well, by the way in which it came."""

_NOTICED = {
    Scope.BELOW_A_TIER: Cause.BENEFIT,
    Scope.PAYING_MORE: Cause.NEIGHBOUR,
    Scope.TWO_PRICES: Cause.NEIGHBOUR,
    Scope.LOSING_THE_CARD: Cause.BENEFIT,
}
_ADDED = ("tier_lift", "tier_hold", "card_refused", "joining_drive")  # benefits of single policies
_BENEFITS = ("reward_rate", "tier_threshold", "tier_put_out", "tier_bonus", "tier_cut", *_ADDED)
_PULLS = ("rival_pull", "rival_privacy")
_PRICES_WITH_THE_CARD = ("member_saving", "price_dispersion")


class Causes:
    """The first cause of every shopper under every policy, written down week by week beside a diary.

    `first` holds a `Cause` for each and `week` the week in which it was found, both of shape (policies, shoppers). A
    life departs in the week in which trust, resignation, store, card or purchases first differ from the twin's. If
    feelings do, the cause is the news that only one of the two has heard, the week's own before older; else it is
    what the policy has set otherwise: of the card a price before a benefit before a reward for data, of the store the
    rival before these three, of purchases a price before a benefit before offers. `moved` is the cause by which
    feelings first differed, whatever came before: who leaves without one was moved by the rival, a price or a reward.
    """

    def __init__(self, diary: Diary) -> None:
        self.model = diary.model
        self._news_of = News(self.model, diary.people)
        self.market = self._news_of.market
        shape = diary.opening.patron.shape
        self.first, self.moved, self.week = (np.zeros(shape, kind) for kind in (np.uint8, np.uint8, np.int16))
        self.heard_by = np.zeros((len(self.model.case.practice_names), *shape), np.uint8)
        self._before: Lives = diary.opening

    def note(self, diary: Diary) -> None:
        """Write down the causes of the week that the diary has just noted."""
        lives, before = diary.lives, self._before
        for practice in range(len(self.heard_by)):
            self._note_sources(practice, lives, before)
        felt = (lives.trust != lives.trust[:1]) | (lives.resignation != lives.resignation[:1])
        self._note_feelings(felt & (self.moved == Cause.NONE), lives, before)
        found = (self.first == Cause.NONE) & (felt | (diary.first["apart"] == self.model.week))
        for policy in np.flatnonzero(found.any(axis=1)).tolist():
            who = np.flatnonzero(found[policy])
            by_levers = self._levers(policy, who, lives)
            self.first[policy, who] = np.where(felt[policy, who], self.moved[policy, who], by_levers)
            self.week[policy, who] = self.model.week
        self._before = lives

    def _note_feelings(self, newly: NDArray[np.bool_], lives: Lives, before: Lives) -> None:
        for policy in np.flatnonzero(newly.any(axis=1)).tolist():
            who = np.flatnonzero(newly[policy])
            self.moved[policy, who] = self._news(policy, who, lives, before)

    # --- who heard how ---

    def _note_sources(self, practice: int, lives: Lives, before: Lives) -> None:
        """Note how those who have learned of a practice this week have learned of it."""
        learned = ((lives.aware & ~before.aware) >> practice) & 1
        for policy, shopper in np.argwhere(learned).tolist():
            self.heard_by[practice, policy, shopper] = self._news_of.source(practice, policy, shopper, before, lives)

    # --- what it was ---

    def _news(self, policy: int, who: Places, lives: Lives, before: Lives) -> Codes:
        """Return the cause of feelings that differ: news heard in one of two lives, or goodwill and terms."""
        here, there = lives.aware[policy, who], lives.aware[0, who]
        only = here ^ there
        fresh = only & ((here & ~before.aware[policy, who]) | (there & ~before.aware[0, who]))
        picked = np.where(fresh != 0, fresh, only)
        causes = np.full(who.size, Cause.GOODWILL, np.uint8)
        for practice in reversed(range(len(self.heard_by))):
            known = (picked >> practice) & 1 != 0
            holder = np.where((here >> practice) & 1 != 0, policy, 0)
            causes[known] = self._of_news(practice, holder, who)[known]
        return causes

    def _of_news(self, practice: int, holder: Places, who: Places) -> Codes:
        """Return what it is to have learned of a practice, in the life of the one who has."""
        source = self.heard_by[practice, holder, who]
        scope = self.model.practices["scope"][self.model.week - 1, holder, self.market[who], practice]
        noticed = np.array([_NOTICED.get(Scope(each), Cause.EXPERIENCE) for each in scope.tolist()], np.uint8)
        return np.where(source == Source.EXPERIENCE, noticed, source)

    def _levers(self, policy: int, who: Places, lives: Lives) -> Codes:
        """Return the cause of a store, card or purchase that differs though the two feel the same."""
        swiped = (lives.swiped[policy, who] != 0) | (lives.swiped[0, who] != 0)
        with_the_card = self._set_apart(policy, who, _PRICES_WITH_THE_CARD)
        dearer = self._set_apart(policy, who, ("shelf_price",)) | (swiped & with_the_card)
        lifted = swiped & self._set_apart(policy, who, ("reward_lift", "tier_lift", "card_refused"))
        saving = self._set_apart(policy, who, ("member_saving",))
        benefit = self._set_apart(policy, who, _BENEFITS)
        ads = self._set_apart(policy, who, ("nuisance",))
        other_card = lives.card[policy, who] != lives.card[0, who]
        other_store = lives.patron[policy, who] != lives.patron[0, who]
        pulled = self._set_apart(policy, who, _PULLS)
        valued = self._set_apart(policy, who, ("shelf_price",)) | with_the_card
        card = np.select([saving, benefit, ads], [Cause.PRICE, Cause.BENEFIT, Cause.ADS], Cause.REWARD)
        reasons = [Cause.RIVAL, Cause.PRICE, Cause.BENEFIT, Cause.ADS]
        store = np.select([pulled, valued, benefit, ads], reasons, Cause.REWARD)
        purchase = np.select([dearer, lifted, swiped & ads], [Cause.PRICE, Cause.BENEFIT, Cause.ADS], Cause.OFFERS)
        return np.select([other_card, other_store], [card, store], purchase).astype(np.uint8)

    def _set_apart(self, policy: int, who: Places, names: tuple[str, ...]) -> Any:
        """Return in whose market a lever differs this week from the baseline's."""
        rows = self.model.levers[self.model.week - 1]
        apart = np.logical_or.reduce([rows[name][policy] != rows[name][0] for name in names])
        return apart[self.market[who]]
