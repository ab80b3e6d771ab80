"""The sections of the engagement page, in the order in which it reads."""

from __future__ import annotations

from functools import partial

import streamlit as st

from gridgov import formats
from gridgov.filters import Filters
from gridgov.judgement import Judged, judge
from gridgov.locale import _, language
from gridgov.queries.engagement_evidence import (
    PILLAR_METRICS,
    Rotation,
    Teams,
    activity_days,
    activity_list,
    activity_types,
    grids_reached,
    kinds_reached,
    participation_months,
    pillar_cells,
    rotation,
    teams,
)
from gridgov.ui.cache import drawn, kept
from gridgov.ui.engagement_charts import days_chart, participation_chart, pillars_chart
from gridgov.ui.engagement_rotation import MOST_ROWS, rotation_html, rotation_named
from gridgov.ui.engagement_tables import (
    grids_html,
    grids_named,
    kinds_html,
    kinds_named,
    teams_html,
    teams_named,
    types_html,
    types_named,
)
from gridgov.ui.evidence import control, heading, time_marks, to_day, to_grid
from gridgov.ui.page import empty, section, show, table, table_of
from gridgov.ui.view import View
from gridgov.warehouse import Reader

__all__ = [
    "HEADLINES",
    "activities",
    "headline",
    "neighbours",
    "participants",
    "pillars",
    "reach",
    "types",
]

HEADLINES = ("HP1", "HP5", "HP2", "HP6", "HP4", "ML3")


def headline(reader: Reader, filters: Filters) -> list[Judged]:
    """The judged headline metrics; those with a chart below are taken from here."""
    return judge(reader, HEADLINES, filters)


def pillars(view: View) -> None:
    """The five pillars of every grid, each cell judged against that grid's own past."""
    frame = kept(pillar_cells)
    if frame.empty:
        return
    note = _(
        "底色是最近一个完整月（党建为季）与该网格自己过往 24 个月相比的状态，不是网格之间的名次；"
        "没有底色的为样本不足。点一格只看这个网格。"
    )
    chart = drawn("pillars", lambda: pillars_chart(frame, view.palette))
    codes = tuple(PILLAR_METRICS.values())
    show(chart, "pillars", metrics=codes, note=note, on_click=to_grid, of_period=True)


def participants(view: View, judged: dict[str, Judged]) -> None:
    """How many come, how many households, how many for the first time; and who stays in courses."""
    left, right = st.columns(2, gap="medium")
    with left:
        marks, months = tuple(time_marks(view)), kept(participation_months)
        chart = drawn(
            "participation", lambda: participation_chart(months, view.palette, marks), marks
        )
        note = _("户数为当月参加过的不同户，各月不能相加；人次不等于覆盖面。")
        show(chart, "participation", metrics=("HP5", "HP1", "HP2"), note=note)
    with right:
        control(view, judged["HP4"], "hp4")


def reach(view: View) -> None:
    """Which grids and which kinds of residents are not reached."""
    left, right = st.columns(2, gap="medium")
    with left:
        heading(_("哪些网格还没有参与进来"))
        frame = kept(grids_reached)
        note = _("按网格编号排列，不作排名；户按居住的网格计。")
        body = drawn("grids reached", lambda: grids_html(view, frame))
        table(
            _("各网格参与户"),
            partial(grids_named, frame),
            body,
            "grids_reached",
            metrics=("HP1",),
            note=note,
        )
    with right:
        heading(_("哪些人群还没有参与进来"))
        kinds = kept(kinds_reached)
        if kinds.empty:
            empty(
                _("所选时段没有在册的重点人员。"),
                _("请数据录入员导入重点人员表，再看各类人群的参与。"),
            )
            return
        note = _("重点人员所在户中，本期有人参加过任何一场活动的比例；参与最少的在前。")
        if kinds["is_suppressed"].any():
            note += _("不足 5 户的数字不显示。")
        rows = partial(kinds_named, kinds)
        body = drawn("kinds reached", lambda: kinds_html(kinds))
        table(_("各类人群参与户"), rows, body, "kinds_reached", note=note)


