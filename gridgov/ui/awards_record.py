"""The records of a period: verify, compare, papers, the public notice, objections."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from gridgov import formats
from gridgov.access.sessions import actor_of
from gridgov.awards.desk import RunOnFile, runs_on_file
from gridgov.awards.diff import diff
from gridgov.awards.notice import honours, open_matters
from gridgov.awards.record import verify
from gridgov.errors import RecordError
from gridgov.locale import _
from gridgov.report.awards import committee_report
from gridgov.report.awards_notice import notice_paper
from gridgov.report.awards_sheet import sheet_papers
from gridgov.report.awards_xlsx import score_workbook
from gridgov.ui import html
from gridgov.ui.awards_html import Head, grid_html
from gridgov.ui.awards_objections import objections_view
from gridgov.ui.awards_state import Desk, mark_of, open_record, record_evaluation
from gridgov.ui.awards_words import tier_label, track_label
from gridgov.ui.download import download
from gridgov.ui.page import empty, section
from gridgov.ui.view import View, workspace
from gridgov.workspace import audit
from gridgov.workspace.engine import writing

__all__ = ["record_view"]

_CHECKED = "awards_verified"


def record_view(view: View, desk: Desk) -> None:
    """Records, then one of four views of the chosen one."""
    runs = runs_on_file(desk.root, desk.scheme.period.code)
    if not runs:
        empty(
            _("{period}还没有归档。", period=formats.period(desk.scheme.period.code)),
            _("在“半年评选”页点“评选归档”，把方案、数据、录入和结果一并封存。"),
        )
        objections_view(view, desk)
        return
    _shelf(runs)
    run = _chosen(view, runs)
    views = {
        "notice": _("公示"), "papers": _("报告与表格"), "diff": _("前后差异"),
        "objections": _("异议"),
    }  # fmt: skip
    picked = st.segmented_control(
        _("查看"), list(views), default="notice", format_func=views.__getitem__,
        key="record_view", label_visibility="collapsed", required=True,
    )  # fmt: skip
    if picked == "papers":
        _papers(view, desk, run)
    elif picked == "diff":
        _differences(desk, runs)
    elif picked == "objections":
        objections_view(view, desk)
    else:
        _notice(run)


def _shelf(runs: list[RunOnFile]) -> None:
    section(_("归档记录"), _("每次归档为一个文件夹，写成后不再改动；更正另作一次。"))
    checked = st.session_state.get(_CHECKED, {})
    heads = [
        Head(_("次")), Head(_("记录号")), Head(_("写成时间")), Head(_("数据"), wide=True),
        Head(_("方案"), wide=True), Head(_("存放位置"), wide=True), Head(_("核验")),
    ]  # fmt: skip
    body = [
        [
            str(run.run),
            html.escaped(run.run_id),
            formats.moment(run.written_at),
            html.escaped(_("至 {day}（版本 {n}）", day=run.data_date, n=run.data_version)),
            html.escaped(run.scheme_hash[:8]),
            html.escaped(run.folder),
            _state(checked.get(run.seal)),
        ]
        for run in runs
    ]
    st.html(grid_html(heads, body, _("归档记录")))


def _state(told: tuple[bool, str] | None) -> str:
    if told is None:
        return f'<span class="gg-muted">{html.escaped(_("未在本次核验"))}</span>'
    good, words = told
    return html.state_tag_html("better" if good else "worse", words)


def _chosen(view: View, runs: list[RunOnFile]) -> RunOnFile:
    """Which record the views below are about, and the button that recomputes it."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="record_choice"):
        number = st.selectbox(
            _("查看哪一次"),
            range(len(runs)),
            format_func=lambda i: _("第 {n} 次 · {id}", n=runs[i].run, id=runs[i].run_id),
            key="record_which",
            width=320,
        )
        if st.button(_("核验"), key="record_verify"):
            _verify(view, runs[number])
    return runs[number]


def _verify(view: View, run: RunOnFile) -> None:
    """Recompute from the frozen inputs; what was found stays on the shelf for this session."""
    with st.spinner(_("正在从冻结的数据重算并逐字节比对…")):
        try:
            found = verify(run.folder)
            told = (True, _("重算一致（{n} 个文件）", n=found.files))
        except RecordError as error:
            told = (False, str(error))
    st.session_state[_CHECKED] = {**st.session_state.get(_CHECKED, {}), run.seal: told}
    with writing(workspace()) as connection:
        audit.record(
            connection, actor_of(view.identity), "award.verify", run.run_id,
            {"passed": told[0], "told": told[1]},
        )  # fmt: skip
    st.rerun()


