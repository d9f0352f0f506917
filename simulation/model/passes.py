"""The short passes of a week over a block of shoppers: each a loop that calls the behaviour rules.

A pass takes the columns it reads and writes, cut to the block. What it leaves for the next pass stands in scratch
columns, which are small enough to stay in the processor's cache. Passes never skip a shopper: choosing by
arithmetic is faster than branching, and the compiler turns the loops into vector instructions.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import rules
from simulation.behaviour.compiling import inner
from simulation.behaviour.draws import logistic_noise, nearly_normal, standard_normal, uniform
from simulation.behaviour.network import far_acquaintance
from simulation.model.ledger import TRUST_UNIT, Event, Measure

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Weeks = NDArray[np.int16]
Traits = NDArray[np.float32]
Cents = NDArray[np.int32]
Numbers = NDArray[np.uint32]
Record = Any  # one row of LEVERS, of PRACTICE or of the numbers

_FEW = 128  # shoppers whose trips are counted at a time

# --- the same under every policy ----------------------------------------------------------------------------------


@inner
def draw(luck: Floats, key: int, number: Numbers) -> None:
    """Draw one uniform number for each shopper."""
    for i in range(number.size):
        luck[i] = uniform(key, number[i])


@inner
def draw_noise(noise: Floats, key: int, number: Numbers) -> None:
    """Draw one standard logistic number for each shopper."""
    for i in range(number.size):
        noise[i] = logistic_noise(key, number[i])


@inner
def look_far(far: Whole, key: int, which: int, number: Numbers, size: int) -> None:
    """Find the far acquaintance of each shopper, as a place in the market."""
    for i in range(number.size):
        far[i] = far_acquaintance(key, number[i], which, size)


@inner
def wander(p: Record, key: int, number: Numbers, drift: Floats) -> None:
    """Let trip rates drift by a week's step."""
    persistence, spread = p["trip_drift_persistence"], p["trip_drift_spread"]
    for i in range(number.size):
        drift[i] = rules.drift_after(drift[i], nearly_normal(key, number[i]), persistence, spread)


@inner
def set_rates(p: Record, lasting: Traits, drift: Floats, luck: Floats, rate: Floats, chance: Floats) -> None:
    """Work out this week's trip rates and take the chance of no trip from each shopper's luck."""
    spread = p["trip_drift_spread"]
    for i in range(lasting.size):
        rate[i] = rules.trip_rate_now(float(lasting[i]), drift[i], spread)
        chance[i] = rules.chance_of_no_trip(rate[i])
        luck[i] -= chance[i]


@inner
def count_trips(size: int, luck: Floats, rate: Floats, chance: Floats, trips: Whole) -> None:
    """Count this week's trips by Poisson inversion, a few shoppers at a time until none of them makes one more."""
    for start in range(0, size, _FEW):
        few = slice(start, min(start + _FEW, size))
        trips[few] = 0
        for count in range(1, rules.MOST_TRIPS + 1):
            if _one_more(count, luck[few], rate[few], chance[few], trips[few]) == 0:
                break


@inner
def _one_more(count: int, luck: Floats, rate: Floats, chance: Floats, trips: Whole) -> int:
    came = 0
    for i in range(rate.size):
        more = 1 if luck[i] >= 0.0 else 0
        trips[i] += more
        came += more
        chance[i] = rules.chance_of_one_more(chance[i], rate[i], count)
        luck[i] -= chance[i]
    return came


@inner
def fill_baskets(
    key: int, number: Numbers, basket: Traits, shapes: Floats, trips: Whole, noise: Floats, cents: Floats
) -> None:
    """Work out what the week's trips would come to, in cents."""
    scale, skew, shift = shapes[0], shapes[1], shapes[2]
    for i in range(number.size):
        noise[i] = standard_normal(key, number[i])
    for i in range(number.size):
        n = trips[i]
        noise[i] = rules.log_noise_of_week(noise[i], scale[n], skew[n], shift[n])
    for i in range(number.size):
        cents[i] = rules.week_cents(trips[i], float(basket[i]), noise[i])


# --- hear ---------------------------------------------------------------------------------------------------------


@inner
def look_up(threshold: float, patron: Bytes, card: Bytes, rank: Traits, member: Bytes, below: Bytes, events: Whole) -> None:
    """Note who is an active member and whom a top tier leaves out."""
    for i in range(patron.size):
        member[i] = rules.is_member(patron[i], card[i])
        below[i] = rules.is_below_tier(float(rank[i]), threshold)
        events[i] = 0


