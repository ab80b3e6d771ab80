"""Start the real server on a free loopback port, for browser tests, screenshots and benchmarks."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(
    warehouse: Path,
    workspace: Path,
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    wait_seconds: float = 60,
    servers: int | None = None,
) -> Iterator[str]:
    """Serve a warehouse with a workspace of its own; gives the address, stops at the end.

    `servers`: that many processes by `python -m gridgov serve`; None: `streamlit run`.

    Raises RuntimeError with the server's last lines when it does not come up.
    """
    port = free_port()
    env = {
        **os.environ,
        "GRIDGOV_WAREHOUSE": str(warehouse),
        "GRIDGOV_WORKSPACE": str(workspace),
        **(environment or {}),
    }
    one = ["streamlit", "run", "dashboard.py", "--server.port", str(port)]
    several = ["gridgov", "serve", "--servers", str(servers), "--port", str(port)]
    command = [sys.executable, "-m", *(one if servers is None else several)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True
        )
        try:
            _wait(process, port, log, wait_seconds)
            yield f"http://127.0.0.1:{port}"
        finally:
            # A server that has died already must not hide why it died.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise RuntimeError(f"the server did not come up:\n{tail}")
