"""The same tests on SQLite and on a private PostgreSQL that lives as long as the test run."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import open_workspace
from gridgov.workspace.user import add_user


def _postgres_bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.fail("PostgreSQL is not installed: apt-get install -y postgresql")
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A cluster of our own on a free loopback port; yields the address of its first database."""
    binaries = _postgres_bin()
    # Directly under the temporary folder: the server's own user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="gridgov-pg-"))
    as_user = {"user": "postgres"} if os.geteuid() == 0 else {}
    if as_user:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    password, port = secrets.token_hex(8), _free_port()
    (folder / "password").write_text(password)
    (folder / "password").chmod(0o644)

    def run(*command: str) -> None:
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            cwd=folder, timeout=120, **as_user,
        )  # fmt: skip

    data = str(folder / "data")
    run(
        str(binaries / "initdb"), "-D", data, "-U", "gridgov", "--auth=scram-sha-256",
        f"--pwfile={folder / 'password'}", "-E", "UTF8", "--no-sync",
    )  # fmt: skip
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    run(
        str(binaries / "pg_ctl"), "-D", data, "-w", "-o", options,
        "-l", str(folder / "log"), "start",
    )  # fmt: skip
    try:
        yield f"postgresql://gridgov:{password}@127.0.0.1:{port}/postgres"
    finally:
        run(str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _fresh_database(server: str) -> Iterator[str]:
    name = f"t{secrets.token_hex(6)}"
    admin = create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh database of its own."""
    with _fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def other_postgres_url(postgres_server: str) -> Iterator[str]:
    """A second one, to restore into."""
    with _fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'workspace' / 'workspace.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = open_workspace(url)
    yield opened
    opened.dispose()


@pytest.fixture
def actor(engine: Engine) -> Actor:
    """A real user who does things."""
    added = add_user(engine, Actor(None, "test"), username="li", name="李书记", roles=["leader"])
    return Actor(added.id, added.username, "127.0.0.1")
