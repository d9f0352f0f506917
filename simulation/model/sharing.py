"""The passes whose results all policies share: draws, trips and what they would come to."""

import numpy as np

from simulation.behaviour import choices
from simulation.behaviour.compiling import inner
from simulation.behaviour.draws import first_half, luck_of, nearly_normal, normal_of, second_half, word_of
from simulation.model.kinds import Floats, Halves, Record
from simulation.model.listing import list_marked

_FIRST = 4  # trips that are counted for everybody at once; fewer than one in ten make more in a week


@inner
def draw_one(n: int, key: int, people: Record, luck: Halves) -> None:
    """Draw the luck of one purpose for each shopper."""
    number = people["number"]
    for i in range(n):
        luck[i] = first_half(word_of(key, number[i]))


@inner
def draw_two(n: int, key: int, people: Record, first: Halves, second: Halves) -> None:
    """Draw the luck of two purposes for each shopper: a word."""
    number = people["number"]
    for i in range(n):
        word = word_of(key, number[i])
        first[i] = first_half(word)
        second[i] = second_half(word)


@inner
def take_odds(n: int, luck: Halves, s: Record) -> None:
    """Work out the log-odds of luck, which many chances are then compared with."""
    odds = s["odds"]
    for i in range(n):
        odds[i] = choices.log_odds(luck_of(luck[i]))


@inner
def open_ears(n: int, k: int, luck: Halves, most: float, most_with_talk: float, s: Record) -> None:
    """Mark whom luck could let learn of practice `k` at chances that nobody exceeds, without talk and with it."""
    open_to_any, open_to_talk = s["open_to_any"], s["open_to_talk"]
    for i in range(n):
        open_to_any[i] |= (1 << k) if luck_of(luck[i]) < most else 0
        open_to_talk[i] |= (1 << k) if luck_of(luck[i]) < most_with_talk else 0


@inner
def wander(n: int, p: Record, key: int, people: Record) -> None:
    """Let trip rates drift by a week's step."""
    persistence, spread = p["trip_drift_persistence"], p["trip_drift_spread"]
    number, drift = people["number"], people["drift"]
    for i in range(n):
        drift[i] = choices.drift_after(np.float64(drift[i]), nearly_normal(key, number[i]), persistence, spread)


@inner
def set_rates(n: int, p: Record, luck: Halves, people: Record, s: Record) -> None:
    """Work out this week's trip rates and take the chance of no trip from each shopper's luck."""
    spread, lasting, drift = p["trip_drift_spread"], people["trip_rate"], people["drift"]
    rate, chance, left = s["rate"], s["chance"], s["left"]
    for i in range(n):
        rate[i] = choices.trip_rate_now(np.float64(lasting[i]), np.float64(drift[i]), spread)
    for i in range(n):
        chance[i] = choices.chance_of_no_trip(rate[i])
        left[i] = luck_of(luck[i]) - chance[i]


@inner
def count_trips(n: int, s: Record) -> None:
    """Count this week's trips by Poisson inversion: the first few of everybody at once, further ones of those left."""
    rate, chance, left, trips, marked = s["rate"], s["chance"], s["left"], s["trips"], s["marked"]
    for i in range(n):
        luck, next_chance, made = left[i], chance[i], 0
        for count in range(1, _FIRST + 1):
            made += 1 if luck >= 0.0 else 0
            next_chance = choices.chance_of_one_more(next_chance, rate[i], count)
            luck -= next_chance
        left[i], chance[i], trips[i], marked[i] = luck, next_chance, made, 1 if luck >= 0.0 else 0
    _count_further_trips(list_marked(n, s), s)


@inner
def _count_further_trips(found: int, s: Record) -> None:
    rate, chance, left, trips, who = s["rate"], s["chance"], s["left"], s["trips"], s["who"]
    for place in range(found):
        i = who[place]
        luck, next_chance, count = left[i], chance[i], _FIRST
        while luck >= 0.0 and count < choices.MOST_TRIPS:
            count += 1
            next_chance = choices.chance_of_one_more(next_chance, rate[i], count)
            luck -= next_chance
        trips[i] = count


@inner
def fill_baskets(n: int, key: int, shapes: Floats, people: Record, s: Record) -> None:
    """Work out what the week's trips would come to, in cents."""
    scale, skew, shift = shapes[0], shapes[1], shapes[2]
    basket, noise, trips, cents, halves = people["basket_cents"], s["chance"], s["trips"], s["cents"], s["halves"]
    draw_two(n, key, people, halves[0], halves[1])
    for i in range(n):
        noise[i] = normal_of(halves[0, i], halves[1, i])
    for i in range(n):
        trip = trips[i]
        noise[i] = choices.log_noise_of_week(noise[i], scale[trip], skew[trip], shift[trip])
    for i in range(n):
        cents[i] = choices.week_cents(trips[i], np.float64(basket[i]), noise[i])
