"""What is kept of every single shopper when it is asked for: events, and what became of those of every replicate."""

from collections.abc import Collection, Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.spelling import unknown
from simulation.model.simulation import Simulation
from simulation.runs.event_log import EVENT, EventLog
from simulation.runs.memory import refuse_history
from simulation.runs.shopper_totals import ShopperTotals, no_totals
from simulation.runs.spool import PutAway, Spool
from simulation.scenario.population import Opening

Detail = Literal["events", "shoppers"]
DETAILS: dict[Detail, str] = {
    "events": "a table of what happened to whom and when, by what source, from which acquaintance or story",
    "shoppers": "the shoppers of every replicate, with trips, sales and weeks of joining, returning and last visit",
}
"""What can be kept of every single shopper, by the table it goes to."""

LIFE = np.dtype(
    [
        *((name, np.int64) for name in ("trips", "sales_cents", "carded_sales_cents")),
        ("trust", np.float32),
        *((name, np.int16) for name in ShopperTotals._fields if name.endswith("_week")),
        *((name, np.int16) for name in ("aware_week", "dropped_week", "left_week")),
        *((name, np.uint8) for name in ("patron", "card", "source")),
    ],
    align=True,
)
"""What is kept of a shopper under a policy."""


class Recorder:
    """An observer of a run that keeps what is asked for; each replicate is told of by one thread, week after week.

    It goes through all shoppers week by week, so that a run takes several times as long. Raises ValueError for a detail
    that there is none of, TooLargeError if memory does not hold what befalls a replicate's shoppers.
    """

    def __init__(self, details: Collection[str]) -> None:
        for name in details:
            if name not in DETAILS:
                raise ValueError(unknown("detail", name, DETAILS))
        self.details, self._spool = tuple(details), Spool()
        self._watched: dict[int, _Watched] = {}
        self._events: dict[int, list[PutAway]] = {}
        self._lives: dict[int, PutAway] = {}

    def __call__(self, model: Simulation) -> None:
        """Note the week that a model has just lived."""
        number = model.replicate
        if number not in self._watched:
            refuse_history(model.case, 1)
            self._watched[number] = _Watched(model, self.details)
        events = (watched := self._watched[number]).note()
        if events.size:
            self._events.setdefault(number, []).append(self._put(events))
        if not model.running:
            if "shoppers" in self.details:
                self._lives[number] = self._put(watched.lives())
            del self._watched[number]

    def events(self) -> Iterator[tuple[int, NDArray[np.void]]]:
        """Yield replicates and their events, a week or some at a time."""
        for number in sorted(self._events):
            for each in self._events[number]:
                yield number, self._get(each, EVENT)

    def lives(self, replicate: int) -> NDArray[np.void]:
        """Return what became of a replicate's shoppers. Shape (policies, shoppers), of the kind `LIFE`."""
        return self._get(self._lives[replicate], LIFE)

    def _put(self, records: NDArray[np.void]) -> PutAway:
        words = records.dtype.itemsize // 8
        return self._spool.put(records.view(np.int64).reshape(*records.shape, words))

    @staticmethod
    def _get(put_away: PutAway, kind: np.dtype[Any]) -> NDArray[np.void]:
        return put_away.books().view(kind)[..., 0]


class _Watched:
    """One replicate while it is lived."""

    def __init__(self, model: Simulation, details: Collection[str]) -> None:
        self.model, people = model, model.people
        opening = Opening(model.numbers, model.case.seed, model.replicate).lives(people, len(model.policies))
        self._log = EventLog(model, people, opening) if "events" in details else None
        self._totals = no_totals(opening.patron.shape) if "shoppers" in details else None
        self._opening = opening

    def note(self) -> NDArray[np.void]:
        """Return the events of the week just lived."""
        lives = self.model.lives
        if self._totals:
            self._totals.note(self.model.week, lives)
        return self._log.note(lives) if self._log else np.zeros(0, EVENT)

    def lives(self) -> NDArray[np.void]:
        """Return what has become of the shoppers. Shape (policies, shoppers)."""
        lives, totals = self.model.lives, self._totals
        found = np.zeros(lives.patron.shape, LIFE)
        columns = lives._asdict() | (totals.since(self._opening)._asdict() if totals else {})
        for name in LIFE.names or ():
            found[name] = columns[name]
        return found
