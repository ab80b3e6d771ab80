"""Choosing a board, making one, and putting questions on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from gridgov.access.sessions import actor_of
from gridgov.errors import GridGovError
from gridgov.explore.builder import whole_number
from gridgov.filters import Filters
from gridgov.locale import _
from gridgov.ui.explore_state import viewer_id
from gridgov.ui.html import caption_html
from gridgov.ui.sidebar import set_filters
from gridgov.ui.view import View, workspace
from gridgov.workspace.board import (
    Board,
    BoardItem,
    find_board,
    list_boards,
    remove_board,
    save_board,
)
from gridgov.workspace.question import Question, list_questions

__all__ = ["board_bar", "chosen_board"]

_WIDTHS = (6, 12)
_FIELDS = ("period", "start", "end", "comparison", "grid_id", "pillar", "source", "category")


def chosen_board(view: View) -> Board | None:
    """The board of the address, else the first that this person has."""
    listed = list_boards(workspace(), viewer_id(view))
    if not listed:
        return None
    ids = [item.id for item in listed]
    named = whole_number(st.query_params.get("board", ""))
    current = named if named in ids else ids[0]
    if len(ids) > 1:
        names = {item.id: _name(item, view) for item in listed}
        picked = st.selectbox(
            _("看板"), ids, index=ids.index(current), format_func=lambda key: names[key],
            key=f"board_choice_{current}", label_visibility="collapsed", width=420,
        )  # fmt: skip
        if picked != current:
            st.query_params["board"] = str(picked)
            st.rerun()
    return find_board(workspace(), current, viewer_id(view))


def _name(board: Board, view: View) -> str:
    shared = "" if board.owner_id == viewer_id(view) else f" · {_('他人共享')}"
    return f"{board.name}{shared}"


def board_bar(board: Board | None, view: View) -> None:
    """New, change, use its filters, share: what can be done with a board."""
    with st.container(horizontal=True, key="board_bar"):
        if board is not None and board.owner_id == viewer_id(view):
            _add_door(board, view)
            _arrange_door(board, view)
        if board is not None and board.filters:
            saved = Filters.from_url(
                {k: str(v) for k, v in board.filters.items()}, view.filters.today
            )
            if saved != view.filters and st.button(
                _("套用看板的筛选"), key="board_filters", help=_("把左侧筛选换成保存看板时的")
            ):
                set_filters(**{name: getattr(saved, name) for name in _FIELDS})
        _new_door(view)
        if board is not None:
            door = st.popover(_("分享链接"), on_change="rerun", key="door_board_share")
            if door.open:
                with door:
                    _share(board)


def _share(board: Board) -> None:
    if not board.is_shared:
        st.html(caption_html(_("这个看板只有您能看到；先在“调整看板”里勾选共享。")))
    parts = urlsplit(st.context.url or "")
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    st.code(f"{origin}/boards?board={board.id}", language=None, wrap_lines=True)


def _new_door(view: View) -> None:
    door = st.popover(_("新建看板"), on_change="rerun", key="door_board_new")
    if not door.open:
        return
    with door:
        name = st.text_input(_("名称"), key="board_new_name", max_chars=120)
        if st.button(_("新建"), type="primary", key="board_new_go"):
            _store(None, view, (), name=name)


def _questions(view: View) -> dict[int, Question]:
    return {item.id: item for item in list_questions(workspace(), viewer_id(view))}


def _add_door(board: Board, view: View) -> None:
    door = st.popover(_("添加问题"), on_change="rerun", key="door_board_add")
    if not door.open:
        return
    with door:
        on_board = {item.question_id for item in board.items}
        known = {key: item for key, item in _questions(view).items() if key not in on_board}
        if not known:
            st.html(caption_html(_("没有可添加的问题。先在“自助分析”里保存一个。")))
            return
        chosen = st.selectbox(
            _("已保存的问题"), list(known), format_func=lambda key: known[key].name,
            key="board_add_which",
        )  # fmt: skip
        width = st.segmented_control(
            _("宽度"), list(_WIDTHS), default=6, format_func=_width_words, required=True,
            key="board_add_width",
        )  # fmt: skip
        if st.button(_("添加"), type="primary", key="board_add_go"):
            _store(board, view, (*board.items, BoardItem(chosen, int(width or 6))))


def _width_words(width: int) -> str:
    return _("半宽") if width == 6 else _("全宽")


def _arrange_door(board: Board, view: View) -> None:
    door = st.popover(_("调整看板"), on_change="rerun", key="door_board_edit")
    if not door.open:
        return
    with door:
        names = _questions(view)
        for place, item in enumerate(board.items):
            known = names.get(item.question_id)
            _arrange_row(board, view, place, known.name if known else _("（已删除）"))
        name = st.text_input(_("名称"), board.name, key=f"board_name_{board.id}", max_chars=120)
        description = st.text_area(
            _("说明"), board.description, key=f"board_description_{board.id}", height=80
        )
        is_shared = st.checkbox(
            _("共享给本系统的其他人"), board.is_shared, key=f"board_shared_{board.id}",
            help=_("上面的问题也要各自共享，别人才看得到"),
        )  # fmt: skip
        with st.container(horizontal=True):
            if st.button(_("保存"), type="primary", key="board_save"):
                _store(
                    board, view, board.items, name=name, description=description,
                    is_shared=is_shared, filters=view.filters.to_url(),
                )  # fmt: skip
            if st.button(_("删除看板"), type="tertiary", key="board_remove"):
                remove_board(workspace(), actor_of(view.identity), board.id)
                st.query_params.pop("board", None)
                st.rerun()


def _arrange_row(board: Board, view: View, place: int, name: str) -> None:
    items = list(board.items)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(caption_html(name), width="stretch")
        last = len(items) - 1
        if st.button("↑", key=f"board_up_{place}", disabled=place == 0, help=_("上移")):
            items[place - 1], items[place] = items[place], items[place - 1]
            _store(board, view, items)
        if st.button("↓", key=f"board_down_{place}", disabled=place == last, help=_("下移")):
            items[place + 1], items[place] = items[place], items[place + 1]
            _store(board, view, items)
        width = items[place].width
        if st.button(_width_words(18 - width), key=f"board_width_{place}", help=_("改变宽度")):
            items[place] = BoardItem(items[place].question_id, 18 - width, items[place].title)
            _store(board, view, items)
        if st.button(_("移除"), key=f"board_drop_{place}"):
            _store(board, view, [*items[:place], *items[place + 1 :]])


def _store(board: Board | None, view: View, items: Sequence[BoardItem], **changes: Any) -> None:
    """Save and begin anew; what is wrong is said where the person is."""
    known = {item.question_id for item in items} & set(_questions(view))
    values: dict[str, Any] = {
        "name": board.name if board else "",
        "description": board.description if board else "",
        "is_shared": board.is_shared if board else False,
        "filters": dict(board.filters) if board else view.filters.to_url(),
        **changes,
    }
    try:
        saved = save_board(
            workspace(), actor_of(view.identity), board_id=board.id if board else None,
            items=[item for item in items if item.question_id in known], **values,
        )  # fmt: skip
    except GridGovError as error:
        st.text(str(error))
        return
    st.query_params["board"] = str(saved.id)
    st.rerun()
