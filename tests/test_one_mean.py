"""One policy has one mean: wherever a run shows what a policy comes to, both lives are weighted by their chances."""

from pathlib import Path

import numpy as np
import pytest
from conftest import SALE

from simulation.api.finished import of_folder, of_outcome
from simulation.model.accounts import Party
from simulation.questions.break_even.break_even import break_even
from simulation.questions.break_even.words import in_words
from simulation.questions.ensemble.ensemble import ensemble
from simulation.report.board import board
from simulation.report.figure_tables import sheet_under
from simulation.report.sections import parties
from simulation.runs.formats import dollars
from simulation.runs.headline import headline
from simulation.runs.outcome import Outcome
from simulation.runs.payers import accounts_against_the_first
from simulation.runs.result_tables import summary
from simulation.runs.results import write_results
from simulation.runs.return_sheet import return_sheet
from simulation.runs.run import run_scenario
from simulation.runs.tasks import carry_out
from simulation.scenario.reading import read_scenario

SHIPPED = Path(__file__).parents[1] / "scenarios" / "shopsense_ifa.yaml"
LOUD = {"press_hazard_per_year": 0.8, "exposure_shape": 1, "chance_story_reach": 0.6}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """Return a run without discount, in which luck exposes a policy more or less often than its chance says."""
    from simulation.scenario.schema import scenario_type

    data = {
        "title": "loud",
        "question": "does it pay?",
        "asks_about": "sale",
        "seed": 7,
        "weeks": 40,
        "replicates": 4,
        "population": {"shoppers": 100},
        "world": LOUD,
        "money": {"discount_rate_per_year": 0.0},
        "policies": {"status quo": [], "sale": [SALE]},
        "uncertain": {"others": "chance"},
    }
    return run_scenario(scenario_type().model_validate(data), threads=2, split=True)


@pytest.fixture(scope="module")
def mean(outcome: Outcome) -> float:
    """Return the mean by hand; plain luck gives another, or nothing were shown."""
    split = outcome.split
    assert split is not None
    lives = (1 - split.chance) * split.secret["value"] + split.chance * split.exposed["value"]
    found = float((lives[:, 1] - lives[:, 0]).mean())
    assert dollars(found) != dollars(float(outcome.difference()[:, 1].mean()))
    return found


def test_headline_statement_and_tables_show_it(outcome: Outcome, mean: float) -> None:
    found = headline(outcome)
    read = board(outcome, found)
    assert found.rows[1].difference_mean.value == pytest.approx(mean)
    assert dollars(abs(mean)) in read.said.verdict
    assert read.worth.rows[0][1] == dollars(mean, True)
    assert dict(zip(read.parties.heads, read.parties.rows[0], strict=True))["sale"] == dollars(mean, True)
    assert summary(outcome)["difference_mean_dollars"][1] == pytest.approx(mean)


def test_the_appendix_shows_it(outcome: Outcome, mean: float) -> None:
    assert accounts_against_the_first(outcome)[Party.RETAILER][1].value == pytest.approx(mean)
    assert parties(outcome)["rows"][0][1][0] == dollars(mean, True)
    assert sum(line.simulated for line in return_sheet(outcome, 1)) == pytest.approx(mean)
    assert sheet_under("naive_and_simulated", outcome).rows[0][2] == dollars(mean, True)
    assert sheet_under("gains_and_harms", outcome).rows[0][1] == dollars(mean, True)


def test_python_shows_it_of_a_run_and_of_a_folder(outcome: Outcome, mean: float, tmp_path: Path) -> None:
    write_results(outcome, tmp_path / "run")
    for run in (of_outcome(outcome), of_folder(tmp_path / "run")):
        assert run.difference()["sale"].mean() == pytest.approx(mean)
        assert run.compare("status quo", "sale").loc["value", "mean"] == pytest.approx(mean)
        assert dollars(mean, True) in repr(run)


def test_what_is_plotted_of_single_lives_says_so(outcome: Outcome) -> None:
    figure = of_outcome(outcome).plot("contribution_difference")
    assert "as luck lived each of them" in " ".join(text.get_text().replace("\n", " ") for text in figure.texts)


def test_lines_by_week_end_where_totals_do(outcome: Outcome) -> None:
    shown = float(sheet_under("trust", outcome).rows[-1][2])
    split = outcome.split
    assert split is not None
    by_hand = (1 - split.chance) * split.secret["trust"] + split.chance * split.exposed["trust"]
    assert shown == pytest.approx(float(by_hand[:, 1].mean()), abs=5e-4)
    assert not np.array_equal(by_hand, outcome.split.secret["trust"])


def test_break_even_shows_it_at_the_policy_s_own_value(outcome: Outcome, mean: float) -> None:
    found = break_even(outcome.scenario, "sale", "fee_per_member_year", (0.5, 1.0), tried=2)
    assert found.difference[:, 0] == pytest.approx(outcome.differences().by_replicate()[:, 1])
    assert f"At its own value, 0.5, it is worth {dollars(mean, True)} on average." in in_words(found)


@pytest.mark.slow
def test_an_ensemble_that_lives_it_anew_agrees_within_the_errors() -> None:
    """Ask as many draws of the shipped case by plain luck as a run weighs: the difference of both is that of luck."""
    case = read_scenario(SHIPPED).with_changes(policies=["quiet sale"], shoppers=200, weeks=156, replicates=64)
    run = headline(run_scenario(case, split=True)).rows[1].difference_mean
    found = ensemble(case, ["world.press_hazard_per_year"], 64, 4, carry_out)
    lived = found.difference()[..., 1]
    assert run.error is not None
    assert abs(float(lived.mean()) - run.value) < 3 * np.hypot(run.error, found.splits()[0].error)
