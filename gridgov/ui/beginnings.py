"""That a run has begun is told with what it draws.

Streamlit tells the browser at once that a run has begun, and the browser looks through its whole
page for it: a tenth of a second of work on a page of ours, while the server computes and before
anything has changed. Nearly every run is over by then (`gridgov.ui.outbox`), so the word is kept
back until the first element follows, or for `HOLD_SECONDS`. Measured in docs/benchmarks.md, "Pages
in the browser".
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from gridgov.ui.outbox import HOLD_SECONDS

__all__ = ["Beginnings"]

# Elements carry the hash of their content as their first field; what is told of runs has none.
_HASH = b"\x12"


class Beginnings:
    """Passes everything on in order; what says that a run begins, with what follows it."""

    def __init__(self, app: ASGIApp, hold: float = HOLD_SECONDS) -> None:
        self.app = app
        self.hold = hold

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        line = _Line(send, self.hold)
        await self.app(scope, receive, line.send)


class _Line:
    """One connection's way out."""

    def __init__(self, send: Send, hold: float) -> None:
        self._send = send
        self._hold = hold
        self._kept: list[Message] = []
        self._order = asyncio.Lock()
        self._late: asyncio.Task[None] | None = None

    async def send(self, message: Message) -> None:
        if _is_beginning(message):
            self._kept.append(message)
            if self._late is None:
                self._late = asyncio.create_task(self._after_a_while())
            return
        await self._release()
        await self._send(message)

    async def _release(self) -> None:
        late, self._late = self._late, None
        if late is not None and late is not asyncio.current_task():
            late.cancel()
        async with self._order:
            while self._kept:
                await self._send(self._kept.pop(0))

    async def _after_a_while(self) -> None:
        await asyncio.sleep(self._hold)
        await self._release()


def _is_beginning(message: Message) -> bool:
    data = message.get("bytes") if message["type"] == "websocket.send" else None
    if not data or data.startswith(_HASH):
        return False
    told = ForwardMsg.FromString(data)
    kind = told.WhichOneof("type")
    if kind == "session_status_changed":
        return bool(told.session_status_changed.script_is_running)
    return bool(kind == "new_session")
