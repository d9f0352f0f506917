"""A population fitted to transactions: known numbers come back, another kind of shopping is told apart."""

import csv
import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import nbinom

from simulation.cli.calibrating import calibrate
from simulation.evidence.calibration import goodness_of_fit
from simulation.evidence.calibration.answer import write_calibration
from simulation.evidence.calibration.calibrate import fit_trips
from simulation.evidence.calibration.goodness_of_fit import (
    GOING_ON,
    Calibration,
    at_limits,
    calibrated,
    compared,
    errors_of_numbers,
    followed_by_silence,
    standard_errors,
)
from simulation.evidence.calibration.shopping_facts import Counts, Shopping, negative_binomial_shape
from simulation.evidence.calibration.shopping_process import Process, luck_of, simulated_shopping, simulated_trips
from simulation.evidence.calibration.transactions import How, read_transactions
from simulation.scenario.reading import read_scenario

KNOWN = Process(1.1, 1.6, 0.6, 0.97, 0.06, 2.7, 0.3, 0.5, 0.9, 0.1)
FILES = ["calibration.json", "fit.csv", "fit.svg", "population.yaml"]


def write_log(path: Path, trips: Counts, dollars: np.ndarray, discount: float = 0.0) -> Path:
    """Write each trip as a row of its own, all trips of a week on one of its days; return the path."""
    household, week = (np.repeat(places.ravel(), trips.ravel()) for places in np.indices(trips.shape))
    with path.open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(("household", "date", "amount", "basket", "discount"))
        for basket, (who, when) in enumerate(zip(household.tolist(), week.tolist(), strict=True)):
            row = who, 7 * when + 1 + who % 7, f"{dollars[basket]:.2f}", basket, f"{discount * dollars[basket]:.2f}"
            table.writerow(row)
    return path


@pytest.fixture(scope="module")
def known_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return log_of(2_500, tmp_path_factory.mktemp("known") / "known.csv")


@pytest.fixture(scope="module")
def small_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return log_of(400, tmp_path_factory.mktemp("small") / "small.csv")


def log_of(households: int, path: Path) -> Path:
    """Write the log of households that shop by known numbers for 56 weeks, a fifth off the gross; return the path."""
    luck = luck_of(households, 56, seed=11)
    trips = simulated_trips(KNOWN, luck)
    shopping = simulated_shopping(KNOWN, luck, trips, seed=12)
    return write_log(path, trips, shopping.dollars, discount=0.25)


@pytest.fixture(scope="module")
def found(known_log: Path) -> Calibration:
    return calibrated(read_transactions(known_log, How()), households=8_000, shown=4_000)


def test_known_numbers_come_back_from_their_log(found: Calibration) -> None:
    numbers = found.numbers
    assert numbers["trips_per_week"] == pytest.approx(KNOWN.trips_per_week, rel=0.1)
    assert numbers["trip_rate_shape"] == pytest.approx(KNOWN.trip_rate_shape, rel=0.35)
    assert numbers["trip_drift_spread"] == pytest.approx(KNOWN.trip_drift_spread, rel=0.35)
    assert numbers["trip_drift_persistence"] == pytest.approx(KNOWN.trip_drift_persistence, abs=0.02)
    assert numbers["returns_per_year"] == pytest.approx(1 - 0.94**52, abs=0.05)
    for name in Process._fields[5:]:
        assert numbers[name] == pytest.approx(getattr(KNOWN, name), rel=0.15, abs=0.06), name
    assert found.at_limits == () and found.fitted_weeks == 28


def test_what_is_said_of_how_far_numbers_may_be_off_covers_the_known_ones(found: Calibration) -> None:
    known, covered = KNOWN.numbers, []
    for name, value in found.numbers.items():
        covered.append(abs(value - known[name]) <= 3 * found.errors[name] + 0.05 * abs(known[name]))
    assert sum(covered) >= len(known) - 1, found.errors
    # trips by hand: households differ by Gamma and drift, and Poisson luck is small beside that over half a year
    by_hand = KNOWN.trips_per_week * np.sqrt((1 / KNOWN.trip_rate_shape + 0.3) / 2_500)
    assert by_hand / 3 < found.errors["trips_per_week"] < 3 * by_hand


