"""The passes of deciding: consent, then the card, then the store."""

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import choices, rules
from simulation.behaviour.compiling import inner
from simulation.behaviour.draws import luck_of
from simulation.behaviour.states import Card, Source
from simulation.model.hearing import take_in
from simulation.model.kinds import Halves, Record
from simulation.model.ledger import Event
from simulation.model.listing import list_marked
from simulation.scenario.practices import Scope


@inner
def consider(n: int, p: Record, practice: Record, k: int, people: Record, s: Record) -> None:
    """Work out the chance that shoppers make a choice about practice `k`: asked, looking for it, or set off by news."""
    asking, asked, choice, flow = practice["asking"], practice["asked"], practice["choice"], practice["flow"]
    when_told, sensitivity = p["deciding_when_told"], people["sensitivity"]
    met, felt, deciding = s["met"], s["felt"][k], s["chance"]
    for i in range(n):
        minded = flow * np.float64(sensitivity[i])
        deciding[i] = choices.chance_of_deciding(
            asking, asked, choice, minded, rules.bit(met[i], k), felt[i], when_told
        )


@inner
def find_undecided(n: int, k: int, luck: Halves, lives: Record, s: Record) -> int:
    """List the members who make a choice about practice `k` this week and have not made one yet; return how many."""
    opted_in, opted_out, member, marked = lives["opted_in"], lives["opted_out"], s["member"], s["marked"]
    deciding = s["chance"]
    for i in range(n):
        undecided = 1 - rules.bit(opted_in[i] | opted_out[i], k)
        marked[i] = undecided * member[i] if luck_of(luck[i]) < deciding[i] else 0
    return list_marked(n, s)


@inner
def take_out(n: int, chance: float, k: int, luck: Halves, lives: Record) -> None:
    """Take records out of practice `k` by a signal or a deletion, but for those who agreed; nobody hears of it."""
    opted_in, opted_out = lives["opted_in"], lives["opted_out"]
    for i in range(n):
        out = rules.taken_out(luck_of(luck[i]), chance) * (1 - rules.bit(opted_in[i], k))
        opted_out[i] |= out << k


@inner
def decide_consent(
    found: int,
    week: int,
    p: Record,
    practice: Record,
    put_out: float,
    k: int,
    luck: Halves,
    people: Record,
    lives: Record,
    s: Record,
) -> None:
    """Let those listed agree to practice `k` or decline; whoever decides knows of it."""
    plain, by_reward, by_felt = p["agreeing_without_reward"], p["agreeing_by_reward"], p["agreeing_by_sensitivity"]
    asked, appeal, flow = practice["asked"], practice["appeal"], practice["flow"]
    sensitivity, opted_in, opted_out, who = people["sensitivity"], lives["opted_in"], lives["opted_out"], s["who"]
    deciding = s["chance"]
    for place in range(found):
        i = who[place]
        agreeing = choices.log_odds_of_agreeing(plain, appeal, by_reward, flow * np.float64(sensitivity[i]), by_felt)
        if choices.agrees(luck_of(luck[i]), deciding[i], agreeing, asked):
            opted_in[i] |= 1 << k
        else:
            opted_out[i] |= 1 << k
        if not rules.bit(lives["aware"][i], k):
            take_in(i, k, Source.NOTICE, week, p, practice, put_out, people, lives, s)


@inner
def weigh_rewards(n: int, lever: Record, s: Record) -> None:
    """Work out what the programme gives back to each shopper, and clear last week's data flows."""
    rate, cut, bonus, threshold = lever["reward_rate"], lever["tier_cut"], lever["tier_bonus"], lever["tier_threshold"]
    below, reward, partner_reward = s["below"], s["reward"], s["partner_reward"]
    flows, fee_units, debt = s["flows"], s["fee_units"], s["debt"]
    for i in range(n):
        reward[i] = choices.reward_share(rate, cut, bonus, below[i], threshold)
        partner_reward[i] = 0.0
        flows[i] = 0
        fee_units[i] = 0
        debt[i] = 0


