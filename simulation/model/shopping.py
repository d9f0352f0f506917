"""The passes of shopping."""

from simulation.behaviour import choices, rules
from simulation.behaviour.compiling import inner
from simulation.model.kinds import Bytes, Cents, Floats, Record, Traits, Whole


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
    debt: Bytes,
    fee_units: Whole,
    swiped: Bytes,
) -> None:
    """Let members show the card or not; data of those who have just stopped being members does not flow."""
    always, sometimes = (
        choices.log_odds(p["swiping_of_every_time_swipers"]),
        choices.log_odds(p["swiping_of_the_others"]),
    )
    by_grievance = p["swiping_by_grievance"]
    for i in range(card.size):
        member[i] = rules.is_member(patron[i], card[i])
        flows[i] *= member[i]
        debt[i] *= member[i]
        fee_units[i] *= member[i]
        swiping = choices.log_odds_of_swiping(always if every_time[i] == 1 else sometimes, acted[i], by_grievance)
        swiped[i] = member[i] * choices.acts(swiping, noise[i])


@inner
def redeem(p: Record, lever: Record, luck: Floats, rank: Traits, member: Bytes, redeemed: Bytes) -> None:
    """Let members redeem this week's offers."""
    lowest, highest, offers = p["redemption_lowest_rank"], p["redemption_highest_rank"], lever["offers_noticed"]
    fit = lever["offer_fit"] * lever["offer_precision"]
    for i in range(member.size):
        redeems = choices.chance_of_redeeming(lowest, highest, float(rank[i]), offers, fit)
        redeemed[i] = member[i] if luck[i] < redeems else 0


@inner
def shop(
    p: Record,
    lever: Record,
    trips: Whole,
    cents: Floats,
    patron: Bytes,
    rank: Traits,
    swiped: Bytes,
    redeemed: Bytes,
    acted: Floats,
    trips_made: Bytes,
    goods: Cents,
    sales: Cents,
) -> None:
    """Let patrons buy: more with the card or an offer, less with a grievance or at a higher price."""
    scheme_lift, reward_lift, offer_lift = p["scheme_lift"], lever["reward_lift"], p["offer_lift"]
    withdrawing, elasticity = p["withdrawing_by_grievance"], p["demand_by_price"]
    shelf, saving, dispersion = lever["shelf_price"], lever["member_saving"], lever["price_dispersion"]
    for i in range(patron.size):
        factor = choices.spend_factor(
            swiped[i], scheme_lift, reward_lift, offer_lift * redeemed[i], withdrawing * acted[i]
        )
        trips_made[i] = trips[i] * patron[i]
        price = choices.price_paid(swiped[i], shelf, saving, dispersion, float(rank[i]))
        bought = cents[i] * factor * patron[i] * choices.bought_at(price, elasticity)
        goods[i] = choices.whole_cents(bought)
        sales[i] = choices.whole_cents(bought * price)


@inner
def give_back(
    p: Record,
    lever: Record,
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
    discount, gift = p["offer_discount"], lever["gift_rate"]
    for i in range(swiped.size):
        carded[i] = sales[i] if swiped[i] != 0 else 0
        rewards[i] = choices.whole_cents(carded[i] * (reward[i] + gift) + redeemed[i] * sales[i] * discount)
        partner_rewards[i] = choices.whole_cents(carded[i] * partner_reward[i])
