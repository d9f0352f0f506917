"""One week for a range of blocks: hear, feel, decide, shop, talk, count, under each policy in turn."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import rules
from simulation.behaviour.compiling import inner
from simulation.behaviour.draws import Purpose
from simulation.model import counting, deciding, hearing, sensed, sharing, shopping
from simulation.model.kinds import Record
from simulation.scenario.population import CELLS
from simulation.scenario.practices import Mode

_ROUNDING = 1e-9  # more than what a chance can be off from what it is exactly


class Week(NamedTuple):
    """What all shoppers of one market read this week."""

    number: int
    keys: NDArray[np.uint64]  # streams of the week
    levers: NDArray[np.void]  # (policies,)
    practices: NDArray[np.void]  # (policies, practices)
    numbers: NDArray[np.void]  # (1,)
    shapes: NDArray[np.float64]  # noise of a week's baskets by number of trips
    talk: NDArray[np.uint8]  # last week's talk in rows with margins, (policies, places)
    next_talk: NDArray[np.uint8]  # this week's
    told: NDArray[np.uint8]  # what those who listen from afar were told last week, in such rows
    talkative: NDArray[np.uint8]  # practices talked about in the market last week, a bit each, (policies,)
    row: int  # where the market's row starts among the places
    market_start: int  # the market's first column


@inner
def live_a_week(
    week: Week,
    people: NDArray[np.void],
    lives: NDArray[np.void],
    blocks: NDArray[np.int64],
    scratch: NDArray[np.void],
    totals: NDArray[np.int64],
) -> None:
    """Let the shoppers of some blocks (market, place among the blocks, start, stop) live a week under every policy.

    What happens is added to `totals`, shape (policies, cells, counts).
    """
    s = scratch[0]
    for row in range(blocks.shape[0]):
        block, start, stop = blocks[row, 1], blocks[row, 2], blocks[row, 3]
        n = stop - start
        share_luck(n, week, people[block], s)
        for policy in range(week.levers.size):
            hear(policy, n, start, week, people[block], lives[policy, block], s)
            feel(policy, n, week, people[block], lives[policy, block], s)
            decide(policy, n, week, people[block], lives[policy, block], s)
            shop(policy, n, week, people[block], lives[policy, block], s)
            talk(policy, n, start, week, people[block], lives[policy, block], s)
            count(n, week.practices[policy], people[block], lives[policy, block], s, totals[policy])


@inner
def share_luck(n: int, week: Week, people: Record, s: Record) -> None:
    """Draw what is the same under every policy: luck, trips, and what they would come to."""
    p, luck = week.numbers[0], s["luck"]
    counting.find_runs(n, people, s)
    sharing.wander(n, p, week.keys[Purpose.DRIFT], people)
    sharing.draw_one(n, week.keys[Purpose.TRIPS], people, luck[Purpose.TRIPS])
    sharing.set_rates(n, p, luck[Purpose.TRIPS], people, s)
    sharing.count_trips(n, s)
    sharing.fill_baskets(n, week.keys[Purpose.BASKETS], week.shapes, people, s)
    sharing.draw_two(n, week.keys[Purpose.SWIPE], people, luck[Purpose.SWIPE], luck[Purpose.AVOIDING])
    sharing.take_odds(n, luck[Purpose.SWIPE], s)
    sharing.draw_two(n, week.keys[Purpose.CARD], people, luck[Purpose.CARD], luck[Purpose.STORE])
    sharing.draw_two(n, week.keys[Purpose.REDEEMING], people, luck[Purpose.REDEEMING], luck[Purpose.COMPLAINING])
    s["open_to_any"][:n] = 0
    s["open_to_talk"][:n] = 0
    for k in range(week.practices.shape[1]):
        _share_luck_about(k, n, week, people, s)


@inner
def _share_luck_about(k: int, n: int, week: Week, people: Record, s: Record) -> None:
    """Draw what practice `k` needs: nothing before it has begun, nor luck with consent where nobody is asked."""
    p, luck, practices = week.numbers[0], s["luck"], week.practices[:, k]
    hearing_about, talking_about = luck[Purpose.HEARING_ABOUT + k], luck[Purpose.TALKING_ABOUT + k]
    if _is_in_play(practices):
        most = 0.0
        for policy in range(practices.size):
            most = max(most, _most_hearing(policy, k, week) + _ROUNDING)
        most_with_talk = most + p["believing_word_of_mouth"]
        sharing.draw_two(n, week.keys[Purpose.HEARING_ABOUT + k], people, hearing_about, talking_about)
        sharing.open_ears(n, k, hearing_about, most, most_with_talk, s)
        if _concerns_consent(practices):
            sharing.draw_one(n, week.keys[Purpose.CONSENTING_ABOUT + k], people, luck[Purpose.CONSENTING_ABOUT + k])


@inner
def _most_hearing(policy: int, k: int, week: Week) -> float:
    """Return a chance that nobody exceeds who learns of a practice this week otherwise than from acquaintances."""
    row, put_out = week.practices[policy, k], week.levers[policy]["tier_put_out"] <= 1.0
    by_demotion = week.numbers[0]["noticing_demotion_per_week"] if put_out else 0.0
    return rules.most_hearing(row["press"], row["notice"], row["experience"], row["scope"], by_demotion)


@inner
def _concerns_consent(practices: NDArray[np.void]) -> bool:
    """Return whether a practice asks, or passes data on, under any policy."""
    for policy in range(practices.size):
        row = practices[policy]
        if row["choice"] > 0.0 or (row["running"] > 0.0 and rules.passes_on(row["scope"])):
            return True
    return False


@inner
def _is_in_play(practices: NDArray[np.void]) -> bool:
    """Return whether any policy has begun a practice, or a story about it has; one that departs by nothing counts."""
    for policy in range(practices.size):
        row = practices[policy]
        if row["departure"] != 0.0 or row["press"] > 0.0 or row["running"] > 0.0 or row["choice"] > 0.0:
            return True
    return False


@inner
def _has_begun(practice: Record) -> bool:
    """Return whether a practice departs from anything, or has."""
    return practice["departure"] != 0.0 or practice["running"] > 0.0


@inner
def hear(policy: int, n: int, start: int, week: Week, people: Record, lives: Record, s: Record) -> None:
    """Let shoppers forget a little, then learn of practices or be reminded: by press, notice, experience, talk."""
    p, practices = week.numbers[0], week.practices[policy]
    hearing.look_up(n, week.levers[policy], people, lives, s)
    if practices.size > 0:
        if hearing.known_to_any(n, lives) != 0:
            hearing.forget(n, people, lives)
        _listen(policy, n, start, week, people, s)
        found = hearing.find_listeners(n, _telling(policy, week), lives, s)
        hearing.hear(found, week.number, p, practices, week.levers[policy]["tier_put_out"], people, lives, s)


@inner
def _telling(policy: int, week: Week) -> int:
    """Return the practices that something else than acquaintances could tell of this week, a bit each."""
    telling = 0
    for k in range(week.practices.shape[1]):
        if _most_hearing(policy, k, week) > 0.0:
            telling |= 1 << k
    return telling


@inner
def _listen(policy: int, n: int, start: int, week: Week, people: Record, s: Record) -> None:
    place, near = week.row + start - week.market_start, int(week.numbers[0]["near_acquaintances"])
    s["heard"][:n] = 0
    if week.talkative[policy] != 0:
        hearing.listen(n, week.talk[policy], week.told[policy], place, near, s)
        hearing.take_seats(n, start, people, s)


@inner
def feel(policy: int, n: int, week: Week, people: Record, lives: Record, s: Record) -> None:
    """Let what shoppers know move trust and resignation, and work out what presses them to act."""
    p, practices, lever = week.numbers[0], week.practices[policy], week.levers[policy]
    known, decided = hearing.known_to_any(n, lives), hearing.decided_by_any(n, lives)
    for k in range(practices.size):
        if practices[k]["choice"] > 0.0 and not rules.bit(known, k):
            s["felt"][k][:n] = 0.0  # who is asked this week comes to know of it, and has felt nothing yet
    if known == 0 and lever["stirred"] == 0.0:  # nothing has ever moved trust here, so it is as it was
        hearing.press_nobody(n, s)
        return
    s["burden"][:n] = 0.0
    sensed.clear(practices, s)
    for k in range(practices.size):
        if rules.bit(known, k):
            hearing.feel_violation(n, p, practices[k], lever["tier_put_out"], k, people, lives, s)
            if rules.bit(decided, k):
                hearing.relieve(n, p, practices[k], k, lives, s)
            hearing.bear(n, k, s)
            sensed.bear(n, practices[k], k, s)
    hearing.feel(n, p, lever["goodwill"], people, lives, s)
    hearing.press_to_act(n, p, people, lives, s)
    hearing.raise_voice(n, p, s["luck"][Purpose.COMPLAINING], s)


@inner
def decide(policy: int, n: int, week: Week, people: Record, lives: Record, s: Record) -> None:
    """Let shoppers decide about consent, then the card, then the store."""
    p, practices, put_out = week.numbers[0], week.practices[policy], week.levers[policy]["tier_put_out"]
    for k in range(practices.size):
        if practices[k]["taken_out"] > 0.0:
            deciding.take_out(n, practices[k]["taken_out"], k, s["luck"][Purpose.CONSENTING_ABOUT + k], lives)
        if practices[k]["choice"] > 0.0:
            luck = s["luck"][Purpose.CONSENTING_ABOUT + k]
            deciding.consider(n, p, practices[k], k, people, s)
            found = deciding.find_undecided(n, k, luck, lives, s)
            deciding.decide_consent(found, week.number, p, practices[k], put_out, k, luck, people, lives, s)
    deciding.weigh_rewards(n, week.levers[policy], s)
    for k in range(practices.size):
        if practices[k]["running"] > 0.0 and rules.passes_on(practices[k]["scope"]):
            deciding.let_data_flow(n, practices[k], k, lives, s)
            if practices[k]["consent"] != Mode.OPT_IN:
                luck = s["luck"][Purpose.CONSENTING_ABOUT + k]
                deciding.owe_consent(n, p, practices[k], k, luck, people, lives, s)
    sensed.spare_the_card(n, practices, s)
    _change_card(policy, n, week, people, lives, s)
    sensed.take_up_the_whole(n, practices, s)
    deciding.set_prices(n, week.levers[policy], practices, people, lives, s)
    _change_store(policy, n, week, people, lives, s)


@inner
def _change_card(policy: int, n: int, week: Week, people: Record, lives: Record, s: Record) -> None:
    p, luck, lever = week.numbers[0], s["luck"][Purpose.CARD], week.levers[policy]
    if lever["card_refused"] != 0.0:
        return
    deciding.weigh_card(n, p, lever, luck, people, lives, s)
    found = deciding.find_acting(n, luck, s)
    deciding.change_card(found, p, week.number, luck, lives, s)


@inner
def _change_store(policy: int, n: int, week: Week, people: Record, lives: Record, s: Record) -> None:
    p, lever, luck = week.numbers[0], week.levers[policy], s["luck"][Purpose.STORE]
    deciding.value_store(n, p, lever, people, lives, s)
    deciding.weigh_store(n, p, lever, luck, people, lives, s)
    found = deciding.find_acting(n, luck, s)
    deciding.change_store(found, week.number, people, lives, s)


@inner
def shop(policy: int, n: int, week: Week, people: Record, lives: Record, s: Record) -> None:
    """Let shoppers shop, show the card or not, and get back what is due."""
    p, lever = week.numbers[0], week.levers[policy]
    s["away"][:n] = 0
    if hearing.known_to_any(n, lives) != 0:  # what nobody knows of keeps nobody away
        found = shopping.find_avoiding(n, p, s["luck"][Purpose.AVOIDING], s)
        shopping.stay_away(found, p, s["luck"][Purpose.AVOIDING], people, lives, s)
    sensed.spare_the_card(n, week.practices[policy], s)
    shopping.use_card(n, p, lever["card_refused"], s["luck"][Purpose.SWIPE], people, lives, s)
    sensed.take_up_the_whole(n, week.practices[policy], s)
    s["redeemed"][:n] = 0
    if _has_offers(lever):
        shopping.redeem(n, p, lever, s["luck"][Purpose.REDEEMING], people, s)
    shopping.shop(n, p, lever, people, lives, s)
    shopping.give_back(n, p, lever, lives, s)


@inner
def _has_offers(lever: Record) -> bool:
    """Return whether there are offers to redeem."""
    return lever["offers_noticed"] > 0.0


@inner
def talk(policy: int, n: int, start: int, week: Week, people: Record, lives: Record, s: Record) -> None:
    """Leave at each seat of the ring what can be heard there next week."""
    place = week.row + start - week.market_start
    spoken = week.next_talk[policy, place : place + n]
    known = hearing.known_to_any(n, lives)
    spoken[:] = 0
    s["heard"][:n] = 0
    if known:
        hearing.freshen(n, week.numbers[0], week.number, lives, s)
    for k in range(week.practices.shape[1]):
        if rules.bit(known, k):
            hearing.talk_about(n, week.numbers[0], k, s["luck"][Purpose.TALKING_ABOUT + k], s)
    if known:
        hearing.leave_at_seats(n, start, people, s, spoken)


@inner
def count(
    n: int, practices: NDArray[np.void], people: Record, lives: Record, s: Record, totals: NDArray[np.int64]
) -> None:
    """Add up, most of it run by run: within a block the shoppers are ordered by cell."""
    begins, known = s["begins"], hearing.known_to_any(n, lives)
    counting.count_events(n, people, s, totals)
    for k in range(practices.size):
        if _has_begun(practices[k]) or rules.bit(known, k):
            counting.count_touched(n, practices[k], k, people, lives, s, totals)
    for cell in range(CELLS):
        run = begins[cell], begins[cell + 1]
        if run[0] < run[1]:
            counting.count_people(*run, lives, s, totals[cell])
            counting.count_records(*run, lives, s, totals[cell])
            counting.count_trips_made(*run, lives, s, totals[cell])
            counting.count_money(*run, lives, s, totals[cell])
