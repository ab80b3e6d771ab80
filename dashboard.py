"""The served application: `streamlit run dashboard.py`.

The gate stands before everything that Streamlit serves; `gridgov/app.py` is the script behind it.
This file is not the script itself because Streamlit would then run `pages/x.py` for the address
`/x` without it.
"""

from __future__ import annotations

import logging
import os
import secrets
from contextlib import suppress
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit import config, file_util
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from gridgov.access import mode
from gridgov.access.assets import CompressedAssets
from gridgov.access.bundled import bundle_for
from gridgov.access.front_page import FrontPage, front_page, script_sources
from gridgov.access.gate import BodyLimit, Gate
from gridgov.access.headers import ClientAddress, SecurityHeaders
from gridgov.access.login import LoginService
from gridgov.access.oidc import OidcClient
from gridgov.access.routes import AccessRoutes
from gridgov.access.sessions import shared_sessions
from gridgov.errors import GridGovError
from gridgov.locale import _
from gridgov.serve.affinity import INDEX_VARIABLE, SERVERS_VARIABLE, Affinity
from gridgov.serve.packed import Packed
from gridgov.serve.prompt import PromptAnswers
from gridgov.serve.together import hand_over_together
from gridgov.settings import Settings
from gridgov.ui import warm
from gridgov.ui.component import FIGURE, SQL_EDITOR
from gridgov.workspace.session import purge_sessions
from gridgov.workspace.setting import server_key
from gridgov.workspace.user import count_users

__all__ = ["app"]

_log = logging.getLogger("gridgov")
_ROOT = Path(__file__).resolve().parent
_SCRIPT = _ROOT / "gridgov" / "app.py"
_PAGES = _ROOT / "pages"
_FONTS = _ROOT / "gridgov" / "static" / "fonts"
# The slices with what nearly every page shows (tools/make_fonts.py).
_CORE_FONTS = tuple(
    f"/app/static/fonts/noto-sans-sc-{weight}-core.woff2" for weight in ("regular", "bold")
)


def show_error(error: Exception) -> bool:
    """Say what to do in a sentence; what happened goes to the log under a number."""
    # Outside a script run (a broken session) there is nowhere to write to.
    with suppress(Exception):
        if isinstance(error, GridGovError):
            st.error(str(error))
            return True
        number = secrets.token_hex(4)
        _log.error("error %s", number, exc_info=error)
        st.error(
            _(
                "这里出了问题，已记录为 {number}。请刷新重试，仍不行请把编号告诉系统管理员。",
                number=number,
            )
        )
    return True


def farewell(address: str) -> bytes:
    """The message that sends an open page to `address`."""
    message = ForwardMsg()
    message.auth_redirect.url = address
    return bytes(message.SerializeToString())


def build() -> tuple[list[Middleware], list[Route]]:
    """Open the workspace, decide between demo and login, and put the gate together."""
    settings = Settings.from_environment()
    store = shared_sessions(settings)
    chosen = mode.decide(
        settings, config.get_option("server.address"), users=count_users(store.engine)
    )
    mode.install(chosen)
    purge_sessions(store.engine)
    key = server_key(store.engine)
    service = LoginService(store.engine, settings, key)
    oidc = OidcClient(settings.oidc, key) if settings.oidc else None
    static = Path(file_util.get_static_dir())
    names = frozenset(path.stem for path in _PAGES.glob("*.py"))
    bundle = bundle_for(static)
    page = front_page(static, names, bundle=bundle, early=(FIGURE.address,), fonts=_CORE_FONTS)
    upload_mb = min(settings.max_upload_mb, int(config.get_option("server.maxUploadSize")))
    # One of several servers tells its visitors which one they belong to.
    index, servers = os.environ.get(INDEX_VARIABLE), os.environ.get(SERVERS_VARIABLE, "1")
    several = [Middleware(Affinity, index=int(index), servers=int(servers))] if index else []
    middleware = [
        *several,
        Middleware(PromptAnswers),
        Middleware(
            ClientAddress,
            trusted=settings.trusted_proxies,
            tls=bool(config.get_option("server.sslCertFile")),
        ),
        Middleware(SecurityHeaders, inline_script=script_sources(page)),
        Middleware(BodyLimit, upload_bytes=(upload_mb + 1) * 1024 * 1024),
        Middleware(Gate, store=store, mode=chosen, farewell=farewell),
        Middleware(FrontPage, page=page, names=names),
        Middleware(
            CompressedAssets,
            root=static,
            instead=_FONTS,
            more={part.address: part.script for part in (FIGURE, SQL_EDITOR)}
            | (bundle.files if bundle else {}),
        ),
        Middleware(Packed),
    ]
    hand_over_together()
    warm.start()
    return middleware, AccessRoutes(settings, service, store, oidc).routes()


try:
    _middleware, _routes = build()
except GridGovError as error:
    # One line for whoever starts the server, not a traceback.
    raise SystemExit(str(error)) from None

app = st.App(_SCRIPT, middleware=_middleware, routes=_routes, on_script_error=show_error)
