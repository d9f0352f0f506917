"""What a policy is worth if it stays secret and if it comes out, what the headline says, and how sure it gets."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SALE

from simulation.cli.running import run
from simulation.runs.first_story import Split
from simulation.runs.growing import MOST, Goal, goal_of, run_until, shortfall
from simulation.runs.headline import headline
from simulation.runs.measures import STUDIED
from simulation.runs.outcome import Outcome
from simulation.runs.result_tables import summary
from simulation.runs.run import run_scenario
from simulation.runs.secrecy import Secrecy, secrecy
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
LOUD = {"press_hazard_per_year": 0.8, "exposure_shape": 1}


@pytest.fixture(scope="module")
def small() -> Outcome:
    from simulation.scenario.schema import scenario_type

    data = {
        "title": "loud",
        "question": "who tells?",
        "seed": 7,
        "weeks": 30,
        "replicates": 2,
        "population": {"shoppers": 60},
        "world": LOUD,
        "policies": {"status quo": [], "sale": [SALE]},
    }
    return run_scenario(scenario_type().model_validate(data), split=True)


def lived_as(
    small: Outcome, chance: list[float], week: list[int], secret: list[float], exposed: list[float]
) -> Outcome:
    """Return an outcome in which a policy has these chances, weeks and values, and the baseline always 100."""
    count = len(chance)
    names = {name: np.zeros((count, 2)) for name in STUDIED}
    split = Split(
        np.column_stack([np.zeros(count), chance]),
        np.column_stack([np.zeros(count, np.int64), week]),
        names | {"value": np.column_stack([np.full(count, 100.0), secret])},
        names | {"value": np.column_stack([np.full(count, 100.0), exposed])},
    )

    def of(number: int) -> Split:
        parts = ({name: values[number] for name, values in each.items()} for each in (split.secret, split.exposed))
        return Split(split.chance[number], split.week[number], *parts)

    replicates = tuple(replace(small.replicates[0], number=number, split=of(number)) for number in range(count))
    return replace(small, scenario=small.scenario.with_changes(replicates=count), replicates=replicates)


def found(outcome: Outcome, size: int = 1) -> Secrecy:
    told = secrecy(outcome, 1, size)
    assert told is not None
    return told


def test_secret_and_exposed_weigh_worlds_by_their_chances_and_add_up(small: Outcome) -> None:
    outcome = lived_as(small, [0.2, 0.6], [10, 70], [110.0, 130.0], [60.0, 90.0])
    told = found(outcome)
    assert told.chance.value == pytest.approx(0.4)
    assert told.if_secret.value == pytest.approx((0.8 * 10 + 0.4 * 30) / 1.2)
    assert told.if_exposed.value == pytest.approx((0.2 * -40 + 0.6 * -10) / 0.8)
    mean = (0.8 * 10 + 0.2 * -40 + 0.4 * 30 + 0.6 * -10) / 2
    assert told.expected(told.chance.value) == pytest.approx(mean)
    assert headline(outcome).rows[1].difference_mean.value == pytest.approx(mean)


def test_it_breaks_even_where_secret_and_exposed_make_up_for_each_other(small: Outcome) -> None:
    told = found(lived_as(small, [0.5] * 4, [1] * 4, [110.0, 110.0, 120.0, 120.0], [70.0, 40.0, 70.0, 40.0]))
    # 15 if secret, 45 lost if exposed
    assert told.verdict == "pays below" and told.break_even_chance is not None
    assert told.break_even_chance.value == pytest.approx(15 / 60)
    assert told.expected(0.25) == pytest.approx(0.0)
    # leaving one out: secret 50/3 or 40/3, exposed -50 or -40
    without = [a / (a + b) for a, b in ((50 / 3, 50), (50 / 3, 40), (40 / 3, 50), (40 / 3, 40))]
    error = (3 / 4 * sum((each - np.mean(without)) ** 2 for each in without)) ** 0.5
    assert told.break_even_chance.error == pytest.approx(error)
    # worlds: 10/40, 10/70, 20/50, 20/80
    assert told.break_even_by_world == (pytest.approx(1 / 7), pytest.approx(1 / 4), pytest.approx(2 / 5))


@pytest.mark.parametrize(
    ("secret", "exposed", "verdict"),
    [
        (90.0, 50.0, "loses even if secret"),
        (100.0, 50.0, "loses even if secret"),
        (120.0, 110.0, "gains even if exposed"),
    ],
)
def test_some_policies_have_no_break_even(small: Outcome, secret: float, exposed: float, verdict: str) -> None:
    told = found(lived_as(small, [0.5] * 4, [1] * 4, [secret] * 4, [exposed] * 4))
    assert told.verdict == verdict and told.break_even_chance is None


def test_break_even_if_all_risks_are_scaled_alike(small: Outcome) -> None:
    alike = found(lived_as(small, [0.3] * 64, [1] * 64, [110.0] * 64, [60.0] * 64))
    assert alike.break_even_chance is not None and alike.break_even_if_scaled is not None
    # ten in secret and forty lost exposed: a fifth, whatever the worlds' chances, as long as they are alike
    assert alike.break_even_chance.value == pytest.approx(0.2)
    assert alike.break_even_if_scaled.value == pytest.approx(0.2, abs=0.01)
    # half of the worlds earn 10 even exposed, the others 10 - 50 p: together 10 - 25 p, which turns at 0.4 in those
    never = found(lived_as(small, [0.3, 0.02] * 32, [1] * 64, [110.0] * 64, [60.0, 110.0] * 32))
    assert never.break_even_if_scaled is not None
    assert 0.2 < never.break_even_if_scaled.value < 0.23, "a mean of 0.2, and a little for the chances of the first"


def test_an_interval_of_a_chance_ends_at_none_and_all(small: Outcome) -> None:
    secret = [101.0, 160.0, 90.0, 95.0] * 16
    told = found(lived_as(small, [0.2] * 64, [1] * 64, secret, [60.0] * 64)).break_even_chance
    assert told is not None and told.low is not None and told.high is not None
    assert 0.0 <= told.low < told.value < told.high <= 1.0


def test_losses_are_told_by_the_year_of_the_story(small: Outcome) -> None:
    told = found(lived_as(small, [0.2, 0.1, 0.3, 0.4], [52, 53, 1, 104], [100.0] * 4, [20.0, 60.0, 70.0, 90.0]))
    first, second = told.by_year
    assert (first.year, first.replicates, second.year, second.replicates) == (1, 2, 2, 2)
    assert first.share == pytest.approx(0.5) and second.share == pytest.approx(0.5)
    assert first.difference.value == pytest.approx((0.2 * -80 + 0.3 * -30) / 0.5)
    assert second.difference.value == pytest.approx((0.1 * -40 + 0.4 * -10) / 0.5)
    assert first.difference.error is None, "two stories of four blocks tell no error"


def test_nothing_is_said_where_nothing_can_come_out(small: Outcome) -> None:
    assert secrecy(small, 0, 16) is None
    assert secrecy(run_scenario(small.scenario), 1, 16) is None


def test_the_headline_weighs_both_lives(small: Outcome) -> None:
    outcome = lived_as(small, [0.25] * 4, [9] * 4, [110.0, 120.0, 130.0, 140.0], [60.0, 70.0, 80.0, 90.0])
    row = headline(outcome).rows[1]
    # a sixteenth of all weight each for -40 -30 -20 -10, then three for each of 10 20 30 40
    assert (row.difference_low, row.difference, row.difference_high) == (-30.0, 20.0, 40.0)
    assert row.loses.value == 0.25 and row.gains.value == 0.75
    assert row.difference_mean.value == 0.75 * 25 - 0.25 * 25
    assert headline(outcome).ranking is None and headline(outcome).blocks == 0, "four replicates are no block of 16"


def test_the_headline_is_plain_data_and_the_summary_flat(small: Outcome) -> None:
    outcome = lived_as(small, [0.25] * 64, [9] * 64, np.linspace(101.0, 164.0, 64).tolist(), [60.0] * 64)
    first = headline(outcome)
    data = json.loads(json.dumps(first.as_data(), allow_nan=False))
    assert data["rows"][1]["secrecy"]["break_even_chance"]["error"] > 0
    assert data["ranking"]["pairs"][0]["better"] == first.ranking.order[0]  # type: ignore[union-attr]
    row = summary(outcome).iloc[1]
    assert row["break_even_chance"] == first.rows[1].secrecy.break_even_chance.value  # type: ignore[union-attr]
    assert (
        row["difference_mean_error_dollars"] == first.rows[1].difference_mean.error and row["verdict"] == "pays below"
    )
    assert np.isnan(summary(outcome).iloc[0]["if_secret_dollars"])


# --- as sure as was asked for -------------------------------------------------------------------------------------


def test_a_goal_is_dollars_or_a_share_of_the_baselines_value() -> None:
    assert goal_of(None, False) is None
    assert goal_of("50000", False) == Goal(50_000.0) and goal_of(50_000, True) == Goal(50_000.0, ranked=True)
    assert goal_of("0.1%", False) == Goal(share=0.001)
    assert goal_of(None, True) == Goal(ranked=True)
    for wrong in ("-1", "0", "much", "nan", "%", "inf"):
        with pytest.raises(ValueError, match="until_error must be dollars above 0, such as 50000, or a share"):
            goal_of(wrong, False)


def test_a_goal_knows_how_many_replicates_it_takes(small: Outcome) -> None:
    values = [*([101.0] * 32), *([103.0] * 32)]  # block means 1 1 3 3: standard deviation 2 / sqrt 3, error 1 / sqrt 3
    first = headline(lived_as(small, [0.0] * 64, [0] * 64, values, values))
    assert Goal(0.6).needs(first) == 64
    assert Goal(0.1).needs(first) == round(64 / 3 / 0.01)
    assert Goal(share=0.001).needs(first) == round(64 / 3 / 0.01), "the baseline is worth 100"
    assert not shortfall(Goal(0.6), first)
    assert shortfall(Goal(0.1), first) == "stopped at 64 replicates; about 2,133 would be as sure as was asked for"
    close = [100.0 + each - 101.5 for each in values]  # a difference of 0.5 is not resolved
    first = headline(lived_as(small, [0.0] * 64, [0] * 64, close, close))
    needed = first.ranking.pairs[0].replicates_needed  # type: ignore[union-attr]
    assert needed and Goal(ranked=True).needs(first) == needed


def test_whole_blocks_are_added_until_it_is_as_sure_as_asked_for(small: Outcome) -> None:
    asked: list[tuple[int, int]] = []

    def live(scenario: Scenario, after: Outcome | None) -> Outcome:
        asked.append((scenario.replicates, len(after.replicates) if after else 0))
        spread = [100.0 + 10 * (place // 16 % 2) for place in range(scenario.replicates)]
        return lived_as(small, [0.0] * scenario.replicates, [0] * scenario.replicates, spread, spread)

    run_until(small.scenario.with_changes(replicates=20), Goal(1.0), live)
    # four blocks at least; the error is 5 / sqrt(blocks - 1): 26 blocks give 1, and no look more than doubles
    assert asked[0] == (64, 0) and asked[1] == (128, 64) and asked[2] == (256, 128)
    assert asked[-1][0] in range(26 * 16, 29 * 16 + 1, 16)
    asked.clear()
    run_until(small.scenario, Goal(0.001), live)
    assert asked[-1][0] == MOST


def test_a_run_goes_on_from_the_replicates_it_has(make_scenario: Make) -> None:
    case = make_scenario({"sale": [SALE]}, weeks=6, population={"shoppers": 20})
    grown = run_until(case, Goal(1e9), lambda more, after: run_scenario(more, split=True, after=after))
    assert len(grown.replicates) == grown.scenario.replicates == 64
    assert np.array_equal(grown.difference(), run_scenario(case.with_changes(replicates=64)).difference())


def test_the_command_line_adds_replicates_and_says_when_it_stops(
    small_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    how: dict[str, Any] = {"out": tmp_path, "quiet": True, "as_json": True}
    assert run(small_file, until_error="1000000000", **how) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["replicates"], answer["blocks"], answer["block_size"]) == (64, 4, 16)
    assert run(small_file, until_error="none", **how) == 2
    assert capsys.readouterr().err.startswith("--until-error must be dollars above 0")
    assert run(small_file, until_ranked=True, shards=2, **how) == 2
    assert "--shards does not go with --until-error or --until-ranked" in capsys.readouterr().err


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    text = "title: t\nquestion: q\nweeks: 5\npopulation: {shoppers: 20}\npolicies: {status quo: [], sale: "
    action = "[{week: 2, do: share_data, with: insurer, consent: none, fee_per_member_year: 1}]}\n"
    (tmp_path / "small.yaml").write_text(text + action, encoding="utf-8")
    return tmp_path / "small.yaml"
