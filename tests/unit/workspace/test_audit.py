from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor, entries, purge, record, verify
from gridgov.workspace.engine import writing

WHO = Actor(7, "王数据", "10.0.0.8")


def write(engine: Engine, count: int) -> None:
    for number in range(count):
        with writing(engine) as connection:
            record(connection, WHO, "export.xlsx", f"页面 {number}", {"grid": "东山"}, number)


def unprotected(engine: Engine, statement: str) -> None:
    """What someone with the database itself in hands can do: take the triggers away first."""
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER IF EXISTS audit_no_update"))
            connection.execute(text("DROP TRIGGER IF EXISTS audit_no_delete"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        connection.execute(text(statement))


def test_a_chain_of_rows_verifies(engine: Engine) -> None:
    write(engine, 5)
    found = verify(engine)
    assert (found.ok, found.rows, found.first_seq, found.last_seq) == (True, 5, 1, 5)
    newest = entries(engine)[0]
    assert (newest.seq, newest.user_name, newest.row_count, newest.detail) == (
        5, "王数据", 4, '{"grid":"东山"}',
    )  # fmt: skip
    assert verify(engine, expect=(5, found.head)).ok


def test_an_empty_log_verifies(engine: Engine) -> None:
    assert verify(engine).ok and verify(engine).rows == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET subject = 'x' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
    ],
)
def test_the_database_refuses_change_and_deletion(engine: Engine, statement: str) -> None:
    write(engine, 3)
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
        connection.execute(text(statement))
    assert verify(engine).rows == 3


def test_postgresql_refuses_truncate(postgres_url: str) -> None:
    from gridgov.workspace.engine import open_workspace

    engine = open_workspace(postgres_url)
    write(engine, 2)
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
        connection.execute(text("TRUNCATE audit"))
    assert verify(engine).rows == 2
    engine.dispose()


@pytest.mark.parametrize(
    "change",
    [
        "at = '2020-01-01 00:00:00.000000'",
        "user_id = 8",
        "user_name = '别人'",
        "action = 'login'",
        "subject = '别的'",
        "detail = '{}'",
        "row_count = 1000",
        "source = ''",
    ],
)
def test_a_changed_cell_is_found(engine: Engine, change: str) -> None:
    write(engine, 4)
    unprotected(engine, f"UPDATE audit SET {change} WHERE seq = 3")
    found = verify(engine)
    assert not found.ok and "3" in found.problem


def test_a_missing_row_and_a_cut_end_are_found(engine: Engine) -> None:
    write(engine, 5)
    head = verify(engine)
    unprotected(engine, "DELETE FROM audit WHERE seq = 5")
    assert verify(engine).ok, "a cut end alone leaves a valid chain"
    assert not verify(engine, expect=(5, head.head)).ok
    unprotected(engine, "DELETE FROM audit WHERE seq = 2")
    assert not verify(engine).ok


def test_a_missing_beginning_is_found(engine: Engine) -> None:
    write(engine, 4)
    unprotected(engine, "DELETE FROM audit WHERE seq <= 2")
    assert not verify(engine).ok


def test_writers_at_once_make_one_chain(engine: Engine) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: write(engine, 10), range(6)))
    found = verify(engine)
    assert found.ok and found.last_seq == 60


def test_a_failed_transaction_leaves_no_row(engine: Engine) -> None:
    with pytest.raises(RuntimeError), writing(engine) as connection:
        record(connection, WHO, "x", "y")
        raise RuntimeError
    assert verify(engine).rows == 0


def test_half_a_year_is_kept_and_the_rest_can_go(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = now()
    monkeypatch.setattr(audit, "now", lambda: today - timedelta(days=200))
    write(engine, 6)
    monkeypatch.setattr(audit, "now", lambda: today - timedelta(days=100))
    write(engine, 3)
    monkeypatch.setattr(audit, "now", now)
    with pytest.raises(UsageError, match="184"):
        purge(engine, WHO, today - timedelta(days=90))
    assert purge(engine, WHO, today - timedelta(days=190)) == 6
    found = verify(engine)
    assert (found.ok, found.first_seq, found.rows) == (True, 7, 4)
    assert purge(engine, WHO, today - timedelta(days=190)) == 0
    # The chain still shows a row taken out beyond what was purged.
    unprotected(engine, "DELETE FROM audit WHERE seq = 7")
    assert not verify(engine).ok


def test_search_by_user_action_time_and_text(engine: Engine) -> None:
    write(engine, 3)
    with writing(engine) as connection:
        record(connection, Actor(None, "admin"), "login.failed", "admin", {"by": "100%_x"})
    assert [entry.action for entry in entries(engine, action="login")] == ["login.failed"]
    assert len(entries(engine, user="王数据")) == 3
    assert len(entries(engine, contains="页面 1")) == 1
    assert len(entries(engine, contains="100%_x")) == 1
    assert entries(engine, contains="%_%x%") == ()
    assert entries(engine, since=datetime(2999, 1, 1)) == ()
    assert len(entries(engine, until=datetime(2999, 1, 1), limit=2)) == 2
