"""Targets on the trends page: those in force, and the door to set one for those who may."""

from __future__ import annotations

import streamlit as st

from gridgov import formats
from gridgov.access.roles import Role
from gridgov.access.sessions import actor_of
from gridgov.errors import UsageError
from gridgov.locale import _, language
from gridgov.metrics import METRICS
from gridgov.metrics.grids import tree_of
from gridgov.trends.places import grid_names
from gridgov.trends.targets import (
    Targets,
    check_target,
    holds_below,
    place_of_target,
    takes_target,
)
from gridgov.ui import html
from gridgov.ui.view import View, workspace
from gridgov.workspace import target as kept

__all__ = ["aim_at", "targets_in_force"]

_DOOR, _DONE = "trends_target", "trends_target_done"


def targets_in_force() -> Targets:
    """All targets of this workspace."""
    return Targets.of(kept.list_targets(workspace()))


def aim_at(view: View, code: str, grid_id: str | None, place: str) -> None:
    """The door to set a target: leaders, for what they see."""
    if not view.identity.has(Role.LEADER) or not takes_target(METRICS[code]):
        return
    if st.session_state.pop(_DONE, False):
        st.session_state[_DOOR] = False  # what was set is seen on the chart behind the door
    door = st.popover(_("设目标"), icon=None, on_change="rerun", key=_DOOR)
    if not door.open:
        return
    with door:
        _form(view, code, grid_id, place)
        _withdraw(view, code, grid_id)


def _form(view: View, code: str, grid_id: str | None, place: str) -> None:
    metric, tree = METRICS[code], tree_of(view.reader)
    share = metric.is_share
    now = targets_in_force().value(tree, code, grid_id or "")
    with st.form("trends_target_form", border=False):
        value = st.number_input(
            _("{metric}的目标（{unit}）", metric=metric.label, unit=metric.unit_label),
            min_value=0.0,
            max_value=100.0 if share else None,
            value=None if now != now else now * (100 if share else 1),
            step=1.0,
            format="%g",
            key=f"trends_t_value_{code}_{language()}",
        )
        # Whoever is bound to some grids sets targets for those alone.
        wide = tree.sees_everything and not view.identity.grid_ids
        whom = [place]
        if wide and holds_below(metric):
            whom = [_("所有网格"), place] if grid_id else [_("所有网格")]
        scope = st.radio(_("范围"), whom, horizontal=True, key=f"trends_t_scope_{language()}")
        note = st.text_input(
            _("说明"), max_chars=120, placeholder=_("例如：街道年度要求"),
            key=f"trends_t_note_{language()}",
        )  # fmt: skip
        if st.form_submit_button(_("保存目标")):
            if value is None:
                st.error(_("请填写目标"))
                return
            at = place_of_target(tree, code, grid_id, everywhere=scope == _("所有网格"))
            try:
                wanted = check_target(code, round(value / 100, 6) if share else value)
                kept.save_target(
                    workspace(), actor_of(view.identity),
                    metric=code, value=wanted, grid_id=at, note=note,
                )  # fmt: skip
            except UsageError as error:
                st.error(str(error))
                return
            st.session_state[_DONE] = True
            st.rerun()


def _withdraw(view: View, code: str, grid_id: str | None) -> None:
    """Targets of this metric in force for what this person sees, each with a way to end it."""
    tree, names = tree_of(view.reader), grid_names(view.reader)
    for one in kept.list_targets(workspace()):
        mine = one.grid_id in tree.nodes if one.grid_id else not view.identity.grid_ids
        if one.metric != code or not mine:
            continue
        place = names[one.grid_id][0] if one.grid_id in names else _("所有网格")
        amount = formats.value(one.value, METRICS[code].unit)
        said = [place, amount, one.note, one.created_name, formats.day(one.created_at.date())]
        with st.container(horizontal=True, vertical_alignment="center", key=f"trends_t_{one.id}"):
            st.html(html.caption_html(" · ".join(part for part in said if part)))
            if st.button(_("撤下"), type="tertiary", key=f"trends_t_off_{one.id}"):
                kept.remove_target(workspace(), actor_of(view.identity), one.id)
                st.session_state[_DONE] = True
                st.rerun()
