"""Targets: what a community wants of a metric, for all grids or for one and those below it.

A target that was replaced or withdrawn stays with the time of it. What a metric may have as a
target is for `gridgov.trends.targets` to say; here a value is a finite number, not below zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from sqlalchemy import Connection, Engine, and_, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.rows import line, new_id, record_of
from gridgov.workspace.tables import target, user

__all__ = ["Target", "list_targets", "remove_target", "save_target"]


@dataclass(frozen=True)
class Target:
    """`value` in the metric's own unit (a share from 0 to 1); `grid_id` None: all grids."""

    id: int
    metric: str
    grid_id: str | None
    value: float
    note: str
    created_by: int | None
    created_at: datetime
    created_name: str = ""


def save_target(
    engine: Engine,
    actor: Actor,
    *,
    metric: str,
    value: float,
    grid_id: str | None = None,
    note: str = "",
) -> int:
    """Set the target of a metric and grid in place of an older one; returns its id.

    Raises `UsageError` for a value that is no number or below zero, or an overlong note.
    """
    if not isfinite(value) or value < 0:
        raise UsageError(_("目标应是不小于 0 的数，现在是 {value}", value=value))
    kept = line(note, 120, _("目标说明"), optional=True)
    place = grid_id or None
    with writing(engine) as connection:
        moment = now()
        same = target.c.grid_id.is_(None) if place is None else target.c.grid_id == place
        _withdraw(connection, and_(target.c.metric == metric, same), moment)
        found = connection.execute(
            insert(target).values(
                metric=metric, grid_id=place, value=float(value), note=kept,
                created_by=actor.user_id, created_at=moment,
            )
        )  # fmt: skip
        key = new_id(found)
        detail = {"metric": metric, "grid_id": place, "value": float(value), "note": kept}
        audit.record(connection, actor, "target.set", str(key), detail)
        return key


def list_targets(source: Engine | Connection) -> tuple[Target, ...]:
    """Targets in force, by metric and grid; the newest where two were set in one moment."""
    query = (
        select(target, user.c.name.label("created_name"))
        .outerjoin(user, user.c.id == target.c.created_by)
        .where(target.c.removed_at.is_(None))
        .order_by(target.c.metric, target.c.grid_id, target.c.id)
    )
    with reading(source) as connection:
        rows = [
            record_of(Target, row, created_name=row["created_name"] or "")
            for row in connection.execute(query).mappings()
        ]
    newest = {(one.metric, one.grid_id): one for one in rows}
    order = sorted(newest, key=lambda key: (key[0], key[1] is not None, key[1] or ""))
    return tuple(newest[key] for key in order)


def remove_target(engine: Engine, actor: Actor, target_id: int) -> None:
    """Withdraw one. Raises `UsageError` where there is none in force under that number."""
    with writing(engine) as connection:
        if not _withdraw(connection, target.c.id == target_id, now()):
            raise UsageError(_("没有目标 {n}", n=target_id))
        audit.record(connection, actor, "target.remove", str(target_id))


def _withdraw(connection: Connection, which: ColumnElement[bool], moment: datetime) -> int:
    found = connection.execute(
        update(target).where(which, target.c.removed_at.is_(None)).values(removed_at=moment)
    )
    return int(found.rowcount)
