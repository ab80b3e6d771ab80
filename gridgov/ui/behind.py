"""The records behind a figure, in a window of their own: for those who may, with a trace."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.access.policy import Level
from gridgov.access.sessions import actor_of
from gridgov.labels import labelled
from gridgov.locale import _, pick
from gridgov.metrics import METRICS
from gridgov.metrics.grids import tree_of
from gridgov.queries.records import RECORDS, metric_records
from gridgov.schema import TABLES
from gridgov.ui import html
from gridgov.ui.download import table_downloads
from gridgov.ui.view import View, current_view, workspace
from gridgov.workspace import audit
from gridgov.workspace.engine import writing

__all__ = ["behind_button", "behind_window", "may_see_persons", "record_look", "refused"]


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


# The table that records of a kind come from; what is not named holds no single resident.
_TABLES = {
    "visit": "fact_visit", "complaint": "fact_complaint", "period": "fact_contact_period",
    "overdue": "fact_overdue_spell", "attendance": "fact_attendance",
}  # fmt: skip
_MOST_ROWS = 1000


_ASKED = "_behind_asked"


def behind_button(codes: Sequence[str], key: str, *, closes: str = "") -> None:
    """A quiet button to the records that a figure of these metrics counts; none without any.

    `closes`: the key of the door that it stands in, which would lie over the window. The window
    itself opens in `behind_window`, once a run.
    """
    known = [code for code in codes if code in RECORDS]

    def ask() -> None:
        st.session_state[_ASKED] = (known, key)
        if closes:
            st.session_state[closes] = False

    if known:
        st.button(_("看背后的记录"), key=f"behind_{key}", type="tertiary", on_click=ask)


def behind_window() -> None:
    """The records that were just asked for, in a window over the page."""
    asked = st.session_state.pop(_ASKED, None)
    if asked is not None:
        _behind(*asked)


@st.dialog(" ", width="large")
def _behind(codes: list[str], key: str) -> None:
    st.html(html.section_html(_("背后的记录")))
    code = codes[0]
    if len(codes) > 1:
        names = {each: pick(METRICS[each].zh, METRICS[each].en) for each in codes}
        code = st.selectbox(_("指标"), codes, format_func=names.__getitem__, key=f"which_{key}")
    view = current_view()
    table = _TABLES.get(RECORDS[code].record, "")
    if table and not may_see_persons(view, table):
        refused()
        return
    found = _records_of(view, code)
    frame = _named(found, RECORDS[code].record)
    if frame.empty:
        st.html(html.empty_state_html(_("没有符合条件的记录。"), _("可在左侧放宽时段或网格。")))
        return
    title = _("{name}：背后的记录", name=pick(METRICS[code].zh, METRICS[code].en))
    if table:
        record_look(view, title, len(frame))
    st.html(html.caption_html(_counted_words(found)))
    st.dataframe(frame, hide_index=True, height=420, alt=title, placeholder=formats.MISSING)
    table_downloads(title, frame, (code,), key=f"behind_{key}_{code}", personal=bool(table))


def _records_of(view: View, code: str) -> pd.DataFrame:
    """The records of a metric for the page's filters, grids by name, nothing that is empty."""
    filters, dimensions = view.filters, METRICS[code].dimensions
    where = {name: values for name, values in filters.where().items() if name in dimensions}
    span = filters.span
    frame = metric_records(
        view.reader, code, span.start, span.end,
        grid_id=filters.grid_id, where=where, rows=_MOST_ROWS,
    )  # fmt: skip
    if "grid_id" in frame:
        names = tree_of(view.reader).names
        frame["grid_id"] = [names.get(str(key), (key, ""))[0] for key in frame["grid_id"]]
    return frame.dropna(axis="columns", how="all")


def _named(frame: pd.DataFrame, record: str) -> pd.DataFrame:
    """The records under readers' names: those of their log, and of what was computed for them."""
    names = {
        "is_counted": _("计入分子"), "grid_id": _("网格"), "worker_text": _("台账所写人员"),
        "tier": _("联系频次"), "late_hours": _("滞后录入（小时）"),
        "handling_hours": _("办理时长（小时）"), "last_on": _("上次联系"),
        "since_on": _("逾期起"), "period_start": _("周期开始"), "period_end": _("周期结束"),
        "contacts": _("联系次数"), "in_person_contacts": _("其中上门"), "activity": _("活动"),
    }  # fmt: skip
    log = _LOGS.get(record, record)
    if log in TABLES:
        declared = {each.name: pick(each.label, each.label_en) for each in TABLES[log].columns}
        names = declared | names
    shown = frame.drop(columns=[name for name in _LEFT_OUT if name in frame])
    return labelled(shown.rename(columns=names))


# Grids are told by name; these say the same again.
_LEFT_OUT = ("grid_text", "until_on", "holder_id", "parent_id")
_LOGS = {"period": "key_person", "overdue": "key_person"}


def _counted_words(frame: pd.DataFrame) -> str:
    words = _(
        "共 {n} 条，其中计入分子的 {counted} 条。",
        n=formats.whole(len(frame)),
        counted=formats.whole(int(frame["is_counted"].sum())),
    )
    if len(frame) < _MOST_ROWS:
        return words
    return _("只列最近 {n} 条，缩小时段或网格可看其余。", n=formats.whole(_MOST_ROWS))


def refused() -> None:
    """Say who may see single records instead."""
    words = _("逐条记录涉及居民个人，当前角色只看汇总。")
    step = _("所辖网格的一般网格员可以查看；每次查看都会留痕。")
    st.html(html.empty_state_html(words, step))
