"""One week for a range of blocks: hear, feel, decide, shop, talk, count, under each policy in turn."""

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import rules
from simulation.behaviour.compiling import entry, inner
from simulation.behaviour.draws import Purpose
from simulation.model import counting, deciding, hearing, sharing, shopping
from simulation.model.scratch import Cut, Scratch, Week
from simulation.scenario.population import Lives, Shoppers
from simulation.scenario.practices import Mode, Scope


@entry
def live_a_week(
    week: Week, people: Shoppers, lives: Lives, blocks: NDArray[np.int64], s: Scratch, totals: NDArray[np.int64]
) -> None:
    """Let the shoppers of some blocks (start, stop) live one week under every policy.

    What happens is added to `totals`, shape (policies, cells, measures).
    """
    for block in range(blocks.shape[0]):
        cut = (blocks[block, 0], blocks[block, 1])
        _share_luck(cut, week, people, s)
        for policy in range(week.levers.size):
            _hear(policy, cut, week, people, lives, s)
            _feel(policy, cut, week, people, lives, s)
            _decide(policy, cut, week, people, lives, s)
            _shop(policy, cut, week, people, lives, s)
            _talk(policy, cut, week, people, lives, s)
            _count(policy, cut, week, people, lives, s, totals)


@inner
def _share_luck(cut: Cut, week: Week, people: Shoppers, s: Scratch) -> None:
    """Draw what is the same under every policy: luck, trips, and what they would come to."""
    start, stop = cut
    n, p, number = stop - start, week.numbers[0], people.number[start:stop]
    drift, lasting, rate, luck = (
        people.drift[start:stop],
        people.trip_rate[start:stop],
        s.rate[:n],
        s.luck[Purpose.TRIPS],
    )
    sharing.wander(p, week.keys[Purpose.DRIFT], number, drift)
    sharing.draw(luck, week.keys[Purpose.TRIPS], number)
    sharing.set_rates(p, lasting, drift, luck, rate, s.chance)
    sharing.count_trips(n, luck, rate, s.chance, s.trips)
    basket, noise = people.basket_cents[start:stop], s.chance
    sharing.fill_baskets(week.keys[Purpose.BASKETS], number, basket, week.shapes, s.trips, noise, s.cents)
    for purpose in range(Purpose.SWIPE, Purpose.STORE + 1):
        sharing.draw_noise(s.luck[purpose], week.keys[purpose], number)
    for purpose in range(Purpose.REDEEMING, Purpose.COMPLAINING + 1):
        sharing.draw(s.luck[purpose], week.keys[purpose], number)
    for k in range(week.practices.shape[1]):
        if _is_in_play(week.practices[:, k]):
            for purpose in (Purpose.HEARING_ABOUT + k, Purpose.CONSENTING_ABOUT + k, Purpose.TALKING_ABOUT + k):
                sharing.draw(s.luck[purpose], week.keys[purpose], number)
    if week.talkative.any():
        for which in range(int(p["far_acquaintances"])):
            sharing.look_far(s.far[which], week.acquaintance_key, which, number, week.market_size)


@inner
def _is_in_play(practices: NDArray[np.void]) -> bool:
    """Return whether any policy has begun a practice, or a story about it has."""
    for policy in range(practices.size):
        if practices[policy]["departure"] > 0.0 or practices[policy]["press"] > 0.0:
            return True
    return False


@inner
def _hear(policy: int, cut: Cut, week: Week, people: Shoppers, lives: Lives, s: Scratch) -> None:
    start, stop = cut
    p, practices, talkative = week.numbers[0], week.practices[policy], week.talkative[policy]
    aware, trust = lives.aware[policy, start:stop], lives.trust[policy, start:stop]
    opted_in, opted_out = lives.opted_in[policy, start:stop], lives.opted_out[policy, start:stop]
    patron, card, rank = lives.patron[policy, start:stop], lives.card[policy, start:stop], people.spend_rank[start:stop]
    hearing.look_up(week.levers[policy], patron, card, rank, s.member, s.below, s.events)
    if practices.size > 0:
        _listen(policy, cut, week, people, s)
    for k in range(practices.size):
        row = practices[k]
        if row["press"] + row["notice"] + row["experience"] > 0.0 or rules.bit(talkative, k):
            luck = s.luck[Purpose.HEARING_ABOUT + k]
            hearing.hear(
                p, row, k, luck, people.attentive[start:stop], people.vulnerable[start:stop], opted_in, opted_out,
                trust, s.member, s.below, s.heard, s.source,
            )  # fmt: skip
            found = hearing.find_learners(k, s.source, aware, s.who)
            hearing.become_aware(
                week.number, k, s.who[:found], s.source, aware, lives.source[policy, start:stop],
                lives.aware_week[policy, start:stop], lives.heard_week[policy, start:stop], s.events,
            )  # fmt: skip


