"""Saved questions beside an answer: save, open, share, carry as a file, run on older data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from gridgov import formats
from gridgov.access.sessions import actor_of
from gridgov.errors import GridGovError
from gridgov.explore.builder import ChartKind, Cut
from gridgov.explore.builder_answer import Answer
from gridgov.explore.question_file import (
    QuestionFile,
    builder_definition,
    read_question_file,
    write_question_file,
)
from gridgov.locale import _
from gridgov.ui.explore_answer import answer_downloads, figure_of
from gridgov.ui.explore_html import as_written
from gridgov.ui.explore_state import (
    kept_versions,
    open_question,
    opened_question,
    viewer_id,
)
from gridgov.ui.html import caption_html
from gridgov.ui.view import View, workspace
from gridgov.workspace.question import (
    Question,
    list_questions,
    question_versions,
    remove_question,
    save_question,
)

__all__ = ["file_door", "open_door", "question_bar", "save_door", "share_door", "version_line"]

Opener = Callable[[int, int | None], None]


def question_bar(cut: Cut, view: View, answer: Answer) -> ChartKind:
    """How an answer is drawn, and what can be done with it: take it away, keep it, share it."""
    definition = builder_definition(cut, view.filters)
    with st.container(horizontal=True, vertical_alignment="center", key="question_bar"):
        kind = figure_of(cut, answer)
        door = st.popover(_("下载结果"), on_change="rerun", key="door_download")
        if door.open:
            with door:
                answer_downloads(answer)
        save_door("builder", definition, view)
        open_door("builder", view, open_question)
        share_door(view)
        file_door("builder", definition, view)
    return kind


def version_line(view: View) -> None:
    """Which saved question this is, and which data it is run on; the data can be changed."""
    question = opened_question(view)
    parts = []
    if question is not None:
        shown = st.query_params.get("v") or str(question.version)
        parts.append(_("已保存的问题：{name}（第 {n} 版）", name=question.name, n=shown))
        if question.description:
            parts.append(question.description)
        parts += _made_from(question, view, shown)
    named = st.query_params.get("data")
    if named and str(view.reader.version.number) == named:
        parts.append(
            _(
                "正在旧版数据上运行：版本 {n}，数据截至 {day}",
                n=named,
                day=formats.day(view.reader.version.data_date),
            )
        )
    if parts:
        st.html(caption_html(formats.listing(parts)))


def _made_from(question: Question, view: View, shown: str) -> list[str]:
    versions = question_versions(workspace(), question.id, viewer_id(view))
    found = next((item for item in versions if str(item.version) == shown), None)
    if found is None or found.data_version is None:
        return []
    return [_("保存时的数据是版本 {n}", n=found.data_version)]


def save_door(kind: str, definition: Mapping[str, Any], view: View) -> None:
    """Save under a name: a new question, or a new version of one's own that is open."""
    question = opened_question(view)
    is_own = question is not None and question.kind == kind and question.owner_id == viewer_id(view)
    door = st.popover(_("保存"), on_change="rerun", key=f"door_save_{kind}")
    if not door.open:
        return
    with door:
        name = st.text_input(
            _("名称"), question.name if question else "", max_chars=120, key=f"save_name_{kind}"
        )
        description = st.text_area(
            _("说明"), question.description if question else "", max_chars=2000, height=80,
            key=f"save_description_{kind}",
        )  # fmt: skip
        is_shared = st.checkbox(
            _("共享给本系统的其他人"), question.is_shared if question else False,
            key=f"save_shared_{kind}", help=_("各人打开时只看到自己有权看的数据"),
        )  # fmt: skip
        values = {"name": name, "description": description, "is_shared": is_shared}
        with st.container(horizontal=True):
            if is_own and st.button(_("存为新版本"), type="primary", key=f"save_version_{kind}"):
                assert question is not None
                _save(kind, definition, view, values, question.id)
            label = _("另存一份") if is_own else _("保存")
            style: Any = "secondary" if is_own else "primary"
            if st.button(label, type=style, key=f"save_new_{kind}"):
                _save(kind, definition, view, values, None)


def _save(
    kind: str,
    definition: Mapping[str, Any],
    view: View,
    values: Mapping[str, Any],
    question_id: int | None,
) -> None:
    try:
        saved = save_question(
            workspace(), actor_of(view.identity), kind=kind, definition=definition,
            question_id=question_id, data_version=view.reader.version.number, **values,
        )  # fmt: skip
    except GridGovError as error:
        st.text(str(error))
        return
    st.query_params["q"] = str(saved.id)
    st.query_params.pop("v", None)
    st.toast(_("已保存“{name}”（第 {n} 版）", name=as_written(saved.name), n=saved.version))
    st.rerun()


def open_door(kind: str, view: View, opener: Opener) -> None:
    """The saved questions of this kind, one's own and the shared ones; versions; take away."""
    door = st.popover(_("打开"), on_change="rerun", key=f"door_open_{kind}")
    if not door.open:
        return
    with door:
        listed = [
            item for item in list_questions(workspace(), viewer_id(view)) if item.kind == kind
        ]
        if not listed:
            st.html(caption_html(_("还没有保存的问题。调好后点“保存”，下次在这里打开。")))
            return
        names = {item.id: item for item in listed}
        current = opened_question(view)
        ids = list(names)
        chosen = st.selectbox(
            _("已保存的问题"), ids, key=f"open_which_{kind}",
            index=ids.index(current.id) if current and current.id in names else 0,
            format_func=lambda key: _described(names[key], view),
        )  # fmt: skip
        _open_chosen(kind, names[chosen], view, opener)


