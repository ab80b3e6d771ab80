"""A run's messages in one frame.

An open page gets a message for each element, some sixty a run: a frame each through every layer of
the server, and in the browser a task each, between which it builds and paints the page anew. A
page that asks for it (`ASKED` in the address of its WebSocket, as the script of `tools/bundle`
does) gets what one run draws in one frame when the run has finished, or after `HOLD_SECONDS`: a
longer run shows what it has by then and goes on. What belongs to no run is sent as it comes.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Sequence
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from gridgov.serve.together import HOLD_SECONDS

__all__ = ["ASKED", "Packed", "pack", "unpack"]

ASKED = "packed"
# No message of Protocol Buffers begins with it: fields are numbered from one.
_MARK = b"\0"
_LENGTH = struct.Struct("<I")
# Elements carry the hash of their content as their first field; what is told of runs has none.
_HASH = b"\x0a"
# Messages of one burst follow each other faster; that a session runs no more comes after the end.
_BURST_SECONDS = 0.003


def pack(parts: Sequence[bytes]) -> bytes:
    """One frame: a zero byte, then each part after its length (four bytes, little-endian)."""
    return _MARK + b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def unpack(frame: bytes) -> list[bytes]:
    """The parts of a frame; a frame that is not packed is its only part.

    Raises ValueError for a packed frame that ends within a part.
    """
    if not frame.startswith(_MARK):
        return [frame]
    parts, at = [], len(_MARK)
    while at < len(frame):
        end = at + _LENGTH.size
        if end > len(frame):
            raise ValueError("the frame ends within a length")
        (length,) = _LENGTH.unpack(frame[at:end])
        at = end + length
        if at > len(frame):
            raise ValueError("the frame ends within a part")
        parts.append(frame[end:at])
    return parts


class Packed:
    """Passes everything on in order; the messages of a run in one frame where a page asks so."""

    def __init__(self, app: ASGIApp, hold: float = HOLD_SECONDS) -> None:
        self.app = app
        self.hold = hold

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and ASKED in parse_qs(
            scope["query_string"].decode("latin-1"), keep_blank_values=True
        ):
            send = _Frames(send, self.hold).send
        await self.app(scope, receive, send)


class _Frames:
    """The way out of one connection."""

    def __init__(self, send: Send, hold: float) -> None:
        self._send = send
        self._hold = hold
        self._kept: list[bytes] = []
        self._is_running = False
        self._late: asyncio.TimerHandle | None = None
        self._release: asyncio.Task[None] | None = None
        self._order = asyncio.Lock()
        self._failed: Exception | None = None

    async def send(self, message: Message) -> None:
        """Send or keep for a while. Raises what the connection raised, if later than it should."""
        if self._failed is not None:
            raise self._failed
        data = message.get("bytes") if message["type"] == "websocket.send" else None
        told = "" if data is None else _told(data)
        self._is_running = told == "begun" or (self._is_running and told != "finished")
        if data is None or not (self._kept or self._is_running or told):
            await self._let_go()
            async with self._order:
                await self._send(message)
            return
        self._kept.append(data)
        if told == "finished":
            self._soon(_BURST_SECONDS)
        elif self._late is None:
            # What a longer run draws later comes in bursts as well (`gridgov.serve.together`).
            self._soon(self._hold if told == "begun" else _BURST_SECONDS)

    def _soon(self, seconds: float) -> None:
        if self._late is not None:
            self._late.cancel()
        self._late = asyncio.get_running_loop().call_later(seconds, self._start)

    def _start(self) -> None:
        # Held here: the loop itself keeps only a weak reference to a task.
        self._release = asyncio.ensure_future(self._let_go())

    async def _let_go(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
        async with self._order:
            kept, self._kept = self._kept, []
            if not kept:
                return
            frame = pack(kept) if len(kept) > 1 else kept[0]
            try:
                await self._send({"type": "websocket.send", "bytes": frame})
            except Exception as error:
                # Whoever sent these messages has gone on: it hears of it with the next.
                self._failed = error


def _told(data: bytes) -> str:
    """What a message says of a run: begun, finished or nothing."""
    if data.startswith(_HASH):
        return ""
    message = ForwardMsg.FromString(data)
    kind = message.WhichOneof("type")
    if kind == "script_finished":
        return "finished"
    return "begun" if kind == "new_session" else ""
