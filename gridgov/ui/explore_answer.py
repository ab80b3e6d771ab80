"""An answer on a page: its figure, its table, what to know about it, its downloads."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.explore.builder import ChartKind, Cut
from gridgov.explore.builder_answer import Answer, ask
from gridgov.explore.builder_chart import answer_chart, answer_title
from gridgov.explore.chart_choice import Shape, choose_chart, possible_charts, shape_of
from gridgov.explore.pivot import long_frame, pivot, shows_share
from gridgov.filters import Filters
from gridgov.labels import labelled
from gridgov.locale import _
from gridgov.metrics import METRICS
from gridgov.report.tabular import About, Format, table_bytes
from gridgov.ui.cache import kept
from gridgov.ui.download import about, download
from gridgov.ui.explore_builder import chart_switch
from gridgov.ui.explore_html import pivot_html
from gridgov.ui.figure import draw_figure
from gridgov.ui.html import caption_html
from gridgov.ui.page import empty, table
from gridgov.ui.view import View
from gridgov.warehouse import Reader

__all__ = [
    "answer_downloads",
    "answer_of",
    "answered",
    "facts",
    "figure_of",
    "shape_of_answer",
    "show_answer",
]


def answer_of(reader: Reader, filters: Filters, cut: Cut) -> Answer:
    """`ask` as `gridgov.ui.cache.kept` calls it."""
    return ask(reader, filters, cut)


def answered(cut: Cut, view: View) -> Answer:
    """The answer, computed once for everyone who sees the same data."""
    # Another kind of figure over the same question is the same answer.
    answer: Answer = kept(answer_of, cut.changed(chart=None))
    return answer


def figure_of(cut: Cut, answer: Answer) -> ChartKind:
    """The kind of figure, after the switch that is drawn here."""
    shape = shape_of_answer(answer)
    return chart_switch(cut, choose_chart(shape, cut.chart), possible_charts(shape))


def show_answer(answer: Answer, kind: ChartKind, view: View) -> None:
    """The figure and under it the table, or that there is nothing."""
    if _is_empty(answer):
        empty(_("所选范围内没有数据。"), _("可在左侧放宽时段或网格，或去掉限定的取值。"))
        return
    draw_answer(answer, kind, view, key="answer")
    show_table(answer, key="pivot")


def shape_of_answer(answer: Answer) -> Shape:
    """What the choice of a figure depends on."""
    rows = answer.rows

    def count(name: str) -> int:
        return int(rows[name].nunique()) if name in rows else 0

    return shape_of(answer.cut, count("key_1"), count("key_2"), count("bucket"))


def _is_empty(answer: Answer) -> bool:
    return answer.rows.empty or bool(
        (answer.rows["state"] == "missing").all() and answer.grand["value"].isna().all()
    )


def draw_answer(answer: Answer, kind: ChartKind, view: View, *, key: str) -> None:
    """The figure alone; its table and downloads stand below it."""
    chart, note = answer_chart(answer, kind, view.reader, view.palette)
    if chart is None:
        return
    draw_figure(chart, f"{key}_{kind}")
    if note:
        st.html(caption_html(note))


def facts(answer: Answer) -> str:
    """What a reader of the table must know, in one line."""
    parts = list(answer.notes)
    if (answer.rows["state"] == "few").any():
        parts.append(_("带 * 的样本不足"))
    if "is_partial" in answer.rows and answer.rows["is_partial"].any():
        parts.append(_("最近一期未完"))
    if answer.columns_by and any(shows_share(answer, code) for code in answer.cut.metrics):
        what = _("每期合计") if answer.columns_by == "bucket" else _("总合计")
        parts.append(_("表中是占{what}的百分比", what=what))
    if answer.columns_by and answer.compared is not None:
        parts.append(_("这样的表列不下对比：对比值和变化在下载的结果里"))
    if any(METRICS[code].is_share for code in answer.cut.metrics):
        parts.append(_("合计由全部数据重新计算，不是各行之和"))
    return formats.listing(parts)


def show_table(answer: Answer, *, key: str) -> None:
    """The pivot with its totals, and every row of the answer as files."""
    shown = pivot(answer)
    title = answer_title(answer)
    frame = long_frame(answer)
    note = formats.listing(part for part in (facts(answer), shown.left_out) if part)
    table(title, frame, pivot_html(shown, title), key, metrics=answer.cut.metrics, note=note)


def answer_downloads(answer: Answer) -> None:
    """All rows as Excel, CSV and Parquet."""
    frame, title = long_frame(answer), answer_title(answer)
    told = about(title, answer.cut.metrics)
    kinds: tuple[tuple[Format, str], ...] = (
        ("xlsx", _("下载 Excel")),
        ("csv", _("下载 CSV")),
        ("parquet", _("下载 Parquet")),
    )
    st.html(caption_html(_("共 {n} 行，含分子、分母和样本量", n=f"{len(frame):,}")))
    for kind, label in kinds:
        download(
            label,
            partial(_file, frame, kind, told),
            name=title,
            kind=kind,
            rows=len(frame),
            key=f"answer_{kind}",
        )


def _file(frame: pd.DataFrame, kind: Format, told: About) -> bytes:
    return table_bytes(labelled(frame), kind, told)
