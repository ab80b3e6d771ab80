"""The sections of the visits page, in the order in which it reads."""

from __future__ import annotations

from functools import partial

import streamlit as st

from gridgov import formats
from gridgov.filters import Filters
from gridgov.judgement import Judged, judge
from gridgov.locale import _
from gridgov.queries.key_persons import overdue_persons
from gridgov.queries.visits_evidence import (
    grid_standing,
    mode_shares,
    need_kinds,
    tier_standing,
    visit_hours,
)
from gridgov.small_counts import small_note
from gridgov.ui.cache import drawn, kept
from gridgov.ui.evidence import compared_name, control, heading, uncompared_note
from gridgov.ui.page import empty, section, table
from gridgov.ui.records import records
from gridgov.ui.view import View
from gridgov.ui.visits_hours import hours_html, hours_named, hours_note
from gridgov.ui.visits_tables import (
    grids_html,
    grids_named,
    modes_html,
    modes_named,
    needs_html,
    needs_named,
    overdue_rows,
    tiers_html,
    tiers_named,
)
from gridgov.warehouse import Reader

__all__ = ["HEADLINES", "grids", "headline", "needs", "overdue", "tiers", "ways"]

HEADLINES = ("SV1", "SV2", "SV7", "SV4", "SV6", "SV9")


def headline(reader: Reader, filters: Filters) -> list[Judged]:
    """The judged headline metrics; those with a chart below are taken from here."""
    return judge(reader, HEADLINES, filters)


def tiers(view: View, judged: dict[str, Judged]) -> None:
    """Who was due and seen, by tier, beside the rate over time."""
    left, right = st.columns(2, gap="medium")
    with left:
        heading(_("各联系频次的重点人员"))
        frame = kept(tier_standing)
        if not (frame["hides_listed"].any() or frame["hides_rate"].any()) and (
            frame["listed"].sum() + frame["due"].sum() == 0
        ):
            empty(_("重点人员名单为空。"), _("请数据录入员导入重点人员表，探访率随即可算。"))
        else:
            note = _(
                "每名重点人员每个周期应联系一次；现逾期为截至 {day} 超过规定天数没有联系的人数。",
                day=formats.day(view.filters.span.end),
            )
            note += uncompared_note(view, "visit")
            if compared_name(view, "visit"):
                note += _("增减为与{name}相比的百分点。", name=view.filters.compared_name)
            if frame[["hides_listed", "hides_rate", "hides_overdue"]].any(axis=None):
                note += small_note()
            body = drawn("tiers", lambda: tiers_html(view, frame))
            title = _("各联系频次的重点人员")
            table(
                title, partial(tiers_named, frame), body, "tiers", metrics=("SV1", "SV2"), note=note
            )
    with right:
        control(view, judged["SV1"], "sv1")


def grids(view: View) -> None:
    """Every grid's result beside its load: a low rate under a heavy load is another matter."""
    frame = kept(grid_standing)
    if frame.empty:
        return
    section(_("各网格：结果与负荷"))
    note = _("按网格编号排列，不作排名；任务负荷比超过 100% 说明应联系的次数多于人手可承担的。")
    if frame["is_suppressed"].any():
        note += small_note()
    body = drawn("visit grids", lambda: grids_html(view, frame))
    codes = ("SV1", "SV8", "SV2", "SV4", "SV9")
    table(
        _("各网格：结果与负荷"),
        partial(grids_named, frame),
        body,
        "visit_grids",
        metrics=codes,
        note=note,
    )


def needs(view: View, judged: dict[str, Judged]) -> None:
    """What people asked for and whether it was done in time."""
    left, right = st.columns(2, gap="medium")
    with left:
        heading(_("群众需求"))
        frame = kept(need_kinds)
        if frame.empty:
            empty(_("本期走访没有记录需求。"), _("可在左侧放宽时段或网格。"))
        else:
            hides = bool(frame[["hides_found", "hides_due"]].any(axis=None))
            note = (
                small_note()
                if hides
                else _(
                    "本期发现 {found} 件；到期 {due} 件，按期办结 {done} 件。",
                    found=formats.whole(frame["found"].sum()),
                    due=formats.whole(frame["due"].sum()),
                    done=formats.whole(frame["in_time"].sum()),
                )
            )
            body = drawn("needs", lambda: needs_html(frame))
            table(
                _("群众需求"),
                partial(needs_named, frame),
                body,
                "needs",
                metrics=("SV5", "SV6"),
                note=note,
            )
    with right:
        control(view, judged["SV6"], "sv6")


def ways(view: View, judged: dict[str, Judged]) -> None:
    """How and when visits are made, and how soon they are entered."""
    left, right = st.columns(2, gap="medium")
    with left:
        heading(_("怎么走访、什么时候走访"))
        frame = kept(mode_shares)
        if frame.empty:
            empty(_("所选范围内没有走访。"), _("可在左侧放宽时段或网格。"))
            return
        rows = partial(modes_named, frame)
        body = drawn("modes", lambda: modes_html(frame))
        hides = frame["is_suppressed"].any() or (frame["met_state"] == "hidden").any()
        note = small_note() if hides else ""
        table(_("走访方式"), rows, body, "modes", metrics=("SV4",), note=note)
        hours = kept(visit_hours)
        if not hours.empty:
            body, note = drawn(
                "hours", lambda: (hours_html(hours, view.palette), hours_note(hours))
            )
            table(
                _("走访在一周中的时间"),
                partial(hours_named, hours),
                body,
                "hours",
                note=note,
            )
    with right:
        control(view, judged["SV9"], "sv9")


def overdue(view: View) -> None:
    """Who is overdue, one by one, for those who may see it."""
    section(_("逾期未访的重点人员"), _("截至 {day}", day=formats.day(view.data_date)))
    records(
        view,
        _("逾期未访的重点人员"),
        lambda: overdue_rows(overdue_persons(view.reader, view.filters.grid_id)),
        "overdue_persons",
        table="fact_overdue_spell",
    )
