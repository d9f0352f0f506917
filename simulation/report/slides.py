"""(+ slides.html) The board's two pages as a deck that prints 16:9, made from a report: figures and sentences."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from simulation.report.report import BOARD_STYLE

_PAGES = re.compile(r"<!-- board: begin -->(.*?)<!-- board: end -->", re.DOTALL)
_TITLE = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)


def slides_of(report: str) -> str:
    """Return the deck of a report, given as the page's text; raises ValueError for a page that is no such report."""
    pages, title = _PAGES.search(report), _TITLE.search(report)
    if pages is None or title is None:
        raise ValueError("the report has no pages to show as slides; run the scenario again")
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=False)  # noqa: S701 # escaped there
    template = environment.get_template("slides.html")
    return template.render(title=title[1], pages=pages[1], style=BOARD_STYLE.read_text(encoding="utf-8"))


def write_slides(report: Path, to: Path) -> None:
    """Write the deck of a report file; raises ValueError or OSError, in plain words, if that cannot be done."""
    try:
        text = report.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{report}: is damaged; run the scenario again") from None
    to.write_text(slides_of(text), encoding="utf-8")
