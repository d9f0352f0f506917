"""The passes whose results all policies share: draws, trips and what they would come to."""

from simulation.behaviour import choices
from simulation.behaviour.compiling import inner
from simulation.behaviour.draws import logistic_noise, nearly_normal, standard_normal, uniform
from simulation.behaviour.network import far_acquaintance
from simulation.model.kinds import Floats, Numbers, Record, Traits, Whole

_FEW = 128  # shoppers whose trips are counted at a time


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
        drift[i] = choices.drift_after(drift[i], nearly_normal(key, number[i]), persistence, spread)


@inner
def set_rates(p: Record, lasting: Traits, drift: Floats, luck: Floats, rate: Floats, chance: Floats) -> None:
    """Work out this week's trip rates and take the chance of no trip from each shopper's luck."""
    spread = p["trip_drift_spread"]
    for i in range(lasting.size):
        rate[i] = choices.trip_rate_now(float(lasting[i]), drift[i], spread)
        chance[i] = choices.chance_of_no_trip(rate[i])
        luck[i] -= chance[i]


@inner
def count_trips(size: int, luck: Floats, rate: Floats, chance: Floats, trips: Whole) -> None:
    """Count this week's trips by Poisson inversion, a few shoppers at a time until none of them makes one more."""
    for start in range(0, size, _FEW):
        few = slice(start, min(start + _FEW, size))
        trips[few] = 0
        for count in range(1, choices.MOST_TRIPS + 1):
            if _one_more(count, luck[few], rate[few], chance[few], trips[few]) == 0:
                break


@inner
def _one_more(count: int, luck: Floats, rate: Floats, chance: Floats, trips: Whole) -> int:
    came = 0
    for i in range(rate.size):
        more = 1 if luck[i] >= 0.0 else 0
        trips[i] += more
        came += more
        chance[i] = choices.chance_of_one_more(chance[i], rate[i], count)
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
        noise[i] = choices.log_noise_of_week(noise[i], scale[n], skew[n], shift[n])
    for i in range(number.size):
        cents[i] = choices.week_cents(trips[i], float(basket[i]), noise[i])
