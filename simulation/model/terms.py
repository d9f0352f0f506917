"""What one shopper of the plain engine reads in a week, as plain values with names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Terms = dict[str, Any]


@dataclass(frozen=True)
class Week:
    """What all shoppers of one market read this week under one policy."""

    number: int
    keys: NDArray[np.uint64]
    lever: Terms
    practices: Sequence[Terms]
    p: Terms  # the numbers
    shapes: NDArray[np.float64]  # noise of a week's baskets by number of trips
    talk: Sequence[int] | Mapping[int, int]  # what shoppers talked about last week, by number


def rounded(value: float) -> float:
    """Round to 24 bits, as the columns do."""
    return float(np.float32(value))
