"""How a practice comes out and what follows from it: pure functions of a few numbers, called by institutions.

Stories and inquiries come with a yearly hazard; sizes (reach, weeks, dollars a head) are skewed around a median.
"""

from functools import lru_cache

from simulation.behaviour.arithmetic import exponential, logarithm

MEAN_OVER_YEARS = 10.0
"""The years over which a rising hazard has the mean that is given for it."""

MOST_BY_COMPLAINTS = 3.0
"""How many times the usual hazard of an inquiry the loudest complaints can make."""


def chance_in_week(per_year: float) -> float:
    """Return the chance that something of a yearly hazard happens in a week."""
    return float(1.0 - exponential(-per_year / 52.0))


def skewed(median: float, spread: float, normal: float) -> float:
    """Return a lognormal size: `spread` is the standard deviation of its logarithm, `normal` a standard normal draw."""
    return float(median * exponential(spread * normal))


# --- the press ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)  # whole weeks come again and again, in every policy and every life of a replicate
def times_the_mean(years: float, shape: float) -> float:
    """Return a Weibull hazard in the week after so many years, as a multiple of its mean over the first ten years.

    The hazard so far is H(t) = 10 (t / 10)^shape years of the mean, so that ten years bring exactly ten of them; a
    week's multiple is 52 (H(t + 1/52) - H(t)).
    """
    return 52.0 * (_hazard_so_far(years + 1.0 / 52.0, shape) - _hazard_so_far(years, shape))


def _hazard_so_far(years: float, shape: float) -> float:
    if years <= 0.0:
        return 0.0
    return float(MEAN_OVER_YEARS * exponential(shape * logarithm(years / MEAN_OVER_YEARS)))


def hazard_of_a_story(
    per_year: float, years: float, years_of_the_rival: float, shape: float, shared_exposure: float
) -> float:
    """Return first stories a year about a practice that has run for some years.

    `per_year` is the mean hazard. What a rival has sold for `years_of_the_rival` (0 while it does not sell) comes out
    by a hazard of its own, and the article names the retailer too with the chance `shared_exposure`.
    """
    rivals = times_the_mean(years_of_the_rival, shape) if years_of_the_rival > 0.0 else 0.0
    return per_year * (times_the_mean(years, shape) + shared_exposure * rivals)


def reach_of_a_story(median: float, spread: float, normal: float, most: float, tired: float, others: int) -> float:
    """Return the share of shoppers whom a chance story reaches in its first week: mostly few, now and then half.

    Each of the `others`, stories about the trade of not long ago, leaves only the share `tired` of it.
    """
    return min(most, skewed(median, spread, normal)) * tired**others


# --- authorities --------------------------------------------------------------------------------------------------


def hazard_of_an_inquiry(
    complaints: float, usual: float, by_complaints: float, unlawful: float, by_unlawful: float, salience: float
) -> float:
    """Return inquiries a year into a practice that goes on: by complaints in half a year and by a broken law."""
    loud = min(MOST_BY_COMPLAINTS, complaints / usual)
    return salience * (by_complaints * loud + by_unlawful * unlawful)


def length_of_an_inquiry(median: float, spread: float, normal: float) -> int:
    """Return whole weeks from the opening of an inquiry to its end."""
    return max(1, int(skewed(median, spread, normal) + 0.5))


def fine_for(luck: float, fined: float, per_head: float, concerned: float, unlawful: int) -> float:
    """Return dollars fined: nothing in all but the share `fined` of cases, twice as much where a law was broken."""
    return per_head * concerned * (1.0 + unlawful) if luck < fined else 0.0
