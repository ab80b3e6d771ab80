"""Sessions as stored: the token's SHA-256, two limits, and when it was revoked.

The token itself (256 random bits) is only ever in the browser's cookie, so a copy of the
database lets nobody in. `gridgov.access.sessions` is what turns a cookie into an identity.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, update

from gridgov.clock import now
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.tables import session, user

__all__ = [
    "LiveSession",
    "create_session",
    "hash_token",
    "live_session",
    "purge_sessions",
    "revoke_sessions",
    "touch_session",
]

_KEEP_ENDED = timedelta(days=30)


@dataclass(frozen=True)
class LiveSession:
    """A session that stands, with the user as of now (roles are never kept in a session)."""

    token_hash: str
    user_id: int
    username: str
    name: str
    roles: tuple[str, ...]
    grid_ids: tuple[str, ...]
    worker_id: str | None
    seen_at: datetime
    absolute_expires_at: datetime


def hash_token(token: str) -> str:
    """SHA-256 of the token, hexadecimal. A random 256-bit value needs no salt or stretching."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_session(
    connection: Connection,
    user_id: int,
    *,
    idle: timedelta,
    absolute: timedelta,
    source: str,
    agent: str,
) -> str:
    """Store a new session in the caller's transaction and return its token."""
    token = secrets.token_urlsafe(32)
    at = now()
    connection.execute(
        insert(session).values(
            token_hash=hash_token(token),
            user_id=user_id,
            created_at=at,
            seen_at=at,
            idle_expires_at=at + idle,
            absolute_expires_at=at + absolute,
            source=source[:64],
            agent=agent[:200],
        )
    )
    connection.execute(update(user).where(user.c.id == user_id).values(last_login_at=at))
    return token


def live_session(source: Engine | Connection, token_hash: str) -> LiveSession | None:
    """The session if it is neither revoked nor past a limit and its user is not disabled."""
    at = now()
    query = (
        select(
            session.c.token_hash,
            session.c.seen_at,
            session.c.absolute_expires_at,
            session.c.user_id,
            user.c.username,
            user.c.name,
            user.c.roles,
            user.c.grid_ids,
            user.c.worker_id,
        )
        .join(user, user.c.id == session.c.user_id)
        .where(
            session.c.token_hash == token_hash,
            session.c.revoked_at.is_(None),
            session.c.idle_expires_at > at,
            session.c.absolute_expires_at > at,
            user.c.is_disabled.is_(False),
        )
    )
    with reading(source) as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    values = dict(row._mapping)
    values["roles"], values["grid_ids"] = tuple(row.roles), tuple(row.grid_ids)
    return LiveSession(**values)


def touch_session(engine: Engine, token_hash: str, idle: timedelta) -> None:
    """Push the idle limit on; a revoked session stays revoked."""
    at = now()
    with writing(engine) as connection:
        connection.execute(
            update(session)
            .where(session.c.token_hash == token_hash, session.c.revoked_at.is_(None))
            .values(seen_at=at, idle_expires_at=at + idle)
        )


def revoke_sessions(
    source: Engine | Connection,
    *,
    reason: str,
    user_id: int | None = None,
    token_hash: str | None = None,
) -> int:
    """End one session or all of a user; returns how many stood until now."""
    query = update(session).where(session.c.revoked_at.is_(None))
    if token_hash is not None:
        query = query.where(session.c.token_hash == token_hash)
    else:
        query = query.where(session.c.user_id == user_id)
    with writing(source) as connection:
        found = connection.execute(query.values(revoked_at=now(), revoked_reason=reason[:32]))
        return int(found.rowcount)


def purge_sessions(engine: Engine) -> int:
    """Forget sessions that ended over 30 days ago; the audit log keeps their log-ins."""
    with writing(engine) as connection:
        found = connection.execute(
            delete(session).where(session.c.absolute_expires_at < now() - _KEEP_ENDED)
        )
        return int(found.rowcount)
