"""From numbers to starting columns: who the shoppers are and how they stand before anything happens.

Every trait is a pure function of seed, replicate and the shopper's number, so leaving one shopper out moves
nobody else.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week, normals, uniforms
from simulation.behaviour.states import Card
from simulation.scenario.opening import OpeningTables, basket_fall, opening_tables

SEGMENTS = ("fundamentalist", "pragmatist", "unconcerned")
TIERS = ("light", "middle", "heavy")
GROUPS = ("others", "vulnerable")
CELLS = len(SEGMENTS) * len(TIERS) * len(GROUPS)
"""A shopper's cell in the ledger is (segment × 3 + tier) × 2, and one more for the vulnerable."""

BLOCK = 2048
"""Shoppers that an engine serves at a time, few enough for the processor's cache.

Within each block of a market the columns are ordered by cell, so that adding up a cell is adding up a run.
"""

TIERS_FROM = (0.5, 0.9)
"""The spend ranks from which the tiers after the first begin."""

Floats = NDArray[np.float64]


class Shoppers(NamedTuple):
    """What a shopper is, whatever the policy: one column a trait, each of shape (shoppers,)."""

    number: NDArray[np.uint32]  # whose draws
    cell: NDArray[np.uint8]  # segment, spend tier and group in the books
    older: NDArray[np.uint8]  # 50 or over
    low_income: NDArray[np.uint8]  # under 30,000 dollars a year
    attentive: NDArray[np.uint8]  # takes in notices and terms
    has_rival: NDArray[np.uint8]  # another grocer is in reach
    every_time: NDArray[np.uint8]  # swipes every time
    free: NDArray[np.uint8]  # not bound to the retailer by a contract or the cost of switching
    opening_patron: NDArray[np.uint8]  # had this as main store before the first week
    vulnerable: NDArray[np.uint8]  # hears less of it and is harmed more, such as a teenager with an account
    sensitivity: NDArray[np.float32]  # to privacy, 0 to 1, of two modes
    opening_trust: NDArray[np.float32]  # in the retailer, 0 to 1, before anything happens
    spend_rank: NDArray[np.float32]  # 0 lightest to 1 heaviest
    keeps: NDArray[np.float32]  # share of what is on the mind that is left a week later
    leaning: NDArray[np.float32]  # 0 to 1: on which side in disputes that have nothing to do with privacy
    trip_rate: NDArray[np.float32]  # lasting trips a week
    basket_cents: NDArray[np.float32]  # mean of one basket
    drift: NDArray[np.float32]  # log-drift of the trip rate; moves every week, the same under every policy


class Lives(NamedTuple):
    """What has become of a shopper under each policy: columns of shape (policies, shoppers)."""

    trust: NDArray[
        np.float32
    ]  # in the retailer, 0 to 1, rounded to 24 bits each week: half the memory, and the same in both engines
    resignation: NDArray[np.float32]  # 0 to 1: how much a grievance is no longer acted on
    # One salience serves all practices: a grievance is one sum, and news of any part of it brings the whole to mind
    salience: NDArray[np.float32]  # 0 to 1: how much a grievance is on the mind
    patron: NDArray[np.uint8]  # 1 while this is the main store, 0 when lost
    card: NDArray[np.uint8]  # never, active, dormant, cancelled or swapped
    aware: NDArray[np.uint8]  # which practices are known of, one bit each
    opted_in: NDArray[np.uint8]  # to which practices, one bit each
    opted_out: NDArray[np.uint8]  # of which practices, one bit each
    source: NDArray[np.uint8]  # how the first practice became known: press, notice, experience, word of mouth
    aware_week: NDArray[np.int16]  # week in which the first practice became known, 0 if none
    heard_week: NDArray[np.int16]  # week in which the latest practice became known, 0 if none
    dropped_week: NDArray[np.int16]  # first week in which an active card was put away, 0 if never
    left_week: NDArray[np.int16]  # first week in which a patron left, 0 if never
    trips: NDArray[np.uint8]  # this week's
    cents: NDArray[np.int32]  # this week's sales
    swiped: NDArray[np.uint8]  # 1 if the card was shown this week
    away_weeks: NDArray[np.uint8]  # weeks whose trips a grievance kept a patron from; beyond 255 it alternates with 254


