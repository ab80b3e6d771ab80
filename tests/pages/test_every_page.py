"""Every page, in every role that has it: full, empty, without a warehouse; no traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gridgov.access.roles import Role
from gridgov.ui.navigation import PAGES, PageSpec
from tests.pages.conftest import OpenPage, texts

FULL = [(page, role) for page in PAGES for role in sorted(page.roles)]
ONE_ROW = {
    "grid": [
        {"grid_id": "C", "name": "东山社区", "level": "社区"},
        {"grid_id": "G", "name": "第1网格", "level": "一般", "parent_id": "C"},
        {"grid_id": "M", "name": "1-01微网格", "level": "微", "parent_id": "G"},
    ],
    "visit": [{"visit_id": "1", "grid": "M", "worker": "张三", "occurred_at": "2026-03-01 10:00"}],
}


@pytest.mark.parametrize(("page", "role"), FULL, ids=lambda value: getattr(value, "name", value))
def test_full(open_page: OpenPage, page: PageSpec, role: Role) -> None:
    app = open_page(page.name, role=role.value)
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    assert "gg-title" in texts(app)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_english(open_page: OpenPage, page: PageSpec) -> None:
    app = open_page(page.name, role=min(page.roles).value, lang="en")
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    assert "gg-title" in texts(app)


@pytest.mark.parametrize("grain", ["month", "quarter"])
@pytest.mark.parametrize("view", ["signals", "grids", "metrics", "series"])
def test_every_view_of_trends_in_english(open_page: OpenPage, view: str, grain: str) -> None:
    app = open_page("trends", view=view, grain=grain, metric="C3", lang="en")
    assert not app.exception, app.exception
    shown = texts(app)
    assert "gg-title" in shown
    # What leads on keeps the language, once.
    links = re.findall(r'href="(/trends[^"]*)"', shown)
    assert links or view == "series"
    assert all(link.count("lang=en") == 1 for link in links)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_one_row(open_page: OpenPage, built_warehouse, page: PageSpec) -> None:  # type: ignore[no-untyped-def]
    app = open_page(page.name, role=min(page.roles).value, warehouse=built_warehouse(**ONE_ROW))
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    assert "gg-title" in texts(app)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_warehouse(open_page: OpenPage, tmp_path: Path, page: PageSpec) -> None:
    role = min(page.roles - {Role.SUPERVISOR, Role.WORKER} or page.roles)
    app = open_page(page.name, role=role.value, warehouse=tmp_path / "none")
    assert not app.exception, app.exception
    shown = texts(app)
    assert "gg-title" in shown
    if page.needs_data:
        assert "还没有导入任何数据" in shown
