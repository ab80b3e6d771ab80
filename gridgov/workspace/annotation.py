"""Annotations: an event on a date, for all or one grid, drawn on every chart over time."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, insert, select, update

from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.rows import line, new_id, record_of
from gridgov.workspace.tables import annotation, user

__all__ = ["Annotation", "add_annotation", "list_annotations", "remove_annotation"]


@dataclass(frozen=True)
class Annotation:
    """`grid_id` None: concerns every grid. `created_name` is empty for a demo's annotation."""

    id: int
    on_date: date
    grid_id: str | None
    text: str
    created_by: int | None
    created_at: datetime
    created_name: str = ""


def add_annotation(
    engine: Engine, actor: Actor, *, on_date: date, text: str, grid_id: str | None = None
) -> int:
    """Add one and return its id. Raises `UsageError` for an empty or overlong text."""
    kept = line(text, 120, _("批注"))
    with writing(engine) as connection:
        found = connection.execute(
            insert(annotation).values(
                on_date=on_date,
                grid_id=grid_id or None,
                text=kept,
                created_by=actor.user_id,
                created_at=now(),
            )
        )
        key = new_id(found)
        detail = {"on_date": on_date, "grid_id": grid_id, "text": kept}
        audit.record(connection, actor, "annotation.add", str(key), detail)
        return key


def list_annotations(
    source: Engine | Connection,
    *,
    since: date | None = None,
    until: date | None = None,
    grid_ids: Container[str] | None = None,
) -> tuple[Annotation, ...]:
    """Annotations by date, both ends included.

    `grid_ids` None gives those of all grids; else those for everybody and for the grids in it (the
    caller passes the grids of the page and of the viewer's scope).
    """
    query = (
        select(annotation, user.c.name.label("created_name"))
        .outerjoin(user, user.c.id == annotation.c.created_by)
        .where(annotation.c.removed_at.is_(None))
        .order_by(annotation.c.on_date, annotation.c.id)
    )
    if since is not None:
        query = query.where(annotation.c.on_date >= since)
    if until is not None:
        query = query.where(annotation.c.on_date <= until)
    with reading(source) as connection:
        rows = connection.execute(query).mappings().all()
    found = (record_of(Annotation, row, created_name=row["created_name"] or "") for row in rows)
    # People write few of them and a city has 126,000 grids: what is seen is picked out here, not by
    # naming every grid in the statement (0.4 s for 25,000, and no database takes any number).
    return tuple(
        one for one in found if grid_ids is None or one.grid_id is None or one.grid_id in grid_ids
    )


def remove_annotation(engine: Engine, actor: Actor, annotation_id: int) -> None:
    """Hide one; the row stays with the time it was taken away."""
    with writing(engine) as connection:
        found = connection.execute(
            update(annotation)
            .where(annotation.c.id == annotation_id, annotation.c.removed_at.is_(None))
            .values(removed_at=now())
        )
        if not found.rowcount:
            raise UsageError(_("没有批注 {n}", n=annotation_id))
        audit.record(connection, actor, "annotation.remove", str(annotation_id))
