"""Links inside HTML, Back and forward: the page changes in the open session, filters follow."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

WAIT = 30_000


def _title(page: Page, words: str) -> None:
    expect(page.locator(".stMain h1").first).to_have_text(words, timeout=WAIT)


def _context(page: Page, words: str) -> None:
    expect(page.locator(".stMain .gg-context").first).to_contain_text(words, timeout=WAIT)


def _grid(page: Page, words: str) -> None:
    box = page.get_by_role("combobox", name="网格").first
    expect(box).to_have_value(words, timeout=WAIT)


def _marked(page: Page) -> bool:
    """Whether this is still the document that was marked: nothing was loaded anew."""
    return bool(page.evaluate("window.marked === true"))


def _pick(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option").filter(has_text=option).first.click()


def test_a_link_changes_page_and_filters_without_loading_anew(visit: Visit) -> None:
    page = visit.open("/overview", wait_for="总览")
    page.evaluate("window.marked = true")
    page.locator("a.gg-card").first.click()
    _title(page, "走访")
    row = page.locator(".gg-table a[href*='grid=']").first
    name = row.inner_text()
    row.click()
    _context(page, name)
    page.wait_for_url("**/visits?**grid=**", timeout=WAIT)
    # The box shows the grid of the link, and the next change keeps it.
    expect(page.get_by_role("combobox", name="网格").first).not_to_have_value("东山社区")
    _pick(page, "时段", "上月")
    page.wait_for_url("**period=last_month**", timeout=WAIT)
    _context(page, name)
    assert "grid=" in page.url
    assert _marked(page)
    assert not visit.errors, visit.errors
    assert not visit.outside, visit.outside


def test_back_and_forward_take_filters_along(visit: Visit) -> None:
    page = visit.open("/visits", wait_for="走访")
    page.evaluate("window.marked = true")
    row = page.locator(".gg-table a[href*='grid=']").first
    name = row.inner_text()
    row.click()
    _context(page, name)
    page.go_back()
    expect(page.locator(".stMain .gg-context").first).not_to_contain_text(name, timeout=WAIT)
    _grid(page, "东山社区")
    assert "grid=" not in page.url
    page.go_forward()
    _context(page, name)
    assert "grid=" in page.url
    assert _marked(page)


def test_a_link_still_opens_in_a_new_tab_by_itself(visit: Visit) -> None:
    page = visit.open("/overview", wait_for="总览")
    address = page.locator("a.gg-card").first.get_attribute("href")
    page.goto(visit.address + str(address))
    _title(page, "走访")


def test_two_changes_faster_than_the_network_both_hold(visit: Visit) -> None:
    """Half a second to and from the server: the second change leaves before the first is back."""
    page = visit.open("/visits?period=first_half", wait_for="走访")
    _context(page, "2026年上半年")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {
        "offline": False,
        "latency": 500,
        "downloadThroughput": 50_000,
        "uploadThroughput": 50_000,
    }
    session.send("Network.emulateNetworkConditions", slow)
    _pick(page, "时段", "上月")
    _pick(page, "对比", "不对比")
    page.wait_for_url("**compare=none**", timeout=WAIT)
    _context(page, "2026年9月")
    assert "period=last_month" in page.url
    expect(page.locator(".stMain .gg-context").first).not_to_contain_text("对比", timeout=WAIT)
