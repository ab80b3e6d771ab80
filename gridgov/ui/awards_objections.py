"""Objections: taken down in the objector's words, answered once, and what follows from them."""

from __future__ import annotations

import streamlit as st

from gridgov import formats
from gridgov.access.sessions import actor_of
from gridgov.locale import N_, _
from gridgov.ui import html
from gridgov.ui.awards_html import Head, grid_html
from gridgov.ui.awards_state import Desk, case_of, flash, told_errors
from gridgov.ui.page import section
from gridgov.ui.view import View, workspace
from gridgov.workspace.award import (
    Objection,
    add_objection,
    answer_objection,
    list_objections,
)

__all__ = ["objections_view"]

_STATES = {"open": N_("待答复"), "upheld": N_("成立"), "rejected": N_("不成立")}


def objections_view(view: View, desk: Desk) -> None:
    """The list, the form to take one down, the form to answer."""
    people = {
        worker: f"{person['name']} · {person['grid_name']}"
        for result in desk.evaluation.tracks
        for worker, person in zip(result.workers, result.candidate, strict=True)
    }
    rows = tuple(
        row
        for row in list_objections(workspace(), desk.scheme.period.code)
        if desk.whole or row.candidate_id in people
    )
    section(
        _("异议"),
        _("成立的异议：先改正记录（复核结论、回访结果、评分或数据），再归档一次，差异自动列出。"),
    )
    _list(rows, people)
    left, right = st.columns(2, gap="large")
    with left:
        _file(view, desk, people)
    with right:
        _answer(view, [row for row in rows if row.state == "open"], people)


def _list(rows: tuple[Objection, ...], people: dict[str, str]) -> None:
    heads = [
        Head(_("候选人")), Head(_("异议人"), wide=True), Head(_("内容")),
        Head(_("针对哪次"), wide=True),
        Head(_("登记"), wide=True), Head(_("结果")), Head(_("答复")),
    ]  # fmt: skip
    body = []
    for row in reversed(rows):
        waiting = row.state == "open"
        state = (
            html.state_tag_html("changed", _(_STATES["open"]))
            if waiting
            else html.escaped(_(_STATES[row.state]))
        )
        body.append(
            [
                html.escaped(people.get(row.candidate_id, row.candidate_id)),
                html.escaped(row.raised_by),
                html.escaped(row.text),
                html.escaped(_("归档前") if row.run_id == "draft" else row.run_id),
                formats.moment(row.entered_at),
                state,
                html.escaped(row.answer or formats.MISSING),
            ]
        )
    st.html(grid_html(heads, body, _("异议"), nothing=_("还没有异议")))


def _file(view: View, desk: Desk, people: dict[str, str]) -> None:
    with st.form("objection_file", clear_on_submit=True):
        st.markdown(f"**{_('登记异议')}**")
        who = st.selectbox(_("关于哪位候选人"), list(people), format_func=people.__getitem__)
        by = st.text_input(_("异议人"), max_chars=64)
        text = st.text_area(_("内容（原话，写明哪一条记录、为什么）"), max_chars=4000, height=100)
        sent = st.form_submit_button(_("登记"))
    if sent:
        with told_errors():
            add_objection(
                workspace(), actor_of(view.identity), case_of(desk, str(who)),
                raised_by=by, text=text,
            )  # fmt: skip
            flash(_("已登记异议，答复前一直列为待答复。"))
            st.rerun()


def _answer(view: View, rows: list[Objection], people: dict[str, str]) -> None:
    if not rows:
        st.html(html.caption_html(_("没有待答复的异议。")))
        return
    with st.form("objection_answer", clear_on_submit=True):
        st.markdown(f"**{_('答复异议')}**")
        number = st.selectbox(
            _("哪一件"),
            range(len(rows)),
            format_func=lambda i: f"{people.get(rows[i].candidate_id, '')} · {rows[i].text[:20]}",
        )
        upheld = st.radio(
            _("是否成立"), (True, False), index=None, horizontal=True,
            format_func=lambda good: _(_STATES["upheld" if good else "rejected"]),
        )  # fmt: skip
        text = st.text_area(_("答复（必填，会写进归档）"), max_chars=4000, height=100)
        sent = st.form_submit_button(_("答复"))
    if not sent:
        return
    if upheld is None:
        st.error(_("请先选是否成立。"))
        return
    with told_errors():
        answer_objection(
            workspace(), actor_of(view.identity), rows[number].id, upheld=upheld, answer=text
        )
        flash(
            _("已答复。请改正有误的记录后，在“半年评选”页再归档一次。") if upheld else _("已答复。")
        )
        st.rerun()
