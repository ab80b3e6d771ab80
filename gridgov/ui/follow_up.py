"""督办: turning an entry into an action with an owner and a due date, and its life afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.access.roles import Role
from gridgov.access.sessions import actor_of
from gridgov.attention import Concern
from gridgov.errors import GridGovError
from gridgov.locale import _
from gridgov.metrics.grids import tree_of
from gridgov.ui import html
from gridgov.ui.links import FOLLOW, address, for_reader, href, link_html
from gridgov.ui.page import empty
from gridgov.ui.view import View, workspace
from gridgov.workspace.annotation import (
    Annotation,
    add_annotation,
    list_annotations,
    remove_annotation,
)
from gridgov.workspace.follow_up import (
    STATE_LABELS,
    FollowUp,
    FollowUpState,
    add_follow_up,
    change_follow_up,
    list_follow_ups,
    notes_of,
)

__all__ = ["action_details", "action_rows", "annotations_section",
           "follow_up_link", "open_actions", "open_asked_form", "visible_actions"]  # fmt: skip

_WEEK = timedelta(days=7)
_OPENED = "forms_opened"
_ENDED = (FollowUpState.DONE, FollowUpState.CANCELLED)


def may_act(view: View) -> bool:
    """Leaders and supervisors open and change actions."""
    return view.identity.has(Role.LEADER, Role.SUPERVISOR)


def visible_actions(view: View, *, open_only: bool = False) -> list[FollowUp]:
    """The actions about grids that this person may see; those about everything are for everyone."""
    scoped = _is_scoped(view)
    mine = tree_of(view.reader).nodes if scoped else {}
    return [
        action
        for action in list_follow_ups(workspace(), open_only=open_only)
        if not scoped or action.grid_id in mine
    ]


def follow_up_link(view: View, concern: Concern) -> str:
    """A quiet link (HTML) that opens the form; nothing for those who may not act."""
    if not may_act(view):
        return ""
    # How many forms this session has opened tells a second click from the same address seen again.
    asked = f"{st.session_state.get(_OPENED, 0)}.{concern.source}"
    return link_html(view.page_name, view.filters, _("督办"), **{FOLLOW: asked})


def open_asked_form(view: View, concerns: Iterable[Concern]) -> None:
    """Open the form for the entry whose link was clicked in this run, once."""
    turn = st.session_state.get(_OPENED, 0)
    number, _dot, source = st.query_params.get(FOLLOW, "").partition(".")
    if number != str(turn) or not may_act(view):
        return
    for concern in concerns:
        if concern.source == source:
            st.session_state[_OPENED] = turn + 1
            _open_form(view, concern)
            return


@st.dialog(" ")
def _open_form(view: View, concern: Concern) -> None:
    st.html(html.section_html(_("转为督办事项")))
    with st.form("follow_up_form", border=False):
        title = st.text_input(_("事项"), concern.title, max_chars=200)
        owner = st.text_input(_("责任人"), concern.holder, max_chars=64)
        due_on = st.date_input(_("办结期限"), view.data_date + _WEEK, format="YYYY-MM-DD")
        told = " · ".join(part for part in (concern.said_place, concern.detail) if part)
        note = st.text_area(_("要求"), told, max_chars=2000)
        sent = st.form_submit_button(_("交办"), type="primary")
    if not sent:
        return
    try:
        add_follow_up(
            workspace(),
            actor_of(view.identity),
            source_kind=concern.kind,
            source_key=concern.source,
            title=title,
            owner=owner,
            due_on=due_on if isinstance(due_on, date) else None,
            grid_id=concern.grid_id,
            filter_link=_link_of(view, concern),
            note=note,
        )
    except GridGovError as error:
        st.error(str(error))
        return
    st.rerun()


def _link_of(view: View, concern: Concern) -> str:
    """Where the entry led, with its dates: "this half-year" will mean another one some day."""
    span = view.filters.span
    filters = concern.opened(view.filters).changed(period="custom", start=span.start, end=span.end)
    more = {"metric": concern.changes["metric"]} if "metric" in concern.changes else {}
    return address(concern.page, filters, **more)


def open_actions(view: View) -> None:
    """The overview's block: how many are open, the next due, and a link to all."""
    actions = visible_actions(view, open_only=True)
    if not actions:
        st.html(html.caption_html(_("没有进行中的督办事项。可在上方任一事项右侧点“督办”。")))
        return
    late = sum(action.is_overdue(view.data_date) for action in actions)
    st.html(html.caption_html(_("进行中 {n} 项，其中超期 {late} 项。", n=len(actions), late=late)))
    st.html(html.table_html(_columns(), action_rows(view, actions[:5]), href_key="address"))
    st.html(f'<p class="gg-caption">{link_html("follow_up", view.filters, _("看全部督办"))}</p>')


def _columns() -> list[html.TableColumn]:
    return [
        html.TableColumn("title", _("事项")),
        html.TableColumn("owner", _("责任人")),
        html.TableColumn("due", _("期限"), "short"),
        html.TableColumn("state", _("状态"), "short"),
    ]


def action_rows(view: View, actions: list[FollowUp]) -> list[dict[str, html.Cell]]:
    """Rows for `table_html`: an overdue action says so."""
    return [
        {
            "title": action.title,
            "address": href("follow_up", view.filters),
            "owner": action.owner,
            "due": formats.day(action.due_on) if action.due_on else formats.MISSING,
            "state": _("超期")
            if action.is_overdue(view.data_date)
            else _(STATE_LABELS[FollowUpState(action.state)]),
        }
        for action in actions
    ]


