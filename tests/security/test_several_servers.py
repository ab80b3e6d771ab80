"""`python -m gridgov serve`: several real server processes behind one port."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from gridgov.serve.affinity import AFFINITY_COOKIE, server_of
from gridgov.workspace.engine import open_workspace
from tests.warehouses import sample_warehouse

from .conftest import ROOT, Server, add_people, free_port
from .test_sessions_live import rerun, text_until_finished

SERVERS = 2


def _command(port: int, *options: str) -> list[str]:
    whole = [sys.executable, "-m", "gridgov", "serve", "--servers", str(SERVERS)]
    return [*whole, "--port", str(port), *options]


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRIDGOV_")}
    workspace = folder / "data" / "workspace" / "workspace.sqlite"
    warehouse = sample_warehouse()
    return {**kept, "GRIDGOV_WAREHOUSE": str(warehouse), "GRIDGOV_WORKSPACE": str(workspace)}


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[Server, subprocess.Popen[bytes]]]:
    add_people(folder)
    engine = open_workspace(f"sqlite:///{folder / 'data' / 'workspace' / 'workspace.sqlite'}")
    port, log = free_port(), folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            _command(port), cwd=ROOT, env=_environment(folder), stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
    server = Server(port, engine, log)
    try:
        _until(lambda: _answers(server), log)
        yield server, process
    finally:
        server.close_clients()
        # The servers end by themselves when the process that accepts for them has gone.
        process.kill()
        process.wait(30)
        engine.dispose()


def _answers(server: Server) -> bool:
    try:
        return httpx.get(f"{server.base}/healthz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _until(true: Callable[[], bool], log: Path, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.1)
    pytest.fail(f"waited in vain: {log.read_text()}")


def _children(process: int) -> list[int]:
    found = subprocess.run(
        ["pgrep", "-P", str(process)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in found.stdout.split()]


@pytest.fixture(scope="module")
def several(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Server, subprocess.Popen[bytes]]]:
    with _serving(tmp_path_factory.mktemp("several")) as running:
        yield running


def test_a_browser_stays_with_one_server(
    several: tuple[Server, subprocess.Popen[bytes]],
) -> None:
    server, _process = several
    met = set()
    for _ in range(4):
        browser = server.client()
        first = browser.get("/login")
        met.add(first.cookies[AFFINITY_COOKIE])
        assert first.headers["connection"] == "close"
        for _ in range(3):
            # Another server would name itself.
            assert "set-cookie" not in browser.get("/healthz").headers
    assert met == {"0", "1"}


def test_a_server_that_no_longer_exists_is_replaced(
    several: tuple[Server, subprocess.Popen[bytes]],
) -> None:
    server, _process = several
    for named, answered in (("7", "1"), ("-1", "01"), ("x", "01"), ("9" * 400, "01")):
        answer = server.client().get("/healthz", headers={"Cookie": f"{AFFINITY_COOKIE}={named}"})
        assert answer.cookies[AFFINITY_COOKIE] in answered


def test_a_request_at_the_wrong_server_is_asked_again(
    several: tuple[Server, subprocess.Popen[bytes]],
) -> None:
    """As behind a proxy that sends the requests of several visitors over one connection."""
    server, _process = several
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    line.request("GET", "/healthz", headers={"Cookie": f"{AFFINITY_COOKIE}=0"})
    assert line.getresponse().read() is not None
    # On the same connection, which server 0 holds, a visitor of server 1.
    line.request("POST", "/login?next=%2Fgrid", headers={"Cookie": f"{AFFINITY_COOKIE}=1"})
    answer = line.getresponse()
    assert (answer.status, answer.headers["Location"]) == (307, "/login?next=%2Fgrid")
    assert answer.headers["Connection"] == "close"
    assert "Set-Cookie" not in answer.headers
    line.close()
    line.request("GET", "/healthz", headers={"Cookie": f"{AFFINITY_COOKIE}=0"})
    line.getresponse().read()
    line.putrequest("GET", "//elsewhere.example/x", skip_host=True)
    line.putheader("Host", f"127.0.0.1:{server.port}")
    line.putheader("Cookie", f"{AFFINITY_COOKIE}=1")
    line.endheaders()
    answer = line.getresponse()
    assert (answer.status, answer.headers["Location"]) == (421, None)
    line.close()


def test_who_logs_in_at_one_is_known_to_the_other(
    several: tuple[Server, subprocess.Popen[bytes]],
) -> None:
    server, _process = several
    token = server.log_in("li")
    for index in range(SERVERS):
        cookies = f"{AFFINITY_COOKIE}={index}; gridgov_session={token}"
        answer = server.client().get("/overview", headers={"Cookie": cookies})
        assert answer.status_code == 200
        assert AFFINITY_COOKIE not in answer.cookies
        with server.socket(token, Cookie=cookies) as line:
            rerun(line)
            # The first run goes on to the first page.
            assert "李书记" in text_until_finished(line) + text_until_finished(line)
    for index in range(SERVERS):
        headers = {"Cookie": f"{AFFINITY_COOKIE}={index}", "Accept": "text/html"}
        assert server.client().get("/overview", headers=headers).status_code == 303


def test_slow_and_silent_callers_hold_up_nobody(
    several: tuple[Server, subprocess.Popen[bytes]],
) -> None:
    server, _process = several
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
    slow = socket.create_connection(("127.0.0.1", server.port))
    try:
        slow.sendall(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCoo".encode())
        assert _answers(server)
        slow.sendall(f"kie: {AFFINITY_COOKIE}=1\r\nConnection: close\r\n\r\n".encode())
        slow.settimeout(20)
        answer = b"".join(iter(lambda: slow.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        # The cookie came in the second part: had it not been waited for, a server would name itself.
        assert AFFINITY_COOKIE.encode() not in answer
    finally:
        for one in (*silent, slow):
            one.close()


def test_a_server_that_dies_is_started_anew_and_the_other_goes_on(
    several: tuple[Server, subprocess.Popen[bytes]],
) -> None:
    server, process = several
    other = server.client(cookies={AFFINITY_COOKIE: "1"})
    assert other.get("/healthz").status_code == 200
    first, second = sorted(_children(process.pid))
    os.kill(first, signal.SIGKILL)
    end = time.monotonic() + 90
    while time.monotonic() < end:
        assert other.get("/healthz").status_code == 200
        now = _children(process.pid)
        if first not in now and len(now) == SERVERS and _serves(server, 0):
            break
        time.sleep(0.1)
    else:
        pytest.fail(server.log.read_text())
    assert second in _children(process.pid)


def _serves(server: Server, index: int) -> bool:
    try:
        answer = server.client().get("/healthz", headers={"Cookie": f"{AFFINITY_COOKIE}={index}"})
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and AFFINITY_COOKIE not in answer.cookies


def test_told_to_stop_all_of_them_stop(
    several: tuple[Server, subprocess.Popen[bytes]],
) -> None:
    # The last test of this server.
    server, process = several
    children = _children(process.pid)
    assert len(children) == SERVERS
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert not _answers(server)


def test_the_servers_end_when_nobody_accepts_for_them(tmp_path: Path) -> None:
    with _serving(tmp_path) as (server, process):
        children = _children(process.pid)
        process.kill()
        process.wait(30)
        _until(
            lambda: not [child for child in children if Path(f"/proc/{child}").exists()],
            server.log,
        )


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--address", "0.0.0.0"), "还没有用户，不能启动"), ((), "端口")],
    ids=["no users", "port in use"],
)
def test_what_cannot_start_says_why_in_a_line(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = free_port() if options else taken.getsockname()[1]
        done = subprocess.run(
            _command(port, *options), cwd=ROOT, env=_environment(tmp_path), timeout=90,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode not in (0, None)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("head", "number"),
    [
        (b"GET / HTTP/1.1\r\nCookie: a=b; gridgov_server=3\r\n\r\n", 3),
        (b"GET / HTTP/1.1\r\ncookie:gridgov_server=0\r\n\r\n", 0),
        (b"GET / HTTP/1.1\r\nCookie: a=1\r\nCookie: gridgov_server=2\r\n\r\n", 2),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\nCookie: gridgov_server=2\r\n", None),
        (b"GET /?Cookie:gridgov_server=2 HTTP/1.1\r\n\r\n", None),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", None),
        (b"", None),
    ],
)
def test_the_cookie_of_a_head(head: bytes, number: int | None) -> None:
    assert server_of(head) == number
