"""What left the system: who took what, with which filters, how many rows, why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from gridgov.clock import now
from gridgov.locale import _
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.rows import body, line, new_id, record_of
from gridgov.workspace.tables import export_record

__all__ = ["REASON_FROM_ROWS", "ExportRecord", "list_exports", "needs_reason", "record_export"]

REASON_FROM_ROWS = 1000


@dataclass(frozen=True)
class ExportRecord:
    id: int
    at: datetime
    user_id: int | None
    kind: str
    subject: str
    filters: Mapping[str, Any]
    row_count: int
    reason: str
    data_version: int | None


def needs_reason(row_count: int, *, personal: bool) -> bool:
    """Whether an export of person-level rows is large enough to ask why."""
    return personal and row_count >= REASON_FROM_ROWS


def record_export(
    engine: Engine,
    actor: Actor,
    *,
    kind: str,
    subject: str,
    filters: Mapping[str, Any],
    row_count: int,
    personal: bool,
    reason: str = "",
    data_version: int | None = None,
) -> int:
    """Record an export *before* it is handed out and return its id.

    `kind` is `csv`, `xlsx`, `pdf`, `parquet`, `png`, `sql` or `view`; `personal` says that rows
    about single persons are in it. Raises `UsageError` when a reason is due and missing.
    """
    why = body(reason, 500, _("导出理由"), optional=not needs_reason(row_count, personal=personal))
    values = {
        "at": now(),
        "user_id": actor.user_id,
        "kind": line(kind, 16, _("格式")),
        "subject": line(subject, 200, _("内容")),
        "filters": dict(filters),
        "row_count": row_count,
        "reason": why,
        "data_version": data_version,
    }
    with writing(engine) as connection:
        found = connection.execute(insert(export_record).values(**values))
        detail = {"filters": dict(filters), "reason": why, "personal": personal}
        audit.record(
            connection, actor, f"export.{values['kind']}", str(values["subject"]), detail, row_count
        )
        return new_id(found)


def list_exports(
    source: Engine | Connection, *, user_id: int | None = None, limit: int = 200
) -> tuple[ExportRecord, ...]:
    """The newest exports, of one user or all."""
    query = select(export_record).order_by(export_record.c.id.desc()).limit(limit)
    if user_id is not None:
        query = query.where(export_record.c.user_id == user_id)
    with reading(source) as connection:
        return tuple(record_of(ExportRecord, row) for row in connection.execute(query).mappings())
