"""What purchases tell an insurer: how well a score fits, and whom it misjudges."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_POINTS = 400
_FARTHEST = 6.0  # standard deviations


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
    from scipy.special import ndtr, ndtri

    cut = float(ndtri(1.0 - flagged))
    score = np.linspace(cut, _FARTHEST, _POINTS)
    weight = np.exp(-0.5 * score**2)
    r = np.asarray(accuracy, dtype=np.float64)[..., None]
    low = ndtr((cut - r * score) / np.sqrt(np.maximum(1e-12, 1.0 - r**2)))
    share: Floats = (low * weight).sum(axis=-1) / weight.sum()
    return share
