"""One series large: its control chart, its shifts, where its change comes from, what is ahead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gridgov import formats
from gridgov.comparison import is_covered
from gridgov.errors import UsageError
from gridgov.figures import Chart, line
from gridgov.figures.ahead import ahead_chart
from gridgov.figures.change_steps import change_steps
from gridgov.figures.chart import full_title
from gridgov.locale import _
from gridgov.metrics import METRICS
from gridgov.metrics.figures import first_day_of
from gridgov.metrics.grids import tree_of
from gridgov.stats.calendar import is_holiday
from gridgov.trends.compare import (
    WORKING_GRAINS,
    festival_frame,
    last_year_frame,
    to_date_frame,
)
from gridgov.trends.explain import (
    DIMENSIONS,
    Explained,
    dimensions_of,
    explain_change,
    printed,
    printed_steps,
)
from gridgov.trends.places import fork_below
from gridgov.trends.series import SeriesSet, judged_series
from gridgov.trends.volumes import VOLUMES, forecast_of, volume_of
from gridgov.ui import html
from gridgov.ui.html import Cell, TableColumn, table_html
from gridgov.ui.page import empty, place_name, section, show, table
from gridgov.ui.trends_choice import PARTS, Choice, Part, segmented, shorter, store
from gridgov.ui.trends_control import large_chart
from gridgov.ui.trends_html import unit_of
from gridgov.ui.trends_words import (
    accuracy_words,
    explained_words,
    lower,
    period_label,
)
from gridgov.ui.view import View

__all__ = ["one_series"]

_LONG = ("half", "school_year")
_PAST_DAYS = 56
_MEMBERS = 12


def one_series(view: View, choice: Choice, bar: DeltaGenerator) -> None:
    """The chart first, then what can be asked of it, one question at a time."""
    filters = view.filters
    series = judged_series(
        view.reader,
        [choice.metric],
        grain=choice.grain,
        grid_id=filters.grid_id,
        where=filters.where(),
        end=filters.span.end,
        rebase=choice.rebase,
    )
    if not len(series) or np.isnan(series.value).all():
        empty(_("所选范围内没有数据。"), _("请放宽时段，或换一个指标、网格。"))
        return
    if choice.grain in _LONG:
        _long(view, choice)
    else:
        choice = large_chart(view, choice, series, bar)
    row = st.container(horizontal=True, vertical_alignment="center", key="trends_parts")
    with row:
        choice = _parts(choice)
    match choice.part:
        case "explain":
            _explained(view, choice, row)
        case "compare":
            _compared(view, choice, series, row)
        case "ahead":
            _ahead(view, choice)


def _long(view: View, choice: Choice) -> None:
    """Half and school years: whole periods, and each one to the day that the newest has reached."""
    metric, filters = METRICS[choice.metric], view.filters
    found = to_date_frame(
        view.reader, choice.metric, choice.grain,
        grid_id=filters.grid_id, where=filters.where(), end=filters.span.end,
    )  # fmt: skip
    whole = judged_series(
        view.reader, [choice.metric], grain=choice.grain,
        grid_id=filters.grid_id, where=filters.where(), end=filters.span.end,
    )  # fmt: skip
    unit = "%" if metric.is_share else ""
    by_day = {pd.Timestamp(day): at for at, day in enumerate(whole.buckets)}
    rows = []
    for _index, row in found.iterrows():
        at = by_day[row["bucket"]]
        over = not bool(whole.partial[0, at])
        rows.append(
            {
                "period": period_label(whole.buckets[at], choice.grain),
                "whole": float(whole.drawn[0, at]) if over else _("未结束"),
                "to_date": None if pd.isna(row["value"]) else float(row["value"]),
                "parts": formats.ratio(row["numerator"], row["denominator"])
                if not pd.isna(row["denominator"])
                else formats.whole(row["numerator"]),
                "days": float(row["days"]),
            }
        )
    columns = [
        TableColumn("period", _("期间")),
        TableColumn("whole", _("整期"), kind="number", unit=unit),
        TableColumn("to_date", _("同期至今"), kind="bar", unit=unit),
        TableColumn("parts", _("同期的分子与分母"), kind="number", phone=False),
        TableColumn("days", _("同期天数"), kind="number", phone=False),
    ]
    named = _("{metric} · {place}", metric=metric.label, place=place_name(view))
    title = full_title(named, unit_of(choice.metric))
    section(title)
    note = _("“同期至今”把每一期都截到最新一期走到的那一天，可以相比；数据没有从头覆盖的一期不列。")
    table(title, found, table_html(columns, rows, caption=title), "trends_to_date",
          metrics=[choice.metric], note=note)  # fmt: skip


def _parts(choice: Choice) -> Choice:
    names: dict[Part, str] = {
        part: text
        for part, text in PARTS.items()
        if (part != "ahead" or volume_of(choice.metric))
        and (part != "explain" or dimensions_of(choice.metric))
        and (part != "compare" or choice.grain not in _LONG)
    }
    if not names:
        return choice
    current = choice.part if choice.part in names else next(iter(names))
    part = segmented(_("再看"), names, current, f"part_{len(names)}_{choice.metric}")
    choice = replace(choice, part=part)
    store(choice)
    return choice


def _explained(view: View, choice: Choice, row: DeltaGenerator) -> None:
    filters, metric = view.filters, METRICS[choice.metric]
    names = dimensions_of(choice.metric)
    if not names:
        return
    if filters.compared is None:
        empty(_("还没有选对比的时段。"), _("请在侧栏的“对比”里选一个，例如去年同期。"))
        return
    first_on = first_day_of(metric, tree_of(view.reader))
    if metric.kind != "stock" and not is_covered(filters.compared, first_on):
        empty(
            _("{name}早于记录的开始，不作对比。", name=filters.compared_name),
            _("请在侧栏选晚一些的时段，或换一个对比。"),
        )
        return
    divides = bool(
        tree_of(view.reader).children.get(fork_below(view.reader, filters.grid_id) or "")
    )
    names = [
        name
        for name in names
        if (name == "grid" and (divides or filters.grid_id is None))
        or (name != "grid" and name not in filters.where())
    ]
    if not names:
        empty(_("这个网格下面没有网格，这个指标也没有别的拆法。"))
        return
    by = choice.by if choice.by in names else names[0]
    if len(names) > 1:
        with row:
            by = segmented(
                _("拆分"), {n: DIMENSIONS[n] for n in names}, by, f"by_{'_'.join(names)}"
            )
        store(replace(choice, by=by))
    span, compared = filters.span, filters.compared
    try:
        found = explain_change(
            view.reader, choice.metric, (span.start, span.end), (compared.start, compared.end), by,
            grid_id=filters.grid_id, where=filters.where(),
        )  # fmt: skip
    except UsageError as error:
        empty(str(error))
        return
    way = {"up": True, "down": False}.get(metric.direction)
    if by == "grid":
        short = shorter(view)
        found = replace(found, frame=found.frame.assign(label=found.frame["label"].map(short)))
    steps = printed_steps(found)
    chart = change_steps(
        steps,
        view.palette,
        title=_("{metric}：各{by}的贡献", metric=metric.label, by=lower(_(DIMENSIONS[by]))),
        unit=metric.unit,
        up_is_better=way,
    )
    note = explained_words(found)
    full = Chart(chart.figure, chart.alt, found.frame, chart.title, chart.unit)
    show(full, f"trends_explain_{by}", metrics=[choice.metric], note=note)
    if metric.kind == "ratio":
        _rate_and_mix(found, _(DIMENSIONS[by]))


def _rate_and_mix(found: Explained, by: str) -> None:
    """A share's contributions as figures: what was done apart from what there was to do."""
    columns = [
        TableColumn("label", by),
        TableColumn("before", _("对比期"), kind="number", unit="%"),
        TableColumn("parts_before", _("分子 / 分母"), kind="number", phone=False),
        TableColumn("after", _("本期"), kind="number", unit="%"),
        TableColumn("parts_after", _("分子 / 分母"), kind="number", phone=False),
        TableColumn("rate", _("做得好坏"), kind="number", phone=False),
        TableColumn("mix", _("分布"), kind="number", phone=False),
        TableColumn("total", _("合计"), kind="number"),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "label": str(row["label"]),
            "before": float(row["value_before"]),
            "parts_before": formats.ratio(row["numerator_before"], row["denominator_before"]),
            "after": float(row["value_after"]),
            "parts_after": formats.ratio(row["numerator_after"], row["denominator_after"]),
            **{name: formats.signed(float(told[name]) * 100) for name in ("rate", "mix", "total")},
        }
        for (_at, row), (_same, told) in zip(
            found.frame.head(_MEMBERS).iterrows(),
            printed(found).frame.head(_MEMBERS).iterrows(),
            strict=True,
        )
    ]
    said = _("做得好坏：成员自己的率变了；分布：各成员的份额变了。两者与合计以个百分点计。")
    st.html(table_html(columns, rows, caption=_("率与结构")) + html.caption_html(said))


