"""One's own account, and the administrator's users."""

from __future__ import annotations

import streamlit as st

from gridgov import formats
from gridgov.access.passwords import check_new_password, hash_password, verify_password
from gridgov.access.roles import ROLE_LABELS, Role
from gridgov.access.sessions import actor_of
from gridgov.errors import GridGovError
from gridgov.locale import _
from gridgov.ui import html
from gridgov.ui.view import View, workspace
from gridgov.workspace.user import (
    User,
    add_user,
    find_user,
    list_users,
    password_hash_of,
    set_disabled,
    set_password,
    set_roles,
)

__all__ = ["add_user_form", "change_user_form", "own_account", "own_password", "user_table"]


def _roles_text(roles: tuple[str, ...] | frozenset[Role]) -> str:
    return "、".join(_(ROLE_LABELS[role]) for role in Role if role in roles)


def own_account(view: View) -> None:
    """Name, roles and scope of the person of this run."""
    identity = view.identity
    scope = "、".join(identity.grid_ids) or _("全部网格")
    rows = [
        (_("姓名"), "", identity.name),
        (_("角色"), "", _roles_text(identity.roles)),
        (_("范围"), "", scope),
    ]
    if identity.demo:
        rows.append((_("方式"), "", _("演示：只有样例数据，不需要登录")))
    st.html(html.definition_list_html(rows))


def own_password(view: View) -> None:
    """Change one's own password; other sessions of the account end."""
    with st.form("own_password", border=False, clear_on_submit=True):
        old = st.text_input(_("现在的密码"), type="password", autocomplete="current-password")
        new = st.text_input(_("新密码"), type="password", autocomplete="new-password")
        again = st.text_input(_("再输一次新密码"), type="password", autocomplete="new-password")
        sent = st.form_submit_button(_("修改"))
    if not sent:
        return
    user = find_user(workspace(), user_id=view.identity.user_id)
    stored = password_hash_of(workspace(), view.identity.user_id)
    if user is None or not verify_password(stored, old):
        st.error(_("现在的密码不对"))
    elif new != again:
        st.error(_("两次输入的新密码不一样"))
    else:
        _save_password(view, user.username, new)


def _save_password(view: View, username: str, password: str) -> None:
    try:
        check_new_password(password, username=username)
        set_password(workspace(), actor_of(view.identity), username, hash_password(password))
    except GridGovError as error:
        st.error(str(error))
        return
    st.success(_("密码已修改，请用新密码重新登录"))


def user_table() -> None:
    """All users: roles, scope, state, last log-in."""
    columns = [
        html.TableColumn("username", _("用户名")),
        html.TableColumn("name", _("姓名")),
        html.TableColumn("roles", _("角色")),
        html.TableColumn("scope", _("范围"), phone=False),
        html.TableColumn("seen", _("最近登录"), "muted", phone=False),
        html.TableColumn("state", _("状态")),
    ]
    users = list_users(workspace())
    if not users:
        st.html(html.empty_state_html(_("还没有用户。"), _("在下面新增第一个用户。")))
        return
    st.html(
        html.table_html(
            columns,
            [
                {
                    "username": user.username,
                    "name": user.name,
                    "roles": _roles_text(user.roles),
                    "scope": "、".join(user.grid_ids) or _("全部网格"),
                    "seen": formats.moment(user.last_login_at),
                    "state": _("停用") if user.is_disabled else _("在用"),
                }
                for user in users
            ],
        )
    )


def _scope(text: str) -> tuple[str, ...]:
    return tuple(
        part for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()
    )


def add_user_form(view: View) -> None:
    """Name, roles, scope, first password."""
    with st.form("add_user", border=False, clear_on_submit=False):
        username = st.text_input(_("用户名"), max_chars=64)
        name = st.text_input(_("姓名"), max_chars=64)
        roles = st.multiselect(
            _("角色"),
            list(Role),
            format_func=lambda role: _(ROLE_LABELS[role]),
            placeholder=_("请选择"),
            key="add_roles",
        )
        scope = st.text_input(_("网格编码"), help=_("可填多个，用顿号隔开；空 = 全部网格"))
        worker_id = st.text_input(_("格格编号"), help=_("微网格员看自己的评选表时需要"))
        password = st.text_input(_("初始密码"), type="password", autocomplete="new-password")
        sent = st.form_submit_button(_("新增"), type="primary")
    if not sent:
        return
    try:
        check_new_password(password, username=username)
        add_user(
            workspace(),
            actor_of(view.identity),
            username=username,
            name=name,
            roles=[role.value for role in roles],
            grid_ids=[part.strip() for part in _scope(scope)],
            worker_id=worker_id.strip() or None,
            password_hash=hash_password(password),
        )
    except GridGovError as error:
        st.error(str(error))
        return
    st.rerun()


def change_user_form(view: View) -> None:
    """Roles, scope, state and password of one user."""
    users = list_users(workspace())
    if not users:
        return
    user = st.selectbox(
        _("用户"), users, format_func=lambda found: f"{found.username} · {found.name}", key="who"
    )
    if user is None:
        return
    with st.form(f"change_user_{user.id}", border=False):
        roles = st.multiselect(
            _("角色"),
            list(Role),
            default=[Role(role) for role in user.roles if role in set(Role)],
            format_func=lambda role: _(ROLE_LABELS[role]),
            placeholder=_("请选择"),
            key=f"roles_{user.id}",
        )
        scope = st.text_input(_("网格编码"), "、".join(user.grid_ids), key=f"scope_{user.id}")
        disabled = st.checkbox(_("停用"), user.is_disabled, key=f"disabled_{user.id}")
        password = st.text_input(
            _("新密码"), type="password", help=_("不改则留空"), key=f"password_{user.id}",
            autocomplete="new-password",
        )  # fmt: skip
        sent = st.form_submit_button(_("保存"))
    if sent:
        _save_user(view, user, [role.value for role in roles], scope, disabled, password)


def _save_user(
    view: View, user: User, roles: list[str], scope: str, disabled: bool, password: str
) -> None:
    engine, actor = workspace(), actor_of(view.identity)
    grid_ids = [part.strip() for part in _scope(scope)]
    try:
        if sorted(roles) != sorted(user.roles) or tuple(grid_ids) != user.grid_ids:
            set_roles(engine, actor, user.username, roles=roles, grid_ids=grid_ids)
        if disabled != user.is_disabled:
            set_disabled(engine, actor, user.username, disabled=disabled)
        if password:
            check_new_password(password, username=user.username)
            set_password(engine, actor, user.username, hash_password(password))
    except GridGovError as error:
        st.error(str(error))
        return
    st.rerun()
