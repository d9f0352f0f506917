"""The shipped case under ten seeds: stated errors are honest, and no two answers rank policies in opposite order."""

from pathlib import Path

import numpy as np
import pytest

from simulation.runs.headline import Headline, headline
from simulation.runs.run import run_scenario
from simulation.scenario.reading import read_scenario

SHIPPED = Path(__file__).parents[1] / "scenarios" / "shopsense_ifa.yaml"

# The standard deviation of ten means, over the error that each states, lies between these in 98 of 100 tries if the
# errors are true: the square root of an F of 9 degrees over the 30 of ten runs with four blocks each.
LEAST, MOST = 0.43, 1.72


@pytest.fixture(scope="module")
def answers() -> list[Headline]:
    """Return what ten seeds answer, seen by few shoppers."""
    case = read_scenario(SHIPPED).with_changes(shoppers=400, replicates=64)  # four blocks, as the limits above
    return [headline(run_scenario(case.with_changes(seed=seed), split=True)) for seed in range(1, 11)]


@pytest.mark.release
def test_means_differ_between_seeds_by_as_much_as_their_errors_say(answers: list[Headline]) -> None:
    for place in range(1, len(answers[0].rows)):
        found = [answer.rows[place].difference_mean for answer in answers]
        spread = np.std([each.value for each in found], ddof=1)
        stated = np.sqrt(np.mean([each.error**2 for each in found if each.error is not None]))
        assert LEAST < spread / stated < MOST, answers[0].rows[place].policy


@pytest.mark.release
def test_no_two_answers_rank_two_policies_in_opposite_order(answers: list[Headline]) -> None:
    better: dict[frozenset[str], set[str]] = {}
    for answer in answers:
        assert answer.ranking is not None
        for pair in answer.ranking.pairs:
            if pair.resolved:
                better.setdefault(frozenset((pair.better, pair.worse)), set()).add(pair.better)
    assert better and all(len(names) == 1 for names in better.values())