@inner
def let_data_flow(n: int, practice: Record, k: int, lives: Record, s: Record) -> None:
    """Mark whose data practice `k` passes on, what it earns and what those shoppers get for it."""
    running, consent, fee = practice["running"], practice["consent"], practice["fee"]
    from_retailer = practice["reward"] * (1.0 - practice["partner_pays"])
    from_partner = practice["reward"] * practice["partner_pays"]
    opted_in, opted_out, member = lives["opted_in"], lives["opted_out"], s["member"]
    reward, partner_reward, flows, fee_units = s["reward"], s["partner_reward"], s["flows"], s["fee_units"]
    passed = s["marked"]
    for i in range(n):
        passed[i] = rules.data_flows(running, consent, member[i], rules.bit(opted_in[i], k), rules.bit(opted_out[i], k))
    for i in range(n):
        flows[i] |= (1 << k) if passed[i] != 0 else 0
    if fee != 0:
        for i in range(n):
            fee_units[i] += fee if passed[i] != 0 else 0
    if practice["reward"] != 0.0:
        for i in range(n):
            reward[i] += passed[i] * from_retailer
            partner_reward[i] += passed[i] * from_partner


@inner
def owe_consent(
    n: int, p: Record, practice: Record, k: int, luck: Halves, people: Record, lives: Record, s: Record
) -> None:
    """Mark those whose data practice `k` passes on without their knowing, and who would not have agreed."""
    plain, by_reward, by_felt = p["agreeing_without_reward"], p["agreeing_by_reward"], p["agreeing_by_sensitivity"]
    appeal, flow, sensitivity = practice["appeal"], practice["flow"], people["sensitivity"]
    aware, opted_in, flows, debt = lives["aware"], lives["opted_in"], s["flows"], s["debt"]
    for i in range(n):
        agreeing = choices.log_odds_of_agreeing(plain, appeal, by_reward, flow * np.float64(sensitivity[i]), by_felt)
        knows = rules.bit(aware[i] | opted_in[i], k)
        debt[i] |= choices.would_refuse(luck_of(luck[i]), agreeing, rules.bit(flows[i], k), knows)


@inner
def weigh_card(n: int, p: Record, lever: Record, luck: Halves, people: Record, lives: Record, s: Record) -> None:
    """Weigh dropping an active card, resuming a dormant one or taking a first one; mark whom luck could move."""
    dropping = choices.weekly_log_odds(p["card_drops_per_year"])
    resuming = choices.weekly_log_odds(p["card_resumptions_per_year"])
    joining = choices.weekly_log_odds(p["card_joins_per_year"]) + lever["joining_drive"]
    by_grievance, by_reward = p["card_dropping_by_grievance"], p["card_dropping_by_reward"]
    joining_by = p["joining_by_spend"], p["joining_by_reward"], p["joining_by_grievance"]
    more_than_usual = lever["member_saving"] - lever["nuisance"] - p["reward_rate"]
    card, acted, pressing, marked = lives["card"], s["acted"], s["pressing"], s["marked"]
    rank, reward, partner_reward, log_odds = people["spend_rank"], s["reward"], s["partner_reward"], s["log_odds"]
    for i in range(n):
        extra = reward[i] + partner_reward[i] + more_than_usual
        first = choices.log_odds_of_joining(
            joining, np.float64(rank[i]), joining_by[0], extra, joining_by[1], pressing[i], joining_by[2]
        )
        log_odds[i] = choices.log_odds_of_changing_card(
            card[i], dropping, resuming, first, acted[i], by_grievance, extra, by_reward
        )
        marked[i] = choices.may_act(log_odds[i], luck_of(luck[i]))


@inner
def find_acting(n: int, luck: Halves, s: Record) -> int:
    """List who acts this week, after a closer look at those marked, whom luck could move; return how many."""
    log_odds, who, acting = s["log_odds"], s["who"], 0
    for place in range(list_marked(n, s)):
        i = who[place]
        who[acting] = i
        acting += choices.acts(log_odds[i], luck_of(luck[i]))
    return acting


@inner
def change_card(found: int, p: Record, week: int, luck: Halves, lives: Record, s: Record) -> None:
    """Change the cards of those who drop, resume or take one."""
    cancelling, swapping = p["cancelling_among_droppers"], p["swapping_among_droppers"]
    by_grievance, pressing, acted = p["cancelling_by_grievance"], s["pressing"], s["acted"]
    card, dropped_week, log_odds = lives["card"], lives["dropped_week"], s["log_odds"]
    events, who = s["events"], s["who"]
    for place in range(found):
        i = who[place]
        if card[i] == Card.DORMANT or card[i] == Card.NEVER:
            events[i] |= 1 << (Event.RESUMED if card[i] == Card.DORMANT else Event.ENROLLED)
            card[i] = Card.ACTIVE
        else:
            share = choices.place_within(luck_of(luck[i]), log_odds[i])
            card[i] = choices.card_after_dropping(share, pressing[i], acted[i], cancelling, by_grievance, swapping)
            events[i] |= 1 << (Event.DROPPED - 2 + int(card[i]))
            if dropped_week[i] == 0:
                events[i] |= 1 << Event.FIRST_DROPPED
                dropped_week[i] = week


