"""Open the workspace database: SQLite by default, PostgreSQL by address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from gridgov.errors import WorkspaceError
from gridgov.locale import _
from gridgov.workspace.migrate import upgrade

__all__ = ["open_workspace", "reading", "shared_workspace", "writing"]

_WRITE = "gridgov_write"
_BUSY_MS = 15_000


def open_workspace(url: str) -> Engine:
    """An engine on the workspace at `url`, its tables brought up to date.

    Safe with several processes that start at once: one migrates, the others wait.
    Raises `WorkspaceError` in one sentence when the database cannot be reached or written.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise WorkspaceError(
            _("工作库地址不对：{url}，请检查 GRIDGOV_WORKSPACE", url=url)
        ) from error
    try:
        opened = (
            _sqlite(address.database) if address.get_backend_name() == "sqlite" else _server(url)
        )
    except (OSError, ModuleNotFoundError, ArgumentError) as error:
        raise _unreachable(address, error) from error
    try:
        upgrade(opened)
    except (DBAPIError, OSError) as error:
        opened.dispose()
        raise _unreachable(address, error) from error
    except WorkspaceError:
        opened.dispose()
        raise
    return opened


def _unreachable(address: URL, error: Exception) -> WorkspaceError:
    shown = address.render_as_string(hide_password=True)
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return WorkspaceError(
        _("打不开工作库 {url}：{cause}，请检查 GRIDGOV_WORKSPACE", url=shown, cause=cause)
    )


@lru_cache(maxsize=8)
def shared_workspace(url: str) -> Engine:
    """The one engine of this process for `url`; pages and the gate share it."""
    return open_workspace(url)


@contextmanager
def reading(source: Engine | Connection) -> Iterator[Connection]:
    """A connection to read with: the caller's own, or one of the pool."""
    if isinstance(source, Connection):
        yield source
        return
    with source.connect() as connection:
        yield connection


@contextmanager
def writing(source: Engine | Connection) -> Iterator[Connection]:
    """A transaction to write in; joins the caller's when a connection is given."""
    if isinstance(source, Connection):
        yield source
        return
    with source.execution_options(**{_WRITE: True}).begin() as connection:
        yield connection


def _server(url: str) -> Engine:
    return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10)


def _sqlite(database: str | None) -> Engine:
    if not database or database == ":memory:":
        raise WorkspaceError(_("工作库要有文件路径：sqlite:///路径，请检查 GRIDGOV_WORKSPACE"))
    path = Path(database)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Made before SQLite makes it, so that passwords' hashes are never readable by others.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_MS / 1000})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    # The driver must not open transactions of its own: `_on_begin` says which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL: a committed audit row survives a power cut, not only a killed process.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA trusted_schema = OFF")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once; a transaction that begins by reading and upgrades
    # later fails with "database is locked" without waiting for the busy timeout.
    kind = "IMMEDIATE" if connection.get_execution_options().get(_WRITE) else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {kind}")
