"""What is drawn once is given again only to those who see the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gridgov.access.policy import scope_of
from gridgov.access.roles import Role, demo_identity
from gridgov.figures.palette import DARK, LIGHT
from gridgov.filters import Filters
from gridgov.locale import set_language
from gridgov.ui.cache import drawn
from gridgov.ui.view import View, set_view
from gridgov.warehouse import Warehouse
from tests.warehouses import sample_warehouse


@pytest.fixture
def view() -> Iterator[View]:
    leader = demo_identity(Role.LEADER)
    reader = Warehouse(sample_warehouse()).reader(scope_of(leader))
    assert reader.data_date is not None
    yield View(leader, Filters(today=reader.data_date), LIGHT, "overview", reader)
    set_language("zh_CN")


def _asked(view: View, *what: str) -> object:
    """The very object that this view is given."""
    set_view(view)
    return drawn("test", object, *what)


def test_the_same_view_is_given_the_same_drawing(view: View) -> None:
    assert _asked(view) is _asked(replace(view))


@pytest.mark.parametrize("what", ["filters", "palette", "page", "role", "scope", "argument"])
def test_another_view_is_given_its_own(view: View, what: str) -> None:
    first = _asked(view)
    grid = view.reader.rows("SELECT grid_id FROM grid WHERE level = '一般' ORDER BY grid_id")[0][0]
    supervisor = demo_identity(Role.SUPERVISOR, grid_ids=(str(grid),))
    assert view.opened is not None
    others = {
        "filters": replace(view, filters=view.filters.changed(grid_id=str(grid))),
        "palette": replace(view, palette=DARK),
        "page": replace(view, page_name="visits"),
        "role": replace(view, identity=demo_identity(Role.ANALYST)),
        "scope": replace(view, opened=Warehouse(sample_warehouse()).reader(scope_of(supervisor))),
        "argument": view,
    }
    assert _asked(others[what], *(["other"] if what == "argument" else [])) is not first


def test_another_language_is_given_its_own(view: View) -> None:
    first = _asked(view)
    set_language("en")
    assert _asked(view) is not first
