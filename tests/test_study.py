"""Runs, the measures read off them, and the result tables."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import SALE

from simulation.model.accounts import Flow
from simulation.model.ledger import Measure
from simulation.report.figures import DRAWN, pictures
from simulation.report.report import add_report
from simulation.runs.executors import Means
from simulation.runs.folders import ResultsError
from simulation.runs.formats import dollars
from simulation.runs.headline import headline
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import Outcome, spread
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario
from simulation.show.drawing import save, spread_apart

HOSTILE = "<script>alert('x')</script> & \"friends\""


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    from simulation.scenario.schema import scenario_type

    data = {
        "title": HOSTILE,
        "question": "Does it pay?",
        "weeks": 60,
        "replicates": 3,
        "population": {"shoppers": 500},
        "markets": {"a": 0.4, "b": 0.6},
        "policies": {"status quo": [], "sale": [SALE, {"week": 20, "do": "press_story", "about": "share_data"}]},
        "uncertain": {"others": "chance", "behaviour.scar": [0.2, 0.6]},
    }
    return run_scenario(scenario_type().model_validate(data), threads=2, command="aislefour run x.yaml")


def by_hand(outcome: Outcome) -> Outcome:
    """Return an outcome of three weeks with sums that are easy to follow."""
    first = outcome.replicates[0]
    weekly = np.zeros((3, 2, 2, 9, len(Measure)), np.int64)
    accounts = np.zeros((3, 2, len(Flow)), np.int64)
    accounts[:, :, Flow.SALES] = [[11_000, 11_000], [11_000, 10_000], [11_000, 15_000]]
    accounts[:, :, Flow.FINES] = 1_000
    weekly[:, :, 0, 0, Measure.PATRONS] = [[99, 98], [97, 96], [97, 90]]
    weekly[:, :, 0, 0, Measure.LEFT] = weekly[:, :, 0, 0, Measure.FIRST_LEFT] = [[1, 2], [2, 2], [0, 6]]
    weekly[:, :, 0, 0, Measure.SHOPPERS] = 120
    weekly[:, :, 0, 0, Measure.SALES] = 1000
    weekly[:, :, 0, 0, Measure.CARDED_SALES] = [[800, 800], [800, 600], [800, 400]]
    scenario = outcome.scenario.with_changes(weeks=3, replicates=1)
    return replace(
        outcome, scenario=scenario, replicates=(replace(first, books=weekly, accounts=accounts, overrides={}),)
    )


def test_measures_worked_out_by_hand(outcome: Outcome) -> None:
    small = by_hand(outcome)
    rate = 1.08 ** (-1 / 52)
    value = 100 * rate + 100 * rate**2 + 100 * rate**3
    assert small.value()[0, 0] == pytest.approx(value)
    assert small.difference()[0] == pytest.approx([0, -10 * rate**2 + 40 * rate**3])
    assert small.opening_patrons().tolist() == [[100, 100]]
    assert small.staying()[0].tolist() == [[1, 1], [0.99, 0.98], [0.97, 0.96], [0.97, 0.90]]
    assert MEASURES["card_use"].by_week(small)[0, :, 1].tolist() == [0.8, 0.6, 0.4]
    assert small.revenue()[0] == pytest.approx([520, 520])


def test_the_spread_is_median_and_tenths() -> None:
    assert spread(np.arange(11.0)) == (5.0, 1.0, 9.0)


@pytest.mark.parametrize(
    ("amount", "words"), [(0, "$0"), (-1234567, "−$1.23 M"), (999_999, "$1 M"), (12.3, "$12.3"), (4.2e9, "$4.2 bn")]
)
def test_dollars_in_words(amount: float, words: str) -> None:
    assert dollars(amount) == words


def test_the_number_of_threads_and_workers_changes_nothing(outcome: Outcome) -> None:
    one = run_scenario(outcome.scenario, threads=1)
    two = run_scenario(outcome.scenario, means=Means(workers=2))
    for other in (one, two):
        for mine, theirs in zip(outcome.replicates, other.replicates, strict=True):
            assert np.array_equal(mine.weekly, theirs.weekly) and mine.overrides == theirs.overrides
        assert all(
            np.array_equal(a, b)
            for a, b in zip(outcome.crowd.lives_columns(), other.crowd.lives_columns(), strict=True)
        )


def test_uncertain_numbers_cover_their_ranges_whatever_the_number_of_replicates(outcome: Outcome) -> None:
    drawn = [drawn_numbers(outcome.scenario, replicate)["behaviour.scar"] for replicate in range(40)]
    assert 0.2 <= min(drawn) < 0.22 and 0.58 < max(drawn) <= 0.6
    assert np.histogram(drawn, bins=4, range=(0.2, 0.6))[0].min() >= 8
    assert drawn[2] == outcome.replicates[2].overrides["behaviour.scar"]
    assert drawn_numbers(outcome.scenario.with_changes(replicates=9), 2)["behaviour.scar"] == drawn[2]


def test_the_headline_says_who_loses_and_never_forecasts(outcome: Outcome) -> None:
    first = headline(outcome)
    assert first.rows[1].loses.value in (0, 1 / 3, 2 / 3, 1)
    assert first.as_data()["caveat"].startswith("An extrapolation, not a forecast")
    nothing = headline(run_scenario(outcome.scenario.with_changes(weeks=4, replicates=1)))
    assert nothing.rows[1].loses.value == nothing.rows[1].gains.value == 0.0


def test_results_describe_themselves_and_come_out_the_same(outcome: Outcome, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_results(outcome, tmp_path / name, add_report)
    paths = [path.relative_to(tmp_path / "one") for path in sorted((tmp_path / "one").rglob("*")) if path.is_file()]
    # nine tables, their description, the scenario, the record, the report
    assert len(paths) == 13 + len(pictures(outcome))
    for path in paths:
        if path.name != "run.json":  # which says how much memory the process has held so far
            assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes(), path
    package = json.loads((tmp_path / "one" / "datapackage.json").read_text())
    for resource in package["resources"]:
        table = pd.read_csv(tmp_path / "one" / resource["path"])
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == list(table.columns)
        for field in fields:
            if field["type"] == "integer":
                assert (table[field["name"]].dropna() % 1 == 0).all()
    assert read_scenario(tmp_path / "one" / "scenario.yaml") == outcome.scenario


def test_the_tables_hold_the_ledger(outcome: Outcome, tmp_path: Path) -> None:
    write_results(outcome, tmp_path / "out")
    weekly, ledger, shoppers = (
        pd.read_csv(tmp_path / "out" / f"{name}.csv") for name in ("weekly", "ledger", "shoppers")
    )
    assert len(weekly) == 3 * 60 * 2 * 2 * 3
    total = sum(replicate.weekly[..., Measure.SALES].sum() for replicate in outcome.replicates)
    assert weekly["sales_cents"].sum() == ledger["sales_cents"].sum() == total
    accounts = pd.read_csv(tmp_path / "out" / "accounts.csv")
    assert accounts[accounts["payment"] == "sales"]["paid_cents"].sum() == total
    assert accounts[accounts["payment"] == "fees"]["paid_cents"].sum() == ledger["fees_cents"].sum() > 0
    assert len(shoppers) == 2 * 500
    left = shoppers[(shoppers["policy"] == "sale") & (shoppers["opening_patron"] == 1)]["left_week"].notna().sum()
    assert left == outcome.replicates[0].weekly[:, 1, ..., Measure.FIRST_LEFT].sum()


def test_other_peoples_folders_are_left_alone(outcome: Outcome, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(ResultsError, match="something other than results"):
        write_results(outcome, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="a file stands in the way"):
        write_results(outcome, tmp_path / "file")


def test_a_run_that_dies_leaves_the_old_results_whole(outcome: Outcome, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_results(outcome, folder)
    before = (folder / "run.json").read_bytes()

    def fail(outcome: Outcome, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ResultsError, match="No space left"):
        write_results(outcome, folder, fail)
    assert (folder / "run.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_report_stands_alone_and_escapes_what_it_is_given(outcome: Outcome, tmp_path: Path) -> None:
    write_results(outcome, tmp_path / "out", add_report)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page
    for mark in ('src="', 'href="http', "url(http", "@import"):
        assert mark not in page
    assert page.count('role="img" aria-label="') == len(pictures(outcome))
    assert page.index("against &#39;status quo&#39;") < page.index("<svg")
    assert "not a forecast" in page and "aislefour run x.yaml" in page and "change of main store" not in page[:0]
    assert len(page) < 2_000_000
    ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", sorted(DRAWN.keys() - {"exposure", "world_swings"}))
def test_a_figure_is_drawn_for_any_shape_of_run(
    name: str, make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    for weeks, policies in ((3, {}), (110, {f"offers {n}": [] for n in range(7)})):
        small = run_scenario(make_scenario(policies, weeks=weeks, population={"shoppers": 60}))
        picture = DRAWN[name](small)
        assert picture is not None
        save(picture, tmp_path, png=True)
        assert picture.alt and "Simulated: 60 shoppers" in picture.caption
        assert (tmp_path / f"{name}.png").stat().st_size > 5_000


def test_dollars_in_a_policys_name_are_no_formula(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    small = run_scenario(make_scenario({"$1 {for some, $2} for most": []}, weeks=3, population={"shoppers": 60}))
    for picture in pictures(small):
        assert "$1 {for some, $2} for most" in picture.alt
        save(picture, tmp_path)  # a formula that is none would stop here


def test_labels_are_moved_apart_but_stay_in_order() -> None:
    moved = spread_apart([0.5, 0.5, 0.5, 0.9], [0.06, 0.06, 0.06])
    assert all(second - first > 0.059 for first, second in zip(moved, moved[1:], strict=False))
    assert moved[3] == pytest.approx(0.9) and moved[0] >= 0 and moved[-1] <= 1


def test_pictures_carry_what_is_said_beside_them(outcome: Outcome) -> None:
    names = [picture.name for picture in pictures(outcome)]
    # nobody knows what exposure would have brought, and too few replicates tell what moves the answer
    assert names == [name for name in DRAWN if name not in ("exposure", "world_swings")]
