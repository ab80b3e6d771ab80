"""The builder's page: the question of the link, true figures, saving, who may see what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from streamlit.testing.v1 import AppTest

from gridgov import formats
from gridgov.metrics import evaluate
from gridgov.warehouse import Warehouse
from gridgov.workspace.engine import open_workspace
from gridgov.workspace.question import list_questions, question_versions
from tests.pages.conftest import OpenPage, texts
from tests.warehouses import sample_warehouse

START, END = date(2026, 1, 1), date(2026, 6, 30)


def _press(app: AppTest, label: str) -> AppTest:
    button = next(item for item in app.button if item.label == label)
    button.click()
    return app.run()


def _open_door(app: AppTest, key: str) -> AppTest:
    """Open a popover: the runs after it see it open."""
    app.session_state[key] = True
    return app.run()


def test_the_first_question_shows_the_engine_s_figures(open_page: OpenPage) -> None:
    app = open_page("explore", period="first_half")
    assert not app.exception
    page = texts(app)
    reader = Warehouse(sample_warehouse()).reader()
    rows = evaluate(reader, "C3", START, END, by=("grid:一般",))
    assert len(rows) == 11
    for record in rows.to_dict("records"):
        assert formats.percent(record["value"]) in page
        assert f">{formats.whole(record['denominator'])}</td>" in page
    whole = evaluate(reader, "C3", START, END).iloc[0]
    assert f">{formats.percent(whole['value'])}</td>" in page
    assert "合计由全部数据重新计算" in page


def test_a_link_opens_the_same_question(open_page: OpenPage) -> None:
    app = open_page("explore", period="first_half", m="C1", by="category", top="3", share="1")
    assert not app.exception
    page = texts(app)
    assert "其余" in page and "占合计" in page
    assert app.query_params["m"] == "C1" and app.query_params["top"] == "3"
    assert [box.value for box in app.multiselect[:2]] == [["C1"], ["category"]]


def test_the_address_follows_the_widgets(open_page: OpenPage) -> None:
    app = open_page("explore")
    app.multiselect[1].set_value(["category", "source"])
    app.run()
    assert not app.exception
    assert app.query_params["by"] == "category~source"
    app.selectbox(key=next(box.key for box in app.selectbox if "cut_grain" in str(box.key)))
    assert "物业" in texts(app)


def test_no_split_by_worker_is_offered(open_page: OpenPage) -> None:
    app = open_page("explore", by="worker", m="C3")
    assert not app.exception
    assert "worker" not in app.multiselect[1].options
    assert app.multiselect[1].value == []


def test_small_counts_are_hidden_from_a_leader_not_from_a_supervisor(open_page: OpenPage) -> None:
    link = {"m": "SV2", "by": "grid:微~tier"}
    leader = texts(open_page("explore", **link))
    assert "&lt;5" in leader and "少于 5 人" in leader
    supervisor = open_page("explore", role="supervisor", **link)
    assert not supervisor.exception
    assert "&lt;5" not in texts(supervisor)


def test_a_question_is_saved_with_versions_and_opened_again(
    open_page: OpenPage, tmp_path: Path
) -> None:
    app = open_page("explore", m="C5", by="category", period="first_half")
    app = _open_door(app, "door_save_builder")
    app.text_input(key="save_name_builder").set_value("解决率看类别")
    app = _press(app, "保存")
    assert not app.exception
    workspace = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    saved = list_questions(workspace, None)
    assert [item.name for item in saved] == ["解决率看类别"]
    version = question_versions(workspace, saved[0].id, None)[0]
    assert version.definition["cut"] == {"m": "C5", "by": "category"}
    assert version.definition["filters"] == {"period": "first_half"}
    assert version.data_version == Warehouse(sample_warehouse()).current().number
    assert app.query_params["q"] == str(saved[0].id)
    again = open_page("explore", q=str(saved[0].id))
    assert not again.exception
    assert again.multiselect[0].value == ["C5"] and again.multiselect[1].value == ["category"]
    assert "已保存的问题：解决率看类别（第 1 版）" in texts(again)
    assert "2026年上半年" in texts(again)


def test_an_unknown_question_is_said(open_page: OpenPage) -> None:
    app = open_page("explore", q="999")
    assert not app.exception
    assert "没有保存的问题 999" in texts(app)


def test_english(open_page: OpenPage) -> None:
    app = open_page("explore", lang="en", m="C3~C5", by="grid:一般")
    assert not app.exception
    page = texts(app)
    assert "Closed on time" in page and "Total" in page
    assert "合计" not in page


def test_a_log_without_the_metric_s_records(
    open_page: OpenPage, built_warehouse: Callable[..., Path]
) -> None:
    root = built_warehouse(
        grid=[{"grid_id": "C", "name": "东山社区", "level": "社区"}],
        visit=[{"visit_id": "1", "grid": "C", "worker": "张", "occurred_at": "2026-03-01 10:00"}],
    )
    app = open_page("explore", warehouse=root)
    assert not app.exception
    assert "所选范围内没有数据" in texts(app)


def test_one_row(open_page: OpenPage, built_warehouse: Callable[..., Path]) -> None:
    root = built_warehouse(
        grid=[
            {"grid_id": "C", "name": "东山社区", "level": "社区"},
            {"grid_id": "G", "name": "第1网格", "level": "一般", "parent_id": "C"},
        ],
        complaint=[
            {"complaint_id": "1", "grid": "G", "category": "噪声", "created_at": "2026-03-01 10:00",
             "due_at": "2026-03-01 15:00", "closed_at": "2026-03-01 12:00"}
        ],
    )  # fmt: skip
    app = open_page("explore", warehouse=root, period="this_month", m="C4", by="category")
    assert not app.exception
    assert "噪声" in texts(app) and "100.0%*" in texts(app)
    assert "样本不足" in texts(app)


def test_an_older_version_still_kept(
    open_page: OpenPage, built_warehouse: Callable[..., Path]
) -> None:
    def case(number: int, closed: str) -> dict[str, object]:
        return {
            "complaint_id": str(number), "grid": "C", "category": "噪声",
            "created_at": "2026-03-01 10:00", "due_at": "2026-03-01 15:00", "closed_at": closed,
        }  # fmt: skip

    grid = [{"grid_id": "C", "name": "东山社区", "level": "社区"}]
    built_warehouse(grid=grid, complaint=[case(1, "2026-03-01 12:00")])
    root = built_warehouse(complaint=[case(2, "2026-03-01 18:00")])
    link = {"warehouse": root, "period": "this_month", "m": "C3", "by": "category"}
    newest = texts(open_page("explore", **link))
    assert ">50.0%*<" in newest and "旧版数据" not in newest
    app = open_page("explore", data="1", **link)
    assert not app.exception
    assert ">100.0%*<" in texts(app)
    assert "正在旧版数据上运行：版本 1，数据截至 2026-03-01" in texts(app)


def test_where_the_comparison_is_when_the_table_has_no_room(open_page: OpenPage) -> None:
    crossed = open_page("explore", m="C1", by="grid:一般~category", vs="1")
    assert "对比值和变化在下载的结果里" in texts(crossed)
    assert "对比值和变化在下载的结果里" not in texts(
        open_page("explore", m="C1", by="category", vs="1")
    )
