"""The kinds of columns that passes take, and the rows they read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Weeks = NDArray[np.int16]
Traits = NDArray[np.float32]
Cents = NDArray[np.int32]
Numbers = NDArray[np.uint32]
Record = Any  # one row of LEVERS, of PRACTICE or of the numbers