def _notice(run: RunOnFile) -> None:
    evaluation = record_evaluation(run)
    waiting = len(open_matters(evaluation))
    section(_("公示名单"), _("只有姓名、单位和称号；不含分数和名次，同一称号内按网格排列。"))
    if waiting:
        st.html(
            html.caption_html(
                _("这次归档还有 {n} 项待决定或待复核，名单为草稿，不能对外公示。", n=waiting)
            )
        )
    listed = honours(evaluation)
    heads = [Head(_("称号")), Head(_("姓名")), Head(_("单位")), Head(_("赛道"))]
    body = [
        [
            html.escaped(tier_label(one.tier)), html.escaped(one.name),
            html.escaped(one.unit), html.escaped(track_label(one.track)),
        ]
        for one in listed
    ]  # fmt: skip
    st.html(grid_html(heads, body, _("公示名单"), nothing=_("还没有可以公示的人，待委员会决定")))
    _paper(
        _("下载公示（PDF）"), partial(notice_paper, evaluation, run.run_id),
        _("评选公示"), "pdf", len(listed), run,
    )  # fmt: skip


def _papers(view: View, desk: Desk, run: RunOnFile) -> None:
    section(
        _("报告与表格"),
        _("由这次归档的数据生成，谁来生成都一样；下载会留痕，页脚印有下载人和时间。"),
    )
    if not desk.whole:
        empty(_("完整报告涉及全部网格。"), _("由可查看全部网格的评选委员下载。"))
        return
    evaluation = record_evaluation(run)
    workers = [worker for result in evaluation.tracks for worker in result.workers]
    _paper(
        _("评委会报告（PDF）"),
        lambda: committee_report(evaluation, run.run_id, mark=mark_of(view)),
        _("评委会报告"), "pdf", len(workers), run,
    )  # fmt: skip
    _paper(
        _("全部候选人评分表（xlsx，含公式）"),
        lambda: score_workbook(evaluation, run.run_id, mark=mark_of(view)),
        _("评分总表"), "xlsx", len(workers), run,
    )  # fmt: skip
    _paper(
        _("全部个人评选表（PDF）"),
        lambda: sheet_papers(evaluation, run.run_id, workers, mark=mark_of(view)),
        _("全部个人评选表"), "pdf", len(workers), run,
    )  # fmt: skip


def _paper(
    label: str, make: Callable[[], bytes], name: str, kind: str, rows: int, run: RunOnFile
) -> None:
    download(
        label, make, name=f"{name}_{run.run_id}", kind=kind, rows=rows,
        key=f"paper_{kind}_{name}_{run.seal[:8]}",
    )  # fmt: skip


def _differences(desk: Desk, runs: list[RunOnFile]) -> None:
    section(_("前后差异"), _("先前的一次与后来的一次，哪里不同、为什么，逐人说明。"))
    if not desk.whole:
        empty(_("完整报告涉及全部网格。"), _("由可查看全部网格的评选委员下载。"))
        return
    if len(runs) < 2:
        empty(
            _("只有一次归档，没有可以比较的。"), _("更正或异议成立后再归档一次，这里会列出差异。")
        )
        return
    left, right = st.columns(2)
    words = [_("第 {n} 次 · {id}", n=run.run, id=run.run_id) for run in runs]
    one = left.selectbox(
        _("先前"), range(len(runs)), 1, format_func=words.__getitem__, key="diff_a"
    )
    two = right.selectbox(
        _("后来"), range(len(runs)), 0, format_func=words.__getitem__, key="diff_b"
    )
    found = diff(open_record(runs[one]), open_record(runs[two]))
    if found.is_empty:
        st.html(html.caption_html(_("两次记录没有不同")))
        return
    st.html(html.summary_html(found.causes))
    heads = [Head(_("赛道"), wide=True), Head(_("候选人")), Head(_("变化"))]
    body = [
        [
            html.escaped(track_label(change.track)),
            html.escaped(change.name),
            html.escaped(formats.listing(change.sentences)),
        ]
        for change in found.changes
    ]
    st.html(grid_html(heads, body, _("前后差异"), nothing=_("没有人的结果变化")))
