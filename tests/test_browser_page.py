"""The page for one user in a real browser: from the first page to the downloaded report."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.slow
SCENARIO = Path(__file__).parents[1] / "scenarios" / "shopsense_ifa.yaml"
PHONE = {"width": 390, "height": 844}
DONE = 60_000  # milliseconds
Barriers = Callable[[Any], list[str]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    out = str(tmp_path_factory.mktemp("served"))
    server = subprocess.Popen(
        [sys.executable, "-m", "simulation", "serve", str(SCENARIO), "--port", port, "--out", out]
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urlopen(address).close()
            break
        except OSError:
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait(10)


@pytest.fixture
def page(browser: Any, base: str) -> Iterator[Any]:
    """Give a page of a fresh visitor who has seen no error and nothing of another host when it is closed."""
    context = browser.new_context(accept_downloads=True)
    found, hosts, errors = context.new_page(), set(), []
    context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield found
    context.close()
    assert errors == []
    assert hosts - {""} == {urlsplit(base).netloc}


def sideways(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def set_up(page: Any, base: str, shoppers: int, replicates: int = 1) -> None:
    page.goto(f"{base}/scenarios/shopsense_ifa")
    page.get_by_label("Shoppers").fill(str(shoppers))
    page.get_by_label("Replicates").fill(str(replicates))


def wait_until(page: Any, condition: str) -> None:
    """Wait for a condition; the browser's own waiting evaluates text within the page, which its policy forbids."""
    for _ in range(DONE // 50):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{condition} never came true")


def weeks_drawn(page: Any) -> int:
    weeks = "window.Bokeh && source ? source.data.week.length : 0"
    return int(page.evaluate(weeks))


def test_from_the_first_page_to_the_downloaded_report(barriers: Barriers, page: Any, base: str, tmp_path: Path) -> None:
    page.goto(base)
    assert barriers(page) == []
    page.get_by_role("link", name="ShopSense sells card data to IFA").click()
    page.get_by_label("opt-out notice").uncheck()
    page.get_by_role("slider", name="story reach").fill("70")
    page.get_by_label("Shoppers").fill("2000")
    page.get_by_label("Replicates").fill("2")
    assert barriers(page) == []
    page.reload()
    assert not page.get_by_label("opt-out notice").is_checked()
    assert page.get_by_role("slider", name="story reach").input_value() == "70"
    page.get_by_role("button", name="Run").click()
    page.locator("#answered").wait_for(timeout=DONE)
    assert "against 'status quo' in 5 years" in page.locator("#answered").inner_text()
    assert page.get_by_role("region", name="Gains and losses by party").get_by_role("row").count() == 4
    wait_until(page, "window.Bokeh && source && source.data.week.length === 260")
    assert barriers(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report").click()
    report = tmp_path / "report.html"
    download.value.save_as(report)
    assert "ShopSense sells card data to IFA" in report.read_text(encoding="utf-8")
    with page.expect_download() as download:
        page.get_by_role("link", name="scenario.yaml").click()
    assert download.value.suggested_filename == "scenario.yaml"
    page.get_by_role("link", name="Report", exact=True).click()
    page.get_by_role("heading", name="The policies side by side").wait_for()
    page.go_back()
    page.get_by_label("Whose").select_option("never-knew")
    page.get_by_role("button", name="Tell both lives").click()
    page.get_by_text("In the end:").wait_for()
    assert barriers(page) == []


def test_weeks_appear_one_after_another_and_a_reload_loses_none(page: Any, base: str) -> None:
    set_up(page, base, 100_000)
    page.get_by_role("button", name="Run").click()
    wait_until(page, "window.Bokeh && source && source.data.week.length > 0")
    first = weeks_drawn(page)
    page.reload()
    wait_until(page, f"window.Bokeh && source && source.data.week.length >= {first}")
    assert page.evaluate("Array.from(source.data.week).every((week, place) => week === place + 1)")
    page.locator("#answered").wait_for(timeout=DONE)
    assert weeks_drawn(page) == 260
    address, answer = page.url, page.locator("#answered").inner_text()
    page.goto(base)
    page.goto(address)
    assert page.locator("#answered").inner_text() == answer


def test_with_the_keyboard_alone(page: Any, base: str) -> None:
    page.goto(base)
    press_until(page, "Tab", "document.activeElement.textContent.includes('ShopSense sells')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/scenarios/**")
    press_until(page, "Tab", "document.activeElement.type === 'range'")
    page.keyboard.press("ArrowRight")
    about = page.locator(".about").filter(visible=True)
    assert "Source:" in about.inner_text()
    assert page.locator(".number input[type=checkbox]").first.is_checked()
    page.keyboard.press("Escape")
    assert about.count() == 0
    press_until(page, "Tab", "document.activeElement.name === 'shoppers'")
    page.keyboard.type("1000")
    page.keyboard.press("Enter")
    page.locator("#answered").wait_for(timeout=DONE)
    assert page.evaluate("document.activeElement.id") == "answered"
    press_until(page, "Tab", "document.activeElement.textContent === 'Report'")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The policies side by side").wait_for()


def press_until(page: Any, key: str, condition: str) -> None:
    for _ in range(80):
        page.keyboard.press(key)
        if page.evaluate(condition):
            return
    pytest.fail(f"{condition} is not reached by {key}")


def test_on_a_phone_nothing_is_wider_than_the_screen_and_nothing_needs_a_pointer_that_hovers(
    barriers: Barriers, browser: Any, base: str
) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(base)
    assert sideways(page) == 0
    set_up(page, base, 1_000)
    assert sideways(page) == 0
    page.get_by_role("button", name="About story reach").tap()
    assert "Source:" in page.locator(".about").filter(visible=True).inner_text()
    assert sideways(page) == 0
    page.get_by_role("button", name="Run", exact=True).tap()
    page.locator("#answered").wait_for(timeout=DONE)
    wait_until(page, "window.Bokeh && source && source.data.week.length === 260")
    assert sideways(page) == 0
    assert barriers(page) == []
    page.get_by_label("Whose").select_option("never-knew")
    page.get_by_role("button", name="Tell both lives").tap()
    page.get_by_text("In the end:").wait_for()
    assert sideways(page) == 0
    context.close()


def test_a_run_is_cancelled_and_begun_again(page: Any, base: str) -> None:
    set_up(page, base, 100_000, 7)
    page.get_by_role("button", name="Run").click()
    wait_until(page, "document.getElementById('state').textContent === 'Running'")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Run it again").wait_for(timeout=DONE)
    assert "ended before it was done" in page.get_by_role("alert").inner_text()
    page.get_by_role("link", name="Change and run again").click()
    assert page.get_by_label("Shoppers").input_value() == "100000"
