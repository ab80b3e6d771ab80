"""Boards: several saved questions on one page of one's own, with shared filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from gridgov.clock import now
from gridgov.errors import AccessDenied, UsageError
from gridgov.locale import _
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.question import find_question
from gridgov.workspace.rows import body, line, new_id, record_of
from gridgov.workspace.tables import board, board_item

__all__ = ["Board", "BoardItem", "find_board", "list_boards", "remove_board", "save_board"]


@dataclass(frozen=True)
class BoardItem:
    """One question on a board; `width` in twelfths of the page, `title` empty: the question's."""

    question_id: int
    width: int = 6
    title: str = ""


@dataclass(frozen=True)
class Board:
    id: int
    owner_id: int | None
    name: str
    description: str
    is_shared: bool
    filters: Mapping[str, Any]
    created_at: datetime
    changed_at: datetime
    items: tuple[BoardItem, ...] = ()


def save_board(
    engine: Engine,
    actor: Actor,
    *,
    name: str,
    items: Sequence[BoardItem],
    board_id: int | None = None,
    description: str = "",
    filters: Mapping[str, Any] | None = None,
    is_shared: bool = False,
) -> Board:
    """Save a new board or replace an own one with everything on it, in one transaction."""
    values: dict[str, Any] = {
        "name": line(name, 120, _("名称")),
        "description": body(description, 2000, _("说明"), optional=True),
        "is_shared": is_shared,
        "filters": dict(filters or {}),
        "changed_at": now(),
    }
    with writing(engine) as connection:
        if board_id is None:
            new = {**values, "owner_id": actor.user_id, "created_at": values["changed_at"]}
            found = connection.execute(insert(board).values(**new))
            key = new_id(found)
        else:
            key = board_id
            _own(connection, actor, key)
            connection.execute(update(board).where(board.c.id == key).values(**values))
        _replace_items(connection, actor, key, items)
        detail = {"name": values["name"], "items": len(items), "is_shared": is_shared}
        audit.record(connection, actor, "board.save", str(key), detail)
        saved = find_board(connection, key, actor.user_id)
    assert saved is not None
    return saved


def find_board(source: Engine | Connection, board_id: int, viewer_id: int | None) -> Board | None:
    """The board with its items if it is the viewer's own or shared."""
    with reading(source) as connection:
        row = (
            connection.execute(
                select(board).where(
                    board.c.id == board_id, board.c.removed_at.is_(None), _visible(viewer_id)
                )
            )
            .mappings()
            .one_or_none()
        )
        if row is None:
            return None
        items = connection.execute(
            select(board_item)
            .where(board_item.c.board_id == board_id)
            .order_by(board_item.c.position)
        ).mappings()
        return record_of(Board, row, items=tuple(record_of(BoardItem, item) for item in items))


def list_boards(source: Engine | Connection, viewer_id: int | None) -> tuple[Board, ...]:
    """The viewer's own and the shared ones by name, without their items."""
    query = (
        select(board)
        .where(board.c.removed_at.is_(None), _visible(viewer_id))
        .order_by(board.c.name, board.c.id)
    )
    with reading(source) as connection:
        return tuple(record_of(Board, row) for row in connection.execute(query).mappings())


def remove_board(engine: Engine, actor: Actor, board_id: int) -> None:
    """Take an own board away; the questions on it stay."""
    with writing(engine) as connection:
        _own(connection, actor, board_id)
        connection.execute(update(board).where(board.c.id == board_id).values(removed_at=now()))
        audit.record(connection, actor, "board.remove", str(board_id))


def _visible(viewer_id: int | None) -> Any:
    mine = board.c.owner_id.is_(None) if viewer_id is None else board.c.owner_id == viewer_id
    return or_(board.c.is_shared.is_(True), mine)


def _own(connection: Connection, actor: Actor, board_id: int) -> None:
    row = connection.execute(
        select(board.c.owner_id).where(board.c.id == board_id, board.c.removed_at.is_(None))
    ).one_or_none()
    if row is None:
        raise UsageError(_("没有看板 {n}", n=board_id))
    if row.owner_id != actor.user_id:
        raise AccessDenied(_("只能修改自己保存的内容，可另存一份"))


def _replace_items(
    connection: Connection, actor: Actor, board_id: int, items: Sequence[BoardItem]
) -> None:
    connection.execute(delete(board_item).where(board_item.c.board_id == board_id))
    for position, item in enumerate(items):
        if find_question(connection, item.question_id, actor.user_id) is None:
            raise UsageError(_("没有保存的问题 {n}", n=item.question_id))
        connection.execute(
            insert(board_item).values(
                board_id=board_id,
                question_id=item.question_id,
                position=position,
                width=min(12, max(1, item.width)),
                title=line(item.title, 120, _("名称"), optional=True),
            )
        )
