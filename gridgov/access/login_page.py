"""The login page: one form, no script, no outside host, light and dark, from 320 px up."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from gridgov.locale import _, language

__all__ = ["STYLE", "LoginView", "login_html", "message_html"]

# The tokens of the look: paper, panel, rule, ink, muted, worse, accent.
STYLE = """
:root{color-scheme:light dark;--paper:#fff;--panel:#f5f6f8;--rule:#dde1e7;--ink:#1b2430;
--muted:#5b6675;--worse:#c2540a;--accent:#1f5f8b;--on:#fff}
@media(prefers-color-scheme:dark){:root{--paper:#12171e;--panel:#1b222c;--rule:#313a46;
--ink:#e6eaf0;--muted:#a3aebd;--worse:#f0934e;--accent:#7db7e0;--on:#12171e}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--panel);
color:var(--ink);font:15px/1.6 "Noto Sans SC","Source Han Sans SC","PingFang SC",
"Microsoft YaHei","WenQuanYi Micro Hei",system-ui,sans-serif}
main{width:min(400px,calc(100vw - 32px));margin:24px 0;padding:32px;background:var(--paper);
border:1px solid var(--rule);border-radius:6px}
h1{margin:0;font-size:22px;font-weight:600;line-height:1.4}
p{margin:0}
.lead{margin:4px 0 24px;color:var(--muted);font-size:13px}
label{display:block;margin:0 0 16px;font-size:13px;color:var(--muted)}
input{display:block;width:100%;margin-top:4px;padding:10px 12px;font:inherit;font-size:16px;
color:var(--ink);background:var(--paper);border:1px solid var(--muted);border-radius:6px}
button,.button{display:block;width:100%;padding:11px;font:inherit;font-weight:600;text-align:center;
text-decoration:none;color:var(--on);background:var(--accent);border:1px solid var(--accent);
border-radius:6px;cursor:pointer}
.button{margin-top:12px;color:var(--accent);background:none}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.alert{margin:0 0 16px;padding:10px 12px;border-left:3px solid var(--worse);background:var(--panel)}
footer{margin-top:24px;padding-top:12px;border-top:1px solid var(--rule);display:flex;
justify-content:space-between;gap:12px;color:var(--muted);font-size:13px}
a{color:var(--accent)}
@media(max-width:420px){main{padding:24px 20px}}
"""


@dataclass(frozen=True)
class LoginView:
    """What one showing of the form needs."""

    token: str
    target: str = "/"
    username: str = ""
    alert: str = ""
    has_passwords: bool = True
    provider: str = ""


def login_html(view: LoginView) -> str:
    """The page with the form; every value is escaped."""
    alert = f'<p class="alert" role="alert">{escape(view.alert)}</p>' if view.alert else ""
    parts = [f"<h1>{_('格格看板')}</h1>", f'<p class="lead">{_("请用您的账号登录")}</p>', alert]
    if view.has_passwords:
        parts.append(_form(view))
    if view.provider:
        address = f"/login/oidc?next={quote(view.target, safe='')}"
        parts.append(f'<a class="button" href="{escape(address)}">{escape(view.provider)}</a>')
    other = "zh_CN" if language() == "en" else "en"
    label = "中文" if other == "zh_CN" else "English"
    switch = f"/login?lang={other}&next={quote(view.target, safe='')}"
    parts.append(
        f"<footer><span>{_('忘记密码请找系统管理员')}</span>"
        f'<a href="{escape(switch)}" lang="{other.split("_", maxsplit=1)[0]}">{label}</a></footer>'
    )
    return _page(_("登录"), "\n".join(parts))


def message_html(title: str, text: str, token: str = "") -> str:
    """A page with a sentence; with a token, a button that logs out."""
    form = (
        f'<form method="post" action="/logout"><input type="hidden" name="csrf" '
        f'value="{escape(token)}"><button>{_("退出登录")}</button></form>'
        if token
        else f'<a class="button" href="/login">{_("去登录")}</a>'
    )
    lead = f'<p class="lead">{escape(text)}</p>'
    return _page(title, f"<h1>{escape(title)}</h1>{lead}{form}")


def _form(view: LoginView) -> str:
    return (
        '<form method="post" action="/login">'
        f'<input type="hidden" name="csrf" value="{escape(view.token)}">'
        f'<input type="hidden" name="next" value="{escape(view.target)}">'
        f'<label>{_("用户名")}<input name="username" value="{escape(view.username)}" required '
        'maxlength="64" autocomplete="username" autocapitalize="none" spellcheck="false" '
        "autofocus></label>"
        f'<label>{_("密码")}<input name="password" type="password" required maxlength="256" '
        'autocomplete="current-password"></label>'
        f"<button>{_('登录')}</button></form>"
    )


def _page(title: str, content: str) -> str:
    lang = "en" if language() == "en" else "zh-CN"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)} · {_('格格看板')}</title>"
        # An empty picture: without one browsers ask for /favicon.ico, which needs a session.
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/login.css"></head>'
        f"<body><main>{content}</main></body></html>"
    )
