"""Entering what the program cannot measure: marks of peers and members, bonus, deductions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.access.sessions import actor_of
from gridgov.awards.evaluate import TrackResult
from gridgov.locale import N_, _
from gridgov.report.tabular import table_bytes
from gridgov.ui import html
from gridgov.ui.awards_html import Head, grid_html
from gridgov.ui.awards_marks_file import COLUMNS, read_marks, template
from gridgov.ui.awards_state import Desk, flash, told_errors
from gridgov.ui.awards_words import points, short_grid
from gridgov.ui.download import about, download
from gridgov.ui.page import section
from gridgov.ui.view import View, workspace
from gridgov.workspace.award_entry import (
    RATER_ROLES,
    AwardEntry,
    NewEntry,
    add_entries,
    list_entries,
)

__all__ = ["marks_view"]

_ROLE_NAMES = (N_("同事"), N_("评委"))
_KIND_NAMES = {"rating": N_("评分"), "bonus": N_("加分"), "deduction": N_("扣分")}


def marks_view(view: View, desk: Desk, result: TrackResult) -> None:
    """Marks one rater at a time or from a file; bonus and deductions; what has been entered."""
    entries = [
        entry
        for entry in list_entries(workspace(), desk.scheme.period.code)
        if entry.candidate_id in result.workers
    ]
    ways = {"table": _("逐人评分"), "file": _("导入评分表"), "extra": _("加分与扣分")}
    section(_("评分录入"), _progress(result, entries))
    way = st.radio(
        _("录入方式"), list(ways), format_func=lambda code: ways[code], horizontal=True,
        key=f"marks_way_{result.track.name}", label_visibility="collapsed",
    )  # fmt: skip
    if way == "file":
        _file(view, desk, result)
    elif way == "extra":
        _extra(view, desk, result, entries)
    else:
        _editor(view, desk, result, entries)


def _progress(result: TrackResult, entries: list[AwardEntry]) -> str:
    marks = [entry for entry in entries if entry.kind == "rating"]
    if not marks:
        return _("还没有评分；没有评分时，评议一项的权重由其余各项分担。")
    people = len({entry.candidate_id for entry in marks})
    raters = len({(entry.label, entry.role) for entry in marks})
    return _(
        "已有 {n} 份评分，{raters} 人评，涉及 {people} / {all} 名候选人；评议分取各份的平均。",
        n=formats.whole(len(marks)),
        raters=raters,
        people=people,
        all=len(result.workers),
    )


def _editor(view: View, desk: Desk, result: TrackResult, entries: list[AwardEntry]) -> None:
    left, right = st.columns([2, 1])
    rater = left.text_input(_("评分人"), max_chars=60, key="marks_rater").strip()
    role = right.selectbox(_("身份"), RATER_ROLES, format_func=_, key="marks_role")
    if not rater:
        st.html(html.caption_html(_("先填评分人，再在表中打分（0–100）；不评的留空。")))
        return
    given = {
        entry.candidate_id: entry.points
        for entry in entries
        if entry.kind == "rating" and (entry.label, entry.role) == (rater, role)
    }
    frame = _people(result)
    frame["分数"] = [
        None if given.get(worker) is None else (given[worker] or 0) / 100
        for worker in result.workers
    ]
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=["格格编号", "姓名", "网格"],
        column_config={
            "格格编号": st.column_config.TextColumn(_("格格编号")),
            "姓名": st.column_config.TextColumn(_("姓名")),
            "网格": st.column_config.TextColumn(_("网格")),
            "分数": st.column_config.NumberColumn(_("分数"), min_value=0, max_value=100, step=0.5),
        },
        placeholder="",
        height=min(40 + 35 * len(frame), 390),
        key=f"marks_table_{result.track.name}_{role}_{rater}",
    )
    if st.button(_("保存评分"), key="marks_save"):
        changed = _changed(result, frame["分数"], edited["分数"], rater, role)
        _save(view, desk, changed)


def _people(result: TrackResult) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "格格编号": list(result.workers),
            "姓名": [person["name"] for person in result.candidate],
            "网格": [short_grid(person) for person in result.candidate],
        }
    )


def _changed(
    result: TrackResult, before: pd.Series, after: pd.Series, rater: str, role: str
) -> list[NewEntry]:
    found = []
    for worker, old, new in zip(result.workers, before, after, strict=True):
        was = None if pd.isna(old) else round(float(old) * 100)
        now = None if pd.isna(new) else round(float(new) * 100)
        if was != now:
            found.append(NewEntry(worker, "rating", rater, now, role))
    return found


def _save(view: View, desk: Desk, entries: list[NewEntry]) -> None:
    if not entries:
        st.info(_("没有改动。"))
        return
    with told_errors():
        count = add_entries(workspace(), actor_of(view.identity), desk.scheme.period.code, entries)
        flash(_("已保存 {n} 项，得分已按新的录入重算。", n=count))
        st.rerun()


def _file(view: View, desk: Desk, result: TrackResult) -> None:
    people = [
        {**person, "worker_id": worker}
        for worker, person in zip(result.workers, result.candidate, strict=True)
    ]
    st.html(
        html.caption_html(
            _(
                "表中每行一份评分：{columns}。分数留空的行不算；有一行不对，整份都不入。",
                columns="、".join(COLUMNS),
            )
        )
    )
    download(
        _("下载评分表模板"),
        lambda: table_bytes(template(people), "xlsx", about(_("评分表模板"))),
        name=_("评分表模板"),
        kind="xlsx",
        rows=len(people),
        key="marks_template",
    )
    given = st.file_uploader(
        _("填好的评分表（xlsx 或 CSV）"), type=["xlsx", "csv"], max_upload_size=5, key="marks_file"
    )
    if given is not None and st.button(_("导入评分"), key="marks_import"):
        with told_errors():
            entries = read_marks(given.name, given.getvalue(), result.workers)
            _save(view, desk, entries)


def _extra(view: View, desk: Desk, result: TrackResult, entries: list[AwardEntry]) -> None:
    most = points(desk.scheme.bonus_max)
    names = {
        worker: f"{person['name']} · {short_grid(person)}"
        for worker, person in zip(result.workers, result.candidate, strict=True)
    }
    with st.form("awards_extra", clear_on_submit=True):
        left, middle, right = st.columns([3, 1, 1])
        who = left.selectbox(_("候选人"), list(names), format_func=names.__getitem__)
        kind = middle.selectbox(
            _("类别"), ("bonus", "deduction"), format_func=lambda code: _(_KIND_NAMES[code])
        )
        amount = right.number_input(_("分数"), 0.0, 100.0, 1.0, 0.5)
        deed = st.text_input(_("事由（必填；扣分须已查实）"), max_chars=200)
        sent = st.form_submit_button(_("记录"))
    st.html(
        html.caption_html(
            _("加分每人合计最多 {most} 分。同一事由再录一次为更正，录 0 分为撤回。", most=most)
        )
    )
    if sent:
        given = round(amount * 100) or None
        _save(view, desk, [NewEntry(str(who), kind, deed, given)])
    extras = [entry for entry in entries if entry.kind != "rating"]
    heads = [
        Head(_("候选人")), Head(_("类别")), Head(_("分数"), number=True), Head(_("事由")),
        Head(_("由谁")), Head(_("何时"), wide=True),
    ]  # fmt: skip
    body = [
        [
            html.escaped(names[entry.candidate_id]), html.escaped(_(_KIND_NAMES[entry.kind])),
            points(entry.points or 0), html.escaped(entry.label),
            html.escaped(entry.entered_name), formats.moment(entry.entered_at),
        ]
        for entry in extras
    ]  # fmt: skip
    st.html(grid_html(heads, body, _("加分与扣分"), nothing=_("还没有加分或扣分")))
