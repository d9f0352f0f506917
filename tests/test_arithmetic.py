"""Our own exponential and kin agree with the mathematics library, and do not depend on it."""

import math

import numpy as np
import pytest

from simulation.behaviour.arithmetic import cosine_of_turns, exponential, logarithm, logistic


@pytest.mark.parametrize("x", [-700.0, -30.5, -1.0, -1e-9, 0.0, 1e-9, 0.3465, 1.0, 20.0, 699.0])
def test_exponential(x: float) -> None:
    assert exponential(x) == pytest.approx(math.exp(x), rel=1e-9)


@pytest.mark.parametrize("x", [1e-300, 1e-12, 0.1, 0.7071, 0.9999999, 1.0, 1.4142, 2.0, 1e5, 1e300])
def test_logarithm(x: float) -> None:
    assert logarithm(x) == pytest.approx(math.log(x), rel=1e-9, abs=1e-10)


def test_cosine_of_turns() -> None:
    for turns in np.linspace(0, 1, 101).tolist():
        assert cosine_of_turns(turns) == pytest.approx(math.cos(2 * math.pi * turns), abs=1e-9)


def test_logistic_is_symmetric_and_saturates() -> None:
    assert logistic(0.0) == 0.5
    assert logistic(2.0) + logistic(-2.0) == pytest.approx(1.0, abs=1e-9)
    assert logistic(-1000.0) < 1e-300 < 1.0 - 1e-12 < logistic(1000.0) <= 1.0
