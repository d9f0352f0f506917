"""Which shopper's two lives tell most: picked from the diary of a replicate by a rule with a name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from simulation.model.simulation import Simulation
from simulation.questions.explain.two_lives import place_of
from simulation.runs.event_history import Diary, keep_diary
from simulation.runs.tasks import Arrays, Carrier, Progress, Work, carry_out
from simulation.scenario.population import Lives, market_bounds
from simulation.scenario.practices import Mode, Scope
from simulation.scenario.schema import Scenario

Pick = Literal["first-leaver", "median", "never-knew", "biggest-loss", "returned"]

MEANINGS: Mapping[str, str] = {
    "first-leaver": "the first opening patron who left under the policy and never under the baseline",
    "median": "the shopper with the median difference in purchases among those who live differently",
    "never-knew": "the shopper whose data flowed longest without the shopper's ever knowing of any practice",
    "biggest-loss": "the shopper whose purchases fall farthest below the twin's",
    "returned": "the first shopper who left because of the policy and came back",
}
"""What each rule looks for; of several who fit equally, the lowest number is taken."""

_NOBODY = {
    "first-leaver": "nobody left who does not leave under the baseline as well",
    "median": "nobody lives differently from the twin under the baseline",
    "never-knew": "nobody's data flowed without the shopper's knowing of it to the end",
    "biggest-loss": "nobody bought less than the twin under the baseline",
    "returned": "nobody who left because of it came back",
}

Whole = NDArray[np.int64]


def pick_shopper(scenario: Scenario, policy: str, pick: Pick, replicate: int = 0, carry: Carrier = carry_out) -> int:
    """Return the number of the shopper whom a rule picks; raises ValueError if nobody fits it or it is unknown.

    `carry` simulates the replicate.
    """
    if pick not in get_args(Pick):
        raise ValueError(f"there is no rule called '{pick}' to pick by; known here: {', '.join(get_args(Pick))}")
    place_of(scenario, policy)
    (found,) = carry([Picking(scenario, replicate, policy, pick)])
    if found is None:
        raise ValueError(
            f"under '{policy}' {_NOBODY[pick]}, so that '{pick}' finds nobody; try another or more shoppers"
        )
    return found


@dataclass(frozen=True)
class Picking(Work[int | None]):
    """One replicate, simulated to find the shopper of a policy whom a rule picks; None if nobody fits it."""

    policy: str = ""
    pick: Pick = "first-leaver"

    def live(self, threads: int, progress: Progress) -> int | None:
        """Return the shopper's number."""
        place, flowing = place_of(self.scenario, self.policy), np.zeros(self.scenario.population.shoppers, np.int64)
        before: list[Lives] = []

        def each_week(diary: Diary) -> None:
            flowing[:] += data_flows(diary.model, before[0] if before else diary.opening, diary.lives, place)
            before[:] = [diary.lives]
            progress(1)

        return _RULES[self.pick](keep_diary(self.scenario, self.replicate, threads, each_week), place, flowing)

    def packed(self, found: int | None) -> Arrays:
        """Return the number, or none."""
        return {"shopper": np.array([] if found is None else [found], np.int64)}

    def unpacked(self, arrays: Arrays) -> int | None:
        """Return the number, or None."""
        return next(iter(arrays["shopper"].tolist()), None)


def data_flows(model: Simulation, before: Lives, lives: Lives, policy: int) -> NDArray[np.bool_]:
    """Return whose data has been passed on this week under a policy. Shape (shoppers,).

    Data of this week's members flows if they have been members since last week.
    """
    people, case = model.people, model.case
    bounds = market_bounds(people.number.size, list(case.markets.values()))
    market = np.searchsorted(bounds, people.number, side="right") - 1
    member = _members(before, policy) & _members(lives, policy)
    flowing = np.zeros(member.shape, bool)
    for practice in range(len(case.practice_names)):
        rows = model.practices[model.week - 1, policy, :, practice][market]
        passed_on = (rows["scope"] == Scope.SHARED_RECORDS) & (rows["running"] > 0)
        agreed, declined = ((each[policy] >> practice) & 1 != 0 for each in (lives.opted_in, lives.opted_out))
        allowed = np.select(
            [rows["consent"] == Mode.OPT_OUT, rows["consent"] == Mode.OPT_IN], [~declined, agreed], True
        )
        flowing |= passed_on & member & allowed
    return flowing


def _members(lives: Lives, policy: int) -> NDArray[np.bool_]:
    return (lives.patron[policy] == 1) & (lives.card[policy] == 1)


def _first_leaver(diary: Diary, policy: int, flowing: Whole) -> int | None:
    left = diary.first["left"]
    because = (left[policy] > 0) & (left[0] == 0) & (diary.people.opening_patron == 1)
    return _lowest(diary, because, left[policy])


def _median(diary: Diary, policy: int, flowing: Whole) -> int | None:
    apart, number = diary.first["apart"][policy] > 0, diary.people.number
    order = np.lexsort((number[apart], _spent_more(diary, policy)[apart]))
    return int(number[apart][order[(len(order) - 1) // 2]]) if len(order) else None


def _never_knew(diary: Diary, policy: int, flowing: Whole) -> int | None:
    return _lowest(diary, (diary.lives.aware[policy] == 0) & (flowing > 0), -flowing)


def _biggest_loss(diary: Diary, policy: int, flowing: Whole) -> int | None:
    more = _spent_more(diary, policy)
    return _lowest(diary, more < 0, more)


def _returned(diary: Diary, policy: int, flowing: Whole) -> int | None:
    left, back = diary.first["left"], diary.first["returned"][policy]
    return _lowest(diary, (left[policy] > 0) & (left[0] == 0) & (back > 0), back)


_RULES: Mapping[str, Callable[[Diary, int, Whole], int | None]] = {
    "first-leaver": _first_leaver,
    "median": _median,
    "never-knew": _never_knew,
    "biggest-loss": _biggest_loss,
    "returned": _returned,
}


def _spent_more(diary: Diary, policy: int) -> Whole:
    return diary.totals.sales_cents[policy] - diary.totals.sales_cents[0]


def _lowest(diary: Diary, who: NDArray[np.bool_], by: NDArray[np.signedinteger]) -> int | None:
    """Return the number of the shopper among some who comes first by a value, then by number; None of nobody."""
    numbers = diary.people.number[who]
    return int(numbers[np.lexsort((numbers, by[who]))[0]]) if numbers.size else None
