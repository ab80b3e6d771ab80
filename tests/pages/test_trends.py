"""The trends page under AppTest: each view over the sample, and over next to nothing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from etl.sample.planted import PLANTED
from gridgov import formats
from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.metrics import METRICS, evaluate
from gridgov.trends import (
    Targets,
    explain_change,
    judged_by_denominator,
    judged_series,
    newest_signals,
)
from gridgov.trends.explain import printed
from gridgov.trends.targets import target_words
from gridgov.warehouse import Reader, Warehouse
from gridgov.workspace.target import list_targets as list_targets_of
from tests.pages.conftest import OpenPage, drawn_figures, texts
from tests.warehouses import sample_warehouse

NOW = (date(2026, 7, 1), date(2026, 10, 31))
BEFORE = (date(2025, 7, 1), date(2025, 10, 31))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Warehouse(sample_warehouse()).reader()


@pytest.fixture(scope="module")
def leader() -> Reader:
    """Whose eyes the pages are opened with."""
    return Warehouse(sample_warehouse()).reader(Scope(frozenset({Role.LEADER})))


@pytest.fixture(scope="module")
def worsening(reader: Reader) -> str:
    name = f"%第{PLANTED.worsening_general + 1}网格"
    rows = reader.rows("SELECT grid_id FROM grid WHERE level='一般' AND name LIKE $name", name=name)
    return str(rows[0][0])


def _fine(app: AppTest) -> str:
    assert not app.exception, app.exception
    return texts(app)


def _names(shown: str) -> list[str]:
    """Names of the little charts, in the order of the page."""
    return re.findall(r'class="gg-mini-name" title="([^"]*)"', shown)


def test_new_signals_are_those_of_the_core(open_page: OpenPage, leader: Reader) -> None:
    shown = _fine(open_page("trends"))
    found = newest_signals(leader, date(2026, 10, 1), levels=("社区", "一般"))
    rows = shown.count("<tr>") - 1
    assert rows == len(found) > 5
    series = judged_series(leader, levels=("社区", "一般"))
    assert f"共判断 {int(series.is_judged.sum())} 条序列" in shown
    for signal in found[:5]:
        assert f"metric={signal.metric}" in shown
        assert f"grid={signal.grid_id}" in shown


def test_an_earlier_date_gives_more(open_page: OpenPage, leader: Reader) -> None:
    shown = _fine(open_page("trends", since="2026-03-01"))
    found = newest_signals(leader, date(2026, 3, 1), levels=("社区", "一般"))
    assert f"2026-03-01 以来 {len(found)} 条有新信号" in shown
    assert len(found) > len(newest_signals(leader, date(2026, 10, 1), levels=("社区", "一般")))


def test_all_grids_of_one_metric_the_worsening_one_first(
    open_page: OpenPage, reader: Reader
) -> None:
    shown = _fine(open_page("trends", view="grids", metric="SV1"))
    names = _names(shown)
    assert len(names) == 11
    assert names[0] == f"第{PLANTED.worsening_general + 1}网格"
    frame = evaluate(
        reader, "SV1", date(2026, 10, 1), date(2026, 10, 31), by=("grid:一般",)
    ).set_index("grid_id")
    for value in frame["value"]:
        assert formats.value(float(value), "%") in shown


def test_every_micro_grid_can_be_seen(open_page: OpenPage) -> None:
    shown = _fine(open_page("trends", view="grids", metric="SV1", level="微"))
    told = re.search(r"微网格 127 个：(\d+) 个变差", shown)
    assert told and int(told[1]) >= 5
    assert _names(shown)[0].startswith(f"{PLANTED.worsening_general + 1}-")


def test_all_metrics_of_one_grid(open_page: OpenPage, worsening: str) -> None:
    shown = _fine(open_page("trends", view="metrics", grid=worsening))
    assert re.search(r"指标 43 个：\d+ 个变差", shown)
    eyes = shown[: shown.index("正常波动</h2>")]
    assert "重点人员按期探访率" in eyes
    assert "千人诉求量" in eyes


def test_one_series_says_where_its_level_shifted(open_page: OpenPage, worsening: str) -> None:
    app = open_page("trends", view="series", metric="C1", grid=worsening)
    shown = _fine(app)
    assert "自 2026年3月 起水平由" in shown
    assert "最近一期：有变化" in shown
    assert len(drawn_figures(app)) == 2


def test_a_rebase_from_the_address(open_page: OpenPage, worsening: str) -> None:
    app = open_page("trends", view="series", metric="C1", grid=worsening, rebase="2026-03-01")
    shown = _fine(app)
    assert "正常波动范围自 2026年3月 起重算。" in shown
    assert "最近一期：正常波动" in shown
    app.button(key="trends_rebase_off").click().run()
    shown = _fine(app)
    assert "最近一期：有变化" in shown
    assert "rebase" not in app.query_params


def test_the_table_of_contributions_adds_up(open_page: OpenPage, reader: Reader) -> None:
    shown = _fine(open_page("trends", view="series", metric="C3"))
    told = printed(explain_change(reader, "C3", NOW, BEFORE, "grid"))
    gap = round(told.after * 1000) - round(told.before * 1000)
    rows = re.findall(r"<tr><td[^>]*>([^<]+)</td>.*?</tr>", shown)
    cells = re.findall(r'<td class="gg-num">([+\u2212]?[\d.]+)</td></tr>', shown)
    tenths = [round(float(text.replace("\u2212", "-")) * 10) for text in cells]
    assert len(cells) == len(told.frame) == len(rows)
    assert sum(tenths) == gap
    assert f"共变化 {formats.points(gap / 1000)}" in shown
    column = told.frame["rate"].sum(), told.frame["mix"].sum()
    rate, mix = (formats.points(round(float(part), 4)) for part in column)
    assert f"其中做得好坏变了 {rate}，分布变了 {mix}" in shown


def test_a_change_from_before_the_records_is_not_explained(open_page: OpenPage) -> None:
    """The records begin on 2025-01-01: of these twelve months the compared ones miss two."""
    early = {"period": "last_12_months", "compare": "previous"}
    shown = _fine(open_page("trends", view="series", metric="C1", part="explain", **early))
    assert "上一时段早于记录的开始，不作对比" in shown
    later = _fine(open_page("trends", view="series", metric="C1", part="explain"))
    assert "早于记录的开始" not in later


def test_the_forecast_tells_its_record_and_its_calendar(open_page: OpenPage) -> None:
    shown = _fine(open_page("trends", view="series", metric="C1", part="ahead"))
    assert "过去试了 8 次" in shown
    assert re.search(r"日历覆盖到 \d{4}-12-31", shown)
    assert "12 周合计约" in shown


def test_years_laid_on_the_festival(open_page: OpenPage) -> None:
    app = open_page("trends", view="series", metric="C1", part="compare", compare="spring_festival")
    assert "春节那一周自 2026-02-17 起" in _fine(app)


def test_half_years_stand_side_by_side(open_page: OpenPage, reader: Reader) -> None:
    shown = _fine(open_page("trends", view="series", metric="C3", grain="half"))
    whole = evaluate(reader, "C3", date(2025, 7, 1), date(2025, 12, 31))["value"].iloc[0]
    cut = evaluate(reader, "C3", date(2025, 7, 1), date(2025, 10, 31))["value"].iloc[0]
    row = shown[shown.index("2025年下半年") :].split("</tr>")[0]
    assert formats.value(float(whole), "%") in row
    assert formats.value(float(cut), "%") in row
    shown = _fine(open_page("trends", view="grids", metric="C3", grain="school_year"))
    assert "2025–2026学年" in shown
    assert "2026–2027学年（不完整）" in shown


def test_a_supervisor_sees_the_own_grid_alone(open_page: OpenPage, reader: Reader) -> None:
    shown = _fine(open_page("trends", role="supervisor", view="grids", metric="SV1"))
    own = reader.rows("SELECT count(*) FROM grid WHERE name LIKE '%社区1-%'")[0][0]
    assert f"微网格 {own} 个" in shown
    assert "第7网格" not in shown


def test_the_smallest_grid_has_no_grids_to_split_by(open_page: OpenPage, reader: Reader) -> None:
    micro = reader.rows("SELECT min(grid_id) FROM grid WHERE level = '微'")[0][0]
    shown = _fine(open_page("trends", view="series", metric="C1", grid=micro))
    assert "各网格的贡献" not in shown
    assert "其他及未注明" not in shown
    shown = _fine(open_page("trends", view="grids", grid=micro))
    assert "所选网格下面没有网格" in shown


def test_a_leader_is_not_shown_small_counts_of_persons(open_page: OpenPage, reader: Reader) -> None:
    grid, count = next(
        (row.grid_id, row.value)
        for row in evaluate(
            reader, "SV2", date(2026, 10, 1), date(2026, 10, 31), by=("grid:微",)
        ).itertuples()
        if 0 < row.value < 5
    )
    address = {"view": "metrics", "grid": str(grid)}
    assert "少于 5 人" in _fine(open_page("trends", **address))
    grid_1 = reader.rows("SELECT min(grid_id) FROM grid WHERE level = '一般'")[0][0]
    mine = reader.rows(
        "SELECT grid_id FROM grid_closure WHERE ancestor_id = $top AND depth = 1", top=grid_1
    )
    assert mine and count
    shown = _fine(open_page("trends", role="supervisor", view="grids", metric="SV2"))
    assert "少于 5 人" not in shown


def test_a_note_is_written_down_and_drawn(open_page: OpenPage, worsening: str) -> None:
    from gridgov.ui.view import workspace
    from gridgov.workspace.annotation import add_annotation, list_annotations
    from gridgov.workspace.audit import Actor

    app = open_page("trends", view="series", metric="C1", grid=worsening)
    _fine(app)
    actor = Actor(None, "领导", "")
    add_annotation(
        workspace(), actor, on_date=date(2026, 3, 5), text="第7网格换人", grid_id=worsening
    )
    add_annotation(
        workspace(), actor, on_date=date(2026, 3, 6), text="别的网格的事", grid_id="nowhere"
    )
    shown = _fine(app.run())
    assert "附近的批注：2026-03-05 第7网格换人。" in shown
    assert "别的网格的事" not in shown
    assert len(list_annotations(workspace())) == 2


def test_english_has_no_chinese_words_of_ours(open_page: OpenPage) -> None:
    shown = _fine(open_page("trends", view="series", metric="C3", lang="en"))
    plain = re.sub(r"<[^>]+>", " ", shown)
    names = re.compile(r"东山社区|第\d+网格")
    assert not re.search("[\u4e00-\u9fff]", names.sub("", plain))


def _charts(app: AppTest) -> list[Any]:
    return drawn_figures(app)


def test_limits_by_denominator_from_the_address(open_page: OpenPage, reader: Reader) -> None:
    app = open_page("trends", view="series", metric="C3", chart="rate")
    shown = _fine(app)
    found = judged_by_denominator(judged_series(reader, ["C3"]), 0)
    assert found is not None
    assert "灰带按当期的分母（到期的）算" in shown
    assert f"实际起伏是偶然的 {formats.number(found.dispersion, 1)} 倍" in shown
    upper = next(one for one in _charts(app)[0]["data"] if one["name"] == "正常波动范围")
    assert upper["line"]["shape"] == "hvh"
    assert upper["y"] == pytest.approx(list(found.frame["upper"]), abs=1e-4)
    assert len(set(upper["y"])) > 10
    assert "rate" in app.query_params["chart"]
    shown = _fine(open_page("trends", view="series", metric="C1", chart="rate", lang="en"))
    base = METRICS["C1"].denominator_en.lower()
    assert f"follows each period&#x27;s denominator ({base})" in shown


@pytest.mark.parametrize("metric", ["C10", "SV2", "PB1"])
def test_without_a_denominator_there_is_one_range(open_page: OpenPage, metric: str) -> None:
    app = open_page("trends", view="series", metric=metric, chart="rate")
    assert "当期的分母" not in _fine(app)
    assert "chart" not in app.query_params


def test_a_rebase_holds_for_limits_by_denominator(open_page: OpenPage, reader: Reader) -> None:
    app = open_page("trends", view="series", metric="SV1", chart="rate", rebase="2026-03-01")
    assert "正常波动范围自 2026年3月 起重算。" in _fine(app)
    found = judged_by_denominator(
        judged_series(reader, ["SV1"], rebase=[date(2026, 3, 1)]), 0, rebase=[date(2026, 3, 1)]
    )
    assert found is not None
    mean = next(one for one in _charts(app)[0]["data"] if one["name"] == "平均")
    assert mean["y"] == pytest.approx(list(found.frame["mean"]), abs=1e-4)
    assert mean["y"][0] > mean["y"][-1] + 0.03


def test_a_leader_sets_a_target_and_ends_it(open_page: OpenPage, worsening: str) -> None:
    from gridgov.ui.view import workspace
    from gridgov.workspace.target import list_targets

    app = open_page("trends", view="series", metric="SV1", grid=worsening)
    assert "目标" not in _fine(app).replace("设目标", "")
    app.session_state["trends_target"] = True
    app.run()
    _box(app).set_value(85.0)
    next(b for b in app.button if b.label == "保存目标").click().run()
    (kept,) = list_targets(workspace())
    assert (kept.metric, kept.grid_id, kept.value) == ("SV1", None, 0.85)
    shown = _fine(app)
    assert "目标 85.0%：稳定不达标。整个正常波动范围都在目标差的一侧" in shown
    app.session_state["trends_target"] = True
    app.run()
    next(b for b in app.button if b.label == "撤下").click().run()
    assert "稳定不达标" not in _fine(app)
    assert list_targets(workspace()) == ()


def _box(app: AppTest) -> Any:
    (box,) = [one for one in app.number_input if "目标" in one.label]
    return box


def test_a_target_is_told_in_every_view(open_page: OpenPage, worsening: str) -> None:
    from gridgov.ui.view import workspace
    from gridgov.workspace.audit import SYSTEM
    from gridgov.workspace.target import save_target

    app = open_page("trends", view="grids", metric="SV1")
    save_target(workspace(), SYSTEM, metric="SV1", value=0.75)
    save_target(workspace(), SYSTEM, metric="SV1", value=0.2, grid_id=worsening)
    save_target(workspace(), SYSTEM, metric="C13", value=300)
    shown = _fine(app.run())
    told = re.findall(r'gg-muted">目标 ([\d.]+)%：(\w+)<', shown)
    assert len(told) == 11
    assert sum(one == ("20.0", "稳定达标") for one in told) == 1
    assert {one[1] for one in told if one[0] == "75.0"} <= {"稳定不达标", "时达时不达"}
    found = newest_signals(
        Warehouse(sample_warehouse()).reader(), date(2026, 10, 1), levels=("社区", "一般"),
        targets=Targets.of(list_targets_of(workspace())),
    )  # fmt: skip
    words = [target_words(s.metric, s.target, s.assurance) for s in found if s.assurance]
    assert words
    shown = _fine(open_page("trends"))
    for one in words:
        assert one in shown
    # A number of cases holds for the one place that it was set for.
    shown = _fine(open_page("trends", role="supervisor", view="metrics"))
    assert "目标 300" not in shown


def test_a_supervisor_sets_no_target(open_page: OpenPage) -> None:
    app = open_page("trends", role="supervisor", view="series", metric="SV1")
    _fine(app)
    app.session_state["trends_target"] = True
    app.run()
    assert not [one for one in app.number_input if "目标" in one.label]


ONE = {
    "grid": [
        {"grid_id": "C", "name": "东山社区", "level": "社区"},
        {"grid_id": "G", "name": "第1网格", "level": "一般", "parent_id": "C"},
    ],
    "visit": [{"visit_id": "1", "grid": "G", "worker": "张三", "occurred_at": "2026-03-01 10:00"}],
}


@pytest.mark.parametrize("view", ["signals", "grids", "metrics", "series"])
@pytest.mark.parametrize("grain", ["month", "school_year"])
@pytest.mark.parametrize("metric", ["C1", "SV4"])
def test_one_row_of_data_is_no_error(
    open_page: OpenPage,
    built_warehouse,
    view: str,
    grain: str,
    metric: str,  # type: ignore[no-untyped-def]
) -> None:
    root: Path = built_warehouse(**ONE)
    for part in ("explain", "compare", "ahead"):
        app = open_page("trends", warehouse=root, view=view, grain=grain, metric=metric, part=part)
        shown = _fine(app)
        assert (
            "gg-empty" in shown or "gg-mini" in shown or "gg-table" in shown or drawn_figures(app)
        )
        if view != "series":
            break
