"""The editor with what stands around it: parameters, run, cancel, plan, examples, history."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import streamlit as st

from gridgov import formats
from gridgov.explore.builder import whole_number
from gridgov.explore.catalogue import completions, schema_catalogue
from gridgov.explore.copy import deidentified_copy
from gridgov.explore.parameters import parameter_names, parameter_value
from gridgov.explore.question_file import sql_definition
from gridgov.explore.sandbox import warm_up
from gridgov.locale import _, pick
from gridgov.ui.explore_html import as_written
from gridgov.ui.explore_saved import file_door, open_door, save_door, share_door
from gridgov.ui.explore_state import viewer_id
from gridgov.ui.html import caption_html
from gridgov.ui.sql_editor import editor_words, sql_editor
from gridgov.ui.sql_examples import examples
from gridgov.ui.sql_export import export_panel
from gridgov.ui.sql_schema import schema_browser
from gridgov.ui.sql_state import (
    Finished,
    finish,
    history,
    put_text,
    running_job,
    start,
    text_and_stamp,
)
from gridgov.ui.view import View, workspace
from gridgov.workspace.question import question_version

__all__ = ["database_of", "open_sql", "sql_bar", "workbench"]

_QUICK_SECONDS = 0.35
_EXPLAIN = "EXPLAIN "


def database_of(view: View) -> Path:
    """The copy that this person's queries run on: their grids, the version in view."""
    with st.spinner(_("正在准备查询用的数据…")):
        _warm()
        return deidentified_copy(view.reader.version, view.identity.grid_ids)


@st.cache_resource(show_spinner=False)
def _warm() -> None:
    warm_up()


def workbench(view: View, database: Path) -> str:
    """Editor, tables, parameters and buttons; gives the text of the editor."""
    _follow_link(view)
    tables = schema_catalogue(database)
    text, stamp = text_and_stamp(examples()[0].sql)
    left, right = st.columns([7, 3])
    with left:
        words = editor_words(tables, completions(database))
        text, wanted = sql_editor(text, stamp, words, key="sql_editor")
        parameters = _parameters(text, view)
        _buttons(view, database, text, parameters, wanted)
    with right:
        schema_browser(tables)
    return text


def _follow_link(view: View) -> None:
    """Open the saved query that the address names, once."""
    named = (st.query_params.get("q", ""), st.query_params.get("v", ""))
    question = whole_number(named[0])
    if question is None or st.session_state.get("sql_opened") == named:
        return
    open_sql(question, whole_number(named[1]))


def open_sql(question_id: int, version: int | None = None) -> None:
    """Put a saved query into the editor; begins the run anew."""
    from gridgov.ui.view import current_view

    viewer = viewer_id(current_view())
    found = question_version(workspace(), question_id, viewer, version)
    st.session_state["sql_opened"] = (str(question_id), "" if version is None else str(version))
    if found is None or "sql" not in found.definition:
        st.query_params.pop("q", None)
        st.toast(_("没有保存的问题 {n}，或它没有共享给您", n=question_id))
        return
    put_text(str(found.definition["sql"]), dict(found.definition.get("parameters", {})))
    st.query_params["q"] = str(question_id)
    if version is None:
        st.query_params.pop("v", None)
    else:
        st.query_params["v"] = str(version)
    st.rerun()


def _parameters(text: str, view: View) -> dict[str, object]:
    """An input for every `$name`; dates of the shared period are offered for $start and $end."""
    names = parameter_names(text)
    if not names:
        return {}
    span = view.filters.span
    offered = {"start": str(span.start), "end": str(span.end)}
    with st.container(horizontal=True):
        values = {
            name: st.text_input(
                f"${name}", offered.get(name, ""), key=f"sql_param_{name}", width=180,
                placeholder=_("数字、日期或文字"),
            )
            for name in names
        }  # fmt: skip
    return {name: parameter_value(value) for name, value in values.items()}


def _buttons(
    view: View, database: Path, text: str, parameters: Mapping[str, object], wanted: str | None
) -> None:
    job = running_job()
    is_running = job is not None and job.poll() in ("new", "running")
    with st.container(horizontal=True, vertical_alignment="center", key="sql_buttons"):
        run = st.button(
            _("运行"), type="primary", key="sql_run", disabled=is_running, help="Ctrl+Enter"
        )
        plan = st.button(_("执行计划"), key="sql_explain", disabled=is_running)
        _example_door()
        _history_door(view)
        with st.container(key="sql_watch"):
            if not is_running and (run or plan or wanted):
                own = text if plan else (wanted or text)
                lead = _EXPLAIN if plan and not _asks_for_plan(own) else ""
                used = {name: parameters.get(name) for name in parameter_names(own)}
                job = start(view, database, lead + own, used, len(lead))
                # A quick query is over before the page would have to say that it runs.
                job.wait(_QUICK_SECONDS)
                st.rerun()
            if is_running:
                _watch()


def _asks_for_plan(text: str) -> bool:
    """Whether a text is an EXPLAIN already."""
    return re.match(r"(?:\s|--[^\n]*|/\*.*?\*/)*explain\b", text, re.I | re.S) is not None


@st.fragment(run_every=0.4)
def _watch() -> None:
    """The clock of the running query and the way to stop it."""
    job = running_job()
    if job is None or job.poll() not in ("new", "running"):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("取消"), key="sql_cancel"):
            job.cancel()
        st.html(caption_html(_("正在运行，{n} 秒…", n=f"{job.elapsed_seconds:.0f}")))


def _example_door() -> None:
    door = st.popover(_("示例"), on_change="rerun", key="door_examples")
    if door.open:
        with door:
            for place, example in enumerate(examples()):
                label = pick(example.title_zh, example.title_en)
                if st.button(label, type="tertiary", key=f"sql_example_{place}"):
                    put_text(example.sql)
                    st.rerun()


def _history_door(view: View) -> None:
    door = st.popover(_("历史"), on_change="rerun", key="door_history")
    if not door.open:
        return
    with door:
        past = history(view)
        if not past:
            st.html(caption_html(_("运行过的查询会列在这里。")))
        for place, item in enumerate(past):
            line = " ".join(item.sql.split())
            rows = _("没有结果") if item.rows is None else _("{n} 行", n=f"{item.rows:,}")
            moment = formats.moment(datetime.fromisoformat(item.at))
            label = f"{moment} · {rows} · {as_written(line[:60])}"
            if st.button(label, type="tertiary", key=f"sql_past_{place}"):
                put_text(item.sql)
                st.rerun()


def sql_bar(view: View, text: str) -> Finished | None:
    """What can be done with the query and its answer; gives the answer."""
    finished = finish(view)
    values = {
        name: str(st.session_state.get(f"sql_param_{name}", "")) for name in parameter_names(text)
    }
    definition = sql_definition(text, values)
    with st.container(horizontal=True, key="sql_bar"):
        has_rows = finished is not None and finished.result is not None
        door = st.popover(
            _("下载全部行"), on_change="rerun", disabled=not has_rows, key="door_sql_download"
        )
        if door.open and finished is not None:
            with door:
                export_panel(finished, view)
        save_door("sql", definition, view)
        open_door("sql", view, open_sql)
        share_door(view)
        file_door("sql", definition, view)
    return finished
