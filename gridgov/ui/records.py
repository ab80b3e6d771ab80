"""Rows about single residents: shown only to those who may, and never without a trace."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from gridgov.access.policy import Level
from gridgov.access.sessions import actor_of
from gridgov.locale import _
from gridgov.ui.page import empty, table_of
from gridgov.ui.view import View, workspace
from gridgov.workspace import audit
from gridgov.workspace.engine import writing

__all__ = ["may_see_persons", "record_look", "records"]


def may_see_persons(view: View, table: str = "fact_visit") -> bool:
    """Whether rows of that table may be shown one by one to the person of this run."""
    return view.reader.level(table) is Level.FULL and view.reader.scope.sees_persons


def record_look(view: View, what: str, rows: int) -> None:
    """Write who looked at which rows, with which filters; once per view of the same rows."""
    seen = (view.page_name, what, rows, tuple(sorted(view.filters.to_url().items())))
    known = st.session_state.setdefault("_looks", set())
    if seen in known:
        return
    known.add(seen)
    with writing(workspace()) as connection:
        audit.record(
            connection,
            actor_of(view.identity),
            "person.view",
            what,
            {
                "page": view.page_name,
                "filters": view.filters.to_url(),
                "version": view.reader.version.number,
            },
            rows,
        )


def records(
    view: View, title: str, rows: Callable[[], pd.DataFrame], key: str, *, table: str
) -> None:
    """Show rows behind a figure (labels as column names), or say who may see them.

    `rows` is asked only for those who may.
    """
    if not may_see_persons(view, table):
        empty(
            _("逐条记录涉及居民个人，当前角色只看汇总。"),
            _("所辖网格的一般网格员可以查看；每次查看都会留痕。"),
        )
        return
    frame = rows()
    if frame.empty:
        empty(_("没有符合条件的记录。"), _("可在左侧放宽时段或网格。"))
        return
    record_look(view, title, len(frame))
    table_of(title, frame, key, personal=True)
