"""How a shopper decides and shops: pure functions of a few numbers; chances are per week, and money is in cents."""

import math

import numpy as np

from simulation.behaviour.arithmetic import exponential, logarithm, logistic
from simulation.behaviour.compiling import rule

MOST_TRIPS = 20
"""Trips counted in a week at most; a fitted household makes more in fewer than one week in ten thousand."""

MOST_WEEKLY_CENTS = 1_000_000
"""One household's sales in a week are cut off at 10,000 dollars."""

NEVER = -1e9
"""The log-odds of what cannot happen."""

_ROUNDING = 1e-9  # more than what the exponential can be off

_ONE_OVER = np.array([0.0] + [1.0 / count for count in range(1, MOST_TRIPS + 1)])


@rule
def acts(log_odds: float, luck: float) -> int:
    """Return 1 if a shopper acts: a random-utility choice, if luck lies below the chance of these log-odds."""
    return 1 if luck < logistic(log_odds) else 0


@rule
def may_act(log_odds: float, luck: float) -> int:
    """Return 0 only for who does not act, for little arithmetic: e^x is nowhere less than (1 + x / 16)^16."""
    least = max(0.0, 1.0 - log_odds / 16.0) ** 16
    return 1 if luck * (1.0 + least) < 1.0 + _ROUNDING else 0


@rule
def place_within(luck: float, log_odds: float) -> float:
    """Return where within the chance of acting the luck of somebody who acts fell, from 0 to 1."""
    return luck / logistic(log_odds)


# --- decide -------------------------------------------------------------------------------------------------------


@rule
def weekly_log_odds(per_year: float) -> float:
    """Return the log-odds of an event in one week that happens to this share within a year of 52."""
    stays = exponential(logarithm(max(1.0 - per_year, 1e-300)) * (1.0 / 52.0))
    return logarithm(max(1.0 - stays, 1e-300)) - logarithm(stays)


@rule
def log_odds(chance: float) -> float:
    """Return the log-odds of a chance strictly between 0 and 1."""
    return logarithm(chance) - logarithm(1.0 - chance)


@rule
def log_odds_of_agreeing(plain: float, reward: float, by_reward: float, felt: float, by_felt: float) -> float:
    """Return the log-odds that a shopper who thinks about a request agrees; `reward` is a share of spend."""
    return plain + by_reward * 100.0 * reward - by_felt * felt


@rule
def chance_of_deciding(
    asking: float, asked: float, choice: float, minded: float, met: int, felt: float, when_told: float
) -> float:
    """Return the chance that a shopper makes a choice about a practice this week.

    A choice that is put to everybody (`asked` 1) is made at the rate `asking`; a link or a letter is used by those who
    would mind (`minded`, the violation of the flow itself). News met this week sets off a decision by what is felt,
    as far as there is a `choice`: people decide when they are told.
    """
    looking = asking * (asked + (1.0 - asked) * min(1.0, max(0.0, minded)))
    told = choice * met * min(1.0, when_told * max(0.0, felt))
    return looking + (1.0 - looking) * told


@rule
def agrees(luck: float, deciding: float, log_odds: float, asked: float) -> int:
    """Return 1 if a shopper who decides agrees; who looks for the choice alone does so to object."""
    return 1 if luck < deciding * logistic(log_odds) * asked else 0


@rule
def would_refuse(luck: float, log_odds: float, flows: int, aware: int) -> int:
    """Return 1 for a shopper whose data flows without the shopper's knowing, and who would not have agreed."""
    return flows * (1 - aware) * (1 - acts(log_odds, luck))


@rule
def reward_share(rate: float, cut: float, bonus: float, below: int, threshold: float) -> float:
    """Return the share of carded spend that the programme gives back to a shopper, by place above or below the tier."""
    left_out = min(1, below)
    above = 1.0 - left_out if threshold < 1.0 else 0.0
    return rate * (1.0 - cut * left_out) + bonus * above


@rule
def log_odds_of_changing_card(
    card: int,
    dropping: float,
    resuming: float,
    joining: float,
    acted: float,
    by_grievance: float,
    extra_reward: float,
    by_reward: float,
) -> float:
    """Return the log-odds that an active card is put away, a dormant one taken out, or a first one taken.

    `dropping` and `resuming` are the usual log-odds, `joining` those of joining this week; `extra_reward` is what the
    programme gives beyond the usual. Cancelled and swapped cards stay as they are.
    """
    push = by_grievance * acted - by_reward * 100.0 * extra_reward
    changing = dropping + push if card == 1 else joining
    changing = resuming - push if card == 2 else changing
    return NEVER if card > 2 else changing


@rule
def log_odds_of_joining(
    usual: float,
    spend_rank: float,
    by_spend: float,
    extra_reward: float,
    by_reward: float,
    pressing: float,
    by_grievance: float,
) -> float:
    """Return the log-odds that a first card is taken: heavy buyers join first, and a grievance on the mind stops it.

    `usual` is that of the middle rank; `pressing` is grievance × salience, unweighted: not joining costs nothing.
    """
    drawn = by_spend * (spend_rank - 0.5) + by_reward * 100.0 * extra_reward
    return usual + drawn - by_grievance * pressing


@rule
def card_after_dropping(
    share: float, pressing: float, acted: float, cancelling: float, by_grievance: float, swapping: float
) -> int:
    """Return what a dropped card becomes; `share` says where within the chance of dropping the luck fell.

    Of droppers at most the shares `cancelling` and `swapping` do so, the more the stronger the grievance.
    """
    cancelled = cancelling * (1.0 - exponential(-by_grievance * acted))
    state = 4 if share < cancelled + swapping * pressing else 2
    return 3 if share < cancelled else state


