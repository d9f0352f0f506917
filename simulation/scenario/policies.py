"""Everything that can stand in a policy, and how its dated actions compile to one row of levers a week."""

from collections.abc import Sequence
from typing import Annotated, Any, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.events import (
    Boycott,
    GovernmentDemand,
    Law,
    Leak,
    PressStory,
    RegulatorOrder,
    RivalMove,
    ScandalElsewhere,
)
from simulation.scenario.flows import ChangeTerms, OnwardSale, ShareData
from simulation.scenario.offers import MemberPrices, PersonalPrices, RewardProgramme, TargetedOffers, TopTierOnly
from simulation.scenario.responses import PublicPromise, Respond, ScaleUp, SurveyFirst, break_promises
from simulation.scenario.timeline import Action, Timeline, no_practices, usual_levers

AnyAction = Annotated[
    ShareData
    | ChangeTerms
    | OnwardSale
    | RewardProgramme
    | TargetedOffers
    | TopTierOnly
    | PersonalPrices
    | MemberPrices
    | PublicPromise
    | SurveyFirst
    | ScaleUp
    | Respond
    | PressStory
    | Leak
    | GovernmentDemand
    | ScandalElsewhere
    | Boycott
    | Law
    | RegulatorOrder
    | RivalMove,
    Field(discriminator="do"),
]
"""One entry of a policy's list, told apart by its `do`."""

WorldEvent = Annotated[
    Leak | GovernmentDemand | ScandalElsewhere | Boycott | Law | RivalMove,
    Field(discriminator="do"),
]
"""One entry of the events that happen under every policy."""


def kinds_by_name(union: Any) -> dict[str, type[Action]]:
    """Return the kinds of action that a union holds, by what stands after `do`."""
    return {get_args(kind.model_fields["do"].annotation)[0]: kind for kind in get_args(get_args(union)[0])}


_FOLLOWING_ALL = (Law, ScandalElsewhere)  # what they change are flows, whenever these begin


def compile_timeline(
    actions: Sequence[Action],
    weeks: int,
    markets: Sequence[str],
    practice_names: Sequence[str],
    numbers: NDArray[np.void],
    households_per_shopper: float,
) -> Timeline:
    """Return a policy's levers for every week and market, its actions applied in order of their first week.

    Fixed sums enter it by the part that falls on the simulated shoppers, of whom each stands for so many households.
    """
    levers = usual_levers(weeks, len(markets), numbers)
    practices = no_practices(weeks, len(markets), len(practice_names))
    timeline = Timeline(levers, practices, tuple(markets), tuple(practice_names), households_per_shopper)
    for action in _in_order(actions):
        action.apply(timeline, numbers)
    break_promises(timeline, numbers)
    return timeline


def _in_order(actions: Sequence[Action]) -> list[Action]:
    """Return actions by week; within a week, what is about a practice comes after what starts it."""
    late = {action.practice() for action in actions if isinstance(action, _FOLLOWING_ALL)} - {None}

    def place(action: Action) -> tuple[bool, int, bool]:
        about = action.refers_to()
        return isinstance(action, _FOLLOWING_ALL) or about in late, action.week, about is not None

    return sorted(actions, key=place)
