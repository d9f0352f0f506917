"""The kinds of columns that passes take, and the rows they read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Halves = NDArray[np.int32]  # of words: luck, as it is drawn
Record = Any  # one row of LEVERS, of PRACTICE or of the numbers, or a block of PEOPLE, LIVES or SCRATCH
