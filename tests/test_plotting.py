"""Any line of a run's results can be plotted, from its tables alone; what they do not hold is refused in words."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from simulation.cli.plotting import plot as verb
from simulation.report.plot_lines import FEWEST, SHOPPERS_BY, WEEKLY_BY, plottable
from simulation.report.plotting import plot, save_plot
from simulation.runs.folders import write_whole
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import Outcome
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.scenario.schema import scenario_type

SALE = {"week": 5, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
STORY = {"week": 9, "do": "press_story", "about": "share_data", "reach": 0.8}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    data = {
        "title": "t",
        "uncertain": "chance",
        "question": "q?",
        "weeks": 30,
        "population": {"shoppers": 900},
        "replicates": 3,
        "seed": 3,
    }
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
        ("card_use", MEASURES["card_use"].by_week),
        ("churn", lambda outcome: outcome.staying()[:, 1:]),
        ("trust", MEASURES["trust"].by_week),
        ("awareness", MEASURES["aware"].by_week),
        ("consent_debt", MEASURES["consent_debt"].by_week),
    ],
)
def test_a_line_is_the_median_of_the_replicates(what: str, read: Any, results: Path, outcome: Outcome) -> None:
    (axes,) = plot(results, what).axes
    for place, policy in enumerate(outcome.policies):
        assert np.allclose(lines(axes)[policy], np.median(read(outcome)[..., place], axis=0))


@pytest.mark.parametrize("what", plottable())
@pytest.mark.parametrize("by", WEEKLY_BY)
def test_everything_can_be_told_apart_by_what_the_weekly_table_holds(what: str, by: str, results: Path) -> None:
    figure = plot(results, what, by)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    drawn = {"sale"} if plottable()[what].so_far else {"status quo", "sale"}
    assert len(shown) == (1 if by == "policy" else len(drawn))
    wanted = {"policy": drawn, "market": {"north", "south"}}.get(by)
    assert wanted is None or set(lines(shown[0])) == wanted


@pytest.mark.parametrize("what", plottable())
@pytest.mark.parametrize("by", WEEKLY_BY)
def test_nothing_is_cut_off_and_the_legend_covers_no_line(what: str, by: str, results: Path) -> None:
    figure = plot(results, what, by)
    FigureCanvasAgg(figure).draw()
    wide, high = figure.get_size_inches() * figure.dpi
    panels = [axes for axes in figure.axes if axes.get_visible()]
    (legend,) = figure.legends
    for part in (*panels, legend, *figure.texts):
        box = part.get_tightbbox()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= wide and box.y1 <= high, part
    assert all(axes.get_window_extent().x1 < legend.get_window_extent().x0 for axes in panels)
    assert all(axes.get_tightbbox().y0 > text.get_tightbbox().y1 for axes in panels for text in figure.texts)


@pytest.mark.parametrize("by", SHOPPERS_BY)
def test_churn_can_be_told_apart_by_traits_of_shoppers(by: str, results: Path) -> None:
    if by in WEEKLY_BY:
        return
    table = pd.read_csv(results / "shoppers.csv")
    patrons = table[(table["policy"] == "sale") & (table["opening_patron"] == 1)]
    axes = plot(results, "churn", by, ["sale"]).axes[0]
    ends = sorted(float(values[-1]) for values in lines(axes).values())
    groups = [part["left_week"].notna() for _, part in patrons.groupby(by) if len(part) >= FEWEST]
    assert ends == pytest.approx(sorted(1 - left.mean() for left in groups)) and len(ends) > 1


def test_a_group_has_one_colour_in_every_panel_and_a_name_in_the_legend(results: Path) -> None:
    figure = plot(results, "churn", "heard_by")  # under the status quo nobody hears of anything
    colours: dict[str, set[Any]] = {}
    for axes in figure.axes:
        for line in axes.get_lines():
            colours.setdefault(str(line.get_label()), set()).add(line.get_color())
    assert all(len(each) == 1 for each in colours.values())
    assert len(set().union(*colours.values())) == len(colours) > 1
    legend = {text.get_text(): line.get_color() for text, line in _legend(figure)}
    assert legend == {name: next(iter(each)) for name, each in colours.items()}


def _legend(figure: Any) -> Any:
    (legend,) = figure.legends
    return zip(legend.get_texts(), legend.get_lines(), strict=True)


def test_what_a_policy_is_worth_so_far_ends_at_its_twins_difference(results: Path) -> None:
    table = pd.read_csv(results / "weekly.csv")
    totals = table.groupby(["policy", "replicate"])["contribution_cents"].sum().unstack("policy") / 100
    by_hand = ((totals["sale"] - totals["status quo"]) / 900).median()
    (axes,) = plot(results, "contribution_difference").axes
    assert lines(axes)["sale"][-1] == pytest.approx(by_hand) and by_hand != 0
    assert set(lines(axes)) == {"sale"}


@pytest.mark.parametrize("by", ["policy", "market", "tier"])
def test_policies_may_have_any_name(by: str, results: Path, tmp_path: Path) -> None:
    names = {"status quo": "None", "sale": "2024"}

    def rename(fresh: Path) -> None:
        (fresh / "run.json").write_bytes((results / "run.json").read_bytes())
        for name in ("weekly.csv", "shoppers.csv"):
            table = pd.read_csv(results / name)
            table.assign(policy=table["policy"].map(names)).to_csv(fresh / name, index=False)

    write_whole(tmp_path / "renamed", "run.json", rename)
    figure = plot(tmp_path / "renamed", "churn", by)
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()]
    assert (list(lines(figure.axes[0])) if by == "policy" else titles) == ["None", "2024"]


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
    "--out no-such": ({"out": Path("no-such/figure.png")}, ["there is no folder no-such"]),
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
    assert verb(tmp_path) == 2 and "it was cut, or belongs to another run" in capsys.readouterr().err
    (tmp_path / "run.json").write_text("[]")
    assert verb(tmp_path) == 2 and "results of format None" in capsys.readouterr().err


def test_the_figure_stands_beside_the_results(results: Path, capsys: Any) -> None:
    assert verb(results, what="revenue", by="market") == 0
    path = results.with_name("run-revenue-by-market.png")
    assert path.exists() and str(path) in capsys.readouterr().out
