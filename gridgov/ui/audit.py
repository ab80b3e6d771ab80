"""The audit log: whether it is whole, and what it says."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.clock import today
from gridgov.locale import _
from gridgov.ui import html
from gridgov.ui.page import empty
from gridgov.ui.view import workspace
from gridgov.workspace import audit

__all__ = ["audit_search", "chain_state"]

_MOST = 500


def chain_state() -> None:
    """Walk the hash chain and say what was found."""
    found = audit.verify(workspace())
    if found.ok:
        words = _(
            "日志完整：{n} 条，末条编号 {last}。", n=formats.whole(found.rows), last=found.last_seq
        )
        st.html(html.caption_html(words))
    else:
        st.error(_("日志被改动过：{problem}", problem=found.problem))


def audit_search() -> None:
    """Filters and the rows that match, newest first."""
    first, second, third = st.columns(3)
    user = first.text_input(_("姓名"), key="audit_user")
    action = second.text_input(_("操作"), key="audit_action", placeholder="login、export、user")
    words = third.text_input(_("内容"), key="audit_words")
    picked = st.date_input(
        _("起止日期"), (today() - timedelta(days=30), today()), format="YYYY-MM-DD"
    )
    since = until = None
    if isinstance(picked, tuple) and len(picked) == 2:
        since = datetime.combine(picked[0], time())
        until = datetime.combine(picked[1], time()) + timedelta(days=1)
    rows = audit.entries(
        workspace(),
        since=since,
        until=until,
        user=user.strip(),
        action=action.strip(),
        contains=words.strip(),
        limit=_MOST,
    )
    if not rows:
        empty(_("没有符合条件的日志。"), _("可放宽日期，或清空其他条件。"))
        return
    frame = pd.DataFrame(
        {
            _("编号"): [row.seq for row in rows],
            _("时间"): [formats.moment(row.at) for row in rows],
            _("姓名"): [row.user_name for row in rows],
            _("操作"): [row.action for row in rows],
            _("对象"): [row.subject for row in rows],
            _("行数"): [row.row_count for row in rows],
            _("来源"): [row.source for row in rows],
            _("详情"): [row.detail for row in rows],
        }
    )
    st.dataframe(frame, hide_index=True, height=480)
    if len(rows) == _MOST:
        st.html(html.caption_html(_("只显示最新 {n} 条，可缩小范围。", n=_MOST)))
