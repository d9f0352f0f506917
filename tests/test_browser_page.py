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
    for _ in range(1200):
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


QUICK = "shoppers=1000&weeks=104&replicates=2"


def open_instrument(page: Any, base: str, more: str = "") -> None:
    """Open the shipped case with a full run that is quick, and wait for the first answer."""
    page.goto(f"{base}/scenarios/shopsense_ifa?{QUICK}{more}")
    page.locator("#strip svg").wait_for(timeout=DONE)


def wait_until(page: Any, condition: str) -> None:
    """Wait for a condition; the browser's own waiting evaluates text within the page, which its policy forbids."""
    for _ in range(DONE // 50):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{condition} never came true")


def wait_for_full_run(page: Any) -> None:
    wait_until(page, "document.getElementById('state').textContent.startsWith('Full run:')")
    page.get_by_role("button", name="Put this run into the tray").wait_for(timeout=DONE)


def test_from_the_first_page_to_two_runs_compared_and_a_break_even_asked(
    barriers: Barriers, page: Any, base: str
) -> None:
    page.goto(base)
    page.locator("#strip svg").wait_for(timeout=DONE)
    assert barriers(page) == []
    page.get_by_role("link", name="Change it").click()
    page.locator("#strip svg").wait_for(timeout=DONE)
    open_instrument(page, base)
    wait_for_full_run(page)
    first = page.locator("#said").inner_text()
    assert "against 'status quo'" in first
    page.get_by_role("button", name="Put this run into the tray").click()
    card = page.locator(".card", has_text="quiet sale")
    card.locator("summary").first.click()
    card.get_by_label("fee per member year").fill("9")
    card.get_by_label("fee per member year").press("Tab")
    card.get_by_text("fee per member year 9.").wait_for(timeout=DONE)
    wait_until(page, f"document.querySelector('#said').textContent !== {first!r}")
    assert page.locator("#strip .ghost").count() > 0, "the state before stays in grey"
    assert barriers(page) == []
    wait_for_full_run(page)
    page.get_by_role("button", name="Put this run into the tray").click()
    assert barriers(page) == []
    page.get_by_role("link", name="Compare side by side").click()
    page.get_by_role("heading", name="Runs side by side").wait_for()
    assert "fee per member year 9." in page.get_by_role("region", name="Runs side by side").inner_text()
    page.locator(".strip svg").nth(1).wait_for()
    assert barriers(page) == []
    page.goto(f"{base}/runs")
    assert page.get_by_role("link", name="ShopSense sells card data to IFA").count() >= 2
    assert "quiet sale edited" in page.get_by_role("region", name="Past runs").inner_text()
    assert barriers(page) == []


def test_a_question_is_asked_and_answered_within_the_page(barriers: Barriers, page: Any, base: str) -> None:
    open_instrument(page, base)
    wait_for_full_run(page)
    page.locator("summary", has_text="Break even").click()
    form = page.locator("details", has=page.locator("summary", has_text="Break even")).locator("form")
    form.get_by_label("number", exact=True).fill("fee_per_member_year")
    form.get_by_label("shoppers").fill("300")
    form.get_by_role("button", name="Ask").click()
    within = page.locator(".within")
    within.locator("figure, .answer, .wrong").first.wait_for(timeout=3 * DONE)
    assert within.locator(".wrong").count() == 0, within.inner_text()
    assert "/scenarios/" in page.url
    assert barriers(page) == []


def test_the_state_before_is_drawn_of_the_same_shoppers(page: Any, base: str) -> None:
    """A story that is planned comes out whatever the press finds by itself: its policy stays where it was."""
    open_instrument(page, base)
    wait_for_full_run(page)
    slider = page.get_by_role("slider", name="press hazard per year")
    slider.focus()
    slider.press("End")
    exposed = "#strip g:has(tspan:text-is('sale exposed'))"
    page.locator(f"{exposed} .ghost").wait_for(state="attached", timeout=DONE)
    before, after = (page.locator(f"{exposed} line{each}").get_attribute("x1") for each in (".ghost", ":not(.ghost)"))
    assert before == after
    assert "before the change" in page.locator("#legend").inner_text()


def test_a_run_has_a_page_of_its_own_with_a_report_and_two_lives(
    barriers: Barriers, page: Any, base: str, tmp_path: Path
) -> None:
    open_instrument(page, base)
    wait_for_full_run(page)
    page.get_by_role("link", name="This run on a page of its own").click()
    page.locator("#lines svg").first.wait_for(timeout=DONE)
    assert page.locator("#lines svg").count() == 4
    assert page.get_by_role("region", name="Gains and losses by party").get_by_role("row").count() == 5
    with page.expect_download() as download:
        page.get_by_role("button", name="worth as CSV").click()
    download.value.save_as(tmp_path / "worth.csv")
    rows = (tmp_path / "worth.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "policy,life,replicate,dollars_against_status quo"
    assert sum(row.startswith("quiet sale,") for row in rows) == 2 * 2, "two replicates, two lives of each"
    assert sum(row.startswith("sale exposed,,") for row in rows) == 2, "its story is planned"
    with page.expect_download() as download:
        page.get_by_role("button", name="worth as PNG").click()
    assert download.value.suggested_filename == "worth.png"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report").click()
    download.value.save_as(tmp_path / "report.html")
    assert "ShopSense sells card data to IFA" in (tmp_path / "report.html").read_text(encoding="utf-8")
    page.get_by_role("button", name="Tell both lives").click()
    page.get_by_text("In the end:").wait_for(timeout=DONE)
    page.get_by_role("button", name="Next shopper").wait_for()
    assert barriers(page) == []


def test_what_is_asked_stands_in_the_address_by_value_and_is_undone(page: Any, base: str) -> None:
    open_instrument(page, base)
    slider = page.get_by_role("slider").first
    address = page.url
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait_until(page, f"location.href !== {address!r}")
    moved, value = page.url, slider.get_attribute("aria-valuetext")
    page.reload()
    page.locator("#strip svg").wait_for(timeout=DONE)
    assert page.get_by_role("slider").first.get_attribute("aria-valuetext") == value
    page.get_by_label("opt-out notice", exact=True).uncheck()
    assert "policy=quiet+sale" in page.url
    page.get_by_role("button", name="Undo").click()
    assert page.url == moved
    assert page.get_by_label("opt-out notice", exact=True).is_checked()
    page.get_by_role("button", name="Reset").click()
    assert page.url == f"{base}/scenarios/shopsense_ifa"


def test_policies_and_actions_are_added_and_removed(page: Any, base: str) -> None:
    open_instrument(page, base)
    page.get_by_label("Add a policy").fill("promise first")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Add an action to promise first").select_option("public_promise")
    card = page.locator(".card", has_text="promise first")
    wait_until(page, "document.querySelector('#strip').textContent.includes('promise first')")
    card.locator("summary").first.click()
    card.get_by_role("button", name="Remove this action").click()
    assert "Nothing is done" in card.inner_text()
    card.get_by_role("button", name="Remove promise first").click()
    assert page.locator(".card", has_text="promise first").count() == 0


def test_with_the_keyboard_alone(page: Any, base: str) -> None:
    page.goto(base)
    press_until(page, "Tab", "document.activeElement.textContent.includes('Change it')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/scenarios/**")
    page.locator("#strip svg").wait_for(timeout=DONE)
    press_until(page, "Tab", "document.activeElement.type === 'range'")
    page.keyboard.press("ArrowRight")
    press_until(page, "Tab", "document.activeElement.textContent.includes('Evidence')")
    page.keyboard.press("Enter")
    assert "Source:" in page.locator(".slider details[open]").inner_text()


def press_until(page: Any, key: str, condition: str) -> None:
    for _ in range(80):
        page.keyboard.press(key)
        if page.evaluate(condition):
            return
    pytest.fail(f"{condition} is not reached by {key}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen_and_the_line_of_nothing_stays_in_view(
    barriers: Barriers, browser: Any, base: str, scheme: str
) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=scheme)
    page = context.new_page()
    page.goto(base)
    page.locator("#strip svg").wait_for(timeout=DONE)
    assert sideways(page) == 0
    open_instrument(page, base)
    assert sideways(page) == 0
    page.get_by_role("slider").last.scroll_into_view_if_needed()
    box = page.locator("#strip .zero").bounding_box()
    assert box and 0 <= box["x"] <= PHONE["width"] and 0 <= box["y"] <= PHONE["height"]
    assert barriers(page) == []
    context.close()


def test_a_run_is_cancelled_and_begun_again(page: Any, base: str) -> None:
    page.goto(f"{base}/scenarios/shopsense_ifa?shoppers=100000&replicates=7")
    wait_until(page, "document.getElementById('state').textContent.includes('full run')")
    page.goto(f"{base}/runs")
    page.get_by_role("link", name="ShopSense sells card data to IFA").first.click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Run it again").wait_for(timeout=DONE)
    assert "ended before it was done" in page.get_by_role("alert").inner_text()
