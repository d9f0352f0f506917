"""Small scenarios and a browser that many tests share."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from simulation.classroom.case import Case, read_case
from simulation.classroom.consequences import Consequences, consequences
from simulation.scenario.problems import ScenarioError
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


def slow(*values: Any) -> list[Any]:
    """Return values of a test that are tried only when slow tests are."""
    return [pytest.param(value, marks=pytest.mark.slow) for value in values]


@pytest.fixture
def make_scenario() -> Callable[..., Scenario]:
    """Return a maker of small scenarios; keywords replace settings, `policies` follow the status quo.

    Nothing is drawn but what `uncertain` names, unless it names a set: tests count on the numbers as they ship.
    """

    def make(policies: dict[str, Any] | None = None, uncertain: Any = None, **settings: Any) -> Scenario:
        usual = {"title": "small", "question": "what happens?", "weeks": 26, "seed": 7, "population": {"shoppers": 400}}
        drawn = uncertain if isinstance(uncertain, str) else {"others": "chance", **(uncertain or {})}
        data = {**usual, "replicates": 1, **settings, "uncertain": drawn}
        data |= {"policies": {"status quo": [], **(policies or {})}}
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


def refused_case(lesson_file: Path, folder: Path, old: str, new: str) -> tuple[ScenarioError, list[str]]:
    """Return why a case is refused in which a text stands in the place of another, and the case's lines."""
    text = lesson_file.read_text(encoding="utf-8")
    assert old in text
    (folder / "case.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    (folder / "paths.yaml").write_bytes(lesson_file.with_name("paths.yaml").read_bytes())
    with pytest.raises(ScenarioError) as caught:
        read_case(folder / "case.yaml")
    return caught.value, text.replace(old, new, 1).splitlines()


@pytest.fixture(scope="session")
def lesson_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the shipped case of the insurer with few shoppers and worlds, so that it is lived at once."""
    shipped = Path(__file__).parents[1] / "scenarios" / "classroom" / "shopsense_ifa"
    folder = tmp_path_factory.mktemp("lesson")
    paths = (shipped / "paths.yaml").read_text(encoding="utf-8")
    few = paths.replace("shoppers: 5000", "shoppers: 300").replace("replicates: 64", "replicates: 3")
    (folder / "paths.yaml").write_text(few.replace("weeks: 260", "weeks: 170"), encoding="utf-8")
    shutil.copy(shipped / "case.yaml", folder / "case.yaml")
    return folder / "case.yaml"


@pytest.fixture(scope="session")
def lesson_case(lesson_file: Path) -> Case:
    """Return that case."""
    return read_case(lesson_file)


@pytest.fixture(scope="session")
def lesson_found(lesson_case: Case, tmp_path_factory: pytest.TempPathFactory) -> Consequences:
    """Return what comes of its courses."""
    return consequences(lesson_case, tmp_path_factory.mktemp("kept"))
