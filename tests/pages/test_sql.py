"""The SQL page: examples run, parameters, plain messages, traces, only for analysts.

The editor's text is put in as an example or the history puts it in; the browser tests type it.
"""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gridgov.explore.copy import deidentified_copy
from gridgov.explore.parameters import parameter_names, parameter_value
from gridgov.explore.sandbox import run_sql
from gridgov.ui.sql_examples import examples
from gridgov.ui.sql_schema import columns_html
from gridgov.warehouse import Warehouse
from gridgov.workspace.audit import entries
from gridgov.workspace.engine import open_workspace
from gridgov.workspace.question import list_questions, question_versions
from tests.pages.conftest import OpenPage, texts
from tests.warehouses import sample_warehouse


def _type(app: AppTest, sql: str) -> AppTest:
    app.session_state["sql_text"] = sql
    app.session_state["sql_stamp"] += 1
    return app.run()


def _text(app: AppTest) -> str:
    text: str = app.session_state["sql_text"]
    return text


def _run(app: AppTest) -> AppTest:
    app.button(key="sql_run").click()
    app.run()
    for _turn in range(60):
        if app.session_state["sql_job"] is None:
            return app
        time.sleep(0.2)
        app.run()
    raise AssertionError("the query did not end")


@pytest.mark.parametrize("example", examples(), ids=lambda item: item.title_en)
def test_every_example_runs(example) -> None:  # type: ignore[no-untyped-def]
    database = deidentified_copy(Warehouse(sample_warehouse()).current())
    given = {"start": date(2026, 1, 1)}
    used = {name: given[name] for name in parameter_names(example.sql)}
    result = run_sql(database, example.sql, parameters=used)
    assert result.row_count > 3 and len(result.columns) > 1
    assert example.title_zh and example.title_en


def test_a_query_gives_its_rows_and_leaves_a_trace(open_page: OpenPage, tmp_path: Path) -> None:
    app = open_page("sql", role="analyst")
    assert not app.exception
    sql = "SELECT source, count(*) AS n FROM fact_complaint GROUP BY ALL ORDER BY source"
    app = _run(_type(app, sql))
    assert not app.exception
    counted = Warehouse(sample_warehouse()).reader().rows(sql)
    frame = app.dataframe[0].value
    assert list(frame.itertuples(index=False, name=None)) == counted
    assert f"{len(counted)} 行" in texts(app)
    rows = entries(open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}"), limit=10)
    by_action = {row.action: row for row in rows}
    assert json.loads(by_action["sql.run"].detail)["sql"] == sql
    assert by_action["sql.result"].row_count == len(counted)


def test_a_mistake_is_a_plain_sentence(open_page: OpenPage) -> None:
    app = _run(_type(open_page("sql", role="analyst"), "SELECT '<b>x</b>' FROM nowhere"))
    assert not app.exception
    assert "没有名为“nowhere”的表" in texts(app)
    app = _run(_type(app, "SELECT error('<b>x</b>')"))
    assert "&lt;b&gt;x&lt;/b&gt;" in texts(app) and "<b>x</b>" not in texts(app)


def test_parameters_become_inputs(open_page: OpenPage) -> None:
    app = _type(
        open_page("sql", role="analyst"),
        "SELECT count(*) AS n FROM fact_visit WHERE on_date >= $since AND mode = $mode",
    )
    assert [box.label for box in app.text_input if box.label.startswith("$")] == ["$since", "$mode"]
    app.text_input(key="sql_param_since").set_value("2026-10-01")
    app.text_input(key="sql_param_mode").set_value("上门")
    app = _run(app.run())
    reader = Warehouse(sample_warehouse()).reader()
    expected = reader.rows(
        "SELECT count(*) FROM fact_visit WHERE on_date >= $a AND mode = '上门'", a=date(2026, 10, 1)
    )
    assert app.dataframe[0].value["n"].tolist() == [expected[0][0]]