def action_details(view: View, action: FollowUp) -> None:
    """One action: its history, and a form to take it further."""
    state = FollowUpState(action.state)
    late = action.is_overdue(view.data_date)
    head = _("超期") if late else _(STATE_LABELS[state])
    due = formats.day(action.due_on) if action.due_on else formats.MISSING
    with st.expander(f"{head} · {action.title} · {action.owner} · {due}"):
        for note in notes_of(workspace(), action.id):
            words = formats.listing(part for part in (note.text, _changed(note.changes)) if part)
            st.text(f"{formats.moment(note.at)} {note.user_name}：{words}")
        if action.filter_link:
            st.html(
                f'<a href="{html.escaped(for_reader(action.filter_link))}" target="_self">'
                f"{html.escaped(_('查看当时的数据'))}</a>"
            )
        if may_act(view) and state not in _ENDED:
            _change_form(view, action, state)


def _changed(changes: Mapping[str, Any]) -> str:
    """What a step changed, in words: 状态 待办 → 办理中."""
    names = {"state": _("状态"), "owner": _("责任人"), "due_on": _("办结期限")}
    words = {state.value: _(label) for state, label in STATE_LABELS.items()}
    return formats.listing(
        f"{names[name]} {words.get(before, before) or formats.MISSING} → {words.get(after, after)}"
        for name, (before, after) in changes.items()
        if name in names
    )


def _change_form(view: View, action: FollowUp, state: FollowUpState) -> None:
    with st.form(f"change_{action.id}", border=False):
        states = list(FollowUpState)
        chosen = st.selectbox(
            _("状态"),
            states,
            index=states.index(state),
            format_func=lambda value: _(STATE_LABELS[value]),
            key=f"state_{action.id}",
        )
        owner = st.text_input(
            _("责任人"), action.owner, max_chars=64, key=f"owner_{action.id}_{action.owner}"
        )
        due_on = st.date_input(
            _("办结期限"),
            action.due_on,
            format="YYYY-MM-DD",
            key=f"due_{action.id}_{action.due_on}",
        )
        note = st.text_input(_("进展"), max_chars=2000, key=f"note_{action.id}")
        sent = st.form_submit_button(_("保存"))
    if not sent:
        return
    try:
        change_follow_up(
            workspace(),
            actor_of(view.identity),
            action.id,
            note=note,
            state=chosen if chosen != state else None,
            owner=owner if owner != action.owner else None,
            due_on=due_on if isinstance(due_on, date) and due_on != action.due_on else None,
        )
    except GridGovError as error:
        st.error(str(error))
        return
    st.rerun()


def _is_scoped(view: View) -> bool:
    """Whether this person sees some grids only."""
    return view.has_data and bool(view.reader.scope.grid_ids)


def _seen_annotations(view: View) -> list[Annotation]:
    """All annotations, or those of the grids that this person may see."""
    mine = tree_of(view.reader).nodes if _is_scoped(view) else None
    return list(list_annotations(workspace(), grid_ids=mine))


def _grid_name(view: View, grid_id: str | None) -> str:
    if grid_id is None:
        return _("全部")
    found = tree_of(view.reader).nodes.get(grid_id) if view.has_data else None
    return found.name if found else grid_id


def annotations_section(view: View) -> None:
    """Events on a date: add, see, remove."""
    items = _seen_annotations(view)
    if items:
        frame = pd.DataFrame(
            {
                _("日期"): [formats.day(item.on_date) for item in items],
                _("事件"): [item.text for item in items],
                _("网格"): [_grid_name(view, item.grid_id) for item in items],
            }
        )
        st.dataframe(frame, hide_index=True, height="auto", alt=_("批注"))
    else:
        empty(_("还没有批注。"), _("把会影响走势的事记下来，例如新系统上线、专项行动。"))
    if not may_act(view):
        return
    # Who is responsible for some grids does not write on the charts of all the others.
    own = tree_of(view.reader).tops[0] if _is_scoped(view) else None
    place = view.filters.grid_id or own
    with st.form("annotation_form", border=False, clear_on_submit=True):
        text = st.text_input(_("事件"), max_chars=120)
        on_date = st.date_input(_("日期"), view.data_date, format="YYYY-MM-DD")
        here = own is not None
        if place is not None:
            label = _("只标在{name}", name=_grid_name(view, place))
            here = st.checkbox(label, value=True, disabled=here, key=f"only_{place}") or here
        else:
            st.html(
                html.caption_html(_("标在所有网格的图上；在左侧选一个网格，可只标在它的图上。"))
            )
        sent = st.form_submit_button(_("添加批注"))
    if sent:
        try:
            add_annotation(
                workspace(),
                actor_of(view.identity),
                on_date=on_date if isinstance(on_date, date) else view.data_date,
                text=text,
                grid_id=place if here else None,
            )
        except GridGovError as error:
            st.error(str(error))
            return
        st.rerun()
    removable = [item for item in items if own is None or item.grid_id is not None]
    if removable:
        with st.popover(_("删除批注"), type="tertiary"):
            chosen = st.selectbox(
                _("事件"),
                removable,
                format_func=lambda item: f"{formats.day(item.on_date)} {item.text}",
            )
            if st.button(_("删除"), key="remove_annotation") and chosen is not None:
                remove_annotation(workspace(), actor_of(view.identity), chosen.id)
                st.rerun()
