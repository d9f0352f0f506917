"""From numbers to starting columns: who the shoppers are and how they stand before anything happens.

Every trait is a pure function of seed, replicate and the shopper's number, so leaving one shopper out moves
nobody else.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.arithmetic import exponential, logarithm, logistic
from simulation.behaviour.compiling import rule
from simulation.behaviour.draws import Purpose, keys_of_week, standard_normal, uniform
from simulation.behaviour.rules import Card
from simulation.scenario.opening import OpeningTables, opening_tables

SEGMENTS = ("fundamentalist", "pragmatist", "unconcerned")
TIERS = ("light", "middle", "heavy")
CELLS = len(SEGMENTS) * len(TIERS)
"""A shopper's cell in the ledger is segment × 3 + tier."""

BLOCK = 2048
"""Shoppers that an engine serves at a time, few enough for the processor's cache.

Within each block of a market the columns are ordered by cell, so that adding up a cell is adding up a run.
"""

_MIDDLE_FROM, _HEAVY_FROM = 0.5, 0.9


class Shoppers(NamedTuple):
    """What a shopper is, whatever the policy: one column a trait, each of shape (shoppers,)."""

    number: NDArray[np.uint32]  # whose draws
    cell: NDArray[np.uint8]
    older: NDArray[np.uint8]  # 50 or over
    low_income: NDArray[np.uint8]
    attentive: NDArray[np.uint8]
    has_rival: NDArray[np.uint8]
    every_time: NDArray[np.uint8]  # swipes every time
    opening_patron: NDArray[np.uint8]
    sensitivity: NDArray[np.float32]
    opening_trust: NDArray[np.float32]
    spend_rank: NDArray[np.float32]  # 0 lightest to 1 heaviest
    trip_rate: NDArray[np.float32]  # lasting trips a week
    basket_cents: NDArray[np.float32]  # mean of one basket
    drift: NDArray[np.float64]  # log-drift of the trip rate; moves every week, the same under every policy


class Lives(NamedTuple):
    """What has become of a shopper under each policy: columns of shape (policies, shoppers)."""

    trust: NDArray[np.float64]
    resignation: NDArray[np.float64]
    patron: NDArray[np.uint8]  # 1 while this is the main store, 0 when lost
    card: NDArray[np.uint8]  # a Card
    aware: NDArray[np.uint8]  # one bit a practice
    opted_in: NDArray[np.uint8]  # one bit a practice
    opted_out: NDArray[np.uint8]  # one bit a practice
    source: NDArray[np.uint8]  # the Source of the first practice heard of
    aware_week: NDArray[np.int16]  # week in which the first practice became known, 0 if none
    heard_week: NDArray[np.int16]  # week in which the latest practice became known, 0 if none
    dropped_week: NDArray[np.int16]  # first week in which an active card was put away, 0 if never
    left_week: NDArray[np.int16]  # first week in which a patron left, 0 if never
    trips: NDArray[np.uint8]  # this week
    cents: NDArray[np.int32]  # this week's sales
    swiped: NDArray[np.uint8]  # 1 if the card was shown this week


