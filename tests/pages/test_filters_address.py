"""Filters, the address and the session: which of them holds when they disagree."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from gridgov.queries.choices import filter_choices
from gridgov.warehouse import Warehouse
from tests.pages.conftest import OpenPage
from tests.warehouses import sample_warehouse


def _choose(app: AppTest, label: str, value: object) -> AppTest:
    """Pick an option of the box with that label and run."""
    box = next(box for box in app.sidebar.selectbox if box.label == label)
    box.set_value(value)
    return app.run()


def _shown(app: AppTest) -> dict[str, object]:
    return {box.label: box.value for box in app.sidebar.selectbox}


def _address(app: AppTest) -> dict[str, object]:
    return {
        key: value[0] if isinstance(value, list) else value
        for key, value in app.query_params.items()
    }


def test_a_change_stands_in_the_address(open_page: OpenPage) -> None:
    app = _choose(open_page("visits"), "时段", "last_month")
    assert _address(app) == {"period": "last_month"}


def test_an_address_from_before_the_last_change_undoes_nothing(open_page: OpenPage) -> None:
    """The second of two quick changes comes with the address that the first has not reached."""
    app = open_page("visits", period="first_half")
    app = _choose(app, "时段", "last_month")
    app.query_params.clear()
    app.query_params["period"] = "first_half"
    app = _choose(app, "对比", "none")
    assert _address(app) == {"period": "last_month", "compare": "none"}
    assert (_shown(app)["时段"], _shown(app)["对比"]) == ("last_month", "none")


def test_a_link_opened_later_wins_and_the_boxes_show_it(open_page: OpenPage) -> None:
    reader = Warehouse(sample_warehouse()).reader()
    grid_id = filter_choices(reader)[0][5].grid_id
    app = _choose(open_page("visits"), "时段", "last_month")
    app.query_params.clear()
    app.query_params["grid"] = grid_id
    app = app.run()
    assert (_shown(app)["时段"], _shown(app)["网格"]) == ("this_half", grid_id)
    # The next change is made on what the boxes show, not on what they showed before the link.
    app = _choose(app, "对比", "none")
    assert _address(app) == {"grid": grid_id, "compare": "none"}


def test_a_bare_address_of_another_page_keeps_the_session(open_page: OpenPage) -> None:
    app = _choose(open_page("visits"), "时段", "last_month")
    app.query_params.clear()
    app = app.switch_page("../pages/complaints.py").run()
    assert _address(app) == {"period": "last_month"}
    assert _shown(app)["时段"] == "last_month"
