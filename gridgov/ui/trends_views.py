"""The views of the trends page that look at many series at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gridgov import formats
from gridgov.figures.chart import full_title
from gridgov.locale import _, language
from gridgov.metrics import METRICS
from gridgov.metrics.grids import tree_of
from gridgov.trends.newest import (
    NewSignal,
    expected_false_alarms,
    newest_signals,
    signal_frame,
)
from gridgov.trends.places import all_levels, grid_names
from gridgov.trends.series import SeriesSet, judged_series
from gridgov.trends.spans import GRAINS
from gridgov.trends.targets import ASSURANCE, target_words, with_targets
from gridgov.ui import html
from gridgov.ui.cache import drawn
from gridgov.ui.page import empty, section, table
from gridgov.ui.trends_choice import (
    Choice,
    level_name,
    levels_below,
    segmented,
    series_href,
    shorter,
    store,
)
from gridgov.ui.trends_html import grouped, minis_html, periods_table, signals_table, unit_of
from gridgov.ui.trends_target import targets_in_force
from gridgov.ui.trends_words import lower, period_label, state_counts
from gridgov.ui.view import View

__all__ = ["all_grids", "all_metrics", "new_signals"]

_LONG = ("half", "school_year")
_SHOWN = 24
_LONG_COLUMNS = 7
_SHOWN_SIGNALS = 40
_MANY_GRIDS = 600


def all_grids(view: View, choice: Choice, bar: DeltaGenerator) -> None:
    """One metric, every grid of a level, what needs eyes first."""
    levels = _levels(view)
    if not levels:
        empty(_("所选网格下面没有网格。"), _("请在侧栏选上一级网格，或看“单条序列”。"))
        return
    level = choice.level if choice.level in levels else _usual_level(levels)
    if len(levels) > 1:
        with bar:
            level = segmented(_("层级"), levels_below(levels), level, "level")
        choice = replace(choice, level=level)
        store(choice)
    series = _of_level(view, [choice.metric], choice, [level])
    names = grid_names(view.reader)
    short = shorter(view)

    def name(row: int) -> str:
        return short(names.get(series.grid_id[row], (series.grid_id[row], ""))[0])

    title = full_title(METRICS[choice.metric].label, unit_of(choice.metric), choice.grain)
    section(title if choice.grain not in _LONG else METRICS[choice.metric].label)
    _many(view, choice, series, name, level_name(level), title)


def all_metrics(view: View, choice: Choice, bar: DeltaGenerator) -> None:
    """One grid, every metric, what needs eyes first."""
    filters = view.filters
    series = judged_series(
        view.reader,
        grain=choice.grain,
        grid_id=filters.grid_id,
        where=filters.where(),
        end=filters.span.end,
    )
    _many(
        view,
        choice,
        series,
        lambda row: METRICS[series.metric[row]].label,
        _("指标"),
        _("各指标"),
        wide=True,
    )


def _many(
    view: View,
    choice: Choice,
    series: SeriesSet,
    name: Callable[[int], str],
    noun: str,
    title: str,
    *,
    wide: bool = False,
) -> None:
    if not len(series):
        empty(_("所选范围内没有数据。"), _("请放宽时段或换一个网格。"))
        return
    series, aims = with_targets(view.reader, series, targets_in_force())

    def href(row: int) -> str:
        place = series.grid_id[row] or view.filters.grid_id or ""
        return series_href(view, series.metric[row], place, choice.grain)

    if choice.grain in _LONG:
        _long_periods(series, choice, name, href, title)
        return
    groups = grouped(series)

    def aim(row: int) -> str:
        told = ASSURANCE[int(series.judged.assurance[row])] if series.is_judged[row] else ""
        return target_words(series.metric[row], float(aims[row]), told)

    def minis(rows: Sequence[int]) -> None:
        st.html(
            minis_html(
                series, rows, view.palette, title=title, name=name, href=href, aim=aim, wide=wide
            )
        )

    st.html(html.caption_html(state_counts([series.tone(row) for row in range(len(series))], noun)))
    if groups.eyes:
        section(_("需要看的"))
        minis(groups.eyes)
    if groups.usual:
        section(_("正常波动"))
        everything = len(groups.usual) <= _SHOWN or st.session_state.get("trends_w_all")
        minis(groups.usual if everything else groups.usual[:_SHOWN])
        if len(groups.usual) > _SHOWN:
            st.toggle(_("显示全部 {n} 个", n=len(groups.usual)), key="trends_w_all")
    st.html(
        html.caption_html(
            _(
                "灰带为正常波动范围，■ 变差，◆ 有变化，● 改善；空心点为未结束的一期。"
                "每个小图各用自己的刻度，点开看大图。"
            )
        )
    )
    if groups.silent:
        fold = st.expander(
            _("不作判断的 {n} 个", n=len(groups.silent)), on_change="rerun", key="trends_w_silent"
        )
        if fold.open:
            with fold:
                st.html(html.caption_html(_("样本不足，或平均每期不到一件：一件就会像异常。")))
                minis(groups.silent[: 4 * _SHOWN])


def _long_periods(
    series: SeriesSet,
    choice: Choice,
    name: Callable[[int], str],
    href: Callable[[int], str],
    title: str,
) -> None:
    """Half and school years: too few for limits, so the figures themselves, side by side."""
    known = np.flatnonzero((~np.isnan(series.value)).any(axis=0))
    seen = [int(at) for at in known[-_LONG_COLUMNS:]]
    heads = [
        period_label(series.buckets[at], choice.grain, partial=bool(series.partial[:, at].any()))
        for at in seen
    ]
    rows = sorted(range(len(series)), key=lambda row: (series.metric[row], series.grid_id[row]))
    if len(set(series.metric)) > 1:
        order = {code: at for at, code in enumerate(METRICS)}
        rows.sort(key=lambda row: order[series.metric[row]])
    cut = _columns(series, seen)
    first = _("网格") if len(set(series.metric)) == 1 else _("指标")
    body = periods_table(cut, rows, heads, first, name, href)
    note = _("期数太少，不作判断。“不完整”的一期数据没有从头到尾，不能与整期比；点开可看同期至今。")
    codes = set(series.metric)
    table(
        title,
        _frame(cut, rows, heads, first, name),
        body,
        "trends_long",
        metrics=codes if len(codes) == 1 else (),
        note=note,
    )


def _columns(series: SeriesSet, seen: Sequence[int]) -> SeriesSet:
    """The set with some of its periods alone; the judgement, which says nothing here, stays."""
    keep = list(seen)
    return replace(
        series,
        buckets=tuple(series.buckets[at] for at in keep),
        ends=tuple(series.ends[at] for at in keep),
        value=series.value[:, keep],
        numerator=series.numerator[:, keep],
        denominator=series.denominator[:, keep],
        n=series.n[:, keep],
        few=series.few[:, keep],
        partial=series.partial[:, keep],
        hidden=series.hidden[:, keep],
    )


def _frame(
    series: SeriesSet,
    rows: Sequence[int],
    heads: Sequence[str],
    first: str,
    name: Callable[[int], str],
) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {first: name(row)} | {head: series.drawn[row, at] for at, head in enumerate(heads)}
            for row in rows
        ]
    )


def new_signals(view: View, choice: Choice, bar: DeltaGenerator) -> None:
    """What is new since a date, what needs eyes most first."""
    levels = _levels(view, least=1)
    since = choice.since or _last_period(view, choice)
    with bar:
        picked = st.date_input(
            _("自哪天起"), since, max_value=view.data_date, format="YYYY-MM-DD",
            key=f"trends_w_since_{choice.grain}_{language()}", width=160,
            label_visibility="collapsed", help=_("自哪天起新看见的信号"),
        )  # fmt: skip
        chosen = st.pills(
            _("网格层级"),
            levels,
            selection_mode="multi",
            default=[one for one in levels if one in _wanted(choice, levels)],
            format_func=level_name,
            key=f"trends_w_levels_{language()}",
            label_visibility="collapsed",
        )
    since = picked if isinstance(picked, date) else since
    own_default = since == _last_period(view, choice)
    named = (
        "" if set(chosen) == set(_wanted(replace(choice, level=""), levels)) else ",".join(chosen)
    )
    choice = replace(choice, since=None if own_default else since, level=named)
    store(choice)
    if not chosen:
        empty(_("还没有选网格层级。"), _("请在上面至少选一个。"))
        return
    filters = view.filters
    grain, asked, end = choice.grain, tuple(chosen), filters.span.end
    with st.spinner(_("正在判断全部序列…")):
        found = newest_signals(
            view.reader, since, levels=asked, grid_id=filters.grid_id, grain=grain, end=end,
            targets=targets_in_force(),
        )  # fmt: skip
        series = judged_series(
            view.reader, levels=asked, grid_id=filters.grid_id, grain=grain, end=end
        )
    _signal_list(view, choice, found, series, since, asked)


def _wanted(choice: Choice, levels: Sequence[str]) -> list[str]:
    named = [one for one in choice.level.split(",") if one in levels]
    # Micro-grids are many and small: asked for, not pushed.
    return named or [one for one in levels if one != "微"] or list(levels)


def _signal_list(
    view: View,
    choice: Choice,
    found: Sequence[NewSignal],
    series: SeriesSet,
    since: date,
    asked: tuple[str, ...],
) -> None:
    judged = int(series.is_judged.sum())
    chance = expected_false_alarms(series, since)
    said = _(
        "按{grain}共判断 {series} 条序列，{since} 以来 {n} 条有新信号；"
        "全无变化时偶然也会有约 {chance} 条。",
        grain=lower(_(GRAINS[choice.grain])),
        series=formats.whole(judged),
        since=formats.day(since),
        n=len(found),
        chance=formats.whole(chance),
    )
    if not found:
        empty(_("没有新信号。"), said)
        return
    shown = found
    if len(found) > _SHOWN_SIGNALS and not st.session_state.get("trends_w_all_signals"):
        shown = found[:_SHOWN_SIGNALS]
    short = shorter(view)
    st.html(html.caption_html(said))
    body = drawn(
        "new signals",
        lambda: signals_table(
            shown,
            series,
            view.palette,
            grid=lambda signal: short(signal.grid_name),
            period=lambda signal: period_label(signal.began_on, choice.grain),
            href=lambda signal: series_href(view, signal.metric, signal.grid_id, choice.grain),
        ),
        choice.grain, asked, tuple(shown),
    )  # fmt: skip
    table(_("新信号"), partial(signal_frame, found), body, "trends_signals")
    if len(found) > _SHOWN_SIGNALS:
        st.toggle(_("显示全部 {n} 个", n=len(found)), key="trends_w_all_signals")


def _last_period(view: View, choice: Choice) -> date:
    """First day of the newest finished period, so that the first list holds its signals."""
    series = judged_series(view.reader, ["C1"], grain=choice.grain, end=view.filters.span.end)
    finished = [
        at for at in range(len(series.buckets)) if len(series) and not series.partial[:, at].all()
    ]
    at = finished[-1] if finished else len(series.buckets) - 1
    return series.buckets[at] if series.buckets else view.data_date - timedelta(days=31)


def _levels(view: View, least: int = 2) -> list[str]:
    """Levels with at least so many grids at or below the place of the filters."""
    inside = tree_of(view.reader).count_levels(view.filters.grid_id)
    count = {level: inside.get(level, 0) for level in all_levels(view.reader)}
    fitting = [level for level, n in count.items() if n >= least]
    # A city's micro-grids are judged by the command, not drawn on one page.
    return [level for level in fitting if count[level] <= _MANY_GRIDS] or fitting[:1]


def _usual_level(levels: Sequence[str]) -> str:
    return "一般" if "一般" in levels else levels[0]


def _of_level(view: View, codes: list[str], choice: Choice, levels: Sequence[str]) -> SeriesSet:
    filters = view.filters
    return judged_series(
        view.reader,
        codes,
        grain=choice.grain,
        levels=tuple(levels),
        grid_id=filters.grid_id,
        where=filters.where(),
        end=filters.span.end,
    )
