"""The report as a board member opens it: accessible, on a phone, on paper."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from simulation.questions.reserve.answer import of_reserve
from simulation.questions.reserve.reserve import backlash_reserve
from simulation.report.answers import tell
from simulation.report.figures import DRAWN
from simulation.report.report import REPORT, add_report
from simulation.report.slides import write_slides
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.scenario.schema import scenario_type

pytestmark = pytest.mark.slow

PAPER = {"width": 672, "height": 1009}  # A4 within its margins, in pixels of 1/96 inch


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a report of a run of which the backlash reserve has been asked too."""
    folder = tmp_path_factory.mktemp("results") / "case"
    sale = {"week": 5, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
    story = {"week": 30, "do": "press_story", "about": "share_data"}
    data = {
        "title": "A sale",
        "uncertain": "chance",
        "question": "Does it pay?",
        "weeks": 110,
        "population": {"shoppers": 800},
        "replicates": 6,
    }
    policies = {"status quo": [], "quiet sale": [sale], "sale exposed": [sale, story]}
    drawn = {"uncertain": {"others": "chance", "world.story_reach": [0.1, 0.5]}}
    scenario = scenario_type().model_validate(data | {"policies": policies} | drawn)
    write_results(run_scenario(scenario, split=True), folder, add_report)
    asked = folder.with_name("case-reserve")
    replace(of_reserve(backlash_reserve(scenario, "quiet sale", every=26), scenario), origin={"title": "A sale"}).write(
        asked
    )
    tell(asked)
    return folder / REPORT


def test_every_figure_has_a_table_and_words_for_who_cannot_see_it(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    bare = page.evaluate(
        "[...document.querySelectorAll('figure')].filter(f => !f.closest('.page, :has(tbody td)')).length"
    )
    said = page.evaluate("[...document.querySelectorAll('figure [role=img]')].map(f => f.getAttribute('aria-label'))")
    page.close()
    assert bare == 0 and len(said) == len(DRAWN)  # that of the reserve beside; too few replicates to tell of the world
    assert min(map(len, said)) > 20 and "Exposure would cost" in said[-1]


@pytest.mark.parametrize("width", [1200, 390])
def test_no_serious_barrier_and_no_sideways_scrolling(
    browser: Any, barriers: Callable[[Any], list[str]], report: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(report.as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = barriers(page)
    page.close()
    assert wide <= width
    assert found == []


def test_on_a_phone_no_word_of_a_table_is_broken_and_figures_can_be_read(browser: Any, report: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(report.as_uri())
    widths = page.evaluate(
        "[...document.querySelectorAll('figure .scroll svg')].map(f => f.getBoundingClientRect().width)"
    )
    broken = page.evaluate(_BROKEN)
    page.close()
    assert min(widths) > 500  # in a box of its own that scrolls
    assert broken == []


_BROKEN = """[...document.querySelectorAll('table.words td, table.words th')].flatMap(cell => {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [], range = document.createRange();
  while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/[A-Za-z]+/g)) {
    range.setStart(texts.currentNode, word.index);
    range.setEnd(texts.currentNode, word.index + word[0].length);
    if (new Set([...range.getClientRects()].map(box => box.top)).size > 1) found.push(word[0]);
  }
  return found;
})"""


def test_on_paper_every_table_is_open_and_no_figure_is_cut(browser: Any, report: Path, tmp_path: Path) -> None:
    page = browser.new_page(viewport=PAPER)
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    heights = page.evaluate("[...document.querySelectorAll('figure')].map(f => f.getBoundingClientRect().height)")
    hidden = page.evaluate("[...document.querySelectorAll('details table')].filter(t => !t.checkVisibility()).length")
    breaks = page.evaluate("[...document.querySelectorAll('figure')].map(f => getComputedStyle(f).breakInside)")
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    page.close()
    assert hidden == 0 and set(breaks) == {"avoid"}
    assert max(heights) < PAPER["height"] and median(heights) < PAPER["height"] / 2  # two to a page
    assert (tmp_path / "report.pdf").stat().st_size > 50_000


def test_the_board_s_figures_are_whole_on_a_phone(browser: Any, report: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(report.as_uri())
    boxes = page.evaluate(
        "[...document.querySelectorAll('.page figure svg')]"
        ".map(figure => figure.getBoundingClientRect()).map(box => [box.left, box.right])"
    )
    page.close()
    assert len(boxes) == 2 and all(left >= 0 and right <= 390 for left, right in boxes)


def test_the_board_s_part_prints_on_two_pages(browser: Any, report: Path) -> None:
    page = browser.new_page(viewport=PAPER)
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    heights = page.evaluate("[...document.querySelectorAll('.page')].map(each => each.getBoundingClientRect().height)")
    breaks = page.evaluate("[...document.querySelectorAll('.page')].map(each => getComputedStyle(each).breakAfter)")
    page.close()
    assert len(heights) == 2 and max(heights) <= PAPER["height"] and set(breaks) == {"page"}


def test_slides_are_as_high_as_they_are_to_be(browser: Any, report: Path, tmp_path: Path) -> None:
    write_slides(report, tmp_path / "slides.html")
    page = browser.new_page(viewport={"width": 1400, "height": 800})
    page.goto((tmp_path / "slides.html").as_uri())
    sizes = page.evaluate(
        "[...document.querySelectorAll('.piece')].map(f => f.getBoundingClientRect()).map(b => [b.width, b.height])"
    )
    page.close()
    assert len(sizes) == 4 and all(each == pytest.approx([1280, 720], abs=2) for each in sizes)
