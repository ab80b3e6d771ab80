"""What the evidence pages share: a judged metric as a chart, the way into a grid, data in words."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial

import numpy as np
import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.comparison import compared_within
from gridgov.figures import Annotation, Chart, control_chart, empty_chart
from gridgov.figures.control import signal_words, state_words
from gridgov.figures.palette import state_of_point
from gridgov.filters import COMPARISONS
from gridgov.judgement import Judged
from gridgov.locale import _, pick
from gridgov.schema.values import PERSON_CATEGORIES, PILLARS, TIERS, VISIT_MODES
from gridgov.small_counts import HIDDEN, small_note, why_no_series
from gridgov.ui import html
from gridgov.ui.annotations import annotations_of
from gridgov.ui.cache import drawn, drawn_from
from gridgov.ui.links import href
from gridgov.ui.metric_cards import cards_named, metric_card, metric_name
from gridgov.ui.page import cards, note_table, show
from gridgov.ui.sidebar import set_filters
from gridgov.ui.view import View

__all__ = [
    "clicked_key",
    "compared_name",
    "control",
    "grid_link",
    "heading",
    "judged_cards",
    "named",
    "plain_dates",
    "said",
    "time_marks",
    "to_day",
    "to_grid",
    "to_month",
    "uncompared_note",
]


def judged_cards(view: View, judged: list[Judged]) -> None:
    """The headline row of a page."""
    codes = tuple(item.metric.code for item in judged)
    note_table(_("主要指标"), partial(cards_named, judged))
    cards(
        drawn(
            "metric cards",
            lambda: [metric_card(item, view.palette, view.filters) for item in judged],
            codes,
        )
    )
    st.space("small")


def heading(title: str) -> None:
    """The heading of a table that stands beside a chart: level with the chart's own title."""
    st.html(html.section_html(title).replace("<h2 ", '<h2 style="margin-top:0" ', 1))


def time_marks(view: View, grid_id: str | None = None) -> list[Annotation]:
    """Events that people noted, for charts over time; `grid_id`: of a grid besides the filters'."""
    place = grid_id or view.filters.grid_id
    return annotations_of(view, place, view.filters.history_start, view.data_date)


def control(
    view: View, judged: Judged, key: str, *, note: str = "", grid_id: str | None = None
) -> None:
    """A judged metric over its 24 months, on its usual range; without `note` its state in words.

    `grid_id`: the grid that was judged, where it is not that of the filters. A click on a month
    narrows the page to it.
    """
    code, marks = judged.metric.code, tuple(time_marks(view, grid_id))
    # A past is itself, whatever else of the filters is changed (`gridgov.judgement`).
    chart, words = drawn_from("control", lambda: _control(view, judged, marks), judged.past, marks)
    show(chart, key, metrics=(code,), note=note or words, on_click=to_month)


def _control(view: View, judged: Judged, marks: Sequence[Annotation]) -> tuple[Chart, str]:
    past = judged.past
    if (past.state == HIDDEN).any() and np.isnan(past.value).all():
        chart = empty_chart(
            view.palette, title=metric_name(judged), unit=judged.metric.unit, grain="month",
            frame=judged.history, sentence=why_no_series(),
        )  # fmt: skip
        return chart, small_note()
    chart = control_chart(
        judged.history,
        view.palette,
        title=metric_name(judged),
        unit=judged.metric.unit,
        grain="month",
        annotations=marks,
    )
    return replace(chart, named=partial(_history_named, judged)), _control_note(judged)


def _history_named(judged: Judged) -> pd.DataFrame:
    """The months of a control chart under readers' names; percentages as such."""
    frame, unit = judged.history, pick(judged.metric.unit, judged.metric.unit_en)
    scale = 100.0 if unit == "%" else 1.0
    in_unit = _("（{unit}）", unit=unit) if unit else ""
    states = {"few": formats.too_few(), "missing": _("没有数据"), "hidden": _("不显示")}
    yes, no = _("是"), _("否")
    return pd.DataFrame(
        {
            _("月份"): [f"{month:%Y-%m}" for month in frame["bucket"]],
            _("数值") + in_unit: (frame["value"] * scale).round(2),
            _("分子"): frame["numerator"],
            _("分母"): frame["denominator"],
            _("样本量"): frame["n"],
            _("样本"): [states.get(state, "") for state in frame["state"]],
            _("未完"): [yes if flag else no for flag in frame["is_partial"]],
            _("平均值") + in_unit: (frame["mean"] * scale).round(2),
            _("正常下限") + in_unit: (frame["lower"] * scale).round(2),
            _("正常上限") + in_unit: (frame["upper"] * scale).round(2),
            _("判断"): [state_words(state_of_point(str(point))) for point in frame["point"]],
            _("信号"): [signal_words(str(signal)) for signal in frame["signal"]],
        }
    )


