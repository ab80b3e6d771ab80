"""A leader's pages at a micro-grid of three residents on the list: no figure of theirs is there."""

from __future__ import annotations

import pytest

from gridgov.warehouse import Warehouse
from tests.pages.conftest import OpenPage, drawn_figures, texts
from tests.warehouses import sample_warehouse


@pytest.fixture(scope="module")
def smallest() -> tuple[str, int]:
    """The micro-grid with the fewest listed, and how often they were due in October."""
    reader = Warehouse(sample_warehouse()).reader()
    rows = reader.rows(
        "SELECT k.grid_id, count(DISTINCT k.person) FROM key_person AS k GROUP BY k.grid_id"
        " ORDER BY 2, 1 LIMIT 1"
    )
    assert rows[0][1] < 5
    due = reader.rows(
        "SELECT count(*) FROM fact_contact_period WHERE is_complete AND grid_id = $grid"
        " AND period_end BETWEEN DATE '2026-07-01' AND DATE '2026-10-31'",
        grid=rows[0][0],
    )
    return str(rows[0][0]), int(due[0][0])


@pytest.mark.parametrize(
    ("page", "more"),
    [
        ("visits", {}),
        ("grid", {}),
        ("overview", {}),
        ("map", {"metric": "SV1"}),
        ("trends", {"view": "series", "metric": "SV1"}),
        ("trends", {"view": "series", "metric": "SV2"}),
        ("trends", {"view": "metrics"}),
    ],
)
def test_pages_of_the_smallest_grid(
    open_page: OpenPage, smallest: tuple[str, int], page: str, more: dict[str, str]
) -> None:
    grid, due = smallest
    app = open_page(page, grid=grid, **more)
    assert not app.exception
    shown = texts(app)
    assert f"应联系人次 {due}，" not in shown
    assert f"/ {due}</td>" not in shown
    if page in ("visits", "grid", "overview"):
        assert "涉及不足 5 人的数字" in shown
        assert "&lt;5" in shown


def test_the_chart_of_a_few_says_why_it_is_empty(
    open_page: OpenPage, smallest: tuple[str, int]
) -> None:
    app = open_page("grid", grid=smallest[0])
    drawn = [str(chart) for chart in drawn_figures(app)]
    assert sum("为保护个人不画走势" in chart for chart in drawn) == 1
    app = open_page("trends", grid=smallest[0], view="series", metric="SV1")
    assert "为保护个人不画走势" in texts(app)


def test_a_supervisor_sees_the_figures_of_a_few(open_page: OpenPage) -> None:
    """The demo's supervisor has the first general grid, with a micro-grid of a few in it."""
    reader = Warehouse(sample_warehouse()).reader()
    own = reader.rows("queries/demo_supervisor.sql")[0][0]
    listed = (
        "SELECT k.grid_id, count(DISTINCT k.person) FROM key_person AS k"
        " JOIN grid_closure AS c ON c.grid_id = k.grid_id AND c.ancestor_id = $own"
        " GROUP BY k.grid_id ORDER BY 2, 1 LIMIT 1"
    )
    grid = str(reader.rows(listed, own=own)[0][0])
    assert "涉及不足 5 人的数字" in texts(open_page("visits", grid=grid))
    page = texts(open_page("visits", role="supervisor", grid=grid))
    assert "涉及不足 5 人的数字" not in page
    assert "&lt;5" not in page
