"""Every table that the application itself writes, declared once.

The migrations build these tables; a test compares the two. Times are China local time without
zone (see `clock`). Money, counts of residents and metrics never live here: those are the
warehouse's.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
)

__all__ = [
    "annotation",
    "audit",
    "award_decision",
    "award_entry",
    "board",
    "board_item",
    "callback_result",
    "export_record",
    "flag_verdict",
    "follow_up",
    "follow_up_note",
    "login_throttle",
    "mapping",
    "metadata",
    "objection",
    "preference",
    "saved_question",
    "saved_question_version",
    "session",
    "setting",
    "target",
    "user",
]

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _user_id(name: str = "user_id") -> Column[int]:
    """Who did it. NULL: the demo or a command on the server, which have no user."""
    return Column(name, Integer, ForeignKey("user.id"), nullable=True)


setting = Table(
    "setting",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

user = Table(
    "user",
    metadata,
    _id(),
    Column("username", String(64), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("grid_ids", JSON, nullable=False),
    Column("worker_id", String(64)),
    Column("is_disabled", Boolean, nullable=False, server_default=false()),
    Column("password_hash", Text),
    Column("password_changed_at", DateTime),
    Column("created_at", DateTime, nullable=False),
    Column("last_login_at", DateTime),
)

session = Table(
    "session",
    metadata,
    _id(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_id", Integer, ForeignKey("user.id"), nullable=False, index=True),
    Column("created_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Column("idle_expires_at", DateTime, nullable=False),
    Column("absolute_expires_at", DateTime, nullable=False),
    Column("revoked_at", DateTime),
    Column("revoked_reason", String(32)),
    Column("source", String(64), nullable=False),
    Column("agent", String(200), nullable=False),
)

login_throttle = Table(
    "login_throttle",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", DateTime, nullable=False, index=True),
    Column("blocked_until", DateTime, nullable=False),
)

# Append-only: triggers made by the migration refuse UPDATE, TRUNCATE and an early DELETE.
# `user_id` is no foreign key: the log must outlive everything else.
audit = Table(
    "audit",
    metadata,
    Column(
        "seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    ),
    Column("at", DateTime, nullable=False, index=True),
    Column("user_id", Integer),
    Column("user_name", String(64), nullable=False),
    Column("action", String(64), nullable=False, index=True),
    Column("subject", String(200), nullable=False),
    Column("detail", Text, nullable=False),
    Column("row_count", BigInteger),
    Column("source", String(64), nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

preference = Table(
    "preference",
    metadata,
    Column("user_id", Integer, ForeignKey("user.id"), primary_key=True, autoincrement=False),
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

export_record = Table(
    "export_record",
    metadata,
    _id(),
    Column("at", DateTime, nullable=False, index=True),
    _user_id(),
    Column("kind", String(16), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("filters", JSON, nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("data_version", Integer),
)

annotation = Table(
    "annotation",
    metadata,
    _id(),
    Column("on_date", Date, nullable=False, index=True),
    Column("grid_id", String(64)),
    Column("text", Text, nullable=False),
    _user_id("created_by"),
    Column("created_at", DateTime, nullable=False),
    Column("removed_at", DateTime),
)

# What a community wants of a metric. Never changed: a new row replaces an older one, which stays
# with the time it was taken back, so that what was wanted when can be read later.
target = Table(
    "target",
    metadata,
    _id(),
    Column("metric", String(16), nullable=False, index=True),
    Column("grid_id", String(64)),
    Column("value", Float, nullable=False),
    Column("note", String(120), nullable=False),
    _user_id("created_by"),
    Column("created_at", DateTime, nullable=False),
    Column("removed_at", DateTime),
)

follow_up = Table(
    "follow_up",
    metadata,
    _id(),
    Column("source_kind", String(64), nullable=False),
    Column("source_key", String(200), nullable=False),
    Column("title", String(200), nullable=False),
    Column("grid_id", String(64)),
    Column("owner", String(64), nullable=False),
    Column("owner_id", Integer, ForeignKey("user.id")),
    Column("due_on", Date),
    Column("state", String(16), nullable=False),
    Column("filter_link", Text, nullable=False),
    _user_id("created_by"),
    Column("created_at", DateTime, nullable=False),
    Column("closed_at", DateTime),
    Index("ix_follow_up_source", "source_kind", "source_key"),
    Index("ix_follow_up_state_due_on", "state", "due_on"),
)

follow_up_note = Table(
    "follow_up_note",
    metadata,
    _id(),
    Column("follow_up_id", Integer, ForeignKey("follow_up.id"), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    _user_id(),
    Column("user_name", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("changes", JSON, nullable=False),
)

saved_question = Table(
    "saved_question",
    metadata,
    _id(),
    _user_id("owner_id"),
    Column("name", String(120), nullable=False),
    Column("description", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("is_shared", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("changed_at", DateTime, nullable=False),
    Column("removed_at", DateTime),
)

saved_question_version = Table(
    "saved_question_version",
    metadata,
    Column(
        "question_id",
        Integer,
        ForeignKey("saved_question.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("definition", JSON, nullable=False),
    Column("data_version", Integer),
    Column("saved_at", DateTime, nullable=False),
    _user_id("saved_by"),
)

board = Table(
    "board",
    metadata,
    _id(),
    _user_id("owner_id"),
    Column("name", String(120), nullable=False),
    Column("description", Text, nullable=False),
    Column("is_shared", Boolean, nullable=False),
    Column("filters", JSON, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("changed_at", DateTime, nullable=False),
    Column("removed_at", DateTime),
)

board_item = Table(
    "board_item",
    metadata,
    _id(),
    Column("board_id", Integer, ForeignKey("board.id"), nullable=False, index=True),
    Column("question_id", Integer, ForeignKey("saved_question.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("title", String(120), nullable=False),
)

mapping = Table(
    "mapping",
    metadata,
    _id(),
    Column("name", String(120), nullable=False, unique=True),
    Column("table_name", String(64), nullable=False),
    Column("content", JSON, nullable=False),
    _user_id("changed_by"),
    Column("changed_at", DateTime, nullable=False),
)


def _award_columns() -> list[Column[object]]:
    """What every judgement on a candidate carries: which run, whom, who, when, why."""
    return [
        Column("period", String(16), nullable=False),
        Column("scheme_hash", String(64), nullable=False),
        Column("run_id", String(64), nullable=False),
        Column("candidate_id", String(64), nullable=False),
    ]


award_decision = Table(
    "award_decision",
    metadata,
    _id(),
    *_award_columns(),
    Column("tier", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    _user_id("decided_by"),
    Column("decided_name", String(64), nullable=False),
    Column("decided_at", DateTime, nullable=False),
    Index("ix_award_decision_period", "period", "candidate_id"),
)

# Points in hundredths; NULL takes an earlier entry back.
award_entry = Table(
    "award_entry",
    metadata,
    _id(),
    Column("period", String(16), nullable=False),
    Column("candidate_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("label", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("points", Integer),
    _user_id("entered_by"),
    Column("entered_name", String(64), nullable=False),
    Column("entered_at", DateTime, nullable=False),
    Index("ix_award_entry_period", "period", "kind"),
)

flag_verdict = Table(
    "flag_verdict",
    metadata,
    _id(),
    *_award_columns(),
    Column("flag", String(8), nullable=False),
    Column("event_key", String(200), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    _user_id("decided_by"),
    Column("decided_name", String(64), nullable=False),
    Column("decided_at", DateTime, nullable=False),
    Index("ix_flag_verdict_period", "period", "candidate_id"),
)

callback_result = Table(
    "callback_result",
    metadata,
    _id(),
    *_award_columns(),
    Column("event_key", String(200), nullable=False),
    Column("result", String(16), nullable=False),
    Column("satisfied", Integer),
    Column("note", Text, nullable=False),
    _user_id("entered_by"),
    Column("entered_name", String(64), nullable=False),
    Column("entered_at", DateTime, nullable=False),
    Index("ix_callback_result_period", "period", "candidate_id"),
)

objection = Table(
    "objection",
    metadata,
    _id(),
    *_award_columns(),
    Column("raised_by", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(16), nullable=False),
    _user_id("entered_by"),
    Column("entered_at", DateTime, nullable=False),
    Column("answer", Text, nullable=False),
    _user_id("answered_by"),
    Column("answered_at", DateTime),
    Index("ix_objection_period", "period", "candidate_id"),
)
