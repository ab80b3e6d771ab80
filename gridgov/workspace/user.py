"""Users: who may log in, with which roles and scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.rows import line, record_of
from gridgov.workspace.session import revoke_sessions
from gridgov.workspace.tables import user

__all__ = [
    "User",
    "add_user",
    "count_users",
    "find_user",
    "list_users",
    "normalise_username",
    "password_hash_of",
    "set_disabled",
    "set_password",
    "set_roles",
]

_ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class User:
    """One user; the password's hash is not part of it."""

    id: int
    username: str
    name: str
    roles: tuple[str, ...]
    grid_ids: tuple[str, ...]
    worker_id: str | None
    is_disabled: bool
    password_changed_at: datetime | None
    created_at: datetime
    last_login_at: datetime | None


def normalise_username(text: str) -> str:
    """The one spelling of a login name: trimmed, lower case, no invisible characters."""
    return line(text, 64, _("用户名")).casefold()


def add_user(
    engine: Engine,
    actor: Actor,
    *,
    username: str,
    name: str,
    roles: Iterable[str],
    grid_ids: Iterable[str] = (),
    worker_id: str | None = None,
    password_hash: str | None = None,
) -> User:
    """Add a user; raises `UsageError` when the login name is taken.

    Without `password_hash` the user can come in through the OIDC provider only.
    """
    values = {
        "username": normalise_username(username),
        "name": line(name, 64, _("姓名")),
        "roles": sorted(set(roles)),
        "grid_ids": sorted(set(grid_ids)),
        "worker_id": worker_id or None,
        "is_disabled": False,
        "password_hash": password_hash,
        "password_changed_at": now() if password_hash else None,
        "created_at": now(),
    }
    try:
        with writing(engine) as connection:
            connection.execute(insert(user).values(**values))
            shown = {key: values[key] for key in ("name", "roles", "grid_ids", "worker_id")}
            audit.record(connection, actor, "user.add", str(values["username"]), shown)
    except IntegrityError as error:
        raise UsageError(_("用户“{name}”已存在", name=values["username"])) from error
    found = find_user(engine, username=str(values["username"]))
    assert found is not None
    return found


def find_user(
    source: Engine | Connection, *, user_id: int | None = None, username: str | None = None
) -> User | None:
    """The user with this id or login name, disabled or not."""
    row = _row(source, user_id=user_id, username=username)
    return None if row is None else record_of(User, row)


def password_hash_of(source: Engine | Connection, user_id: int) -> str | None:
    """The stored hash; None for someone who has no password here."""
    row = _row(source, user_id=user_id)
    return None if row is None else row["password_hash"]


def list_users(source: Engine | Connection) -> tuple[User, ...]:
    """All users by login name."""
    with reading(source) as connection:
        found = connection.execute(select(user).order_by(user.c.username)).mappings()
        return tuple(record_of(User, row) for row in found)


def count_users(source: Engine | Connection) -> int:
    """How many users can log in."""
    with reading(source) as connection:
        return connection.execute(
            select(func.count()).select_from(user).where(user.c.is_disabled.is_(False))
        ).scalar_one()


def set_disabled(engine: Engine, actor: Actor, username: str, *, disabled: bool) -> None:
    """Disable (all sessions end at once) or enable a user."""
    action = "user.disable" if disabled else "user.enable"
    _change(engine, actor, username, action, {"is_disabled": disabled}, revoke=disabled)


def set_password(engine: Engine, actor: Actor, username: str, password_hash: str) -> None:
    """Store a new hash and end all sessions of the user."""
    values = {"password_hash": password_hash, "password_changed_at": now()}
    _change(engine, actor, username, "user.password", values, revoke=True, secret=True)


def set_roles(
    engine: Engine,
    actor: Actor,
    username: str,
    *,
    roles: Iterable[str] | None = None,
    grid_ids: Iterable[str] | None = None,
    worker_id: str | None = None,
) -> None:
    """Change roles, scope or worker; what is None stays. An empty `worker_id` clears it."""
    values: dict[str, Any] = {}
    if roles is not None:
        values["roles"] = sorted(set(roles))
    if grid_ids is not None:
        values["grid_ids"] = sorted(set(grid_ids))
    if worker_id is not None:
        values["worker_id"] = worker_id or None
    # Sessions stand: every script run and message asks for the roles anew.
    _change(engine, actor, username, "user.roles", values, revoke=False)


def _row(
    source: Engine | Connection, *, user_id: int | None = None, username: str | None = None
) -> RowMapping | None:
    query = select(user)
    if user_id is not None:
        query = query.where(user.c.id == user_id)
    else:
        query = query.where(user.c.username == (username or "").strip().casefold())
    with reading(source) as connection:
        return connection.execute(query).mappings().one_or_none()


def _change(
    engine: Engine,
    actor: Actor,
    username: str,
    action: str,
    values: Mapping[str, Any],
    *,
    revoke: bool,
    secret: bool = False,
) -> None:
    key = normalise_username(username)
    if not values:
        raise UsageError(_("没有要修改的内容"))
    with writing(engine) as connection:
        row = _row(connection, username=key)
        if row is None:
            raise UsageError(_("没有用户“{name}”，可用 user list 查看", name=key))
        _keep_an_administrator(connection, row, values)
        connection.execute(update(user).where(user.c.id == row["id"]).values(**values))
        before = {name: row[name] for name in values}
        detail: dict[str, Any] = {} if secret else {"before": before, "after": dict(values)}
        if revoke:
            detail["sessions"] = revoke_sessions(connection, user_id=row["id"], reason=action)
        audit.record(connection, actor, action, key, detail)


def _keep_an_administrator(
    connection: Connection, row: RowMapping, values: Mapping[str, Any]
) -> None:
    """Refuse what would leave nobody who can let people in."""

    def rules(roles: Iterable[str], is_disabled: bool) -> bool:
        return _ADMINISTRATOR in roles and not is_disabled

    after = {**row, **values}
    if not rules(row["roles"], row["is_disabled"]) or rules(after["roles"], after["is_disabled"]):
        return
    others = connection.execute(
        select(user.c.roles).where(user.c.id != row["id"], user.c.is_disabled.is_(False))
    ).scalars()
    if not any(_ADMINISTRATOR in roles for roles in others):
        raise UsageError(_("这是最后一位系统管理员，请先给别人这个角色"))