def types(view: View) -> None:
    """What was held, who came and how they liked it; and on which days."""
    frame = kept(activity_types)
    section(_("各类活动"))
    if frame.empty:
        empty(_("所选范围内没有活动。"), _("可在左侧放宽时段或网格。"))
        return
    note = _(
        "共 {n} 场；满意率为满意数除以评价数，评价不足 10 份的不给出。",
        n=formats.whole(frame["activities"].sum()),
    )
    table(
        _("各类活动"),
        partial(types_named, frame),
        drawn("types", lambda: types_html(frame)),
        "types",
        metrics=("HP5", "HP6"),
        note=note,
    )
    days = kept(activity_days)
    quiet = int((days["value"] == 0).sum())
    note = _("颜色越浓当天活动越多；{n} 天没有活动。", n=formats.whole(quiet))
    chart = drawn("activity days", lambda: days_chart(days, view.palette))
    show(chart, "activity_days", metrics=("HP5",), note=note, on_click=to_day, of_period=True)


def neighbours(view: View) -> None:
    """Neighbour days in rotation, and the teams of the quarter."""
    left, right = st.columns(2, gap="medium")
    with left:
        heading(_("邻里日轮转（近 12 个月）"))
        found = kept(rotation)
        if found.held.empty:
            empty(_("所选网格内没有一般网格。"), _("邻里日按一般网格轮转，请选上一级网格。"))
        else:
            note = _rotation_note(found)
            rows = partial(rotation_named, found)
            body = drawn("rotation", lambda: rotation_html(found))
            table(_("邻里日轮转"), rows, body, "rotation", metrics=("ML3", "ML4"), note=note)
    with right:
        heading(_("展演队伍（本季）"))
        group = kept(teams)
        if group.frame.empty:
            empty(_("还没有队伍展演的记录。"), _("活动台账填写“展演队伍”后即可看到。"))
            return
        note = _teams_note(group)
        body = drawn("teams", lambda: teams_html(group.frame))
        rows = partial(teams_named, group.frame)
        table(_("展演队伍"), rows, body, "teams", metrics=("HP3",), note=note)


def _teams_note(group: Teams) -> str:
    if group.expected is None:
        words = _("{start} 起本季有 {performed} 支队伍在这里展演；有记录的队伍 {known} 支。")
    else:
        words = _("{start} 起本季 {performed} / {expected} 支队伍展演过；有记录的队伍 {known} 支。")
    return words.format(
        start=formats.day(group.start),
        performed=formats.whole(group.performed),
        expected=formats.whole(group.expected),
        known=formats.whole(group.known),
    )


def _rotation_note(found: Rotation) -> str:
    if len(found.held) == 1:
        times = int(found.held.to_numpy().sum())
        return _("近 12 个月在这个网格举办 {n} 次。", n=times)
    note = _(
        "{hosts} / {grids} 个一般网格举办过；",
        hosts=formats.whole(found.hosts),
        grids=formats.whole(len(found.held)),
    )
    comma = ", " if language() == "en" else "、"
    missed = comma.join(formats.month(month) for month in found.missed)
    note += _("没有举办的月份：{months}。", months=missed) if missed else _("月月都有。")
    if len(found.held) <= MOST_ROWS:
        return note
    return note + _("这里列前 {n} 个网格，其余在表格与下载中。", n=MOST_ROWS)


def activities(view: View) -> None:
    """The activities one by one, folded: read only when somebody opens them."""
    fold = st.expander(_("逐场活动"), on_change="rerun", key="activity_records")
    if fold.open:
        with fold:
            frame = activity_list(view.reader, view.filters)
            if frame.empty:
                empty(_("所选范围内没有活动。"), _("可在左侧放宽时段或网格。"))
            else:
                table_of(_("逐场活动"), frame, "activity_list")
