"""What happened to each shopper and when, under every policy: written down week by week while a model runs."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.states import Card
from simulation.model.simulation import Simulation
from simulation.runs.memory import refuse_history
from simulation.runs.shopper_totals import no_totals
from simulation.scenario.population import Lives, Shoppers
from simulation.scenario.practices import Mode
from simulation.scenario.schema import Scenario

Weeks = NDArray[np.int16]
Flags = NDArray[np.bool_]

SILENCES = (8, 13, 26)
"""Weeks without a trip after which a silence is noted."""

STATES: dict[str, Callable[[Lives], Flags]] = {
    "opted_in": lambda lives: lives.opted_in != 0,
    "opted_out": lambda lives: lives.opted_out != 0,
    "put_away": lambda lives: lives.card == Card.DORMANT,
    "cancelled": lambda lives: lives.card == Card.CANCELLED,
    "swapped": lambda lives: lives.card == Card.SWAPPED,
    "left": lambda lives: lives.patron == 0,
    "returned": lambda lives: (lives.patron == 1) & (lives.left_week > 0),
}
"""States whose first week is noted, for those who did not stand in them at the opening."""


class Diary:
    """First weeks and totals of every shopper under every policy; arrays of shape (policies, shoppers).

    Columns stand in the order of `people`. Weeks count from 1, and 0 means never. `opening` holds the lives before
    the first week, `standing` those of the week just noted without the offers to take part that were declined.
    `apart` is the first week in which a shopper's store, card or purchases differ from those of the twin under the
    baseline. `silent_8` is the week in which the eighth week without any trip in a row ends, and `unseen_8` the same
    for trips with the card, which are all that the retailer's dashboard sees; `silent` and `unseen` are the weeks in a
    row by now.
    """

    def __init__(self, model: Simulation) -> None:
        self.model = model
        self.opening = model.lives
        self.people: Shoppers = model.people
        shape = self.opening.patron.shape
        silences = [f"{kind}_{weeks}" for kind in ("silent", "unseen") for weeks in SILENCES]
        self.first: dict[str, Weeks] = {name: np.zeros(shape, np.int16) for name in (*STATES, "apart", *silences)}
        self.totals = no_totals(shape)
        self.silent, self.unseen = np.zeros(shape, np.int16), np.zeros(shape, np.int16)
        self._at_first = {name: stands(self.opening) for name, stands in STATES.items()}

    def note(self) -> None:
        """Write down the week that the model has just lived."""
        lives = self.lives = self.model.lives
        self.standing = lives._replace(opted_out=lives.opted_out & self._going_on_unasked())
        for name, stands in STATES.items():
            self._mark(name, stands(self.standing) & ~self._at_first[name])
        self.totals.note(self.model.week, lives)
        self._note_silence("silent", self.silent, lives.trips > 0)
        self._note_silence("unseen", self.unseen, (lives.trips > 0) & (lives.swiped != 0))
        self._mark("apart", _differs(lives))

    def _going_on_unasked(self) -> NDArray[np.uint8]:
        """Return the practices in which all take part who do not object, a bit each. Shape (policies, 1).

        To decline an offer to take part is no opting out.
        """
        consent = self.model.practices[self.model.week - 1]["consent"].max(axis=1)
        bits = (consent != Mode.OPT_IN).astype(np.int64) << np.arange(consent.shape[1])
        return bits.sum(axis=1, keepdims=True).astype(self.lives.opted_out.dtype)

    def _mark(self, name: str, now: Flags) -> None:
        first = self.first[name]
        first[now & (first == 0)] = self.model.week

    def _note_silence(self, name: str, streak: Weeks, came: Flags) -> None:
        streak += 1
        streak[came] = 0
        for weeks in SILENCES:
            self._mark(f"{name}_{weeks}", streak >= weeks)


def _differs(lives: Lives) -> Flags:
    """Return who shops, carries or swipes otherwise than the twin under the baseline."""
    columns: tuple[NDArray[Any], ...] = (lives.patron, lives.card, lives.cents, lives.swiped)
    differs: Flags = np.logical_or.reduce([column != column[:1] for column in columns])
    return differs


def keep_diary(
    scenario: Scenario, replicate: int = 0, threads: int = 1, each_week: Callable[[Diary], None] | None = None
) -> Diary:
    """Return the diary of one replicate, lived to the end; `each_week` sees it after every week.

    Raises TooLargeError if memory does not hold it.
    """
    refuse_history(scenario, 1)
    diary = Diary(Simulation(scenario, replicate=replicate, threads=threads))
    while diary.model.week < scenario.weeks:
        diary.model.step()
        diary.note()
        if each_week:
            each_week(diary)
    return diary