def test_a_blank_parameter_is_said(open_page: OpenPage) -> None:
    app = _run(_type(open_page("sql", role="analyst"), "SELECT 1 AS a WHERE 'a' = $mode"))
    assert "0 行" in texts(app) and "参数 $mode 没有填，按空值（NULL）计算" in texts(app)


def test_what_was_wrong_before_is_not_said_of_the_query_that_runs(open_page: OpenPage) -> None:
    app = _run(_type(open_page("sql", role="analyst"), "SELECT nope"))
    assert "没有名为“nope”的列" in texts(app)
    endless = "SELECT sum(i) FROM range(10000000000000) t(i)"
    _type(app, endless).button(key="sql_run").click()
    app.run()
    try:
        assert app.session_state["sql_job"].poll() == "running"
        assert "nope" not in texts(app)
    finally:
        app.session_state["sql_job"].cancel()


def test_the_plan(open_page: OpenPage) -> None:
    app = _type(
        open_page("sql", role="analyst"), "SELECT mode, count(*) FROM fact_visit GROUP BY ALL"
    )
    app.button(key="sql_explain").click()
    app.run()
    for _turn in range(60):
        if app.session_state["sql_job"] is None:
            break
        time.sleep(0.2)
        app.run()
    assert "fact_visit" in app.code[0].value
    assert "执行计划" in texts(app)


def test_the_history_brings_a_query_back(open_page: OpenPage) -> None:
    app = _run(_type(open_page("sql", role="analyst"), "SELECT 41 + 1 AS answer"))
    app.session_state["door_history"] = True
    app.run()
    past = next(item for item in app.button if r"SELECT 41 \+ 1" in item.label)
    assert "1 行" in past.label
    _type(app, "SELECT 2")
    next(item for item in app.button if r"SELECT 41 \+ 1" in item.label).click()
    app.run()
    assert _text(app) == "SELECT 41 + 1 AS answer"


def test_a_query_is_saved_and_opened_by_its_link(open_page: OpenPage, tmp_path: Path) -> None:
    app = _type(open_page("sql", role="analyst"), "SELECT $n AS n")
    app.text_input(key="sql_param_n").set_value("7")
    app.session_state["door_save_sql"] = True
    app.run()
    app.text_input(key="save_name_sql").set_value("七")
    app.button(key="save_new_sql").click()
    app.run()
    assert not app.exception
    workspace = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    saved = list_questions(workspace, None)[0]
    assert question_versions(workspace, saved.id, None)[0].definition == {
        "sql": "SELECT $n AS n",
        "parameters": {"n": "7"},
    }
    again = open_page("sql", role="analyst", q=str(saved.id))
    assert _text(again) == "SELECT $n AS n"
    assert again.text_input(key="sql_param_n").value == "7"


def test_it_is_the_analyst_s_page_alone(open_page: OpenPage) -> None:
    app = open_page("sql", role="leader")
    assert "sql_text" not in app.session_state
    assert "sql_run" not in [button.key for button in app.button]


def test_the_copy_holds_nobody(open_page: OpenPage) -> None:
    app = _run(_type(open_page("sql", role="analyst"), "SELECT * FROM fact_visit LIMIT 50"))
    frame = app.dataframe[0].value
    reader = Warehouse(sample_warehouse()).reader()
    stored = {row[0] for row in reader.rows("SELECT DISTINCT household FROM fact_visit")}
    assert frame["note"].isna().all()
    assert not stored & set(frame["household"])


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT $a, $b, $a", ("a", "b")),
        ("SELECT '$a' -- $b\n/* $c */ , \"$d\", $$ $e $$, $f", ("f",)),
        ("SELECT $月份, $1, $Month + $month", ("月份", "1", "Month")),
        ("SELECT $tag$ $e $tag$, $f", ("f",)),
        ("SELECT 1", ()),
    ],
)
def test_which_parameters_a_text_has(sql: str, names: tuple[str, ...]) -> None:
    assert parameter_names(sql) == names


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        (" 1.5 ", 1.5),
        ("2026-10-01", date(2026, 10, 1)),
        ("2026-02-30", "2026-02-30"),
        ("上门", "上门"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("nan", "nan"),
        ("'7'", "7"),
        ("'it''s'", "it's"),
        ("1" * 30, "1" * 30),
        ("", None),
    ],
)
def test_what_a_typed_value_is(text: str, value: object) -> None:
    assert parameter_value(text) == value


