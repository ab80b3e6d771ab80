"""The builder and a board in a real browser: the address, the figures, saving, a file."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit, settle


def test_a_link_draws_the_figure_and_its_table(visit: Visit) -> None:
    page = visit.open("/explore?m=C1&by=grid:一般~category", wait_for="自助分析")
    page.locator(".js-plotly-plot").first.wait_for(timeout=20_000)
    expect(page.get_by_role("region", name="千人诉求量 · 一般网格 × 诉求类别")).to_be_visible(
        timeout=20_000
    )
    expect(page.locator(".stMain")).to_contain_text("合计", timeout=20_000)
    expect(page.locator(".stMain")).to_contain_text("东山社区第7网格", timeout=20_000)
    page.get_by_role("radio", name="只看表").click()
    settle(page)
    page.wait_for_url("**chart=table**")
    expect(page.locator(".js-plotly-plot")).to_have_count(0, timeout=20_000)
    assert not visit.errors, visit.errors
    assert not visit.outside, visit.outside


def test_the_download_opens_in_a_spreadsheet(visit: Visit, tmp_path: Path) -> None:
    page = visit.open("/explore?m=C3&by=category", wait_for="自助分析")
    page.get_by_role("button", name="下载结果").click()
    with page.expect_download(timeout=20_000) as waiting:
        page.get_by_role("button", name="下载 CSV").click()
    path = tmp_path / "out.csv"
    waiting.value.save_as(path)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 10 and {"诉求类别", "数值", "分子", "分母"} <= set(rows[0])


def test_from_a_question_to_a_board(visit: Visit) -> None:
    page = visit.open("/explore?m=C3&by=category", wait_for="自助分析")
    page.get_by_role("button", name="保存", exact=False).first.click()
    body = page.get_by_test_id("stPopoverBody")
    body.get_by_label("名称").fill("按期办结看类别")
    body.get_by_label("名称").press("Tab")
    settle(page)
    body.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**q=*", timeout=20_000)
    page = visit.open("/boards", wait_for="我的看板")
    page.get_by_role("button", name="新建看板").click()
    body.get_by_label("名称").fill("例会")
    body.get_by_label("名称").press("Tab")
    settle(page)
    body.get_by_role("button", name="新建", exact=True).click()
    page.get_by_text("“例会”上还没有问题").wait_for(timeout=20_000)
    settle(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="添加问题").click()
    body.get_by_role("button", name="添加", exact=True).click()
    page.locator(".js-plotly-plot").first.wait_for(timeout=20_000)
    expect(page.locator(".stMain")).to_contain_text("按期办结看类别", timeout=20_000)
    assert not visit.errors, visit.errors


def test_a_saved_question_opens_by_its_link_somewhere_else(visit: Visit, browser: Browser) -> None:
    """The link names the question alone; figures, filters and name come from what was saved."""
    page = visit.open(
        "/explore?m=C1&by=category&sort=low&period=last_12_months", wait_for="自助分析"
    )
    page.get_by_role("button", name="保存", exact=False).first.click()
    body = page.get_by_test_id("stPopoverBody")
    name = "一年<b>按</b>类别 *从低到高*"
    body.get_by_label("名称").fill(name)
    body.get_by_label("名称").press("Tab")
    settle(page)
    body.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**q=*", timeout=20_000)
    settle(page)
    number = parse_qs(urlsplit(page.url).query)["q"][0]
    table = page.get_by_role("region", name="千人诉求量 · 诉求类别").inner_text()
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    try:
        other = Visit(context.new_page(), visit.address)
        elsewhere = other.open(f"/explore?q={number}", wait_for="自助分析")
        expect(elsewhere.locator(".stMain")).to_contain_text(f"{name}（第 1 版）", timeout=20_000)
        expect(elsewhere.locator(".stMain")).to_contain_text("2025-11-01", timeout=20_000)
        region = elsewhere.get_by_role("region", name="千人诉求量 · 诉求类别")
        expect(region).to_be_visible(timeout=20_000)
        assert region.inner_text() == table
        assert not other.errors, other.errors
    finally:
        context.close()


def test_it_fits_a_phone(phone: Visit) -> None:
    page = phone.open("/explore?m=C1&by=grid:一般~category", wait_for="自助分析")
    page.locator(".js-plotly-plot").first.wait_for(timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    table = page.get_by_role("region", name="千人诉求量 · 一般网格 × 诉求类别")
    assert table.evaluate("node => node.scrollWidth > node.clientWidth")
