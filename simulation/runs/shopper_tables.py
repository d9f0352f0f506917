"""The tables of single shoppers: what they are and what has become of them, and what happened to them when."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.parameters import numbers
from simulation.behaviour.states import Card, Source
from simulation.model.blocks import Crowd
from simulation.runs.detail import LIFE, Recorder
from simulation.runs.event_log import EVENT, What
from simulation.runs.outcome import Outcome, Replicate
from simulation.runs.shopper_totals import ShopperTotals
from simulation.scenario.population import GROUPS, SEGMENTS, TIERS, Opening, Shoppers, blocks_of, market_bounds

if TYPE_CHECKING:
    import pandas

_BLOCKS_AT_ONCE = 64
_EVENTS_AT_ONCE = 100_000
_FRACTIONS = 4  # digits of traits and feelings
_TRAITS = ("older", "low_income", "vulnerable", "has_rival", "opening_patron")
_STATE_WEEKS = ("aware_week", "dropped_week", "left_week")

Life = Mapping[str, NDArray[Any]]
"""What has become of some shoppers, by the names of `LIFE` or some of them."""


def shoppers(outcome: Outcome, recorder: Recorder | None = None) -> "Iterator[pandas.DataFrame]":
    """Yield one row a policy, replicate and shopper: traits, weeks of events, cause, final state; in parts.

    Of the first replicate alone, and without what is summed up week by week, unless a recorder has kept all of them.
    """
    if recorder and "shoppers" in recorder.details:
        for replicate in outcome.replicates:
            yield from _recorded(outcome, replicate, recorder.lives(replicate.number))
    else:
        yield from _of_the_first(outcome)


def _of_the_first(outcome: Outcome) -> "Iterator[pandas.DataFrame]":
    first = outcome.replicates[0]
    opening = _opening(outcome, first)
    for policy in range(len(outcome.policies)):
        for crowd in outcome.crowd.parts():
            people = crowd.people_columns()
            lives = Crowd(crowd.people, crowd.lives[policy], crowd.blocks).lives_columns()._asdict()
            kept = {name: lives[name] for name in (*_STATE_WEEKS, "patron", "card", "source", "trust")}
            yield _rows(outcome, policy, first.number, people, crowd.markets, opening, kept)


def _recorded(outcome: Outcome, replicate: Replicate, lives: NDArray[np.void]) -> "Iterator[pandas.DataFrame]":
    scenario, opening = outcome.scenario, _opening(outcome, replicate)
    blocks = blocks_of(market_bounds(scenario.population.shoppers, list(scenario.markets.values())))
    for policy in range(len(outcome.policies)):
        for some in (blocks[at : at + _BLOCKS_AT_ONCE] for at in range(0, len(blocks), _BLOCKS_AT_ONCE)):
            each = [opening.people(start, stop) for _, start, stop in some.tolist()]
            people = Shoppers(*(np.concatenate(columns) for columns in zip(*each, strict=True)))
            markets = np.repeat(some[:, 0], some[:, 2] - some[:, 1])
            part = lives[policy, some[0, 1] : some[-1, 2]]
            kept = {name: part[name] for name in LIFE.names or ()}
            yield _rows(outcome, policy, replicate.number, people, markets, opening, kept)


def _opening(outcome: Outcome, replicate: Replicate) -> Opening:
    drawn = outcome.scenario.overrides | dict(replicate.overrides)
    return Opening(numbers(drawn), outcome.scenario.seed, replicate.number)


def _rows(
    outcome: Outcome,
    policy: int,
    replicate: int,
    people: Shoppers,
    markets: NDArray[np.int64],
    opening: Opening,
    life: Life,
) -> "pandas.DataFrame":
    """Return the rows of some shoppers under a policy."""
    import pandas as pd

    columns: dict[str, Any] = {"policy": named(np.full(markets.size, policy), outcome.policies)}
    columns |= {"replicate": replicate, "shopper": people.number}
    columns["market"] = named(markets, outcome.scenario.markets)
    columns["segment"] = named(people.cell // (len(TIERS) * len(GROUPS)), SEGMENTS)
    columns["tier"] = named(people.cell // len(GROUPS) % len(TIERS), TIERS)
    columns |= {name: getattr(people, name) for name in _TRAITS}
    columns |= {name: _rounded(getattr(people, name)) for name in ("sensitivity", "spend_rank")}
    columns["usual_week_cents"] = np.round(people.trip_rate.astype(np.float64) * people.basket_cents).astype(np.int64)
    columns["opening_card"] = named(opening.cards(people), [card.name.lower() for card in Card])
    columns |= {name: weeks_or_never(life[name]) for name in _STATE_WEEKS}
    columns["heard_by"] = named(life["source"], [source.name.lower() for source in Source])
    columns["censored"] = (life["left_week"] == 0).astype(np.int8)
    columns["patron"] = life["patron"]
    columns["card"] = named(life["card"], [card.name.lower() for card in Card])
    columns["trust"] = _rounded(life["trust"])
    columns |= {name: _total(name, life[name]) for name in ShopperTotals._fields if name in life}
    return pd.DataFrame(columns)


def _total(name: str, values: NDArray[Any]) -> Any:
    return weeks_or_never(values) if name.endswith("_week") else values


def _rounded(values: NDArray[np.float32]) -> NDArray[np.float64]:
    rounded: NDArray[np.float64] = values.astype(np.float64).round(_FRACTIONS)
    return rounded


def events(outcome: Outcome, recorder: Recorder) -> "Iterator[pandas.DataFrame]":
    """Yield one row an event, by replicate and week; in parts."""
    held: list[NDArray[np.void]] = []
    number = rows = 0
    for replicate, found in recorder.events():
        if held and (replicate != number or rows >= _EVENTS_AT_ONCE):
            yield _event_rows(outcome, number, np.concatenate(held))
            held, rows = [], 0
        number, rows = replicate, rows + found.size
        held.append(found)
    yield _event_rows(outcome, number, np.concatenate([np.zeros(0, EVENT), *held]))


def _event_rows(outcome: Outcome, replicate: int, found: NDArray[np.void]) -> "pandas.DataFrame":
    import pandas as pd

    story, teller = found["story_week"], found["from_shopper"].astype(np.int64)
    source = found["source"].astype(np.int64)
    return pd.DataFrame(
        {
            "policy": named(found["policy"], outcome.policies),
            "replicate": replicate,
            "week": found["week"],
            "shopper": found["shopper"],
            "what": named(found["what"], [what.name.lower() for what in What]),
            "about": named(found["about"], outcome.scenario.practice_names),
            "source": named(source - 1, [source.name.lower() for source in Source if source]),
            "from_shopper": pd.arrays.IntegerArray(teller, teller < 0),
            "told_by": found["told_by"],
            "story_week": weeks_or_never(story),
        }
    )


def weeks_or_never(weeks: NDArray[Any]) -> Any:
    """Return weeks as a column in which 0 is missing."""
    import pandas as pd

    return pd.arrays.IntegerArray(np.asarray(weeks).astype(np.int32), np.asarray(weeks) == 0)


def named(codes: Any, names: Iterable[str]) -> Any:
    """Return codes as a column of the words that they stand for, -1 as a missing one."""
    import pandas as pd

    categorical: Any = pd.Categorical
    return categorical.from_codes(np.asarray(codes, dtype=np.int16), list(names))
