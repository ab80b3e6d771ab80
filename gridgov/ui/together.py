"""What a run draws reaches the browser at once.

Streamlit sends that a run has begun and then each element as soon as it is made, some sixty in the
forty milliseconds of an ordinary run. The browser looks through its whole page when a run begins
and builds and paints it two or three times until it ends, where once would do. So a run's messages
leave together when it has finished, or after `HOLD_SECONDS`: a run that takes longer shows what it
has by then and goes on as Streamlit does. Measured in docs/benchmarks.md, "Pages in the browser".
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

__all__ = ["HOLD_SECONDS", "Together"]

# Shorter than anybody notices, longer than most runs take.
HOLD_SECONDS = 0.15
# Elements carry the hash of their content as their first field; what is told of runs has none.
_HASH = b"\x12"


class Together:
    """Passes everything on in order; the messages of a run together, where it is short."""

    def __init__(self, app: ASGIApp, hold: float = HOLD_SECONDS) -> None:
        self.app = app
        self.hold = hold

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _Line(send, self.hold).send)


class _Line:
    """One connection's way out."""

    def __init__(self, send: Send, hold: float) -> None:
        self._send = send
        self._hold = hold
        self._kept: list[Message] = []
        self._order = asyncio.Lock()
        self._late: asyncio.Task[None] | None = None

    async def send(self, message: Message) -> None:
        told = _told(message)
        if message["type"] == "websocket.send" and (self._kept or told == "begun"):
            self._kept.append(message)
            if self._late is None:
                self._late = asyncio.create_task(self._after_a_while())
            if told == "finished":
                await self._release()
            return
        await self._release()
        async with self._order:
            await self._send(message)

    async def _release(self) -> None:
        late, self._late = self._late, None
        if late is not None and late is not asyncio.current_task():
            late.cancel()
        async with self._order:
            kept, self._kept = self._kept, []
            for message in kept:
                await self._send(message)

    async def _after_a_while(self) -> None:
        await asyncio.sleep(self._hold)
        # From here on it cannot be called off in the middle of a message.
        self._late = None
        await self._release()


def _told(message: Message) -> str:
    """What a message says of a run: begun, finished or nothing."""
    data = message.get("bytes")
    if not data or data.startswith(_HASH):
        return ""
    told = ForwardMsg.FromString(data)
    kind = told.WhichOneof("type")
    if kind == "new_session" or (
        kind == "session_status_changed" and told.session_status_changed.script_is_running
    ):
        return "begun"
    return "finished" if kind == "script_finished" else ""
