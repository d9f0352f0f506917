"""Ensembles: variance split by hand, intervals from tables, growth until the error is small, and nothing done twice."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from simulation.questions.ensemble.ensemble import Ensemble, ensemble, tasks_of, until_error
from simulation.questions.ensemble.variance import (
    Split,
    error_of_median,
    losing,
    share_intervals,
    split,
    twins_pay,
    wilson,
)
from simulation.runs import tasks as plan
from simulation.runs.findings import Finding
from simulation.runs.sampling import worlds
from simulation.runs.tasks import Task
from simulation.scenario.schema import Scenario

REACH = "world.story_reach"
LUCK = (10.0, -4.0, 3.0, 0.0)


def stand_in(tasks: Sequence[Task]) -> list[Finding]:
    """Live tasks by a formula: the policy gains 3 dollars for a unit of reach, and what luck adds in turn."""
    return [
        Finding({"value": np.array([7.0, 7.0 + 3 * task.numbers[REACH] + LUCK[place % 4]])}, {})
        for place, task in enumerate(tasks)
    ]


@pytest.fixture
def case(make_scenario: Callable[..., Scenario]) -> Scenario:
    sale = {"week": 2, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 1.0}
    return make_scenario({"sale": [sale]}, weeks=12, population={"shoppers": 100}, uncertain={REACH: [0.1, 0.6]})


def test_what_adds_up_is_split_into_what_was_added() -> None:
    unknown, luck = np.array([0.0, 2.0, 7.0]), np.array([1.0, -1.0, 4.0, 0.0])
    found = split(unknown[:, None] + luck)
    within = luck.var(ddof=1)
    assert found.parts == pytest.approx((unknown.var(ddof=1) - within / 4, within))


def test_a_table_of_four_split_by_hand() -> None:
    found = split(np.array([[0.0, 2.0], [10.0, 12.0]]))  # means 1 and 11: 2 (5^2 + 5^2) = 100 between, 4 / 2 within
    assert found.parts == (49.0, 2.0)
    assert found.error == pytest.approx(np.sqrt(100 / 4)) and found.effective == pytest.approx(51 / 25)


def test_the_error_of_a_mean_falls_with_what_there_is_more_of() -> None:
    found = Split(not_knowing=9.0, chance=4.0, draws=3, replicates=2)
    assert found.error == pytest.approx(np.sqrt(9 / 3 + 4 / 6))
    assert found.error_at(6, 2) < found.error_at(3, 4) < found.error, "more draws tell more than as many replicates"


def test_the_error_holds_what_luck_does_to_a_rare_event() -> None:
    # Of 16 draws, each lived twice, one run in ten loses 100: the mean of 32 such runs is off by 100 sqrt(.09 / 32).
    lucks = np.random.default_rng(7).random((400, 16, 2)) < 0.1
    means, errors = zip(*[(-100 * each.mean(), split(-100.0 * each).error) for each in lucks], strict=True)
    assert np.std(means) == pytest.approx(100 * np.sqrt(0.09 / 32), rel=0.1)
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(means), rel=0.15)


def test_wilsons_interval_from_a_table() -> None:
    assert wilson(0.0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def test_the_share_of_losses_lies_in_its_interval() -> None:
    table = np.array([[-1.0, 2.0], [3.0, 4.0], [5.0, -6.0]])
    share, low, high = losing(table)
    assert share == pytest.approx(1 / 3) and 0 < low < share < high < 1
    assert losing(np.abs(table))[:2] == (0.0, 0.0)


def test_twins_pay_by_hand() -> None:
    baseline = np.array([[0.0, 2.0], [0.0, 2.0]])  # variance 2
    policy = np.array([[0.0, 2.2], [0.0, 2.2]])  # variance 2.42; the difference's is .02
    assert twins_pay(policy, baseline) == pytest.approx((2.42 + 2) / 0.02)
    assert twins_pay(baseline + 1, baseline) == float("inf")


def test_intervals_are_the_same_every_time_and_hold_the_shares() -> None:
    rng = np.random.default_rng(4)
    table = rng.normal(size=(40, 1)) * 2 + rng.normal(size=(1, 6)) + rng.normal(size=(40, 6)) * 0.5
    intervals = share_intervals(table, 1)
    assert intervals == share_intervals(table, 1)
    for share, (low, high) in zip(split(table).shares, intervals, strict=True):
        assert 0 <= low <= share <= high <= 1
    assert 0 < error_of_median(table, 1) < table.std()


def test_an_ensemble_over_a_formula_gives_the_formulas_variances(case: Scenario) -> None:
    found = ensemble(case, [REACH], 16, 4, stand_in)
    drawn = np.array([draw[REACH] for draw in found.draws])
    assert found.difference()[3, 2, 1] == pytest.approx(3 * drawn[3] + LUCK[2])
    (parts,) = found.splits()
    assert parts.chance == pytest.approx(np.var(LUCK, ddof=1))
    assert parts.not_knowing == pytest.approx(max(0.0, 9 * drawn.var(ddof=1) - parts.chance / 4))


def test_no_two_runs_of_an_ensemble_share_luck_and_the_first_are_a_run_s_replicates(case: Scenario) -> None:
    tasks = tasks_of(case, [REACH], 64, 8)
    assert len({task.replicate for task in tasks}) == 64 * 8
    for draw in (0, 5):
        (lived,) = plan.carry_out([tasks[8 * draw]])
        (as_run,) = plan.carry_out([Task(case, draw)])
        assert lived.measures["value"].tolist() == as_run.measures["value"].tolist()


def test_more_draws_begin_with_the_fewer(case: Scenario) -> None:
    few, many = worlds(case, [REACH], 8), worlds(case, [REACH], 32)
    assert many[:8] == few
    assert all(0.1 <= world[REACH] <= 0.6 for world in many)
    few_tasks = [task.key for task in tasks_of(case, [REACH], 8, 2)]
    assert set(few_tasks) < {task.key for task in tasks_of(case, [REACH], 16, 4)}


def test_an_ensemble_grows_until_the_error_is_small(case: Scenario) -> None:
    sizes = []

    def live(draws: int, replicates: int) -> Ensemble:
        sizes.append((draws, replicates))
        return ensemble(case, [REACH], draws, replicates, stand_in)

    assert until_error(live, 2, 4, 1.2).error <= 1.2
    assert sizes == [(2, 4), (4, 4), (8, 4)]  # luck's 34.9 / 4 for each draw: 2.1, 1.5 and 1.04


def test_what_cannot_be_told_apart_is_refused(case: Scenario) -> None:
    with pytest.raises(ValueError, match="2 draws and 2 replicates"):
        tasks_of(case, [REACH], 1, 4)
    with pytest.raises(ValueError, match="nothing to compare"):
        tasks_of(case.with_changes(policies=[]), [REACH], 2, 2)


FILE = """
title: t
question: q
weeks: 10
population: {shoppers: 100}
policies:
  none: []
  sale:
    - {week: 2, do: share_data, with: insurer, consent: none, fee_per_member_year: 1.0}
uncertain: {others: chance, world.story_reach: [0.1, 0.6], money.discount_rate_per_year: [0.0, 0.2]}
"""


def test_the_command_answers_and_lives_no_run_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulation.cli.questions import verb_of
    from simulation.questions.ensemble.question import Ensemble as Question

    command = verb_of(Question)

    (tmp_path / "case.yaml").write_text(FILE)
    asked = {"draws": 4, "replicates": 2, "shoppers": 100, "out": tmp_path / "results"}
    assert command(tmp_path / "case.yaml", **asked) == 0
    assert "not knowing" in capsys.readouterr().out
    folder = tmp_path / "results" / "case-ensemble"
    first = (folder / "draws.csv").read_bytes()
    assert json.loads((folder / "asked.json").read_text())
    monkeypatch.setattr(plan.Task, "live", lambda *of: pytest.fail("lived again"))
    assert command(tmp_path / "case.yaml", **asked) == 0
    assert (folder / "draws.csv").read_bytes() == first
    assert command(tmp_path / "case.yaml", **asked | {"over": ["world.story_reech"]}) == 2
    assert "world.story_reach" in capsys.readouterr().err
