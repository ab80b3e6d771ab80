"""Annotations on the trends page: read for the chart, added and taken away by those who may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from gridgov import formats
from gridgov.access.roles import Role
from gridgov.access.sessions import actor_of
from gridgov.figures import Annotation
from gridgov.locale import _, language
from gridgov.metrics.grids import tree_of
from gridgov.ui.view import View, workspace
from gridgov.workspace import annotation as kept

__all__ = ["annotate", "nearby"]


def nearby(annotations: Sequence[Annotation], first: date, last: date, days: int = 45) -> list[str]:
    """Texts of the annotations within so many days of a stretch."""
    return [
        f"{one.on} {one.text}"
        for one in annotations
        if (first - date.fromisoformat(one.on)).days <= days
        and (date.fromisoformat(one.on) - last).days <= days
    ]


def annotate(view: View, grid_id: str | None, place: str) -> None:
    """The door to write down an event: leaders for all grids, supervisors for their own."""
    if not view.identity.has(Role.LEADER, Role.SUPERVISOR):
        return
    door = st.popover(_("加批注"), icon=None, on_change="rerun", key="trends_annotate")
    if not door.open:
        return
    with door:
        _form(view, grid_id, place)
        _remove(view, grid_id)


def _form(view: View, grid_id: str | None, place: str) -> None:
    bound = bool(view.identity.grid_ids)
    own = grid_id or (view.identity.grid_ids[0] if bound else None)
    with st.form("trends_annotation", border=False, clear_on_submit=True):
        day = st.date_input(
            _("日期"), view.data_date, format="YYYY-MM-DD", key=f"trends_a_day_{language()}"
        )
        # Without a grid chosen the place is everything: one choice, not two of the same.
        whom = [place] if bound else [place, _("所有网格")] if grid_id else [_("所有网格")]
        scope = st.radio(_("范围"), whom, horizontal=True, key=f"trends_a_scope_{language()}")
        text = st.text_input(
            _("发生了什么"), max_chars=120, placeholder=_("例如：第3网格调整、启用新系统"),
            key=f"trends_a_text_{language()}",
        )  # fmt: skip
        if st.form_submit_button(_("保存批注")) and isinstance(day, date):
            target = own if scope == place else None
            kept.add_annotation(
                workspace(), actor_of(view.identity), on_date=day, text=text, grid_id=target
            )
            st.rerun()


def _remove(view: View, grid_id: str | None) -> None:
    """Own annotations (a leader's: all) can be taken away."""
    ids = (grid_id,) if grid_id else tree_of(view.reader).nodes
    leader = view.identity.has(Role.LEADER)
    mine = [
        one
        for one in kept.list_annotations(workspace(), grid_ids=ids)
        if leader or one.created_by == actor_of(view.identity).user_id
    ]
    for one in mine[-8:]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"trends_a_{one.id}"):
            st.caption(f"{formats.day(one.on_date)} {one.text}")
            if st.button(_("撤下"), type="tertiary", key=f"trends_a_off_{one.id}"):
                kept.remove_annotation(workspace(), actor_of(view.identity), one.id)
                st.rerun()
