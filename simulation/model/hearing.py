"""The passes of hearing, feeling and talking."""

from simulation.behaviour import rules
from simulation.behaviour.compiling import inner
from simulation.model.kinds import Bytes, Floats, Numbers, Record, Traits, Weeks, Whole
from simulation.model.ledger import Event


@inner
def look_up(
    lever: Record, patron: Bytes, card: Bytes, rank: Traits, member: Bytes, below: Bytes, events: Whole
) -> None:
    """Note who is an active member and whom a top tier leaves out."""
    threshold, put_out = lever["tier_threshold"], lever["tier_put_out"]
    for i in range(patron.size):
        member[i] = rules.is_member(patron[i], card[i])
        below[i] = rules.standing(float(rank[i]), threshold, put_out)
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
    vulnerable: Bytes,
    opted_in: Bytes,
    opted_out: Bytes,
    trust: Traits,
    member: Bytes,
    below: Bytes,
    heard: Bytes,
    source: Bytes,
) -> None:
    """Find how shoppers would learn of practice `k` this week: press, notice, experience or acquaintances."""
    believing, resistance = p["believing_word_of_mouth"], p["loyal_resistance"]
    by_demotion, awareness = p["noticing_demotion_per_week"], p["vulnerable_awareness"]
    press, notice, experience = practice["press"], practice["notice"], practice["experience"]
    scope, running, consent = practice["scope"], practice["running"], practice["consent"]
    for i in range(attentive.size):
        flows = rules.data_flows(running, consent, member[i], rules.bit(opted_in[i], k), rules.bit(opted_out[i], k))
        noticing = rules.chance_of_noticing(experience, running, scope, flows, member[i], below[i], by_demotion)
        reached = rules.share_reached(vulnerable[i], awareness)
        reading = notice * (attentive[i] * member[i]) * reached
        talk = rules.chance_of_believing(rules.bit(heard[i], k), believing, float(trust[i]), resistance)
        source[i] = rules.source_of_hearing(luck[i], press * reached, reading, noticing, talk)


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
    week: int,
    k: int,
    who: Whole,
    source: Bytes,
    aware: Bytes,
    first_source: Bytes,
    aware_week: Weeks,
    heard_week: Weeks,
    events: Whole,
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


@inner
def feel_violation(
    p: Record,
    practice: Record,
    k: int,
    sensitivity: Traits,
    rank: Traits,
    aware: Bytes,
    opted_in: Bytes,
    opted_out: Bytes,
    member: Bytes,
    below: Bytes,
    felt: Floats,
    burden: Floats,
) -> None:
    """Work out how violated by practice `k` those feel who know of it, and add it to their burden."""
    scope, departure, running, scar = practice["scope"], practice["departure"], practice["running"], p["scar"]
    relief_in, relief_out = p["relief_by_own_consent"] * practice["relief"], p["relief_by_opting_out"]
    demotion = p["demotion_is_worse"]
    for i in range(aware.size):
        stake = rules.stake_in(scope, float(sensitivity[i]), below[i], member[i], float(rank[i]), demotion)
        left = rules.relief_of_consent(rules.bit(opted_in[i], k), rules.bit(opted_out[i], k), relief_in, relief_out)
        felt[i] = rules.bit(aware[i], k) * rules.violation(departure, stake, running, scar) * left
        burden[i] += felt[i]


@inner
def feel(p: Record, goodwill: float, opening: Traits, burden: Floats, trust: Traits, resignation: Traits) -> None:
    """Let the burden of known violations, and the retailer's goodwill, move trust and resignation."""
    lost, fall, ratio = p["trust_lost_by_violation"], p["trust_fall_per_week"], p["trust_loss_ratio"]
    growth = p["resignation_growth_per_week"]
    for i in range(trust.size):
        sought = rules.trust_sought(float(opening[i]), burden[i], lost, goodwill)
        trust[i] = rules.trust_after(float(trust[i]), sought, fall, ratio)
        resignation[i] = rules.resignation_after(float(resignation[i]), burden[i], growth)


@inner
def press_to_act(
    p: Record, opening: Traits, rank: Traits, trust: Traits, resignation: Traits, fully: Floats, acted: Floats
) -> None:
    """Work out the grievance, in full and as far as it is acted on."""
    dulls, forgiveness, weight = p["resignation_dulls"], p["forgiveness_of_the_heaviest"], p["stated_weight_in_action"]
    for i in range(trust.size):
        fully[i] = rules.grievance(
            float(opening[i]), float(trust[i]), float(resignation[i]), dulls, float(rank[i]), forgiveness
        )
        acted[i] = weight * fully[i]


@inner
def raise_voice(p: Record, luck: Floats, fully: Floats, events: Whole) -> None:
    """Let those with a grievance complain."""
    per_week = p["complaining_per_week"]
    for i in range(fully.size):
        events[i] |= rules.complains(luck[i], per_week, fully[i]) << Event.COMPLAINED


@inner
def freshen(p: Record, week: int, heard_week: Weeks, fresh: Floats) -> None:
    """Work out how fresh the latest news is to each shopper."""
    lasts = p["talk_lasts_weeks"]
    for i in range(heard_week.size):
        fresh[i] = rules.freshness(float(week - heard_week[i]), lasts)


@inner
def talk_about(p: Record, k: int, luck: Floats, felt: Floats, fresh: Floats, spoken: Bytes) -> None:
    """Let those who know and mind practice `k` talk about it; acquaintances can hear it next week."""
    at_full = p["talking_at_full_violation"]
    for i in range(spoken.size):
        spoken[i] |= (1 << k) if luck[i] < rules.chance_of_talking(felt[i], fresh[i], at_full) else 0


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
