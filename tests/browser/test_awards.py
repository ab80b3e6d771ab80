"""The award pages in a real browser: a record written through the dialog, links, phone, paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from gridgov.awards.desk import runs_on_file
from gridgov.awards.record import verify
from tests.browser.conftest import Visit, settle
from tests.warehouses import sample_warehouse
from tools.serving import served

PAGES = (
    "awards", "awards_sheet", "awards_compare", "awards_fairness", "awards_what_if",
    "awards_flags", "awards_call_backs", "awards_record",
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server whose records lie in a folder of this test, and that folder."""
    folder = tmp_path_factory.mktemp("awards")
    environment = {"GRIDGOV_RECORDS": str(folder / "records")}
    with served(
        sample_warehouse(), folder / "workspace.sqlite", log=folder / "server.log",
        environment=environment,
    ) as running:  # fmt: skip
        yield running, folder / "records"


def opened(browser: Browser, address: str, width: int) -> Visit:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    return Visit(context.new_page(), address)


@pytest.mark.parametrize("width", [1440, 390])
def test_every_award_page_opens_without_error_or_sideways_scrolling(
    browser: Browser, desk: tuple[str, Path], width: int
) -> None:
    visit = opened(browser, desk[0], width)
    for name in PAGES:
        page = visit.open(f"/{name}?role=committee")
        page.locator("h1.gg-title").wait_for(timeout=60_000)
        settle(page, 60_000)
        assert page.locator("[data-testid='stException']").count() == 0, name
        wide = page.evaluate(
            "() => { const m = document.querySelector('.stMain');"
            " return m.scrollWidth - m.clientWidth }"
        )
        assert wide <= 0, name
    assert visit.errors == []
    assert visit.outside == []


def test_a_record_is_written_and_a_name_leads_to_its_sheet(
    browser: Browser, desk: tuple[str, Path]
) -> None:
    address, records = desk
    visit = opened(browser, address, 1440)
    page = visit.open("/awards?role=committee")
    page.get_by_role("button", name="评选归档").click(timeout=60_000)
    page.get_by_role("button", name="写成记录并核验").click()
    page.get_by_text("重算结果一致").wait_for(timeout=90_000)
    (run,) = runs_on_file(records, "2026H1")
    assert verify(run.folder).files > 20
    link = page.locator(".gg-table a").first
    name = link.inner_text()
    link.click()
    page.locator("h2.gg-section", has_text=name).first.wait_for(timeout=60_000)
    assert "role=committee" in page.url
    expect(page.get_by_text("与分界之差").first).to_be_attached(timeout=20_000)
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="下载个人评选表").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