def _compared(view: View, choice: Choice, series: SeriesSet, row: DeltaGenerator) -> None:
    metric, filters = METRICS[choice.metric], view.filters
    ways = {"last": _("上年同月") if choice.grain == "month" else _("上年同期")}
    if choice.grain in WORKING_GRAINS and metric.kind in ("count", "rate"):
        ways["working"] = _("按工作日折算")
    if "week" in metric.grains:
        ways["festival"] = _("按春节对齐")
    current = "festival" if filters.comparison == "spring_festival" else "last"
    with row:
        way = segmented(_("怎么比"), ways, current if current in ways else "last", "way")
    if way == "festival":
        _festival(view, choice)
        return
    frame = last_year_frame(series, 0, working_days=way == "working")
    names = {"this": _("近一年"), "last": _("上一年")}
    drawn = frame.assign(series=frame["series"].map(names)).drop(columns=["of"])
    if frame.empty or frame.loc[frame["series"] == "last", "value"].isna().all():
        empty(_("上一年没有数据可比。"))
        return
    chart = line(
        drawn, view.palette, title=_("{metric}：近一年与上一年", metric=metric.label),
        unit=metric.unit, grain=choice.grain, comparison=names["last"],
    )  # fmt: skip
    note = (
        _("各期都折算到同样多的工作日（含调休），消去月份长短和假期的差别。")
        if way == "working"
        else _("春节所在的月份两年不同，一、二月请用“按春节对齐”看。")
    )
    show(chart, f"trends_last_year_{way}", metrics=[choice.metric], note=note)


