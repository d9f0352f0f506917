"""The report as a board member opens it: accessible, on a phone, on paper."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulation.scenario.schema import scenario_type
from simulation.show.report import REPORT, add_report
from simulation.study.runs import run_scenario

pytestmark = pytest.mark.slow

LAUNCH = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    sale = {"week": 5, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
    story = {"week": 30, "do": "press_story", "about": "share_data"}
    data = {
        "title": "A sale",
        "question": "Does it pay?",
        "weeks": 110,
        "population": {"shoppers": 800},
        "replicates": 6,
    }
    policies = {"status quo": [], "quiet sale": [sale], "sale exposed": [sale, story]}
    drawn = {"uncertain": {"world.story_reach": [0.1, 0.5]}}
    add_report(run_scenario(scenario_type().model_validate(data | {"policies": policies} | drawn)), folder)
    return folder / REPORT


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.environ.get("AISLEFOUR_BROWSER") != "required":
        pytest.skip("no chromium on this machine")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=LAUNCH)
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [1200, 390])
def test_no_serious_barrier_and_no_sideways_scrolling(browser: Any, report: Path, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(report.as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = axe().run(page).response["violations"]
    page.close()
    assert wide <= width
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []


def test_on_paper_every_table_is_open_and_no_figure_is_cut(browser: Any, report: Path, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    hidden = page.evaluate("[...document.querySelectorAll('details table')].filter(t => !t.checkVisibility()).length")
    breaks = page.evaluate("[...document.querySelectorAll('figure')].map(f => getComputedStyle(f).breakInside)")
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    page.close()
    assert hidden == 0 and set(breaks) == {"avoid"}
    assert (tmp_path / "report.pdf").stat().st_size > 50_000
