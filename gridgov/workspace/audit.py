"""The audit log: append-only, each row chained to the one before it by SHA-256.

The database refuses UPDATE and early DELETE by trigger. Someone who can write the file can drop
the trigger; the chain then shows that a row was changed, added or taken out. Cutting off the
*end* leaves a valid chain: note down the head that `verify` prints and hand it in next time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, text

from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.rows import record_of
from gridgov.workspace.tables import audit

__all__ = [
    "KEEP_DAYS",
    "SYSTEM",
    "Actor",
    "AuditEntry",
    "Verification",
    "entries",
    "purge",
    "record",
    "verify",
]

KEEP_DAYS = 184
_FIRST = "0" * 64
_LOCK_KEY = 7_424_302
_PURGE = "audit.purge"


@dataclass(frozen=True)
class Actor:
    """Who does something. `user_id` None: a command on the server, or the demo."""

    user_id: int | None
    name: str
    source: str = ""


SYSTEM = Actor(None, "system", "server")


@dataclass(frozen=True)
class AuditEntry:
    seq: int
    at: datetime
    user_id: int | None
    user_name: str
    action: str
    subject: str
    detail: str
    row_count: int | None
    source: str
    prev_hash: str
    hash: str


@dataclass(frozen=True)
class Verification:
    """What a walk over the chain found. `problem` names the first broken row."""

    rows: int
    first_seq: int
    last_seq: int
    head: str
    problem: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem


def record(
    connection: Connection,
    actor: Actor,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
    row_count: int | None = None,
) -> int:
    """Append one row inside the caller's write transaction and return its number.

    `action` is a stable dotted word (`login.failed`, `export.xlsx`); `subject` what was touched;
    `detail` JSON-able and never a password, token or resident's name.
    """
    if connection.dialect.name == "postgresql":
        # SQLite's writers are already one at a time (BEGIN IMMEDIATE).
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    last = connection.execute(
        select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    ).one_or_none()
    row: dict[str, Any] = {
        "seq": 1 if last is None else last.seq + 1,
        "at": now(),
        "user_id": actor.user_id,
        "user_name": actor.name[:64],
        "action": action[:64],
        "subject": subject[:200],
        "detail": _canonical(detail or {}),
        "row_count": row_count,
        "source": actor.source[:64],
        "prev_hash": _FIRST if last is None else last.hash,
    }
    connection.execute(insert(audit).values(**row, hash=_hash(row)))
    return int(row["seq"])


def entries(
    source: Engine | Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    user: str = "",
    action: str = "",
    contains: str = "",
    limit: int = 200,
    offset: int = 0,
) -> tuple[AuditEntry, ...]:
    """Rows that match, newest first. `action` may be a prefix (`login`); `until` is exclusive."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit).offset(offset)
    if since is not None:
        query = query.where(audit.c.at >= since)
    if until is not None:
        query = query.where(audit.c.at < until)
    if user:
        query = query.where(audit.c.user_name == user)
    if action:
        query = query.where(audit.c.action.startswith(action, autoescape=True))
    if contains:
        query = query.where(
            audit.c.subject.contains(contains, autoescape=True)
            | audit.c.detail.contains(contains, autoescape=True)
        )
    with reading(source) as connection:
        return tuple(record_of(AuditEntry, row) for row in connection.execute(query).mappings())


def verify(source: Engine | Connection, *, expect: tuple[int, str] | None = None) -> Verification:
    """Walk the whole chain. `expect` is a (number, hash) noted earlier that must still stand."""
    with reading(source) as connection:
        purged = _last_purge(connection)
        first, count, seq, previous, seen = 0, 0, 0, _FIRST, expect is None
        with closing(_walk(connection)) as rows:
            for entry in rows:
                if count == 0:
                    first = entry.seq
                    seq, previous = (0, _FIRST) if entry.seq == 1 else (purged or (0, _FIRST))
                problem = _broken(entry, seq, previous)
                if problem:
                    return Verification(count, first, seq, previous, problem)
                seq, previous, count = entry.seq, entry.hash, count + 1
                seen = seen or (entry.seq, entry.hash) == expect
    problem = "" if seen else _("记下的末行 {seq} 已不在日志中", seq=expect[0] if expect else 0)
    return Verification(count, first, seq, previous, problem)


def purge(engine: Engine, actor: Actor, before: datetime) -> int:
    """Take out rows older than `before`, which must itself be at least `KEEP_DAYS` ago.

    The number and hash of the last row taken out stay in the log, so that the chain still
    verifies. Returns how many went.
    """
    if before > now() - timedelta(days=KEEP_DAYS):
        raise UsageError(_("审计日志至少保留 {n} 天，请给出更早的日期", n=KEEP_DAYS))
    with writing(engine) as connection:
        old = audit.c.at < before
        last = connection.execute(
            select(audit.c.seq, audit.c.hash).where(old).order_by(audit.c.seq.desc()).limit(1)
        ).one_or_none()
        if last is None:
            return 0
        count = connection.execute(select(func.count()).where(audit.c.seq <= last.seq)).scalar_one()
        detail = {"seq": last.seq, "hash": last.hash, "rows": count}
        record(connection, actor, _PURGE, str(last.seq), detail, count)
        connection.execute(delete(audit).where(audit.c.seq <= last.seq))
        return int(count)


def _canonical(detail: Mapping[str, Any]) -> str:
    return json.dumps(
        detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    )


def _hash(row: Mapping[str, Any]) -> str:
    parts = [
        row["seq"],
        row["at"].isoformat(timespec="microseconds"),
        row["user_id"],
        row["user_name"],
        row["action"],
        row["subject"],
        row["detail"],
        row["row_count"],
        row["source"],
        row["prev_hash"],
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _walk(connection: Connection) -> Generator[AuditEntry, None, None]:
    query = select(audit).order_by(audit.c.seq)
    with connection.execution_options(yield_per=1000).execute(query) as found:
        for row in found.mappings():
            yield record_of(AuditEntry, row)


def _broken(entry: AuditEntry, seq: int, previous: str) -> str:
    if entry.seq != seq + 1:
        return _("第 {n} 行之后缺行", n=seq)
    if entry.prev_hash != previous:
        return _("第 {n} 行接不上前一行", n=entry.seq)
    values = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    if _hash(values) != entry.hash:
        return _("第 {n} 行内容被改动", n=entry.seq)
    return ""


def _last_purge(connection: Connection) -> tuple[int, str] | None:
    row = connection.execute(
        select(audit.c.detail).where(audit.c.action == _PURGE).order_by(audit.c.seq.desc()).limit(1)
    ).scalar_one_or_none()
    if row is None:
        return None
    detail = json.loads(row)
    return int(detail["seq"]), str(detail["hash"])
