"""The passes of deciding: consent, then the card, then the store."""

from simulation.behaviour import choices, rules
from simulation.behaviour.compiling import inner
from simulation.behaviour.states import Card
from simulation.model.kinds import Bytes, Floats, Record, Traits, Weeks, Whole
from simulation.model.ledger import Event


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
    p: Record,
    practice: Record,
    k: int,
    who: Whole,
    luck: Floats,
    sensitivity: Traits,
    opted_in: Bytes,
    opted_out: Bytes,
) -> None:
    """Let those listed agree to practice `k` or decline."""
    plain, by_reward, by_felt = p["agreeing_without_reward"], p["agreeing_by_reward"], p["agreeing_by_sensitivity"]
    asking, appeal, flow = practice["asking"], practice["appeal"], practice["flow"]
    for i in who:
        agreeing = choices.chance_of_agreeing(plain, appeal, by_reward, flow * float(sensitivity[i]), by_felt)
        if luck[i] < asking * agreeing:
            opted_in[i] |= 1 << k
        else:
            opted_out[i] |= 1 << k


@inner
def weigh_rewards(
    lever: Record, below: Bytes, reward: Floats, partner_reward: Floats, flows: Bytes, fee_units: Whole, debt: Bytes
) -> None:
    """Work out what the programme gives back to each shopper, and clear last week's data flows."""
    rate, cut, bonus, threshold = lever["reward_rate"], lever["tier_cut"], lever["tier_bonus"], lever["tier_threshold"]
    for i in range(below.size):
        reward[i] = choices.reward_share(rate, cut, bonus, below[i], threshold)
        partner_reward[i] = 0.0
        flows[i] = 0
        fee_units[i] = 0
        debt[i] = 0


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
def owe_consent(
    p: Record,
    practice: Record,
    k: int,
    luck: Floats,
    sensitivity: Traits,
    aware: Bytes,
    opted_in: Bytes,
    flows: Bytes,
    debt: Bytes,
) -> None:
    """Mark those whose data practice `k` passes on unasked and unknown, and who would not have agreed."""
    plain, by_reward, by_felt = p["agreeing_without_reward"], p["agreeing_by_reward"], p["agreeing_by_sensitivity"]
    appeal, flow = practice["appeal"], practice["flow"]
    for i in range(flows.size):
        agreeing = choices.chance_of_agreeing(plain, appeal, by_reward, flow * float(sensitivity[i]), by_felt)
        debt[i] |= choices.would_refuse(luck[i], agreeing, rules.bit(flows[i], k), rules.bit(aware[i] | opted_in[i], k))


@inner
def weigh_card(
    p: Record, saving: float, card: Bytes, acted: Floats, reward: Floats, partner_reward: Floats, log_odds: Floats
) -> None:
    """Weigh dropping an active card, resuming a dormant one or taking a first one."""
    dropping = choices.weekly_log_odds(p["card_drops_per_year"])
    resuming = choices.weekly_log_odds(p["card_resumptions_per_year"])
    joining = choices.weekly_log_odds(p["card_joins_per_year"])
    by_grievance, by_reward = p["card_dropping_by_grievance"], p["card_dropping_by_reward"]
    more_than_usual = saving - p["reward_rate"]
    for i in range(card.size):
        extra = reward[i] + partner_reward[i] + more_than_usual
        log_odds[i] = choices.log_odds_of_changing_card(
            card[i], dropping, resuming, joining, acted[i], by_grievance, extra, by_reward
        )


@inner
def find_acting(log_odds: Floats, noise: Floats, who: Whole) -> int:
    """List who acts this week; return how many. Few do, so what follows need not look at the others."""
    found = 0
    for i in range(noise.size):
        who[found] = i
        found += choices.acts(log_odds[i], noise[i])
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
    """Change the cards of those who drop, resume or take one."""
    cancelling, swapping = p["cancelling_among_droppers"], p["swapping_among_droppers"]
    for i in who:
        if card[i] == Card.DORMANT or card[i] == Card.NEVER:
            events[i] |= 1 << (Event.RESUMED if card[i] == Card.DORMANT else Event.ENROLLED)
            card[i] = Card.ACTIVE
        else:
            share = choices.place_within(noise[i], log_odds[i])
            card[i] = choices.card_after_dropping(share, fully[i], cancelling, swapping)
            events[i] |= 1 << (Event.DROPPED - 2 + int(card[i]))
            if dropped_week[i] == 0:
                events[i] |= 1 << Event.FIRST_DROPPED
                dropped_week[i] = week


@inner
def weigh_store(p: Record, lever: Record, patron: Bytes, has_rival: Bytes, acted: Floats, log_odds: Floats) -> None:
    """Weigh changing the main store, or coming back to it."""
    leaving = choices.weekly_log_odds(p["main_store_changes_per_year"])
    returning = choices.weekly_log_odds(p["returns_per_year"])
    by_leaving, by_returning = p["leaving_by_grievance"], p["returning_by_grievance"]
    pull, refuge = lever["rival_pull"], 1.0 + lever["rival_privacy"]
    for i in range(patron.size):
        log_odds[i] = choices.log_odds_of_changing_store(
            patron[i], leaving, returning, acted[i], by_leaving, by_returning, has_rival[i], pull, refuge
        )


@inner
def change_store(week: int, who: Whole, patron: Bytes, opening_patron: Bytes, left_week: Weeks, events: Whole) -> None:
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
