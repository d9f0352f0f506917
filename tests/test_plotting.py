"""Any line of a run's results can be plotted, from its tables alone; what they do not hold is refused in words."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation.cli.plotting import plot as verb
from simulation.scenario.schema import scenario_type
from simulation.show.plotting import SHOPPERS_BY, WEEKLY_BY, WHAT, plot, save_plot
from simulation.study.outcome import Outcome
from simulation.study.results import write_results
from simulation.study.runs import run_scenario

SALE = {"week": 5, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
STORY = {"week": 9, "do": "press_story", "about": "share_data", "reach": 0.8}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    data = {"title": "t", "question": "q?", "weeks": 30, "population": {"shoppers": 900}, "replicates": 3, "seed": 3}
    parts = {"markets": {"north": 0.4, "south": 0.6}, "policies": {"status quo": [], "sale": [SALE, STORY]}}
    return run_scenario(scenario_type().model_validate(data | parts))


@pytest.fixture(scope="module")
def results(outcome: Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "run"
    write_results(outcome, folder)
    return folder


def lines(axes: Any) -> dict[str, np.ndarray]:
    return {line.get_label(): line.get_ydata() for line in axes.get_lines()}


@pytest.mark.parametrize(
    ("what", "read"),
    [
        ("card_use", lambda outcome: outcome.card_use()),
        ("churn", lambda outcome: outcome.staying()[:, 1:]),
        ("trust", lambda outcome: outcome.trust()),
        ("awareness", lambda outcome: outcome.aware()),
        ("consent_debt", lambda outcome: outcome.consent_debt()),
    ],
)
def test_a_line_is_the_median_of_the_replicates(what: str, read: Any, results: Path, outcome: Outcome) -> None:
    (axes,) = plot(results, what).axes
    for place, policy in enumerate(outcome.policies):
        assert np.allclose(lines(axes)[policy], np.median(read(outcome)[..., place], axis=0))


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("by", WEEKLY_BY)
def test_everything_can_be_told_apart_by_what_the_weekly_table_holds(what: str, by: str, results: Path) -> None:
    figure = plot(results, what, by)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == (1 if by == "policy" else 2)
    wanted = {"policy": {"status quo", "sale"}, "market": {"north", "south"}}.get(by)
    assert wanted is None or set(lines(shown[0])) == wanted


@pytest.mark.parametrize("by", SHOPPERS_BY)
def test_churn_can_be_told_apart_by_traits_of_shoppers(by: str, results: Path) -> None:
    if by in WEEKLY_BY:
        return
    table = pd.read_csv(results / "shoppers.csv")
    patrons = table[(table["policy"] == "sale") & (table["opening_patron"] == 1)]
    axes = plot(results, "churn", by, ["sale"]).axes[0]
    ends = sorted(float(values[-1]) for values in lines(axes).values())
    by_hand = sorted(1 - part["left_week"].notna().mean() for _, part in patrons.groupby(by))
    assert ends == pytest.approx(by_hand)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_figure_is_the_same_bytes_every_time(ending: str, results: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        save_plot(plot(results, "trust"), tmp_path / f"{name}.{ending}")
    assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


REFUSED = {
    "--what": ({"what": "chrun"}, ["no 'chrun'", "did you mean 'churn'", "consent_debt"]),
    "--by": ({"what": "trust", "by": "tier"}, ["trust can be told apart by policy, market, segment, not by 'tier'"]),
    "--policies": ({"policies": ["sold"]}, ["there is no 'sold'", "status quo"]),
    "--out": ({"out": Path("figure.gif")}, [".png, .svg or .pdf"]),
}


@pytest.mark.parametrize("option", REFUSED)
def test_what_cannot_be_plotted_is_refused(option: str, results: Path, capsys: Any) -> None:
    asked, words = REFUSED[option]
    assert verb(results, **asked) == 2  # type: ignore[arg-type]
    said = capsys.readouterr().err
    assert option in said and all(each in said for each in words), said


def test_folders_that_hold_no_results_or_others_are_refused(results: Path, tmp_path: Path, capsys: Any) -> None:
    assert verb(tmp_path) == 2 and "holds no results of a run" in capsys.readouterr().err
    record = json.loads((results / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps(record | {"format": 1}))
    assert verb(tmp_path) == 2 and "results of format 1" in capsys.readouterr().err
    (tmp_path / "run.json").write_text(json.dumps(record))
    assert verb(tmp_path) == 2 and "weekly.csv: is missing" in capsys.readouterr().err
    (tmp_path / "weekly.csv").write_text("policy,week\na,1\n")
    assert verb(tmp_path) == 2 and "cannot be read as results" in capsys.readouterr().err
    (tmp_path / "run.json").write_text("[]")
    assert verb(tmp_path) == 2 and "results of format None" in capsys.readouterr().err


def test_the_figure_stands_beside_the_results(results: Path, capsys: Any) -> None:
    assert verb(results, what="revenue", by="market") == 0
    path = results.with_name("run-revenue-by-market.png")
    assert path.exists() and str(path) in capsys.readouterr().out