@inner
def listen(talk: Bytes, place: int, near: int, heard: Bytes) -> None:
    """Gather what the acquaintances to either side talked about last week."""
    size = heard.size
    heard[:] = 0
    for step in range(1, near // 2 + 1):
        left, right = talk[place - step : place - step + size], talk[place + step : place + step + size]
        for i in range(size):
            heard[i] |= left[i] | right[i]


@inner
def listen_far(talk: Bytes, row: int, far: Whole, heard: Bytes) -> None:
    """Gather what a far acquaintance talked about last week."""
    for i in range(heard.size):
        heard[i] |= talk[row + far[i]]


@inner
def hear(
    p: Record,
    practice: Record,
    k: int,
    luck: Floats,
    attentive: Bytes,
    opted_in: Bytes,
    opted_out: Bytes,
    trust: Floats,
    member: Bytes,
    below: Bytes,
    heard: Bytes,
    source: Bytes,
) -> None:
    """Find how shoppers would learn of practice `k` this week: press, notice, experience or acquaintances."""
    believing, resistance = p["believing_word_of_mouth"], p["loyal_resistance"]
    press, notice, experience = practice["press"], practice["notice"], practice["experience"]
    scope, running, consent = practice["scope"], practice["running"], practice["consent"]
    for i in range(attentive.size):
        flows = rules.data_flows(running, consent, member[i], rules.bit(opted_in[i], k), rules.bit(opted_out[i], k))
        noticing = experience * rules.is_concerned(scope, flows, member[i], below[i])
        reading = notice * (attentive[i] * member[i])
        talk = rules.chance_of_believing(rules.bit(heard[i], k), believing, trust[i], resistance)
        source[i] = rules.source_of_hearing(luck[i], press, reading, noticing, talk)


@inner
def find_learners(k: int, source: Bytes, aware: Bytes, who: Whole) -> int:
    """List who learned of practice `k` for the first time; return how many."""
    found = 0
    for i in range(aware.size):
        who[found] = i
        found += 1 if source[i] != 0 and rules.bit(aware[i], k) == 0 else 0
    return found


@inner
def become_aware(
    week: int, k: int, who: Whole, source: Bytes, aware: Bytes, first_source: Bytes, aware_week: Weeks, heard_week: Weeks, events: Whole
) -> None:
    """Note for those listed that practice `k` became known, when and how."""
    for i in who:
        aware[i] |= 1 << k
        heard_week[i] = week
        events[i] |= 1 << (Event.HEARD_PRESS - 1 + int(source[i]))
        if aware_week[i] == 0:
            aware_week[i] = week
            first_source[i] = source[i]


@inner
def known_to_any(aware: Bytes) -> int:
    """Return the practices that anybody in the block knows of, a bit each."""
    known = 0
    for i in range(aware.size):
        known |= int(aware[i])
    return known


# --- feel ---------------------------------------------------------------------------------------------------------


@inner
def feel_violation(
    p: Record,
    practice: Record,
    k: int,
    sensitivity: Traits,
    aware: Bytes,
    opted_in: Bytes,
    opted_out: Bytes,
    below: Bytes,
    felt: Floats,
    burden: Floats,
) -> None:
    """Work out how violated by practice `k` those feel who know of it, and add it to their burden."""
    scope, departure, running, scar = practice["scope"], practice["departure"], practice["running"], p["scar"]
    relief_in, relief_out = p["relief_by_own_consent"], p["relief_by_opting_out"]
    for i in range(aware.size):
        stake = rules.stake_in(scope, float(sensitivity[i]), below[i])
        left = rules.relief_of_consent(rules.bit(opted_in[i], k), rules.bit(opted_out[i], k), relief_in, relief_out)
        felt[i] = rules.bit(aware[i], k) * rules.violation(departure, stake, running, scar) * left
        burden[i] += felt[i]


@inner
def feel(p: Record, opening: Traits, burden: Floats, trust: Floats, resignation: Floats) -> None:
    """Let the burden of known violations move trust and resignation."""
    lost, fall, ratio = p["trust_lost_by_violation"], p["trust_fall_per_week"], p["trust_loss_ratio"]
    growth = p["resignation_growth_per_week"]
    for i in range(trust.size):
        sought = rules.trust_sought(float(opening[i]), burden[i], lost)
        trust[i] = rules.trust_after(trust[i], sought, fall, ratio)
        resignation[i] = rules.resignation_after(resignation[i], burden[i], growth)


@inner
def press_to_act(
    p: Record, opening: Traits, rank: Traits, trust: Floats, resignation: Floats, fully: Floats, acted: Floats
) -> None:
    """Work out the grievance, in full and as far as it is acted on."""
    dulls, forgiveness, weight = p["resignation_dulls"], p["forgiveness_of_the_heaviest"], p["stated_weight_in_action"]
    for i in range(trust.size):
        fully[i] = rules.grievance(float(opening[i]), trust[i], resignation[i], dulls, float(rank[i]), forgiveness)
        acted[i] = weight * fully[i]


# --- decide -------------------------------------------------------------------------------------------------------


@inner
def find_undecided(
    k: int, asking: float, luck: Floats, member: Bytes, opted_in: Bytes, opted_out: Bytes, who: Whole
) -> int:
    """List the members who think about practice `k` this week and have not decided yet; return how many."""
    found = 0
    for i in range(opted_in.size):
        who[found] = i
        decided = rules.bit(opted_in[i] | opted_out[i], k)
        found += 1 if luck[i] < asking and member[i] != 0 and decided == 0 else 0
    return found


@inner
def decide_consent(
    p: Record, practice: Record, k: int, who: Whole, luck: Floats, sensitivity: Traits, opted_in: Bytes, opted_out: Bytes
) -> None:
    """Let those listed agree to practice `k` or decline."""
    plain, by_reward, by_felt = p["agreeing_without_reward"], p["agreeing_by_reward"], p["agreeing_by_sensitivity"]
    asking, reward, departure = practice["asking"], practice["reward"], practice["departure"]
    for i in who:
        agreeing = rules.chance_of_agreeing(plain, reward, by_reward, departure * float(sensitivity[i]), by_felt)
        if luck[i] < asking * agreeing:
            opted_in[i] |= 1 << k
        else:
            opted_out[i] |= 1 << k


@inner
def weigh_rewards(lever: Record, below: Bytes, reward: Floats, partner_reward: Floats, flows: Bytes, fee_units: Whole) -> None:
    """Work out what the programme gives back to each shopper, and clear last week's data flows."""
    rate, cut, bonus, threshold = lever["reward_rate"], lever["tier_cut"], lever["tier_bonus"], lever["tier_threshold"]
    for i in range(below.size):
        reward[i] = rules.reward_share(rate, cut, bonus, below[i], threshold)
        partner_reward[i] = 0.0
        flows[i] = 0
        fee_units[i] = 0


@inner
def let_data_flow(
    practice: Record,
    k: int,
    member: Bytes,
    opted_in: Bytes,
    opted_out: Bytes,
    reward: Floats,
    partner_reward: Floats,
    flows: Bytes,
    fee_units: Whole,
) -> None:
    """Mark whose data practice `k` passes on, what it earns and what those shoppers get for it."""
    running, consent, fee = practice["running"], practice["consent"], practice["fee"]
    from_retailer = practice["reward"] * (1.0 - practice["partner_pays"])
    from_partner = practice["reward"] * practice["partner_pays"]
    for i in range(member.size):
        passed = rules.data_flows(running, consent, member[i], rules.bit(opted_in[i], k), rules.bit(opted_out[i], k))
        flows[i] |= passed << k
        fee_units[i] += passed * fee
        reward[i] += passed * from_retailer
        partner_reward[i] += passed * from_partner


@inner
def weigh_card(
    p: Record, card: Bytes, acted: Floats, reward: Floats, partner_reward: Floats, log_odds: Floats
) -> None:
    """Weigh dropping an active card or resuming a dormant one."""
    dropping, resuming = rules.weekly_log_odds(p["card_drops_per_year"]), rules.weekly_log_odds(p["card_resumptions_per_year"])
    by_grievance, by_reward, usual = p["card_dropping_by_grievance"], p["card_dropping_by_reward"], p["reward_rate"]
    for i in range(card.size):
        extra = reward[i] + partner_reward[i] - usual
        log_odds[i] = rules.log_odds_of_changing_card(
            card[i], dropping, resuming, acted[i], by_grievance, extra, by_reward
        )


@inner
def find_acting(log_odds: Floats, noise: Floats, who: Whole) -> int:
    """List who acts this week; return how many. Few do, so what follows need not look at the others."""
    found = 0
    for i in range(noise.size):
        who[found] = i
        found += rules.acts(log_odds[i], noise[i])
    return found


@inner
def change_card(
    p: Record,
    week: int,
    who: Whole,
    noise: Floats,
    log_odds: Floats,
    fully: Floats,
    card: Bytes,
    dropped_week: Weeks,
    events: Whole,
) -> None:
    """Change the cards of those who drop or resume one."""
    cancelling, swapping = p["cancelling_among_droppers"], p["swapping_among_droppers"]
    for i in who:
        if card[i] == rules.Card.DORMANT:
            card[i] = rules.Card.ACTIVE
            events[i] |= 1 << Event.RESUMED
        else:
            share = rules.place_within(noise[i], log_odds[i])
            card[i] = rules.card_after_dropping(share, fully[i], cancelling, swapping)
            events[i] |= 1 << (Event.DROPPED - 2 + int(card[i]))
            if dropped_week[i] == 0:
                events[i] |= 1 << Event.FIRST_DROPPED
                dropped_week[i] = week


@inner
def weigh_store(p: Record, patron: Bytes, has_rival: Bytes, acted: Floats, log_odds: Floats) -> None:
    """Weigh changing the main store, or coming back to it."""
    leaving, returning = rules.weekly_log_odds(p["main_store_changes_per_year"]), rules.weekly_log_odds(p["returns_per_year"])
    by_leaving, by_returning = p["leaving_by_grievance"], p["returning_by_grievance"]
    for i in range(patron.size):
        log_odds[i] = rules.log_odds_of_changing_store(
            patron[i], leaving, returning, acted[i], by_leaving, by_returning, has_rival[i]
        )


@inner
def change_store(
    week: int, who: Whole, patron: Bytes, opening_patron: Bytes, left_week: Weeks, events: Whole
) -> None:
    """Move those who change the main store or come back."""
    for i in who:
        if patron[i] == 0:
            events[i] |= 1 << Event.JOINED
        else:
            events[i] |= 1 << Event.LEFT
            if left_week[i] == 0:
                events[i] |= int(opening_patron[i]) << Event.FIRST_LEFT
                left_week[i] = week
        patron[i] = 1 - patron[i]


# --- shop ---------------------------------------------------------------------------------------------------------


@inner
def use_card(
    p: Record,
    noise: Floats,
    every_time: Bytes,
    patron: Bytes,
    card: Bytes,
    acted: Floats,
    member: Bytes,
    flows: Bytes,
    fee_units: Whole,
    swiped: Bytes,
) -> None:
    """Let members show the card or not; data of those who have just stopped being members does not flow."""
    always, sometimes = rules.log_odds(p["swiping_of_every_time_swipers"]), rules.log_odds(p["swiping_of_the_others"])
    by_grievance = p["swiping_by_grievance"]
    for i in range(card.size):
        member[i] = rules.is_member(patron[i], card[i])
        flows[i] *= member[i]
        fee_units[i] *= member[i]
        swiping = rules.log_odds_of_swiping(always if every_time[i] == 1 else sometimes, acted[i], by_grievance)
        swiped[i] = member[i] * rules.acts(swiping, noise[i])


@inner
def redeem(p: Record, lever: Record, luck: Floats, rank: Traits, member: Bytes, redeemed: Bytes) -> None:
    """Let members redeem this week's offers."""
    lowest, highest, offers = p["redemption_lowest_rank"], p["redemption_highest_rank"], lever["offers"]
    fit = p["offer_relevance"] * lever["offer_depth"] * lever["offer_precision"]
    for i in range(member.size):
        redeems = rules.chance_of_redeeming(lowest, highest, float(rank[i]), offers, fit)
        redeemed[i] = member[i] if luck[i] < redeems else 0


@inner
def shop(
    p: Record,
    lever: Record,
    trips: Whole,
    cents: Floats,
    patron: Bytes,
    swiped: Bytes,
    redeemed: Bytes,
    acted: Floats,
    trips_made: Bytes,
    sales: Cents,
) -> None:
    """Let patrons buy: more with the card or an offer, less with a grievance."""
    scheme_lift, reward_lift, offer_lift = p["scheme_lift"], lever["reward_lift"], p["offer_lift"]
    withdrawing = p["withdrawing_by_grievance"]
    for i in range(patron.size):
        factor = rules.spend_factor(swiped[i], scheme_lift, reward_lift, offer_lift * redeemed[i], withdrawing * acted[i])
        trips_made[i] = trips[i] * patron[i]
        sales[i] = rules.whole_cents(cents[i] * factor * patron[i])


@inner
def give_back(
    p: Record,
    swiped: Bytes,
    redeemed: Bytes,
    sales: Cents,
    reward: Floats,
    partner_reward: Floats,
    carded: Cents,
    rewards: Cents,
    partner_rewards: Cents,
) -> None:
    """Work out what shoppers get back, in whole cents."""
    discount = p["offer_discount"]
    for i in range(swiped.size):
        carded[i] = sales[i] if swiped[i] != 0 else 0
        rewards[i] = rules.whole_cents(carded[i] * reward[i] + redeemed[i] * sales[i] * discount)
        partner_rewards[i] = rules.whole_cents(carded[i] * partner_reward[i])


# --- talk ---------------------------------------------------------------------------------------------------------


@inner
def talk_about(p: Record, week: int, k: int, luck: Floats, felt: Floats, heard_week: Weeks, spoken: Bytes) -> None:
    """Let those who know and mind practice `k` talk about it; acquaintances can hear it next week."""
    at_full, lasts = p["talking_at_full_violation"], p["talk_lasts_weeks"]
    for i in range(spoken.size):
        talks = rules.chance_of_talking(felt[i], float(week - heard_week[i]), at_full, lasts)
        spoken[i] |= (1 << k) if luck[i] < talks else 0


@inner
def take_seats(number: Numbers, first: int, by_seat: Bytes, heard: Bytes) -> None:
    """Bring what was heard around each seat of the ring to the columns, which are ordered otherwise."""
    for i in range(number.size):
        heard[i] = by_seat[int(number[i]) - first]


@inner
def leave_at_seats(number: Numbers, first: int, spoken: Bytes, by_seat: Bytes) -> None:
    """Bring what each shopper talks about to the seats of the ring."""
    for i in range(number.size):
        by_seat[int(number[i]) - first] = spoken[i]


# --- count --------------------------------------------------------------------------------------------------------


@inner
def count_people(patron: Bytes, member: Bytes, aware: Bytes, trust: Floats, events: Whole, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: who they are and what happened to them."""
    patrons = members = knowing = trusting = 0
    for i in range(patron.size):
        patrons += patron[i]
        members += member[i]
        knowing += 1 if aware[i] != 0 else 0
        trusting += int(trust[i] * TRUST_UNIT + 0.5)
    totals[Measure.SHOPPERS] += patron.size
    totals[Measure.PATRONS] += patrons
    totals[Measure.MEMBERS] += members
    totals[Measure.AWARE] += knowing
    totals[Measure.TRUST] += trusting
    for i in range(patron.size):
        if events[i] != 0:
            for event in range(Event.HEARD_TALK + 1):
                totals[Measure.JOINED + event] += (events[i] >> event) & 1


@inner
def count_records(flows: Bytes, aware: Bytes, opted_in: Bytes, opted_out: Bytes, fee_units: Whole, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: whose data flows, with and without their knowing."""
    shared = unwitting = agreed = declined = units = 0
    for i in range(flows.size):
        shared += 1 if flows[i] != 0 else 0
        unwitting += 1 if flows[i] & ~aware[i] != 0 else 0
        agreed += 1 if opted_in[i] != 0 else 0
        declined += 1 if opted_out[i] != 0 else 0
        units += fee_units[i]
    totals[Measure.SHARED] += shared
    totals[Measure.UNWITTING] += unwitting
    totals[Measure.OPTED_IN] += agreed
    totals[Measure.OPTED_OUT] += declined
    totals[Measure.FEE_UNITS] += units


@inner
def count_trips_made(trips: Bytes, swiped: Bytes, redeemed: Bytes, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: how often they came, and whether with the card."""
    came = made = carded = used = 0
    for i in range(trips.size):
        came += 1 if trips[i] != 0 else 0
        made += trips[i]
        carded += trips[i] * swiped[i]
        used += redeemed[i]
    totals[Measure.SHOPPED] += came
    totals[Measure.TRIPS] += made
    totals[Measure.CARDED_TRIPS] += carded
    totals[Measure.REDEEMED] += used


@inner
def count_money(sales: Cents, carded: Cents, rewards: Cents, partner_rewards: Cents, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: whole cents."""
    sold = on_card = given = given_by_partner = 0
    for i in range(sales.size):
        sold += sales[i]
        on_card += carded[i]
        given += rewards[i]
        given_by_partner += partner_rewards[i]
    totals[Measure.SALES] += sold
    totals[Measure.CARDED_SALES] += on_card
    totals[Measure.REWARDS] += given
    totals[Measure.PARTNER_REWARDS] += given_by_partner
