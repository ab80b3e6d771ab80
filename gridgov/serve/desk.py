"""The process that accepts connections for several servers and passes each to its own.

Python carries one computation at a time in a process, so a machine with several processors needs
several servers. They share the warehouse and the workspace; what lies in the memory of one stays
with its visitors (`affinity`). This process reads the head of a connection's first request without
taking it (MSG_PEEK), passes the connection on, and forgets it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from gridgov.errors import GridGovError
from gridgov.locale import _
from gridgov.serve.affinity import INDEX_VARIABLE, SERVERS_VARIABLE, server_of
from gridgov.serve.handed import READY, hand_over

__all__ = ["Desk", "ServerFailed", "listening"]

_log = logging.getLogger("gridgov")
_ROOT = Path(__file__).resolve().parents[2]
_HEAD_BYTES = 16_384
_HEAD_SECONDS = 30.0
_STOP_SECONDS = 10.0
# A server that ends again within this time of its start is not started a third time at once.
_SHORT_LIFE_SECONDS = 5.0


class ServerFailed(GridGovError):
    """A server could not be started; it has said why on standard error."""


@dataclass
class _Server:
    """One server process and this side of its socket pair."""

    index: int
    ours: socket.socket
    process: asyncio.subprocess.Process
    started: float


@dataclass
class Desk:
    """Accept on `door` for `servers` processes; `run` until SIGTERM or SIGINT."""

    door: socket.socket
    servers: int
    _running: dict[int, _Server] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _newcomers: count[int] = field(default_factory=count)
    _stopping: bool = False

    async def run(self) -> None:
        """Start the servers, pass connections on, start anew what ends.

        Raises ServerFailed when a server ends before it is ready for the first time.
        """
        loop = asyncio.get_running_loop()
        told_to_stop = asyncio.Event()
        for kind in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(kind, told_to_stop.set)
        _allow_many_files()
        serving = asyncio.ensure_future(self._serve())
        stopping = asyncio.ensure_future(told_to_stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
        finally:
            serving.cancel()
            stopping.cancel()
            await self._stop()

    async def _serve(self) -> None:
        # The first one alone: it may have to make the workspace, and if it cannot start the reason
        # is said once.
        for index in range(self.servers):
            await self._start(index)
        await self._accept()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _address = await loop.sock_accept(self.door)
            except OSError as error:
                # No handle left, or the caller has gone: the next one may fare better.
                _log.warning("accept: %s", error)
                await asyncio.sleep(0.1)
                continue
            self._do(self._pass_on(connection))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, connection: socket.socket) -> None:
        """Find out whose connection this is and hand it over."""
        try:
            head = await asyncio.wait_for(_head(connection), _HEAD_SECONDS)
            named = server_of(head)
            # Newcomers in turn.
            index = (next(self._newcomers) if named is None else named) % self.servers
            hand_over(self._running[index].ours, connection)
        except (OSError, TimeoutError, KeyError):
            # Gone, silent for too long, or its server is just starting anew: browsers try again.
            connection.close()

    async def _start(self, index: int) -> None:
        """Start server `index`; returns when it is ready to take connections."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        address, port = self.door.getsockname()[:2]
        module = (sys.executable, "-m", "gridgov.serve.worker")
        try:
            process = await asyncio.create_subprocess_exec(
                *module,
                str(theirs.fileno()),
                address,
                str(port),
                cwd=_ROOT,
                env={
                    **os.environ,
                    INDEX_VARIABLE: str(index),
                    SERVERS_VARIABLE: str(self.servers),
                },
                pass_fds=(theirs.fileno(),),
            )
        finally:
            theirs.close()
        loop = asyncio.get_running_loop()
        server = _Server(index, ours, process, loop.time())
        ready = await loop.sock_recv(ours, 1)
        if ready != READY:
            status = await process.wait()
            ours.close()
            raise ServerFailed(
                _("服务进程没有启动（退出码 {status}），原因见上面一行", status=status)
            )
        self._running[index] = server
        self._do(self._watch(server))

    async def _watch(self, server: _Server) -> None:
        """Start a server anew when it ends unasked."""
        status = await server.process.wait()
        if self._stopping:
            return
        del self._running[server.index]
        server.ours.close()
        loop = asyncio.get_running_loop()
        _log.error("server %s ended with %s, starting anew", server.index, status)
        if loop.time() - server.started < _SHORT_LIFE_SECONDS:
            await asyncio.sleep(_SHORT_LIFE_SECONDS)
        while not self._stopping:
            try:
                await self._start(server.index)
                return
            except (ServerFailed, OSError) as error:
                _log.error("server %s: %s", server.index, error)
                await asyncio.sleep(_SHORT_LIFE_SECONDS)

    async def _stop(self) -> None:
        """Tell every server to stop; what has not after ten seconds is ended."""
        self._stopping = True
        self.door.close()
        processes = [server.process for server in self._running.values()]
        for process in processes:
            with suppress(ProcessLookupError):
                process.terminate()
        for process in processes:
            try:
                await asyncio.wait_for(process.wait(), _STOP_SECONDS)
            except TimeoutError:
                with suppress(ProcessLookupError):
                    process.kill()
        for task in list(self._tasks):
            task.cancel()
        for server in self._running.values():
            server.ours.close()


def listening(address: str, port: int) -> socket.socket:
    """A socket that listens there. Raises OSError where it cannot."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    door = socket.create_server((address, port), family=family, backlog=2048)
    door.setblocking(False)
    return door


async def _head(connection: socket.socket) -> bytes:
    """What a connection begins with, up to the end of the first head; left to be read again.

    Raises ConnectionError where the other side closes before it has said anything.
    """
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    while True:
        await _readable(loop, connection)
        seen = connection.recv(_HEAD_BYTES, socket.MSG_PEEK)
        if not seen:
            raise ConnectionAbortedError
        if b"\r\n\r\n" in seen or len(seen) >= _HEAD_BYTES:
            return seen
        # Peeked bytes keep the socket readable: look again a little later, not at once.
        await asyncio.sleep(0.02)


async def _readable(loop: asyncio.AbstractEventLoop, connection: socket.socket) -> None:
    arrived: asyncio.Future[None] = loop.create_future()

    def note() -> None:
        if not arrived.done():
            arrived.set_result(None)

    loop.add_reader(connection, note)
    try:
        await arrived
    finally:
        loop.remove_reader(connection)


def _allow_many_files() -> None:
    """As many open connections as the system lets this process have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
