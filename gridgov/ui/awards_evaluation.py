"""The parts of the evaluation page put together: the archive line, the tracks, their views."""

from __future__ import annotations

import streamlit as st

from gridgov.access.sessions import actor_of
from gridgov.awards.desk import archive
from gridgov.awards.evaluate import TrackResult
from gridgov.awards.notice import open_matters, pending_names
from gridgov.awards.record import verify
from gridgov.locale import _
from gridgov.ui import html
from gridgov.ui.awards_candidates import bands_view, candidates_view, others_view, standing_cards
from gridgov.ui.awards_decide import decide_view, pending_rows
from gridgov.ui.awards_marks import marks_view
from gridgov.ui.awards_state import Desk, flash, told_errors
from gridgov.ui.awards_words import track_label
from gridgov.ui.page import empty
from gridgov.ui.view import View, workspace
from gridgov.workspace import audit
from gridgov.workspace.engine import writing

__all__ = ["archive_line", "track_tabs"]


def archive_line(view: View, desk: Desk) -> None:
    """What is still open, and the one button that writes a record."""
    waiting, all_open = len(pending_names(desk.evaluation)), len(open_matters(desk.evaluation))
    told = (
        _("还有 {n} 项待决定、{m} 项待复核；现在归档也可以，公示件会标明“草稿”。",
          n=waiting, m=all_open - waiting)
        if all_open
        else _("决定与复核都已完成，可以归档。")
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", key="awards_archive"):
        st.html(html.caption_html(told), width="stretch")
        if desk.whole:
            if st.button(_("评选归档"), type="primary", key="archive_open"):
                _archive_dialog(view, desk)
        else:
            st.caption(_("归档由可查看全部网格的评选委员操作"))


@st.dialog(" ")
def _archive_dialog(view: View, desk: Desk) -> None:
    st.subheader(_("评选归档"))
    number = desk.newest.run + 1 if desk.newest else 1
    st.markdown(
        _(
            "将把方案、冻结的数据、评委会录入和结果写成第 {n} 次记录，存放在 `{folder}` 下。"
            "记录写成后不能改动；有更正时另作一次，并附前后差异。",
            n=number,
            folder=desk.root / desk.scheme.period.code,
        )
    )
    if not st.button(_("写成记录并核验"), type="primary", key="archive_write"):
        return
    with told_errors():
        with st.spinner(_("正在写记录并逐字节核验…")):
            folder, manifest = archive(desk.root, desk.evaluation)
            found = verify(folder)
        with writing(workspace()) as connection:
            audit.record(
                connection, actor_of(view.identity), "award.archive", str(manifest["run_id"]),
                {"folder": str(folder), "seal": manifest["seal"]},
            )  # fmt: skip
        flash(
            _(
                "已归档为 {id}，存放在 {folder}；"
                "核验通过：{files} 个文件、{rows} 行，重算结果一致。",
                id=manifest["run_id"],
                folder=folder,
                files=found.files,
                rows=f"{found.rows:,}",
            )
        )
        st.rerun()


def track_tabs(view: View, desk: Desk) -> None:
    """One tab a track; only the open one is drawn."""
    names = [track_label(result.track.name) for result in desk.evaluation.tracks]
    tabs = st.tabs(names, on_change="rerun", key="awards_tracks")
    for tab, result in zip(tabs, desk.evaluation.tracks, strict=True):
        if tab.open:
            with tab:
                _track(view, desk, result)


def _track(view: View, desk: Desk, result: TrackResult) -> None:
    if not len(result.workers):
        empty(_("本赛道没有候选人。"), _("请核对方案里的网格层级和人员类别。"))
        return
    standing_cards(desk, result)
    apart = len(result.workers) - int(result.eligible.sum())
    views = {
        "candidates": _("候选人"),
        "decide": _("待决定 {n}", n=len(pending_rows(result))),
        "bands": _("名次区间"),
        "others": _("另列 {n}", n=apart),
        "marks": _("评分录入"),
    }
    picked = st.segmented_control(
        _("查看"),
        list(views),
        default="candidates",
        format_func=lambda code: views[code],
        key=f"awards_view_{result.track.name}",
        label_visibility="collapsed",
        required=True,
    )
    if picked == "decide":
        decide_view(view, desk, result)
    elif picked == "bands":
        bands_view(view, desk, result)
    elif picked == "others":
        others_view(result)
    elif picked == "marks":
        marks_view(view, desk, result)
    else:
        candidates_view(view, desk, result)