@inner
def _listen(policy: int, cut: Cut, week: Week, people: Shoppers, s: Scratch) -> None:
    start, stop = cut
    p, n, talk = week.numbers[0], stop - start, week.talk[policy]
    s.heard[:n] = 0
    if week.talkative[policy] != 0:
        hearing.listen(talk, week.row + start - week.market_start, int(p["near_acquaintances"]), s.seats[:n])
        hearing.take_seats(people.number[start:stop], start, s.seats, s.heard)
        for which in range(int(p["far_acquaintances"])):
            hearing.listen_far(talk, week.row, s.far[which], s.heard[:n])


@inner
def _feel(policy: int, cut: Cut, week: Week, people: Shoppers, lives: Lives, s: Scratch) -> None:
    start, stop = cut
    p, practices, lever = week.numbers[0], week.practices[policy], week.levers[policy]
    aware, trust = lives.aware[policy, start:stop], lives.trust[policy, start:stop]
    opted_in, opted_out = lives.opted_in[policy, start:stop], lives.opted_out[policy, start:stop]
    sensitivity, rank = people.sensitivity[start:stop], people.spend_rank[start:stop]
    resignation, opening = lives.resignation[policy, start:stop], people.opening_trust[start:stop]
    known = hearing.known_to_any(aware)
    s.burden[:] = 0.0
    s.fully[:] = 0.0
    s.acted[:] = 0.0
    if known == 0 and lever["stirred"] == 0.0:  # nothing has ever moved trust here, so it is as it was
        return
    for k in range(practices.size):
        if rules.bit(known, k):
            hearing.feel_violation(
                p, practices[k], k, sensitivity, rank, aware, opted_in, opted_out, s.member, s.below,
                s.felt[k], s.burden,
            )  # fmt: skip
    hearing.feel(p, lever["goodwill"], opening, s.burden, trust, resignation)
    hearing.press_to_act(p, opening, rank, trust, resignation, s.fully, s.acted)
    hearing.raise_voice(p, s.luck[Purpose.COMPLAINING], s.fully[: stop - start], s.events)


@inner
def _decide(policy: int, cut: Cut, week: Week, people: Shoppers, lives: Lives, s: Scratch) -> None:
    start, stop = cut
    p, practices = week.numbers[0], week.practices[policy]
    opted_in, opted_out = lives.opted_in[policy, start:stop], lives.opted_out[policy, start:stop]
    member = s.member[: stop - start]
    for k in range(practices.size):
        if practices[k]["asking"] > 0.0:
            luck, sensitivity = s.luck[Purpose.CONSENTING_ABOUT + k], people.sensitivity[start:stop]
            found = deciding.find_undecided(k, practices[k]["asking"], luck, member, opted_in, opted_out, s.who)
            deciding.decide_consent(p, practices[k], k, s.who[:found], luck, sensitivity, opted_in, opted_out)
    deciding.weigh_rewards(week.levers[policy], s.below, s.reward, s.partner_reward, s.flows, s.fee_units, s.debt)
    for k in range(practices.size):
        if practices[k]["running"] > 0.0 and practices[k]["scope"] == Scope.SHARED_RECORDS:
            deciding.let_data_flow(
                practices[k], k, member, opted_in, opted_out, s.reward, s.partner_reward, s.flows, s.fee_units
            )
            if practices[k]["consent"] == Mode.OPT_IN:
                continue
            luck, sensitivity = s.luck[Purpose.CONSENTING_ABOUT + k], people.sensitivity[start:stop]
            aware, flows = lives.aware[policy, start:stop], s.flows[: stop - start]
            deciding.owe_consent(p, practices[k], k, luck, sensitivity, aware, opted_in, flows, s.debt)
    _change_card(policy, cut, week, lives, s)
    _change_store(policy, cut, week, people, lives, s)


@inner
def _change_card(policy: int, cut: Cut, week: Week, lives: Lives, s: Scratch) -> None:
    start, stop = cut
    p, noise, card = week.numbers[0], s.luck[Purpose.CARD][: stop - start], lives.card[policy, start:stop]
    deciding.weigh_card(p, week.levers[policy]["member_saving"], card, s.acted, s.reward, s.partner_reward, s.log_odds)
    who = s.who[: deciding.find_acting(s.log_odds, noise, s.who)]
    dropped_week = lives.dropped_week[policy, start:stop]
    deciding.change_card(p, week.number, who, noise, s.log_odds, s.fully, card, dropped_week, s.events)


