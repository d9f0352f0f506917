"""The recipes for analysts run as they stand, and what they find agrees with a second way of finding it."""

import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation import aislefour as a4
from simulation.model.ledger import Measure
from simulation.questions.churn.survival import cumulative_incidence
from simulation.runs.detail import Recorder
from simulation.runs.outcome import Outcome
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario

PAGES = Path(a4.__file__).parents[1] / "docs" / "recipes"
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
POLICY, BASELINE, WEEKS = "sale exposed", "status quo", 120


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    """Return a small run of the shipped case, and the folder below which its tables lie as the recipes read them."""
    case = a4.read("shopsense_ifa").with_changes(policies=[POLICY], shoppers=600, weeks=WEEKS, replicates=4)
    recorder, place = Recorder(["events", "shoppers"]), tmp_path_factory.mktemp("recipes")
    lived = run_scenario(case, split=True, observer=recorder)
    write_results(lived, place / "results" / "shopsense_ifa", format="parquet", recorder=recorder)
    return lived, place


def patrons_at_the_end(made: dict[str, Any], outcome: Outcome) -> None:
    end = made["run"].shoppers.query("policy == @POLICY and patron == 1")
    assert made["patrons"].iloc[:, -1].sum() == len(end)
    assert made["size"]["opening"] == made["people"]["opening_patron"].sum()


def uplift_is_what_the_books_differ_by(made: dict[str, Any], outcome: Outcome) -> None:
    books = sum(each.weekly[..., Measure.SALES].sum(axis=(0, 2, 3)) for each in outcome.replicates)
    assert made["uplift"].sum() == pytest.approx((books[1] - books[0]) / 100, abs=0.005)
    assert made["table"]["touched_share"].between(0.05, 0.95).all()


def thirds_are_thirds(made: dict[str, Any], outcome: Outcome) -> None:
    here = made["here"]
    baseline = here[here["policy"] == BASELINE]
    assert baseline["rfm"].str[2].value_counts(normalize=True).to_numpy() == pytest.approx([1 / 3] * 3, abs=0.01)
    assert baseline.groupby(baseline["rfm"].str[2])["sales_cents"].mean().is_monotonic_increasing
    kept = 1 - outcome.staying()[:, -1, 0].mean()
    assert made["churn"] == pytest.approx(kept) and 0 < made["kept"] < 1


def the_pilot_is_found_with_a_larger_error(made: dict[str, Any], outcome: Outcome) -> None:
    effect, error, truth = made["fit"].params["effect"], made["fit"].bse["effect"], made["truth"]
    assert abs(effect - (truth["Southern Michigan"] - truth["elsewhere"])) < 3 * error
    assert made["errors"]["Southern Michigan"] < error
    assert truth["Southern Michigan"] < -2 * made["errors"]["Southern Michigan"], "a story that most read costs sales"


def the_window_is_that_of_the_books(made: dict[str, Any], outcome: Outcome) -> None:
    sales = outcome.weekly(Measure.SALES) / outcome.per_shopper
    at_the_story = sales[:, 78, 1] - sales[:, 78, 0]
    assert made["means"].loc[0, "sales_cents"] == pytest.approx(at_the_story.mean() / 600)
    assert made["means"].loc[0:8, "sales_cents"].max() < 0


def incidence_is_that_of_aalen_and_johansen(made: dict[str, Any], outcome: Outcome) -> None:
    for policy, ends in made["ends"].items():
        group = made["members"][made["members"]["policy"] == policy]
        left, dropped = (group[name].fillna(WEEKS + 1).to_numpy(int) for name in ("left_week", "dropped_week"))
        first = np.minimum(left, dropped)
        cause = np.where(first > WEEKS, 0, np.where(dropped <= left, 1, 2))
        found = cumulative_incidence(np.minimum(first, WEEKS), cause, 2, WEEKS)
        assert ends == pytest.approx(found.estimate[:, -1].tolist(), abs=1e-12)
    assert np.isfinite(made["cox"].params).all() and (made["cox"].bse > 0).all()


def everybody_who_learned_is_counted(made: dict[str, Any], outcome: Outcome) -> None:
    shoppers = made["run"].shoppers.query("policy == @POLICY")
    assert made["table"]["size"].sum() == (shoppers["aware_week"] + 26 <= WEEKS).sum()
    assert set(made["table"].index) >= {"press", "1 acquaintances"} and made["table"]["sum"].sum() > 0


def words_are_lives(made: dict[str, Any], outcome: Outcome) -> None:
    late = made["run"].events.query("week >= 79")
    assert len(made["words"]) == len(late.drop_duplicates(["policy", "replicate", "shopper"]))
    assert made["after"].sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert made["common"].sort_values("more").index[-1].startswith("learned")


CHECKS: dict[str, Callable[[dict[str, Any], Outcome], None] | None] = {
    "index": None,
    "cohort_churn": patrons_at_the_end,
    "uplift": uplift_is_what_the_books_differ_by,
    "clv_rfm": thirds_are_thirds,
    "difference_in_differences": the_pilot_is_found_with_a_larger_error,
    "event_study": the_window_is_that_of_the_books,
    "survival": incidence_is_that_of_aalen_and_johansen,
    "dose_response": everybody_who_learned_is_counted,
    "sequences": words_are_lives,
}


def test_every_recipe_is_tried_and_linked() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(CHECKS)
    links = set(re.findall(r"\((\w+)\.md\)", (PAGES / "index.md").read_text(encoding="utf-8")))
    assert links == set(CHECKS) - {"index"}


@pytest.mark.parametrize("page", CHECKS)
def test_a_recipe_finds_what_a_second_way_finds(
    page: str,
    outcome: tuple[Outcome, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(outcome[1])
    monkeypatch.setitem(sys.modules, "aislefour", a4)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning, module="statsmodels")  # of its own use of pandas
        import statsmodels.api  # noqa: F401 # which says so when it is imported
    made: dict[str, Any] = {}
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    for code in CODE.findall(text):
        exec(code, made)
    assert capsys.readouterr().out.strip() and text.count("```python") >= 1
    if check := CHECKS[page]:
        assert "**How to read it.**" in text
        check(made, outcome[0])
        assert isinstance(made["run"].summary, pd.DataFrame)
