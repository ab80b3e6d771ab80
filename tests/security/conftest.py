"""A real server behind the real gate, on a free loopback port, for the attacks of this folder."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine
from websockets.sync.client import ClientConnection, connect

from gridgov.access.passwords import hash_password
from gridgov.workspace.audit import SYSTEM
from gridgov.workspace.engine import open_workspace, writing
from gridgov.workspace.tables import login_throttle
from gridgov.workspace.user import add_user

ROOT = Path(__file__).resolve().parents[2]
TINY = Path(__file__).with_name("tiny") / "served.py"
PASSWORD = "a good long pass"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server and the database behind it."""

    port: int
    engine: Engine
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    opened: list[httpx.Client] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, **options: object) -> httpx.Client:
        """A browser without scripts; `server` closes it after the test."""
        made = httpx.Client(base_url=self.base, trust_env=False, timeout=20, **options)  # type: ignore[arg-type]
        self.opened.append(made)
        return made

    def close_clients(self) -> None:
        while self.opened:
            self.opened.pop().close()

    def log_in(self, username: str, client: httpx.Client | None = None) -> str:
        """Log in through the form as a browser would; returns the session's token."""
        browser = client or self.client()
        form = browser.get("/login").text
        fields = {"username": username, "password": PASSWORD, "csrf": csrf_of(form)}
        answer = browser.post("/login", data=fields)
        assert answer.status_code == 303, answer.text
        return str(browser.cookies["gridgov_session"])

    def socket(self, token: str = "", **headers: str) -> ClientConnection:
        """Open the WebSocket of the pages; raises InvalidStatus where it is refused."""
        sent = {"Cookie": f"gridgov_session={token}"} if token else {}
        origin = headers.pop("Origin", self.base)
        return connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            origin=origin or None,  # type: ignore[arg-type]
            additional_headers={**sent, **headers},
            subprotocols=["streamlit"],  # type: ignore[list-item]
            proxy=None,
            max_size=None,
            open_timeout=20,
        )


def csrf_of(page: str) -> str:
    match = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert match is not None, page
    return match[1]


@contextmanager
def serve(
    folder: Path, *options: str, script: Path = TINY, port: int = 0, **environment: str
) -> Iterator[Server]:
    """Start `streamlit run` and wait until it answers; stopped at the end."""
    port = port or free_port()
    engine = open_workspace(f"sqlite:///{folder / 'data' / 'workspace' / 'workspace.sqlite'}")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRIDGOV_")}
    env = {
        **kept,
        "PYTHONPATH": str(ROOT),
        "GRIDGOV_WAREHOUSE": str(folder / "data" / "warehouse"),
        **environment,
    }
    log = folder / "server.log"
    address = (
        ()
        if any("server.address" in option for option in options)
        else ("--server.address=127.0.0.1",)
    )
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}",
                "--server.headless=true", "--browser.gatherUsageStats=false",
                "--server.fileWatcherType=none", "--server.maxUploadSize=1", *address, *options,
            ],
            cwd=folder, env=env, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        _wait(port, process, log)
        yield Server(port, engine, log, env)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        engine.dispose()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if process.poll() is not None:
            pytest.fail(f"the server ended: {log.read_text()}")
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    pytest.fail(f"the server does not answer: {log.read_text()}")


def add_people(folder: Path) -> None:
    """An administrator, a leader, and someone whose name is an attack."""
    engine = open_workspace(f"sqlite:///{folder / 'data' / 'workspace' / 'workspace.sqlite'}")
    hashed = hash_password(PASSWORD)
    for username, name, roles in (
        ("admin", "管理员", ["administrator"]),
        ("li", "李书记", ["leader"]),
        ("wang", "王数据", ["clerk"]),
        ("mallory", '<img src=x onerror="document.title=1">', ["leader"]),
    ):
        add_user(engine, SYSTEM, username=username, name=name, roles=roles, password_hash=hashed)
    engine.dispose()


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the whole folder, with users and no demo."""
    folder = tmp_path_factory.mktemp("served")
    add_people(folder)
    with serve(folder) as running:
        yield running


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    """The shared server; what a test counted against its address is forgotten after it."""
    yield shared_server
    shared_server.close_clients()
    with writing(shared_server.engine) as connection:
        connection.execute(login_throttle.delete())