def test_too_few_households_leave_it_unknown_how_far_numbers_may_be_off() -> None:
    assert errors_of_numbers(Shopping(np.ones((799, 30)), np.ones((799, 30)), np.ones(1), np.zeros(1)), 100) == {}


def test_the_model_with_these_numbers_meets_the_facts_of_the_log(found: Calibration) -> None:
    assert {fact.weeks for fact in found.facts} == {"all", "not fitted"}
    assert len(found.missed) <= len(found.facts) // 10, [
        (fact.name, fact.observed, fact.model) for fact in found.missed
    ]


def test_discounts_are_told_and_not_modelled(found: Calibration) -> None:
    use = found.discount_use
    assert use["discount, share of gross"] == pytest.approx(0.2, abs=0.001)
    assert use["baskets with a discount"] == pytest.approx(1, abs=0.01)  # but where the cheapest round to nothing


def likeliest_shape(totals: Counts) -> float:
    """Return the shape of the likeliest negative binomial, both numbers free, as scipy has it."""

    def surprise(point: np.ndarray) -> float:
        shape, mean = np.exp(point)
        return float(-nbinom.logpmf(totals, shape, shape / (shape + mean)).sum())

    return float(np.exp(minimize(surprise, [0.0, np.log(totals.mean())], method="Nelder-Mead").x[0]))


def test_the_fitted_trips_have_the_negative_binomial_that_scipy_finds_likeliest() -> None:
    trips = simulated_trips(KNOWN, luck_of(8_000, 30, seed=5))
    trips = trips[trips.sum(axis=1) > 0]
    likeliest = likeliest_shape(trips.sum(axis=1))
    assert negative_binomial_shape(trips.sum(axis=1)) == pytest.approx(likeliest, rel=0.01)
    luck = luck_of(8_000, 30, seed=6)
    fitted = simulated_trips(fit_trips(trips, luck, Process()), luck)
    fitted = fitted[fitted.sum(axis=1) > 0]
    assert fitted.mean() == pytest.approx(trips.mean(), rel=0.05)
    assert likeliest_shape(fitted.sum(axis=1)) == pytest.approx(likeliest, rel=0.1)


def test_silences_are_counted_only_where_they_could_have_been_seen_whole() -> None:
    trips = np.array([[1, 0, 1, 0, 0, 0], [0, 1, 1, 0, 0, 2]])  # the last two weeks are too late to begin one
    assert followed_by_silence(trips, 2) == pytest.approx([1, 3 / 4, 2 / 4])


def test_standard_errors_are_those_of_a_mean_over_households() -> None:
    random = np.random.default_rng(1)
    trips = random.poisson(random.gamma(2, 1, 20)[:, None], (20, 40))
    household = np.repeat(np.arange(20), trips.sum(axis=1))
    shopping = Shopping(trips, trips * 3.0, random.lognormal(2, 1, household.size), household)
    expected = trips.mean(axis=1).std(ddof=1) / np.sqrt(20)
    assert standard_errors(shopping)["trips mean"] == pytest.approx(expected)
    fact = compared("all", shopping, shopping)[0]
    assert fact.met and fact.tolerance == pytest.approx(max(2 * expected, 0.05 * trips.mean()))


def test_numbers_at_their_limits_are_named() -> None:
    numbers = KNOWN.numbers | {"basket_log_skew": 0.45, "trips_per_week": 0.01}
    assert at_limits(KNOWN.numbers) == () and set(at_limits(numbers)) == {"basket_log_skew", "trips_per_week"}


def test_a_fit_stays_where_a_scenario_may_set_its_numbers() -> None:
    far = Process(99, 0.001, 9, 1.5, 0.9, 20, 3, -1, 9, 2).within_limits()
    assert far.numbers["returns_per_year"] == pytest.approx(0.999)
    assert (far.trips_per_week, far.trip_drift_persistence, far.basket_log_spread_between) == (20, 0.9999, 0)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