def market_bounds(shoppers: int, shares: Sequence[float]) -> NDArray[np.int64]:
    """Return the column bounds of the markets, their sizes rounded by largest remainder. Shape (markets + 1,)."""
    exact = np.asarray(shares, dtype=np.float64) * (shoppers / sum(shares))
    sizes = np.floor(exact).astype(np.int64)
    largest = np.argsort(sizes - exact, kind="stable")
    sizes[largest[: shoppers - int(sizes.sum())]] += 1
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def blocks_of(bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the blocks of all markets as rows (market, start, stop); a market where nobody lives has none."""
    ends = enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
    rows = [
        (market, start, min(start + BLOCK, stop))
        for market, (first, stop) in ends
        for start in range(first, stop, BLOCK)
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


class Opening:
    """Draws shoppers and how they stand before the first week: any of them, without the others."""

    def __init__(self, numbers: NDArray[np.void], seed: int, replicate: int) -> None:
        self._numbers, self._keys = numbers, keys_of_week(seed, replicate, 0)
        self._tables = opening_tables(numbers)

    def people(self, start: int, stop: int) -> Shoppers:
        """Return the shoppers numbered from `start` up to `stop`, ordered by cell as within a block."""
        return _ordered(_people(np.arange(start, stop, dtype=np.uint32), self._keys, self._numbers, self._tables))

    def lives(self, people: Shoppers, policies: int) -> Lives:
        """Return how shoppers stand, equal under each policy."""
        lives: Lives = _empty(Lives, (policies, people.number.size))
        lives.trust[:] = people.opening_trust
        lives.resignation[:] = _resignation(people.number, self._keys, self._numbers)
        lives.card[:] = self.cards(people)
        lives.patron[:] = people.opening_patron
        return lives

    def cards(self, people: Shoppers) -> NDArray[np.int64]:
        """Return the state of shoppers' cards."""
        return _opening_card(people, self._keys, self._numbers, self._tables)


def opening_columns(
    bounds: NDArray[np.int64], policies: int, numbers: NDArray[np.void], seed: int, replicate: int
) -> tuple[Shoppers, Lives]:
    """Return the shoppers of all markets and, equal under each policy, how they stand before the first week."""
    opening = Opening(numbers, seed, replicate)
    blocks = [opening.people(start, stop) for _, start, stop in blocks_of(bounds).tolist()]
    people = Shoppers(*(np.concatenate(columns) for columns in zip(*blocks, strict=True)))
    return people, opening.lives(people, policies)


def _empty(columns: Any, shape: tuple[int, ...]) -> Any:
    return columns(*(np.zeros(shape, kind_of(hint)) for hint in columns.__annotations__.values()))


@cache
def kind_of(hint: Any) -> Any:
    """Return the number type that the annotation of a column names, such as np.uint8; None if it names none."""
    if isinstance(hint, type) and issubclass(hint, np.generic):
        return hint
    return next(filter(None, map(kind_of, get_args(hint))), None)


def _ordered(people: Shoppers) -> Shoppers:
    """Order the columns of a block by cell."""
    order = np.lexsort((people.number, people.cell))
    columns: Any = (np.ascontiguousarray(column[order]) for column in people)
    return Shoppers(*columns)


def _people(
    number: NDArray[np.uint32], keys: NDArray[np.uint64], numbers: NDArray[np.void], tables: OpeningTables
) -> Shoppers:
    def luck(purpose: Purpose) -> Floats:
        return uniforms(keys[purpose], number)

    older, poor = luck(Purpose.AGE) < numbers["aged_50_or_over"], luck(Purpose.INCOME) < numbers["low_income"]
    segment = _segment(luck(Purpose.SEGMENT), numbers)
    trust = numbers["opening_trust"] + numbers["opening_trust_spread"] * normals(keys[Purpose.TRUST], number)
    rate = tables.rate_of(luck(Purpose.TRIP_RATE))
    level = numbers["basket_log_spread_between"] * normals(keys[Purpose.BASKET_LEVEL], number)
    level += basket_fall(rate, numbers)
    rank = tables.rank_of(rate, level)
    tier = np.searchsorted(TIERS_FROM, rank, side="right")
    vulnerable = luck(Purpose.VULNERABLE) < numbers["vulnerable"]
    columns = {
        "number": number,
        "cell": (segment * len(TIERS) + tier) * len(GROUPS) + vulnerable,
        "vulnerable": vulnerable,
        "older": older,
        "low_income": poor,
        "attentive": luck(Purpose.ATTENTION) < numbers["attentive"],
        "has_rival": luck(Purpose.ALTERNATIVES) < numbers["rival_access"],
        "every_time": luck(Purpose.SWIPE_HABIT) < numbers["every_time_swipers"],
        "free": luck(Purpose.BOND) < numbers["free_to_leave"],
        "opening_patron": luck(Purpose.OPENING_STORE) < tables.patron_share,
        "sensitivity": _sensitivity(segment, older, poor, number, keys, numbers, tables),
        "opening_trust": np.clip(trust, 0.05, 1.0),
        "spend_rank": rank,
        "keeps": _share_kept(number, keys, numbers),
        "leaning": luck(Purpose.LEANING),
        "trip_rate": rate,
        "basket_cents": tables.mean_basket_cents * np.exp(level),
        "drift": numbers["trip_drift_spread"] * normals(keys[Purpose.OPENING_DRIFT], number),
    }
    people: Shoppers = _empty(Shoppers, number.shape)
    for name, values in columns.items():
        getattr(people, name)[:] = values
    return people


def _segment(luck: Floats, numbers: NDArray[np.void]) -> NDArray[np.int64]:
    edges = np.cumsum([float(numbers["fundamentalists"]), float(numbers["pragmatists"])])
    return np.searchsorted(edges, luck, side="right")


def _sensitivity(
    segment: NDArray[np.int64],
    older: NDArray[np.bool_],
    poor: NDArray[np.bool_],
    number: NDArray[np.uint32],
    keys: NDArray[np.uint64],
    numbers: NDArray[np.void],
    tables: OpeningTables,
) -> Floats:
    """Return sensitivities of two modes, the upper one likelier for older and better-off shoppers (Pew 2016)."""
    odds = tables.high_sensitivity_odds + numbers["high_sensitivity_by_segment"] * (1 - segment)
    odds += numbers["high_sensitivity_at_50_or_over"] * older + numbers["high_sensitivity_on_low_income"] * poor
    high = uniforms(keys[Purpose.SENSITIVITY_MODE], number) < 1 / (1 + np.exp(-odds))
    mode = np.where(high, numbers["sensitivity_when_high"], numbers["sensitivity_when_low"])
    felt: Floats = mode + numbers["sensitivity_spread"] * normals(keys[Purpose.SENSITIVITY], number)
    return np.clip(felt, 0.0, 1.0)


def _resignation(number: NDArray[np.uint32], keys: NDArray[np.uint64], numbers: NDArray[np.void]) -> Floats:
    resigned = uniforms(keys[Purpose.RESIGNATION], number) < numbers["resigned"]
    return np.asarray(numbers["resignation_of_the_resigned"] * np.where(resigned, 1.0, 0.25))


def _share_kept(number: NDArray[np.uint32], keys: NDArray[np.uint64], numbers: NDArray[np.void]) -> Floats:
    """Return what is left a week later of what is on the mind: some forget in days, some hardly ever."""
    spread = np.exp(numbers["salience_half_life_spread"] * normals(keys[Purpose.FORGETTING], number))
    return np.asarray(np.exp2(-1.0 / (numbers["salience_half_life_weeks"] * spread)))


def _opening_card(
    people: Shoppers, keys: NDArray[np.uint64], numbers: NDArray[np.void], tables: OpeningTables
) -> NDArray[np.int64]:
    """Return the card's state: heavy buyers more often hold one (Leenheer et al. 2007), the sensitive less often."""
    odds = tables.holding_odds + numbers["card_holding_by_spend"] * (people.spend_rank.astype(np.float64) - 0.5)
    odds -= numbers["card_opening_by_privacy"] * people.sensitivity.astype(np.float64)
    luck, holds = uniforms(keys[Purpose.OPENING_CARD], people.number), 1 / (1 + np.exp(-odds))
    held = np.where(luck < holds * (1 - tables.dormant_share), Card.ACTIVE, Card.DORMANT)
    return np.where(luck < holds, held, Card.NEVER)
