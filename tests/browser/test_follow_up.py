"""An entry of 需要关注 becomes an action: its link opens the form, once each time it is clicked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, settle
from tests.warehouses import sample_warehouse
from tools.serving import served

WAIT = 30_000


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a workspace of its own: what is entrusted here shows on nobody else's page."""
    folder = tmp_path_factory.mktemp("follow_up")
    with served(
        sample_warehouse(), folder / "workspace.sqlite", log=folder / "server.log"
    ) as running:
        yield running


def _entry(page: Page, at: int = 0) -> str:
    return page.locator(".gg-concern > div").nth(at).locator("a").first.inner_text()


def test_the_form_opens_with_each_click_and_the_entry_is_followed_up(visit: Visit) -> None:
    page = visit.open("/overview", wait_for="需要关注")
    page.evaluate("window.marked = true")
    step = page.locator(".gg-concern").first.locator("> a")
    for _turn in range(2):
        expect(step).to_have_text("督办")
        step.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("事项")).to_have_value(_entry(page), timeout=WAIT)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0, timeout=WAIT)
    # Another filter: the form stays away, and the address forgets it.
    page.get_by_role("combobox", name="时段").first.click()
    page.get_by_role("option").filter(has_text="上月").first.click()
    page.wait_for_url("**period=last_month**", timeout=WAIT)
    settle(page)
    assert "follow=" not in page.url
    expect(page.get_by_role("dialog")).to_have_count(0)
    title = _entry(page)
    step.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("责任人").fill("周敏")
    dialog.get_by_role("button", name="交办").click()
    expect(dialog).to_have_count(0, timeout=WAIT)
    expect(page.locator(".gg-concern").first.locator("> a")).to_have_text("督办中", timeout=WAIT)
    expect(page.locator(".gg-table", has_text="周敏").first).to_contain_text(title)
    assert page.evaluate("window.marked") is True
    assert not visit.errors, visit.errors


def test_the_way_back_opens_no_form_again(visit: Visit) -> None:
    page = visit.open("/overview?period=last_half", wait_for="需要关注")
    page.locator(".gg-concern > a", has_text="督办").last.click()
    expect(page.get_by_role("dialog")).to_have_count(1, timeout=WAIT)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="走访", exact=True).first.click()
    expect(page.locator(".stMain h1").first).to_have_text("走访", timeout=WAIT)
    page.go_back()
    expect(page.locator(".stMain h1").first).to_have_text("总览", timeout=WAIT)
    settle(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert not visit.errors, visit.errors