def test_samples_are_escaped() -> None:
    from gridgov.explore.catalogue import CatalogueColumn, CatalogueTable

    column = CatalogueColumn("a", "VARCHAR", "<i>", ("<script>",))
    body = columns_html(CatalogueTable("t", "<b>", False, 1, (column,)), "")
    assert "<script>" not in body and "<i>" not in body and "&lt;script&gt;" in body


def test_a_number_among_texts_is_the_text_that_was_typed(open_page: OpenPage) -> None:
    app = _type(
        open_page("sql", role="analyst"),
        "SELECT count(*) AS n FROM fact_complaint WHERE source = $来源",
    )
    app.text_input(key="sql_param_来源").set_value("12345")
    app = _run(app.run())
    expected = (
        Warehouse(sample_warehouse())
        .reader()
        .rows("SELECT count(*) FROM fact_complaint WHERE source = '12345'")
    )
    assert expected[0][0] > 0
    assert app.dataframe[0].value["n"].tolist() == [expected[0][0]], texts(app)


def test_the_plan_of_a_mistake_tells_its_own_place(open_page: OpenPage) -> None:
    app = _type(open_page("sql", role="analyst"), "SELECT nope FROM fact_visit")
    app.button(key="sql_explain").click()
    app.run()
    for _turn in range(60):
        if app.session_state["sql_job"] is None:
            break
        time.sleep(0.2)
        app.run()
    assert "第 1 行第 8 个字：没有名为“nope”的列" in texts(app)


@pytest.mark.parametrize("text", ["EXPLAIN SELECT 1", "-- why\n/* x */ explain SELECT 1"])
def test_the_plan_of_a_plan_is_the_plan(open_page: OpenPage, text: str) -> None:
    app = _type(open_page("sql", role="analyst"), text)
    app.button(key="sql_explain").click()
    app.run()
    for _turn in range(60):
        if app.session_state["sql_job"] is None:
            break
        time.sleep(0.2)
        app.run()
    assert "Projection" in app.code[0].value


def test_the_history_shows_a_query_as_it_was_written(open_page: OpenPage) -> None:
    sql = "SELECT 2*3*4 AS a_b_c -- ![x](http://127.0.0.1/x.png)"
    app = _run(_type(open_page("sql", role="analyst"), sql))
    app.session_state["door_history"] = True
    app.run()
    past = next(item for item in app.button if "SELECT" in item.label)
    assert r"2\*3\*4 AS a\_b\_c" in past.label
    assert "![x](" not in past.label


def test_another_value_takes_another_file(open_page: OpenPage) -> None:
    app = _type(open_page("sql", role="analyst"), "SELECT i FROM range($n) t(i)")
    app.text_input(key="sql_param_n").set_value("3")
    app = _run(app.run())
    app.session_state["door_sql_download"] = True
    app.run()
    app.button(key="sql_export_csv").click()
    app.run()
    for _turn in range(60):
        if any("3 行" in item.label for item in app.get("download_button")):
            break
        time.sleep(0.2)
        app.run()
    else:
        raise AssertionError("no file")
    app.text_input(key="sql_param_n").set_value("5")
    app = _run(app.run())
    app.session_state["door_sql_download"] = True
    app.run()
    assert "5 行" in texts(app)
    assert not [item for item in app.get("download_button") if "3 行" in item.label]


def test_an_answer_says_its_data_and_cuts_what_no_page_can_hold(open_page: OpenPage) -> None:
    sql = "SELECT repeat('长', 9000) AS a, [1, 2] AS b, 7 AS c FROM range(3)"
    app = _run(_type(open_page("sql", role="analyst"), sql))
    assert "数据版本" in texts(app)
    assert app.dataframe[0].value["a"].str.len().tolist() == [2001] * 3
    assert not app.exception