@inner
def set_prices(n: int, lever: Record, practices: NDArray[np.void], people: Record, lives: Record, s: Record) -> None:
    """Work out how far each shopper's price may lie from the usual one."""
    s["apart"][:] = 0.0
    if has_personal_prices(lever):
        _set_apart(n, lever, people, s)
        for k in range(practices.size):
            if practices[k]["running"] > 0.0 and practices[k]["scope"] == Scope.PAYING_MORE:
                _spare_the_unwilling(n, practices[k], k, lives, s)


@inner
def has_personal_prices(lever: Record) -> bool:
    """Return whether prices differ between members."""
    return lever["price_dispersion"] > 0.0


@inner
def _set_apart(n: int, lever: Record, people: Record, s: Record) -> None:
    """Work out how far prices lie apart, as far as nobody may decline."""
    dispersion, cap, rank, apart = lever["price_dispersion"], lever["price_cap"], people["spend_rank"], s["apart"]
    for i in range(n):
        apart[i] = rules.spread_of_price(dispersion, cap, np.float64(rank[i]))


@inner
def _spare_the_unwilling(n: int, practice: Record, k: int, lives: Record, s: Record) -> None:
    """Leave those at the usual price whom practice `k` may not single out: who declined, or has not agreed."""
    running, consent, apart = practice["running"], practice["consent"], s["apart"]
    opted_in, opted_out = lives["opted_in"], lives["opted_out"]
    for i in range(n):
        apart[i] *= rules.data_flows(running, consent, 1, rules.bit(opted_in[i], k), rules.bit(opted_out[i], k))


@inner
def value_store(n: int, p: Record, lever: Record, people: Record, lives: Record, s: Record) -> None:
    """Work out what rewards beyond the usual and prices make the store worth to each shopper."""
    by_reward, by_price, usual = p["store_by_reward"], p["store_by_price"], p["reward_rate"]
    shelf, saving, apart = lever["shelf_price"], lever["member_saving"], s["apart"]
    borne = lever["nuisance"] + lever["saving_matched"]
    card, rank, worth = lives["card"], people["spend_rank"], s["worth"]
    reward, partner_reward, below = s["reward"], s["partner_reward"], s["below"]
    hold = lever["tier_hold"]
    for i in range(n):
        active = 1 if card[i] == Card.ACTIVE else 0
        price = choices.price_paid(active, shelf, saving, apart[i], np.float64(rank[i])) + active * borne
        worth[i] = choices.worth_of_store(active, reward[i] + partner_reward[i] - usual, by_reward, price, by_price)
    if hold != 0.0:
        for i in range(n):
            worth[i] += rules.by_tier(1 if card[i] == Card.ACTIVE else 0, below[i], hold)


@inner
def weigh_store(n: int, p: Record, lever: Record, luck: Halves, people: Record, lives: Record, s: Record) -> None:
    """Weigh changing the main store, or coming back to it; mark whom luck could move."""
    leaving = choices.weekly_log_odds(p["main_store_changes_per_year"])
    returning = choices.weekly_log_odds(p["returns_per_year"])
    by_leaving, by_returning, bend = p["leaving_by_grievance"], p["returning_by_grievance"], p["leaving_bend"]
    pull, refuge = lever["rival_pull"], 1.0 + lever["rival_privacy"]
    patron, has_rival, free = lives["patron"], people["has_rival"], people["free"]
    acted, fully, worth, log_odds, marked = s["acted"], s["fully"], s["worth"], s["log_odds"], s["marked"]
    for i in range(n):
        driven, drawn = choices.bent(acted[i], fully[i], bend), pull - worth[i]
        log_odds[i] = choices.log_odds_of_changing_store(
            patron[i], leaving, returning, driven, by_leaving, by_returning, has_rival[i] * free[i], drawn, refuge
        )
        marked[i] = choices.may_act(log_odds[i], luck_of(luck[i]))


@inner
def change_store(found: int, week: int, people: Record, lives: Record, s: Record) -> None:
    """Move those who change the main store or come back."""
    patron, left_week, opening_patron = lives["patron"], lives["left_week"], people["opening_patron"]
    events, who = s["events"], s["who"]
    for place in range(found):
        i = who[place]
        if patron[i] == 0:
            events[i] |= 1 << Event.JOINED
        else:
            events[i] |= 1 << Event.LEFT
            if left_week[i] == 0:
                events[i] |= int(opening_patron[i]) << Event.FIRST_LEFT
                left_week[i] = week
        patron[i] = 1 - patron[i]
