"""The listening network is a small world within each market."""

import networkx as nx
import numpy as np
import pytest

from simulation.behaviour.network import (
    MARGIN,
    close_talk,
    far_acquaintance,
    listeners_of,
    repeat_ends,
    row_length,
    row_starts,
)

SIZE, KEY = 600, np.uint64(12345)


def graph(far: int) -> nx.Graph:
    near = [(i, (i + step) % SIZE) for i in range(SIZE) for step in (1, 2, 3)]
    shortcuts = [(i, far_acquaintance(KEY, i, which, SIZE)) for i in range(SIZE) for which in range(far)]
    return nx.Graph([edge for edge in near + shortcuts if edge[0] != edge[1]])


def test_neighbourhoods_are_tight_and_the_market_is_small() -> None:
    ring, world = graph(0), graph(1)
    # A ring of three neighbours on either side: clustering 3/5, mean distance about SIZE / 12.
    assert nx.average_clustering(ring) == pytest.approx(0.6)
    assert nx.average_clustering(world) > 0.3
    assert nx.average_shortest_path_length(world) < 6 < 40 < nx.average_shortest_path_length(ring)


def test_far_acquaintances_are_anywhere_and_two_are_two() -> None:
    first, second = ([far_acquaintance(KEY, i, which, SIZE) for i in range(SIZE)] for which in (0, 1))
    assert min(first) < 15 and max(first) > SIZE - 15 and max(first) < SIZE
    assert sum(a == b for a, b in zip(first, second, strict=True)) < 8


def test_the_margins_repeat_the_other_end() -> None:
    bounds = np.array([0, 5, 9])
    starts, length = row_starts(bounds), row_length(bounds)
    talk = np.zeros(length, np.uint8)
    talk[starts[0] : starts[0] + 5] = [1, 2, 3, 4, 5]
    repeat_ends(talk, starts[0], 5)
    assert talk[starts[0] - 2 : starts[0]].tolist() == [4, 5]
    assert talk[starts[0] + 5 : starts[0] + 8].tolist() == [1, 2, 3]
    assert starts[1] - (starts[0] + 5) == 2 * MARGIN


@pytest.mark.parametrize("far", [0, 1, 2])
def test_who_listens_from_afar_hears_what_a_far_acquaintance_said(far: int) -> None:
    bounds, first = np.array([0, SIZE, SIZE, 2 * SIZE + 5]), [40, 40, 900]  # one market is empty
    starts, talk = row_starts(bounds), np.zeros((1, row_length(bounds)), np.uint8)
    told, talkative = np.zeros_like(talk), np.zeros((3, 1), np.uint8)
    listeners = listeners_of(KEY, far, bounds, np.array(first))
    for market, (row, size) in enumerate(zip(starts, np.diff(bounds), strict=True)):
        said = talk[0, row : row + size]
        said[::7], said[::11] = 1, 4
        close_talk(talk, told, row, size, listeners, talkative[market])
        acquainted = [
            [far_acquaintance(KEY, first[market] + i, which, size) for which in range(far)] for i in range(size)
        ]
        heard = [int(np.bitwise_or.reduce(said[each])) if each else 0 for each in acquainted]
        assert told[0, row : row + size].tolist() == heard
    assert talkative[:, 0].tolist() == [5, 0, 5]
