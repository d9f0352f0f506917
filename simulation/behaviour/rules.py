"""How a shopper hears, feels, decides, shops and talks: pure functions of a few numbers, called by both engines.

Grievances, violations, trust and resignation run from 0 to 1; chances are per week; money is in cents.
"""

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

_ONE_OVER = np.array([0.0] + [1.0 / count for count in range(1, MOST_TRIPS + 1)])


@rule
def bit(mask: int, place: int) -> int:
    """Return one bit of a mask of practices."""
    return (int(mask) >> place) & 1


@rule
def is_member(patron: int, card: int) -> int:
    """Return 1 for a patron with an active card."""
    return 1 if patron == 1 and card == 1 else 0


# --- hear ---------------------------------------------------------------------------------------------------------


@rule
def source_of_hearing(luck: float, press: float, notice: float, experience: float, word_of_mouth: float) -> int:
    """Return the `Source` by which a shopper learns of a practice this week, given each source's chance alone."""
    by_press = press
    by_notice = by_press + (1.0 - by_press) * notice
    by_experience = by_notice + (1.0 - by_notice) * experience
    by_any = by_experience + (1.0 - by_experience) * word_of_mouth
    source = 4 if luck < by_any else 0
    source = 3 if luck < by_experience else source
    source = 2 if luck < by_notice else source
    return 1 if luck < by_press else source


@rule
def data_flows(running: float, consent: int, member: int, opted_in: int, opted_out: int) -> int:
    """Return 1 if a shopper's data is passed on this week under the practice's mode of consent."""
    allowed = 1 - opted_out if consent == 2 else 1
    allowed = opted_in if consent == 3 else allowed
    return member * allowed if running > 0.0 else 0


@rule
def is_concerned(scope: int, flows: int, member: int, below: int) -> int:
    """Return 1 if a shopper can notice a practice of this scope by own experience."""
    concerned = member if scope == 1 else flows
    return below if scope == 2 else concerned


@rule
def is_below_tier(spend_rank: float, threshold: float) -> int:
    """Return 1 for a shopper whom a top tier leaves out; a threshold of 1 means that there is no tier."""
    return 1 if spend_rank < threshold and threshold < 1.0 else 0


@rule
def chance_of_believing(told: float, believing: float, trust: float, loyal_resistance: float) -> float:
    """Return the chance that talk is taken in; the trusting resist it (East, Hammond, Lomax 2008)."""
    return told * believing * (1.0 - loyal_resistance * trust)


# --- feel ---------------------------------------------------------------------------------------------------------


@rule
def stake_in(scope: int, sensitivity: float, below: int) -> float:
    """Return what a practice touches in a shopper: privacy by sensitivity, or fairness for those left out."""
    return float(below) if scope == 2 else sensitivity


@rule
def violation(departure: float, stake: float, running: float, scar: float) -> float:
    """Return how violated a shopper who knows of a practice feels; in full only where it still runs."""
    return departure * stake * (running + (1.0 - running) * scar)


@rule
def relief_of_consent(opted_in: int, opted_out: int, relief_in: float, relief_out: float) -> float:
    """Return the share of a violation that stays after the shopper's own choice about it."""
    return 1.0 - relief_in * opted_in - relief_out * opted_out


@rule
def trust_sought(opening_trust: float, burden: float, trust_lost_by_violation: float) -> float:
    """Return the trust that a shopper's known violations allow in the long run."""
    return opening_trust * max(0.0, 1.0 - trust_lost_by_violation * burden)


@rule
def trust_after(trust: float, sought: float, fall: float, loss_ratio: float) -> float:
    """Return next week's trust: it falls quickly and comes back slowly (Slovic 1993)."""
    pace = fall if sought < trust else fall / loss_ratio
    return trust + pace * (sought - trust)


@rule
def resignation_after(resignation: float, burden: float, growth: float) -> float:
    """Return next week's resignation: living on with a known violation wears shoppers down."""
    return resignation + growth * min(1.0, burden) * (1.0 - resignation)


@rule
def grievance(
    opening_trust: float, trust: float, resignation: float, dulls: float, spend_rank: float, forgiveness: float
) -> float:
    """Return how much lost trust presses a shopper to act: less if resigned or a heavy patron."""
    lost = max(0.0, 1.0 - trust / opening_trust)
    return lost * (1.0 - dulls * resignation) * (1.0 - forgiveness * spend_rank)


@rule
def acts(log_odds: float, noise: float) -> int:
    """Return 1 if a shopper acts: a random-utility choice, by log-odds against the week's logistic noise."""
    return 1 if noise < log_odds else 0


@rule
def place_within(noise: float, log_odds: float) -> float:
    """Return where within the chance of acting the luck of somebody who acts fell, from 0 to 1."""
    return logistic(noise) / logistic(log_odds)


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
def chance_of_agreeing(plain: float, reward: float, by_reward: float, felt: float, by_felt: float) -> float:
    """Return the chance that a shopper who thinks about a request agrees; `reward` is a share of spend."""
    return logistic(plain + by_reward * 100.0 * reward - by_felt * felt)


@rule
def reward_share(rate: float, cut: float, bonus: float, below: int, threshold: float) -> float:
    """Return the share of carded spend that the programme gives back to a shopper, by place above or below the tier."""
    above = 1.0 - below if threshold < 1.0 else 0.0
    return rate * (1.0 - cut * below) + bonus * above


@rule
def log_odds_of_changing_card(
    card: int,
    dropping: float,
    resuming: float,
    acted: float,
    by_grievance: float,
    extra_reward: float,
    by_reward: float,
) -> float:
    """Return the log-odds that an active card is put away, or a dormant one taken out; other cards stay as they are.

    `dropping` and `resuming` are the usual log-odds; `extra_reward` is what the programme gives beyond the usual.
    """
    push = by_grievance * acted - by_reward * 100.0 * extra_reward
    changing = dropping + push if card == 1 else resuming - push
    return changing if card == 1 or card == 2 else NEVER


@rule
def card_after_dropping(share: float, acted_fully: float, cancelling: float, swapping: float) -> int:
    """Return what a dropped card becomes; `share` says where within the chance of dropping the luck fell."""
    cancelled = cancelling * acted_fully
    state = 4 if share < cancelled + swapping * acted_fully else 2
    return 3 if share < cancelled else state


@rule
def log_odds_of_changing_store(
    patron: int, leaving: float, returning: float, acted: float, by_leaving: float, by_returning: float, has_rival: int
) -> float:
    """Return the log-odds that a patron changes the main store, or that a lost shopper comes back.

    `leaving` and `returning` are the usual log-odds; a grievance drives patrons out only if they have a rival to go to.
    """
    return leaving + by_leaving * acted * has_rival if patron == 1 else returning - by_returning * acted


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
    return int(min(cents, float(MOST_WEEKLY_CENTS)) + 0.5)


@rule
def spend_factor(swiped: int, scheme_lift: float, reward_lift: float, offer_lift: float, withdrawn: float) -> float:
    """Return this week's spend as a multiple of what the shopper spends when paying without the card."""
    return max(0.0, 1.0 + swiped * (scheme_lift + reward_lift) + offer_lift - withdrawn)


# --- talk ---------------------------------------------------------------------------------------------------------


@rule
def chance_of_talking(felt: float, weeks_since: float, at_full: float, lasts: float) -> float:
    """Return the chance that a shopper talks about a practice; a quarter is left after `lasts` weeks."""
    freshness = 1.0 / (1.0 + weeks_since / lasts)
    return at_full * min(1.0, felt) * freshness * freshness
