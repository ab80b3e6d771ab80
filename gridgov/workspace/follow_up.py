"""Follow-ups (督办): an attention entry turned into an action with owner, due date and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.locale import N_, _
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.rows import body, line, new_id, record_of
from gridgov.workspace.tables import follow_up, follow_up_note

__all__ = [
    "STATE_LABELS",
    "FollowUp",
    "FollowUpNote",
    "FollowUpState",
    "add_follow_up",
    "change_follow_up",
    "find_follow_up",
    "list_follow_ups",
    "notes_of",
]


class FollowUpState(StrEnum):
    OPEN = "open"
    DOING = "doing"
    DONE = "done"
    CANCELLED = "cancelled"


STATE_LABELS: dict[FollowUpState, str] = {
    FollowUpState.OPEN: N_("待办"),
    FollowUpState.DOING: N_("办理中"),
    FollowUpState.DONE: N_("已办结"),
    FollowUpState.CANCELLED: N_("已撤销"),
}
_ENDED = (FollowUpState.DONE, FollowUpState.CANCELLED)


@dataclass(frozen=True)
class FollowUp:
    """`source_kind` and `source_key` name the attention entry; `filter_link` leads back to it."""

    id: int
    source_kind: str
    source_key: str
    title: str
    grid_id: str | None
    owner: str
    owner_id: int | None
    due_on: date | None
    state: str
    filter_link: str
    created_by: int | None
    created_at: datetime
    closed_at: datetime | None

    def is_overdue(self, as_of: date) -> bool:
        """Open past its due date, as of the given day."""
        return self.due_on is not None and self.closed_at is None and self.due_on < as_of


@dataclass(frozen=True)
class FollowUpNote:
    """One step of the history: what was said and which fields went from what to what."""

    id: int
    follow_up_id: int
    at: datetime
    user_id: int | None
    user_name: str
    text: str
    changes: Mapping[str, Any]


def add_follow_up(
    engine: Engine,
    actor: Actor,
    *,
    source_kind: str,
    source_key: str,
    title: str,
    owner: str,
    owner_id: int | None = None,
    due_on: date | None = None,
    grid_id: str | None = None,
    filter_link: str = "",
    note: str = "",
) -> FollowUp:
    """Open an action. Raises `UsageError` for an empty title or owner, or a link to elsewhere."""
    values = {
        "source_kind": line(source_kind, 64, _("来源")),
        "source_key": line(source_key, 200, _("来源"), optional=True),
        "title": line(title, 200, _("事项")),
        "owner": line(owner, 64, _("责任人")),
        "owner_id": owner_id,
        "due_on": due_on,
        "grid_id": grid_id or None,
        "filter_link": _local_link(filter_link),
        "state": FollowUpState.OPEN.value,
        "created_by": actor.user_id,
        "created_at": now(),
    }
    with writing(engine) as connection:
        found = connection.execute(insert(follow_up).values(**values))
        key = new_id(found)
        _note(connection, actor, key, body(note, 2000, _("说明"), optional=True), {})
        shown = {name: values[name] for name in ("title", "owner", "due_on", "grid_id")}
        audit.record(connection, actor, "follow_up.add", str(key), shown)
        return _existing(connection, key)


def change_follow_up(
    engine: Engine,
    actor: Actor,
    follow_up_id: int,
    *,
    note: str = "",
    state: FollowUpState | None = None,
    owner: str | None = None,
    owner_id: int | None = None,
    due_on: date | None = None,
) -> FollowUp:
    """Add a note, change state, owner or due date; what is None stays.

    Ending an action (done, cancelled) needs a note that says how it ended.
    """
    text = body(note, 2000, _("说明"), optional=state not in _ENDED)
    with writing(engine) as connection:
        before = _existing(connection, follow_up_id)
        values: dict[str, Any] = {}
        if state is not None:
            values["state"] = state.value
            values["closed_at"] = now() if state in _ENDED else None
        if owner is not None:
            values["owner"], values["owner_id"] = line(owner, 64, _("责任人")), owner_id
        if due_on is not None:
            values["due_on"] = due_on
        changes = {
            name: [_plain(getattr(before, name)), _plain(value)]
            for name, value in values.items()
            if name != "closed_at" and getattr(before, name) != value
        }
        if not changes and not text:
            raise UsageError(_("没有要修改的内容"))
        if values:
            connection.execute(
                update(follow_up).where(follow_up.c.id == follow_up_id).values(**values)
            )
        _note(connection, actor, follow_up_id, text, changes)
        audit.record(connection, actor, "follow_up.change", str(follow_up_id), changes)
        return _existing(connection, follow_up_id)


def find_follow_up(source: Engine | Connection, follow_up_id: int) -> FollowUp | None:
    """One action by id."""
    with reading(source) as connection:
        row = (
            connection.execute(select(follow_up).where(follow_up.c.id == follow_up_id))
            .mappings()
            .one_or_none()
        )
        return None if row is None else record_of(FollowUp, row)


def list_follow_ups(
    source: Engine | Connection,
    *,
    open_only: bool = False,
    grid_ids: tuple[str, ...] | None = None,
    owner_id: int | None = None,
    source_kind: str = "",
    source_key: str = "",
) -> tuple[FollowUp, ...]:
    """Actions, the soonest due first (those without a date last), then the newest.

    `grid_ids` None gives all; a tuple only those of the grids in it.
    """
    query = select(follow_up).order_by(
        follow_up.c.due_on.is_(None), follow_up.c.due_on, follow_up.c.id.desc()
    )
    if open_only:
        query = query.where(follow_up.c.closed_at.is_(None))
    if grid_ids is not None:
        query = query.where(follow_up.c.grid_id.in_(grid_ids))
    if owner_id is not None:
        query = query.where(follow_up.c.owner_id == owner_id)
    if source_kind:
        query = query.where(follow_up.c.source_kind == source_kind)
    if source_key:
        query = query.where(follow_up.c.source_key == source_key)
    with reading(source) as connection:
        return tuple(record_of(FollowUp, row) for row in connection.execute(query).mappings())


def notes_of(source: Engine | Connection, follow_up_id: int) -> tuple[FollowUpNote, ...]:
    """The history of one action, oldest first."""
    query = (
        select(follow_up_note)
        .where(follow_up_note.c.follow_up_id == follow_up_id)
        .order_by(follow_up_note.c.id)
    )
    with reading(source) as connection:
        return tuple(record_of(FollowUpNote, row) for row in connection.execute(query).mappings())


def _existing(connection: Connection, follow_up_id: int) -> FollowUp:
    found = find_follow_up(connection, follow_up_id)
    if found is None:
        raise UsageError(_("没有督办事项 {n}", n=follow_up_id))
    return found


def _note(
    connection: Connection, actor: Actor, key: int, text: str, changes: Mapping[str, Any]
) -> None:
    connection.execute(
        insert(follow_up_note).values(
            follow_up_id=key,
            at=now(),
            user_id=actor.user_id,
            user_name=actor.name[:64],
            text=text,
            changes=dict(changes),
        )
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _local_link(link: str) -> str:
    """A link inside the application; anything that could lead elsewhere is refused."""
    if not link:
        return ""
    kept = line(link, 2000, _("链接"))
    if not kept.startswith(("/", "?")) or kept.startswith("//") or "\\" in kept:
        raise UsageError(_("链接只能指向本系统的页面"))
    return kept