def market_bounds(shoppers: int, shares: Sequence[float]) -> NDArray[np.int64]:
    """Return the column bounds of the markets, their sizes rounded by largest remainder. Shape (markets + 1,)."""
    exact = np.asarray(shares, dtype=np.float64) * (shoppers / sum(shares))
    sizes = np.floor(exact).astype(np.int64)
    largest = np.argsort(sizes - exact, kind="stable")
    sizes[largest[: shoppers - int(sizes.sum())]] += 1
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def blocks_of(bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the blocks of all markets as rows (market, start, stop)."""
    return np.concatenate(
        [
            [(market, start, min(start + BLOCK, stop)) for start in range(first, stop, BLOCK)]
            for market, (first, stop) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
        ]
    ).astype(np.int64)


def opening_columns(
    bounds: NDArray[np.int64], policies: int, numbers: NDArray[np.void], seed: int, replicate: int
) -> tuple[Shoppers, Lives]:
    """Return the shoppers of all markets and, equal under each policy, how they stand before the first week."""
    people, keys, tables = _people(bounds, numbers, seed, replicate)
    lives = _empty(Lives, (policies, people.number.size))
    _fill_lives(people, lives, keys, numbers.reshape(1), tables)
    for column in lives:
        column[1:] = column[0]
    return people, lives


def _people(
    bounds: NDArray[np.int64], numbers: NDArray[np.void], seed: int, replicate: int
) -> tuple[Shoppers, NDArray[np.uint64], OpeningTables]:
    people = _empty(Shoppers, (int(bounds[-1]),))
    people.number[:] = np.arange(bounds[-1])
    keys, tables = keys_of_week(seed, replicate, 0), opening_tables(numbers)
    _fill_people(people, keys, numbers.reshape(1), tables)
    for _, start, stop in blocks_of(bounds):
        order = start + np.argsort(people.cell[start:stop], kind="stable")
        for column in people:
            column[start:stop] = column[order]
    return people, keys, tables


def _empty(columns: Any, shape: tuple[int, ...]) -> Any:
    kinds = [hint.__args__[1].__args__[0] for hint in columns.__annotations__.values()]
    return columns(*(np.zeros(shape, kind) for kind in kinds))


@rule
def interpolated(table: NDArray[np.float64], place: float) -> float:
    """Return a table's value at a place between 0 and its last index."""
    below = min(int(place), table.size - 2)
    return float(table[below] + (place - below) * (table[below + 1] - table[below]))


@rule
def _rank(log_spend: float, quantiles: NDArray[np.float64]) -> float:
    return float(np.searchsorted(quantiles, log_spend)) / quantiles.size


@rule
def _segment(luck: float, fundamentalists: float, pragmatists: float) -> int:
    return (1 if luck >= fundamentalists else 0) + (1 if luck >= fundamentalists + pragmatists else 0)


@rule
def _fill_people(people: Shoppers, keys: NDArray[np.uint64], records: NDArray[np.void], tables: OpeningTables) -> None:
    p = records[0]
    for i in range(people.number.size):
        number = int(people.number[i])
        older = uniform(keys[Purpose.AGE], number) < p["aged_50_or_over"]
        poor = uniform(keys[Purpose.INCOME], number) < p["low_income"]
        segment = _segment(uniform(keys[Purpose.SEGMENT], number), p["fundamentalists"], p["pragmatists"])
        odds = tables.high_sensitivity_odds + p["high_sensitivity_by_segment"] * (1 - segment)
        odds += p["high_sensitivity_at_50_or_over"] * older + p["high_sensitivity_on_low_income"] * poor
        high = uniform(keys[Purpose.SENSITIVITY_MODE], number) < logistic(odds)
        mode = p["sensitivity_when_high"] if high else p["sensitivity_when_low"]
        felt = mode + p["sensitivity_spread"] * standard_normal(keys[Purpose.SENSITIVITY], number)
        trust = p["opening_trust"] + p["opening_trust_spread"] * standard_normal(keys[Purpose.TRUST], number)
        unlikely = -logarithm(1.0 - uniform(keys[Purpose.TRIP_RATE], number))
        rate = interpolated(tables.trip_rates, unlikely * tables.places_per_unit)
        level = p["basket_log_spread_between"] * standard_normal(keys[Purpose.BASKET_LEVEL], number)
        rank = _rank(logarithm(max(rate, 1e-300)) + level, tables.log_spend)
        tier = (1 if rank >= _MIDDLE_FROM else 0) + (1 if rank >= _HEAVY_FROM else 0)
        people.cell[i] = segment * 3 + tier
        people.older[i] = older
        people.low_income[i] = poor
        people.attentive[i] = uniform(keys[Purpose.ATTENTION], number) < p["attentive"]
        people.has_rival[i] = uniform(keys[Purpose.ALTERNATIVES], number) < p["rival_access"]
        people.every_time[i] = uniform(keys[Purpose.SWIPE_HABIT], number) < p["every_time_swipers"]
        people.sensitivity[i] = min(max(felt, 0.0), 1.0)
        people.opening_trust[i] = min(max(trust, 0.05), 1.0)
        people.spend_rank[i] = rank
        people.trip_rate[i] = rate
        people.basket_cents[i] = tables.mean_basket_cents * exponential(level)
        people.drift[i] = p["trip_drift_spread"] * standard_normal(keys[Purpose.OPENING_DRIFT], number)


@rule
def _fill_lives(
    people: Shoppers, lives: Lives, keys: NDArray[np.uint64], records: NDArray[np.void], tables: OpeningTables
) -> None:
    p = records[0]
    for i in range(people.number.size):
        number = int(people.number[i])
        resigned = uniform(keys[Purpose.RESIGNATION], number) < p["resigned"]
        holds = logistic(tables.holding_odds + p["card_holding_by_spend"] * (float(people.spend_rank[i]) - 0.5))
        luck = uniform(keys[Purpose.OPENING_CARD], number)
        held = Card.ACTIVE if luck < holds * (1.0 - tables.dormant_share) else Card.DORMANT
        people.opening_patron[i] = uniform(keys[Purpose.OPENING_STORE], number) < tables.patron_share
        lives.trust[0, i] = float(people.opening_trust[i])
        lives.resignation[0, i] = p["resignation_of_the_resigned"] * (1.0 if resigned else 0.25)
        lives.card[0, i] = held if luck < holds else Card.NEVER
        lives.patron[0, i] = people.opening_patron[i]
