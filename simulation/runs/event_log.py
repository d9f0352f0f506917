"""What happened to each shopper, one record an event: written down week by week beside a model that runs."""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose
from simulation.behaviour.states import Card, Source
from simulation.model.columns import Columns
from simulation.model.shards import Shards
from simulation.model.simulation import Simulation
from simulation.runs.news import News
from simulation.scenario.population import Lives, Shoppers, market_bounds

Flags = NDArray[np.bool_]
Events = NDArray[np.void]
"""Some events, of the kind `EVENT`."""

EVENT = np.dtype(
    [
        ("shopper", np.int64),
        ("from_shopper", np.int32),  # the first acquaintance who talked of it, -1 if nobody did
        ("told_by", np.int16),  # acquaintances who talked of it
        ("story_week", np.int16),  # in which the story broke that was read, 0 if none was
        ("week", np.int16),
        ("policy", np.int16),
        ("what", np.int8),
        ("about", np.int8),  # the practice's place, -1 if it is about none
        ("source", np.int8),
    ],
    align=True,
)


class What(IntEnum):
    """What can happen to a shopper, in the order in which a week's events are listed."""

    LEARNED = 0
    OPTED_IN = 1
    OPTED_OUT = 2
    DROPPED = 3
    CANCELLED = 4
    SWAPPED = 5
    RESUMED = 6
    ENROLLED = 7
    STAYED_AWAY = 8
    LEFT = 9
    RETURNED = 10
    JOINED = 11


MEANINGS = {
    What.LEARNED: "learned of a practice",
    What.OPTED_IN: "agreed to a practice",
    What.OPTED_OUT: "objected to a practice, or declined to take part in it",
    What.DROPPED: "put an active card away",
    What.CANCELLED: "cancelled an active card",
    What.SWAPPED: "gave up an active card for somebody else's",
    What.RESUMED: "took a card that lay idle out again",
    What.ENROLLED: "took the first card",
    What.STAYED_AWAY: "made no trip this week because of a grievance",
    What.LEFT: "a patron changed the main store",
    What.RETURNED: "became a patron again after having left",
    What.JOINED: "became a patron for the first time",
}
"""What each of them is."""

_BY_PRACTICE: dict[What, Callable[[Lives], NDArray[np.uint8]]] = {
    What.LEARNED: lambda lives: lives.aware,
    What.OPTED_IN: lambda lives: lives.opted_in,
    What.OPTED_OUT: lambda lives: lives.opted_out,
}
_BY_STATE: dict[What, Callable[[Lives, Lives], Flags]] = {
    What.DROPPED: lambda before, now: (before.card == Card.ACTIVE) & (now.card == Card.DORMANT),
    What.CANCELLED: lambda before, now: (before.card == Card.ACTIVE) & (now.card == Card.CANCELLED),
    What.SWAPPED: lambda before, now: (before.card == Card.ACTIVE) & (now.card == Card.SWAPPED),
    What.RESUMED: lambda before, now: (before.card == Card.DORMANT) & (now.card == Card.ACTIVE),
    What.ENROLLED: lambda before, now: (before.card == Card.NEVER) & (now.card == Card.ACTIVE),
    What.STAYED_AWAY: lambda before, now: now.away_weeks != before.away_weeks,
    What.LEFT: lambda before, now: (before.patron == 1) & (now.patron == 0),
    What.RETURNED: lambda before, now: (before.patron == 0) & (now.patron == 1) & (before.left_week > 0),
    What.JOINED: lambda before, now: (before.patron == 0) & (now.patron == 1) & (before.left_week == 0),
}