# --- the verb -----------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let the verb simulate few households; return the folder for its results."""
    monkeypatch.setattr(goodness_of_fit, "calibrated", partial(calibrated, households=4_000, shown=2_000))
    return tmp_path / "results"


def test_the_verb_writes_a_population_that_a_scenario_can_take(
    small_log: Path, quick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate(small_log, out=quick) == 0
    folder = quick / "small-calibration"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    said = capsys.readouterr().out
    for words in (
        "not known",
        "56 full weeks",
        "Taken: ",
        "the busiest household, '",
        "facts",
        "left for validation",
        "no number for them",
        "population.yaml",
    ):
        assert words in said
    rows = rows_of(folder / "fit.csv")
    assert list(rows[0]) == ["weeks", "fact", "observed", "model", "difference", "tolerance", "pass"]
    assert {row["pass"] for row in rows} <= {"yes", "no", "not modelled"}
    for row in rows:
        if row["pass"] != "not modelled":
            assert float(row["difference"]) == pytest.approx(float(row["model"]) - float(row["observed"]), abs=1e-3)
    record = json.loads((folder / "calibration.json").read_text())
    assert record["rows"] == record["rows_used"] == len(small_log.read_text().splitlines()) - 1
    text = "title: t\nquestion: q?\nweeks: 9\npolicies: {none: []}\n"
    (quick / "ours.yaml").write_text(text + "population: {shoppers: 50, from: small-calibration/population.yaml}\n")
    overrides = read_scenario(quick / "ours.yaml").overrides
    assert {f"shopping.{name}": value for name, value in record["numbers"].items()} == overrides


def test_a_second_time_gives_the_same_files_to_the_byte(small_log: Path, tmp_path: Path) -> None:
    found, again = (
        calibrated(read_transactions(small_log, How(), chunk=chunk), households=2_000, shown=1_000)
        for chunk in (50_000, 7_000)
    )
    one, other = (
        {path.name: path.read_bytes() for path in write_calibration(each, small_log, tmp_path / name, "command")}
        for name, each in (("one", found), ("other", again))
    )
    assert one == other and sorted(one) == FILES


def test_households_that_drop_out_for_good_are_a_miss_that_is_said(
    quick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(3)
    trips = random.poisson(random.gamma(1.2, 1, 700)[:, None], (700, 60))
    trips[np.arange(60) > random.exponential(25, 700)[:, None]] = 0  # nobody comes back
    trips[:, 0] = 1
    log = write_log(tmp_path / "dropping.csv", trips, random.lognormal(3, 0.8, trips.sum()))
    assert calibrate(log, out=quick) == 0
    said = capsys.readouterr().out
    assert "It misses" in said and "drop out" in said
    rows = rows_of(quick / "dropping-calibration" / "fit.csv")
    going_on = next(row for row in rows if row["fact"] == GOING_ON)
    assert going_on["pass"] == "no" and float(going_on["observed"]) < 0.5 < 0.8 < float(going_on["model"])
    assert GOING_ON.split()[0] in (quick / "dropping-calibration" / "population.yaml").read_text()


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "bad row": ({}, "1 x amount not a number: line 3: 'x'"),
    "no such column": ({"store": "shop"}, "--store: there is no column 'shop'"),
    "too little": ({"skip_bad": True}, "full weeks"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_has_exit_code_2_and_writes_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options, said = REFUSED[name]
    (tmp_path / "log.csv").write_text("household,date,amount\na,2024-01-01,1\na,2024-01-02,x\n")
    assert calibrate(tmp_path / "log.csv", out=tmp_path / "results", **options) == 2
    shown = capsys.readouterr()
    assert said in shown.err and shown.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log-calibration").mkdir()
    (tmp_path / "log-calibration" / "notes.txt").write_text("mine")
    assert calibrate(tmp_path / "log.csv", out=tmp_path) == 2
    assert "something other than results" in capsys.readouterr().err


def test_baskets_that_all_cost_the_same_are_refused(
    quick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = write_log(tmp_path / "flat.csv", np.ones((105, 28), np.int64), np.full(105 * 28, 5.0))
    assert calibrate(log, out=quick) == 2
    assert "all cost the same" in capsys.readouterr().err and not quick.exists()
