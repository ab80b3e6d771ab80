"""Who is asking in this run, in which language, and the menu of their account."""

from __future__ import annotations

import streamlit as st

from gridgov.access.mode import current_identity, current_mode
from gridgov.access.roles import ROLE_LABELS, Identity, Role
from gridgov.access.sessions import bind_state
from gridgov.locale import Language, _, language, set_language
from gridgov.ui import html
from gridgov.ui.demo import demo_scope
from gridgov.ui.view import workspace
from gridgov.workspace.preference import read_preferences, set_preference

__all__ = ["account_menu", "identity_of_run", "language_of_run"]

_LANGUAGE = "language"
_LANGUAGES: dict[Language, str] = {"zh_CN": "中文", "en": "English"}


def identity_of_run() -> Identity:
    """The person of this run; stops with a link to the login where there is none.

    The gate has already refused strangers: this asks again at every run, because an open WebSocket
    outlives a log-out.
    """
    role = _demo_role()
    mode = current_mode()
    scope = demo_scope(role) if mode is not None and mode.still_demo() else {}
    identity = current_identity(st.context.cookies, role, **scope)
    if identity is None:
        _refuse(is_demo=mode is not None and mode.demo)
        st.stop()
    bind_state(st.session_state, identity)
    return identity


def _demo_role() -> Role:
    """The role tried in a demo: this session's, else the one that a link inside the demo carries.

    A link in HTML begins a new session, which would otherwise fall back to the leader's view.
    """
    if "demo_role" not in st.session_state:
        named = st.query_params.get("role", "")
        return Role(named) if named in set(Role) else Role.LEADER
    return Role(st.session_state["demo_role"])


def _refuse(*, is_demo: bool) -> None:
    """Say why nothing is shown: the demo is over once real data is loaded, or the login is."""
    if is_demo:
        sentence = _("已导入自己的数据，演示到此结束；从现在起需要登录。")
        step = _(
            "请在服务器上运行 python -m gridgov user add admin --role administrator，再重新启动。"
        )
        st.html(html.empty_state_html(sentence, step))
        return
    st.html(html.empty_state_html(_("登录已失效，请重新登录。"), _("去登录"), href="/login"))


def language_of_run(identity: Identity) -> None:
    """URL, then this session's switch, then the person's saved choice, then Chinese."""
    named = st.query_params.get("lang")
    chosen = named or st.session_state.get(_LANGUAGE)
    if chosen is None and not identity.demo:
        chosen = read_preferences(workspace(), identity.user_id).get(_LANGUAGE)
    st.session_state[_LANGUAGE] = "en" if chosen == "en" else "zh_CN"
    set_language(st.session_state[_LANGUAGE])


def account_menu(identity: Identity) -> None:
    """Language, role switch (demo) or log-out, at the foot of the side bar."""
    current = language()
    picked = st.segmented_control(
        _("语言"),
        list(_LANGUAGES),
        default=current,
        format_func=lambda code: _LANGUAGES[code],
        key=f"language_switch_{current}",
        label_visibility="collapsed",
        required=True,
    )
    if picked and picked != current:
        st.session_state[_LANGUAGE] = picked
        if "lang" in st.query_params:
            del st.query_params["lang"]
        if not identity.demo:
            set_preference(workspace(), identity.user_id, _LANGUAGE, picked)
        st.rerun()
    if identity.demo:
        _role_switch()
    else:
        roles = "、".join(_(ROLE_LABELS[role]) for role in Role if role in identity.roles)
        st.caption(f"{identity.name} · {roles}")
        st.link_button(_("退出登录"), "/logout", type="tertiary")


def _role_switch() -> None:
    roles = list(Role)
    current = _demo_role()
    picked = st.selectbox(
        _("演示角色"),
        roles,
        index=roles.index(current),
        format_func=lambda role: _(ROLE_LABELS[role]),
        key=f"demo_role_switch_{language()}",
        help=_("仅演示数据可用：换一个角色看看能看到什么"),
    )
    if picked != current:
        st.session_state["demo_role"] = picked
        if "role" in st.query_params:
            del st.query_params["role"]
        st.rerun()
