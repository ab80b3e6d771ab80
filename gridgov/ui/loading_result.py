"""What a check or a load did, shown on the data page."""

from __future__ import annotations

import streamlit as st

from etl.report import FindingKind, LoadReport
from gridgov import formats
from gridgov.locale import _, pick
from gridgov.ui import html
from gridgov.ui.loading_history import file_columns, file_row, rejects_button
from gridgov.ui.view import View

__all__ = ["RESULT", "show_result"]

RESULT = "load_result"
"""Where the session keeps the last report."""


def show_result(view: View) -> None:
    """Counts, sheets, findings and rejected rows of the last check or load, until put away."""
    report = st.session_state.get(RESULT)
    if not isinstance(report, LoadReport):
        return
    counts = {
        name: formats.whole(report.total(name))
        for name in ("rows", "loaded", "updated", "duplicate", "rejected")
    }
    said = _(
        "共 {rows} 行：新增 {loaded}，更正 {updated}，重复 {duplicate}，拒收 {rejected}。", **counts
    )
    if report.is_check:
        st.info(_("检查完成，尚未导入。") + said)
    elif report.published:
        st.success(_("已导入，版本 {n} 生效。", n=report.version) + said)
    else:
        st.info(_("没有新内容，数据未变。") + said)
    st.html(html.table_html(file_columns(), [file_row(file) for file in report.files]))
    kinds = report.kinds()
    if kinds:
        columns = _finding_columns(with_file=len(report.files) > 1)
        with st.expander(_("发现的问题（{n} 类）", n=len(kinds)), expanded=report.is_check):
            st.html(html.table_html(columns, [_finding_row(kind) for kind in kinds]))
    if report.batch_id is not None and report.total("rejected"):
        rejects_button(view, report.batch_id, report.total("rejected"), "result")
    if st.button(_("知道了"), key="clear_result", type="tertiary"):
        del st.session_state[RESULT]
        st.rerun()


def _finding_columns(*, with_file: bool) -> list[html.TableColumn]:
    return [
        html.TableColumn("id", _("编号"), "muted", phone=False),
        html.TableColumn("severity", _("处理")),
        *([html.TableColumn("where", _("文件"), "muted", phone=False)] if with_file else []),
        html.TableColumn("message", _("问题")),
        html.TableColumn("row", _("首见行"), "number", phone=False),
        html.TableColumn("examples", _("例"), "muted", phone=False),
        html.TableColumn("n", _("次数"), "number"),
    ]


def _finding_row(kind: FindingKind) -> dict[str, html.Cell]:
    said = [part for part in (kind.label, kind.message) if part]
    return {
        "id": kind.check_id,
        "severity": _("拒收") if kind.is_error else _("提醒"),
        "where": kind.where,
        "message": pick("：", ": ").join(said),
        "row": kind.first_row,
        "examples": "、".join(kind.examples),
        "n": kind.occurrences,
    }
