"""Where the reserve falls or rises at once from one week tried to the next, and what happens between them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulation.behaviour.parameters import numbers
from simulation.questions.reserve.reserve import Reserve
from simulation.runs.formats import dollars
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.flows import ShareData
from simulation.scenario.schema import Scenario
from simulation.scenario.timeline import Action

_STEEP = 0.25  # of the largest reserve
_SURE = 2.0  # standard errors of a step, the same luck compared


@dataclass(frozen=True)
class Event:
    """Something that happens in a week and changes what exposure from then on would cost."""

    week: int
    name: str
    because: str = ""


@dataclass(frozen=True)
class Cliff:
    """The steepest step of the median reserve, between two weeks tried; dollars. `events` fall between the two."""

    before: int
    after: int
    costs: tuple[float, float]
    events: tuple[Event, ...]


def cliff_of(reserve: Reserve, scenario: Scenario) -> Cliff | None:
    """Return the steepest step of a reserve with what happens there; None where no step stands out."""
    middle = np.median(reserve.cost, axis=0)
    steps = np.diff(middle)
    if not steps.size or np.abs(steps).max() <= _STEEP * np.abs(middle).max():
        return None
    place = int(np.abs(steps).argmax())
    if not _is_sure(reserve, place):
        return None
    before, after = (int(week) for week in reserve.weeks[[place, place + 1]])
    events = tuple(each for each in _events(reserve, scenario) if before < each.week <= after)
    return Cliff(before, after, (float(middle[place]), float(middle[place + 1])), events)


def _is_sure(reserve: Reserve, place: int) -> bool:
    """Return whether the replicates agree on a step, beyond what their luck explains."""
    steps = reserve.cost[:, place + 1] - reserve.cost[:, place]
    if len(steps) == 1:
        return True
    return bool(abs(steps.mean()) > _SURE * steps.std(ddof=1) / np.sqrt(len(steps)))


def _events(reserve: Reserve, scenario: Scenario) -> Iterator[Event]:
    """Yield what has a date: the rival's following, the policy's other actions, what befalls the retailer."""
    sale = next(each for each in scenario.policies[reserve.policy] if each.practice() == reserve.practice)
    if "rival" in scenario.institutions and isinstance(sale, ShareData):
        yield rival_follows(scenario, sale.week)
    for action in (*scenario.policies[reserve.policy], *scenario.events):
        if action is not sale and getattr(action, "do", "") != "press_story":
            yield from _dates(action)


def rival_follows(scenario: Scenario, begins: int) -> Event:
    """Return when a rival sells data too: the first week by which the sale has run for so long; a median over draws."""
    drawn = [numbers({**scenario.overrides, **drawn_numbers(scenario, each)}) for each in range(scenario.replicates)]
    waits = float(np.median([float(each["rival_follows_after_weeks"]) for each in drawn]))
    because = "whoever resents the sale then finds the same at the rival's, and fewer leave"
    return Event(begins + int(np.ceil(waits)) - 1, "a rival grocer sells data too", because)


def _dates(action: Action) -> Iterator[Event]:
    name = str(getattr(action, "do", "")).replace("_", " ")
    yield Event(action.week, f"{name} begins")
    if action.last_week:
        yield Event(action.last_week + 1, f"{name} has ended")


def cliff_in_words(cliff: Cliff) -> str:
    """Return how steep a step is, between which weeks, and what happens there."""
    before, after = (dollars(each) for each in cliff.costs)
    moves = "falls" if abs(cliff.costs[1]) < abs(cliff.costs[0]) else "rises"
    between = f"Between exposure in week {cliff.before} and in week {cliff.after}"
    step = f"{between} the reserve {moves} from {before} to {after}"
    if not cliff.events:
        return f"{step}; nothing that has a date in this scenario falls there."
    told = [f"in week {each.week} {each.name}" + f" ({each.because})" * bool(each.because) for each in cliff.events]
    return f"{step}: {', and '.join(told)}."
