"""What the passes of a week read and leave for each other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import MOST_PRACTICES, PURPOSES
from simulation.scenario.population import BLOCK, kind_of

Cut = tuple[int, int]


class Week(NamedTuple):
    """What all shoppers of one market read this week."""

    number: int
    keys: NDArray[np.uint64]  # streams of the week
    acquaintance_key: np.uint64
    levers: NDArray[np.void]  # (policies,)
    practices: NDArray[np.void]  # (policies, practices)
    numbers: NDArray[np.void]  # (1,)
    shapes: NDArray[np.float64]  # noise of a week's baskets by number of trips
    talk: NDArray[np.uint8]  # last week's talk in rows with margins, (policies, places)
    next_talk: NDArray[np.uint8]  # this week's
    talkative: NDArray[np.uint8]  # practices talked about in the market last week, a bit each, (policies,)
    row: int  # where the market's row starts among the places
    market_start: int  # the market's first column
    market_size: int


class Scratch(NamedTuple):
    """What the passes over one block leave for the next pass; `luck`, `felt`, `far` and `words` have several rows."""

    luck: NDArray[np.float64]
    felt: NDArray[np.float64]
    rate: NDArray[np.float64]
    chance: NDArray[np.float64]
    cents: NDArray[np.float64]
    burden: NDArray[np.float64]
    fully: NDArray[np.float64]
    acted: NDArray[np.float64]
    log_odds: NDArray[np.float64]
    reward: NDArray[np.float64]
    partner_reward: NDArray[np.float64]
    far: NDArray[np.int64]
    trips: NDArray[np.int64]
    heard: NDArray[np.uint8]
    source: NDArray[np.uint8]
    debt: NDArray[np.uint8]
    member: NDArray[np.uint8]
    below: NDArray[np.uint8]
    flows: NDArray[np.uint8]
    fee_units: NDArray[np.int64]
    redeemed: NDArray[np.uint8]
    goods: NDArray[np.int32]
    carded: NDArray[np.int32]
    rewards: NDArray[np.int32]
    partner_rewards: NDArray[np.int32]
    events: NDArray[np.int64]
    who: NDArray[np.int64]
    seats: NDArray[np.uint8]


def new_scratch() -> Scratch:
    """Return scratch columns for one thread."""
    shapes = {
        "luck": (PURPOSES, BLOCK),
        "felt": (MOST_PRACTICES, BLOCK),
        "far": (2, BLOCK),
    }
    kinds = {name: kind_of(hint) for name, hint in Scratch.__annotations__.items()}
    return Scratch(**{name: np.zeros(shapes.get(name, (BLOCK,)), kind) for name, kind in kinds.items()})
