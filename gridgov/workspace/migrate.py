"""Bring the workspace's tables up to date, also when several servers start at once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from gridgov.errors import WorkspaceError
from gridgov.locale import _

__all__ = ["current_revision", "head_revision", "upgrade"]

_SCRIPTS = Path(__file__).parent / "migrations"
# Any number, the same in every process: the key of PostgreSQL's advisory lock.
_LOCK_KEY = 7_424_301


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config


def head_revision() -> str:
    """The newest revision that this program knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current_revision(connection: Connection) -> str | None:
    """The revision of an open database; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> None:
    """Run what is missing under a lock, in one transaction: all of it or nothing.

    Raises `WorkspaceError` when the database was written by a newer program.
    """
    head = head_revision()
    with engine.connect() as connection:
        found = current_revision(connection)
    if found == head:
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise WorkspaceError(_("工作库版本 {found} 比本程序新，请升级程序后再启动", found=found))
    config = _config()
    with _exclusive(engine), engine.execution_options(gridgov_write=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        config.attributes["connection"] = connection
        # Looks at the revision again inside the lock: another starter may have been quicker.
        command.upgrade(config, "head")


@contextmanager
def _exclusive(engine: Engine) -> Iterator[None]:
    """One migrating process for an SQLite file; PostgreSQL locks inside the transaction."""
    if engine.dialect.name != "sqlite":
        yield
        return
    with Path(f"{engine.url.database}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
