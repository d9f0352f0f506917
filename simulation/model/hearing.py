"""The passes of hearing, feeling and talking."""

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import rules
from simulation.behaviour.compiling import inner
from simulation.behaviour.draws import Purpose, luck_of
from simulation.model.kinds import Bytes, Halves, Record
from simulation.model.ledger import Event
from simulation.model.listing import list_marked


@inner
def look_up(n: int, lever: Record, people: Record, lives: Record, s: Record) -> None:
    """Note who is an active member and whom a top tier leaves out."""
    threshold, put_out = lever["tier_threshold"], lever["tier_put_out"]
    patron, card, rank = lives["patron"], lives["card"], people["spend_rank"]
    member, below, events, met = s["member"], s["below"], s["events"], s["met"]
    for i in range(n):
        met[i] = 0
        member[i] = rules.is_member(patron[i], card[i])
        below[i] = rules.standing(np.float64(rank[i]), threshold, put_out)
        events[i] = 0


@inner
def listen(n: int, talk: Bytes, told: Bytes, place: int, near: int, s: Record) -> None:
    """Gather at each seat of the ring what the acquaintances to either side, and those afar, talked about last week."""
    seats = s["seats"]
    for i in range(n):
        seats[i] = told[place + i]
    for step in range(1, near // 2 + 1):
        left, right = talk[place - step : place - step + n], talk[place + step : place + step + n]
        for i in range(n):
            seats[i] |= left[i] | right[i]


@inner
def forget(n: int, people: Record, lives: Record) -> None:
    """Let what is on shoppers' minds fade by a week."""
    keeps, salience = people["keeps"], lives["salience"]
    for i in range(n):
        salience[i] = rules.salience_kept(np.float64(salience[i]), np.float64(keeps[i]))


@inner
def find_listeners(n: int, telling: int, lives: Record, s: Record) -> int:
    """Mark the practices, a bit each, that shoppers might hear of, whether they know already; list for whom any is.

    `telling` are those that something else than acquaintances could tell of. Talk reminds all who know.
    """
    aware, heard, marked = lives["aware"], s["heard"], s["marked"]
    open_to_any, open_to_talk = s["open_to_any"], s["open_to_talk"]
    for i in range(n):
        marked[i] = (open_to_any[i] & telling) | ((open_to_talk[i] | aware[i]) & heard[i])
    return list_marked(n, s)


@inner
def hear(
    found: int,
    week: int,
    p: Record,
    practices: NDArray[np.void],
    put_out: float,
    people: Record,
    lives: Record,
    s: Record,
) -> None:
    """Let those listed learn of what was marked, or be reminded: by press, notice, experience or acquaintances."""
    marked, who = s["marked"], s["who"]
    for place in range(found):
        i = who[place]
        for k in range(practices.size):
            if rules.bit(marked[i], k):
                luck = luck_of(s["luck"][Purpose.HEARING_ABOUT + k][i])
                is_open = rules.bit(s["open_to_talk"][i], k)  # others know of it already and are but reminded
                source = _source_of_hearing(i, k, p, practices[k], luck, people, lives, s) if is_open else 0
                take_in(i, k, source, week, p, practices[k], put_out, people, lives, s)


@inner
def _source_of_hearing(
    i: int, k: int, p: Record, practice: Record, luck: float, people: Record, lives: Record, s: Record
) -> int:
    opted_in, opted_out = rules.bit(lives["opted_in"][i], k), rules.bit(lives["opted_out"][i], k)
    member, below, running, scope = s["member"][i], s["below"][i], practice["running"], practice["scope"]
    met = rules.addressed(scope, lives["patron"][i], member)
    flows = rules.data_flows(running, practice["consent"], member, opted_in, opted_out)
    by_demotion = p["noticing_demotion_per_week"]
    reached = rules.share_reached(people["vulnerable"][i], p["vulnerable_awareness"])
    told, trust = rules.bit(s["heard"][i], k), np.float64(lives["trust"][i])
    return rules.source_of_hearing(
        luck,
        practice["press"] * reached,
        practice["notice"] * (people["attentive"][i] * met) * reached,
        rules.chance_of_noticing(practice["experience"], running, scope, flows, met, below, by_demotion),
        rules.chance_of_believing(told, p["believing_word_of_mouth"], trust, p["loyal_resistance"]),
    )


@inner
def take_in(
    i: int,
    k: int,
    source: int,
    week: int,
    p: Record,
    practice: Record,
    put_out: float,
    people: Record,
    lives: Record,
    s: Record,
) -> None:
    """Let a shopper become aware of practice `k`, or be reminded, by a source if there is one, or by talk."""
    known = rules.bit(lives["aware"][i], k)
    met = rules.meets_news(source, known)
    if met and not known:
        _become_aware(i, k, source, week, lives, s)
    if met or known:
        s["met"][i] |= met << k
        told, kept = rules.bit(s["heard"][i], k), np.float64(lives["salience"][i])
        wrong = _wrong_of(i, p, practice, put_out, people, s)
        lives["salience"][i] = rules.salience_after(kept, met, told, wrong, p["salience_by_talk"])


@inner
def _wrong_of(i: int, p: Record, practice: Record, put_out: float, people: Record, s: Record) -> float:
    """Return what a practice does to one shopper: departure × stake."""
    departure, sensitivity, rank = practice["departure"], np.float64(people["sensitivity"][i]), people["spend_rank"][i]
    dispute = rules.stake_in_dispute(
        np.float64(people["leaning"][i]), sensitivity, practice["minded"], practice["counter"]
    )
    return departure * rules.stake_in(
        practice["scope"],
        rules.stake_in_privacy(departure, sensitivity),
        s["below"][i],
        s["member"][i],
        np.float64(rank),
        rules.stake_of_demotion(np.float64(rank), put_out, p["demotion_is_worse"]),
        p["member_resentment"],
        dispute,
    )


@inner
def _become_aware(i: int, k: int, source: int, week: int, lives: Record, s: Record) -> None:
    """Note that practice `k` became known to a shopper, when and how."""
    lives["aware"][i] |= 1 << k
    lives["heard_week"][i] = week
    s["events"][i] |= 1 << (Event.HEARD_PRESS - 1 + source)
    if lives["aware_week"][i] == 0:
        lives["aware_week"][i] = week
        lives["source"][i] = source


@inner
def known_to_any(n: int, lives: Record) -> int:
    """Return the practices that anybody in the block knows of, a bit each."""
    aware, known = lives["aware"], 0
    for i in range(n):
        known |= int(aware[i])
    return known


@inner
def decided_by_any(n: int, lives: Record) -> int:
    """Return the practices that anybody in the block has agreed to or declined, a bit each."""
    opted_in, opted_out, decided = lives["opted_in"], lives["opted_out"], 0
    for i in range(n):
        decided |= int(opted_in[i] | opted_out[i])
    return decided


@inner
def feel_violation(
    n: int, p: Record, practice: Record, put_out: float, k: int, people: Record, lives: Record, s: Record
) -> None:
    """Work out how violated by practice `k` those would feel who know of it, had they not been asked."""
    scope, departure, running, scar = practice["scope"], practice["departure"], practice["running"], p["scar"]
    minded, counter = practice["minded"], practice["counter"]
    demotion, resentment = p["demotion_is_worse"], p["member_resentment"]
    sensitivity, rank, leaning = people["sensitivity"], people["spend_rank"], people["leaning"]
    aware, trust, member, below, felt = lives["aware"], lives["trust"], s["member"], s["below"], s["felt"][k]
    for i in range(n):
        demoted = rules.stake_of_demotion(np.float64(rank[i]), put_out, demotion)
        dispute = rules.stake_in_dispute(np.float64(leaning[i]), np.float64(sensitivity[i]), minded, counter)
        privacy = rules.stake_in_privacy(departure, np.float64(sensitivity[i]))
        stake = rules.stake_in(scope, privacy, below[i], member[i], np.float64(rank[i]), demoted, resentment, dispute)
        violated = rules.violation(departure * stake, running, scar, np.float64(trust[i]))
        felt[i] = violated if rules.bit(aware[i], k) else 0.0


@inner
def relieve(n: int, p: Record, practice: Record, k: int, lives: Record, s: Record) -> None:
    """Let their own choice about practice `k` relieve those who have made one."""
    relief_in, relief_out = p["relief_by_own_consent"] * practice["relief"], p["relief_by_opting_out"]
    opted_in, opted_out, felt = lives["opted_in"], lives["opted_out"], s["felt"][k]
    for i in range(n):
        left = rules.relief_of_consent(rules.bit(opted_in[i], k), rules.bit(opted_out[i], k), relief_in, relief_out)
        felt[i] *= left if felt[i] > 0.0 else 1.0


@inner
def bear(n: int, k: int, s: Record) -> None:
    """Add the violation by practice `k` to what shoppers bear."""
    felt, burden = s["felt"][k], s["burden"]
    for i in range(n):
        burden[i] += felt[i]


@inner
def feel(n: int, p: Record, goodwill: float, people: Record, lives: Record, s: Record) -> None:
    """Let the burden of known violations, and the retailer's goodwill, move trust and resignation."""
    lost, fall, ratio = p["trust_lost_by_violation"], p["trust_fall_per_week"], p["trust_loss_ratio"]
    growth = p["resignation_growth_per_week"]
    opening, trust, resignation, burden = people["opening_trust"], lives["trust"], lives["resignation"], s["burden"]
    for i in range(n):
        sought = rules.trust_sought(np.float64(opening[i]), burden[i], lost, goodwill)
        trust[i] = rules.trust_after(np.float64(trust[i]), sought, fall, ratio)
        resignation[i] = rules.resignation_after(np.float64(resignation[i]), burden[i], growth)


@inner
def press_to_act(n: int, p: Record, people: Record, lives: Record, s: Record) -> None:
    """Work out the grievance: in full, as far as it is on the mind, and as far as it is acted on."""
    dulls, forgiveness, weight = p["resignation_dulls"], p["forgiveness_of_the_heaviest"], p["stated_weight_in_action"]
    opening, rank, trust, resignation = (
        people["opening_trust"],
        people["spend_rank"],
        lives["trust"],
        lives["resignation"],
    )
    salience, fully, pressing, acted = lives["salience"], s["fully"], s["pressing"], s["acted"]
    for i in range(n):
        fully[i] = rules.grievance(
            np.float64(opening[i]),
            np.float64(trust[i]),
            np.float64(resignation[i]),
            dulls,
            np.float64(rank[i]),
            forgiveness,
        )
        pressing[i] = rules.pressing(fully[i], np.float64(salience[i]))
        acted[i] = weight * pressing[i]


@inner
def press_nobody(n: int, s: Record) -> None:
    """Note that nobody has a grievance."""
    fully, pressing, acted = s["fully"], s["pressing"], s["acted"]
    for i in range(n):
        fully[i] = pressing[i] = acted[i] = 0.0


@inner
def raise_voice(n: int, p: Record, luck: Halves, s: Record) -> None:
    """Let those with a grievance complain."""
    per_week, fully, events = p["complaining_per_week"], s["fully"], s["events"]
    for i in range(n):
        events[i] |= rules.complains(luck_of(luck[i]), per_week, fully[i]) << Event.COMPLAINED


@inner
def freshen(n: int, p: Record, week: int, lives: Record, s: Record) -> None:
    """Work out how fresh the latest news is to each shopper."""
    lasts, heard_week, fresh = p["talk_lasts_weeks"], lives["heard_week"], s["chance"]
    for i in range(n):
        fresh[i] = rules.freshness(float(week - heard_week[i]), lasts)


@inner
def talk_about(n: int, p: Record, k: int, luck: Halves, s: Record) -> None:
    """Let those who know and mind practice `k` talk about it; acquaintances can hear it next week."""
    at_full, felt, fresh, spoken = p["talking_at_full_violation"], s["felt"][k], s["chance"], s["heard"]
    for i in range(n):
        spoken[i] |= (1 << k) if luck_of(luck[i]) < rules.chance_of_talking(felt[i], fresh[i], at_full) else 0


@inner
def take_seats(n: int, first: int, people: Record, s: Record) -> None:
    """Bring what was heard around each seat of the ring to the columns, which are ordered otherwise."""
    number, seats, heard = people["number"], s["seats"], s["heard"]
    for i in range(n):
        heard[i] = seats[int(number[i]) - first]


@inner
def leave_at_seats(n: int, first: int, people: Record, s: Record, seats: Bytes) -> None:
    """Bring what each shopper talks about to the seats of the ring."""
    number, spoken = people["number"], s["heard"]
    for i in range(n):
        seats[int(number[i]) - first] = spoken[i]
