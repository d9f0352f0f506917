"""What purchases tell an insurer: how well a score fits, and whom it misjudges."""

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
