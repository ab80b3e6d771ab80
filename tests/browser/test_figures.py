"""From any figure: a click on a mark filters the page, the records behind it, the page as a file."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlparse

import numpy as np
import openpyxl
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, settle

SEVENTH = "51011200100107"


def click_mark(page: Page, key: str, selector: str, at: int) -> None:
    mark = page.locator(f"[class*='st-key-{key}'] {selector}").nth(at)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settle(page)


def open_door(page: Page, key: str) -> None:
    page.locator(f".st-key-more_{key} button").first.click()
    page.get_by_role("button", name="看背后的记录").wait_for()
    settle(page)


def test_a_month_in_a_chart_filters_the_page(visit: Visit) -> None:
    page = visit.open(f"/complaints?grid={SEVENTH}", wait_for="按期办结率")
    click_mark(page, "c3", ".scatterlayer .points path", 18)
    address = parse_qs(urlparse(page.url).query)
    assert address["period"] == ["custom"]
    assert (address["from"], address["to"]) == (["2026-07-01"], ["2026-07-31"])
    assert address["grid"] == [SEVENTH]
    assert "2026年7月" in page.locator(".stMain .gg-context").first.inner_text()
    assert not visit.errors


def test_a_supervisor_sees_the_records_behind_a_figure(visit: Visit) -> None:
    page = visit.open("/visits?role=supervisor", wait_for="需求闭环率")
    open_door(page, "sv6")
    page.get_by_role("button", name="看背后的记录").click()
    dialog = page.get_by_role("dialog").filter(has_text="背后的记录").last
    dialog.get_by_text("其中计入分子的").wait_for()
    card = page.locator(".gg-card", has_text="需求闭环率").inner_text()
    said = dialog.get_by_text("其中计入分子的").inner_text()
    due = said.removeprefix("共 ").split(" 条")[0]
    closed = said.split("计入分子的 ")[1].split(" 条")[0]
    assert f"到期的需求 {due}" in card
    assert f"按期办结的需求 {closed}" in card
    assert not visit.errors


@pytest.mark.parametrize("key", ["sv1", "tiers"])
def test_a_leader_is_told_who_may_see_them(visit: Visit, key: str) -> None:
    page = visit.open("/visits", wait_for="需求闭环率")
    open_door(page, key)
    page.get_by_role("button", name="看背后的记录").click()
    dialog = page.get_by_role("dialog").filter(has_text="背后的记录").last
    dialog.get_by_text("当前角色只看汇总").wait_for()
    assert not dialog.locator("[data-testid='stDataFrame']").count()


def test_a_page_is_one_workbook_that_says_what_was_chosen(visit: Visit, tmp_path: Path) -> None:
    page = visit.open(
        f"/complaints?grid={SEVENTH}&source=12345&compare=none", wait_for="按期办结率"
    )
    page.get_by_text("口径与下载").last.click()
    button = page.get_by_role("button", name="下载本页")
    button.wait_for()
    settle(page)
    with page.expect_download() as download:
        button.click()
    # A CSV and a picture have no sheet of their own: the name says when, where and narrowed to what.
    assert download.value.suggested_filename == "诉求 20260701-20261031 东山社区第7网格 12345.xlsx"
    path = tmp_path / "page.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    about = {row[0]: row[1] for row in book["说明"].iter_rows(values_only=True)}
    assert about["筛选：网格"] == f"东山社区第7网格 ({SEVENTH})"
    assert about["筛选：诉求来源"] == "12345"
    figures = {row[0]: row for row in book["主要指标"].iter_rows(values_only=True)}
    card = page.locator(".gg-card", has_text="重复诉求率").inner_text()
    assert about["名称"] == "诉求"
    repeats, received = figures["重复诉求率"][3], figures["重复诉求率"][5]
    assert figures["重复诉求率"][1] == pytest.approx(100 * repeats / received, abs=0.01)
    assert f"受理的诉求 {received:,.0f}，重复的 {repeats:,.0f}" in card


def test_the_same_mark_can_be_clicked_after_a_reset(visit: Visit) -> None:
    page = visit.open("/complaints", wait_for="诉求类别")
    for _time in range(2):
        click_mark(page, "pareto", ".barlayer path", 1)
        assert "category" in parse_qs(urlparse(page.url).query)
        page.get_by_text("恢复默认").click()
        settle(page)
        assert not urlparse(page.url).query


def test_figures_below_the_window_are_drawn_without_being_asked_for(visit: Visit) -> None:
    page = visit.open("/complaints", wait_for="按期办结率")
    figures = page.locator("[data-figure]")
    expect(figures.locator(".main-svg").first).to_be_visible()
    below = [box["y"] > 900 for one in figures.all() if (box := one.bounding_box())]
    assert any(below), "the page has figures below the window"
    expect(page.locator("[data-figure][aria-busy]")).to_have_count(0, timeout=20_000)
    assert page.locator("[data-figure]:not(:has(.main-svg))").count() == 0
    assert not visit.errors


def test_a_figure_takes_the_width_that_there_is(visit: Visit) -> None:
    page = visit.open("/complaints", wait_for="按期办结率")
    drawn = page.locator("[data-figure] .main-svg").first
    drawn.wait_for()
    wide = drawn.bounding_box()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(
        "() => document.querySelector('[data-figure] .main-svg').clientWidth < 390"
    )
    assert wide is not None and wide["width"] > 400
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not visit.errors


def test_a_saved_picture_says_below_what_it_was_filtered_by(visit: Visit, tmp_path: Path) -> None:
    page = visit.open(f"/complaints?grid={SEVENTH}", wait_for="按期办结率")
    figure = page.locator("[data-figure]").first
    figure.locator(".main-svg").first.wait_for()
    figure.hover()
    with page.expect_download() as taken:
        figure.locator("[data-title='下载图片']").click()
    path = tmp_path / "figure.png"
    taken.value.save_as(path)
    with Image.open(path) as picture:
        wide, high = picture.size
        foot = np.asarray(picture.convert("L"))[-2 * 26 :]
    box = figure.bounding_box()
    assert box is not None
    assert (wide, high) == (round(box["width"]) * 2, (round(box["height"]) + 26) * 2)
    # The foot is not empty: ink stands in its rows.
    assert foot.min() < 160
    assert not visit.errors
