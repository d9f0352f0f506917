"""Small scenarios and a browser that many tests share."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import pytest

from simulation.scenario.schema import Scenario, scenario_type

SALE = {"week": 5, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def make_scenario() -> Callable[..., Scenario]:
    """Return a maker of small scenarios; keywords replace settings, `policies` follow the status quo."""

    def make(policies: dict[str, Any] | None = None, **settings: Any) -> Scenario:
        usual = {"title": "small", "question": "what happens?", "weeks": 26, "seed": 7, "population": {"shoppers": 400}}
        data = {**usual, **settings, "policies": {"status quo": [], **(policies or {})}}
        return scenario_type().model_validate(data)

    return make


@pytest.fixture(scope="module")  # not longer: its loop of events would be in the way of other tests' own
def browser() -> Iterator[Any]:
    """Give Chromium without a window."""
    path = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if path is None:
        _missing("there is no chromium on the path")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("playwright is not installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=_QUIETLY)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def barriers() -> Callable[[Any], list[str]]:
    """Return a finder of what seriously keeps people out of a page, by axe's rules."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        _missing("axe-playwright-python is not installed")

    def find(page: Any) -> list[str]:
        found = Axe().run(page).response["violations"]
        serious = [each for each in found if each["impact"] in ("serious", "critical")]
        return [f"{each['id']}: {each['nodes'][0]['html']}" for each in serious]

    return find


def _missing(what: str) -> NoReturn:
    """Skip for want of something, or fail where a browser is required."""
    if os.environ.get("AISLEFOUR_BROWSER") == "required":
        pytest.fail(what)
    pytest.skip(what)
