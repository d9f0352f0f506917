"""Exponential, logarithm and their kin from + − × ÷ and bit patterns alone.

A library's `exp` differs between machines in the last bit and stops a loop from vectorising; these do neither.
Each is accurate to better than 1e-9 (relative; the cosine absolute), far beyond what behaviour can be known to.
"""

import numpy as np

from simulation.behaviour.compiling import rule

_ROUNDER = 6755399441055744.0  # 1.5 * 2**52: adding and taking it away rounds to the nearest whole number
_ROUNDER_BITS = 0x4338000000000000
_LOG2_E = 1.4426950408889634
_LN_2_HIGH = 0.693147180369123816490  # ln 2 in two parts, so that k * ln 2 loses nothing
_LN_2_LOW = 1.90821492927058770002e-10
_MANTISSA = 0x000FFFFFFFFFFFFF
_ONE = 0x3FF0000000000000
_SQRT_HALF_UP = 0x0009E3779B97F4A8  # rounds a mantissa above about 1.38 up to the next power of two


@rule
def exponential(x: float) -> float:
    """Return e to the x; x is taken as at most 700 in size."""
    x = min(max(x, -700.0), 700.0)
    rounded = x * _LOG2_E + _ROUNDER
    whole = rounded - _ROUNDER
    r = (x - whole * _LN_2_HIGH) - whole * _LN_2_LOW
    series = 1.0 / 40320.0
    series = series * r + 1.0 / 5040.0
    series = series * r + 1.0 / 720.0
    series = series * r + 1.0 / 120.0
    series = series * r + 1.0 / 24.0
    series = series * r + 1.0 / 6.0
    series = series * r + 0.5
    series = series * r + 1.0
    series = series * r + 1.0
    power = int(np.float64(rounded).view(np.int64)) - _ROUNDER_BITS
    return series * float(np.int64((power + 1023) << 52).view(np.float64))


@rule
def logarithm(x: float) -> float:
    """Return the natural logarithm of a positive, normal number."""
    bits = int(np.float64(x).view(np.int64))
    carry = (bits & _MANTISSA) + _SQRT_HALF_UP
    power = (bits >> 52) - 1023 + (carry >> 52)
    m = float(np.int64((bits & _MANTISSA) | (_ONE - ((carry >> 52) << 52))).view(np.float64))
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    series = 1.0 / 11.0
    series = series * z + 1.0 / 9.0
    series = series * z + 1.0 / 7.0
    series = series * z + 1.0 / 5.0
    series = series * z + 1.0 / 3.0
    series = series * z + 1.0
    return power * _LN_2_HIGH + (2.0 * s * series + power * _LN_2_LOW)


@rule
def logistic(x: float) -> float:
    """Return the chance whose log-odds are x."""
    return 1.0 / (1.0 + exponential(-x))


@rule
def cosine_of_turns(turns: float) -> float:
    """Return the cosine of an angle given in whole turns, between 0 and 1."""
    folded = abs(turns - 0.5) - 0.25  # cos(2 pi t) = sin(2 pi (|t - 1/2| - 1/4)): an odd function on a half turn
    x = 6.283185307179586 * folded
    z = x * x
    series = 1.0 / 6227020800.0
    series = series * z - 1.0 / 39916800.0
    series = series * z + 1.0 / 362880.0
    series = series * z - 1.0 / 5040.0
    series = series * z + 1.0 / 120.0
    series = series * z - 1.0 / 6.0
    series = series * z + 1.0
    return x * series
