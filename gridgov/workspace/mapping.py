"""Saved mappings of the loader: which column of someone's file is which of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.rows import line, record_of
from gridgov.workspace.tables import mapping

__all__ = ["SavedMapping", "find_mapping", "list_mappings", "remove_mapping", "save_mapping"]


@dataclass(frozen=True)
class SavedMapping:
    """`content` is what the loader's mapping file would hold."""

    id: int
    name: str
    table_name: str
    content: Mapping[str, Any]
    changed_by: int | None
    changed_at: datetime


def save_mapping(
    engine: Engine, actor: Actor, *, name: str, table_name: str, content: Mapping[str, Any]
) -> SavedMapping:
    """Save under `name`, replacing what was there."""
    values: dict[str, Any] = {
        "name": line(name, 120, _("名称")),
        "table_name": line(table_name, 64, _("表名")),
        "content": dict(content),
        "changed_by": actor.user_id,
        "changed_at": now(),
    }
    with writing(engine) as connection:
        changed = connection.execute(
            update(mapping).where(mapping.c.name == values["name"]).values(**values)
        )
        if not changed.rowcount:
            connection.execute(insert(mapping).values(**values))
        detail = {"table_name": values["table_name"]}
        audit.record(connection, actor, "mapping.save", values["name"], detail)
        saved = find_mapping(connection, values["name"])
    assert saved is not None
    return saved


def find_mapping(source: Engine | Connection, name: str) -> SavedMapping | None:
    """The mapping of that name."""
    with reading(source) as connection:
        row = (
            connection.execute(select(mapping).where(mapping.c.name == name))
            .mappings()
            .one_or_none()
        )
        return None if row is None else record_of(SavedMapping, row)


def list_mappings(
    source: Engine | Connection, table_name: str | None = None
) -> tuple[SavedMapping, ...]:
    """Mappings by name, of one table or all."""
    query = select(mapping).order_by(mapping.c.name)
    if table_name is not None:
        query = query.where(mapping.c.table_name == table_name)
    with reading(source) as connection:
        return tuple(record_of(SavedMapping, row) for row in connection.execute(query).mappings())


def remove_mapping(engine: Engine, actor: Actor, name: str) -> None:
    """Forget a mapping."""
    with writing(engine) as connection:
        found = connection.execute(delete(mapping).where(mapping.c.name == name))
        if not found.rowcount:
            raise UsageError(_("没有映射“{name}”", name=name))
        audit.record(connection, actor, "mapping.remove", name)