def _control_note(judged: Judged) -> str:
    past = judged.past
    sizes = past.n[~past.is_partial & ~np.isnan(past.value)]
    if not sizes.size and (past.state == HIDDEN).any():
        return why_no_series()
    if not sizes.size:
        return _("还没有一个完整的月份，暂不判断。")
    words = _(
        "灰带为正常波动范围；最近一个完整月：{state}。每月 n = {low}–{high}。",
        state=state_words(judged.tone),
        low=f"{sizes.min():,.0f}",
        high=f"{sizes.max():,.0f}",
    )
    return words + small_note() if (past.state == HIDDEN).any() else words


def compared_name(view: View, log: str) -> str:
    """What the figures are compared with, in words; "" for none, and where the records of `log`
    ("visit", "activity", "complaint") do not reach back so far."""
    if compared_within(view.reader, view.filters, log) is None:
        return ""
    return _(COMPARISONS[view.filters.comparison])


def uncompared_note(view: View, log: str) -> str:
    """That there are too few records of the compared period, where that is so."""
    if view.filters.compared is None or compared_name(view, log):
        return ""
    return _("{name}早于记录的开始，不作对比。", name=view.filters.compared_name)


def grid_link(view: View, grid_id: str) -> str | None:
    """The address of this page narrowed to a grid; None for the grid that it shows already."""
    if grid_id == view.filters.grid_id:
        return None
    return href(view.page_name, view.filters.changed(grid_id=grid_id))


def clicked_key(point: Mapping[str, object]) -> str | None:
    """The key of the row that a click met: `customdata`, which a table gives as [row, column]."""
    found = point.get("customdata")
    if isinstance(found, list | tuple):
        found = found[0] if found else None
    return str(found) if found is not None else None


def to_grid(point: Mapping[str, object]) -> None:
    """Narrow the page to the grid that was clicked."""
    key = clicked_key(point)
    if key:
        set_filters(grid_id=key)


def to_month(point: Mapping[str, object]) -> None:
    """Narrow the page to the month that was clicked."""
    key = clicked_key(point)
    if key:
        first = date.fromisoformat(key[:10]).replace(day=1)
        last = first.replace(day=monthrange(first.year, first.month)[1])
        set_filters(period="custom", start=first, end=last)


def to_day(point: Mapping[str, object]) -> None:
    """Narrow the page to the day that was clicked."""
    key = clicked_key(point)
    if key:
        day = date.fromisoformat(key[:10])
        set_filters(period="custom", start=day, end=day)


def named(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The columns of `names` under readers' names, for "the same as a table" and for files.

    A column `tone` is put in words.
    """
    shown = frame[list(names)]
    if "tone" in shown:
        shown = shown.assign(tone=[state_words(str(tone)) for tone in shown["tone"]])
    return shown.rename(columns=dict(names))


def plain_dates(column: pd.Series) -> pd.Series:
    """Dates without a time of day, None where there is none: midnight is no part of a date."""
    days = [None if pd.isna(when) else pd.Timestamp(when).date() for when in column]
    return pd.Series(days, index=column.index, dtype="object")


@cache
def _declared() -> dict[str, str]:
    values = (*PILLARS, *TIERS, *PERSON_CATEGORIES, *VISIT_MODES)
    return {value.zh: value.en for value in values}


def said(value: str | None) -> str:
    """A value of the data in the reader's language; one that no list declares stays as it is."""
    if value is None or formats.is_missing(value):
        return _("未填")
    return pick(value, _declared().get(value, value))