def _festival(view: View, choice: Choice) -> None:
    metric, filters = METRICS[choice.metric], view.filters
    frame = festival_frame(
        view.reader, choice.metric, grid_id=filters.grid_id, where=filters.where(),
        end=filters.span.end,
    )  # fmt: skip
    years = sorted(set(frame["year"]), reverse=True) if len(frame) else []
    if len(years) < 2:
        empty(_("数据里不到两个春节，还不能对齐比较。"))
        return
    names = {year: _("{year}年", year=year) for year in years}
    drawn = frame.assign(series=frame["year"].map(names))
    chart = line(
        drawn, view.palette, title=_("{metric}：春节前后", metric=metric.label),
        unit=metric.unit, grain="week", comparison=names[years[1]],
    )  # fmt: skip
    week = drawn.loc[drawn["offset"] == 0, "bucket"]
    note = _(
        "两年都按距春节的周数对齐，横轴是 {year} 年的日子，春节那一周自 {day} 起。",
        year=years[0],
        day=formats.day(week.iloc[0].date()) if len(week) else formats.MISSING,
    )
    show(chart, "trends_festival", metrics=[choice.metric], note=note)


def _ahead(view: View, choice: Choice) -> None:
    volume, filters = volume_of(choice.metric), view.filters
    if volume is None:
        return
    try:
        found = forecast_of(
            view.reader, volume, grid_id=filters.grid_id, where=filters.where(),
            until=filters.span.end,
        )  # fmt: skip
    except UsageError as error:
        empty(str(error))
        return
    ahead = found.ahead
    past = pd.DataFrame({"bucket": found.days, "value": found.counts}).tail(_PAST_DAYS)
    coming = pd.DataFrame(
        {"bucket": ahead.dates, "value": ahead.mean, "lower": ahead.lower, "upper": ahead.upper}
    )
    every = np.concatenate([found.days[-_PAST_DAYS:], ahead.dates])
    off = [str(day) for day in every[is_holiday(every)]]
    chart = ahead_chart(
        past,
        coming,
        view.palette,
        title=_("今后12周每天的{name}", name=_(VOLUMES[volume])),
        unit="件" if volume == "complaint" else "次",
        days_off=off,
        covered_until=ahead.calendar_until.isoformat(),
    )
    note = _(
        "点为最近 8 周，线为预计，灰带为 {level} 区间，竖条为法定节假日；12 周合计约 {total}。",
        level=formats.percent(ahead.level, 0),
        total=formats.with_unit(
            formats.whole(float(ahead.mean.sum())), "件" if volume == "complaint" else "次", 2
        ),
    )
    show(chart, "trends_ahead", note=note)
    st.html(html.summary_html(accuracy_words(found)))
