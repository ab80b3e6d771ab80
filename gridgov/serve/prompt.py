"""Answers leave the server at once.

A TCP connection holds a small packet back until the one before is acknowledged (Nagle, RFC 896),
and the other side waits up to 40 ms with that (RFC 1122, 4.2.3.2): an answer whose head and body
are written one after the other takes 44 ms instead of 1, and so does each run of small messages to
an open page. asyncio switches this off only for sockets that were made with their protocol named;
Streamlit's is not. A connection inherits the switch from the socket that accepted it.
"""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["PromptAnswers", "send_promptly"]

# The open handles of this process, on Linux and macOS. Elsewhere answers are as prompt as before.
_HANDLES = Path("/dev/fd")


def send_promptly() -> int:
    """Switch Nagle's algorithm off on every TCP socket that this process listens on; their number.

    Connections that are already open stay as they are.
    """
    if not _HANDLES.is_dir():
        return 0
    return sum(_switch(int(handle.name)) for handle in _HANDLES.iterdir() if handle.name.isdigit())


def _switch(handle: int) -> bool:
    # A file is left alone: closing a second handle of it would give up every lock that this process
    # holds on it (POSIX), SQLite's on the workspace among them, whose log another process would
    # then take for its own to remove.
    try:
        if not stat.S_ISSOCK(os.fstat(handle).st_mode):
            return False
        # An option belongs to the socket, not to the handle: a second handle can set it.
        second = os.dup(handle)
    except OSError:
        return False
    with socket.socket(fileno=second) as found:
        if found.family not in {socket.AF_INET, socket.AF_INET6}:
            return False
        if not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return False
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return True


class PromptAnswers:
    """Calls `send_promptly` when the server starts; its sockets are open by then."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            send_promptly()
        await self.app(scope, receive, send)
