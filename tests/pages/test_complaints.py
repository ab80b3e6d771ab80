"""The complaints page: its figures are those of the logs, cases are for those who may see them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gridgov import formats
from gridgov.warehouse import Warehouse
from tests.pages.conftest import OpenPage, drawn_figures, texts
from tests.queries.oracle import Row, World, world_of
from tests.warehouses import sample_warehouse

START, END = date(2026, 7, 1), date(2026, 10, 31)
CATALOGUE = [
    {"grid_id": "C", "name": "东山社区", "level": "社区"},
    {"grid_id": "G", "name": "第1网格", "level": "一般", "parent_id": "C"},
]


@cache
def world() -> World:
    return world_of(Warehouse(sample_warehouse()).reader())


def received() -> list[Row]:
    """Complaints of the period that the page opens with."""
    return [row for row in world().complaints if START <= row["day"] <= END]


def charts(app: AppTest) -> dict[str, Any]:
    """Figures by title."""
    found = {}
    for figure in drawn_figures(app):
        found[figure["layout"]["title"]["text"]] = figure
    return found


def test_the_process_counts_the_log(open_page: OpenPage) -> None:
    rows = received()
    closed = [row for row in rows if row["closed_at"]]
    called = [row for row in closed if row["called_back"] is not None]
    answered = [row for row in called if row["called_back"]]
    want = [
        len(rows),
        sum(row["contacted_at"] is not None for row in rows),
        len(closed),
        len(called),
        len(answered),
        sum(bool(row["resolved"]) for row in answered),
        sum(row["satisfied"] == "满意" for row in answered),
    ]
    figure = next(v for k, v in charts(open_page("complaints")).items() if "走到了哪一步" in k)
    texts_ = figure["data"][0]["text"]
    assert [int(text.split(" ")[0].replace(",", "")) for text in texts_] == want
    assert texts_[-1].endswith(formats.percent(want[-1] / want[4]))


def test_time_to_close_tells_of_open_and_instant_cases(open_page: OpenPage) -> None:
    rows = received()
    page = texts(open_page("complaints"))
    still = sum(row["closed_at"] is None for row in rows)
    instant = sum(row["closed_at"] == row["created_at"] for row in rows)
    assert instant
    assert f"n = {formats.whole(len(rows))}，其中 {still} 件未办结" in page
    assert f"另有 {instant} 件受理的同一秒即办结" in page


def test_categories_are_those_of_the_log(open_page: OpenPage) -> None:
    counts = Counter(row["category"] for row in received())
    app = open_page("complaints")
    figure = next(v for k, v in charts(app).items() if k.startswith("诉求类别"))
    keys = [key for trace in figure["data"] for key in trace["customdata"]]
    firsts = [text.split(" ")[0] for trace in figure["data"] for text in trace["text"]]
    assert dict(zip(keys, firsts, strict=True)) == {
        kind: formats.whole(count) for kind, count in counts.items()
    }
    assert "有变化" in texts(app)  # 停车 was planted to rise


def test_a_leader_sees_no_case(open_page: OpenPage) -> None:
    app = open_page("complaints")
    assert not app.dataframe
    assert "逐条记录涉及居民个人" in texts(app)


def test_a_supervisor_sees_what_is_open_in_the_own_grid(open_page: OpenPage) -> None:
    grid = Warehouse(sample_warehouse()).reader().rows("queries/demo_supervisor.sql")[0][0]
    want = {
        row["complaint_id"]
        for row in world().complaints
        if row["closed_at"] is None and world().is_inside(row["grid_id"], grid)
    }
    shown = open_page("complaints", role="supervisor").dataframe[0].value
    assert set(shown["工单编号"]) == want


def test_a_category_filters_the_process(open_page: OpenPage) -> None:
    want = sum(row["category"] == "停车" for row in received())
    figure = next(
        v
        for k, v in charts(open_page("complaints", category="停车")).items()
        if "走到了哪一步" in k
    )
    assert figure["data"][0]["text"][0] == formats.whole(want)


def test_no_more_than_six_charts(open_page: OpenPage) -> None:
    assert len(charts(open_page("complaints"))) == 6


@pytest.mark.parametrize(
    "url",
    [
        {"grid": "5101120010010701"},
        {"period": "custom", "from_": "2026-02-16", "to": "2026-02-16"},
        {"period": "custom", "from_": "2024-02-01", "to": "2024-02-29"},
        {"source": "商户", "category": "消防", "grid": "5101120010010701"},
        {"compare": "none"},
    ],
    ids=["leaf", "one day", "before the log", "nothing fits", "no comparison"],
)
def test_any_filter(open_page: OpenPage, url: dict[str, str]) -> None:
    app = open_page("complaints", **url)
    assert not app.exception
    page = texts(app)
    assert "在办诉求" in page  # the last section: nothing cut the page short
    assert "nan" not in page.split("</style>")[-1]


def test_without_the_log_it_says_whom_to_ask(open_page: OpenPage, built_warehouse: Any) -> None:
    root = built_warehouse(
        grid=CATALOGUE,
        visit=[{"visit_id": "1", "grid": "G", "worker": "张三", "occurred_at": "2026-03-01 10:00"}],
    )
    app = open_page("complaints", warehouse=root)
    assert not app.exception
    assert "还没有诉求记录" in texts(app)


def test_one_case_without_a_category(open_page: OpenPage, built_warehouse: Any) -> None:
    root = built_warehouse(
        grid=CATALOGUE,
        complaint=[{"complaint_id": "1", "grid": "G", "created_at": "2026-03-01 10:00"}],
    )
    app = open_page("complaints", warehouse=root)
    assert not app.exception
    page = texts(app)
    assert "未填" in page
    assert "未注明" in page
    assert "n = 1，其中 1 件未办结" in page


def test_english(open_page: OpenPage) -> None:
    app = open_page("complaints", lang="en")
    page = texts(app) + " ".join(charts(app))
    for words in ("Complaints by category", "How far complaints have come", "Inside authority"):
        assert words in page


def test_a_card_that_does_not_follow_a_filter_says_so(open_page: OpenPage) -> None:
    page = texts(open_page("complaints", source="12345"))
    cards = re.findall(r'<div class="gg-card".*?</div>', page)
    told = [card for card in cards if "不随诉求来源筛选" in card]
    assert len(told) == 1 and "超期在办数" in told[0]
    assert "不随" not in texts(open_page("complaints", category="停车"))


def test_figures_of_an_unfinished_period_say_so(open_page: OpenPage) -> None:
    words = "时段未完，数据至 2026-10-31"
    # The funnel, the time to close, the categories and the grids; what is open is of today.
    assert texts(open_page("complaints")).count(words) == 4
    assert words not in texts(open_page("complaints", period="first_half"))
    assert texts(open_page("map")).count(words) == 1
