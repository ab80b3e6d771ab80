"""The gate: no address answers without a session, except those listed here.

Plain ASGI, so that it sees WebSockets as well as requests, and sits before everything that
Streamlit serves: pages, /static, /app/static, /_stcore/*, /media, /component, uploads, metrics.
Everything is refused unless it is allowed; a new route of a later Streamlit is refused too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gridgov.access.csrf import origin_allowed
from gridgov.access.mode import Mode, is_local_request
from gridgov.access.sessions import SessionStore, session_token
from gridgov.locale import _
from gridgov.workspace.session import LiveSession

__all__ = ["PUBLIC_PATHS", "BodyLimit", "Gate", "cookies_of"]

# Exact paths. Everything else needs a session.
PUBLIC_PATHS = frozenset(
    {"/login", "/login.css", "/login/oidc", "/login/oidc/callback", "/logout", "/healthz"}
)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What pages fetch, as against pages: these answer 401, a redirect would be taken for the file.
_FETCHED = ("/_stcore/", "/static/", "/app/static/", "/media/", "/component/")
_CLOSE_NO_SESSION = 4401
_CLOSE_REFUSED = 1008
_WATCH_SECONDS = 2.0

# What to say to an open page whose session has ended: a message that sends it to this address.
Farewell = Callable[[str], bytes]


class Gate:
    """Let through what has a session (or, in the demo, comes from this machine)."""

    def __init__(
        self, app: ASGIApp, store: SessionStore, mode: Mode, farewell: Farewell | None = None
    ) -> None:
        self.app = app
        self.store = store
        self.mode = mode
        self.farewell = farewell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await self._refusal(scope)
        await (refusal or self.app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        """Why this request is not let through; None when it is."""
        if scope["method"] not in _SAFE_METHODS and not _same_origin(scope, required=False):
            return PlainTextResponse(_("请求来自其他网站，已拒绝"), 403)
        if self.mode.demo:
            return await self._demo_refusal(scope)
        if scope["path"] in PUBLIC_PATHS:
            return None
        found = await self._find(scope)
        if found is None:
            return _ask_to_log_in(scope)
        await run_in_threadpool(self.store.touch, found)
        return None

    async def _demo_refusal(self, scope: Scope) -> Response | None:
        if scope["path"] == "/healthz":
            return None
        if not is_local_request(scope):
            return PlainTextResponse(_("演示只在本机可用，请建立用户后登录使用"), 403)
        if not await run_in_threadpool(self.mode.still_demo):
            return PlainTextResponse(_("已载入正式数据，演示结束。请建立用户并重新启动服务"), 403)
        return None

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _same_origin(scope, required=True):
            await _close(receive, send, _CLOSE_REFUSED)
        elif self.mode.demo:
            if await self._demo_refusal(scope) is None:
                await self.app(scope, receive, send)
            else:
                await _close(receive, send, _CLOSE_REFUSED)
        elif await self._find(scope) is None:
            await _close(receive, send, _CLOSE_NO_SESSION)
        else:
            watched = _WatchedSocket(self, scope, receive, send)
            try:
                await self.app(scope, watched.receive, watched.send)
            finally:
                watched.drop()

    async def _find(self, scope: Scope) -> LiveSession | None:
        token = session_token(cookies_of(scope))
        return await run_in_threadpool(self.store.find, token) if token else None

    async def still_in(self, scope: Scope, *, active: bool) -> bool:
        """Whether an open WebSocket may go on; `active`: its user just did something."""
        found = await self._find(scope)
        if found is not None and active:
            await run_in_threadpool(self.store.touch, found)
        return found is not None


class _WatchedSocket:
    """An open WebSocket whose session is looked at with every message and every two seconds."""

    def __init__(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> None:
        self._gate = gate
        self._scope = scope
        self._receive = receive
        self._send = send
        self._pending: asyncio.Future[Message] | None = None
        self._accepted = False
        self._closed = False

    async def receive(self) -> Message:
        """The next message, or a disconnect as soon as the session has ended."""
        while not self._closed:
            if self._pending is None:
                self._pending = asyncio.ensure_future(self._receive())
            done, _waiting = await asyncio.wait({self._pending}, timeout=_WATCH_SECONDS)
            message: Message | None = None
            if done:
                message, self._pending = self._pending.result(), None
                if message["type"] != "websocket.receive":
                    return message
            if await self._gate.still_in(self._scope, active=message is not None):
                if message is not None:
                    return message
            else:
                await self._end()
        return {"type": "websocket.disconnect", "code": _CLOSE_NO_SESSION}

    async def send(self, message: Message) -> None:
        """Pass on; nothing more leaves once the session has ended."""
        if self._closed:
            return
        if message["type"] == "websocket.accept":
            self._accepted = True
        elif message["type"] == "websocket.close":
            self._closed = True
        await self._send(message)

    def drop(self) -> None:
        """Stop waiting for a message that nobody will read."""
        if self._pending is not None:
            self._pending.cancel()

    async def _end(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._accepted and self._gate.farewell is not None:
            await self._send({"type": "websocket.send", "bytes": self._gate.farewell("/login")})
        await self._send({"type": "websocket.close", "code": _CLOSE_NO_SESSION})


class BodyLimit:
    """Refuse bodies that are too large: announced ones at once, streamed ones on the way."""

    def __init__(self, app: ASGIApp, upload_bytes: int, other_bytes: int = 65_536) -> None:
        self.app = app
        self.upload_bytes = upload_bytes
        self.other_bytes = other_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        is_upload = scope["path"].startswith("/_stcore/upload_file/")
        limit = self.upload_bytes if is_upload else self.other_bytes
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > limit:
            await PlainTextResponse(_("上传内容过大"), 413)(scope, receive, send)
            return
        await self._counted(scope, receive, send, limit)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        total, over, started = 0, False, False

        async def counted() -> Message:
            nonlocal total, over
            message = await receive()
            total += len(message.get("body", b""))
            if total > limit:
                over = True
                # What is behind us reads this as a client that went away.
                return {"type": "http.disconnect"}
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            if over and not started:
                return
            started = True
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except Exception:
            if not over:
                raise
        if over and not started:
            await PlainTextResponse(_("上传内容过大"), 413)(scope, receive, send)


def cookies_of(scope: Scope) -> dict[str, str]:
    """The cookies of a request; of two with one name the first, as browsers send the closest."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name != b"cookie":
            continue
        for part in value.decode("latin-1").split(";"):
            key, separator, text = part.strip().partition("=")
            if separator and key not in found:
                found[key] = _unquoted(text)
    return found


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[0] != '"':
        return text
    try:
        return SimpleCookie(f"x={text}")["x"].value
    except (CookieError, KeyError):
        return ""


def _same_origin(scope: Scope, *, required: bool) -> bool:
    headers = dict(scope["headers"])
    origin, host = headers.get(b"origin"), headers.get(b"host")
    return origin_allowed(
        None if origin is None else origin.decode("latin-1"),
        None if host is None else host.decode("latin-1"),
        required=required,
    )


def _ask_to_log_in(scope: Scope) -> Response:
    """To the login for someone who looks at a page, 401 for everything else."""
    headers = dict(scope["headers"])
    is_page = not scope["path"].startswith(_FETCHED)
    wants_page = is_page and b"text/html" in headers.get(b"accept", b"")
    if scope["method"] not in {"GET", "HEAD"} or not wants_page:
        return PlainTextResponse(_("请先登录"), 401, {"Cache-Control": "no-store"})
    target = scope["path"]
    if scope.get("query_string"):
        target += "?" + scope["query_string"].decode("latin-1")
    address = "/login" if target == "/" else f"/login?next={quote(target, safe='')}"
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


async def _close(receive: Receive, send: Send, code: int) -> None:
    message = await receive()
    if message["type"] == "websocket.connect":
        await send({"type": "websocket.close", "code": code})
