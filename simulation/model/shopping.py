"""The passes of shopping."""

import numpy as np

from simulation.behaviour import choices, rules
from simulation.behaviour.compiling import inner
from simulation.behaviour.draws import luck_of
from simulation.model.kinds import Halves, Record
from simulation.model.listing import list_marked

_CLOSE = 1e-5  # more than what log-odds and a chance can be off together


@inner
def find_avoiding(n: int, p: Record, luck: Halves, s: Record) -> int:
    """List whom luck could keep from the store this week, at a chance that nobody exceeds; return how many."""
    by_grievance, acted, marked = p["avoiding_by_grievance"], s["acted"], s["marked"]
    for i in range(n):
        marked[i] = 1 if luck_of(luck[i]) < choices.most_staying_away(acted[i], by_grievance) else 0
    return list_marked(n, s)


@inner
def stay_away(found: int, p: Record, luck: Halves, people: Record, lives: Record, s: Record) -> None:
    """Let a grievance keep those listed from the store this week, and count the weeks whose trips it cost."""
    by_grievance, has_rival = p["avoiding_by_grievance"], people["has_rival"]
    patron, away_weeks, trips, acted, away = lives["patron"], lives["away_weeks"], s["trips"], s["acted"], s["away"]
    for place in range(found):
        i = s["who"][place]
        away[i] = choices.stays_away(luck_of(luck[i]), acted[i], by_grievance, has_rival[i])
        missed = patron[i] * away[i] if trips[i] > 0 else 0
        away_weeks[i] = choices.weeks_after(away_weeks[i], missed)


@inner
def use_card(n: int, p: Record, refused: float, luck: Halves, people: Record, lives: Record, s: Record) -> None:
    """Let members show the card or not; data of those who have just stopped being members does not flow."""
    always, sometimes = (
        choices.log_odds(p["swiping_of_every_time_swipers"]),
        choices.log_odds(p["swiping_of_the_others"]),
    )
    by_grievance, every_time, swiped = p["swiping_by_grievance"], people["every_time"], lives["swiped"]
    acted, odds, log_odds, marked = s["acted"], s["odds"], s["log_odds"], s["marked"]
    _let_go(n, lives, s)
    if refused != 0.0:
        _refuse(n, s)
    for i in range(n):
        usual = always if every_time[i] == 1 else sometimes
        log_odds[i] = choices.log_odds_of_swiping(usual, acted[i], by_grievance)
        marked[i] = is_close_call(odds[i], log_odds[i])
        swiped[i] = 1 if odds[i] < log_odds[i] else 0
    _swipe_or_not(n, luck, lives, s)


@inner
def is_close_call(odds: float, log_odds: float) -> int:
    """Return 1 where log-odds of luck and of a chance are too close to say by these alone which is less."""
    return 1 if abs(odds - log_odds) < _CLOSE else 0


@inner
def _swipe_or_not(n: int, luck: Halves, lives: Record, s: Record) -> None:
    """Look closely at those marked; only members who are there show a card."""
    swiped, member, away, log_odds, who = lives["swiped"], s["member"], s["away"], s["log_odds"], s["who"]
    for place in range(list_marked(n, s)):
        i = who[place]
        swiped[i] = choices.acts(log_odds[i], luck_of(luck[i]))
    for i in range(n):
        swiped[i] *= member[i] * (1 - away[i])


@inner
def _let_go(n: int, lives: Record, s: Record) -> None:
    """Note who is still a member; data of the others does not flow."""
    patron, card, member = lives["patron"], lives["card"], s["member"]
    flows, debt, fee_units = s["flows"], s["debt"], s["fee_units"]
    for i in range(n):
        member[i] = rules.is_member(patron[i], card[i])
        flows[i] *= member[i]
        debt[i] *= member[i]
    for i in range(n):
        fee_units[i] = fee_units[i] if member[i] != 0 else 0


@inner
def _refuse(n: int, s: Record) -> None:
    """Let nobody be a member once the programme has ended: no card is accepted, and no data flows."""
    member, flows, debt, fee_units = s["member"], s["flows"], s["debt"], s["fee_units"]
    for i in range(n):
        member[i] = 0
        flows[i] = 0
        debt[i] = 0
        fee_units[i] = 0


@inner
def redeem(n: int, p: Record, lever: Record, luck: Halves, people: Record, s: Record) -> None:
    """Let members redeem this week's offers."""
    lowest, highest, offers = p["redemption_lowest_rank"], p["redemption_highest_rank"], lever["offers_noticed"]
    fit = lever["offer_fit"] * lever["offer_precision"]
    rank, member, away, redeemed = people["spend_rank"], s["member"], s["away"], s["redeemed"]
    for i in range(n):
        redeems = choices.chance_of_redeeming(lowest, highest, np.float64(rank[i]), offers, fit)
        redeemed[i] = member[i] * (1 - away[i]) if luck_of(luck[i]) < redeems else 0


@inner
def shop(n: int, p: Record, lever: Record, people: Record, lives: Record, s: Record) -> None:
    """Let patrons buy: more with the card or an offer, less with a grievance, at a higher price, or for ads."""
    scheme_lift, reward_lift, offer_lift = p["scheme_lift"], lever["reward_lift"], p["offer_lift"]
    withdrawing, elasticity = p["withdrawing_by_grievance"], p["demand_by_price"]
    shelf, saving, apart, nuisance = lever["shelf_price"], lever["member_saving"], s["apart"], lever["nuisance"]
    rank, goods, below, tier_lift = people["spend_rank"], s["goods"], s["below"], lever["tier_lift"]
    patron, swiped, trips_made, sales = lives["patron"], lives["swiped"], lives["trips"], lives["cents"]
    trips, cents, redeemed, acted, away = s["trips"], s["cents"], s["redeemed"], s["acted"], s["away"]
    for i in range(n):
        comes = patron[i] * (1 - away[i])
        lifted = reward_lift + rules.by_tier(swiped[i], below[i], tier_lift)
        factor = choices.spend_factor(swiped[i], scheme_lift, lifted, offer_lift * redeemed[i], withdrawing * acted[i])
        trips_made[i] = trips[i] * comes
        price = choices.price_paid(swiped[i], shelf, saving, apart[i], np.float64(rank[i]))
        bought = cents[i] * factor * comes * choices.bought_at(price + swiped[i] * nuisance, elasticity)
        goods[i] = choices.whole_cents(bought)
        sales[i] = choices.whole_cents(bought * price)


@inner
def give_back(n: int, p: Record, lever: Record, lives: Record, s: Record) -> None:
    """Work out what shoppers get back, in whole cents."""
    discount, swiped, sales, redeemed = p["offer_discount"], lives["swiped"], lives["cents"], s["redeemed"]
    reward, partner_reward, gift = s["reward"], s["partner_reward"], lever["gift_rate"]
    carded, rewards, partner_rewards = s["carded"], s["rewards"], s["partner_rewards"]
    for i in range(n):
        carded[i] = sales[i] if swiped[i] != 0 else 0
        rewards[i] = choices.whole_cents(carded[i] * (reward[i] + gift) + redeemed[i] * sales[i] * discount)
        partner_rewards[i] = choices.whole_cents(carded[i] * partner_reward[i])
