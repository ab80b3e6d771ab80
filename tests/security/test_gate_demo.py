"""The demo: the sample alone, on this machine alone; otherwise no start without users."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from websockets.exceptions import InvalidStatus

from gridgov.access.mode import decide
from gridgov.access.roles import Role, demo_identity
from gridgov.errors import UsageError
from gridgov.settings import OidcSettings, Settings

from .conftest import ROOT, TINY, Server, free_port, serve
from .test_sessions_live import rerun, text_until_finished


def publish(folder: Path, number: int, *, sample_only: bool) -> None:
    """A published version that says what it holds."""
    warehouse = folder / "data" / "warehouse"
    warehouse.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(warehouse / f"gridgov-{number}.duckdb") as connection:
        connection.execute("CREATE TABLE warehouse_meta (key VARCHAR, value VARCHAR)")
        connection.execute(
            "INSERT INTO warehouse_meta VALUES ('sample_only', $1), ('version', $2)",
            ["true" if sample_only else "false", str(number)],
        )
    (warehouse / "CURRENT").write_text(f"gridgov-{number}.duckdb\n")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Server]:
    publish(tmp_path, 1, sample_only=True)
    with serve(tmp_path) as running:
        yield running
        running.close_clients()


def test_the_sample_needs_no_login_here_and_only_here(demo: Server, tmp_path: Path) -> None:
    client = demo.client()
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 200
    assert client.get("/_stcore/health").status_code == 200
    for headers in (
        {"Host": "rebound.example"},
        {"X-Forwarded-For": "198.51.100.7"},
        {"X-Forwarded-Proto": "https"},
        {"Forwarded": "for=198.51.100.7"},
    ):
        assert client.get("/", headers=headers).status_code == 403, headers
    with pytest.raises(InvalidStatus):
        demo.socket(Origin="https://evil.example")
    with demo.socket() as line:
        rerun(line)
        assert "leader" in text_until_finished(line)
        # Real data is loaded while the demo runs: the open page and every new one end.
        publish(tmp_path, 2, sample_only=False)
        rerun(line)
        assert "nobody" in text_until_finished(line)
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 403
    with pytest.raises(InvalidStatus):
        demo.socket()


def refusal(folder: Path, *options: str, **environment: str) -> str:
    """What a server that must not start prints; it has to end by itself."""
    done = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", str(TINY), f"--server.port={free_port()}",
         "--server.headless=true", "--browser.gatherUsageStats=false",
         *options],
        cwd=folder, capture_output=True, text=True, timeout=120,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(ROOT),
             "PYTHONIOENCODING": "utf-8", "GRIDGOV_WAREHOUSE": str(folder / "data" / "warehouse"),
             **environment},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_no_start_without_users_elsewhere_or_with_real_data(tmp_path: Path) -> None:
    local = "--server.address=127.0.0.1"
    assert "user add" in refusal(tmp_path, local)
    publish(tmp_path, 1, sample_only=True)
    assert "user add" in refusal(tmp_path, "--server.address=0.0.0.0")
    publish(tmp_path, 2, sample_only=False)
    assert "user add" in refusal(tmp_path, local)
    assert "GRIDGOV_DEMO" in refusal(tmp_path, local, GRIDGOV_DEMO="1")
    assert "GRIDGOV_SESSION_IDLE_MINUTES" in refusal(
        tmp_path, local, GRIDGOV_SESSION_IDLE_MINUTES="soon"
    )


@pytest.mark.parametrize(
    ("sample", "address", "asked", "users", "expected"),
    [
        (True, "127.0.0.1", None, 0, "demo"),
        (True, "localhost", True, 3, "demo"),
        (True, "127.0.0.1", None, 1, "login"),
        (True, "127.0.0.1", False, 1, "login"),
        (True, "127.0.0.1", False, 0, "refused"),
        (True, None, None, 0, "refused"),
        (True, "0.0.0.0", True, 1, "refused"),
        (False, "127.0.0.1", True, 1, "refused"),
        (False, "127.0.0.1", None, 0, "refused"),
        (False, "0.0.0.0", None, 1, "login"),
    ],
)
def test_how_a_server_lets_people_in(
    tmp_path: Path, sample: bool, address: str | None, asked: bool | None, users: int, expected: str
) -> None:
    publish(tmp_path, 1, sample_only=sample)
    settings = Settings(warehouse=tmp_path / "data" / "warehouse", demo=asked)
    if expected == "refused":
        with pytest.raises(UsageError):
            decide(settings, address, users=users)
    else:
        assert decide(settings, address, users=users).demo is (expected == "demo")


def test_a_provider_that_adds_users_needs_none(tmp_path: Path) -> None:
    adding = OidcSettings("https://id.example", "x", "y", create_role="leader")
    settings = Settings(warehouse=tmp_path, oidc=adding)
    assert not decide(settings, "0.0.0.0", users=0).demo


def test_demo_people_are_no_users() -> None:
    someone = demo_identity(Role.SUPERVISOR, grid_ids=("g1",))
    assert (someone.user_id, someone.demo, someone.grid_ids) == (0, True, ("g1",))
