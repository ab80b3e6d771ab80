"""The SQL page in a real browser, under the page policy: typing, run, cancel, download."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gridgov.access.roles import Role
from tests.browser.conftest import Visit, settle
from tests.browser.test_pages import play

_ENDLESS = "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t) SELECT count(*) FROM t"


@pytest.fixture
def sql(visit: Visit) -> Page:
    """The SQL page of an analyst, the editor ready."""
    page = play(visit, Role.ANALYST)
    page.get_by_role("link", name="SQL 查询").first.click()
    page.locator(".cm-content").wait_for(timeout=30_000)
    settle(page)
    return page


def _write(page: Page, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_typing_offers_tables_and_columns(sql: Page, visit: Visit) -> None:
    _write(sql, "")
    sql.keyboard.type("select * from fact_comp", delay=30)
    offered = sql.locator(".cm-tooltip-autocomplete")
    offered.get_by_text("fact_complaint").wait_for(timeout=10_000)
    assert "一张工单一行" in offered.inner_text()
    sql.wait_for_timeout(200)
    sql.keyboard.press("Enter")
    sql.keyboard.type(" where handling_h", delay=30)
    offered.get_by_text("handling_hours").first.wait_for(timeout=10_000)
    assert "fact_complaint where" in sql.locator(".cm-content").inner_text()
    assert sql.locator(".cm-line span").first.evaluate(
        "node => getComputedStyle(node).fontWeight"
    ) == "600"  # fmt: skip
    assert not visit.errors, visit.errors
    assert not visit.outside, visit.outside


def test_run_by_button_and_by_keys(sql: Page) -> None:
    _write(sql, "SELECT 40 + 2 AS answer")
    sql.get_by_role("button", name="运行", exact=True).click()
    expect(sql.get_by_text("1 行；用时")).to_be_visible(timeout=20_000)
    settle(sql)
    _write(sql, "SELECT i FROM range(7) t(i)")
    sql.keyboard.press("Control+Enter")
    expect(sql.get_by_text("7 行；用时")).to_be_visible(timeout=20_000)
    expect(sql.get_by_text("1 行；用时")).to_have_count(0)


def test_an_example_runs_at_once(sql: Page) -> None:
    sql.get_by_role("button", name="示例").click()
    sql.get_by_role("button", name="类别 × 来源的诉求数（PIVOT）").click()
    settle(sql)
    sql.keyboard.press("Escape")
    expect(sql.locator(".cm-content")).to_contain_text("PIVOT", timeout=20_000)
    sql.get_by_role("button", name="运行", exact=True).click()
    expect(sql.get_by_text("10 行；用时")).to_be_visible(timeout=20_000)


def test_a_long_query_can_be_cancelled(sql: Page) -> None:
    _write(sql, _ENDLESS)
    sql.keyboard.press("Control+Enter")
    sql.get_by_role("button", name="取消").click(timeout=15_000)
    sql.get_by_text("已取消").wait_for(timeout=15_000)
    settle(sql)
    assert sql.get_by_role("button", name="运行", exact=True).is_enabled()


def test_all_rows_in_a_file(sql: Page, tmp_path: Path) -> None:
    _write(sql, "SELECT i AS n, '=1+1' AS danger FROM range(120000) t(i)")
    sql.keyboard.press("Control+Enter")
    sql.get_by_text("还有更多行没有列出").wait_for(timeout=30_000)
    settle(sql)
    sql.get_by_role("button", name="下载全部行").click()
    body = sql.get_by_test_id("stPopoverBody")
    body.get_by_role("button", name="CSV", exact=True).click()
    with sql.expect_download(timeout=60_000) as waiting:
        body.get_by_role("button", name="下载 CSV（120,000 行").click(timeout=60_000)
    path = tmp_path / "out.csv"
    waiting.value.save_as(path)
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    assert len(rows) == 120_001 and rows[1] == ["0", "'=1+1"]