@inner
def _change_store(policy: int, cut: Cut, week: Week, people: Shoppers, lives: Lives, s: Scratch) -> None:
    start, stop = cut
    noise, patron = s.luck[Purpose.STORE][: stop - start], lives.patron[policy, start:stop]
    deciding.weigh_store(
        week.numbers[0], week.levers[policy], patron, people.has_rival[start:stop], s.acted, s.log_odds
    )
    who = s.who[: deciding.find_acting(s.log_odds, noise, s.who)]
    left_week = lives.left_week[policy, start:stop]
    deciding.change_store(week.number, who, patron, people.opening_patron[start:stop], left_week, s.events)


@inner
def _shop(policy: int, cut: Cut, week: Week, people: Shoppers, lives: Lives, s: Scratch) -> None:
    start, stop = cut
    p, lever = week.numbers[0], week.levers[policy]
    patron, card, swiped = (
        lives.patron[policy, start:stop],
        lives.card[policy, start:stop],
        lives.swiped[policy, start:stop],
    )
    trips, sales = lives.trips[policy, start:stop], lives.cents[policy, start:stop]
    every_time, rank, member = people.every_time[start:stop], people.spend_rank[start:stop], s.member[: stop - start]
    shopping.use_card(
        p, s.luck[Purpose.SWIPE], every_time, patron, card, s.acted, member, s.flows, s.debt, s.fee_units, swiped
    )
    shopping.redeem(p, lever, s.luck[Purpose.REDEEMING], rank, member, s.redeemed)
    shopping.shop(p, lever, s.trips, s.cents, patron, rank, swiped, s.redeemed, s.acted, trips, s.goods, sales)
    shopping.give_back(
        p, lever, swiped, s.redeemed, sales, s.reward, s.partner_reward, s.carded, s.rewards, s.partner_rewards
    )  # fmt: skip


@inner
def _talk(policy: int, cut: Cut, week: Week, people: Shoppers, lives: Lives, s: Scratch) -> None:
    start, stop = cut
    place, n = week.row + start - week.market_start, stop - start
    spoken = week.next_talk[policy, place : place + n]
    known = hearing.known_to_any(lives.aware[policy, start:stop])
    spoken[:] = 0
    s.heard[:n] = 0
    if known:
        hearing.freshen(week.numbers[0], week.number, lives.heard_week[policy, start:stop], s.chance)
    for k in range(week.practices.shape[1]):
        if rules.bit(known, k):
            luck = s.luck[Purpose.TALKING_ABOUT + k]
            hearing.talk_about(week.numbers[0], k, luck, s.felt[k], s.chance, s.heard[:n])
    if known:
        hearing.leave_at_seats(people.number[start:stop], start, s.heard, spoken)


@inner
def _count(
    policy: int, cut: Cut, week: Week, people: Shoppers, lives: Lives, s: Scratch, totals: NDArray[np.int64]
) -> None:
    """Add up run by run: within a block the shoppers are ordered by cell."""
    start, stop = cut
    after = start
    while after < stop:
        cell, first = people.cell[after], after
        while after < stop and people.cell[after] == cell:
            after += 1
        a, b, row = first - start, after - start, totals[policy, cell]
        aware, trips, swiped = (
            lives.aware[policy, first:after],
            lives.trips[policy, first:after],
            lives.swiped[policy, first:after],
        )
        opted_in, opted_out = lives.opted_in[policy, first:after], lives.opted_out[policy, first:after]
        patron, trust = lives.patron[policy, first:after], lives.trust[policy, first:after]
        counting.count_people(patron, s.member[a:b], aware, trust, s.events[a:b], row)
        for k in range(week.practices.shape[1]):
            if week.practices[policy, k]["departure"] == 0.0:
                continue
            counting.count_touched(week.practices[policy, k], k, s.flows[a:b], s.member[a:b], aware, row)
        counting.count_records(s.flows[a:b], s.debt[a:b], aware, opted_in, opted_out, s.fee_units[a:b], row)
        counting.count_trips_made(trips, swiped, s.redeemed[a:b], row)
        counting.count_money(
            lives.cents[policy, first:after], s.goods[a:b], s.carded[a:b], s.rewards[a:b], s.partner_rewards[a:b], row
        )  # fmt: skip
