"""The patient rule induction method: boxes worked out by hand, and the boxes of another implementation."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulation.questions.robust.prim import Peeling

Flags = NDArray[np.bool_]


def peeling(hits: str, slice_size: float, **values: Sequence[float]) -> Peeling:
    """Return the boxes of worlds whose hits are spelled as x, other worlds as a dot."""
    worlds = [dict(zip(values, world, strict=True)) for world in zip(*values.values(), strict=True)]
    return Peeling(worlds, np.array([letter == "x" for letter in hits]), slice_size)


def test_slices_are_peeled_off_until_only_hits_are_left() -> None:
    found = peeling(".....xxxxx", 0.2, x=range(10))
    # a fifth of ten worlds ends between 1 and 2, of the eight left between 3 and 4, of the six left between 5 and 6
    assert [found.limits(box) for box in range(len(found))] == [{}, {("x", 0): 1.5}, {("x", 0): 3.5}, {("x", 0): 5.5}]
    assert found.coverage_and_density().tolist() == [[1, 5 / 10], [1, 5 / 8], [1, 5 / 6], [4 / 5, 1]]


def test_a_limit_is_a_quasi_p_value_away_from_chance() -> None:
    found = peeling(".....xxxxx", 0.2, x=range(10))  # without its limit, half of a box are hits
    assert found.quasi_p_values(0) == {}
    assert found.quasi_p_values(2) == {("x", 0): pytest.approx((6 + 1) / 2**6)}  # five or six hits of six
    assert found.quasi_p_values(3) == {("x", 0): pytest.approx(1 / 2**4)}


def test_a_slice_too_many_is_pasted_back() -> None:
    found = peeling("xxxx..xxx..", 0.2, x=range(11))
    # peeled above 7.5: six hits in eight; no slice less is denser, but the world at 8 makes it seven hits in nine
    assert [found.limits(box) for box in range(len(found))] == [{}, {("x", 1): 7.5}, {("x", 1): 8.5}]
    assert found.coverage_and_density().tolist() == [[1, 7 / 11], [6 / 7, 6 / 8], [1, 7 / 9]]


def test_worlds_that_are_alike_are_peeled_off_together() -> None:
    assert peeling("....xxxxxx", 0.1, x=[3, 3, 3, 3, 5, 6, 7, 8, 9, 10]).limits(1) == {("x", 0): 4}
    assert peeling("xxxxxx....", 0.1, x=[1, 2, 3, 4, 5, 6, 8, 8, 8, 8]).limits(1) == {("x", 1): 7}
    assert len(peeling("....xxxxxx", 0.1, x=[3] * 10)) == 1  # nothing tells them apart


def test_a_box_of_less_than_a_twentieth_of_all_worlds_is_not_made() -> None:
    # 60 worlds are peeled to 33, 18, 10, 5 and 3, which is a twentieth; of 61 worlds 3 are fewer than that
    assert peeling("." * 58 + "xx", 0.45, x=range(60)).coverage_and_density()[-1].tolist() == [1, 2 / 3]
    assert peeling("." * 59 + "xx", 0.45, x=range(61)).coverage_and_density()[-1].tolist() == [1, 2 / 5]


def test_of_two_limits_one_can_be_taken_away() -> None:
    apart = [0.0, 1.0, 2.0, 3.0]
    grid = [(x, y) for x in apart for y in apart]
    hits = "".join("x" if x > 1 and y > 1 else "." for x, y in grid)
    found = peeling(hits, 0.2, x=[x for x, _ in grid], y=[y for _, y in grid])
    last = len(found) - 1
    assert set(found.limits(last)) == {("x", 0), ("y", 0)}
    assert found.coverage_and_density()[last].tolist() == [1, 1]
    wider = found.without(last, ("y", 0))
    assert wider == last + 1 == len(found) - 1
    assert set(found.limits(wider)) == {("x", 0)}
    assert found.coverage_and_density()[wider].tolist() == [1, 1 / 2]  # the right half of the grid: four hits of eight


# --- another implementation ---------------------------------------------------------------------------------------


def drawn(seed: int) -> tuple[NDArray[np.float64], Flags]:
    """Return points and hits: in a corner or a ball, with some of them turned over; every third time with ties."""
    rng = np.random.default_rng(seed)
    points = rng.random((int(rng.integers(40, 300)), int(rng.integers(1, 6))))
    if seed % 3 == 0:
        points = np.round(8 * points) / 8
    corner = (points[:, 0] < 0.5) & (points[:, -1] > 0.3)
    ball = ((points - 0.5) ** 2).sum(axis=1) < 0.2
    return points, (ball if seed % 2 else corner) ^ (rng.random(len(points)) < rng.choice([0.02, 0.1, 0.3]))


def theirs(worlds: Sequence[Mapping[str, float]], hits: Flags, slice_size: float) -> Any:
    """Return the box, with all on the way to it, that ema_workbench finds; its threshold stops nothing."""
    import pandas as pd
    from ema_workbench.analysis.prim import Prim

    points = pd.DataFrame([dict(world) for world in worlds])
    return Prim(points, hits.astype(np.int64), 1e-9, peel_alpha=slice_size, paste_alpha=slice_size).find_box()


@pytest.mark.slow
@pytest.mark.parametrize("slice_size", [0.05, 0.1, 0.2])
def test_boxes_are_those_of_ema_workbench(slice_size: float) -> None:
    pytest.importorskip("ema_workbench", reason="the extra dev has it, for this test alone")
    widened = 0
    for seed in range(12):
        points, hits = drawn(seed)
        worlds = [{f"n{place}": float(value) for place, value in enumerate(row)} for row in points]
        ours = Peeling(worlds, hits, slice_size)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it says of pandas is its own affair
            other = theirs(worlds, hits, slice_size)
        trajectory = other.peeling_trajectory[["coverage", "density"]].to_numpy()
        assert ours.coverage_and_density().tolist() == trajectory.tolist()
        widened += int((np.diff(trajectory[:, 0]) > 0).any())
        for box, (lower, upper) in enumerate(each.to_numpy() for each in other.box_lims):
            for (name, side), limit in ours.limits(box).items():
                assert limit == (lower, upper)[side][int(name[1:])]
            free = (lower == points.min(axis=0)).sum() + (upper == points.max(axis=0)).sum()
            assert len(ours.limits(box)) == 2 * points.shape[1] - free
            for (name, side), chance in ours.quasi_p_values(box).items():
                assert chance == pytest.approx(other.qp[box][name][side], rel=1e-9)
    assert widened  # pasting had its say
