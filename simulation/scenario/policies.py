"""Everything that can stand in a policy, and how its dated actions compile to one row of levers a week."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Union, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from simulation.behaviour.plugins import Extra, extras, remembered
from simulation.scenario.algorithms import PersonalPrices
from simulation.scenario.boycotts import Boycott
from simulation.scenario.coalitions import JoinCoalition, PartnerMisuse
from simulation.scenario.endings import EndProgramme, MergeProgramme, PriceCut
from simulation.scenario.events import (
    GovernmentDemand,
    Law,
    Leak,
    PressStory,
    RegulatorOrder,
    RivalMove,
    ScandalElsewhere,
)
from simulation.scenario.flows import ChangeTerms, OnwardSale, ShareData
from simulation.scenario.media import RetailMedia
from simulation.scenario.memberships import PaidTier
from simulation.scenario.offers import MemberPrices, RewardProgramme, TargetedOffers, TopTierOnly
from simulation.scenario.records import MergeRecords
from simulation.scenario.requests import DeletionRequests, OptOutSignal
from simulation.scenario.responses import PublicPromise, Respond, ScaleUp, SurveyFirst, break_promises
from simulation.scenario.sensing import Biometrics
from simulation.scenario.suits import ClassAction
from simulation.scenario.timeline import LEVERS, Action, Timeline, no_practices, usual_levers

AnyAction = Annotated[
    ShareData
    | ChangeTerms
    | OnwardSale
    | RewardProgramme
    | TargetedOffers
    | TopTierOnly
    | PersonalPrices
    | MemberPrices
    | RetailMedia
    | PaidTier
    | EndProgramme
    | MergeProgramme
    | PriceCut
    | JoinCoalition
    | PartnerMisuse
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
    | RivalMove
    | DeletionRequests
    | OptOutSignal
    | Biometrics
    | MergeRecords
    | ClassAction,
    Field(discriminator="do"),
]
"""One entry of a policy's list, told apart by its `do`."""

WorldEvent = Annotated[
    Leak | GovernmentDemand | ScandalElsewhere | Boycott | Law | RivalMove | DeletionRequests | OptOutSignal,
    Field(discriminator="do"),
]
"""One entry of the events that happen under every policy."""


@remembered
def kinds() -> Mapping[str, type[Action]]:
    """Return every kind of action by what stands after `do`: the program's own, then those of plug-ins."""
    return {**kinds_by_name(AnyAction), **own_actions()}


@remembered
def kinds_of_event() -> Mapping[str, type[Action]]:
    """Return the kinds of action that can happen under every policy, by what stands after `do`."""
    return {**kinds_by_name(WorldEvent), **{do: kind for do, kind in own_actions().items() if kind.happens_to_all}}


def one_of(kinds: Mapping[str, type[Action]]) -> Any:
    """Return the annotation of an action of any of these kinds, told apart by its `do`."""
    return Annotated[Union[tuple(kinds.values())], Field(discriminator="do")]  # noqa: UP007 # known only when run


@remembered
def own_actions() -> Mapping[str, type[Action]]:
    """Return the kinds of action that plug-ins add, by what stands after `do`."""
    return extras("actions", _own_action)


def _own_action(extra: Extra) -> type[Action]:
    """Return a plug-in's action; raises ValueError if it could not stand in a policy."""
    kind: Any = extra.value
    if extra.name in kinds_by_name(AnyAction):
        raise ValueError("the program has an action of this name; give it another")
    if not (isinstance(kind, type) and issubclass(kind, Action)):
        raise ValueError("an action is a class that extends Action or Programme")
    if "do" not in kind.model_fields or get_args(kind.model_fields["do"].annotation) != (extra.name,):
        raise ValueError(f"its field `do` must be Literal['{extra.name}']")
    known = {*(LEVERS.names or ()), *(name for each in kinds_by_name(AnyAction).values() for name in each.own_levers)}
    if taken := [name for name in kind.own_levers if name in known]:
        raise ValueError(f"the program has a lever called '{taken[0]}'; give it another name")
    for said, terms in {"example": kind.example, "idle": kind.idle or kind.example}.items():
        try:
            kind.model_validate({"do": extra.name, **terms})
        except ValidationError as error:
            wrong = ", ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
            raise ValueError(f"its `{said}` must be terms that it can have: {wrong}") from None
    return kind


@remembered
def levers_type() -> np.dtype[np.void]:
    """Return the record of all levers: those that shoppers read, then those that single kinds of action add."""
    own = {name: np.float64 for kind in kinds().values() for name in kind.own_levers}
    return np.dtype([*LEVERS.descr, *own.items()]) if own else LEVERS


def kinds_by_name(union: Any) -> dict[str, type[Action]]:
    """Return the kinds of action that a union holds, by what stands after `do`."""
    return {get_args(kind.model_fields["do"].annotation)[0]: kind for kind in get_args(get_args(union)[0])}


_FOLLOWING_ALL = (Law, ScandalElsewhere, PriceCut)  # they change flows, or prices, whenever these are set
_FOLLOWING_LAWS = (DeletionRequests, OptOutSignal)


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
    levers = usual_levers(weeks, len(markets), numbers, levers_type())
    practices = no_practices(weeks, len(markets), len(practice_names))
    timeline = Timeline(levers, practices, tuple(markets), tuple(practice_names), households_per_shopper)
    for action in _in_order(actions):
        action.apply(timeline, numbers)
    break_promises(timeline, numbers)
    return timeline


def _in_order(actions: Sequence[Action]) -> list[Action]:
    """Return actions by week; within a week, what is about a practice comes after what starts it."""
    late = {action.practice() for action in actions if isinstance(action, _FOLLOWING_ALL)} - {None}

    def place(action: Action) -> tuple[int, int, bool]:
        about = action.refers_to()
        follows = 2 if isinstance(action, _FOLLOWING_LAWS) else isinstance(action, _FOLLOWING_ALL) or about in late
        return int(follows), action.week, about is not None

    return sorted(actions, key=place)
