"""A listening socket whose connections are handed over by another process.

One process accepts for all servers, looks at who is calling and passes the connection itself
(`SCM_RIGHTS`, unix(7)) to the server that this caller belongs to. No byte of the conversation
passes through it afterwards. To the event loop of a server the receiving end looks like any
listening socket: readable when a connection waits, `accept` gives it.
"""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

__all__ = ["READY", "HandedOver", "hand_over"]

# What a server sends back once, when it begins to listen.
READY = b"r"


class HandedOver(socket.socket):
    """The server's end of a socket pair, in the place of a listening socket.

    For asyncio's own selector loop: `accept` is called in Python there.
    """

    def __init__(self, fileno: int) -> None:
        super().__init__(socket.AF_UNIX, socket.SOCK_STREAM, fileno=fileno)
        self.setblocking(False)

    def listen(self, _backlog: int = 0, /) -> None:
        """Tell the other end that this server is ready; there is nothing to bind."""
        self.send(READY)

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection handed over and its caller's address.

        Raises BlockingIOError when none waits. Where the process that hands over has gone, this
        server ends as if it had been told to.
        """
        data, handles, _flags, _address = socket.recv_fds(self, 1, 1)
        if not handles:
            if not data:
                os.kill(os.getpid(), signal.SIGTERM)
            raise BlockingIOError
        connection = socket.socket(fileno=handles[0])
        try:
            return connection, connection.getpeername()
        except OSError as error:
            # The caller has left while waiting.
            connection.close()
            raise ConnectionAbortedError from error


def hand_over(server: socket.socket, connection: socket.socket) -> None:
    """Pass a connection to the server at the other end and let go of it here.

    Raises OSError where the server does not take any more (BlockingIOError: its queue is full).
    """
    socket.send_fds(server, [b"c"], [connection.fileno()])
    connection.close()
