"""What purchases tell an insurer: how well a score fits, whom it misjudges, and what a record brings its buyer."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_POINTS = 24
_FARTHEST = 6.5  # standard deviations


def accuracy_of_score(carded: Floats, numbers: NDArray[np.void]) -> Floats:
    """Return the correlation of the score with true risk, by the carded share of what is bought here.

    Diet tells little about claims; and the score sees only the part of the food that is bought here, on the own card
    and for the own table.
    """
    seen = np.clip(carded, 0.0, 1.0) * numbers["food_bought_here"] * (1.0 - numbers["bought_for_others"])
    accuracy: Floats = numbers["predictive_strength"] * np.sqrt(seen)
    return accuracy


def premiums_per_record(accuracy: Floats, numbers: NDArray[np.void]) -> Floats:
    """Return what a score of this accuracy adds to premiums, dollars a year and record.

    Most records are of people whom the buyer does not insure, or whose group plan it cannot re-price.
    """
    repriced = numbers["insurer_market_share"] * numbers["individually_insured"]
    premiums: Floats = repriced * accuracy * numbers["worth_of_a_perfect_score"]
    return premiums


def worth_of_a_record(terms: NDArray[np.void], numbers: NDArray[np.void]) -> float:
    """Return what a record is worth to its buyer under a practice's terms, dollars a year, never below 0.

    It is what the buyer's account will show for it before the fee: premiums raised by the score of a card that is
    always used, claims saved less what the programme costs. Where the model books no gain of the buyer's, as for a
    broker, it is the price that such records fetch.
    """
    if not terms["repricing"] and not terms["worth"]:
        return float(numbers["reservation_fee"])
    score = float(premiums_per_record(accuracy_of_score(np.array(1.0), numbers), numbers))
    programme = float(terms["saved"] - numbers["cost_of_wellness"] * terms["worth"])
    return max(0.0, score * float(terms["repricing"]) + programme)


def share_misjudged(accuracy: Floats, flagged: float) -> Floats:
    """Return the share of those flagged as the riskiest part who do not belong to it.

    Score and risk are standard normal with this correlation; an accuracy of 0 flags at random.
    """
    from scipy.special import ndtr

    cut, score, weight = _flagged_scores(flagged)
    r = np.asarray(accuracy, dtype=np.float64)[..., None]
    low = ndtr((cut - r * score) / np.sqrt(np.maximum(1e-12, 1.0 - r**2)))
    share: Floats = (low * weight).sum(axis=-1)
    return share


@cache
def _flagged_scores(flagged: float) -> tuple[float, Floats, Floats]:
    """Return the score above which people are flagged, and points above it with weights that add up to 1."""
    from scipy.special import ndtri

    cut = float(ndtri(1.0 - flagged))
    place, weight = np.polynomial.legendre.leggauss(_POINTS)
    score = cut + (place + 1.0) * (_FARTHEST - cut) / 2.0
    weight = weight * np.exp(-0.5 * score**2)
    return cut, score, weight / weight.sum()
