"""The overview: true figures, what needs someone, and what it says when there is nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gridgov import formats
from gridgov.metrics import METRICS, evaluate
from gridgov.warehouse import Warehouse
from tests.pages.conftest import OpenPage, texts
from tests.warehouses import sample_warehouse


def test_the_cards_show_the_engine_s_figures(open_page: OpenPage) -> None:
    page = texts(open_page("overview", period="first_half"))
    reader = Warehouse(sample_warehouse()).reader()
    from datetime import date

    for code in ("SV1", "C3", "C6", "HP1"):
        row = evaluate(reader, [code], date(2026, 1, 1), date(2026, 6, 30)).iloc[0]
        assert METRICS[code].zh in page
        assert formats.percent(row["value"]).rstrip("%") in page, code
        assert formats.whole(row["denominator"]) in page, code


def test_the_planted_trouble_is_on_the_list(open_page: OpenPage) -> None:
    app = open_page("overview")
    assert not app.exception
    page = texts(app)
    titles = " ".join(re.findall(r"<a [^>]*>([^<]*)</a>", page))
    assert "停车诉求上升" in titles
    assert "重点人员逾期" in titles
    assert "第7网格" in page


def test_english_is_complete(open_page: OpenPage) -> None:
    page = texts(open_page("overview", lang="en"))
    assert "Overview" in page
    assert "on-schedule" in page.lower()


def test_nothing_published(open_page: OpenPage, tmp_path: Path) -> None:
    app = open_page("overview", warehouse=tmp_path / "none")
    assert not app.exception
    assert "还没有导入任何数据" in texts(app)


def test_a_missing_log_leaves_the_rest(open_page: OpenPage, built_warehouse) -> None:  # type: ignore[no-untyped-def]
    root = built_warehouse(
        grid=[
            {"grid_id": "C", "name": "东山社区", "level": "社区"},
            {"grid_id": "G", "name": "第1网格", "level": "一般", "parent_id": "C"},
        ],
        complaint=[
            {"complaint_id": "1", "grid": "G", "category": "噪声", "created_at": "2026-03-01 10:00"}
        ],
    )
    app = open_page("overview", warehouse=root)
    assert not app.exception
    page = texts(app)
    assert "重点人员按期探访率" in page
    assert formats.MISSING in page


@pytest.mark.parametrize("role", ["supervisor", "leader"])
def test_the_scope_is_in_the_figures(open_page: OpenPage, role: str) -> None:
    page = texts(open_page("overview", role=role))
    assert ("东山社区第1网格" in page) or role == "leader"


def test_follow_up_page_opens_empty(open_page: OpenPage) -> None:
    app = open_page("follow_up")
    assert not app.exception
    assert "没有进行中的督办事项" in texts(app)
