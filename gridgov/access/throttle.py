"""Slow guessing down without letting a stranger lock anyone out.

Failures are counted in buckets. A browser that has logged in as this user before carries a signed
device cookie and has a bucket of its own, so whatever strangers do elsewhere never blocks it.
Everyone else is counted by user and address, by address over all users (spraying one password),
and by user over all addresses (a botnet), the last two with higher thresholds and short waits.
Waiting doubles with each failure; a bucket is forgotten a day after its last failure.
After OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from gridgov.clock import now
from gridgov.workspace.engine import writing
from gridgov.workspace.tables import login_throttle

__all__ = ["Bucket", "admit", "buckets_for", "forgive"]

_FORGET = timedelta(days=1)
_LOCK_KEY = 7_424_303


@dataclass(frozen=True)
class Bucket:
    """`free` failures cost nothing; then waiting starts at 1 s and doubles up to `longest`."""

    key: str
    free: int
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long to wait after that many failures."""
        if failures <= self.free:
            return timedelta(0)
        # Capped before the power: an attacker's millionth failure is no million-bit number.
        doubled = timedelta(seconds=2 ** min(failures - self.free - 1, 20))
        return min(doubled, self.longest)


def buckets_for(username: str, source: str, device: str | None) -> tuple[Bucket, ...]:
    """The buckets that an attempt counts in. `device` is the id of a *verified* device cookie."""
    name = _short(username)
    if device is not None:
        return (Bucket(f"device:{name}:{_short(device)}", 10, timedelta(minutes=15)),)
    place = _network(source)
    return (
        Bucket(f"pair:{name}:{place}", 5, timedelta(minutes=15)),
        Bucket(f"place:{place}", 30, timedelta(minutes=5)),
        Bucket(f"user:{name}", 50, timedelta(minutes=1)),
    )


def admit(source: Engine | Connection, buckets: tuple[Bucket, ...]) -> int:
    """Ask to look at one attempt: 0 lets it through, else the seconds to wait.

    An attempt let through is counted as failed at once, before the password is looked at, so that
    a hundred attempts sent together are counted one after another; `forgive` takes that back.
    """
    at = now()
    keys = [bucket.key for bucket in buckets]
    with writing(source) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        query = select(login_throttle).where(login_throttle.c.key.in_(keys))
        rows = {row.key: row for row in connection.execute(query)}
        left = max((row.blocked_until - at for row in rows.values()), default=timedelta(0))
        if left > timedelta(0):
            return -(-left // timedelta(seconds=1))
        for bucket in buckets:
            row = rows.get(bucket.key)
            stale = row is None or row.failed_at < at - _FORGET
            _store(connection, bucket, 1 if stale or row is None else row.failures + 1, at)
        old = login_throttle.c.failed_at < at - _FORGET
        connection.execute(delete(login_throttle).where(old))
    return 0


def forgive(source: Engine | Connection, buckets: tuple[Bucket, ...]) -> None:
    """After a success: clear what is this user's, take back one from what others share."""
    shared = [bucket.key for bucket in buckets if bucket.key.startswith("place:")]
    own = [bucket.key for bucket in buckets if bucket.key not in shared]
    with writing(source) as connection:
        connection.execute(delete(login_throttle).where(login_throttle.c.key.in_(own)))
        connection.execute(
            update(login_throttle)
            .where(login_throttle.c.key.in_(shared), login_throttle.c.failures > 0)
            .values(failures=login_throttle.c.failures - 1, blocked_until=now())
        )


def _store(connection: Connection, bucket: Bucket, failures: int, at: datetime) -> None:
    values = {"failures": failures, "failed_at": at, "blocked_until": at + bucket.wait(failures)}
    changed = connection.execute(
        update(login_throttle).where(login_throttle.c.key == bucket.key).values(**values)
    )
    if not changed.rowcount:
        connection.execute(insert(login_throttle).values(key=bucket.key, **values))


def _short(typed: str) -> str:
    # A login name is typed by strangers, often a password in the wrong field: keep no text of it.
    return hashlib.sha256(typed.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _network(source: str) -> str:
    """An IPv4 address as it is, an IPv6 address by its /64 (one line has 2^64 of them)."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return _short(source)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