def _described(question: Question, view: View) -> str:
    whose = "" if question.owner_id == viewer_id(view) else f" · {_('他人共享')}"
    return f"{question.name} · {formats.day(question.changed_at)}{whose}"


def _open_chosen(kind: str, question: Question, view: View, opener: Opener) -> None:
    versions = question_versions(workspace(), question.id, viewer_id(view))
    numbers = [item.version for item in versions]
    moments = {item.version: item for item in versions}
    if question.description:
        st.html(caption_html(question.description))
    number = st.selectbox(
        _("版本"), numbers, key=f"open_version_{kind}_{question.id}",
        format_func=lambda n: _(
            "第 {n} 版，{moment}，数据版本 {data}",
            n=n, moment=formats.moment(moments[n].saved_at), data=moments[n].data_version or "—",
        ),
    )  # fmt: skip
    kept = {str(item.number): item for item in kept_versions()}
    data = _data_choice(kind, moments[number].data_version, kept)
    with st.container(horizontal=True):
        if st.button(_("打开"), type="primary", key=f"open_go_{kind}"):
            st.query_params.pop("data", None)
            if data is not None:
                st.query_params["data"] = data
            opener(question.id, None if number == question.version else number)
        if question.owner_id == viewer_id(view) and st.button(
            _("删除"), type="tertiary", key=f"open_remove_{kind}"
        ):
            remove_question(workspace(), actor_of(view.identity), question.id)
            st.query_params.pop("q", None)
            st.rerun()


def _data_choice(kind: str, saved_from: int | None, kept: Mapping[str, Any]) -> str | None:
    """Which data to run on: the newest, or an older version that is still kept."""
    numbers = list(kept)
    if len(numbers) < 2:
        return None
    chosen = st.selectbox(
        _("用哪一版数据"), numbers, key=f"open_data_{kind}",
        format_func=lambda n: _(
            "版本 {n}，截至 {day}{mark}", n=n, day=formats.day(kept[n].data_date),
            mark=_("（保存时所用）") if saved_from is not None and n == str(saved_from) else "",
        ),
    )  # fmt: skip
    return chosen if chosen != numbers[0] else None


def share_door(view: View) -> None:
    """The address of what is shown: whoever opens it sees the same question with their own eyes."""
    door = st.popover(_("分享链接"), on_change="rerun", key="door_share")
    if door.open:
        with door:
            question = opened_question(view)
            if question is None and view.page_name == "sql":
                st.html(caption_html(_("查询的文字不进链接：请先保存，并勾选共享。")))
                return
            st.html(caption_html(_("对方打开后看到同一个问题，数据按对方的权限。")))
            if question is not None and not question.is_shared and view.page_name == "sql":
                st.html(caption_html(_("这个问题还没有共享，对方打不开；可在“保存”里勾选共享。")))
            st.code(_address(view), language=None, wrap_lines=True)


def _address(view: View) -> str:
    from urllib.parse import urlencode, urlsplit

    parts = urlsplit(st.context.url or "")
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    query = urlencode(dict(st.query_params.items()))
    return f"{origin}/{view.page_name}" + (f"?{query}" if query else "")


def file_door(kind: str, definition: Mapping[str, Any], view: View) -> None:
    """The question as a file, and a file as a question."""
    door = st.popover(_("导出与导入"), on_change="rerun", key=f"door_file_{kind}")
    if not door.open:
        return
    question = opened_question(view)
    name = question.name if question else view.page_name
    with door:
        content = QuestionFile(
            kind, name, definition, question.description if question else "",
            view.reader.version.number,
        )  # fmt: skip
        st.download_button(
            _("导出问题文件"), write_question_file(content), file_name=f"{name}.question.json",
            mime="application/json", key=f"file_out_{kind}", on_click="ignore",
        )  # fmt: skip
        given = st.file_uploader(_("导入问题文件"), type=["json"], key=f"file_in_{kind}")
        if given is not None and st.button(_("导入并打开"), key=f"file_take_{kind}"):
            _import(kind, given.getvalue(), view)


def _import(kind: str, content: bytes, view: View) -> None:
    try:
        found = read_question_file(content)
        if found.kind != kind:
            page = _("SQL 查询") if found.kind == "sql" else _("自助分析")
            st.text(_("这是另一种问题，请在“{page}”页导入", page=page))
            return
        saved = save_question(
            workspace(), actor_of(view.identity), name=found.name, kind=found.kind,
            definition=found.definition, description=found.description,
            data_version=found.data_version,
        )  # fmt: skip
    except GridGovError as error:
        st.text(str(error))
        return
    for key in [key for key in st.query_params if key not in ("lang",)]:
        del st.query_params[key]
    st.query_params["q"] = str(saved.id)
    st.rerun()
