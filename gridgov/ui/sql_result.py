"""What a query gave: how much of it, the table, a quick figure, or the plan."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from gridgov import figures, formats
from gridgov.explore.result import Column, SqlResult
from gridgov.figures import Chart, Palette
from gridgov.locale import N_, _
from gridgov.report.tabular_cells import legible
from gridgov.ui.figure import draw_figure
from gridgov.ui.html import caption_html
from gridgov.ui.page import empty
from gridgov.ui.sql_state import Finished, running_job
from gridgov.ui.view import View

__all__ = ["first_chart", "listed", "quick_chart", "result_line", "show_result"]

_FIRST_ROWS = 2_000
_LONGEST_CELL = 2_000
_CHARTS = {"none": N_("只看表"), "bar": N_("条形"), "line": N_("折线"), "scatter": N_("散点")}
_MOST_BARS = 30


def show_result(finished: Finished, view: View) -> None:
    """The answer of the last query, or why there is none."""
    if _is_running():
        if finished.result is None:
            return  # A mistake of the query before is none of the one that runs.
        st.html(caption_html(_("新的查询正在运行；下面仍是上一次的结果。")))
    if finished.result is None:
        # As plain text: the sentence repeats names that the query's author chose.
        empty(finished.error)
        return
    result = finished.result
    if result.plan is not None:
        st.html(caption_html(_("执行计划：自下而上读，行数是估计值")))
        st.code(result.plan, language=None)
        return
    # The data may have been changed on the page since: an answer says what it was made from.
    made_from = _("数据版本 {n}", n=finished.version.number)
    parts = [result_line(result), made_from]
    blank = [f"${name}" for name, value in finished.parameters.items() if value is None]
    if blank:
        parts.append(_("参数 {names} 没有填，按空值（NULL）计算", names="、".join(blank)))
    st.html(caption_html(formats.listing(parts)))
    if not result.row_count:
        empty(_("没有符合条件的行。"), _("可放宽 WHERE 里的条件再试。"))
        return
    frame = listed(result).to_pandas()
    _figure(frame, result, view.palette)
    shown = frame
    if len(frame) > _FIRST_ROWS and not st.toggle(
        _("在页面上列出全部 {n} 行", n=f"{len(frame):,}"), key="sql_all_rows"
    ):
        shown = frame.head(_FIRST_ROWS)
    st.dataframe(
        shown, hide_index=True, height=min(440, 44 + 35 * len(shown)), key="sql_table_out",
        placeholder=_("空"),
    )  # fmt: skip


def _is_running() -> bool:
    job = running_job()
    return job is not None and job.poll() in ("new", "running")


def listed(result: SqlResult) -> pa.Table:
    """The rows as a page lists them: a cell of many pages is cut, and its mark says so.

    A browser takes so much and no more; a download has every cell whole.
    """
    table = legible(result.table)
    for place, field in enumerate(table.schema):
        column = table.column(place)
        if not pa.types.is_string(field.type):
            continue
        longest = pc.max(pc.utf8_length(column)).as_py()
        if longest is not None and longest > _LONGEST_CELL:
            cut = pc.utf8_slice_codeunits(column, 0, _LONGEST_CELL)
            marked = pc.binary_join_element_wise(cut, "…", "")
            is_long = pc.greater(pc.utf8_length(column), _LONGEST_CELL)
            table = table.set_column(place, field.name, pc.if_else(is_long, marked, column))
    return table


def result_line(result: SqlResult) -> str:
    """Rows, time, and whether the end is missing."""
    parts = [
        _("{n} 行", n=f"{result.row_count:,}"),
        _("用时 {n} 秒", n=f"{result.elapsed_seconds:.2f}"),
    ]
    if result.cut == "rows":
        parts.append(_("还有更多行没有列出，“下载全部行”里是全部"))
    if result.cut == "bytes":
        parts.append(_("结果太大，只列出前一部分；“下载全部行”里是全部"))
    if result.row_count > _FIRST_ROWS:
        parts.append(_("先列前 {n} 行", n=f"{_FIRST_ROWS:,}"))
    return formats.listing(parts)


def _figure(frame: pd.DataFrame, result: SqlResult, palette: Palette) -> None:
    numbers = [column.name for column in result.columns if column.kind == "number"]
    # Lists, structures and bytes name nothing that could stand below a bar.
    others = [column.name for column in result.columns if column.kind not in ("number", "other")]
    if not numbers or len(frame) < 2:
        return
    kinds = [
        kind for kind in _CHARTS
        if kind != "scatter" or len(numbers) > 1
    ]  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            _("图形"), kinds, default="none", format_func=lambda name: _(_CHARTS[name]),
            key="sql_chart", required=True,
        )  # fmt: skip
        if kind == "none":
            return
        across = numbers if kind == "scatter" else [*others, *numbers]
        x = st.selectbox(_("横轴"), across, key=f"sql_x_{kind}", width=220)
        rest = [name for name in numbers if name != x] or numbers
        y = st.selectbox(_("数值"), rest, key=f"sql_y_{kind}_{x}", width=220)
    chart, note = quick_chart(frame, result.columns, str(kind), str(x), str(y), palette)
    draw_figure(chart, "sql_figure", name="sql")
    if note:
        st.html(caption_html(note))


def quick_chart(
    frame: pd.DataFrame, columns: tuple[Column, ...], kind: str, x: str, y: str, palette: Palette
) -> tuple[Chart, str]:
    """A figure of two columns, and what it leaves out."""
    values = pd.to_numeric(frame[y], errors="coerce").astype("float64")
    title = f"{y} · {x}"
    kinds = {column.name: column.kind for column in columns}
    if kind == "line" and kinds[x] in ("date", "time"):
        data = pd.DataFrame({"bucket": pd.to_datetime(frame[x]), "value": values}).dropna()
        grain = _grain(data["bucket"])
        return figures.line(data.sort_values("bucket"), palette, title=title, grain=grain), ""
    if kind == "scatter":
        across = pd.to_numeric(frame[x], errors="coerce").astype("float64")
        labels = frame[_label_column(columns, x)].astype(str)
        data = pd.DataFrame({"label": labels, "x": across, "y": values}).dropna()
        data = data.head(2000)
        return figures.scatter(data, palette, title=title, x_name=x, y_name=y), ""
    labels = frame[x].map(_as_label)
    data = pd.DataFrame({"label": labels, "value": values}).dropna()
    if kind == "line":
        note = _("横轴不是日期，按结果的次序画成条形")
        return figures.bars(data.head(_MOST_BARS), palette, title=title), note
    note = _("只画前 {n} 行", n=_MOST_BARS) if len(data) > _MOST_BARS else ""
    return figures.bars(data.head(_MOST_BARS), palette, title=title), note


def first_chart(result: SqlResult, palette: Palette) -> Chart | None:
    """The figure that suits an answer at sight: time and a number, or names and a number."""
    numbers = [column.name for column in result.columns if column.kind == "number"]
    if not numbers or not 2 <= result.row_count <= 400 or len(result.columns) > 4:
        return None
    first = result.columns[0]
    if first.kind == "other" or (first.name == numbers[0] and len(numbers) < 2):
        return None
    kind = "line" if first.kind in ("date", "time") else "bar"
    y = next(name for name in numbers if name != first.name)
    frame = listed(result).to_pandas()
    return quick_chart(frame, result.columns, kind, first.name, y, palette)[0]


def _as_label(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return formats.day(value) if value == value.normalize() else formats.moment(value)
    return formats.MISSING if formats.is_missing(value) else str(value)


def _label_column(columns: tuple[Column, ...], x: str) -> str:
    return next((column.name for column in columns if column.kind == "text"), x)


def _grain(buckets: pd.Series) -> str:
    """Months where every date is a first, else days: only the words of the axis follow."""
    is_first = bool((buckets.dt.day == 1).all())
    return "month" if is_first and len(buckets) > 1 else "day"
