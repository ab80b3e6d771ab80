"""The trends page in a real browser: a click on a dot, a way back, a phone, no outside request."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from etl.sample.planted import PLANTED
from gridgov.warehouse import Warehouse
from tests.browser.conftest import Visit, settle
from tests.warehouses import sample_warehouse


@pytest.fixture(scope="module")
def worsening() -> str:
    reader = Warehouse(sample_warehouse()).reader()
    name = f"%第{PLANTED.worsening_general + 1}网格"
    rows = reader.rows("SELECT grid_id FROM grid WHERE level='一般' AND name LIKE $name", name=name)
    return str(rows[0][0])


def test_a_click_on_a_dot_counts_the_range_anew(visit: Visit, worsening: str) -> None:
    page = visit.open(f"/trends?view=series&metric=C1&grid={worsening}", wait_for="水平由")
    dots = page.locator(".js-plotly-plot").first.locator(".scatterlayer path.point")
    box = dots.nth(14).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_text("起重算").first.wait_for(timeout=30_000)
    settle(page)
    assert re.search(r"rebase=2026-03-01", page.url)
    expect(page.get_by_text("正常波动范围自 2026年3月 起重算。")).to_be_visible()
    page.get_by_role("button", name="恢复", exact=True).click()
    page.get_by_text("做法变了").wait_for(timeout=30_000)
    assert "rebase" not in page.url
    assert not visit.outside


def test_the_range_follows_the_denominator_and_a_rebase_still_works(visit: Visit) -> None:
    page = visit.open("/trends?view=series&metric=C3", wait_for="灰带为正常波动范围")
    page.get_by_role("radio", name="范围随分母（P′图）").click()
    page.get_by_text("灰带按当期的分母").wait_for(timeout=30_000)
    settle(page)
    assert "chart=rate" in page.url
    box = page.locator(".js-plotly-plot").first.locator("path.point").nth(12).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_text("正常波动范围自 2026年1月 起重算。").wait_for(timeout=30_000)
    settle(page)
    assert "chart=rate" in page.url and "rebase=2026-01-01" in page.url
    assert not visit.outside


def test_a_target_is_set_drawn_and_withdrawn(visit: Visit, worsening: str) -> None:
    page = visit.open(f"/trends?view=series&metric=SV1&grid={worsening}", wait_for="设目标")
    page.get_by_role("button", name="设目标").click()
    page.get_by_label(re.compile("重点人员按期探访率的目标")).fill("80")
    page.get_by_text("第7网格", exact=False).last.wait_for()
    page.get_by_role("button", name="保存目标").click()
    page.get_by_text("目标 80.0%：稳定不达标").wait_for(timeout=30_000)
    expect(page.locator(".js-plotly-plot").first).to_contain_text("目标 80.0%")
    page.get_by_role("button", name="设目标").click()
    page.get_by_role("button", name="撤下").first.click()
    page.get_by_text("稳定不达标").wait_for(state="detached", timeout=30_000)
    assert not visit.outside


def test_a_row_of_the_list_leads_to_its_series(visit: Visit) -> None:
    page = visit.open("/trends", wait_for="条有新信号")
    row = page.locator(".gg-table tbody a").first
    name = row.inner_text()
    row.click()
    page.wait_for_url(re.compile("view=series"))
    settle(page)
    expect(page.locator(".js-plotly-plot").first).to_contain_text(name, timeout=30_000)
    assert not visit.outside
    assert not [error for error in visit.errors if "404" not in error]


def test_a_note_is_drawn_on_the_chart(visit: Visit, worsening: str) -> None:
    page = visit.open(f"/trends?view=series&metric=SV1&grid={worsening}", wait_for="加批注")
    page.get_by_role("button", name="加批注").click()
    page.get_by_label("发生了什么").fill("网格员轮换")
    page.get_by_role("button", name="保存批注").click()
    words = page.locator(".js-plotly-plot").first.get_by_text("网格员轮换")
    words.wait_for(timeout=30_000)
    assert not visit.outside


@pytest.mark.parametrize("view", ["signals", "grids", "metrics", "series"])
def test_nothing_is_wider_than_a_phone(phone: Visit, view: str) -> None:
    page = phone.open(f"/trends?view={view}&metric=C3", wait_for="单条序列")
    settle(page)
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.stMain *')].filter(e => !e.closest('.gg-table') && "
        "e.getBoundingClientRect().right > window.innerWidth + 1 && "
        "getComputedStyle(e).position !== 'absolute' && !e.closest('svg')).length"
    )
    assert wide == 0
    assert not phone.outside
