"""Boards: questions together on one page, following the shared filters."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from gridgov import formats
from gridgov.explore.builder import Cut
from gridgov.explore.question_file import builder_definition, sql_definition
from gridgov.filters import Filters
from gridgov.metrics import evaluate
from gridgov.warehouse import Warehouse
from gridgov.workspace.audit import Actor
from gridgov.workspace.board import BoardItem, find_board, list_boards, save_board
from gridgov.workspace.engine import open_workspace
from gridgov.workspace.question import save_question
from tests.pages.conftest import OpenPage, texts
from tests.warehouses import sample_warehouse

DEMO = Actor(None, "领导", "")


def _workspace(tmp_path: Path) -> Engine:
    return open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")


def _board(tmp_path: Path) -> tuple[Engine, int]:
    """A board with a table of two metrics and a query."""
    workspace = _workspace(tmp_path)
    cut = Cut(("C3", "C5"), ("category",), chart="table")
    definition = builder_definition(cut, Filters(today=date(2026, 10, 31)))
    one = save_question(workspace, DEMO, name="类别", kind="builder", definition=definition)
    sql = "SELECT count(*) AS n FROM fact_complaint WHERE on_date BETWEEN $start AND $end"
    two = save_question(
        workspace, DEMO, name="计数", kind="sql", definition=sql_definition(sql, {})
    )
    items = [BoardItem(one.id, 12), BoardItem(two.id)]
    board = save_board(workspace, DEMO, name="例会", items=items, filters={"period": "first_half"})
    return workspace, board.id


def _door(app: AppTest, key: str) -> AppTest:
    app.session_state[key] = True
    return app.run()


def test_nothing_yet_says_what_to_do(open_page: OpenPage) -> None:
    app = open_page("boards")
    assert not app.exception
    assert "还没有看板" in texts(app) and "自助分析" in texts(app)


def test_a_board_follows_the_shared_filters(open_page: OpenPage, tmp_path: Path) -> None:
    _board(tmp_path)
    reader = Warehouse(sample_warehouse()).reader()
    for period, start, end in (
        ("first_half", date(2026, 1, 1), date(2026, 6, 30)),
        ("this_month", date(2026, 10, 1), date(2026, 10, 31)),
    ):
        app = open_page("boards", role="analyst", period=period)
        assert not app.exception
        for code in ("C3", "C5"):
            whole = evaluate(reader, code, start, end)["value"].iloc[0]
            assert f">{formats.percent(whole)}</td>" in texts(app), (period, code)
        counted = reader.rows(
            "SELECT count(*) FROM fact_complaint WHERE on_date BETWEEN $a AND $b", a=start, b=end
        )
        assert app.dataframe[0].value["n"].tolist() == [counted[0][0]]


def test_a_leader_does_not_run_sql(open_page: OpenPage, tmp_path: Path) -> None:
    _board(tmp_path)
    app = open_page("boards")
    assert not app.exception
    assert "只有数据分析员可以运行" in texts(app)
    assert not app.dataframe


def test_making_and_arranging(open_page: OpenPage, tmp_path: Path) -> None:
    workspace, board_id = _board(tmp_path)
    app = _door(open_page("boards", board=str(board_id)), "door_board_edit")
    app.button(key="board_down_0").click()
    app.run()
    found = find_board(workspace, board_id, None)
    assert found is not None and [item.width for item in found.items] == [6, 12]
    app.button(key="board_width_0").click()
    app.run()
    app.button(key="board_drop_1").click()
    app.run()
    assert not app.exception
    found = find_board(workspace, board_id, None)
    assert found is not None and [item.width for item in found.items] == [12]
    app = _door(app, "door_board_add")
    app.button(key="board_add_go").click()
    app.run()
    found = find_board(workspace, board_id, None)
    assert found is not None and len(found.items) == 2
    app = _door(app, "door_board_new")
    app.text_input(key="board_new_name").set_value("月报")
    app.button(key="board_new_go").click()
    app.run()
    assert {item.name for item in list_boards(workspace, None)} == {"例会", "月报"}
    assert "“月报”上还没有问题" in texts(app)


def test_the_board_s_own_filters_on_request(open_page: OpenPage, tmp_path: Path) -> None:
    _board(tmp_path)
    app = open_page("boards")
    app.button(key="board_filters").click()
    app.run()
    assert app.query_params["period"] == "first_half"
    assert "2026年上半年" in texts(app)


def test_a_question_that_went_away_leaves_the_rest(open_page: OpenPage, tmp_path: Path) -> None:
    from gridgov.workspace.question import remove_question

    workspace, board_id = _board(tmp_path)
    found = find_board(workspace, board_id, None)
    assert found is not None
    remove_question(workspace, DEMO, found.items[1].question_id)
    app = open_page("boards")
    assert not app.exception
    assert "已删除或不再共享" in texts(app) and "按期办结率" in texts(app)