@rule
def bent(acted: float, grievance: float, bend: float) -> float:
    """Return what drives to another store: a mild affront is acted on less than in proportion.

    At `bend` 0 it is what is acted on; at 1 that times the grievance itself, so that half a grievance counts a quarter.
    """
    return acted * ((1.0 - bend) + bend * grievance)


@rule
def worth_of_store(card: int, extra_reward: float, by_reward: float, price: float, by_price: float) -> float:
    """Return the log-odds by which rewards beyond the usual, for card holders, and prices below it keep a patron."""
    rewarded = by_reward * 100.0 * extra_reward if card == 1 else 0.0
    return rewarded - by_price * 100.0 * (price - 1.0)


@rule
def log_odds_of_changing_store(
    patron: int,
    leaving: float,
    returning: float,
    driven: float,
    by_leaving: float,
    by_returning: float,
    can_leave: int,
    drawn: float,
    refuge: float,
) -> float:
    """Return the log-odds that a patron changes the main store, or that a lost shopper comes back.

    `leaving` and `returning` are the usual log-odds; what a grievance drives to (`driven`) counts only for patrons
    who can leave, who have a rival and are bound by nothing, the more so the better a refuge it is (1 the usual).
    `drawn` is the rival's pull less what the store is worth: it works on everybody who can leave.
    """
    out = leaving + (by_leaving * driven * refuge + drawn) * can_leave
    return out if patron == 1 else returning - by_returning * driven * refuge - drawn * can_leave


@rule
def stays_away(luck: float, acted: float, by_grievance: float, has_rival: int) -> int:
    """Return 1 for a shopper with an alternative whom a grievance keeps from the store this week, without leaving.

    A contract binds nobody to come: who cannot leave can still stay away.
    """
    return has_rival if luck < 1.0 - exponential(-by_grievance * acted) else 0


@rule
def most_staying_away(acted: float, by_grievance: float) -> float:
    """Return a chance of staying away that nobody exceeds, for little arithmetic: the first term of the exponential."""
    return by_grievance * acted + _ROUNDING


@rule
def weeks_after(weeks: int, stayed: int) -> int:
    """Return how many weeks somebody has stayed away; beyond 255 it alternates with 254, so that each shows."""
    return weeks + stayed if weeks < 255 else 255 - stayed


# --- shop ---------------------------------------------------------------------------------------------------------


@rule
def drift_after(drift: float, step: float, persistence: float, spread: float) -> float:
    """Return next week's log-drift of the trip rate: a first-order autoregression of the given spread."""
    return persistence * drift + math.sqrt(1.0 - persistence * persistence) * spread * step


@rule
def trip_rate_now(lasting: float, drift: float, spread: float) -> float:
    """Return this week's expected trips; drift spreads them around the lasting rate without raising the mean."""
    return lasting * exponential(drift - 0.5 * spread * spread)


@rule
def chance_of_no_trip(rate: float) -> float:
    """Return the Poisson chance of staying away all week."""
    return exponential(-rate)


@rule
def chance_of_one_more(chance: float, rate: float, count: int) -> float:
    """Return the Poisson chance of `count` trips, given that of one trip fewer."""
    return chance * (rate * _ONE_OVER[count])


@rule
def trips_in_week(rate: float, luck: float) -> int:
    """Return a Poisson number of trips by inversion, at most `MOST_TRIPS`."""
    chance = chance_of_no_trip(rate)
    left = luck - chance
    trips = 0
    for count in range(1, MOST_TRIPS + 1):
        trips += 1 if left >= 0.0 else 0
        chance = chance_of_one_more(chance, rate, count)
        left -= chance
    return trips


@rule
def log_noise_of_week(normal: float, scale: float, skew: float, shift: float) -> float:
    """Return the logarithm of how far a week's spend lies from its mean; the shape depends on the number of trips."""
    return scale * normal - skew * normal * normal + shift


@rule
def week_cents(trips: int, basket_cents: float, log_noise: float) -> float:
    """Return what a week's trips come to, in cents: trips × mean basket × noise."""
    return trips * basket_cents * exponential(log_noise)


@rule
def log_odds_of_swiping(usual: float, acted: float, by_grievance: float) -> float:
    """Return the log-odds that an active member shows the card this week."""
    return usual - by_grievance * acted


@rule
def chance_of_redeeming(lowest: float, highest: float, spend_rank: float, offers: float, fit: float) -> float:
    """Return the chance that a member redeems an offer this week; redemption rises with spend and with fit."""
    each = (lowest + (highest - lowest) * spend_rank) * (1.0 + fit)
    return min(1.0, offers * each)


@rule
def whole_cents(cents: float) -> int:
    """Return an amount rounded half up to whole cents, cut off at `MOST_WEEKLY_CENTS`."""
    return int(np.int32(min(cents, float(MOST_WEEKLY_CENTS)) + 0.5))  # 32 bits, because wider ones are slow to make


@rule
def price_paid(swiped: int, shelf: float, saving: float, dispersion: float, spend_rank: float) -> float:
    """Return what a shopper pays as a multiple of the usual price: members save, and heavy ones are charged more."""
    personal = 1.0 + swiped * dispersion * (2.0 * spend_rank - 1.0)
    return shelf * (1.0 - saving * swiped) * personal


@rule
def bought_at(price: float, elasticity: float) -> float:
    """Return how much is bought at a price, as a multiple of what is bought at the usual one."""
    return max(0.0, 1.0 - elasticity * (price - 1.0))


@rule
def spend_factor(swiped: int, scheme_lift: float, reward_lift: float, offer_lift: float, withdrawn: float) -> float:
    """Return this week's spend as a multiple of what the shopper spends when paying without the card."""
    return max(0.0, 1.0 + swiped * (scheme_lift + reward_lift) + offer_lift - withdrawn)
