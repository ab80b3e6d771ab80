"""Log someone in by password or by what an OIDC provider said, and write down what happened."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from gridgov.access.csrf import device_cookie, device_of, new_nonce
from gridgov.access.passwords import (
    check_new_password,
    hash_password,
    needs_rehash,
    verify_password,
)
from gridgov.access.roles import parse_roles
from gridgov.access.throttle import admit, buckets_for, forgive
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.settings import Settings
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import writing
from gridgov.workspace.session import create_session
from gridgov.workspace.tables import user as user_table
from gridgov.workspace.user import (
    User,
    add_user,
    find_user,
    normalise_username,
    password_hash_of,
    set_password,
)

__all__ = ["LoginOutcome", "LoginService", "Visitor", "change_own_password"]


@dataclass(frozen=True)
class Visitor:
    """Where an attempt comes from: address, browser, and its device cookie if any."""

    source: str
    agent: str = ""
    device: str = ""


@dataclass(frozen=True)
class LoginOutcome:
    """`token` empty: refused; `wait` seconds when the attempt was not even looked at."""

    token: str = ""
    device: str = ""
    wait: int = 0


class LoginService:
    """Blocking calls: run them in a thread."""

    def __init__(self, engine: Engine, settings: Settings, key: bytes) -> None:
        self.engine = engine
        self.settings = settings
        self.key = key

    def by_password(self, typed: str, password: str, visitor: Visitor) -> LoginOutcome:
        """Check a login name and password. Refusals look and last the same for every cause."""
        try:
            username = normalise_username(typed)
        except UsageError:
            username = ""
        device = device_of(self.key, username, visitor.device)
        buckets = buckets_for(username, visitor.source, device)
        wait = admit(self.engine, buckets)
        if wait:
            return LoginOutcome(wait=wait)
        found = find_user(self.engine, username=username) if username else None
        stored = password_hash_of(self.engine, found.id) if found else None
        matches = verify_password(stored, password)
        if found is None or stored is None or not matches or found.is_disabled:
            self._refused(found, visitor, "password")
            return LoginOutcome()
        forgive(self.engine, buckets)
        if needs_rehash(stored):
            self._rehash(found, password)
        return self._enter(found, visitor, "password", device)

    def by_provider(self, claimed: str, name: str, visitor: Visitor) -> LoginOutcome:
        """Let in the local user whom the provider's claim names; adds one only if configured."""
        oidc = self.settings.oidc
        username = normalise_username(claimed)
        found = find_user(self.engine, username=username)
        if found is None and oidc is not None and oidc.create_role:
            roles = [role.value for role in parse_roles([oidc.create_role])]
            actor = Actor(None, "oidc", visitor.source)
            found = add_user(
                self.engine, actor, username=username, name=name or username, roles=roles
            )
        if found is None or found.is_disabled:
            self._refused(found, visitor, "oidc")
            return LoginOutcome()
        return self._enter(found, visitor, "oidc", None)

    def _enter(self, found: User, visitor: Visitor, way: str, device: str | None) -> LoginOutcome:
        actor = Actor(found.id, found.username, visitor.source)
        with writing(self.engine) as connection:
            token = create_session(
                connection,
                found.id,
                idle=self.settings.session_idle,
                absolute=self.settings.session_absolute,
                source=visitor.source,
                agent=visitor.agent,
            )
            audit.record(connection, actor, "login", found.username, {"by": way})
        return LoginOutcome(token, device_cookie(self.key, found.username, device or new_nonce()))

    def _refused(self, found: User | None, visitor: Visitor, way: str) -> None:
        # What a stranger typed is not kept: it is often a password in the wrong field.
        name = found.username if found else "?"
        detail = {"by": way, "disabled": bool(found and found.is_disabled)}
        actor = Actor(None, name, visitor.source)
        with writing(self.engine) as connection:
            audit.record(connection, actor, "login.failed", name, detail)

    def _rehash(self, found: User, password: str) -> None:
        # Not `set_password`: the password is the same, the sessions stand.
        with writing(self.engine) as connection:
            connection.execute(
                user_table.update()
                .where(user_table.c.id == found.id)
                .values(password_hash=hash_password(password))
            )


def change_own_password(engine: Engine, actor: Actor, old: str, new: str) -> None:
    """For the account page: check the old password, store the new one, end all sessions.

    Raises `UsageError` in a sentence; wrong old passwords are slowed down like log-ins.
    """
    found = find_user(engine, user_id=actor.user_id) if actor.user_id is not None else None
    if found is None:
        raise UsageError(_("演示用户没有密码"))
    buckets = buckets_for(found.username, f"own:{found.id}", f"own:{found.id}")
    wait = admit(engine, buckets)
    if wait:
        raise UsageError(_("尝试次数过多，请 {n} 秒后再试", n=wait))
    if not verify_password(password_hash_of(engine, found.id), old):
        raise UsageError(_("原密码不对"))
    check_new_password(new, username=found.username)
    forgive(engine, buckets)
    set_password(engine, actor, found.username, hash_password(new))
