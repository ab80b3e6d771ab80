from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from gridgov.errors import WorkspaceError
from gridgov.workspace.audit import entries, verify
from gridgov.workspace.engine import open_workspace, writing
from gridgov.workspace.migrate import current_revision, head_revision
from gridgov.workspace.tables import metadata

# Six processes that wait for each other and then start as one.
STARTERS = """
import multiprocessing, sys
from gridgov.workspace.engine import open_workspace
def start(barrier):
    barrier.wait(30)
    open_workspace(sys.argv[1])
fork = multiprocessing.get_context("fork")
barrier = fork.Barrier(6)
children = [fork.Process(target=start, args=(barrier,)) for _ in range(6)]
for child in children: child.start()
for child in children: child.join(60)
sys.exit(sum(child.exitcode != 0 for child in children))
"""


def test_migrations_build_what_the_tables_declare(engine: Engine) -> None:
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        assert current_revision(connection) == head_revision()
    assert differences == []


def test_many_starters_at_once_migrate_once(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTERS, url], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    opened = open_workspace(url)
    with opened.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    opened.dispose()


def test_a_database_of_a_newer_program_is_refused(engine: Engine, url: str) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WorkspaceError, match="9999"):
        open_workspace(url)


def test_sqlite_file_is_for_its_owner_alone_and_durable(sqlite_url: str) -> None:
    opened = open_workspace(sqlite_url)
    path = Path(make_url(sqlite_url).database or "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with opened.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    opened.dispose()
    assert pragmas == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000,
    }  # fmt: skip


def test_an_address_that_leads_nowhere_is_one_sentence() -> None:
    with pytest.raises(WorkspaceError) as caught:
        open_workspace("postgresql+psycopg://u:topsecret@127.0.0.1:1/x")
    assert "\n" not in str(caught.value)
    assert "topsecret" not in str(caught.value)
    with pytest.raises(WorkspaceError):
        open_workspace("not an address")


WRITER = """
import sys
from gridgov.workspace.audit import SYSTEM, record
from gridgov.workspace.engine import open_workspace, writing
engine = open_workspace(sys.argv[1])
while True:
    with writing(engine) as connection:
        number = record(connection, SYSTEM, "test.write", "x" * 150)
    print(number, flush=True)
"""


def test_what_was_committed_survives_kill_9(url: str) -> None:
    """Two rounds: a writer is killed in the middle; every row it had reported is there."""
    reported = 0
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for _line in range(25):
            reported = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
        process.wait(timeout=30)
        process.stdout.close()
        reported = int(rest[-1]) if rest else reported
        opened = open_workspace(url)
        found = verify(opened)
        assert found.ok and found.last_seq >= reported
        assert len(entries(opened, limit=100_000)) == found.last_seq
        opened.dispose()
