"""Answers leave at once: the switch that open connections inherit from the listening socket."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from gridgov.serve.prompt import PromptAnswers, send_promptly

pytestmark = pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="no list of open handles")


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """Made as Streamlit makes its own: the protocol is not named, so asyncio leaves it alone."""
    with socket.socket(family=socket.AF_INET) as made:
        made.bind(("127.0.0.1", 0))
        made.listen()
        yield made


def _is_prompt(found: socket.socket) -> bool:
    return bool(found.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_accepted_connections_send_at_once(listening: socket.socket) -> None:
    assert not _is_prompt(listening)
    assert send_promptly() >= 1
    with socket.create_connection(listening.getsockname()):
        accepted, _address = listening.accept()
        with accepted:
            assert _is_prompt(accepted)


def test_other_handles_are_left_alone_and_none_is_left_open(
    listening: socket.socket, tmp_path: Path
) -> None:
    left, right = socket.socketpair()
    with (tmp_path / "file").open("wb") as file, left, right, socket.socket() as idle:
        before = sorted(os.listdir("/dev/fd"))  # noqa: PTH208 - names of handles, not files
        assert send_promptly() >= 1
        assert sorted(os.listdir("/dev/fd")) == before  # noqa: PTH208
        assert not _is_prompt(idle)
        left.send(b"x")
        assert right.recv(1) == b"x"
        file.write(b"x")
    assert listening.fileno() >= 0


def test_locks_on_files_are_kept(listening: socket.socket, tmp_path: Path) -> None:
    """SQLite holds such locks: without them another process removes its log beside the server."""
    import fcntl

    taking = (
        "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'ab'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    )
    path = tmp_path / "workspace"
    command = [sys.executable, "-c", taking, str(path)]
    with path.open("ab") as held:
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0
        fcntl.lockf(held, fcntl.LOCK_EX)
        assert send_promptly() >= 1
        assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_the_server_switches_when_it_starts(listening: socket.socket) -> None:
    passed: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope["type"])

    async def nothing() -> dict[str, str]:
        return {}

    async def ignored(_message: object) -> None:
        return

    for kind in ("http", "lifespan"):
        assert not _is_prompt(listening)
        asyncio.run(PromptAnswers(app)({"type": kind}, nothing, ignored))
    assert passed == ["http", "lifespan"]
    assert _is_prompt(listening)
