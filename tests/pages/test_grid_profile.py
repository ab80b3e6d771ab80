"""The profile of a grid: it is about one grid in all that it shows, lists and gives away."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gridgov.workspace.annotation import add_annotation
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import shared_workspace
from tests.pages.conftest import OpenPage, drawn_figures, texts

LEADER = Actor(None, "李书记")
COMMUNITY, FIRST = "510112001001", "51011200100101"
MICRO = "5101120010010101"


@pytest.fixture
def engine(open_page: OpenPage, tmp_path: Path) -> Engine:
    return shared_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")


def charts_with(open_page: OpenPage, words: str, name: str, **url: str) -> int:
    """How many charts of a page carry the words."""
    return sum(words in str(chart) for chart in drawn_figures(open_page(name, **url)))


def test_without_a_chosen_grid_the_page_is_about_the_one_that_it_shows(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []
    monkeypatch.setattr(
        "gridgov.ui.page.behind_window",
        lambda: asked.append(__import__("gridgov.ui.view").ui.view.current_view().filters.grid_id),
    )
    app = open_page("grid")
    assert not app.exception
    page = texts(app)
    assert "左侧还没有选网格" in page
    # The line of context, and the filters that records and exports are made with.
    assert "<span>东山社区第1网格</span>" in page
    assert asked == [FIRST]
    assert "grid" not in app.query_params


@pytest.mark.parametrize("grid_id", [COMMUNITY, FIRST, MICRO])
def test_events_of_the_grids_above_and_below_stand_in_its_charts(
    open_page: OpenPage, engine: Engine, grid_id: str
) -> None:
    add_annotation(engine, LEADER, on_date=date(2026, 9, 1), text="专项行动", grid_id=grid_id)
    assert charts_with(open_page, "专项行动", "grid", grid=FIRST) == 2
    assert charts_with(open_page, "专项行动", "overview") == 1
    # Another grid beside it has nothing to do with it, unless it is of the grid above both.
    beside = charts_with(open_page, "专项行动", "grid", grid="51011200100102")
    assert beside == (2 if grid_id == COMMUNITY else 0)


def test_an_event_of_a_grid_says_of_which(open_page: OpenPage, engine: Engine) -> None:
    add_annotation(engine, LEADER, on_date=date(2026, 9, 1), text="专项行动", grid_id=FIRST)
    assert charts_with(open_page, "东山社区第1网格：专项行动", "overview") == 1
    assert charts_with(open_page, "第1网格：专项行动", "grid", grid=FIRST) == 0


def test_how_complete_the_data_is_stands_on_every_page(open_page: OpenPage) -> None:
    for name in ("overview", "visits", "follow_up"):
        assert "近 14 天 11/11 个一般网格有记录" in texts(open_page(name))
    assert "近 14 天 4/4 个微网格有记录" in texts(open_page("overview", role="supervisor"))


def test_a_log_that_ended_early_says_so(open_page: OpenPage, built_warehouse) -> None:  # type: ignore[no-untyped-def]
    root = built_warehouse(
        grid=[{"grid_id": "C", "name": "东山社区", "level": "社区"},
              {"grid_id": "G", "name": "第1网格", "level": "一般", "parent_id": "C"},
              {"grid_id": "H", "name": "第2网格", "level": "一般", "parent_id": "C"}],
        activity=[{"name": "邻里日", "started_at": "2026-03-01 09:00", "grid": "G"}],
        complaint=[{"complaint_id": "1", "grid": "G", "category": "噪声",
                    "created_at": "2026-02-01 10:00"}],
    )  # fmt: skip
    page = texts(open_page("overview", warehouse=root))
    assert "近 14 天 1/2 个一般网格有记录" in page
    assert "诉求只到 2026-02-01" in page