class EventLog:
    """Finds the events of each week of a model; `opening` are the lives before the first."""

    def __init__(self, model: Simulation, people: Shoppers, opening: Lives) -> None:
        self.model, self.people, self._before = model, people, opening
        self._news, self._numbers = News(model, people), _plain(model.numbers)
        self._bounds = market_bounds(people.number.size, list(model.case.markets.values()))
        self._spoken = np.zeros((len(model.policies), people.number.size), np.uint8)

    def note(self, lives: Lives) -> Events:
        """Return the events of the week just lived, by kind, policy, practice and the place of the shopper."""
        before = self._before
        found = [self._of_practice(what, practice, before, lives) for what, practice in self._what_can_be_known()]
        found += [self._events(what, stands(before, lives)) for what, stands in _BY_STATE.items()]
        self._before, self._spoken = lives, _spoken(self.model)
        return np.concatenate(found)

    def _what_can_be_known(self) -> Iterator[tuple[What, int]]:
        yield from ((what, place) for what in _BY_PRACTICE for place in range(len(self.model.case.practice_names)))

    def _of_practice(self, what: What, practice: int, before: Lives, lives: Lives) -> Events:
        bits = _BY_PRACTICE[what]
        happened = ((bits(lives) & ~bits(before)) >> practice) & 1 != 0
        events = self._events(what, happened)
        events["about"] = practice
        if what == What.LEARNED:
            self._tell_sources(events, np.nonzero(happened)[1], practice, before, lives)
        return events

    def _events(self, what: What, happened: Flags) -> Events:
        """Return an event of a kind for everybody, by policy and place, to whom it happened."""
        policy, place = np.nonzero(happened)
        events = np.zeros(policy.size, EVENT)
        events["shopper"], events["policy"] = self.people.number[place], policy
        events["what"], events["week"] = what, self.model.week
        events["about"] = events["from_shopper"] = -1
        return events

    def _tell_sources(
        self, events: Events, place: NDArray[np.int64], practice: int, before: Lives, lives: Lives
    ) -> None:
        """Fill in how the shoppers at some places have learned of a practice."""
        policy = events["policy"].astype(np.int64)
        events["source"] = lives.source[policy, place]
        first_alone = (before.aware[policy, place] == 0) & _one_bit(lives.aware[policy, place])
        for each in np.flatnonzero(~first_alone).tolist():  # of those, a life does not keep the source
            events["source"][each] = self._news.source(practice, int(policy[each]), int(place[each]), before, lives)
        read = events["source"] == Source.PRESS
        events["story_week"][read] = self._stories(practice)[policy, self._news.market[place]][read]
        for each in np.flatnonzero(events["source"] == Source.WORD_OF_MOUTH).tolist():
            self._name_teller(events[each : each + 1], practice)

    def _stories(self, practice: int) -> NDArray[np.int64]:
        """Return the week in which the latest story about a practice broke. Shape (policies, markets)."""
        press = self.model.practices["press"][: self.model.week, :, :, practice]
        louder = np.diff(press, axis=0, prepend=0) > 0
        return np.asarray(self.model.week - louder[::-1].argmax(axis=0))

    def _name_teller(self, event: Events, practice: int) -> None:
        from simulation.model.agents import acquaintances  # which needs Mesa

        model, number = self.model, int(event["shopper"][0])
        near, far = acquaintances(number, self._bounds, self._numbers, model.opening_keys[Purpose.ACQUAINTANCE])
        heard = list(dict.fromkeys(near + far))
        telling = self._spoken[int(event["policy"][0]), heard] >> practice & 1
        event["told_by"] = telling.sum()
        event["from_shopper"] = heard[int(telling.argmax())] if telling.any() else -1


def _plain(numbers: NDArray[np.void]) -> dict[str, float]:
    """Return a model's numbers by name, as acquaintances are found by."""
    return dict(zip(numbers.dtype.names or (), numbers.item(), strict=True))


def _one_bit(bits: NDArray[np.uint8]) -> Flags:
    return (bits & (bits - 1)) == 0


def _spoken(model: Simulation) -> NDArray[np.uint8]:
    """Return what every shopper, by number, talked about in the week just lived. Shape (policies, shoppers)."""
    engine: Any = model.engine
    if isinstance(engine, Shards):
        raise TypeError("events are written down where the shoppers are; leave out the shards")
    if isinstance(engine, Columns):
        return engine.talk_before(model.week + 1, range(model.case.population.shoppers))
    return np.array([[shopper.spoken for shopper in shoppers] for shoppers in engine.shoppers], np.uint8)
