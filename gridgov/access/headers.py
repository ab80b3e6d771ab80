"""What surrounds every answer: who really asks (proxies), security headers, cache headers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gridgov.settings import Network

__all__ = ["LOGIN_POLICY", "PAGE_POLICY", "ClientAddress", "SecurityHeaders"]

# Found by running the pages in Chromium and taking away one directive after another:
# styles are written into the page by Streamlit's style library, its one inline script is known
# by hash (computed at start), plotly and the download buttons make blob: addresses, and data:
# serves small pictures. Nothing names another host.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' {inline}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob:; "
    "media-src 'self' blob:; worker-src 'self' blob:; frame-src 'self' blob:; "
    "manifest-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
LOGIN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_FORWARDING = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"})

# Scripts of components, whose names carry a hash of their content.
_KEPT_SCRIPTS = "/_stcore/bidi-components/"


class ClientAddress:
    """Believe X-Forwarded-* from configured proxies only, and strip them for everyone after.

    uvicorn by default believes these headers from 127.0.0.1 before we see the request. It marks
    what it rewrote with port 0, which no connection has: the peer was then the loopback address.
    """

    def __init__(self, app: ASGIApp, trusted: Iterable[Network] = (), tls: bool = False) -> None:
        self.app = app
        self.trusted = tuple(trusted)
        self.tls = tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            scope = self._resolved(scope)
        await self.app(scope, receive, send)

    def _resolved(self, scope: Scope) -> Scope:
        headers = dict(scope["headers"])
        client = scope.get("client")
        peer = client[0] if client else ""
        if client and client[1] == 0 and b"x-forwarded-for" in headers:
            peer = "127.0.0.1"
        secure = self.tls
        kept = [(name, value) for name, value in scope["headers"] if name not in _FORWARDING]
        if self._is_trusted(peer):
            peer = self._first_untrusted(_values(scope, b"x-forwarded-for")) or peer
            secure = headers.get(b"x-forwarded-proto", b"").strip() in {b"https", b"wss"} or secure
            host = headers.get(b"x-forwarded-host", b"").split(b",")[0].strip()
            if host:
                kept = [(n, v) for n, v in kept if n != b"host"] + [(b"host", host)]
            # Says to the demo's check that someone stood in between.
            kept.append((b"via", b"proxy"))
        elif _FORWARDING & headers.keys():
            kept.append((b"via", b"unknown"))
        plain = "ws" if scope["type"] == "websocket" else "http"
        return {
            **scope,
            "headers": kept,
            "client": (peer, client[1]) if client else None,
            "scheme": plain + "s" if secure else plain,
        }

    def _is_trusted(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self.trusted)

    def _first_untrusted(self, values: list[str]) -> str:
        """The rightmost address that is no proxy of ours: left of it anybody can write."""
        hops = [hop.strip() for value in values for hop in value.split(",") if hop.strip()]
        for hop in reversed(hops):
            if not self._is_trusted(hop):
                try:
                    return str(ipaddress.ip_address(hop))
                except ValueError:
                    return ""
        return hops[0] if hops else ""


class SecurityHeaders:
    """Put the policy on every answer, whoever wrote it."""

    def __init__(self, app: ASGIApp, inline_script: str = "") -> None:
        self.app = app
        self.page_policy = PAGE_POLICY.format(inline=inline_script).replace("  ", " ")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(scope, MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, with_headers)

    def _add(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in _FIXED.items():
            headers[name] = value
        # Streamlit opens its files to every origin; nobody else has business with them here.
        for name in ("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"):
            if name in headers:
                del headers[name]
        headers.setdefault("Content-Security-Policy", self.page_policy)
        if scope["scheme"] == "https":
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if headers.get("content-type", "").startswith("text/html"):
            headers["Cache-Control"] = "no-store"
        elif scope["path"].startswith("/app/static/"):
            headers["Cache-Control"] = "private, max-age=604800"
        elif scope["path"].startswith(_KEPT_SCRIPTS):
            pass
        elif scope["path"].startswith(("/media/", "/_stcore/")):
            headers["Cache-Control"] = "no-store"


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]
