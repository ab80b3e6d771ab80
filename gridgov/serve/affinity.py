"""Which of several servers a caller belongs to.

What a visitor does in one place must be found in the next: an upload, a file to download, the page
that asked for it. All of it lies in the memory of one server, so every connection of a browser has
to reach the same one. A cookie says which. A caller without it goes to any server, is told in the
answer, and the connection ends with that answer: what else was waiting to be sent on it would
reach a server that the cookie may not name. A reverse proxy may send the requests of several
visitors over one connection; one that comes to the wrong server is sent back to be asked again, on
a connection of its own.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["AFFINITY_COOKIE", "INDEX_VARIABLE", "SERVERS_VARIABLE", "Affinity", "server_of"]

AFFINITY_COOKIE = "gridgov_server"
# Which of how many servers a process is; not set where there is one.
INDEX_VARIABLE = "GRIDGOV_SERVER_INDEX"
SERVERS_VARIABLE = "GRIDGOV_SERVERS"
_HEAD_END = b"\r\n\r\n"


def server_of(head: bytes) -> int | None:
    """The server that the cookie of a request's head names; None where it names none.

    `head`: the first bytes of an HTTP request, at least up to the empty line where there is one.
    """
    lines = head.split(_HEAD_END, 1)[0].split(b"\r\n")[1:]
    for line in lines:
        name, _colon, value = line.partition(b":")
        if name.strip().lower() == b"cookie":
            found = _number(value.decode("latin-1"))
            if found is not None:
                return found
    return None


def _number(text: str) -> int | None:
    """The cookie's number out of a Cookie header. Anything else that it holds is nobody's."""
    try:
        morsel = SimpleCookie(text).get(AFFINITY_COOKIE)
    except CookieError:
        return None
    value = morsel.value if morsel is not None else ""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 4 else None


class Affinity:
    """Tell callers that server `index` of `servers` answered them, unless they know."""

    def __init__(self, app: ASGIApp, index: int, servers: int) -> None:
        self.app = app
        self.index = index
        self.servers = servers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        named = _named(scope)
        if named is not None and named != self.index and named < self.servers:
            await self._send_back(scope, receive, send)
        elif named == self.index or scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, self._telling(send))

    def _telling(self, send: Send) -> Send:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                cookie = f"{AFFINITY_COOKIE}={self.index}; Path=/; HttpOnly; SameSite=Lax"
                headers.append("Set-Cookie", cookie)
                headers["Connection"] = "close"
            await send(message)

        return told

    async def _send_back(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Nothing is looked up or changed here: the same request, on a connection of its own."""
        if scope["type"] == "websocket":
            # Refused before it is accepted: the page tries again, on a new connection.
            await receive()
            await send({"type": "websocket.close", "code": 1012})
            return
        path = scope.get("raw_path", b"").decode("latin-1").split("?")[0]
        query = scope["query_string"].decode("latin-1")
        headers = {"Connection": "close", "Cache-Control": "no-store"}
        if not path.startswith("/") or path.startswith("//") or "\\" in path:
            # "//name" would lead to another host.
            await Response(status_code=421, headers=headers)(scope, receive, send)
            return
        headers["Location"] = f"{path}?{query}" if query else path
        await Response(status_code=307, headers=headers)(scope, receive, send)


def _named(scope: Scope) -> int | None:
    """The server that a request's cookies name."""
    for name, value in scope["headers"]:
        found = _number(value.decode("latin-1")) if name == b"cookie" else None
        if found is not None:
            return found
    return None
