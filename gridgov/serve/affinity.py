"""Which of several servers a caller belongs to.

What a visitor does in one place must be found in the next: an upload, a file to download, the page
that asked for it. All of it lies in the memory of one server, so every connection of a browser has
to reach the same one. A cookie says which. A caller without it goes to any server, is told in the
answer, and the connection ends with that answer: what else was waiting to be sent on it would
reach a server that the cookie may not name.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["AFFINITY_COOKIE", "INDEX_VARIABLE", "Affinity", "server_of"]

AFFINITY_COOKIE = "gridgov_server"
# Which of several servers a process is; not set where there is one.
INDEX_VARIABLE = "GRIDGOV_SERVER_INDEX"
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
    """Tell callers that server `index` answered them, unless they know."""

    def __init__(self, app: ASGIApp, index: int) -> None:
        self.app = app
        self.index = index

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._knows(scope):
            await self.app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                cookie = f"{AFFINITY_COOKIE}={self.index}; Path=/; HttpOnly; SameSite=Lax"
                headers.append("Set-Cookie", cookie)
                headers["Connection"] = "close"
            await send(message)

        await self.app(scope, receive, told)

    def _knows(self, scope: Scope) -> bool:
        cookies = (v.decode("latin-1") for n, v in scope["headers"] if n == b"cookie")
        return any(_number(text) == self.index for text in cookies)
