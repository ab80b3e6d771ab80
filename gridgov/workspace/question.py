"""Saved questions: a cut or a query with a name, an owner and every version it ever had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, or_, select, update

from gridgov.clock import now
from gridgov.errors import AccessDenied, UsageError
from gridgov.locale import _
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.rows import body, line, new_id, record_of
from gridgov.workspace.tables import saved_question, saved_question_version

__all__ = [
    "KINDS",
    "Question",
    "QuestionVersion",
    "find_question",
    "list_questions",
    "question_version",
    "question_versions",
    "remove_question",
    "save_question",
]

KINDS = ("builder", "sql")
_Q, _V = saved_question.c, saved_question_version.c


@dataclass(frozen=True)
class Question:
    """`version` is the newest one; `kind` is `builder` or `sql`."""

    id: int
    owner_id: int | None
    name: str
    description: str
    kind: str
    is_shared: bool
    version: int
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class QuestionVersion:
    """`definition` is what the builder or the SQL page needs to run it again."""

    question_id: int
    version: int
    definition: Mapping[str, Any]
    data_version: int | None
    saved_at: datetime
    saved_by: int | None


def save_question(
    engine: Engine,
    actor: Actor,
    *,
    name: str,
    kind: str,
    definition: Mapping[str, Any],
    question_id: int | None = None,
    description: str = "",
    is_shared: bool = False,
    data_version: int | None = None,
) -> Question:
    """Save a new question, or a new version of `question_id`, which must be the actor's own."""
    if kind not in KINDS:
        raise UsageError(_("没有这种问题：{kind}", kind=kind))
    at = now()
    values: dict[str, Any] = {
        "name": line(name, 120, _("名称")),
        "description": body(description, 2000, _("说明"), optional=True),
        "kind": kind,
        "is_shared": is_shared,
        "changed_at": at,
    }
    with writing(engine) as connection:
        if question_id is None:
            new = {**values, "owner_id": actor.user_id, "version": 1, "created_at": at}
            found = connection.execute(insert(saved_question).values(**new))
            key, version = new_id(found), 1
        else:
            key, version = question_id, _own(connection, actor, question_id).version + 1
            connection.execute(
                update(saved_question).where(_Q.id == key).values(**values, version=version)
            )
        connection.execute(
            insert(saved_question_version).values(
                question_id=key,
                version=version,
                definition=dict(definition),
                data_version=data_version,
                saved_at=at,
                saved_by=actor.user_id,
            )
        )
        detail = {"name": values["name"], "version": version, "is_shared": is_shared}
        audit.record(connection, actor, "question.save", str(key), detail)
        return _existing(connection, key)


def find_question(
    source: Engine | Connection, question_id: int, viewer_id: int | None
) -> Question | None:
    """The question if it is the viewer's own or shared."""
    query = select(saved_question).where(
        _Q.id == question_id, _Q.removed_at.is_(None), _visible(viewer_id)
    )
    with reading(source) as connection:
        row = connection.execute(query).mappings().one_or_none()
        return None if row is None else record_of(Question, row)


def list_questions(source: Engine | Connection, viewer_id: int | None) -> tuple[Question, ...]:
    """The viewer's own and the shared ones, the newest change first."""
    query = (
        select(saved_question)
        .where(_Q.removed_at.is_(None), _visible(viewer_id))
        .order_by(_Q.changed_at.desc(), _Q.id.desc())
    )
    with reading(source) as connection:
        return tuple(record_of(Question, row) for row in connection.execute(query).mappings())


def question_versions(
    source: Engine | Connection, question_id: int, viewer_id: int | None
) -> tuple[QuestionVersion, ...]:
    """All versions, the newest first; none for a question that the viewer may not see."""
    with reading(source) as connection:
        if find_question(connection, question_id, viewer_id) is None:
            return ()
        rows = connection.execute(
            select(saved_question_version)
            .where(_V.question_id == question_id)
            .order_by(_V.version.desc())
        )
        return tuple(record_of(QuestionVersion, row) for row in rows.mappings())


def question_version(
    source: Engine | Connection,
    question_id: int,
    viewer_id: int | None,
    version: int | None = None,
) -> QuestionVersion | None:
    """One version, the newest when `version` is None."""
    found = question_versions(source, question_id, viewer_id)
    return next((v for v in found if version is None or v.version == version), None)


def remove_question(engine: Engine, actor: Actor, question_id: int) -> None:
    """Take an own question away; its versions stay in the database."""
    with writing(engine) as connection:
        _own(connection, actor, question_id)
        connection.execute(
            update(saved_question).where(_Q.id == question_id).values(removed_at=now())
        )
        audit.record(connection, actor, "question.remove", str(question_id))


def _visible(viewer_id: int | None) -> Any:
    mine = _Q.owner_id.is_(None) if viewer_id is None else _Q.owner_id == viewer_id
    return or_(_Q.is_shared.is_(True), mine)


def _existing(connection: Connection, question_id: int) -> Question:
    row = (
        connection.execute(
            select(saved_question).where(_Q.id == question_id, _Q.removed_at.is_(None))
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise UsageError(_("没有保存的问题 {n}", n=question_id))
    return record_of(Question, row)


def _own(connection: Connection, actor: Actor, question_id: int) -> Question:
    found = _existing(connection, question_id)
    if found.owner_id != actor.user_id:
        raise AccessDenied(_("只能修改自己保存的内容，可另存一份"))
    return found
