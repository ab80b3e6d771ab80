"""The engagement page: its figures are those of the logs, states are no ranking."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gridgov import formats
from gridgov.warehouse import Warehouse
from tests.pages.conftest import OpenPage, drawn_figures, texts
from tests.queries.oracle import Row, World, world_of
from tests.queries.oracle_metrics import reckon
from tests.warehouses import sample_warehouse

START, END = date(2026, 7, 1), date(2026, 10, 31)
CATALOGUE = [
    {"grid_id": "C", "name": "东山社区", "level": "社区"},
    {"grid_id": "G", "name": "第1网格", "level": "一般", "parent_id": "C"},
]


@cache
def world() -> World:
    return world_of(Warehouse(sample_warehouse()).reader())


def held() -> list[Row]:
    """Activities of the period that the page opens with."""
    return [row for row in world().activities if START <= row["day"] <= END]


def charts(app: AppTest) -> dict[str, Any]:
    found = {}
    for figure in drawn_figures(app):
        found[figure["layout"]["title"]["text"]] = figure
    return found


def test_types_are_those_of_the_log(open_page: OpenPage) -> None:
    page = texts(open_page("engagement"))
    rows = held()
    assert f"共 {formats.whole(len(rows))} 场" in page
    for kind in {row["type"] for row in rows}:
        here = [row for row in rows if row["type"] == kind]
        assert kind in page
        assert formats.whole(sum(row["attendances"] or 0 for row in here)) in page


def test_the_table_of_pillars(open_page: OpenPage) -> None:
    """Eleven grids by five pillars; the grid with the planted fall is the one that stands out."""
    figure = next(
        v for k, v in charts(open_page("engagement")).items() if k.startswith("各网格五在网格状态")
    )
    heat, touch = figure["data"][0], figure["data"][1]
    assert len(figure["layout"]["yaxis"]["ticktext"]) == 11
    assert len(touch["customdata"]) == 55
    row = figure["layout"]["yaxis"]["ticktext"].index("第7网格")
    want = reckon(world(), "SV1", START, END, "51011200100107").value
    assert heat["text"][row][1] == formats.percent(want)


def test_rotation_names_the_month_without_one(open_page: OpenPage) -> None:
    page = texts(open_page("engagement"))
    months = {
        row["day"].replace(day=1)
        for row in world().activities
        if row["code"] == "neighbour_day" and date(2025, 11, 1) <= row["day"] <= END
    }
    last_year = [date(2025, 11, 1), date(2025, 12, 1), *(date(2026, m, 1) for m in range(1, 11))]
    missed = [month for month in last_year if month not in months]
    assert missed
    assert "没有举办的月份：" + "、".join(formats.month(month) for month in missed) in page


def test_teams_of_the_quarter(open_page: OpenPage) -> None:
    shown = {
        row["team"]
        for row in world().activities
        if row["code"] == "show" and row["team"] and date(2026, 10, 1) <= row["day"] <= END
    }
    assert f"{len(shown)} / 20 支队伍展演过" in texts(open_page("engagement"))


def test_the_activities_are_read_when_somebody_opens_them(open_page: OpenPage) -> None:
    app = open_page("engagement")
    assert not app.dataframe
    assert "逐场活动" in {item.label for item in app.expander}


def test_no_more_than_six_charts(open_page: OpenPage) -> None:
    assert len(charts(open_page("engagement"))) == 4


@pytest.mark.parametrize(
    "url",
    [
        {"grid": "5101120010010701"},
        {"pillar": "党建"},
        {"period": "custom", "from_": "2026-02-16", "to": "2026-02-16"},
        {"period": "custom", "from_": "2024-02-01", "to": "2024-02-29"},
    ],
    ids=["leaf", "one pillar", "one day", "before the log"],
)
def test_any_filter(open_page: OpenPage, url: dict[str, str]) -> None:
    app = open_page("engagement", **url)
    assert not app.exception
    page = texts(app)
    assert "展演队伍" in page  # the last section: nothing cut the page short
    assert "nan" not in page.split("</style>")[-1]


def test_without_the_log_it_says_whom_to_ask(open_page: OpenPage, built_warehouse: Any) -> None:
    root = built_warehouse(
        grid=CATALOGUE,
        visit=[{"visit_id": "1", "grid": "G", "worker": "张三", "occurred_at": "2026-03-01 10:00"}],
    )
    app = open_page("engagement", warehouse=root)
    assert not app.exception
    assert "还没有活动记录" in texts(app)


def test_one_activity(open_page: OpenPage, built_warehouse: Any) -> None:
    root = built_warehouse(
        grid=CATALOGUE,
        activity=[
            {
                "activity_id": "1",
                "grid": "G",
                "name": "春日茶话",
                "started_at": "2026-03-01 10:00",
                "type": "茶话会",
            }
        ],
    )
    app = open_page("engagement", warehouse=root)
    assert not app.exception
    page = texts(app)
    assert "共 1 场" in page
    assert "茶话会" in page
    assert "还没有队伍展演的记录" in page
    assert "所选时段没有在册的重点人员" in page


def test_english(open_page: OpenPage) -> None:
    page = texts(open_page("engagement", lang="en"))
    for words in ("Which grids are not reached", "Neighbour-day rotation", "veteran"):
        assert words in page
